"""Give and end access to a case: colleagues and SSP. Tell the leaders of the school of it.

Nobody gets access to a closed case, but access to it can be ended: reopening it for that would restart its retention.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from django.utils.translation import gettext_lazy as _

from cases.access.capabilities import Capability, CasesSeen, rights_of
from cases.access.permissions import can
from cases.enums import AuditVerb, DisclosureBasis, EntryKind, ParticipantChange, ReferralChange, ReferralForm
from cases.log.case_transaction import CaseTransaction, RecordError, required_text
from cases.log.entry_crypto import NewEntry
from cases.log.entry_types import About, ParticipantContent, ReferralContent
from cases.models import Case, Entry, Municipality, Participant, Referral, School, User
from cases.text.text_rules import validate_all, validate_text


def refer(
    *,
    case: Case,
    by: User,
    form: ReferralForm,
    purpose: str,
    message: str,
    included: Sequence[str],
    submission_id: UUID,
    basis: DisclosureBasis | None = None,
    necessity: str = "",
) -> Entry:
    """Send a referral to the SSP of the school's municipality, which ends an earlier one.

    ``basis`` and ``necessity`` say why names may be sent; they are stored only in a referral with names.
    """
    content: ReferralContent = {
        "change": ReferralChange.SENT.value,
        "form": ReferralForm(form).value,
        "purpose": required_text(purpose),
        "message": validate_text(message),
        "included": validate_all(list(included)),
    }
    if form == ReferralForm.NAMED and basis:
        content |= {"basis": str(basis.label), "necessity": validate_text(necessity)}
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        locked.require_open()
        municipality = School.objects.select_related("municipality").get(pk=locked.row.school_id).municipality
        new = _referral_entry(content, municipality, submission_id)
        entry = locked.write(AuditVerb.REFER, [new], detail=content["form"])
        aside, claimed_by = _who_had_it(case, municipality)
        for active in Referral.objects.filter(case=case, municipality=municipality, ended_at=None):
            active.ended_at, active.ended_by = locked.now, by
            active.save(update_fields=["ended_at", "ended_by"])
        Referral.objects.create(
            case=case,
            municipality=municipality,
            form=form,
            entry_seq=entry.seq,
            sent_at=locked.now,
            sent_by=by,
            state_since=locked.now,
            claimed_by=claimed_by,
            aside=aside,
        )
        return entry


def _who_had_it(case: Case, municipality: Municipality) -> tuple[str, User | None]:
    """Return who stepped aside from the newest referral of the case, and who has it, active or not."""
    last = Referral.objects.filter(case=case, municipality=municipality).order_by("pk").last()
    return (last.aside, last.claimed_by) if last else ("", None)


def end_referral(*, case: Case, by: User, reason: str, submission_id: UUID) -> Entry:
    """End the active referral: SSP loses access with the next request. Raises RecordError without one."""
    message = validate_text(reason)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        active = Referral.objects.filter(case=case, ended_at=None).select_related("municipality").first()
        if active is None:
            raise RecordError(_("Der er ingen henvendelse at trække tilbage."), "referral")
        content: ReferralContent = {
            "change": ReferralChange.ENDED.value,
            "form": active.form,
            "purpose": "",
            "message": message,
            "included": [],
        }
        active.ended_at, active.ended_by = locked.now, by
        active.save(update_fields=["ended_at", "ended_by"])
        return locked.write(AuditVerb.END_REFERRAL, [_referral_entry(content, active.municipality, submission_id)])


def add_participant(*, case: Case, by: User, user: User, submission_id: UUID | None = None) -> Entry:
    """Give a colleague of the same school access to the case; an existing access stays."""
    _require_colleague(case, user)
    submission_id = submission_id or uuid4()
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        locked.require_open()
        _give_access(locked, user)
        new = _participant_entry(user, ParticipantChange.ADDED, submission_id)
        return locked.write(AuditVerb.ADD_PARTICIPANT, [new])


def remove_participant(*, case: Case, by: User, user: User, submission_id: UUID | None = None) -> Entry:
    """End a colleague's access from the next request. Raises RecordError when there is none."""
    submission_id = submission_id or uuid4()
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if first := locked.repeated:
            return first
        active = Participant.objects.filter(case=case, user=user, removed_at=None).first()
        if active is None:
            raise RecordError(_("Personen har ikke adgang til sagen."), "participant")
        active.removed_at, active.removed_by = locked.now, by
        active.save(update_fields=["removed_at", "removed_by"])
        new = _participant_entry(user, ParticipantChange.REMOVED, submission_id)
        return locked.write(AuditVerb.REMOVE_PARTICIPANT, [new])


