"""One locked case: its entries, list columns and audit event are written together or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.access.permissions import Hidden, ask_again
from cases.enums import AuditVerb, Status
from cases.log.entry_crypto import NewEntry, data_key, seal_entry
from cases.models import Case, Entry, User
from cases.models.prepared_query import Given, PreparedQuery
from cases.text.text_rules import validate_text

LIST_COLUMNS = (
    "owner_id", "status", "updated_at", "closed_at", "closed_by_id", "levels", "level_low", "level_high",
    "confirmed_level", "police_first", "late", "in_danger", "progress", "next_due", "told_leader_at", "taken_by_id",
    "head_seq", "head_hash",
)  # fmt: skip


class RecordError(ValidationError):
    """What was asked cannot be written; the message is a sentence for the user."""


class CaseClosed(RecordError):
    """The case is closed."""

    def __init__(self) -> None:
        super().__init__(_("Sagen er afsluttet. Den skal genåbnes, før der kan skrives i den."), "closed")


class StaleReading(Exception):
    """Somebody wrote in the case after it was read. Nothing was written: it is to be read and assessed again."""


def required_text(text: str) -> str:
    """Return the text, validated and stripped. Raises RecordError when it is empty."""
    text = validate_text(text).strip()
    if not text:
        raise RecordError(_("Her mangler en tekst."), "required")
    return text


@PreparedQuery
def _locked_case() -> QuerySet[Case]:
    """The case, locked, with the entry of this submission and the end of the log."""
    entries = Entry.objects.filter(case=OuterRef("pk"))
    repeated = entries.filter(submission_id=Given("submission_id", Entry._meta.get_field("submission_id")))
    return (
        Case.objects.unscoped("record")
        .select_for_update(of=("self",))
        .filter(pk=Given("case", Case._meta.pk))
        .annotate(
            repeated=Subquery(repeated.values("pk")[:1]),
            **audit_log.last_event_columns(),
        )
    )


class CaseTransaction:
    """A case locked by one writer, in the writer's transaction."""

    def __init__(self, case: Case, row: Case, by: User) -> None:
        self.case = case
        """The caller's object; its ``LIST_COLUMNS`` are set after writing."""
        self.row = row
        self.by = by
        self.now: datetime = timezone.now()
        self.key = data_key(row)

    @classmethod
    @contextmanager
    def lock(cls, case: Case, by: User, submission_id: UUID | None = None) -> Iterator[Self]:
        """Begin a transaction, lock the access log and then the case, and read in one query what the verbs need.

        What can be checked or sealed before is done before: other writers wait for this lock. Raises what ``get_case``
        raises when the writer got the case from there and has lost access since.
        """
        with transaction.atomic():
            audit_log.lock_log()
            found = _locked_case(case=case.pk, submission_id=submission_id or uuid4())
            if not found:  # erased meanwhile
                raise Hidden
            row = found[0]
            if row.head_seq != case.head_seq:
                ask_again(case)
            yield cls(case, row, by)

    @property
    def repeated(self) -> Entry | None:
        """The entry that this submission made when it was sent before, or None."""
        pk = getattr(self.row, "repeated", None)
        return Entry.objects.get(pk=pk) if pk else None

    def require_open(self) -> None:
        """Raise CaseClosed for a closed case."""
        if self.row.status == Status.CLOSED:
            raise CaseClosed

    def require_read_to(self, read_to: int) -> None:
        """Raise StaleReading where the log has a line after this one, the last that was read.

        What is written says what the whole case comes to (level, flags, deadlines of the lists): without the line that
        was not read it would put an older assessment in place of a newer one.
        """
        if self.row.head_seq > read_to:
            raise StaleReading

    def write(
        self, verb: AuditVerb, new_entries: Sequence[NewEntry], *, step: str = "", detail: str = "", **columns: Any
    ) -> Entry:
        """Write the entries, the list columns and one audit event. Returns the first entry.

        If the same submission was written meanwhile, its entry is returned and nothing is written.
        """
        entries = self._seal(new_entries)
        try:
            with transaction.atomic():
                Entry.objects.bulk_create(entries)
        except IntegrityError:
            first = Entry.objects.filter(case=self.row, submission_id=new_entries[0].submission_id).first()
            if first is None:
                raise
            return first
        head = entries[-1]
        columns |= {"head_seq": head.seq, "head_hash": head.hash, "updated_at": self.now}
        for name, value in columns.items():
            setattr(self.row, name, value)
        self.row.save(update_fields=list(columns))
        self.log(verb, step=step, detail=detail)
        for name in LIST_COLUMNS:
            setattr(self.case, name, getattr(self.row, name))
        return entries[0]

    def log(self, verb: AuditVerb, *, step: str = "", detail: str = "") -> None:
        """Add the one audit event of this transaction."""
        tail = audit_log.last_event_of(self.row)
        audit_log.write_event(verb, by=self.by, case=self.row, step=step, detail=detail, tail=tail)

    def write_one(self, verb: AuditVerb, new: NewEntry, *, read_to: int | None = None, **columns: Any) -> Entry:
        """Write one entry in an open case that was read to here, or return the entry of the same submission."""
        if first := self.repeated:
            return first
        self.require_open()
        if read_to is not None:
            self.require_read_to(read_to)
        return self.write(verb, [new], **columns)

    def _seal(self, new_entries: Sequence[NewEntry]) -> list[Entry]:
        entries: list[Entry] = []
        seq, prev_hash = self.row.head_seq, self.row.head_hash
        for new in new_entries:
            entry = seal_entry(
                new,
                case=self.row,
                key=self.key,
                by=self.by,
                at=self.now,
                seq=seq + 1,
                prev_hash=prev_hash,
                chain_key_id=audit_log.last_event_of(self.row).chain_key,
            )
            entries.append(entry)
            seq, prev_hash = entry.seq, entry.hash
        return entries
