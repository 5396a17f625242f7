"""Passkeys: a real one works, and whatever else is sent as one is refused like a wrong one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from cases.models import User
from tests.guide.accounts.test_login import give_password
from tests.guide.conftest import PASSWORD
from tests.guide.page_reader import read
from tests.guide.software_key import SoftwareKey

pytestmark = pytest.mark.django_db

SENTENCE = "Adgangsnøglen blev ikke godkendt. Prøv igen"
DEEP, ENDLESS = "[" * 20_000, "9" * 5000


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def asked(client: Client, page: str) -> dict[str, Any]:
    """The challenge that the page holds for the browser."""
    text = client.get(page).text
    found = text.partition('<script id="js_data" type="application/json">')[2].partition("</script>")[0]
    options: dict[str, Any] = next(iter(json.loads(found).values()))
    return options


def asked_at_login(client: Client) -> dict[str, Any]:
    answer = client.get("/konto/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"})
    options: dict[str, Any] = answer.json()["request_options"]
    return options


def owner_of(staff: User) -> Client:
    """Somebody who has just given the password, as the pages ask for before a new key."""
    client = Client()
    client.force_login(staff)
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    return client


def add(client: Client, credential: Any, name: str = "Min nøgle") -> Any:
    typed = credential if isinstance(credential, str) else json.dumps(credential)
    return client.post("/konto/2fa/webauthn/add/", {"name": name, "credential": typed, "passwordless": "on"})


def added(staff: User) -> SoftwareKey:
    client, key = owner_of(staff), SoftwareKey()
    assert add(client, key.register(asked(client, "/konto/2fa/webauthn/add/"))).status_code == 302
    return key


def test_key_is_added_and_opens_the_door(staff: User) -> None:
    key, client = added(staff), Client()
    assert Authenticator.objects.get(type="webauthn").data["name"] == "Min nøgle"
    proof = key.sign(asked_at_login(client))
    client.post("/konto/2fa/webauthn/login/", {"credential": json.dumps(proof)})
    assert client.get("/sager/").status_code == 200
    assert client.cookies[settings.DEVICE_COOKIE_NAME].value


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("010203-1234", "CPR-nummer"),
        ("Almas 010203 1234", "CPR-nummer"),
        ("data:image/png;base64,AAAA", "billeder"),
        ("x" * 101, "100 tegn"),
    ],
)
def test_name_of_a_key_is_a_text_like_any_other(staff: User, name: str, words: str) -> None:
    client = owner_of(staff)
    refused = add(client, SoftwareKey().register(asked(client, "/konto/2fa/webauthn/add/")), name)
    assert words in refused.text
    assert not Authenticator.objects.exists()
    key = SoftwareKey()
    assert add(client, key.register(asked(client, "/konto/2fa/webauthn/add/"))).status_code == 302
    kept = Authenticator.objects.get(type="webauthn")
    page = f"/konto/2fa/webauthn/keys/{kept.pk}/edit/"
    assert words in client.post(page, {"name": name}).text
    kept.refresh_from_db()
    assert kept.data["name"] == "Min nøgle"
    assert client.post(page, {"name": "Min bærbare"}).status_code == 302
    kept.refresh_from_db()
    assert kept.data["name"] == "Min bærbare"


def test_key_as_the_second_factor_and_once_more(staff: User) -> None:
    key, client = added(staff), Client()
    give_password(client, staff)
    proof = key.sign(asked(client, "/konto/2fa/authenticate/"))
    client.post("/konto/2fa/authenticate/", {"credential": json.dumps(proof)})
    assert client.get("/sager/").status_code == 200
    again = key.sign(asked(client, "/konto/2fa/webauthn/reauthenticate/"))
    answer = client.post("/konto/2fa/webauthn/reauthenticate/", {"credential": json.dumps(again)})
    assert answer["Location"] == "/sager/"


# What may be sent in any shape without making the proof another one.
NO_PART_OF_THE_PROOF = {"clientExtensionResults", "type"}


def broken(good: dict[str, Any]) -> dict[str, Any]:
    """What is sent instead of a good answer: from a slip to an attack."""
    response = good["response"]
    values = [None, -1, "", "æ", "A" * 7, [[]], {"a": {}}, True]
    found = {f"{name} = {value!r}": {**good, name: value} for name in good for value in values}
    found |= {
        f"response {name} = {value!r}": {**good, "response": {**response, name: value}}
        for name in response
        for value in values
    }
    found |= {f"{name} missing": {n: v for n, v in good.items() if n != name} for name in good if name != "id"}
    found |= {
        f"response {name} missing": {**good, "response": {n: v for n, v in response.items() if n != name}}
        for name in response
    }
    # What should be CBOR: arrays in arrays, a map with a map for a key, a text that is none.
    for what, cbor in {"deep": "gYGB" * 900, "odd key": "oaCg", "no text": "Yf8"}.items():
        for name in {"attestationObject", "authenticatorData"} & set(response):
            found[f"{name}: {what}"] = {**good, "response": {**response, name: cbor}}
    return found


NO_OBJECT = {
    "deep": DEEP,
    "deep in an object": '{"id":' * 3_000,
    "deep and closed": '{"id":' * 900 + "1" + "}" * 900,
    "many digits": ENDLESS,
    "many digits in an object": f'{{"id": {ENDLESS}}}',
    "only an id": '{"id": "x"}',
    "nothing": "",
    "null": "null",
    "a text": '"x"',
    "a list": "[1]",
    "no JSON": "{'a': 1}",
    "long": json.dumps({"id": "x" * 50_000}),
}


def says_not_approved(html: str) -> bool:
    """Whether the sentence is shown, and not only kept for the script to show."""
    told = read(html).having(data_noegle_fejl="")
    return any(one.words.startswith(SENTENCE) for one in told if "hidden" not in one.attributes)


def refused(client: Client, path: str, typed: str) -> None:
    """Sent, answered as a wrong one, and nobody is let in."""
    answer = client.post(path, {"credential": typed})
    assert answer.status_code in {200, 302}, typed[:80]
    shown = answer.text if answer.status_code == 200 else client.get("/konto/login/").text
    if answer.status_code == 200:
        assert says_not_approved(shown), typed[:80]
    assert not typed or typed not in shown
    cache.clear()


WAYS: dict[str, Callable[[Client, User], Any]] = {
    "/konto/2fa/webauthn/login/": lambda client, user: None,
    "/konto/2fa/authenticate/": give_password,
    "/konto/2fa/webauthn/reauthenticate/": lambda client, user: client.force_login(user),
}


@pytest.mark.parametrize("path", WAYS)
def test_broken_credential_is_a_wrong_one(path: str, staff: User) -> None:
    key, client = added(staff), Client()
    WAYS[path](client, staff)
    ask = asked_at_login if path.endswith("login/") else lambda visitor: asked(visitor, path)
    for typed in NO_OBJECT.values():
        refused(client, path, typed)
    for what, credential in broken(key.sign(ask(client))).items():
        if what.split()[0] not in NO_PART_OF_THE_PROOF and not (user_is_known(path) and "userHandle" in what):
            refused(client, path, json.dumps(credential))
    if path != "/konto/2fa/webauthn/reauthenticate/":
        assert client.get("/sager/").status_code == 302


def user_is_known(path: str) -> bool:
    """Whether the credential has nobody to name."""
    return path != "/konto/2fa/webauthn/login/"


def test_signature_of_another_key(staff: User) -> None:
    key, client = added(staff), Client()
    other = SoftwareKey(number=b"\x09" * 16)
    other.number, other.handle = key.number, key.handle
    client.post("/konto/2fa/webauthn/login/", {"credential": json.dumps(other.sign(asked_at_login(client)))})
    told = client.get("/konto/login/").text
    assert told.count(SENTENCE) == Client().get("/konto/login/").text.count(SENTENCE) + 1
    assert client.get("/sager/").status_code == 302


def test_broken_new_key_is_not_kept(staff: User) -> None:
    client = owner_of(staff)
    key = SoftwareKey()
    for what in [*NO_OBJECT, *broken(key.register(asked(client, "/konto/2fa/webauthn/add/")))]:
        good = key.register(asked(client, "/konto/2fa/webauthn/add/"))
        answer = add(client, {**NO_OBJECT, **broken(good)}[what])
        kept = Authenticator.objects.filter(type="webauthn")
        if answer.status_code == 302:
            # What is kept can be shown.
            assert client.get("/konto/2fa/webauthn/").status_code == 200, what
            kept.delete()
        else:
            assert (answer.status_code, kept.count()) == (200, 0), what


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", float("nan"), float("inf")])
def test_what_no_database_keeps_is_refused(odd: Any, staff: User) -> None:
    """Beside what is read of a credential all of it is kept."""
    client = owner_of(staff)
    good = SoftwareKey().register(asked(client, "/konto/2fa/webauthn/add/"))
    answer = add(client, {**good, "beside": odd})
    assert answer.status_code == 200
    assert says_not_approved(answer.text)
    assert not Authenticator.objects.filter(type="webauthn").exists()
