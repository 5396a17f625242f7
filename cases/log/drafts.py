"""Drafts: what one user has typed in one step, note or correction and not filed. Sealed with the case's key, expiring.

Text is kept as typed and validated when it is filed. Two things are not kept: a draft with an embedded file is refused,
and the digits of a CPR number are left out.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.crypto import encryption
from cases.crypto.hash_chain import canonical_json
from cases.enums import AuditVerb
from cases.log.case_transaction import CaseTransaction, RecordError
from cases.log.entry_crypto import data_key
from cases.models import Case, Draft, Entry, User
from cases.models.prepared_query import Given, PreparedQuery, numbered, places
from cases.text.cpr_numbers import HIDDEN_CPR, find_cpr, without_cpr
from cases.text.text_rules import refuse_embedded

NOTE_KEY = "notat"
"""The ``step`` of the draft of a note."""
LIFETIME = timedelta(days=14)
_FIELD = re.compile(r"[a-z0-9_-]{1,80}(?:-TOTAL_FORMS)?")
"""A name of a field: keys of questions, numbers of rows. It may hold nothing that a user typed."""
MAX_BYTES = 2_000_000
"""Bytes of one draft as JSON; the longest possible step is far smaller."""
_TOO_LARGE = _("Kladden er for stor til at blive gemt. Kort teksten ned.")


@dataclass(frozen=True)
class DraftReading:
    """A decrypted draft: the lists of a query dict, the filing it was built on, and when it was saved."""

    data: Mapping[str, list[str]]
    base_seq: int
    saved_at: datetime

    @property
    def lacks_cpr(self) -> bool:
        """Whether a CPR number was left out of it."""
        return any(HIDDEN_CPR in text for texts in self.data.values() for text in texts)


def correction_key(seq: int) -> str:
    """Return the ``step`` of the draft of a correction to entry number ``seq``."""
    return f"ret_{seq}"


def holding_cpr(typed: Mapping[str, list[str]]) -> list[str]:
    """Return the fields whose text holds a CPR number."""
    return [name for name, texts in typed.items() if _FIELD.fullmatch(name) and any(find_cpr(text) for text in texts)]


def save_draft(*, case: Case, by: User, step: str, data: Mapping[str, list[str]], base_seq: int) -> Draft:
    """Save what was typed in place of the user's earlier draft of the step, and delete all expired drafts.

    Raises RecordError for a too large draft and for a field that no page has, ValidationError for an embedded file,
    CaseClosed for a closed case.
    """
    plain = _without_forbidden(data)
    now = timezone.now()
    sealed = {
        "base_seq": base_seq,
        "body": encryption.seal_json(data_key(case), plain, *_context(case, by, step)),
        "saved_at": now,
        "expires_at": now + LIFETIME,
    }
    with CaseTransaction.lock(case, by) as locked:
        locked.require_open()
        purge_drafts(now=now)
        draft, _created = Draft.objects.update_or_create(case=locked.row, user=by, step=step, defaults=sealed)
        locked.log(AuditVerb.DRAFT, step=step)
    return draft


def _without_forbidden(data: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the fields without CPR numbers. Raises as ``save_draft`` does: size first, then names, then text."""
    if sum(map(len, data)) + sum(len(text) for texts in data.values() for text in texts) > MAX_BYTES:
        raise RecordError(_TOO_LARGE, "too_long")
    if not all(_FIELD.fullmatch(name) and not find_cpr(name) for name in data):
        raise RecordError(_("Kladden er ikke gemt: den har et felt, som siden ikke har. Genindlæs siden."), "field")
    for text in (text for texts in data.values() for text in texts):
        refuse_embedded(text)
    plain = {key: [without_cpr(text) for text in texts] for key, texts in data.items()}
    if len(canonical_json(plain)) > MAX_BYTES:
        raise RecordError(_TOO_LARGE, "too_long")
    return plain


def read_draft(*, case: Case, by: User, step: str) -> DraftReading | None:
    """Return the user's draft of the step, or None. Raises SealBroken when it was tampered with."""
    return read_drafts(case=case, by=by, steps=[step]).get(step)


def read_drafts(*, case: Case, by: User, steps: Collection[str]) -> dict[str, DraftReading]:
    """Return step -> draft, for those of the steps that have one. Raises SealBroken when one was tampered with."""
    live = _live_drafts(len(steps))
    found = live(case=case.pk, user=by.pk, now=timezone.now(), **numbered("step", steps)) if steps else ()
    return {
        draft.step: DraftReading(
            encryption.unseal_json(data_key(case), draft.body, *_context(case, by, draft.step)),
            draft.base_seq,
            draft.saved_at,
        )
        for draft in found
    }


@cache
def _live_drafts(count: int) -> PreparedQuery[Draft]:
    """The user's drafts of that many steps, those that have not expired."""
    case, user, step, expires = (Draft._meta.get_field(name) for name in ("case", "user", "step", "expires_at"))
    mine = Draft.objects.filter(
        case=Given("case", case), user=Given("user", user), step__in=places("step", step, count)
    )
    return PreparedQuery(lambda: mine.filter(expires_at__gt=Given("now", expires)))


def drafts_of(*, case: Case, by: User) -> list[str]:
    """Return the steps, notes and corrections of which the user has a draft."""
    return [draft.step for draft in _own_drafts(case=case.pk, user=by.pk, now=timezone.now())]


@PreparedQuery
def _own_drafts() -> QuerySet[Draft]:
    """The user's drafts in the case that have not expired; what is typed in them is not fetched."""
    case, user, expires = (Draft._meta.get_field(name) for name in ("case", "user", "expires_at"))
    mine = Draft.objects.filter(case=Given("case", case), user=Given("user", user))
    return mine.filter(expires_at__gt=Given("now", expires)).defer("body")


def became_entry(*, case: Case, submission_id: UUID) -> bool:
    """Return whether the form with this number was filed: a later draft of it holds nothing new."""
    return Entry.objects.filter(case=case, submission_id=submission_id).exists()


def forget_draft(*, case: Case, by: User, step: str) -> None:
    """Delete the draft of what was just filed, without an audit event of its own."""
    # SQL, since each filing would build it anew.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cases_draft WHERE case_id = %s AND user_id = %s AND step = %s", [case.pk, by.pk, step]
        )


def drop_draft(*, case: Case, by: User, step: str) -> None:
    """Delete the user's draft of the step, with an audit event."""
    with CaseTransaction.lock(case, by) as locked:
        deleted, _by_model = Draft.objects.filter(case=case, user=by, step=step).delete()
        if deleted:
            locked.log(AuditVerb.DROP_DRAFT, step=step)


def purge_drafts(*, now: datetime) -> int:
    """Delete the drafts that expired by ``now``; returns how many."""
    deleted, _by_model = Draft.objects.filter(expires_at__lte=now).delete()
    return deleted


def _context(case: Case, user: User, step: str) -> tuple[str, str, str, str]:
    return (str(case.public_id), str(user.public_id), step, "draft")
