"""A leader reviews who looked: all of the own school's look-ups, nothing of another's, whatever is asked for."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.access import audit_log, permissions
from cases.enums import AuditVerb, CaseAction, ReferralForm, Role
from cases.models import AuditEvent, Case, Municipality, School, User
from cases.oversight import audit_review
from cases.oversight.audit_review import AuditRow
from cases.sharing import actions
from tests.cases.retention.test_due import close_long_ago, erase, set_rule
from tests.factories import add_note, change, make_case, make_municipality, make_school, make_user

PAGE = "/opslag/"


def look(user: User, case: Case, verb: AuditVerb = AuditVerb.OPEN) -> None:
    audit_log.commit_event(verb, by=user, case=permissions.get_case(user, case.public_id))


def rows(client: Client, query: str = "") -> list[AuditRow]:
    return list(client.get(PAGE + query).context["rows"])


def told(found: list[AuditRow]) -> list[tuple[str, str, str]]:
    return [(str(row.who), str(row.what), row.reference) for row in found]


@pytest.fixture
def inside(client: Client, leader: User) -> Client:
    client.force_login(leader)
    return client


def test_leader_sees_who_did_what_with_which_case(
    inside: Client, case: Case, staff: User, leader: User, ssp: User
) -> None:
    actions.refer(
        case=case, by=staff, form=ReferralForm.NAMED, purpose="Råd", message="", included=[], submission_id=uuid4()
    )
    look(ssp, case)
    look(staff, case, AuditVerb.EXPORT)
    add_note(case)
    assert told(rows(inside)) == [
        (leader.name, "Så en liste", ""),
        (staff.name, "Skrev et notat", case.reference),
        (staff.name, "Udskrev", case.reference),
        (ssp.name, "Åbnede sagen", case.reference),
        (staff.name, "Henvendte sig til SSP", case.reference),
        (staff.name, "Oprettede sagen", case.reference),
    ]


def test_refused_outsider_is_seen_by_the_leader_of_the_case(inside: Client, case: Case) -> None:
    outsider = make_user(name="Fremmed Person")
    permissions.log_case_denied(outsider, case.public_id, CaseAction.READ)
    row = rows(inside, "?hvad=afvist")[0]
    assert (row.who, row.reference, row.denied) == ("Fremmed Person", case.reference, True)


@pytest.mark.parametrize(
    ("verb", "step", "mark", "words"),
    [
        (
            AuditVerb.ADMIN_ADD,
            "user",
            ":leader",
            "Oprettede i administrationen: brugeren i rollen »Leder«, Mette Holm",
        ),
        (
            AuditVerb.ADMIN_CHANGE,
            "user_role",
            ":staff.leader",
            "Ændrede i administrationen: rolle fra »Medarbejder« til »Leder«, Mette Holm",
        ),
        (
            AuditVerb.ADMIN_CHANGE,
            "user_is_active",
            ":false.true",
            "Ændrede i administrationen: aktiv fra »nej« til »ja«, Mette Holm",
        ),
        # As earlier versions wrote it.
        (AuditVerb.ADMIN_CHANGE, "user_role", "", "Ændrede i administrationen: rolle, Mette Holm"),
        (AuditVerb.ADMIN_CHANGE, "user_email", "", "Ændrede i administrationen: e-mail, Mette Holm"),
        (AuditVerb.ADMIN_ADD, "singlesignon", "", "Oprettede i administrationen: login hos en udbyder, Mette Holm"),
        (
            AuditVerb.ADMIN_DELETE,
            "authenticator",
            ":totp",
            "Slettede i administrationen: andet trin ved login, Mette Holm",
        ),
    ],
)
def test_changes_of_the_schools_accounts_are_seen(
    inside: Client, school: School, administrator: User, verb: AuditVerb, step: str, mark: str, words: str
) -> None:
    mette, elsewhere = make_user(school=school, name="Mette Holm"), make_user(name="Nabo Nabosen")
    with transaction.atomic():
        for person in (elsewhere, mette):
            audit_log.write_event(verb, by=administrator, step=step, detail=f"{person.public_id}{mark}")
    found = [(str(row.who), str(row.what)) for row in rows(inside) if "administrationen" in str(row.what)]
    assert found == [(administrator.name, words)]


def list_cases(user: User) -> None:
    with transaction.atomic():
        permissions.list_cases(User.objects.get(pk=user.pk))


def administer(client: Client, user: User | None, **typed: Any) -> User:
    """Make an account in the administration, or change one."""
    page = reverse("admin:cases_user_change", args=[user.pk]) if user else reverse("admin:cases_user_add")
    answer = client.post(page, {"name": "Mette Holm", "email": "mette@example.dk", "is_active": "on"} | typed)
    assert answer.status_code == 302, answer.content.decode()
    return User.objects.get(email="mette@example.dk")


@pytest.fixture
def office(municipality: Municipality) -> Client:
    """The administration, open."""
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATOR, municipality=municipality, name="Ada"))
    return client


def seen_by(leader: User) -> list[tuple[str, str]]:
    client = Client()
    client.force_login(leader)
    return [(str(row.who), str(row.what)) for row in rows(client) if row.who != leader.name]


def test_what_somebody_did_stays_with_the_school_of_that_day(
    office: Client, school: School, leader: User, municipality: Municipality
) -> None:
    """An account made here, used and moved away is seen whole; the other school sees what comes then."""
    other = make_school(municipality)
    mette = administer(office, None, role=Role.LEADER, school=school.pk)
    list_cases(mette)
    administer(office, mette, role=Role.LEADER, school=other.pk)
    list_cases(mette)
    list_cases(mette)
    made = ("Ada", "Oprettede i administrationen: brugeren i rollen »Leder«, Mette Holm")
    moved = ("Ada", "Ændrede i administrationen: skole, Mette Holm")
    listed = ("Mette Holm", "Så en liste")
    assert seen_by(leader) == [moved, listed, made]
    assert seen_by(make_user(Role.LEADER, school=other)) == [listed, listed, moved, made]
    assert seen_by(make_user(Role.LEADER, school=make_school(municipality))) == []
    administer(office, mette, role=Role.LEADER, school=school.pk)
    list_cases(mette)
    assert seen_by(leader) == [listed, moved, moved, listed, made]


def test_move_that_an_earlier_version_logged_begins_the_stay(school: School, leader: User, staff: User) -> None:
    list_cases(staff)
    with transaction.atomic():
        audit_log.write_event(AuditVerb.ADMIN_CHANGE, by=None, step="user_school", detail=str(staff.public_id))
    list_cases(staff)
    assert [what for _who, what in seen_by(leader)] == [
        "Så en liste",
        f"Ændrede i administrationen: skole, {staff.name}",
    ]


def test_move_that_an_earlier_version_logged_counts_for_who_left_too(
    office: Client, leader: User, school: School, municipality: Municipality
) -> None:
    mette = administer(office, None, role=Role.STAFF, school=make_school(municipality).pk)
    list_cases(mette)
    with transaction.atomic():
        audit_log.write_event(AuditVerb.ADMIN_CHANGE, by=None, step="user_school", detail=str(mette.public_id))
    change(mette, school=school)
    administer(office, mette, role=Role.STAFF, school=make_school(municipality).pk)
    assert "Så en liste" not in [what for _who, what in seen_by(leader)]


def test_what_happens_to_an_account_elsewhere_is_not_seen_once_it_has_left(
    office: Client, leader: User, school: School, municipality: Municipality
) -> None:
    mette = administer(office, None, role=Role.STAFF, school=school.pk)
    administer(office, mette, role=Role.STAFF, school=make_school(municipality).pk)
    before = seen_by(leader)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        administer(office, mette, role=Role.LEADER, school=User.objects.get(pk=mette.pk).school_id)
    assert seen_by(leader) == before


@pytest.mark.parametrize("is_own", [True, False])
def test_accounts_of_ssp_are_seen_in_their_municipality(
    office: Client, leader: User, municipality: Municipality, is_own: bool
) -> None:
    """Whoever is made SSP reads what was sent with names."""
    place = municipality if is_own else make_municipality("Bækkerup")
    office.force_login(make_user(Role.ADMINISTRATOR, municipality=place, name="Ada"))
    administer(office, None, role=Role.SSP, municipality=place.pk)
    made = ("Ada", "Oprettede i administrationen: brugeren i rollen »SSP-konsulent«, Mette Holm")
    assert seen_by(leader) == ([made] if is_own else [])


def test_account_that_did_anything_with_a_case_is_seen(office: Client, leader: User, case: Case) -> None:
    """Also when it is neither of the school nor SSP any more."""
    mette = administer(office, None, role=Role.SSP, municipality=case.school.municipality_id)
    permissions.log_case_denied(mette, case.public_id, CaseAction.READ)
    administer(office, mette, role=Role.ADMINISTRATOR, municipality=case.school.municipality_id)
    assert ("Ada", "Oprettede i administrationen: brugeren i rollen »SSP-konsulent«, Mette Holm") in seen_by(leader)


def test_changes_of_an_own_login_are_seen(inside: Client, staff: User) -> None:
    with transaction.atomic():
        for person in (staff, make_user(name="Nabo Nabosen")):
            audit_log.write_event(AuditVerb.LOGIN_CHANGED, by=person, detail="password")
    found = [(row.who, str(row.what)) for row in rows(inside) if row.what == "Ændrede sit login"]
    assert found == [(staff.name, "Ændrede sit login")]


def test_look_ups_of_an_erased_case_stay_to_be_seen(inside: Client, leader: User, school: School) -> None:
    set_rule(school)
    old = close_long_ago(make_case(leader))
    grave = erase(old, leader, make_user(Role.LEADER, school=school))
    assert grave.reference in {row.reference for row in rows(inside, "?tid=alt")}


@pytest.mark.parametrize(
    "query", ["", "?sag={case}", "?hvem={person}", "?tid=alt", "?sag={case}&hvem={person}&tid=alt"]
)
def test_other_schools_are_never_there(inside: Client, case: Case, municipality: Municipality, query: str) -> None:
    """Their cases, lists, people: nothing, also when they are asked for by id."""
    other = make_user(school=make_school(municipality), name="Nabo Nabosen")
    theirs = make_case(other)
    look(other, theirs)
    permissions.list_cases(other)
    with pytest.raises(permissions.Hidden):
        permissions.get_case(case.owner, theirs.public_id)
    permissions.log_case_denied(case.owner, theirs.public_id, CaseAction.READ)
    page = inside.get(PAGE + query.format(case=theirs.public_id, person=other.public_id)).text
    assert theirs.reference not in page
    assert "Nabo Nabosen" not in page
    assert str(theirs.public_id) not in page.replace(f"sag={theirs.public_id}", "")
    assert "Blev afvist" not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?hvad=opslag", {"Åbnede sagen", "Så en liste"}),
        ("?hvad=handlinger", {"Oprettede sagen", "Skrev et notat"}),
        ("?hvad=afvist", {"Blev afvist"}),
        ("?sag={case}", {"Åbnede sagen", "Oprettede sagen", "Skrev et notat", "Blev afvist"}),
        ("?hvem={staff}", {"Åbnede sagen", "Oprettede sagen", "Skrev et notat"}),
        ("?hvad=%01&tid=nej&sag=%01&hvem=x&side=%01", None),
    ],
)
def test_filters(inside: Client, case: Case, staff: User, query: str, expected: set[str] | None) -> None:
    look(staff, case)
    add_note(case)
    permissions.log_case_denied(make_user(), case.public_id, CaseAction.READ)
    everything = {"Åbnede sagen", "Så en liste", "Oprettede sagen", "Skrev et notat", "Blev afvist"}
    found = rows(inside, query.format(case=case.public_id, staff=staff.public_id))
    assert {str(row.what) for row in found} == (expected or everything)


def test_case_is_found_by_its_number(inside: Client, case: Case, staff: User) -> None:
    """Typed as people type it. Another school's number, or one that is none, finds nothing."""
    other = make_case(staff)
    theirs = make_case(make_user())
    look(staff, case)
    page = inside.get(PAGE + f"?sag=+{case.reference.lower()}+")
    assert {row.reference for row in page.context["rows"]} == {case.reference}
    assert f'value="{case.reference}"' in page.text
    assert other.reference not in page.text
    for number in (theirs.reference, "26-XXXXX", "x" * 500, "<b>"):
        page = inside.get(PAGE, {"sag": number, "tid": "alt"})
        assert page.context["rows"] == []
        assert "Ingen linjer passer" in page.text


