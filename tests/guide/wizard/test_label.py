"""The short label of a case: sealed, without names, in lists."""

from typing import Any

import pytest
from django.urls import reverse

from cases.enums import AuditVerb, ReferralForm, Role
from cases.log import writer
from cases.models import AuditEvent, Case, User
from cases.operations import verify
from tests.cases.views.test_lists import refer
from tests.factories import make_case, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user(name="Olga Ejer")


@pytest.fixture
def case(owner: User) -> Case:
    return make_case(owner)


def label(case: Case, user: User, words: str) -> Any:
    return logged_in(user).post(reverse("kendetegn", args=[case.public_id]), {"label": words})


def overview(case: Case, user: User) -> str:
    return logged_in(user).get(reverse("sag", args=[case.public_id])).text


@pytest.mark.both_engines
def test_label_is_written_on_the_overview_and_shown_in_lists(case: Case, owner: User) -> None:
    before = stored(case)
    assert label(case, owner, " 8.b, Snapchat ").status_code == 302
    leader = make_user(Role.LEADER, school=case.school)
    for user in (owner, leader):
        assert "8.b, Snapchat" in logged_in(user).get("/sager/").text
        assert "8.b, Snapchat" in overview(case, user)
    kept = stored(case)
    assert b"Snapchat" not in bytes(kept.label)
    assert (kept.head_seq, kept.updated_at) == (before.head_seq, before.updated_at)
    event = AuditEvent.objects.filter(verb=AuditVerb.LABEL).get()
    assert (event.actor, event.case_public_id, event.detail) == (owner.public_id, case.public_id, "")
    assert label(case, owner, "").status_code == 302
    assert bytes(stored(case).label) == b""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Alma, 8.b", "Her står »Alma Testrup«"),
        ("010203-1234", "CPR-nummer"),
        ("x" * 41, "Der er plads til 40"),
        ("et\x00to", "tegn"),
    ],
)
def test_label_with_a_name_or_a_number_is_refused_and_stays_in_the_form(
    case: Case, owner: User, words: str, said: str
) -> None:
    person = {"people-TOTAL_FORMS": "1", "people-0-name": "Alma Testrup", "people-0-roles": ["victim"]}
    file_sections(logged_in(owner), case, **person)
    answer = label(case, owner, words)
    assert answer.status_code == 422
    page = read(answer.text)
    assert said in page.words
    assert "fejl" in page.ids
    assert [one["value"] for one in page.inputs if one.get("name") == "label"] == [words]
    assert bytes(stored(case).label) == b""


@pytest.mark.parametrize("form", ReferralForm)
def test_label_is_not_shown_to_ssp(case: Case, owner: User, form: ReferralForm) -> None:
    label(case, owner, "8.b, Snapchat")
    refer(stored(case), form)
    ssp = make_user(Role.SSP, municipality=case.school.municipality)
    pages = [logged_in(ssp).get("/sager/").text]
    pages.append(logged_in(ssp).get(reverse("henvis", args=[case.public_id])).text)
    for page in pages:
        assert case.reference in page
        assert "Snapchat" not in page


def test_label_is_in_what_a_person_concerned_may_see(case: Case, owner: User) -> None:
    label(case, owner, "8.b, Snapchat")
    leader = logged_in(make_user(Role.LEADER, school=case.school))
    sent = {"person": "-", "name": "Alma Testrup", "scope": "hele", "others": ""}
    page = leader.post(reverse("indsigt", args=[case.public_id]), sent)
    assert page.status_code == 200
    assert "Sagens kendetegn På listen over sager" in " ".join(read(page.text).words.split())
    assert "8.b, Snapchat" in read(page.text).words


def test_label_of_a_closed_case_stays_as_it_is(case: Case, owner: User) -> None:
    label(case, owner, "8.b, Snapchat")
    writer.close_case(case=stored(case), by=make_user(Role.LEADER, school=case.school), reason="Løst.")
    assert label(case, owner, "9.a").status_code == 422
    assert "8.b, Snapchat" in overview(case, owner)
    assert reverse("kendetegn", args=[case.public_id]) not in overview(case, owner)


@pytest.mark.both_engines
def test_label_of_another_case_is_noticed(case: Case, owner: User) -> None:
    other = make_case(owner)
    label(case, owner, "8.b, Snapchat")
    label(other, owner, "9.a")
    Case.objects.unscoped("test").filter(pk=case.pk).update(label=bytes(stored(other).label))
    assert [fault for fault in map(str, verify.case_faults(case.pk)) if "kendetegn" in fault]
    assert logged_in(owner).get("/sager/").status_code == 200
