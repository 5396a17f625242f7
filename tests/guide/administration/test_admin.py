"""Ways in: one's own are not made or taken away here, and whoever came in by one that is taken away is out."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.sites import site
from django.contrib.sessions.models import Session
from django.test import Client

from cases.models import User
from guide.accounts.session_store import row_key
from guide.administration.site import LoginMethodAdmin
from guide.models import SingleSignOn
from tests.guide.accounts.test_login import SECRET
from tests.unlogged import BY_DATABASE, BY_PRODUCT, refuse_rows

ISSUER = "https://id.example.dk"


def test_nobody_ties_a_code_to_themselves(client: Client, administrator: User, staff: User, settings: Any) -> None:
    settings.SSO_PROVIDERS = {"skole": SimpleNamespace(issuer=ISSUER, name="Skolelogin")}
    client.force_login(administrator)
    path = "/admin/guide/singlesignon/add/"
    offered = client.get(path).context["adminform"].form.fields["user"].queryset
    assert (administrator in offered, staff in offered) == (False, True)
    answer = client.post(path, {"user": administrator.pk, "issuer": ISSUER, "subject": "abc"})
    assert answer.context["errors"] == [
        ["Vælg på listen. Du står der ikke selv: dit eget fælles login knytter en anden administrator."]
    ]
    assert not SingleSignOn.objects.exists()


def test_nobody_takes_their_own_second_factor_away_here(client: Client, administrator: User, staff: User) -> None:
    for user in (administrator, staff):
        TOTP.activate(user, SECRET)
    own, other = (Authenticator.objects.get(user=user) for user in (administrator, staff))
    client.force_login(administrator)
    sentence = "Det er dit eget totrinslogin. Du fjerner det på din egen kontoside, ikke her."
    assert sentence in client.get(f"/admin/mfa/authenticator/{own.pk}/change/").text
    assert sentence not in client.get(f"/admin/mfa/authenticator/{other.pk}/change/").text
    assert client.post(f"/admin/mfa/authenticator/{own.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/mfa/authenticator/{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Authenticator.objects.all()) == [own]


# --- Taken away ------------------------------------------------------------------------------------------------------


def logged_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def tie(user: User) -> SingleSignOn:
    return SingleSignOn.objects.create(user=user, issuer=ISSUER, subject="abc")


def set_up_telephone(user: User) -> Authenticator:
    TOTP.activate(user, SECRET)
    return Authenticator.objects.get(user=user)


each_way_in = pytest.mark.parametrize("give", [tie, set_up_telephone])


def take_away(office: Client, way_in: SingleSignOn | Authenticator) -> int:
    kind = f"{way_in._meta.app_label}/{way_in._meta.model_name}"
    return office.post(f"/admin/{kind}/{way_in.pk}/delete/", {"post": "yes"}).status_code


@each_way_in
def test_way_in_taken_away_ends_its_users_sessions(
    staff: User, administrator: User, give: Callable[[User], SingleSignOn]
) -> None:
    way_in = give(staff)
    first, second, office = logged_in(staff), logged_in(staff), logged_in(administrator)
    assert take_away(office, way_in) == 302
    for client in (first, second):
        assert client.get("/sager/")["Location"].startswith("/konto/login/")
    assert office.get("/admin/").status_code == 200


@pytest.mark.parametrize("how", [BY_DATABASE, BY_PRODUCT])
@each_way_in
def test_way_in_that_cannot_be_logged_stays_and_so_do_the_sessions(
    staff: User,
    administrator: User,
    give: Callable[[User], SingleSignOn],
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way_in = give(staff)
    client, office = logged_in(staff), logged_in(administrator)
    key = row_key(client.session.session_key)
    refuse_rows(how, monkeypatch)
    assert take_away(office, way_in) == 500
    assert type(way_in).objects.filter(pk=way_in.pk).exists()
    assert Session.objects.filter(session_key=key).exists()


def test_own_tie_taken_away_ends_this_session_too_and_answers(administrator: User) -> None:
    way_in = tie(administrator)
    other, office = logged_in(administrator), logged_in(administrator)
    assert take_away(office, way_in) == 302
    assert [one.get("/admin/")["Location"] for one in (other, office)] == ["/admin/login/?next=/admin/"] * 2


def test_every_page_whose_rows_belong_to_a_user_ends_the_sessions() -> None:
    """A new kind of way in cannot be forgotten."""
    of_a_user = {
        model
        for model in site._registry
        if any(field.name == "user" and field.related_model is User for field in model._meta.fields)
    }
    assert of_a_user == {SingleSignOn, Authenticator}
    assert all(isinstance(site._registry[model], LoginMethodAdmin) for model in of_a_user)


# --- What the browser's tab says --------------------------------------------------------------------------------------


def test_title_names_the_kind_of_page_and_nobody(administrator: User, staff: User) -> None:
    """A title stands in the tab, in the history and in the list of windows, for whoever looks over a shoulder."""
    office = logged_in(administrator)
    pages = {"refused": office.post(f"/admin/cases/user/{staff.pk}/change/", {"name": "", "email": staff.email}).text}
    rows = {"cases/user": staff, "guide/singlesignon": tie(staff), "mfa/authenticator": set_up_telephone(staff)}
    for model, row in rows.items():
        for view in ("", "change/", "history/", "delete/"):
            pages[f"{model}/{view}"] = office.get(
                f"/admin/{model}/{row.pk}/{view}" if view else f"/admin/{model}/"
            ).text
    titles = {name: re.search("<title>(.*?)</title>", text, re.DOTALL)[1].strip() for name, text in pages.items()}
    named = [word for user in (staff, administrator) for word in (user.name, user.email)]
    assert [title for title in titles.values() if any(word in title for word in named)] == []
    assert [titles[name] for name in ("refused", "cases/user/change/", "cases/user/history/")] == [
        "Fejl: Ret bruger | Handlekort",
        "Ret bruger | Handlekort",
        "Ændringshistorik | Handlekort",
    ]
    assert all(staff.name in pages[f"cases/user/{view}"] for view in ("change/", "history/"))