def test_erased_case_is_found_by_its_number(inside: Client, leader: User, school: School) -> None:
    set_rule(school)
    grave = erase(close_long_ago(make_case(leader)), leader, make_user(Role.LEADER, school=school))
    assert {row.reference for row in rows(inside, f"?sag={grave.reference}&tid=alt")} == {grave.reference}


def test_older_lines_follow(inside: Client, case: Case, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line is on one of the pages, the newest first, and none twice."""
    monkeypatch.setattr(audit_review, "MOST", 4)
    for _number in range(9):
        look(staff, case)
    address, seen = f"?sag={case.public_id}", []
    while address:
        page = inside.get(PAGE + address)
        seen += [row.at for row in page.context["rows"]]
        older = re.search(r'href="([^"]*foer=[^"]*)">Ældre linjer', page.text)
        address = unescape(older[1]) if older else ""
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 10
    assert "Nyeste linjer" in page.text


def test_period(inside: Client, case: Case, staff: User, time_machine) -> None:
    def counts() -> list[int]:
        return [
            sum(str(row.what) == "Åbnede sagen" for row in rows(inside, f"?tid={tid}"))
            for tid in ("maaned", "aar", "alt")
        ]

    look(staff, case)
    assert counts() == [1, 1, 1]
    now = datetime.now(UTC).replace(microsecond=0)
    for days, expected in ((31, [0, 1, 1]), (366, [0, 0, 1])):
        time_machine.move_to(now + timedelta(days=days), tick=False)
        inside.force_login(User.objects.get(role=Role.LEADER))
        assert counts() == expected


def test_system_and_vanished_people_have_a_name(inside: Client, case: Case) -> None:
    with transaction.atomic():
        audit_log.write_event(AuditVerb.ROTATE, by=None, case=case)
    assert ("Handlekort selv", "Skiftede nøgle", case.reference) in told(rows(inside))


def test_looking_at_look_ups_is_a_look_up(inside: Client, leader: User) -> None:
    rows(inside)
    assert list(AuditEvent.objects.values_list("verb", "actor", "detail")) == [("list", leader.public_id, "lookups")]


def test_moved_leader_sees_the_new_school_only(inside: Client, case: Case, leader: User) -> None:
    change(leader, school=make_school())
    inside.force_login(User.objects.get(pk=leader.pk))
    assert case.reference not in inside.get(PAGE).text


@pytest.mark.parametrize("role", [Role.STAFF, Role.SSP, Role.ADMINISTRATOR])
def test_page_is_not_for_others(client: Client, role: Role, db: None) -> None:
    client.force_login(make_user(role))
    assert client.get(PAGE).status_code == 403


def test_a_page_at_a_time_with_as_few_queries(inside: Client, case: Case, staff: User) -> None:
    inside.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        inside.get(PAGE)
    for _number in range(60):
        look(staff, case)
    with CaptureQueriesContext(connection) as many:
        response = inside.get(PAGE)
    assert len(response.context["rows"]) == 50
    assert "Side 1 af 2" in response.text
    assert len(many) == len(few)
    assert len(rows(inside, "?side=2")) > 5
