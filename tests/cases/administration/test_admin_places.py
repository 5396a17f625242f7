"""Whose rows an administrator looks after: two municipalities with a row of each kind, and one's administrator."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.sites import site
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelChoiceField
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.enums import Role
from cases.models import AuditEvent, ClosedDays, Municipality, RetentionRule, School, User
from guide.models import Accessibility, Contact, LegalNote, LocalContact, SingleSignOn
from tests.factories import make_municipality, make_school, make_user

ISSUER = "https://id.example.dk"
OWN, FOREIGN = "Ankerup", "Bækkerup"
LIST_ONLY = "Vælg på listen. Den viser kun det, der hører til din kommune."
NOT_ALL = "Vælg din egen kommune. En administrator uden kommune ser alle kommuner, og det kan du ikke give."
COMMON_TO_ALL = "Oplysningerne er fælles for flere kommuner. Kun en administrator uden kommune kan ændre dem."

Rows = dict[type[models.Model], Any]

PLACES: dict[type[models.Model], tuple[str, ...]] = {
    Municipality: ("pk",),
    School: ("municipality",),
    User: ("school__municipality", "municipality"),
    ClosedDays: ("school__municipality",),
    RetentionRule: ("municipality",),
    LocalContact: ("municipality",),
    Accessibility: ("municipality",),
    SingleSignOn: ("user__school__municipality", "user__municipality"),
    Authenticator: ("user__school__municipality", "user__municipality"),
    # Common to all.
    Contact: (),
    LegalNote: (),
}
OF_A_PLACE = [model for model, places in PLACES.items() if places]
ADDED = [model for model in OF_A_PLACE if model not in {Municipality, Authenticator}]
each_model = pytest.mark.parametrize("model", OF_A_PLACE, ids=lambda model: model.__name__)
each_added = pytest.mark.parametrize("model", ADDED, ids=lambda model: model.__name__)


def settle(name: str) -> Rows:
    """A municipality with a row of every kind, each of which is named after it."""
    town = make_municipality(f"{name} Kommune")
    school = make_school(town, f"{name} Skole")
    teacher = make_user(school=school, name=f"{name} Lærer")
    ssp = make_user(Role.SSP, municipality=town, name=f"{name} SSP")
    rule = {"status": "closed", "months": 60, "basis": f"{name} plan"}
    return {
        Municipality: town,
        School: school,
        User: teacher,
        ClosedDays: ClosedDays.objects.create(
            school=school, first=date(2026, 10, 12), last=date(2026, 10, 16), name=f"{name} ferie"
        ),
        RetentionRule: RetentionRule.objects.create(municipality=town, **rule),
        LocalContact: LocalContact.objects.create(municipality=town, key="ssp_konsulent", phone="12345678"),
        Accessibility: Accessibility.objects.create(municipality=town, known_faults=name),
        SingleSignOn: SingleSignOn.objects.create(user=ssp, issuer=ISSUER, subject=name),
        Authenticator: Authenticator.objects.create(user=teacher, type="recovery_codes", data={"seed": "x"}),
    }


@pytest.fixture
def own(db: None, settings: Any) -> Rows:
    settings.SSO_PROVIDERS = {"skole": SimpleNamespace(issuer=ISSUER, name="Skolelogin")}
    return settle(OWN)


@pytest.fixture
def foreign(own: Rows) -> Rows:
    return settle(FOREIGN)


@pytest.fixture
def bound(own: Rows) -> Client:
    """The browser of an administrator of the first municipality."""
    return browser(make_user(Role.ADMINISTRATOR, municipality=own[Municipality], name="Ida"))


@pytest.fixture
def unbound(db: None) -> Client:
    """The browser of an administrator of the installation."""
    return browser(User.objects.create_user("bo@example.dk", name="Bo", role=Role.ADMINISTRATOR))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path(model: type[models.Model], view: str, key: int | None = None) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
    return reverse(name, args=[] if key is None else [key])


def answer(client: Client, address: str, data: dict[str, str] | None) -> tuple[int, list[tuple[str, int]], list[str]]:
    """Status, where it leads, and what is said there."""
    response = client.get(address, follow=True) if data is None else client.post(address, data, follow=True)
    return response.status_code, response.redirect_chain, [str(said) for said in get_messages(response.wsgi_request)]


def choices(client: Client, address: str) -> dict[str, set[str]]:
    """What the lists of the form offer, by field; the administrators themselves left out."""
    fields = client.get(address).context["adminform"].form.fields
    return {
        name: {str(row) for row in field.queryset if str(row) not in {"Ida", "Bo"}}
        for name, field in fields.items()
        if isinstance(field, ModelChoiceField)
    }


def test_every_page_declares_whose_its_rows_are() -> None:
    """A page that declares nothing fails, and so does one that calls rows common which nobody here does."""
    assert {model: page.municipality_paths for model, page in site._registry.items()} == PLACES


@each_model
@pytest.mark.both_engines
def test_list_names_own_rows_only(
    model: type[models.Model], bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    """With its filters, which name rows too, and when one is asked for by the number of what is foreign."""
    listed = bound.get(path(model, "changelist"))
    assert (OWN in listed.text, FOREIGN in listed.text) == (True, False)
    both = unbound.get(path(model, "changelist"))
    assert (OWN in both.text, FOREIGN in both.text) == (True, True)
    assert own[model] in listed.context["cl"].queryset
    for name, key in (("municipality", foreign[Municipality].pk), ("school", foreign[School].pk)):
        if name in site._registry[model].list_filter:
            asked = bound.get(path(model, "changelist"), {f"{name}__id__exact": key})
            assert foreign[model] not in asked.context["cl"].queryset


@each_model
@pytest.mark.both_engines
def test_search_finds_own_rows_only(
    model: type[models.Model], bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    if not site._registry[model].search_fields:
        return

    def found(client: Client, text: str) -> bool:
        return client.get(path(model, "changelist"), {"q": text}).context["cl"].result_count > 0

    assert [found(bound, text) for text in (OWN, FOREIGN)] == [True, False]
    assert [found(unbound, text) for text in (OWN, FOREIGN)] == [True, True]


@each_model
@pytest.mark.parametrize("view", ["change", "delete", "history"])
@pytest.mark.parametrize("data", [None, {"post": "yes"}], ids=["looked at", "sent"])
def test_foreign_row_answers_as_a_missing_one(
    view: str, data: Any, model: type[models.Model], bound: Client, foreign: Rows
) -> None:
    key, missing = foreign[model].pk, 987654
    before = list(model._base_manager.order_by("pk").values())
    got, expected = answer(bound, path(model, view, key), data), answer(bound, path(model, view, missing), data)
    expected = (*expected[:2], [text.replace(str(missing), str(key)) for text in expected[2]])
    assert got == expected
    assert got[2] or got[0] == 403
    assert list(model._base_manager.order_by("pk").values()) == before
    assert not AuditEvent.objects.filter(verb__startswith="admin_").exists()


@each_model
@pytest.mark.parametrize("view", ["change", "delete", "history"])
def test_own_row_is_shown_and_names_nothing_foreign(
    view: str, model: type[models.Model], bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    kept = view == "delete" and model in {Municipality, School, User}
    shown = bound.get(path(model, view, own[model].pk))
    assert (shown.status_code, FOREIGN in shown.text) == (403 if kept else 200, False)
    for rows in (own, foreign):
        assert unbound.get(path(model, view, rows[model].pk)).status_code == (403 if kept else 200)


@each_added
def test_lists_of_a_form_offer_own_rows_only(
    model: type[models.Model], bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    pages = [path(model, "add")]
    if model is not SingleSignOn:
        pages.append(path(model, "change", own[model].pk))
    for address in pages:
        offered, all_of_them = choices(bound, address), choices(unbound, address)
        assert offered
        for name, rows in all_of_them.items():
            assert any(FOREIGN in row for row in rows)
            assert offered[name] == {row for row in rows if OWN in row}
            assert offered[name]


def typed(model: type[models.Model], rows: Rows) -> dict[str, Any]:
    """A form filled in with what is of one municipality."""
    town, school = rows[Municipality].pk, rows[School].pk
    return {
        School: {"name": "Ny", "municipality": town},
        User: {"name": "Ny", "email": "ny@example.dk", "role": "staff", "school": school},
        ClosedDays: {"school": school, "first": "2026-12-21", "last": "2027-01-03", "name": "Ny"},
        RetentionRule: {"municipality": town, "school": school, "status": "closed", "months": 9, "basis": "Ny"},
        LocalContact: {"municipality": town, "key": "social_doegnvagt", "phone": "87654321"},
        Accessibility: {"municipality": town, "phone": "87654321"},
        SingleSignOn: {"user": rows[User].pk, "issuer": ISSUER, "subject": "ny"},
    }[model]


def make_room(model: type[models.Model], view: str) -> None:
    """Take away the statements, of which a municipality has one."""
    if (model, view) == (Accessibility, "add"):
        Accessibility.objects.all().delete()


@each_added
@pytest.mark.parametrize("view", ["add", "change"])
def test_what_would_cross_is_refused_and_changes_nothing(
    view: str, model: type[models.Model], bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    if (model, view) == (SingleSignOn, "change"):
        return
    address = path(model, view, own[model].pk if view == "change" else None)
    make_room(model, view)
    before = list(model._base_manager.order_by("pk").values())
    refused = bound.post(address, typed(model, foreign))
    told = {sentence for errors in refused.context["errors"] for sentence in errors}
    assert told & {
        LIST_ONLY,
        "Vælg på listen. Du står der ikke selv: dit eget fælles login knytter en anden administrator.",
    }
    assert list(model._base_manager.order_by("pk").values()) == before
    assert bound.post(address, typed(model, own)).status_code == 302
    assert list(model._base_manager.order_by("pk").values()) != before


@each_added
def test_unbound_administrator_adds_everywhere(
    model: type[models.Model], unbound: Client, own: Rows, foreign: Rows
) -> None:
    make_room(model, "add")
    assert unbound.post(path(model, "add"), typed(model, foreign)).status_code == 302


# --- Who is lifted out of the municipality ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "place", "errors"),
    [
        (Role.ADMINISTRATOR, lambda own, foreign: {}, {"municipality": [NOT_ALL]}),
        (Role.ADMINISTRATOR, lambda own, foreign: {"municipality": foreign}, {"municipality": [LIST_ONLY]}),
        (Role.SSP, lambda own, foreign: {"municipality": foreign}, {"municipality": [LIST_ONLY]}),
        (Role.ADMINISTRATOR, lambda own, foreign: {"municipality": own}, {}),
        (Role.SSP, lambda own, foreign: {"municipality": own}, {}),
    ],
)
@pytest.mark.parametrize("view", ["add", "change"])
def test_nobody_is_lifted_out_of_the_municipality(
    view: str,
    role: Role,
    place: Callable[[int, int], dict[str, int]],
    errors: dict[str, list[str]],
    bound: Client,
    own: Rows,
    foreign: Rows,
) -> None:
    address = path(User, view, own[User].pk if view == "change" else None)
    before = list(User.objects.order_by("pk").values())
    chosen = place(own[Municipality].pk, foreign[Municipality].pk)
    response = bound.post(address, {"name": "Ny", "email": "ny@example.dk", "role": role, **chosen})
    if not errors:
        assert response.status_code == 302
        assert User.objects.get(name="Ny").municipality == own[Municipality]
        return
    found = response.context["adminform"].form.errors
    assert {name: found[name] for name in errors} == errors
    assert list(User.objects.order_by("pk").values()) == before


def test_unbound_administrator_makes_another(unbound: Client) -> None:
    new = {"name": "Ny", "email": "ny@example.dk", "role": Role.ADMINISTRATOR}
    assert unbound.post(path(User, "add"), new).status_code == 302
    assert User.objects.get(name="Ny").municipality is None


def test_unbound_administrator_is_not_of_a_municipality(bound: Client, unbound: Client) -> None:
    keeper = User.objects.get(name="Bo")
    assert keeper not in bound.get(path(User, "changelist")).context["cl"].queryset
    assert bound.get(path(User, "change", keeper.pk)).status_code == 302


@pytest.mark.parametrize("change", [True, False])
def test_row_that_would_be_foreign_is_not_saved_whatever_the_form_let_through(
    change: bool, bound: Client, own: Rows, foreign: Rows
) -> None:
    request = RequestFactory().post("/")
    request.user = User.objects.get(name="Ida")
    school = School.objects.get(pk=own[School].pk) if change else School(name="Ny")
    school.municipality = foreign[Municipality]
    with pytest.raises(PermissionDenied):
        site._registry[School].save_model(request, school, SimpleNamespace(changed_data=[]), change)
    assert not School.objects.filter(name="Ny").exists()
    assert School.objects.get(pk=own[School].pk).municipality == own[Municipality]


# --- Municipalities themselves, and what is common to them ------------------------------------------------------------


def test_municipality_is_renamed_by_its_own_and_added_by_the_unbound(
    bound: Client, unbound: Client, own: Rows, foreign: Rows
) -> None:
    assert bound.post(path(Municipality, "change", own[Municipality].pk), {"name": "Nyt navn"}).status_code == 302
    assert bound.get(path(Municipality, "add")).status_code == 403
    assert bound.post(path(Municipality, "add"), {"name": "En til"}).status_code == 403
    assert unbound.post(path(Municipality, "add"), {"name": "En til"}).status_code == 302
    assert {str(town) for town in Municipality.objects.all()} == {"Nyt navn", "En til", f"{FOREIGN} Kommune"}


COMMON: dict[type[models.Model], dict[str, str]] = {
    Contact: {"name": "Ny", "audience": "Alle"},
    LegalNote: {"title": "Ny", "plain": "Ny"},
}


@pytest.mark.parametrize("model", COMMON, ids=lambda model: model.__name__)
def test_common_row_is_changed_by_the_only_municipality(model: type[models.Model], bound: Client, own: Rows) -> None:
    row = model._base_manager.first()
    assert row is not None
    assert COMMON_TO_ALL not in bound.get(path(model, "change", row.pk)).text
    assert bound.post(path(model, "change", row.pk), COMMON[model]).status_code == 302
    assert model._base_manager.filter(pk=row.pk, **COMMON[model]).exists()


@pytest.mark.parametrize("model", COMMON, ids=lambda model: model.__name__)
def test_common_row_is_looked_at_by_one_municipality_of_several(
    model: type[models.Model], bound: Client, unbound: Client, foreign: Rows
) -> None:
    row = model._base_manager.first()
    assert row is not None
    assert COMMON_TO_ALL in bound.get(path(model, "change", row.pk)).text
    assert bound.post(path(model, "change", row.pk), COMMON[model]).status_code == 403
    assert not model._base_manager.filter(pk=row.pk, **COMMON[model]).exists()
    assert COMMON_TO_ALL not in unbound.get(path(model, "change", row.pk)).text
    assert unbound.post(path(model, "change", row.pk), COMMON[model]).status_code == 302
