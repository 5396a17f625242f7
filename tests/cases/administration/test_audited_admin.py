"""Every page of the administration: what it leaves in the access log, and what it takes as text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.administration.audited_admin import AuditedAdmin
from cases.enums import Role
from cases.models import AuditEvent, ClosedDays, Municipality, RetentionRule, School, User
from guide.models import Accessibility, Contact, LegalNote, LocalContact, SingleSignOn
from tests.factories import make_municipality, make_school, make_user
from tests.unlogged import WAYS, refuse_rows

ISSUER = "https://id.example.dk"
ADD, CHANGE, DELETE = "add", "change", "delete"
AUTUMN: dict[str, Any] = {"first": date(2026, 10, 12), "last": date(2026, 10, 16), "name": "Efterårsferie"}


@dataclass(frozen=True)
class Page:
    """How one model is looked after: ``typed`` fills its form, ``changed`` are the fields in which ``make`` differs.

    ``values`` are what the log tells beside the key, by field, and by "" of a new row.
    """

    actions: tuple[str, ...]
    make: Callable[[], Any]
    key: Callable[[Any], str]
    typed: Callable[[], dict[str, Any]] = dict
    changed: tuple[str, ...] = ()
    values: Callable[[], dict[str, str]] = dict


def public_id(row: Any) -> str:
    return str(row.public_id)


def rule(months: int) -> dict[str, Any]:
    return {"municipality": make_municipality(), "status": "closed", "months": months, "basis": "Journalplan"}


PAGES: dict[type[models.Model], Page] = {
    Municipality: Page((ADD, CHANGE), make_municipality, public_id, lambda: {"name": "Nyby"}, ("name",)),
    School: Page(
        (ADD, CHANGE),
        make_school,
        public_id,
        lambda: {"name": "Ny", "municipality": make_municipality().pk, "phone": "12345678"},
        ("name", "municipality", "phone"),
    ),
    User: Page(
        (ADD, CHANGE),
        make_user,
        public_id,
        lambda: {"name": "Bo", "email": "bo@example.dk", "role": Role.SSP, "municipality": make_municipality().pk},
        ("name", "email", "role", "school", "municipality", "is_active"),
        lambda: {
            "": ":ssp",
            "role": ":staff.ssp",
            "school": f":{School.objects.values_list('pk', flat=True).last()}.none",
            "is_active": ":true.false",
        },
    ),
    ClosedDays: Page(
        (ADD, CHANGE, DELETE),
        lambda: ClosedDays.objects.create(school=make_school(), **AUTUMN),
        public_id,
        lambda: {"school": make_school().pk, "first": "2026-12-21", "last": "2027-01-03", "name": "Juleferie"},
        ("school", "first", "last", "name"),
    ),
    RetentionRule: Page(
        (ADD, CHANGE, DELETE),
        lambda: RetentionRule.objects.create(**rule(60)),
        public_id,
        lambda: rule(9) | {"municipality": make_municipality().pk},
    ),
    Contact: Page(
        (CHANGE,),
        lambda: Contact.objects.create(key="egen", name="Egen", audience="Alle"),
        lambda row: str(row.key),
        lambda: {"name": "Ny", "audience": "Nye", "note": "Ny", "last_verified": "2026-01-02"},
        ("name", "audience", "note", "last_verified"),
    ),
    LegalNote: Page(
        (CHANGE,),
        lambda: LegalNote.objects.create(key="egen", title="Egen lov", plain="Vores"),
        lambda row: str(row.key),
        lambda: {"title": "Ny lov", "plain": "Ny"},
        ("title", "plain"),
    ),
    Accessibility: Page(
        (ADD, CHANGE, DELETE),
        lambda: Accessibility.objects.create(municipality=make_municipality(), phone="12345678"),
        lambda row: str(row.municipality.public_id),
        lambda: {"municipality": make_municipality().pk, "phone": "87654321", "known_faults": "Kortet."},
        ("municipality", "phone", "known_faults"),
    ),
    LocalContact: Page(
        (ADD, CHANGE, DELETE),
        lambda: LocalContact.objects.create(
            municipality=make_municipality(), key="underretning_modtagelse", phone="87654321"
        ),
        lambda row: f"{row.municipality.public_id}:{row.key}",
        lambda: {"municipality": make_municipality().pk, "key": "underretning_modtagelse", "phone": "12345678"},
        ("municipality", "phone"),
    ),
    SingleSignOn: Page(
        (ADD, DELETE),
        lambda: SingleSignOn.objects.create(user=make_user(), issuer=ISSUER, subject="abc"),
        lambda row: str(row.user.public_id),
        lambda: {"user": make_user().pk, "issuer": ISSUER, "subject": "abc"},
    ),
    Authenticator: Page(
        (DELETE,),
        lambda: Authenticator.objects.create(user=make_user(), type="recovery_codes", data={"seed": "x"}),
        lambda row: f"{row.user.public_id}:recovery_codes",
    ),
}
ACTIONS = [(model, action) for model, page in PAGES.items() for action in page.actions]
each_action = pytest.mark.parametrize(("model", "action"), ACTIONS, ids=lambda part: getattr(part, "__name__", part))


@pytest.fixture
def administrator(db: None) -> User:
    """Of no municipality, so that every row made here is theirs to look after (see test_admin_places)."""
    return User.objects.create_user("ida@example.dk", name="Ida", role=Role.ADMINISTRATOR)


@pytest.fixture
def inside(administrator: User, settings: Any) -> Client:
    """The administrator's browser."""
    settings.SSO_PROVIDERS = {"skole": SimpleNamespace(issuer=ISSUER, name="Skolelogin")}
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    return client


