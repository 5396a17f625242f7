"""Access checks: who sees which case, who may do what, and an audit event for every look-up."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, overload
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Value, When
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from cases.access import audit_log
from cases.access.capabilities import CASE_ROLES, Capability, CasesSeen, Visitor, rights_of
from cases.enums import AuditVerb, CaseAction, CaseRole, ReferralForm
from cases.models import Case, Participant, Referral, User

_P = ParamSpec("_P")
CaseView = Callable[Concatenate[HttpRequest, Case, _P], HttpResponseBase]
RoleView = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]
PublicView = Callable[..., HttpResponseBase]

DEMANDS: Final = "demands"
"""The attribute of a view that says which case action or capability its decorator demands."""

NOWHERE = UUID(int=0)
"""The public id of no case, asked for in place of what is not an id at all."""


class Hidden(Http404):
    """The case does not exist, or the visitor may not see it: the two answers are the same."""


def visible_to(user: Visitor) -> models.QuerySet[Case]:
    """The cases that the user may see now, each with ``case_role``. The query itself reads the user's row as it is."""
    cases = Case.objects.scoped("visible_to")
    if not isinstance(user, User):
        return cases.none()
    match rights_of(user).sees:
        case CasesSeen.OWN:
            mine = Q(owner=user) | Exists(_participations(user))
            cases = cases.filter(mine, school=user.school_id)
            case_role = _case_role(Q(owner=user), CaseRole.OWNER, CaseRole.PARTICIPANT)
        case CasesSeen.SCHOOL:
            cases = cases.filter(school=user.school_id)
            case_role = Value(str(CaseRole.LEADER))
        case CasesSeen.REFERRED:
            cases = cases.filter(Exists(_referrals(user)))
            named = Exists(_referrals(user).filter(form=ReferralForm.NAMED))
            case_role = _case_role(named, CaseRole.SSP_NAMED, CaseRole.SSP_ANONYMOUS)
        case _:
            return cases.none()
    return cases.filter(Exists(_still(user))).annotate(case_role=case_role, case_role_for=Value(user.pk))


def _case_role(condition: Any, yes: CaseRole, no: CaseRole) -> Any:
    return models.Case(When(condition, then=Value(str(yes))), default=Value(str(no)), output_field=models.CharField())


def _still(user: User) -> models.QuerySet[User]:
    """Return the user if still active, with the same role, school and municipality as in the request."""
    return User.objects.filter(
        pk=user.pk, is_active=True, role=user.role, school=user.school_id, municipality=user.municipality_id
    )


def _participations(user: User) -> models.QuerySet[Participant]:
    return Participant.objects.filter(case=OuterRef("pk"), user=user, removed_at=None)


def _referrals(user: User) -> models.QuerySet[Referral]:
    return Referral.objects.filter(case=OuterRef("pk"), municipality=user.municipality_id, ended_at=None)


@overload
def can(user: Visitor, what: Capability, /) -> bool: ...
@overload
def can(user: Visitor, what: Case, action: CaseAction, /) -> bool: ...
def can(user: Visitor, what: Capability | Case, action: CaseAction | None = None, /) -> bool:
    """Whether the user has the capability, or may do this with the case; false for a case that they do not see."""
    if isinstance(what, Capability):
        return what in rights_of(user).may
    case_role = case_role_of(user, what)
    return case_role is not None and action in CASE_ROLES[case_role]


def case_role_of(user: Visitor, case: Case) -> CaseRole | None:
    """The user's role in the case: as ``visible_to`` found it, or asked anew when the case came another way."""
    if not isinstance(user, User):
        return None
    if getattr(case, "case_role_for", None) == user.pk:
        return CaseRole(getattr(case, "case_role"))  # noqa: B009 - an annotation, which the model does not know
    found = visible_to(user).filter(pk=case.pk).first()
    return case_role_of(user, found) if found else None


