"""Who may do what: the one table of roles and of case roles. No other module compares a role's name."""

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from cases.enums import CaseAction, CaseRole, ReferralForm, Role
from cases.models import Participant, Referral, User

Visitor = User | AnonymousUser


class Capability(StrEnum):
    """What a role allows apart from a single case."""

    CASE_LIST = "case_list"
    OPEN_CASE = "open_case"
    """Create a case at one's own school."""
    RECEIVE_CASE = "receive_case"
    """Be given access to a case of one's own school, or be made responsible for it."""
    STATISTICS = "statistics"
    LOOKUPS = "lookups"
    """See who looked at which of the school's cases."""
    RETENTION = "retention"
    """See what is due to be erased, at one's own school or in one's own municipality."""
    APPROVE_ERASURE = "approve_erasure"
    """Erase or keep a case that somebody else proposed to erase, at the same schools."""
    ADMINISTER = "administer"
    """Open the administration: municipalities, schools, users, contacts, retention rules."""


class CasesSeen(StrEnum):
    """By which relation a user sees cases."""

    OWN = "own"
    """Responsible for the case, or given access to it, at one's own school."""
    SCHOOL = "school"
    """All cases of one's own school."""
    REFERRED = "referred"
    """Referred to one's own municipality, as long as the referral lasts."""
    NONE = "none"


@dataclass(frozen=True)
class RoleRights:
    """What one role allows."""

    sees: CasesSeen
    may: frozenset[Capability]


ROLES: dict[str, RoleRights] = {
    Role.STAFF: RoleRights(
        CasesSeen.OWN, frozenset({Capability.CASE_LIST, Capability.OPEN_CASE, Capability.RECEIVE_CASE})
    ),
    Role.LEADER: RoleRights(CasesSeen.SCHOOL, frozenset(Capability) - {Capability.ADMINISTER}),
    Role.SSP: RoleRights(CasesSeen.REFERRED, frozenset({Capability.CASE_LIST, Capability.STATISTICS})),
    # The case list of an administrator is always empty and says why.
    Role.ADMINISTRATOR: RoleRights(
        CasesSeen.NONE,
        frozenset({Capability.CASE_LIST, Capability.RETENTION, Capability.APPROVE_ERASURE, Capability.ADMINISTER}),
    ),
}
_NOBODY = RoleRights(CasesSeen.NONE, frozenset())

CASE_ROLES: dict[CaseRole, frozenset[CaseAction]] = {
    CaseRole.LEADER: frozenset(CaseAction) - {CaseAction.ANSWER},
    CaseRole.OWNER: frozenset(CaseAction)
    - {CaseAction.ANSWER, CaseAction.ASSIGN, CaseAction.CLOSE, CaseAction.KEEP, CaseAction.DISCLOSE},
    CaseRole.PARTICIPANT: frozenset(
        {
            CaseAction.SEE,
            CaseAction.READ,
            CaseAction.WALK,
            CaseAction.NOTE,
            CaseAction.TICK,
            CaseAction.PRINT,
            CaseAction.EXPORT,
        }
    ),
    CaseRole.SSP_NAMED: frozenset(
        {CaseAction.SEE, CaseAction.READ, CaseAction.NOTE, CaseAction.PRINT, CaseAction.ANSWER}
    ),
    CaseRole.SSP_ANONYMOUS: frozenset({CaseAction.SEE, CaseAction.ANSWER}),
}
"""Who may do what with a case that they see. Administrators have no case role, so they may do nothing."""


def rights_of(user: Visitor) -> RoleRights:
    """What the user's role allows; nothing for a visitor who is not logged in."""
    return ROLES.get(user.role, _NOBODY) if isinstance(user, User) else _NOBODY


def roles_with(capability: Capability) -> list[str]:
    """The roles that have the capability, to select users by."""
    return [role for role, rights in ROLES.items() if capability in rights.may]


def roles_that_see(cases: CasesSeen) -> list[str]:
    """The roles that see cases by this relation, to select users by."""
    return [role for role, rights in ROLES.items() if rights.sees is cases]


def has_case_role(
    case_role: str, sees: CasesSeen, *, is_of_school: bool, is_owner: bool, row: Participant | Referral | None
) -> bool:
    """Return whether a user who sees cases by this relation has the case role.

    ``row`` is the participant or referral that gives access, None without one.
    """
    match sees:
        case CasesSeen.SCHOOL:
            right = CaseRole.LEADER if is_of_school else None
        case CasesSeen.OWN:
            given = CaseRole.OWNER if is_owner else CaseRole.PARTICIPANT if row else None
            right = given if is_of_school else None
        case CasesSeen.REFERRED if isinstance(row, Referral):
            right = CaseRole.SSP_NAMED if row.form == ReferralForm.NAMED else CaseRole.SSP_ANONYMOUS
        case _:
            right = None
    return case_role == right
