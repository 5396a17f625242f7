"""The administrator's own ways in are not theirs to make or take away here."""

from types import SimpleNamespace
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from cases.models import User
from guide.models import SingleSignOn
from tests.guide.test_login import SECRET

ISSUER = "https://id.example.dk"


def test_nobody_ties_a_code_to_themselves(client: Client, administrator: User, staff: User, settings: Any) -> None:
    settings.SSO_PROVIDERS = {"skole": SimpleNamespace(issuer=ISSUER, name="Skolelogin")}
    client.force_login(administrator)
    path = "/admin/guide/singlesignon/add/"
    offered = client.get(path).context["adminform"].form.fields["user"].queryset
    assert (administrator in offered, staff in offered) == (False, True)
    answer = client.post(path, {"user": administrator.pk, "issuer": ISSUER, "subject": "abc"})
    assert answer.context["errors"] == [
        ["Vælg en anden end dig selv: dit eget fælles login knytter en anden administrator."]
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