def request_of(user: User) -> Any:
    request = RequestFactory().get("/")
    request.user = user
    return request


def send(client: Client, model: type[models.Model], action: str, row: Any) -> int:
    """Fill in the form and send it; the status of the answer."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=[row.pk] if row else [])
    return client.post(path, {"post": "yes"} if action == DELETE else PAGES[model].typed()).status_code


def expected(model: type[models.Model], action: str, row: Any) -> list[tuple[str, str, str]]:
    """What the log says of the action: verb, what was changed, and in which row."""
    key, name = PAGES[model].key(row), model._meta.model_name
    if model is RetentionRule:
        months = {ADD: "9", CHANGE: "9", DELETE: "none"}[action]
        return [("set_retention", "", f"{key}:closed:{months}:m{row.municipality_id}")]
    values = PAGES[model].values() if action != DELETE else {}
    if action == CHANGE:
        return [("admin_change", f"{name}_{field}", key + values.get(field, "")) for field in PAGES[model].changed]
    return [(f"admin_{action}", f"{name}", key + values.get("", ""))]


def test_every_page_is_on_the_list_with_all_that_may_be_done(administrator: User) -> None:
    found = {
        model: tuple(
            action for action in (ADD, CHANGE, DELETE) if page.get_model_perms(request_of(administrator))[action]
        )
        for model, page in site._registry.items()
    }
    assert found == {model: page.actions for model, page in PAGES.items()}


def test_every_page_is_audited_and_changes_one_row_at_a_time(administrator: User) -> None:
    for page in site._registry.values():
        assert isinstance(page, AuditedAdmin)
        assert (page.get_actions(request_of(administrator)), page.list_editable, page.inlines) == ({}, (), ())


@each_action
def test_every_action_leaves_its_rows(
    model: type[models.Model], action: str, inside: Client, administrator: User
) -> None:
    row = PAGES[model].make() if action != ADD else None
    known = set(model._base_manager.values_list("pk", flat=True))
    assert send(inside, model, action, row) == 302
    if row is None:
        row = model._base_manager.exclude(pk__in=known).get()
    told = AuditEvent.objects.filter(actor=administrator.public_id).order_by("seq")
    if action == CHANGE:
        row.refresh_from_db()
    assert list(told.values_list("verb", "step", "detail")) == expected(model, action, row)


def test_saving_without_a_change_is_told_too(inside: Client, administrator: User) -> None:
    town = make_municipality("Nyby")
    assert send(inside, Municipality, CHANGE, town) == 302
    told = AuditEvent.objects.filter(actor=administrator.public_id)
    assert list(told.values_list("verb", "step", "detail")) == [("admin_change", "municipality", str(town.public_id))]


@pytest.fixture(params=WAYS)
def no_row(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on no row can be added to the access log."""
    return lambda: refuse_rows(request.param, monkeypatch)


