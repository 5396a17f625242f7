"""Write in the thread of a referral: SSP and the school in turn, and who at SSP has it.

Every line is an entry of the case's log. What SSP writes goes to the active referral of its municipality.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from cases.access.access_macs import aside_mark
from cases.access.capabilities import CasesSeen, rights_of, roles_that_see
from cases.enums import ANSWERS_OF_SSP, AuditVerb, EntryKind, ReferralChange
from cases.log.case_transaction import CaseTransaction, RecordError, required_text
from cases.log.entry_crypto import NewEntry
from cases.log.entry_text import level_in_words
from cases.log.entry_types import About, ReferralContent
from cases.models import Case, Entry, Referral, User
from cases.text.text_rules import validate_text

_NEEDS_TEXT = frozenset(
    {ReferralChange.ASKED_BACK, ReferralChange.ADVISED, ReferralChange.RETURNED, ReferralChange.REPLIED}
)
ABOUT_LEVEL = frozenset({ReferralChange.AGREED, ReferralChange.RETURNED})
"""What SSP writes about the level."""


class Shown(NamedTuple):
    """What the writer had in front of them: the number of the thread's newest line, and the level."""

    seq: int
    level: str


class NewerLine(RecordError):
    """Somebody wrote in the thread after the page was opened. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _("Der er kommet nyt, siden du åbnede siden. Læs det, og send igen, hvis din tekst stadig passer."), "newer"
        )


def write_line(*, case: Case, by: User, change: ReferralChange, text: str, shown: Shown, submission_id: UUID) -> Entry:
    """Write a line for the other side to read, which makes it their turn. Who answers for SSP has the referral then.

    Raises NewerLine when the thread has gone on since it was shown, RecordError when the level is another by now, when
    a needed text is missing, and when there is no referral, CaseClosed for a closed case.
    """
    message = required_text(text) if change in _NEEDS_TEXT else validate_text(text).strip()
    by_ssp = rights_of(by).sees is CasesSeen.REFERRED
    with _active(case, by, submission_id, shown) as (locked, referral):
        if first := locked.repeated:
            return first
        level = level_in_words(locked.row.levels, locked.row.confirmed_level)
        if change in ABOUT_LEVEL and level != shown.level:
            words = _("Skolen har ændret niveauet til %(level)s, mens du skrev. Læs sagen igen, før du sender.")
            raise RecordError(words, "level", {"level": level})
        content = _content(referral, change, message, by_ssp=by_ssp)
        if change in ABOUT_LEVEL:
            content["level"] = level
        entry = locked.write(AuditVerb.SPAR, [_entry(referral, content, submission_id)], detail=change.value)
        referral.state, referral.state_since = change.value, locked.now
        if change in ANSWERS_OF_SSP and referral.claimed_by_id is None:
            referral.claimed_by = by
        referral.save(update_fields=["state", "state_since", "claimed_by"])
        return entry


def claim(*, case: Case, by: User, shown: Shown, submission_id: UUID) -> Entry:
    """Let ``by`` have the referral, whoever had it. Raises NewerLine when somebody took it since it was shown."""
    with _active(case, by, submission_id, shown) as (locked, referral):
        if first := locked.repeated:
            return first
        new = _entry(referral, _content(referral, ReferralChange.CLAIMED), submission_id)
        entry = locked.write(AuditVerb.CLAIM, [new])
        referral.claimed_by = by
        referral.save(update_fields=["claimed_by"])
        return entry


def hand_over(*, case: Case, by: User, colleague: User, submission_id: UUID) -> Entry:
    """Let a colleague at SSP have the referral. Raises RecordError for somebody who does not see it."""
    with _active(case, by, submission_id) as (locked, referral):
        if first := locked.repeated:
            return first
        if colleague not in consultants(referral):
            raise RecordError(_("Vælg en SSP-konsulent, der kan se henvendelsen."), "colleague")
        content = _content(referral, ReferralChange.HANDED)
        content["to"] = colleague.name
        new = _entry(referral, content, submission_id, colleague)
        entry = locked.write(AuditVerb.CLAIM, [new])
        referral.claimed_by = colleague
        referral.save(update_fields=["claimed_by"])
        return entry


def step_aside(*, case: Case, by: User, submission_id: UUID) -> Entry:
    """Take the case out of the consultant's sight, for a conflict of interest.

    Where nobody at SSP is left to read it, it is the school's turn.
    """
    with _active(case, by, submission_id) as (locked, referral):
        if first := locked.repeated:
            return first
        referral.aside += aside_mark(by.pk)
        entries = [_entry(referral, _content(referral, ReferralChange.ASIDE), submission_id)]
        if not consultants(referral):
            unanswerable = _content(referral, ReferralChange.UNANSWERABLE)
            entries.append(_entry(referral, unanswerable, uuid5(submission_id, "unanswerable")))
            referral.state, referral.state_since = ReferralChange.UNANSWERABLE.value, locked.now
        entry = locked.write(AuditVerb.CLAIM, entries)
        if referral.claimed_by_id == by.pk:
            referral.claimed_by = None
        referral.save(update_fields=["aside", "claimed_by", "state", "state_since"])
        return entry


def consultants(referral: Referral) -> list[User]:
    """Return who at SSP of the municipality sees the referral, by name."""
    roles = roles_that_see(CasesSeen.REFERRED)
    users = User.objects.filter(municipality=referral.municipality_id, is_active=True, role__in=roles)
    return [user for user in users if aside_mark(user.pk) not in referral.aside]


def colleagues(case: Case, user: User) -> list[User]:
    """Return the other consultants who see the active referral to the user's municipality."""
    referral = Referral.objects.filter(case=case, municipality=user.municipality_id, ended_at=None).first()
    return [one for one in consultants(referral) if one != user] if referral else []


@contextmanager
def _active(
    case: Case, by: User, submission_id: UUID, shown: Shown | None = None
) -> Iterator[tuple[CaseTransaction, Referral]]:
    """Lock the case and yield its active referral: for SSP that to its municipality.

    Unless the submission was written before, raises CaseClosed, RecordError without a referral, and NewerLine when the
    thread has gone on since it was ``shown``.
    """
    with CaseTransaction.lock(case, by, submission_id) as locked:
        found = Referral.objects.filter(case=case).select_related("municipality").order_by("pk")
        if by.municipality_id:
            found = found.filter(municipality=by.municipality_id)
        referral = found.last()
        if referral is None or (referral.ended_at and not locked.repeated):
            raise RecordError(_("Henvendelsen er trukket tilbage. Der er ingen at svare på."), "referral")
        if not locked.repeated:
            locked.require_open()
            if shown and shown.seq < _newest_seq(case):
                raise NewerLine
        yield locked, referral


def _newest_seq(case: Case) -> int:
    seqs = Entry.objects.filter(case=case, kind=EntryKind.REFERRAL).order_by("-seq").values_list("seq", flat=True)
    return seqs[:1].get()


def _content(referral: Referral, change: ReferralChange, message: str = "", *, by_ssp: bool = True) -> ReferralContent:
    return {
        "change": change.value,
        "form": referral.form,
        "purpose": "",
        "message": message,
        "included": [],
        "by_ssp": by_ssp,
    }


def _entry(referral: Referral, content: ReferralContent, submission_id: UUID, to: User | None = None) -> NewEntry:
    about: About = {"municipality": str(referral.municipality.public_id)}
    if to:
        about["user"] = str(to.public_id)
    return NewEntry(EntryKind.REFERRAL, content, submission_id, about=about)
