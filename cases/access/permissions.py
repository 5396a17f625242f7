"""The one door to the cases: who sees which, who may do what, and a row in the access log for every look."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Value, When
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from cases.access import audit_log
from cases.enums import AuditVerb, CaseAction, CaseRole, ReferralForm, Role
from cases.models import Case, Participant, Referral, User

Visitor = User | AnonymousUser
_P = ParamSpec("_P")
CaseView = Callable[Concatenate[HttpRequest, Case, _P], HttpResponseBase]
PublicView = Callable[..., HttpResponseBase]

PERMITTED: dict[CaseRole, frozenset[CaseAction]] = {
    CaseRole.LEADER: frozenset(CaseAction),
    CaseRole.OWNER: frozenset(CaseAction) - {CaseAction.ASSIGN, CaseAction.CLOSE, CaseAction.KEEP, CaseAction.DISCLOSE},
    CaseRole.PARTICIPANT: frozenset(
        {CaseAction.SEE, CaseAction.READ, CaseAction.WALK, CaseAction.NOTE, CaseAction.TICK, CaseAction.EXPORT}
    ),
    CaseRole.SSP_NAMED: frozenset({CaseAction.SEE, CaseAction.READ, CaseAction.NOTE}),
    CaseRole.SSP_ANONYMOUS: frozenset({CaseAction.SEE}),
}
"""Who may do what with a case that the door shows. Administrators stand to no case, so they may do nothing."""


NOWHERE = UUID(int=0)
"""The public id of no case, asked for in place of what is not an id at all."""


class Hidden(Http404):
    """The case does not exist, or is none of the visitor's business: the two answer exactly alike."""


def visible_to(user: Visitor) -> models.QuerySet[Case]:
    """The cases that the user may see now, each with ``standing``. The query itself reads the user's row as it is."""
    cases = Case.objects.scoped("visible_to")
    if not isinstance(user, User):
        return cases.none()
    match user.role:
        case Role.STAFF:
            mine = Q(owner=user) | Exists(_participations(user))
            cases = cases.filter(mine, school=user.school_id)
            standing = _case_role(Q(owner=user), CaseRole.OWNER, CaseRole.PARTICIPANT)
        case Role.LEADER:
            cases = cases.filter(school=user.school_id)
            standing = Value(str(CaseRole.LEADER))
        case Role.SSP:
            cases = cases.filter(Exists(_referrals(user)))
            named = Exists(_referrals(user).filter(form=ReferralForm.NAMED))
            standing = _case_role(named, CaseRole.SSP_NAMED, CaseRole.SSP_ANONYMOUS)
        case _:
            return cases.none()
    return cases.filter(Exists(_still(user))).annotate(standing=standing, standing_for=Value(user.pk))


def _case_role(condition: Any, yes: CaseRole, no: CaseRole) -> Any:
    return models.Case(When(condition, then=Value(str(yes))), default=Value(str(no)), output_field=models.CharField())


def _still(user: User) -> models.QuerySet[User]:
    """The user as the database knows them now, if nothing that opens the door was taken away since login."""
    return User.objects.filter(
        pk=user.pk, is_active=True, role=user.role, school=user.school_id, municipality=user.municipality_id
    )


def _participations(user: User) -> models.QuerySet[Participant]:
    return Participant.objects.filter(case=OuterRef("pk"), user=user, removed_at=None)


def _referrals(user: User) -> models.QuerySet[Referral]:
    return Referral.objects.filter(case=OuterRef("pk"), municipality=user.municipality_id, ended_at=None)


def can(user: Visitor, case: Case, deed: CaseAction) -> bool:
    """Whether the user may do this with the case; false for a case that the user does not see."""
    standing = case_role_of(user, case)
    return standing is not None and deed in PERMITTED[standing]


def case_role_of(user: Visitor, case: Case) -> CaseRole | None:
    """How the user stands to the case: as the door found, or asked anew when the case came another way."""
    if not isinstance(user, User):
        return None
    if getattr(case, "standing_for", None) == user.pk:
        return CaseRole(getattr(case, "standing"))  # noqa: B009 - an annotation, which the model does not know
    found = visible_to(user).filter(pk=case.pk).first()
    return case_role_of(user, found) if found else None


def require(user: Visitor, case: Case, deed: CaseAction) -> None:
    """Raise PermissionDenied unless the user may do this with the case."""
    if not can(user, case, deed):
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


def log_case_denied(user: Visitor, public_id: UUID | str, deed: CaseAction) -> None:
    """Log a refusal in a transaction of its own: the one that was refused has been rolled back."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.DENIED, by=user, case=_uuid(public_id), detail=deed.value)


def case_view(verb: AuditVerb, *, deed: CaseAction = CaseAction.READ) -> Callable[[CaseView[_P]], PublicView]:
    """Wrap a view ``(request, case, …)`` for a URL with ``public_id``: atomic, through the door, permitted, logged.

    A case that is not the visitor's gives 404, a deed that is not theirs gives 403; both are logged as denied.
    """

    def wrap(view: CaseView[_P]) -> PublicView:
        @wraps(view)
        def entrance(request: HttpRequest, public_id: UUID, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            visitor = request.user
            try:
                with transaction.atomic():
                    case = get_case(visitor, public_id, verb, step=_step(kwargs))
                    require(visitor, case, deed)
                    return view(request, case, *args, **kwargs)
            except (Hidden, PermissionDenied):
                log_case_denied(visitor, public_id, deed)
                raise

        return entrance

    return wrap


def role_view(view: Callable[Concatenate[HttpRequest, _P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view about no single case: atomic, and whoever is turned away by their role alone is logged."""

    @wraps(view)
    def entrance(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except PermissionDenied:
            log_role_denied(request.user)
            raise

    return entrance


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
