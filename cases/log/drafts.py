"""Drafts: what one user has typed in one step, note or correction and not filed. Sealed with the case's key, expiring.

A draft keeps the text as typed, however odd, because its one purpose is that nothing gets lost; what may be *filed* is
judged when it is filed. Two things are not kept even here: an embedded file, which refuses the draft, and the digits of
a CPR number, which are left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.crypto import encryption
from cases.crypto.hash_chain import canonical_json
from cases.enums import AuditVerb, Status
from cases.log.case_transaction import CaseClosed, RecordError
from cases.log.entry_crypto import data_key
from cases.models import Case, Draft, Entry, User
from cases.text.text_rules import HIDDEN_CPR, find_cpr, refuse_embedded, without_cpr

NOTE_KEY = "notat"
"""The name under which the draft of a note is kept, where a step's is kept under the step's key."""
LIFETIME = timedelta(days=14)
_FIELD = re.compile(r"[a-z0-9_-]{1,80}(?:-TOTAL_FORMS)?")
"""A name of a field: keys of questions, numbers of rows. It is kept beside what is typed, and may hold no words."""
MAX_BYTES = 2_000_000
"""Bytes of one draft as JSON; a whole step at its longest stays far below."""


@dataclass(frozen=True)
class DraftReading:
    """A draft opened: the lists of a query dict, the filing it was built on, and when it was saved."""

    data: Mapping[str, list[str]]
    base_seq: int
    saved_at: datetime

    @property
    def lacks_cpr(self) -> bool:
        """Whether a CPR number was left out of it."""
        return any(HIDDEN_CPR in text for texts in self.data.values() for text in texts)


def correction_key(seq: int) -> str:
    """The name under which the draft of a correction to entry number ``seq`` is kept."""
    return f"ret_{seq}"


def holding_cpr(typed: Mapping[str, list[str]]) -> list[str]:
    """The fields in which something reads as a CPR number: a draft has their text without it."""
    return [name for name, texts in typed.items() if _FIELD.fullmatch(name) and any(find_cpr(text) for text in texts)]


@transaction.atomic
def save_draft(*, case: Case, by: User, step: str, data: Mapping[str, list[str]], base_seq: int) -> Draft:
    """Keep what was typed, in place of the user's earlier draft of the step. Old drafts are cleared away on the way.

    Raises RecordError for sheer size and for a field that no page has, ValidationError for an embedded file, Closed for
    a closed case.
    """
    if not all(_FIELD.fullmatch(name) and not find_cpr(name) for name in data):
        raise RecordError(_("Kladden er ikke gemt: den har et felt, som siden ikke har. Genindlæs siden."), "field")
    for text in (text for texts in data.values() for text in texts):
        refuse_embedded(text)
    plain = {key: [without_cpr(text) for text in texts] for key, texts in data.items()}
    if len(canonical_json(plain)) > MAX_BYTES:
        raise RecordError(_("Kladden er for stor til at blive gemt. Kort teksten ned."), "too_long")
    audit_log.lock_log()
    row = Case.objects.unscoped("draft").select_for_update().get(pk=case.pk)
    if row.status == Status.CLOSED:
        raise CaseClosed
    now = timezone.now()
    purge_drafts(now=now)
    draft, _created = Draft.objects.update_or_create(
        case=row,
        user=by,
        step=step,
        defaults={
            "base_seq": base_seq,
            "body": encryption.seal_json(data_key(row), plain, *_place(row, by, step)),
            "saved_at": now,
            "expires_at": now + LIFETIME,
        },
    )
    audit_log.write_event(AuditVerb.DRAFT, by=by, case=row, step=step)
    return draft


def read_draft(*, case: Case, by: User, step: str) -> DraftReading | None:
    """The user's draft of the step as it was typed, or None. Raises SealBroken when it was tampered with."""
    return read_drafts(case=case, by=by, steps=[step]).get(step)


def read_drafts(*, case: Case, by: User, steps: Collection[str]) -> dict[str, DraftReading]:
    """Step -> draft, for those of the steps that have one. Raises SealBroken when one was tampered with."""
    found = Draft.objects.filter(case=case, user=by, step__in=steps, expires_at__gt=timezone.now())
    return {
        draft.step: DraftReading(
            encryption.unseal_json(data_key(case), draft.body, *_place(case, by, draft.step)),
            draft.base_seq,
            draft.saved_at,
        )
        for draft in found
    }


def drafts_of(*, case: Case, by: User) -> list[str]:
    """The steps in which the user has typed something that is not filed."""
    kept = Draft.objects.filter(case=case, user=by, expires_at__gt=timezone.now())
    return list(kept.values_list("step", flat=True))


def became_entry(*, case: Case, submission_id: UUID) -> bool:
    """Whether the form with this number was filed: a draft of it that comes in late holds nothing new."""
    return Entry.objects.filter(case=case, submission_id=submission_id).exists()


def forget_draft(*, case: Case, by: User, step: str) -> None:
    """Delete the draft of what was filed just now; within the transaction of the filing, which leaves its own trace."""
    Draft.objects.filter(case=case, user=by, step=step).delete()


@transaction.atomic
def drop_draft(*, case: Case, by: User, step: str) -> None:
    """Throw the user's draft of the step away."""
    audit_log.lock_log()
    deleted, _by_model = Draft.objects.filter(case=case, user=by, step=step).delete()
    if deleted:
        row = Case.objects.unscoped("draft").get(pk=case.pk)
        audit_log.write_event(AuditVerb.DROP_DRAFT, by=by, case=row, step=step)


def purge_drafts(*, now: datetime) -> int:
    """Delete the drafts that expired by ``now``; returns how many."""
    deleted, _by_model = Draft.objects.filter(expires_at__lte=now).delete()
    return deleted


def _place(case: Case, user: User, step: str) -> tuple[str, str, str, str]:
    return (str(case.public_id), str(user.public_id), step, "draft")