def require(user: Visitor, case: Case, action: CaseAction) -> None:
    """Raise PermissionDenied unless the user may do this with the case."""
    if not can(user, case, action):
        raise PermissionDenied


def require_readable(case: Case) -> None:
    """Raise PermissionDenied if the case was given out, by ``get_case`` or a list, to a user who may not read it."""
    case_role = getattr(case, "case_role", None)
    if case_role is not None and CaseAction.READ not in CASE_ROLES[CaseRole(case_role)]:
        raise PermissionDenied


def get_case(
    user: Visitor, public_id: UUID | str, verb: AuditVerb = AuditVerb.OPEN, *, step: str = "", detail: str = ""
) -> Case:
    """The case, with school, municipality and owner, and a row in the access log, in the caller's transaction.

    Raises Hidden for missing and foreign alike, TransactionManagementError outside an atomic block.
    """
    audit_log.lock_log()
    cases = visible_to(user).select_related("school__municipality", "owner").annotate(**audit_log.last_event_columns())
    case = cases.filter(public_id=_uuid(public_id) or NOWHERE).first()
    if case is None:
        raise Hidden
    audit_log.write_event(verb, by=user, case=case, step=step, detail=detail, tail=audit_log.last_event_of(case))
    return case


def list_cases(user: Visitor, verb: AuditVerb = AuditVerb.LIST, *, detail: str = "") -> models.QuerySet[Case]:
    """``visible_to`` with school and owner for a list page, and a row in the access log. Needs an atomic block."""
    audit_log.write_event(verb, by=user, detail=detail)
    return visible_to(user).select_related("school", "owner")


def log_case_denied(user: Visitor, public_id: UUID | str, action: CaseAction) -> None:
    """Log a refusal in a transaction of its own: the one that was refused has been rolled back."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.DENIED, by=user, case=_uuid(public_id), detail=action.value)


def case_view(verb: AuditVerb, *, action: CaseAction = CaseAction.READ) -> Callable[[CaseView[_P]], PublicView]:
    """Wrap a view ``(request, case, …)`` for a URL with ``public_id``: atomic, seen, permitted, logged.

    A case that is not the visitor's gives 404, an action that is not theirs gives 403; both are logged as denied.
    """

    def wrap(view: CaseView[_P]) -> PublicView:
        @wraps(view)
        def checked(request: HttpRequest, public_id: UUID, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            visitor = request.user
            try:
                with transaction.atomic():
                    case = get_case(visitor, public_id, verb, step=_step(kwargs))
                    require(visitor, case, action)
                    return view(request, case, *args, **kwargs)
            except (Hidden, PermissionDenied):
                log_case_denied(visitor, public_id, action)
                raise

        setattr(checked, DEMANDS, action)
        return checked

    return wrap


def role_view(capability: Capability) -> Callable[[RoleView[_P]], PublicView]:
    """Wrap a view about no single case: atomic, and whoever lacks the capability gets 403, which is logged."""

    def wrap(view: RoleView[_P]) -> PublicView:
        @wraps(view)
        def checked(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            try:
                with transaction.atomic():
                    if not can(request.user, capability):
                        raise PermissionDenied
                    return view(request, *args, **kwargs)
            except PermissionDenied:
                log_role_denied(request.user)
                raise

        setattr(checked, DEMANDS, capability)
        return checked

    return wrap


def log_role_denied(user: Visitor) -> None:
    """Log a refusal that is about no case, in a transaction of its own."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.DENIED, by=user)


def _step(kwargs: dict[str, Any]) -> str:
    """The step of the URL, if it looks like one: what is logged must not be what somebody typed."""
    step = str(kwargs.get("step", ""))
    return step if re.fullmatch(r"[a-z]{1,30}", step) else ""


def _uuid(public_id: UUID | str) -> UUID | None:
    if isinstance(public_id, UUID):
        return public_id
    try:
        return UUID(public_id)
    except ValueError:
        return None
