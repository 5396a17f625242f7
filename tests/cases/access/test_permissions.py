from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from cases.access import permissions
from cases.access.capabilities import CASE_ROLES
from cases.access.page_queue import PAGE_QUEUE
from cases.enums import AuditVerb, CaseAction, CaseRole, ReferralForm, Role
from cases.log.case_file import read_case
from cases.models import AuditEvent, Case, School, User
from cases.models.scoped_queryset import UnscopedQuery
from cases.sharing import actions
from tests.factories import add_note, make_case, make_school, make_user
from tests.factories import change as change_row


def refer(case: Case, form: ReferralForm = ReferralForm.NAMED) -> None:
    actions.refer(case=case, by=case.owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4())


def sees(user: User | AnonymousUser) -> list[str]:
    """The cases of a list, after a look whether each case is given out by itself too."""
    listed = {case.pk: case.reference for case in permissions.visible_to(user)}
    assert {case.pk for case in Case.objects.unscoped("test") if is_given(user, case)} == listed.keys()
    return sorted(listed.values())


def is_given(user: User | AnonymousUser, case: Case) -> bool:
    try:
        return permissions.get_case(user, case.public_id, CaseAction.SEE) == case
    except permissions.Hidden:
        return False


@pytest.fixture
def world(school: School, staff: User, leader: User, ssp: User) -> dict[str, Any]:
    """Two schools in one municipality and one elsewhere; each case's name says why somebody sees it."""
    colleague = make_user(school=school)
    other_school = make_school(school.municipality)
    cases = {
        "own": make_case(staff),
        "added": make_case(colleague),
        "colleague": make_case(colleague),
        "named": make_case(colleague),
        "anonymous": make_case(colleague),
        "ended": make_case(colleague),
        "other_school": make_case(make_user(school=other_school)),
        "other_municipality": make_case(make_user()),
    }
    actions.add_participant(case=cases["added"], by=colleague, user=staff)
    refer(cases["named"])
    refer(cases["anonymous"], ReferralForm.ANONYMOUS)
    refer(cases["ended"])
    actions.end_referral(case=cases["ended"], by=colleague, reason="", submission_id=uuid4())
    refer(cases["other_municipality"])
    return cases


SEEN = {
    "staff": {"own": "owner", "added": "participant"},
    "leader": dict.fromkeys(["own", "added", "colleague", "named", "anonymous", "ended"], "leader"),
    "ssp": {"named": "ssp_named", "anonymous": "ssp_anonymous"},
    "administrator": {},
}


@pytest.mark.parametrize("role", SEEN)
def test_visible_to(role: str, world: dict[str, Case], request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(role)
    names = {case.pk: name for name, case in world.items()}
    assert {names[case.pk]: permissions.case_role_of(user, case) for case in permissions.visible_to(user)} == SEEN[role]
    for name, case in world.items():
        assert permissions.case_role_of(user, case) == SEEN[role].get(name)


def test_nobody_sees_nothing(world: dict[str, Case]) -> None:
    assert sees(AnonymousUser()) == []
    assert permissions.can(AnonymousUser(), world["own"], CaseAction.SEE) is False


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"role": Role.ADMINISTRATOR, "school": None},
        {"school": "other"},
    ],
)
@pytest.mark.parametrize("role", ["staff", "leader"])
def test_what_was_taken_away_works_at_once(
    role: str, change: dict[str, Any], case: Case, request: pytest.FixtureRequest
) -> None:
    """The user object in hand is older than the change: the door reads the row."""
    user = request.getfixturevalue(role)
    assert sees(user) == [case.reference]
    if change.get("school") == "other":
        change = {"school": make_school()}
    change_row(user, **change)
    assert sees(user) == []
    assert sees(User.objects.get(pk=user.pk)) == []


def test_ssp_moved_to_another_municipality(case: Case, ssp: User) -> None:
    refer(case)
    assert sees(ssp) == [case.reference]
    change_row(ssp, municipality=make_school().municipality)
    assert sees(ssp) == []
    assert sees(User.objects.get(pk=ssp.pk)) == []


def test_participant_removed(case: Case, school: School) -> None:
    colleague = make_user(school=school)
    actions.add_participant(case=case, by=case.owner, user=colleague)
    assert sees(colleague) == [case.reference]
    actions.remove_participant(case=case, by=case.owner, user=colleague)
    assert sees(colleague) == []


PERMITTED = {
    # case role: see read walk note tick print export refer participants assign close keep disclose answer
    CaseRole.OWNER: "11111111100000",
    CaseRole.PARTICIPANT: "11111110000000",
    CaseRole.LEADER: "11111111111110",
    CaseRole.SSP_NAMED: "11010100000001",
    CaseRole.SSP_ANONYMOUS: "10000000000001",
}
ACTIONS = [
    "see",
    "read",
    "walk",
    "note",
    "tick",
    "print",
    "export",
    "refer",
    "participants",
    "assign",
    "close",
    "keep",
    "disclose",
    "answer",
]


