"""What an administrator still has to check: the whole list, and nothing that was checked within a year."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.enums import Role
from cases.models import Municipality, User
from guide.administration.go_live import OpenGroup, OpenItem, open_groups
from guide.models import LOCAL_CHOICES, Accessibility, Contact, LegalNote, LocalContact
from guide.reference.contacts import LOCAL_KEYS
from tests.factories import make_user

URL = "/admin/foer-brug/"


@pytest.fixture
def town(db: None) -> Municipality:
    return Municipality.objects.create(name="Sundby")


def groups_for(user: User) -> list[OpenGroup]:
    client = Client()
    client.force_login(user)
    found: list[OpenGroup] = client.get(URL).context["groups"]
    return found


def check_everything() -> None:
    """Enter today as the day of every row, and fill in the local contacts of every municipality."""
    for town in Municipality.objects.all():
        for key in LOCAL_KEYS:
            LocalContact.objects.get_or_create(municipality=town, key=key, defaults={"phone": "12345678"})
        Accessibility.objects.get_or_create(municipality=town)
    for model in (Contact, LegalNote, LocalContact, Accessibility):
        model._default_manager.update(last_verified=timezone.localdate())


def test_list_has_every_row_of_a_new_installation(administrator: User, town: Municipality) -> None:
    found = groups_for(administrator)
    assert [(group.title, len(group.items), group.read_only) for group in found] == [
        ("Sundby", len(LOCAL_KEYS) + 1, False),
        ("Kontakter i hele landet", Contact.objects.count(), False),
        ("Love og kilder", LegalNote.objects.count(), False),
    ]
    assert [(item.name, item.why) for item in found[0].items] == [
        *((str(name), "Mangler") for _key, name in LOCAL_CHOICES),
        ("Tilgængelighedserklæring", "Mangler"),
    ]
    assert {item.why for group in found[1:] for item in group.items} == {"Ikke kontrolleret endnu"}


@pytest.mark.parametrize(
    ("days", "why"),
    [(None, "Ikke kontrolleret endnu"), (400, "Det er over et år siden."), (300, None)],
)
def test_row_leaves_the_list_by_its_day(administrator: User, town: Municipality, days: int | None, why: str) -> None:
    check_everything()
    assert groups_for(administrator) == []
    day = None if days is None else timezone.localdate() - timedelta(days=days)
    listed = (LocalContact, Accessibility, Contact, LegalNote)
    rows: list[Any] = [model._default_manager.first() for model in listed]
    for row in rows:
        type(row)._default_manager.filter(pk=row.pk).update(last_verified=day)
    items = [item for group in groups_for(administrator) for item in group.items]
    urls = [reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk]) for row in rows]
    assert [item.url for item in items] == (urls if why else [])
    assert all(item.why.endswith(why) for item in items)


def test_every_link_leads_to_the_form_that_is_filled_in(administrator: User, town: Municipality) -> None:
    client = Client()
    client.force_login(administrator)
    missing = groups_for(administrator)[0].items[0]
    assert missing == OpenItem(
        "SSP-konsulent", "Mangler", f"/admin/guide/localcontact/add/?municipality={town.pk}&key=ssp_konsulent"
    )
    form = client.get(missing.url).context["adminform"].form
    assert (form["municipality"].value(), form["key"].value()) == (str(town.pk), "ssp_konsulent")
    for model in (Contact, LegalNote):
        opened = client.get(reverse(f"admin:guide_{model._meta.model_name}_change", args=[model.objects.first().pk]))
        assert "last_verified" in opened.context["adminform"].form.fields


def test_municipality_sees_its_own_numbers_and_who_may_change_the_law(town: Municipality) -> None:
    Municipality.objects.create(name="Anden Kommune")
    found = groups_for(make_user(Role.ADMINISTRATOR, municipality=town))
    assert [(group.title, group.read_only) for group in found] == [
        ("Sundby", False),
        ("Kontakter i hele landet", True),
        ("Love og kilder", True),
    ]


def test_page_says_when_all_is_checked(administrator: User, town: Municipality) -> None:
    check_everything()
    client = Client()
    client.force_login(administrator)
    assert "Alt er kontrolleret" in client.get(URL).text
    assert URL in client.get("/admin/").text


@pytest.mark.parametrize("towns", [1, 10])
def test_five_queries_whatever_the_number(
    towns: int, administrator: User, rf: Any, django_assert_num_queries: Any
) -> None:
    for number in range(towns):
        Municipality.objects.create(name=f"Kommune {number}")
    request = rf.get(URL)
    request.user = administrator
    with django_assert_num_queries(5):
        assert len(open_groups(site, request)) == towns + 2
