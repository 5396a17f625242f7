"""The variables of single sign-on: what is switched on, and the sentence when it is half or unsafe."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from guide.accounts.sso.providers import Provider, from_environment, is_safe
from tests.guide.web.test_settings import DEMO, SOUND, read, start

TENANT = "0A0A0A0A-1111-2222-3333-444444444444"
UNILOGIN = {
    "SSO_UNILOGIN_ISSUER": "https://broker.example/auth/realms/broker",
    "SSO_UNILOGIN_CLIENT_ID": "us",
    "SSO_UNILOGIN_CLIENT_SECRET": "hemmelig",
}
ENTRA = {"SSO_ENTRA_TENANT": TENANT, "SSO_ENTRA_CLIENT_ID": "us", "SSO_ENTRA_CLIENT_SECRET": "hemmelig"}


def test_nothing_is_on_by_default() -> None:
    assert from_environment({}, demo=False) == {}
    assert read(SOUND, "SSO_PROVIDERS") == [{}]


def test_each_has_safe_defaults() -> None:
    found = from_environment(UNILOGIN | ENTRA, demo=False)
    assert found == {
        "unilogin": Provider(
            key="unilogin",
            name="Unilogin",
            issuer="https://broker.example/auth/realms/broker",
            client_id="us",
            client_secret="hemmelig",
            assurance=(("unilogin_loa", "ToFaktor"),),
            scope="openid",
        ),
        "entra": Provider(
            key="entra",
            name="Microsoft",
            issuer=f"https://login.microsoftonline.com/{TENANT.lower()}/v2.0",
            client_id="us",
            client_secret="hemmelig",
            assurance=(("amr", "mfa"),),
            scope="openid email",
        ),
    }
    assert "hemmelig" not in repr(found)


@pytest.mark.parametrize(("prefix", "base"), [("SSO_UNILOGIN", UNILOGIN), ("SSO_ENTRA", ENTRA)])
def test_claims_and_level_may_be_set(prefix: str, base: dict[str, str]) -> None:
    change = {"ASSURANCE": " acr = two , acrs=c1 ", "ACR_VALUES": "two", "SUBJECT": "oid"}
    environment = base | {f"{prefix}_{name}": value for name, value in change.items()}
    [provider] = from_environment(environment, demo=False).values()
    assert (provider.assurance, provider.acr_values, provider.subject) == (
        (("acr", "two"), ("acrs", "c1")),
        "two",
        "oid",
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (UNILOGIN | {"SSO_UNILOGIN_ISSUER": "http://broker.example"}, "SSO_UNILOGIN_ISSUER must begin with https://."),
        (UNILOGIN | {"SSO_UNILOGIN_ISSUER": "broker.example"}, "SSO_UNILOGIN_ISSUER must begin with https://."),
        (UNILOGIN | {"SSO_UNILOGIN_ISSUER": " "}, "SSO_UNILOGIN_ISSUER is missing."),
        ({"SSO_UNILOGIN_CLIENT_ID": "us"}, "SSO_UNILOGIN_ISSUER and SSO_UNILOGIN_CLIENT_SECRET is missing."),
        (ENTRA | {"SSO_ENTRA_CLIENT_SECRET": ""}, "SSO_ENTRA_CLIENT_SECRET is missing."),
        *(
            (ENTRA | {"SSO_ENTRA_TENANT": shared}, "SSO_ENTRA_TENANT must be the tenant's own id")
            for shared in ("common", "organizations", "consumers", "sundby.example", f"{TENANT}/../common", "x")
        ),
        *(
            (ENTRA | {"SSO_ENTRA_ASSURANCE": odd}, "SSO_ENTRA_ASSURANCE is not claim=value. The default is amr=mfa.")
            for odd in ("amr", "amr=", "=mfa", ",", "amr=mfa,", "none")
        ),
    ],
)
def test_half_and_unsafe_settings_refused(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        from_environment(environment, demo=False)
    assert str(refused.value).startswith(sentence)
    assert "hemmelig" not in str(refused.value)


def test_start_refused_in_the_demo() -> None:
    result = start(DEMO | ENTRA, "import guide.settings")
    assert (result.returncode, "Demo mode has no single sign-on." in result.stderr) == (1, True)
    assert "hemmelig" not in result.stderr


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://broker.example/x", True),
        ("http://127.0.0.1:1/o", True),
        ("http://localhost:1", True),
        ("http://[::1]:1/", True),
        ("http://broker.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost@evil.example", False),
        ("https://", False),
        ("ftp://127.0.0.1", False),
        ("file:///etc/passwd", False),
        ("//broker.example", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_plain_http_on_this_machine_only(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