@each_action
def test_nothing_is_saved_without_a_row(
    model: type[models.Model], action: str, inside: Client, no_row: Callable[[], None]
) -> None:
    row = PAGES[model].make() if action != ADD else None
    before = list(model._base_manager.order_by("pk").values())
    no_row()
    assert send(inside, model, action, row) == 500
    assert list(model._base_manager.order_by("pk").values()) == before
    assert not LogEntry.objects.exists()


# --- What is typed there ---------------------------------------------------------------------------------------------

CPR = "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."
BAD = {
    "address": ["010203-1234@example.dk"],
    "link": ["https://example.dk/010203-1234"],
    "text": ["x 010203-1234", "0102031234"],
}
KINDS = {forms.EmailField: "address", forms.URLField: "link"}

TEXTS = {
    "municipality.name",
    "school.name",
    "school.phone",
    "user.name",
    "user.email",
    "closeddays.name",
    "retentionrule.basis",
    "contact.name",
    "contact.phone",
    "contact.url",
    "contact.audience",
    "contact.note",
    "legalnote.title",
    "legalnote.paragraph",
    "legalnote.plain",
    "localcontact.phone",
    "localcontact.url",
    "localcontact.note",
    "accessibility.url",
    "accessibility.phone",
    "accessibility.email",
    "accessibility.known_faults",
    "singlesignon.subject",
}


def forms_of(client: Client, model: type[models.Model]) -> list[tuple[str, Any]]:
    """The forms in which the model's texts are typed, with their addresses."""
    page = PAGES[model]
    prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    paths = [reverse(f"{prefix}_add")] if ADD in page.actions else []
    paths += [reverse(f"{prefix}_change", args=[page.make().pk])] if CHANGE in page.actions else []
    return [(path, client.get(path).context["adminform"].form) for path in paths]


@pytest.mark.one_engine  # refused before a row is written
def test_no_text_of_the_administration_takes_a_cpr_number(inside: Client) -> None:
    swept = set()
    for model, page in PAGES.items():
        for path, form in forms_of(inside, model):
            texts = {name: field for name, field in form.fields.items() if isinstance(field, forms.CharField)}
            for name, field in texts.items():
                for typed in BAD[KINDS.get(type(field), "text")]:
                    answer = inside.post(path, page.typed() | {name: typed})
                    assert answer.status_code == 200, (path, name)
                    assert CPR in answer.context["adminform"].form.errors[name], (path, name)
                swept.add(f"{model._meta.model_name}.{name}")
    assert swept == TEXTS


def test_every_text_column_that_is_looked_after_is_swept(administrator: User) -> None:
    """A column of text that a form fills without a field for text is a choice from a list."""
    found = {
        f"{model._meta.model_name}.{name}"
        for model, page in site._registry.items()
        for name, field in page.get_form(request_of(administrator))().fields.items()
        if isinstance(model._meta.get_field(name), models.CharField | models.TextField)
        and not isinstance(field, forms.ChoiceField)
        and {ADD, CHANGE} & set(PAGES[model].actions)
    }
    assert found == TEXTS


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("role__exact=leader", 200),
        ("is_active__exact=1", 200),
        ("school__id__exact=1", 200),
        ("municipality__isnull=True", 200),
        ("password__startswith=p", 400),
        ("password__regex=^p", 400),
        ("email__regex=^(([a-z])|([a-y]))*Z", 400),
        ("role__regex=^l", 400),
        ("school__cases__isnull=False", 400),
        ("owned_cases__isnull=False", 400),
        ("authenticator__data__isnull=False", 400),
    ],
)
def test_list_answers_no_questions_but_its_filters(asked: str, status: int, inside: Client) -> None:
    """By another question the administrator could read, a letter at a time, what no page shows."""
    assert inside.get(f"/admin/cases/user/?{asked}").status_code == status


def test_long_search_is_no_fault(inside: Client) -> None:
    assert inside.get("/admin/cases/user/", {"q": "a " * 1500}).status_code == 200