@pytest.mark.parametrize("case_role", CaseRole)
def test_who_may_do_what(case_role: CaseRole) -> None:
    allowed = "".join(str(int(CaseAction(action) in CASE_ROLES[case_role])) for action in ACTIONS)
    assert allowed == PERMITTED[case_role]
    assert set(ACTIONS) == set(CaseAction.values)


def test_may_asks_anew_for_another_user(case: Case, staff: User, leader: User) -> None:
    with transaction.atomic():
        opened = permissions.get_case(staff, case.public_id)
    assert permissions.can(staff, opened, CaseAction.CLOSE) is False
    assert permissions.can(leader, opened, CaseAction.CLOSE) is True
    assert permissions.can(make_user(), opened, CaseAction.SEE) is False


def test_case_is_given_for_what_the_user_may_do(case: Case, staff: User) -> None:
    assert permissions.get_case(staff, case.public_id) == case
    with pytest.raises(PermissionDenied):
        permissions.get_case(staff, case.public_id, CaseAction.CLOSE)


def test_case_view_shows_nothing_when_the_log_fails(case: Case, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("cases.access.audit_log.write_event", fail)
    for method in ("get", "post"):
        with pytest.raises(RuntimeError, match="no audit"):
            view_of(show, staff, case.public_id, method=method)


@pytest.mark.parametrize("wanted", ["foreign", uuid4(), UUID(int=0), "noget", ""])
def test_open_case_hides_missing_and_foreign_alike(wanted: UUID | str, case: Case) -> None:
    stranger = make_user()
    with CaptureQueriesContext(connection) as captured, pytest.raises(permissions.Hidden) as hidden:
        permissions.get_case(stranger, case.public_id if wanted == "foreign" else wanted)
    assert isinstance(hidden.value, Http404)
    assert hidden.value.args == ()
    assert len([query for query in captured if "advisory" not in query["sql"]]) == 1


def view_of(
    view: Callable[..., HttpResponse],
    user: User,
    public_id: UUID,
    verb: AuditVerb = AuditVerb.OPEN,
    method: str = "get",
    **fields: Any,
) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/")
    request.user = user
    kwargs = fields.pop("kwargs", {})
    return permissions.case_view(verb, **fields)(view)(request, public_id=public_id, **kwargs)  # type: ignore[return-value]


def show(request: HttpRequest, case: Case, **kwargs: Any) -> HttpResponse:
    return HttpResponse(case.reference)


def last_event() -> tuple[str, UUID | None, UUID | None, str, str]:
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    return (event.verb, event.actor, event.case_public_id, event.step, event.detail)


def test_case_view_opens(case: Case, staff: User) -> None:
    assert view_of(show, staff, case.public_id, kwargs={"step": "stop"}).content.decode() == case.reference
    assert last_event() == ("open", staff.public_id, case.public_id, "stop", "")


def test_case_view_does_not_log_what_somebody_typed(case: Case, staff: User) -> None:
    view_of(show, staff, case.public_id, kwargs={"step": "ida-hansen"})
    assert last_event() == ("open", staff.public_id, case.public_id, "", "")


@pytest.mark.django_db(transaction=True)
def test_case_view_logs_the_denial_and_only_that() -> None:
    case, stranger = make_case(), make_user()
    before = AuditEvent.objects.count()
    for public_id in (case.public_id, uuid4()):
        with pytest.raises(permissions.Hidden):
            view_of(show, stranger, public_id)
        assert last_event() == ("denied", stranger.public_id, public_id, "", "read")
    assert AuditEvent.objects.count() == before + 2


@pytest.mark.django_db(transaction=True)
def test_case_view_refuses_an_action_that_is_not_theirs() -> None:
    case = make_case()
    with pytest.raises(PermissionDenied):
        view_of(show, case.owner, case.public_id, AuditVerb.CLOSE, action=CaseAction.CLOSE)
    assert last_event() == ("denied", case.owner.public_id, case.public_id, "", "close")


@pytest.mark.parametrize(
    ("response", "events"),
    [
        (HttpResponse("vist"), ["open"]),
        (HttpResponse("vist", status=422), ["open"]),
        (HttpResponse(status=204), []),
        (HttpResponseRedirect("/"), []),
    ],
    ids=["page", "refused", "nothing", "on"],
)
def test_what_is_sent_is_logged_when_something_is_shown(
    case: Case, staff: User, response: HttpResponse, events: list[str]
) -> None:
    before = AuditEvent.objects.count()
    view_of(lambda request, case: response, staff, case.public_id, method="post")
    assert list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True))[before:] == events


