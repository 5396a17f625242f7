"""The only functions that write the log: each writes entry, list columns and audit event in one transaction.

Arguments are keywords. The given case gets its new list columns. The same ``submission_id`` again gives the
first result and writes nothing. Permission is checked by the views (``cases.access.permissions``), not here.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.access.capabilities import Capability
from cases.access.permissions import can
from cases.crypto import encryption
from cases.crypto.hash_chain import GENESIS
from cases.enums import AuditVerb, DutyOutcome, EntryKind, FrozenKey, NoteNature, Status, StepStatus
from cases.log.case_transaction import CaseTransaction, RecordError, required_text
from cases.log.drafts import NOTE_KEY, correction_key, forget_draft
from cases.log.duty_status import DutyReading, own_key
from cases.log.entry_crypto import NewEntry
from cases.log.entry_types import (
    CorrectionContent,
    DutyContent,
    LevelContent,
    NoteContent,
    SkipContent,
    StatusContent,
    StepContent,
)
from cases.models import Case, Entry, School, Tombstone, User
from cases.text.text_rules import validate_all, validate_text

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STEP = re.compile(r"[a-z]{1,30}")
_ATTEMPTS = 20
NextDue = datetime | None | Literal["unchanged"]


@transaction.atomic
def create_case(*, by: User, school: School, submission_id: UUID | None = None) -> Case:
    """Return a new case with its own data key, owned by ``by``. The same ``submission_id`` again gives the same case.

    Raises RecordError for a user of another school.
    """
    if not can(by, Capability.OPEN_CASE) or by.school_id != school.pk:
        raise RecordError(_("En sag oprettes af en medarbejder eller leder på skolen selv."), "school")
    audit_log.lock_log()
    submission_id = submission_id or uuid4()
    first = Entry.objects.filter(seq=1, submission_id=submission_id, case__opened_by=by).select_related("case").first()
    if first:
        return first.case
    case = _new_case(by, school)
    content: StatusContent = {"status": Status.OPEN.value, "reason": ""}
    new = NewEntry(EntryKind.STATUS, content, submission_id, about={"school": str(school.public_id)})
    with CaseTransaction.lock(case, by, submission_id) as locked:
        locked.write(AuditVerb.BEGIN, [new])
    return case


def _new_case(by: User, school: School) -> Case:
    now = timezone.now()
    public_id = uuid4()
    key_id, sealed_key = encryption.wrap(encryption.new_data_key(), public_id)
    for _attempt in range(_ATTEMPTS):
        reference = new_reference(timezone.localdate(now).year)
        taken = Case.objects.unscoped("a free reference").filter(reference=reference).exists()
        if taken or Tombstone.objects.filter(reference=reference).exists():
            continue
        try:
            with transaction.atomic():
                return Case.objects.create(
                    public_id=public_id,
                    reference=reference,
                    school=school,
                    owner=by,
                    opened_at=now,
                    opened_by=by,
                    updated_at=now,
                    head_hash=GENESIS,
                    key_id=key_id,
                    sealed_key=sealed_key,
                )
        except IntegrityError:
            continue
    raise RecordError(_("Sagen kunne ikke få et sagsnummer. Prøv igen."), "reference")


def new_reference(year: int) -> str:
    """Return such as ``26-K7QMP``: the year and five characters that are hard to mistake for each other."""
    return f"{year % 100:02d}-{''.join(secrets.choice(_CROCKFORD) for _position in range(5))}"


def append_step(
    *,
    case: Case,
    by: User,
    content: StepContent,
    read_to: int,
    submission_id: UUID,
    status: StepStatus,
    next_due: datetime | None,
    is_urgent: bool,
    draft_key: str = "",
    level_reason: str = "",
    moved: Mapping[str, StepStatus] = MappingProxyType({}),
    afterwards: Callable[[Entry], object] | None = None,
) -> Entry:
    """File sections of a step as shown, and a changed level, and delete the user's draft with that key.

    ``read_to`` is the number of the last line of the log that was read. Raises StaleReading where there is a later one.
    ``next_due`` and ``is_urgent`` say for lists what presses. ``moved`` are the statuses of other filed steps in which
    these answers open or close questions. ``afterwards`` is called with the new entry in the same transaction, not for
    one that this submission made earlier.
    """
    content = validate_all(content)
    step = _step_key(content["step"])
    level_reason = validate_text(level_reason)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        locked.require_open()
        locked.require_read_to(read_to)
        columns = _assessed(content, is_urgent) | {
            "progress": {**_progress(locked.row, moved), step: status.value},
            "next_due": next_due,
        }
        new_entries = [NewEntry(EntryKind.STEP, content, submission_id, step)]
        if level := _level_entry(locked.row, content, submission_id, level_reason):
            new_entries.append(level)
        entry = locked.write(AuditVerb.FILE, new_entries, step=step, **columns)
        forget_draft(case=case, by=by, step=draft_key or step)
        if afterwards:
            afterwards(entry)
    return entry


def _progress(row: Case, statuses: Mapping[str, StepStatus]) -> dict[str, str]:
    """Return the progress for the lists: a step that somebody skipped meanwhile stays skipped."""
    skipped = {step for step, status in row.progress.items() if status == StepStatus.SKIPPED}
    moved = {step: status.value for step, status in statuses.items() if step not in skipped}
    return {**row.progress, **moved}


def _assessed(content: StepContent, is_urgent: bool) -> dict[str, Any]:
    assessment = content["judgement"]
    levels = sorted(assessment["levels"])
    flags = {flag["key"] for flag in assessment["flags"] if flag["state"] == "set"}
    return {
        "levels": levels,
        "level_low": levels[0] if levels else None,
        "level_high": levels[-1] if levels else None,
        "confirmed_level": assessment["confirmed"],
        "police_first": assessment["police_first"],
        "late": FrozenKey.FLAG_LATE in flags,
        "in_danger": is_urgent and FrozenKey.FLAG_DANGER in flags,
    }


def _level_entry(row: Case, content: StepContent, submission_id: UUID, reason: str) -> NewEntry | None:
    assessment = content["judgement"]
    computed = sorted(assessment["levels"])
    if computed == row.levels and assessment["confirmed"] == row.confirmed_level:
        return None
    level: LevelContent = {
        "computed": computed,
        "previous_computed": row.levels,
        "confirmed": assessment["confirmed"],
        "previous_confirmed": row.confirmed_level,
        "reasons": assessment["reasons"],
        "reason": reason,
    }
    return NewEntry(EntryKind.LEVEL, level, uuid5(submission_id, "level"), content["step"])


def skip_step(*, case: Case, by: User, step: str, title: str, reason: str, submission_id: UUID) -> Entry:
    """Skip a step, with the reason."""
    content: SkipContent = {"step": _step_key(step), "title": validate_text(title), "reason": required_text(reason)}
    new = NewEntry(EntryKind.SKIP, content, submission_id, step)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        locked.require_open()
        progress = {**locked.row.progress, step: StepStatus.SKIPPED.value}
        return locked.write(AuditVerb.SKIP, [new], step=step, progress=progress)


def add_note(
    *,
    case: Case,
    by: User,
    nature: NoteNature,
    happened_at: datetime | None,
    who: str,
    where: str,
    text: str,
    submission_id: UUID,
) -> Entry:
    """Write an event or a remark, and delete the user's draft of a note.

    ``happened_at`` is an aware time or None where unknown. Raises RecordError for a time in the future.
    """
    if happened_at is not None and happened_at > timezone.now():
        raise RecordError(_("Tidspunktet ligger i fremtiden. Skriv, hvornår det skete."), "future")
    content: NoteContent = {
        "nature": NoteNature(nature).value,
        "who": validate_text(who),
        "where": validate_text(where),
        "text": required_text(text),
    }
    new = NewEntry(EntryKind.NOTE, content, submission_id, happened_at=happened_at)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        entry = locked.write_one(AuditVerb.NOTE, new)
        forget_draft(case=case, by=by, step=NOTE_KEY)
    return entry


def add_correction(*, case: Case, by: User, corrects: int, text: str, submission_id: UUID) -> Entry:
    """Write a correction of the entry with that number. Raises RecordError when there is none."""
    if not Entry.objects.filter(case=case, seq=corrects).exists():
        raise RecordError(_("Den linje, der skal rettes, findes ikke i sagens log."), "corrects")
    content: CorrectionContent = {"corrects": corrects, "text": required_text(text)}
    new = NewEntry(EntryKind.CORRECTION, content, submission_id)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        entry = locked.write_one(AuditVerb.CORRECT, new)
        forget_draft(case=case, by=by, step=correction_key(corrects))
    return entry


def tick_duty(
    *,
    case: Case,
    by: User,
    key: str,
    title: str,
    outcome: DutyOutcome,
    reason: str,
    submission_id: UUID,
    follow_up: DutyReading | None = None,
    next_due: NextDue = "unchanged",
    is_urgent: bool = True,
    read_to: int | None = None,
) -> Entry:
    """Answer a duty of the plan: done, or not relevant with a reason.

    ``follow_up`` is what is answered where it is one of the school's own. ``next_due`` is the list's deadline if it
    moves, ``is_urgent`` whether another duty is to be done now or today, both by the log up to ``read_to``. Raises
    StaleReading where there is a later line.
    """
    content: DutyContent = {
        # The number in the key of a follow-up is made here, and may look like a CPR number.
        "key": key if follow_up else validate_text(key),
        "title": validate_text(title),
        "outcome": DutyOutcome(outcome).value,
        "reason": required_text(reason) if outcome == DutyOutcome.NOT_RELEVANT else validate_text(reason),
    }
    if follow_up and follow_up.due:
        content |= {"due": follow_up.due.isoformat(), "owner": follow_up.owner}
    columns: dict[str, Any] = {} if next_due == "unchanged" else {"next_due": next_due}
    columns |= {} if is_urgent else {"in_danger": False}
    new = NewEntry(EntryKind.DUTY, content, submission_id, duty=content["key"])
    with CaseTransaction.lock(case, by, submission_id) as locked:
        return locked.write_one(AuditVerb.TICK, new, read_to=read_to, **columns)


def set_follow_up(*, case: Case, by: User, title: str, due: datetime, owner: str, submission_id: UUID) -> Entry:
    """Set a follow-up of the school's own: what, by when, and the name of who is to do it."""
    content: DutyContent = {
        "key": own_key(submission_id),
        "title": required_text(title),
        "outcome": DutyOutcome.OPEN.value,
        "reason": "",
        "due": due.isoformat(),
        "owner": owner,
    }
    new = NewEntry(EntryKind.DUTY, content, submission_id, duty=content["key"])
    with CaseTransaction.lock(case, by, submission_id) as locked:
        # Under the lock the column is that of the newest line, which one deadline more can only bring forward.
        nearest = min(due, locked.row.next_due or due)
        return locked.write_one(AuditVerb.FOLLOW_UP, new, next_due=nearest)


