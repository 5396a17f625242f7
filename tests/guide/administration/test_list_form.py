"""The page for a list: what it would make is shown first, and everything typed stays."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from cases.administration.staff_list import StaffList
from cases.enums import Role
from cases.models import Municipality, School, User
from guide.administration import site
from tests.factories import make_municipality, make_school, make_user

URL = "/admin/fra-liste/"
LIST = "Skole;Telefon\nÅskolen;12345678\nSøskolen;"


@pytest.fixture
def town(db: None) -> Municipality:
    return make_municipality("Sundby Kommune")


@pytest.fixture
def administrator_of_town(town: Municipality) -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATOR, municipality=town))
    return client


def test_list_is_shown_first_and_made_on_the_second_press(town: Municipality, administrator_of_town: Client) -> None:
    form = administrator_of_town.get(URL).context["form"]
    typed = {"municipality": form["municipality"].initial.pk, "rows": LIST}
    shown = administrator_of_town.post(URL, {**typed, "handling": "vis"})
    assert shown.status_code == 200
    assert "2 rækker kan oprettes" in shown.content.decode()
    assert not School.objects.filter(municipality=town).exists()
    made = administrator_of_town.post(URL, {**typed, "handling": "opret"}, follow=True)
    assert "2 rækker er oprettet." in made.content.decode()
    assert set(School.objects.filter(municipality=town).values_list("name", "phone")) == {
        ("Åskolen", "12345678"),
        ("Søskolen", ""),
    }


def test_faults_stand_alone_and_the_list_stays(town: Municipality, administrator_of_town: Client) -> None:
    make_school(town, "Åskolen")
    page = administrator_of_town.post(URL, {"municipality": town.pk, "rows": LIST, "handling": "opret"})
    text = page.content.decode()
    assert page.status_code == 422
    assert [row.number for row in page.context["shown"]] == [2]
    assert "1 række skal rettes" in text
    assert "Søskolen;</textarea>" in text
    assert School.objects.filter(municipality=town).count() == 1


USERS = "Navn;E-mail;Rolle;Skole\nBo Holm;bo@sundby.dk;Leder;Åskolen\nIda Lund;ida@sundby.dk;SSP-konsulent;"


@pytest.mark.parametrize("without", [{"without_mail": "on"}, {}])
def test_new_users_are_told_by_mail_where_they_choose_a_password(
    without: dict[str, str], town: Municipality, administrator_of_town: Client, mailoutbox: list[EmailMessage]
) -> None:
    make_school(town, "Åskolen")
    typed = {"municipality": town.pk, "rows": USERS, **without}
    assert "Hver ny bruger får en mail" in administrator_of_town.post(URL, typed).content.decode()
    assert mailoutbox == []
    administrator_of_town.post(URL, {**typed, "handling": "opret"})
    assert [mail.to for mail in mailoutbox] == ([["bo@sundby.dk"], ["ida@sundby.dk"]] if not without else [])
    for mail in list(mailoutbox):
        link = next(word for word in str(mail.body).split() if word.startswith("http"))
        page = Client().post(link, {"email": mail.to[0]}, follow=True)
        assert page.status_code == 200
        assert "/key/" in str(mailoutbox[-1].body)


def test_list_for_another_municipality_is_refused(administrator_of_town: Client) -> None:
    elsewhere = make_municipality()
    page = administrator_of_town.post(URL, {"municipality": elsewhere.pk, "rows": LIST, "handling": "opret"})
    assert page.status_code == 422
    assert not School.objects.filter(municipality=elsewhere).exists()


def test_administrator_of_all_municipalities_chooses_one(town: Municipality) -> None:
    make_municipality()
    client = Client()
    client.force_login(User.objects.create_superuser("alle@example.dk", name="Alle"))
    assert client.post(URL, {"rows": LIST, "handling": "vis"}).status_code == 422
    assert client.post(URL, {"municipality": town.pk, "rows": LIST, "handling": "vis"}).status_code == 200


@pytest.mark.parametrize("rows", [LIST, USERS])
def test_rows_that_somebody_made_meanwhile_are_named_and_nothing_is_made_twice(
    rows: str,
    town: Municipality,
    administrator_of_town: Client,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[EmailMessage],
) -> None:
    """The other press comes when the list has been read and is not yet written."""
    if rows is USERS:
        make_school(town, "Åskolen")
    write = site.write_list

    def late(staff_list: StaffList, *, by: User) -> None:
        monkeypatch.setattr(site, "write_list", write)
        administrator_of_town.post(URL, typed)
        write(staff_list, by=by)

    typed = {"municipality": town.pk, "rows": rows, "handling": "opret"}
    monkeypatch.setattr(site, "write_list", late)
    second = administrator_of_town.post(URL, typed)
    assert second.status_code == 422
    assert [row.number for row in second.context["shown"]] == [2, 3]
    made = User.objects.exclude(role=Role.ADMINISTRATOR) if rows is USERS else School.objects.filter(municipality=town)
    assert made.count() == 2
    assert len(mailoutbox) == (2 if rows is USERS else 0)