@pytest.mark.django_db(transaction=True)
def test_view_holds_no_lock_and_its_look_is_logged_first() -> None:
    case = make_case()

    def view(request: HttpRequest, case: Case) -> HttpResponse:
        assert not connection.in_atomic_block
        assert last_event()[:3] == ("open", case.owner.public_id, case.public_id)
        return HttpResponse()

    view_of(view, case.owner, case.public_id)


@pytest.mark.parametrize(
    ("method", "verb", "in_turn"),
    [("get", AuditVerb.OPEN, True), ("post", AuditVerb.OPEN, False), ("get", AuditVerb.EXPORT, False)],
    ids=["page", "sent", "paper"],
)
def test_pages_of_cases_are_built_in_turn(case: Case, staff: User, method: str, verb: AuditVerb, in_turn: bool) -> None:
    def is_taken() -> bool:
        taken = not PAGE_QUEUE.acquire(blocking=False)
        if not taken:
            PAGE_QUEUE.release()
        return taken

    found: list[bool] = []

    def view(request: HttpRequest, case: Case) -> HttpResponse:
        found.append(pool.submit(is_taken).result())
        return HttpResponse()

    with ThreadPoolExecutor(1) as pool:
        view_of(view, staff, case.public_id, verb, method)
        found.append(pool.submit(is_taken).result())
    assert found == [in_turn, False]


def test_access_that_ended_meanwhile_shows_and_writes_nothing(case: Case) -> None:
    colleague = make_user(school=case.school)
    actions.add_participant(case=case, by=case.owner, user=colleague)
    given = permissions.get_case(colleague, case.public_id)
    actions.remove_participant(case=case, by=case.owner, user=colleague)
    with pytest.raises(permissions.Hidden):
        read_case(given)
    with pytest.raises(permissions.Hidden):
        add_note(given, by=colleague)


def test_case_that_grew_meanwhile_is_read_whole(case: Case, staff: User) -> None:
    given = permissions.get_case(staff, case.public_id)
    add_note(case, text="Imens")
    found = read_case(given)
    assert found.intact
    assert [note.content["text"] for note in found.notes] == ["Imens"]


def test_list_cases_is_logged_and_constant(staff: User, leader: User, case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert [(row.school.name, row.owner.name) for row in permissions.list_cases(leader)]
        return len(captured)

    few = queries()
    for _number in range(29):
        make_case(staff)
    assert queries() == few
    assert last_event()[:2] == ("list", leader.public_id)


UNSCOPED: dict[str, Callable[[], Any]] = {
    "list": lambda: list(Case.objects.all()),
    "filter": lambda: list(Case.objects.filter(pk=1)),
    "get": lambda: Case.objects.get(pk=1),
    "first": lambda: Case.objects.first(),
    "count": lambda: Case.objects.count(),
    "exists": lambda: Case.objects.exists(),
    "iterator": lambda: list(Case.objects.iterator()),
    "values": lambda: list(Case.objects.values("pk")),
    "values_list": lambda: list(Case.objects.values_list("pk", flat=True)),
    "aggregate": lambda: Case.objects.aggregate(),
    "in_bulk": lambda: Case.objects.in_bulk([1]),
    "update": lambda: Case.objects.update(status="closed"),
    "delete": lambda: Case.objects.all().delete(),
    "slice": lambda: Case.objects.all()[:1][0],
    "bool": lambda: bool(Case.objects.all()),
    "related": lambda: list(User.objects.get(role=Role.STAFF).owned_cases.all()),
    "prefetch": lambda: list(School.objects.prefetch_related("cases")),
    "or": lambda: list(Case.objects.unscoped("test") | Case.objects.all()),
    "or_reversed": lambda: list(Case.objects.all() | Case.objects.unscoped("test")),
    "union": lambda: list(Case.objects.unscoped("test").union(Case.objects.all())),
    "no reason": lambda: list(Case.objects.unscoped("")),
}


@pytest.mark.parametrize("name", UNSCOPED)
def test_case_query_without_a_scope(name: str, case: Case) -> None:
    with pytest.raises(UnscopedQuery):
        UNSCOPED[name]()


def test_case_query_with_a_scope_keeps_it(case: Case) -> None:
    scoped = Case.objects.unscoped("test")
    assert list(scoped.filter(pk=case.pk).order_by("pk").exclude(status="closed")[:1]) == [case]
    assert scoped.none().count() == 0
    assert list(scoped.filter(pk=case.pk) | scoped.filter(pk=0)) == [case]
