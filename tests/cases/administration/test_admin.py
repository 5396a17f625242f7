from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.administration.admin import RetentionRuleAdmin, UserAdmin
from cases.enums import Role
from cases.models import AuditEvent, ClosedDays, Municipality, RetentionRule, School, User
from tests.factories import make_user


def test_admin_never_registers_cases() -> None:
    assert {model for model in site._registry if model._meta.app_label == "cases"} == {
        ClosedDays,
        Municipality,
        RetentionRule,
        School,
        User,
    }


def posted_by(user: User) -> Any:
    request = RequestFactory().post("/")
    request.user = user
    return request


def user_form(by: User, data: dict[str, Any]) -> Any:
    request = RequestFactory().get("/")
    request.user = by
    return UserAdmin(User, site).get_form(request)(data)


def test_new_user_has_no_usable_password(administrator: User, school: School) -> None:
    form = user_form(
        administrator,
        {"name": "Bo", "email": "BO@Example.dk", "role": "staff", "school": school.pk, "is_active": "on"},
    )
    assert form.is_valid(), form.errors
    UserAdmin(User, site).save_model(posted_by(administrator), form.save(commit=False), form, change=False)
    user = User.objects.get(email="bo@example.dk")
    assert (user.has_usable_password(), user.school) == (False, school)


def test_form_tells_where_a_role_belongs(administrator: User) -> None:
    form = user_form(
        administrator,
        {"name": "Bo", "email": "bo@example.dk", "role": "staff", "is_active": "on"},
    )
    assert form.errors == {
        "__all__": [
            "Medarbejdere og ledere hører til en skole, SSP-konsulenter til en kommune. "
            "Administratorer har ingen skole."
        ]
    }


OWN = "Det er din egen konto. Rolle, skole og kommune, og om kontoen er aktiv, kan kun en anden administrator ændre."


@pytest.mark.parametrize("role", [Role.LEADER, Role.STAFF, Role.SSP])
def test_administrator_does_not_make_themselves_anything_else(
    role: Role, client: Client, administrator: User, school: School, municipality: Municipality
) -> None:
    client.force_login(administrator)
    path = reverse("admin:cases_user_change", args=[administrator.pk])
    page = client.get(path)
    assert OWN in page.text
    assert set(page.context["adminform"].form.fields) == {"name", "email"}
    place = {"municipality": municipality.pk} if role == Role.SSP else {"school": school.pk, "municipality": ""}
    typed = {"name": "Nyt navn", "email": administrator.email, "role": role, **place}
    assert client.post(path, typed).status_code == 302
    found = User.objects.get(pk=administrator.pk)
    assert (found.name, found.role, found.school, found.municipality, found.is_active) == (
        "Nyt navn",
        Role.ADMINISTRATOR,
        None,
        municipality,
        True,
    )


def test_administrator_gives_others_role_and_place(client: Client, administrator: User, school: School) -> None:
    other = make_user(Role.ADMINISTRATOR, municipality=school.municipality)
    client.force_login(administrator)
    path = reverse("admin:cases_user_change", args=[other.pk])
    assert OWN not in client.get(path).text
    typed = {"name": "Bo", "email": other.email, "role": Role.LEADER, "school": school.pk, "is_active": "on"}
    assert client.post(path, typed).status_code == 302
    found = User.objects.get(pk=other.pk)
    assert (found.role, found.school) == (Role.LEADER, school)


def test_changing_a_user_keeps_the_password(administrator: User, school: School) -> None:
    user = make_user(school=school, password="et langt kodeord")
    form = SimpleNamespace(changed_data=[], instance=user)
    UserAdmin(User, site).save_model(posted_by(administrator), user, form, change=True)
    assert User.objects.get(pk=user.pk).check_password("et langt kodeord")


def test_nothing_is_deleted(administrator: User) -> None:
    """Django's page before a deletion lists what hangs on the row: cases."""
    request = RequestFactory().get("/")
    request.user = administrator
    for model in (Municipality, School, User):
        rights = site._registry[model].get_model_perms(request)
        assert rights == {"add": model is not Municipality, "change": True, "delete": False, "view": True}


def test_setting_and_taking_away_a_rule_is_logged(administrator: User, municipality: Municipality) -> None:
    request = posted_by(administrator)
    rules = RetentionRuleAdmin(RetentionRule, site)
    rule = RetentionRule(municipality=municipality, months=60, basis="Journalplan")
    rules.save_model(request, rule, None, change=False)
    rules.delete_model(request, rule)
    told = AuditEvent.objects.filter(verb="set_retention").values_list("actor", "detail")
    assert list(told) == [
        (administrator.public_id, f"{rule.public_id}:closed:60:m{municipality.pk}"),
        (administrator.public_id, f"{rule.public_id}:closed:none:m{municipality.pk}"),
    ]
