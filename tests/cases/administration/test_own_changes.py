"""Two administrators have a page open at once: each changes what they changed, and nothing of the other's."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse

from cases.administration.audited_admin import OwnChangesForm
from cases.enums import Role
from cases.models import AuditEvent, School, User
from tests.factories import change, make_school, make_user
from tests.guide.page_reader import logged_in, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return User.objects.create_user("ida@example.dk", name="Ida", role=Role.ADMINISTRATOR)


def page_of(row: Any) -> str:
    return reverse(f"admin:cases_{row._meta.model_name}_change", args=[row.pk])


def opened(administrator: User, row: Any) -> dict[str, list[str]]:
    """The form as the page has it."""
    return read(logged_in(administrator).get(page_of(row)).text).forms[f"{row._meta.model_name}_form"]


def test_every_page_has_such_a_form(administrator: User) -> None:
    assert {page.form for page in site._registry.values() if not issubclass(page.form, OwnChangesForm)} == set()


def test_closed_account_and_changed_role_stay_when_somebody_corrects_the_name(administrator: User) -> None:
    user, other = make_user(name="Bo"), make_school()
    form = opened(administrator, user)
    change(user, is_active=False, role=Role.LEADER, school=other)
    answer = logged_in(administrator).post(page_of(user), {**form, "name": "Bo Ø."})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_active, user.role, user.school) == ("Bo Ø.", False, Role.LEADER, other)
    changes = AuditEvent.objects.filter(actor=administrator.public_id, verb="admin_change")
    assert [event.step for event in changes] == ["user_name"]


def test_text_and_number_of_two_administrators_stand_side_by_side(administrator: User) -> None:
    school = make_school(name="Åskolen")
    form = opened(administrator, school)
    change(school, phone="87 65 43 21")
    logged_in(administrator).post(page_of(school), {**form, "name": "Nyskolen"})
    assert School.objects.values_list("name", "phone").get(pk=school.pk) == ("Nyskolen", "87 65 43 21")


def test_refused_page_still_knows_what_was_shown(administrator: User) -> None:
    user = make_user(name="Bo")
    form = opened(administrator, user)
    change(user, is_active=False)
    client = logged_in(administrator)
    refused = client.post(page_of(user), {**form, "email": "nej"})
    again = read(refused.text).forms["user_form"]
    assert client.post(page_of(user), {**again, "email": "bo@example.dk"}).status_code == 302
    assert User.objects.values_list("email", "is_active").get(pk=user.pk) == ("bo@example.dk", False)