def close_case(
    *,
    case: Case,
    by: User,
    reason: str,
    submission_id: UUID | None = None,
    left_open: Sequence[str] = (),
    read_to: int | None = None,
) -> Entry:
    """Close the case, with the reason and the duties left open by the log up to ``read_to``.

    Raises StaleReading where there is a later line.
    """
    new = _status_entry(Status.CLOSED, required_text(reason), submission_id, left_open)
    with CaseTransaction.lock(case, by, new.submission_id) as locked:
        return locked.write_one(
            AuditVerb.CLOSE, new, read_to=read_to, status=Status.CLOSED, closed_at=locked.now, closed_by=by
        )


def reopen_case(*, case: Case, by: User, reason: str, submission_id: UUID | None = None) -> Entry:
    """Open a closed case again, with the reason. Raises RecordError when it is open."""
    new = _status_entry(Status.OPEN, required_text(reason), submission_id)
    with CaseTransaction.lock(case, by, new.submission_id) as locked:
        if first := locked.repeated:
            return first
        if locked.row.status == Status.OPEN:
            raise RecordError(_("Sagen er allerede åben."), "open")
        return locked.write(AuditVerb.REOPEN, [new], status=Status.OPEN, closed_at=None, closed_by=None)


def _status_entry(status: Status, reason: str, submission_id: UUID | None, left_open: Sequence[str] = ()) -> NewEntry:
    content: StatusContent = {"status": status.value, "reason": reason}
    if left_open:
        content["left_open"] = validate_all(list(left_open))
    return NewEntry(EntryKind.STATUS, content, submission_id or uuid4())


def _step_key(step: str) -> str:
    if not _STEP.fullmatch(step):
        raise ValueError(f"not a step: {step!r}")
    return step
