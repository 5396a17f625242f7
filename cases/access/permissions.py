"""Access checks: who sees which case, who may do what, and an audit event for every look-up."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, partial, wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec, Self, overload
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat, StrIndex
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from cases.access import access_macs, audit_log
from cases.access.capabilities import CASE_ROLES, Capability, CasesSeen, Visitor, rights_of, roles_that_see
from cases.access.page_queue import PAGE_QUEUE
from cases.enums import AuditVerb, CaseAction, CaseRole, ReferralForm
from cases.models import AuditEvent, Case, Participant, Referral, User
from cases.models.prepared_query import Given, PreparedQuery

_P = ParamSpec("_P")
CaseView = Callable[Concatenate[HttpRequest, Case, _P], HttpResponseBase]
RoleView = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]
PublicView = Callable[..., HttpResponseBase]

DEMANDS: Final = "demands"
"""The attribute of a view that says which case action or capability its decorator demands."""

NOWHERE = UUID(int=0)
"""The public id of no case, asked for in place of what is not an id at all."""


_TEXT: Final = models.TextField()
_COMMA: Final = Value(",", output_field=_TEXT)


class Hidden(Http404):
    """The case does not exist, or the visitor may not see it: the two answers are the same."""


class LoggedResponse(HttpResponse):
    """The answer to a form of which the view has written that it shows something."""


class TakenBack(Hidden):
    """SSP sent something about a case whose referral was taken back after the visitor had opened it."""


class _Reader(NamedTuple):
    """What of a user decides which cases they see: as it is in the request, or ``Given`` in a prepared query."""

    pk: Any
    role: Any
    school: Any
    municipality: Any

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user.pk, user.role, user.school_id, user.municipality_id)


def visible_to(user: Visitor, *, many: bool = False) -> models.QuerySet[Case]:
    """The cases that the user may see now, each with ``case_role``. The query itself reads the user's row as it is.

    ``many`` gives the same cases by a query that begins with what the user has, for lists; else each case is asked.
    """
    if not isinstance(user, User):
        return Case.objects.scoped("visible_to").none()
    cases = _seen(rights_of(user).sees, _Reader.of(user), many=many)
    return cases.annotate(case_role_for=Value(user.pk))


def _seen(sees: CasesSeen, reader: _Reader, *, many: bool) -> models.QuerySet[Case]:
    cases = Case.objects.scoped("visible_to")
    match sees:
        case CasesSeen.OWN:
            mine = Q(owner=reader.pk) | Exists(_participations(reader))
            cases = cases.filter(pk__in=_own_keys(reader)) if many else cases.filter(mine, school=reader.school)
            case_role = _case_role(Q(owner=reader.pk), CaseRole.OWNER, CaseRole.PARTICIPANT)
        case CasesSeen.SCHOOL:
            cases = cases.filter(school=reader.school)
            case_role = Value(str(CaseRole.LEADER))
        case CasesSeen.REFERRED:
            cases = cases.filter(pk__in=_referred_keys(reader)) if many else cases.filter(Exists(_referrals(reader)))
            named = Exists(_referrals(reader).filter(form=ReferralForm.NAMED))
            case_role = _case_role(named, CaseRole.SSP_NAMED, CaseRole.SSP_ANONYMOUS)
        case _:
            return cases.none()
    return cases.filter(Exists(_still(reader))).annotate(case_role=case_role)


def _case_role(condition: Any, yes: CaseRole, no: CaseRole) -> Any:
    return models.Case(When(condition, then=Value(str(yes))), default=Value(str(no)), output_field=models.CharField())


def _still(reader: _Reader) -> models.QuerySet[User]:
    """Return the user if still active, with the same role, school and municipality as in the request."""
    return User.objects.filter(
        pk=reader.pk, is_active=True, role=reader.role, school=reader.school, municipality=reader.municipality
    )


def _participations(reader: _Reader) -> models.QuerySet[Participant]:
    return Participant.objects.filter(case=OuterRef("pk"), user=reader.pk, removed_at=None)


def _referrals(reader: _Reader) -> models.QuerySet[Referral]:
    return _seen_referrals(reader).filter(case=OuterRef("pk"))


def _seen_referrals(reader: _Reader) -> models.QuerySet[Referral]:
    """Return the active referrals to the municipality, without those from which the reader stepped aside."""
    active = Referral.objects.filter(municipality=reader.municipality, ended_at=None)
    mark = Concat(_COMMA, Cast(reader.pk, _TEXT), _COMMA, output_field=_TEXT)
    return active.alias(place=StrIndex("aside", mark)).filter(place=0)


def _own_keys(reader: _Reader) -> models.QuerySet[Participant, Any]:
    owned = Case.objects.scoped("visible_to").filter(owner=reader.pk, school=reader.school).order_by()
    shared = Participant.objects.filter(user=reader.pk, removed_at=None, case__school=reader.school).order_by()
    return shared.values("case").union(owned.values("pk"))


def _referred_keys(reader: _Reader) -> models.QuerySet[Referral, Any]:
    return _seen_referrals(reader).order_by().values("case")


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
    found = _find(user, case.public_id)
    return case_role_of(user, found) if found and access_macs.is_case_genuine(found, user) else None


def require(user: Visitor, case: Case, action: CaseAction) -> None:
    """Raise PermissionDenied unless the user may do this with the case."""
    if not can(user, case, action):
        raise PermissionDenied


def require_readable(case: Case) -> None:
    """Raise PermissionDenied if the case was given out, by ``get_case`` or a list, to a user who may not read it."""
    case_role = getattr(case, "case_role", None)
    if case_role is not None and CaseAction.READ not in CASE_ROLES[CaseRole(case_role)]:
        raise PermissionDenied


def get_case(user: Visitor, public_id: UUID | str, action: CaseAction = CaseAction.READ) -> Case:
    """Return the case, with school, municipality and owner. Nothing of it may be shown before that is logged.

    Raises Hidden for missing and foreign alike, PermissionDenied for what the user may not do with it, AccessChanged
    when a row that gives access was changed outside the product.
    """
    case = _find(user, _uuid(public_id) or NOWHERE)
    if case is None:
        raise Hidden
    access_macs.require_case_genuine(case, user)
    require(user, case, action)
    case.given_to, case.given_for = user, action
    return case


def _find(user: Visitor, public_id: UUID) -> Case | None:
    if not isinstance(user, User) or rights_of(user).sees is CasesSeen.NONE:
        return None
    reader = _Reader.of(user)._asdict()
    known = frozenset(name for name, value in reader.items() if value is not None)
    found = _case_query(rights_of(user).sees, known)(**reader, public_id=public_id)
    for case in found:
        case.case_role_for = user.pk  # type: ignore[attr-defined]  # as ``visible_to`` says it of its cases
    return found[0] if found else None


@cache
def _case_query(sees: CasesSeen, known: frozenset[str]) -> PreparedQuery[Case]:
    """``visible_to`` for one case, with what ``get_case`` says; ``known`` is what the user has of ``_Reader``."""

    def build() -> models.QuerySet[Case]:
        fields = {name: User._meta.get_field(name) for name in ("role", "school", "municipality")}
        fields["pk"] = User._meta.pk
        reader = _Reader(**{name: Given(name, field) if name in known else None for name, field in fields.items()})
        cases = access_macs.with_macs_for(_seen(sees, reader, many=False), sees, reader.pk, reader.municipality)
        public_id = Given("public_id", Case._meta.get_field("public_id"))
        return cases.filter(public_id=public_id).select_related("school__municipality", "owner").order_by()

    return PreparedQuery(build)


def staff_with_access(case: Case) -> models.QuerySet[User]:
    """Return the staff and leaders of the school who see the case, by name. SSP is not among them."""
    here = User.objects.filter(school=case.school_id, is_active=True)
    given = Participant.objects.filter(case=case, user=OuterRef("pk"), removed_at=None)
    own = Q(Q(pk=case.owner_id) | Exists(given), role__in=roles_that_see(CasesSeen.OWN))
    return here.filter(own | Q(role__in=roles_that_see(CasesSeen.SCHOOL))).order_by("name", "pk")


def ask_again(case: Case) -> None:
    """Read a case from ``get_case`` anew, in place. Raises what ``get_case`` raises if access has ended meanwhile.

    Ending somebody's access to one case adds an entry to its log, so a longer log is the time to ask.
    """
    if case.given_to is not None:
        vars(case).update(vars(get_case(case.given_to, case.public_id, case.given_for)))


def list_cases(user: Visitor, verb: AuditVerb = AuditVerb.LIST, *, detail: str = "") -> models.QuerySet[Case]:
    """``visible_to`` with school, owner and MACs for a list page, after a row in the access log.

    A page that shows a case asks ``access_macs.is_case_genuine`` first.
    """
    audit_log.commit_event(verb, by=user, detail=detail)
    return access_macs.with_case_macs(visible_to(user, many=True), user).select_related("school", "owner")


def log_case_denied(user: Visitor, public_id: UUID | str, detail: str) -> None:
    """Log a refusal; ``detail`` is the action, or that the case is locked."""
    audit_log.commit_event(AuditVerb.DENIED, by=user, case=_uuid(public_id), detail=detail)


def case_view(
    verb: AuditVerb, *, action: CaseAction = CaseAction.READ, detail: str = ""
) -> Callable[[CaseView[_P]], PublicView]:
    """Wrap a view ``(request, case, …)`` for a URL with ``public_id``: seen, permitted, logged with this ``detail``.

    The row of the look-up is committed before the view runs, which holds no lock of the database; pages of cases are
    built in turn. What is sent by POST is logged by what it writes; an answer to it that shows something of the case is
    logged before it is sent, unless it is a ``LoggedResponse``.
    A case that is not the visitor's gives 404, an action that is not theirs gives 403; both are logged as denied.
    """

    def wrap(view: CaseView[_P]) -> PublicView:
        @wraps(view)
        def checked(request: HttpRequest, public_id: UUID, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            visitor = request.user
            try:
                case = get_case(visitor, public_id, action)
                log = partial(audit_log.commit_event, verb, by=visitor, case=case, step=_step(kwargs), detail=detail)
                if request.method != "POST":
                    log()
                    with PAGE_QUEUE if verb == AuditVerb.OPEN else nullcontext():
                        return view(request, case, *args, **kwargs)
                return _answer(partial(view, request, case, *args, **kwargs), log)
            except (Hidden, PermissionDenied) as refusal:
                locked = isinstance(refusal, access_macs.AccessChanged)
                log_case_denied(visitor, public_id, access_macs.LOCKED if locked else action.value)
                if isinstance(refusal, Hidden) and request.method == "POST" and _was_taken_back(visitor, public_id):
                    raise TakenBack from refusal
                raise

        setattr(checked, DEMANDS, action)
        return checked

    return wrap


def _was_taken_back(user: Visitor, public_id: UUID) -> bool:
    """Return whether the user had opened the case at SSP, did not step aside, and the referral has ended."""
    if not isinstance(user, User) or rights_of(user).sees is not CasesSeen.REFERRED:
        return False
    referrals = Referral.objects.filter(case__public_id=public_id, municipality=user.municipality_id)
    last = referrals.order_by("pk").last()
    if last is None or last.ended_at is None or access_macs.aside_mark(user.pk) in last.aside:
        return False
    looks = AuditEvent.objects.filter(case_public_id=public_id, actor=user.public_id, verb=AuditVerb.OPEN)
    return looks.exists()


def _answer(respond: Callable[[], HttpResponseBase], log: Callable[[], AuditEvent]) -> HttpResponseBase:
    """Return the answer to what was sent; log it if it shows something of the case, as the reason of a refusal does."""
    try:
        response = respond()
    except ValidationError:
        log()
        raise
    if _shows_something(response):
        log()
    return response


def _shows_something(response: HttpResponseBase) -> bool:
    if isinstance(response, LoggedResponse):
        return False
    return response.status_code != HTTPStatus.NO_CONTENT and not 300 <= response.status_code < 400


def role_view(capability: Capability) -> Callable[[RoleView[_P]], PublicView]:
    """Wrap a view about no single case: whoever lacks the capability gets 403, which is logged."""

    def wrap(view: RoleView[_P]) -> PublicView:
        @wraps(view)
        def checked(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            try:
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
    """Log a refusal that is about no case."""
    audit_log.commit_event(AuditVerb.DENIED, by=user)


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