def assign_owner(
    *, case: Case, by: User, owner: User, keeps_access: bool = False, submission_id: UUID | None = None
) -> Entry:
    """Make a colleague of the same school the owner. With ``keeps_access`` who owned it can still read the case."""
    _require_colleague(case, owner)
    new = _participant_entry(owner, ParticipantChange.OWNER, submission_id or uuid4())
    with CaseTransaction.lock(case, by, new.submission_id) as locked:
        if first := locked.repeated:
            return first
        locked.require_open()
        entries, before = [new], locked.row.owner
        if keeps_access and may_keep_access(case, before) and before.pk != owner.pk:
            _give_access(locked, before)
            entries += [_participant_entry(before, ParticipantChange.ADDED, uuid5(new.submission_id, "access"))]
        return locked.write(AuditVerb.ASSIGN, entries, owner=owner)


def may_keep_access(case: Case, user: User) -> bool:
    """Return whether the user would lose the case with its ownership, and may be given access to it."""
    return may_have_case(case, user) and rights_of(user).sees is CasesSeen.OWN


def tell_leaders(*, case: Case, by: User, submission_id: UUID) -> None:
    """Put the case first in the list of the school's leaders until one of them opens it. A second time does nothing."""
    content: ParticipantContent = {"name": str(_("Ledelsen")), "change": ParticipantChange.TOLD.value}
    new = NewEntry(EntryKind.PARTICIPANT, content, submission_id)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        locked.require_open()
        if locked.row.told_leader_at is None:
            locked.write(AuditVerb.TELL, [new], told_leader_at=locked.now)


def take_case(*, case: Case, by: User, submission_id: UUID) -> None:
    """Say that a leader has the case, so that whoever told it can see that. Who is responsible stays the same."""
    new = _participant_entry(by, ParticipantChange.TAKEN, submission_id)
    with CaseTransaction.lock(case, by, submission_id) as locked:
        if not locked.repeated and locked.row.taken_by_id != by.pk:
            locked.require_open()
            locked.write(AuditVerb.TAKE, [new], taken_by=by)


def _referral_entry(content: ReferralContent, municipality: Municipality, submission_id: UUID) -> NewEntry:
    about: About = {"municipality": str(municipality.public_id)}
    return NewEntry(EntryKind.REFERRAL, content, submission_id, about=about)


def _participant_entry(user: User, change: ParticipantChange, submission_id: UUID) -> NewEntry:
    content: ParticipantContent = {"name": user.name, "change": change.value}
    return NewEntry(EntryKind.PARTICIPANT, content, submission_id, about={"user": str(user.public_id)})


def _give_access(locked: CaseTransaction, user: User) -> None:
    Participant.objects.get_or_create(
        case=locked.row, user=user, removed_at=None, defaults={"added_at": locked.now, "added_by": locked.by}
    )


def may_have_case(case: Case, user: User) -> bool:
    """Return whether the user can be the owner, or be given access: somebody active of the case's school."""
    return user.is_active and can(user, Capability.RECEIVE_CASE) and user.school_id == case.school_id


def _require_colleague(case: Case, user: User) -> None:
    if not may_have_case(case, user):
        raise RecordError(_("Kun medarbejdere og ledere på sagens skole kan få adgang."), "colleague")
