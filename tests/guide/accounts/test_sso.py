"""Single sign-on against a real provider on loopback (tests/provider), with somebody between it and us where needed."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as product
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import AuditEvent, User
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.accounts.sso import views
from guide.accounts.sso.providers import Provider
from guide.models import SingleSignOn
from tests.factories import behind
from tests.guide.conftest import PASSWORD

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

Json = dict[str, Any]
BEGIN = "/konto/sso/unilogin/"
BACK = "/konto/sso/unilogin/retur/"
PROVEN: Json = {
    "sub": "s-1",
    "email": "lis@sundby.example",
    "email_verified": True,
    "unilogin_loa": "ToFaktor",
}


@dataclass(frozen=True)
class OpenID:
    """The provider that runs, and the folder in which it finds its claims."""

    issuer: str
    client: str
    secret: str
    key: str
    folder: Path

    def says(self, person: str = "lis", /, **claims: object) -> None:
        (self.folder / f"{person}.json").write_text(json.dumps(claims))


@pytest.fixture(scope="module")
def openid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenID]:
    folder = tmp_path_factory.mktemp("provider")
    backs = [f"http://testserver/konto/sso/{key}/retur/" for key in ("unilogin", "entra")]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.provider", str(folder), *backs], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield OpenID(**json.loads(process.stdout.readline()), folder=folder)
        process.terminate()


@pytest.fixture(autouse=True)
def unilogin(openid: OpenID, settings, staff: User) -> Provider:
    cache.clear()
    provider = Provider(
        key="unilogin",
        name="Unilogin",
        issuer=openid.issuer,
        client_id=openid.client,
        client_secret=openid.secret,
        assurance=(("unilogin_loa", "ToFaktor"), ("amr", "mfa")),
        scope="openid email",
    )
    settings.SSO_PROVIDERS = {"unilogin": provider, "entra": replace(provider, key="entra", name="Microsoft")}
    openid.says(**PROVEN)
    return provider


def begin(client: Client, path: str = BEGIN, **query: str) -> str:
    """Click on the link; return the provider's address that the browser is sent to."""
    response = client.get(path, query)
    assert response.status_code == 302, response.text
    return str(response["Location"])


def at_provider(address: str, person: str = "lis") -> str:
    """Log in there; return the address that the browser is sent back to."""
    response = httpx.get(f"{address}&{urlencode({'person': person})}", verify=False)  # noqa: S501
    assert response.status_code == 302, response.text
    parts = urlsplit(response.headers["Location"])
    return f"{parts.path}?{parts.query}"


def log_in(client: Client, **query: str):
    return client.get(at_provider(begin(client, **query)))


def is_in(client: Client) -> bool:
    return client.get("/sager/").status_code == 200


def assert_refused(client: Client, response: Any, why: str) -> None:
    """A plain page that says why, the reason in the access log, nobody logged in and nobody made or tied."""
    assert response.status_code == 403
    assert str(views._SENTENCES[why]) in response.text
    assert AuditEvent.objects.order_by("seq").last().detail == f"sso.unilogin.{why}"
    assert not is_in(client)
    assert User.objects.count() == 1


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[Json], Json]], None]:
    """Somebody between the provider and us: changes the JSON of answers from addresses that end so."""
    real = httpx.request

    def placed(ending: str, change: Callable[[Json], Json]) -> None:
        def request(method: str, url: str, **extra: Any) -> httpx.Response:
            answer = real(method, url, **extra)
            return httpx.Response(200, json=change(answer.json())) if url.endswith(ending) else answer

        monkeypatch.setattr(httpx, "request", request)

    return placed


# --- Who gets in -----------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_tie_that_was_forged_lets_nobody_in(client: Client, openid: OpenID, staff: User) -> None:
    behind(SingleSignOn).bulk_create([SingleSignOn(user=staff, issuer=openid.issuer, subject="s-1")])
    assert_refused(client, log_in(client), "locked")


@pytest.mark.both_engines
@pytest.mark.parametrize("forged", ["email", "tie"])
def test_account_that_was_changed_is_tied_to_nobody(forged: str, client: Client, openid: OpenID, staff: User) -> None:
    if forged == "email":
        openid.says(**PROVEN | {"email": "angriber@example.dk"})
        behind(User).filter(pk=staff.pk).update(email="angriber@example.dk")
    else:
        SingleSignOn.objects.create(user=staff, issuer=openid.issuer, subject="s-0")
        behind(SingleSignOn).all().delete()
    assert_refused(client, log_in(client), "locked")
    assert not SingleSignOn.objects.exists()


@pytest.mark.both_engines
def test_first_login_ties_the_subject_to_the_account_of_the_verified_address(
    client: Client, openid: OpenID, staff: User
) -> None:
    before = client.session.session_key
    response = log_in(client, next="/sager/?side=2")
    assert response["Location"] == "/sager/?side=2"
    assert client.get("/sager/").text == "private for Lis: "
    assert list(SingleSignOn.objects.values_list("user", "issuer", "subject")) == [(staff.pk, openid.issuer, "s-1")]
    assert client.session[SECOND_FACTOR_MARK] == str(staff.pk)
    assert client.cookies[product.DEVICE_COOKIE_NAME].value
    assert views.UNDER_WAY not in client.session
    assert client.session.session_key != before
    assert list(AuditEvent.objects.values_list("verb", "actor", "detail")) == [
        ("login", staff.public_id, "sso.unilogin")
    ]


@pytest.mark.both_engines
@pytest.mark.parametrize("email", [None, "another@sundby.example", "lis@sundby.example"])
def test_later_logins_go_by_subject_whatever_the_address(
    client: Client, openid: OpenID, staff: User, email: str | None
) -> None:
    SingleSignOn.objects.create(user=staff, issuer=openid.issuer, subject="s-1")
    openid.says(sub="s-1", unilogin_loa="ToFaktor", email=email)
    assert log_in(client)["Location"] == "/sager/"
    assert is_in(client)


@pytest.mark.both_engines
def test_address_compared_without_regard_to_case(client: Client, openid: OpenID) -> None:
    openid.says(**PROVEN | {"email": "Lis@Sundby.Example"})
    log_in(client)
    assert is_in(client)


@pytest.mark.parametrize("proof", [{"email_verified": True}, {"xms_edov": True}, {"xms_edov": "1"}, {"xms_edov": 1}])
def test_provider_may_vouch_for_the_address_in_two_ways(client: Client, openid: OpenID, proof: Json) -> None:
    openid.says(**{name: value for name, value in PROVEN.items() if name != "email_verified"}, **proof)
    log_in(client)
    assert is_in(client)


@pytest.mark.parametrize(
    "said", [{"unilogin_loa": "ToFaktor"}, {"amr": ["pwd", "mfa"]}, {"amr": "mfa"}, {"unilogin_loa": ["ToFaktor"]}]
)
def test_either_claim_of_two_factors_is_enough(client: Client, openid: OpenID, said: Json) -> None:
    openid.says(sub="s-1", email="lis@sundby.example", email_verified=True, **said)
    log_in(client)
    assert is_in(client)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"unilogin_loa": "EnFaktor"},
        {"unilogin_loa": "tofaktor"},
        {"unilogin_loa": "ToFaktorX"},
        {"unilogin_loa": "EnFaktor ToFaktor"},
        {"unilogin_loa": {"ToFaktor": True}},
        {"unilogin_loa": None},
        {"amr": ["pwd"]},
        {"amr": []},
        {"amr": ["mfax"]},
        {"amr": "pwd mfa"},
        {"acr": "ToFaktor"},
        {"loa": "mfa"},
    ],
)
@pytest.mark.one_engine
@pytest.mark.parametrize("tied", [True, False])
def test_one_factor_is_refused_though_the_person_is_known(
    client: Client, openid: OpenID, staff: User, said: Json, tied: bool
) -> None:
    if tied:
        SingleSignOn.objects.create(user=staff, issuer=openid.issuer, subject="s-1")
    openid.says(sub="s-1", email="lis@sundby.example", email_verified=True, **said)
    assert_refused(client, log_in(client), "assurance")
    assert SingleSignOn.objects.count() == tied


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"email_verified": False}, "email"),
        ({"email_verified": "false"}, "email"),
        ({"email_verified": None}, "email"),
        ({"email_verified": ["true"]}, "email"),
        ({"email_verified": False, "xms_edov": False}, "email"),
        ({"email_verified": False, "xms_edov": "0"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "lis\x00@sundby.example"}, "email"),
        # Turns into an ordinary k in lower case, as in lis@kommune.
        ({"email": "lis@sundby.e\u212aample"}, "email"),
        ({"email": "nobody@sundby.example"}, "unknown"),
        ({"email": ["lis@sundby.example"]}, "unknown"),
        ({"email": ""}, "unknown"),
        ({"email": None}, "unknown"),
        ({"sub": "x" * 256}, "token"),
        ({"sub": "s\x00"}, "token"),
    ],
)
def test_who_is_not_known_for_certain_is_refused(client: Client, openid: OpenID, change: Json, why: str) -> None:
    openid.says(**PROVEN | change)
    assert_refused(client, log_in(client), why)
    assert not SingleSignOn.objects.exists()


@pytest.mark.parametrize("tied", ["s-1", "s-2", None])
def test_closed_account_is_refused_in_the_words_for_an_unknown_one(
    client: Client, openid: OpenID, staff: User, tied: str | None
) -> None:
    if tied:
        SingleSignOn.objects.create(user=staff, issuer=openid.issuer, subject=tied)
    staff.is_active = False
    staff.save()
    assert_refused(client, log_in(client), "unknown")


def test_next_holder_of_an_address_does_not_inherit_the_account(client: Client, openid: OpenID) -> None:
    log_in(Client())
    openid.says(**PROVEN | {"sub": "s-2"})
    assert_refused(client, log_in(client), "taken")
    assert SingleSignOn.objects.get().subject == "s-1"


def test_same_subject_at_another_issuer_is_another_person(client: Client, openid: OpenID, staff: User) -> None:
    SingleSignOn.objects.create(user=staff, issuer="https://other.example", subject="s-1")
    openid.says(sub="s-1", unilogin_loa="ToFaktor")
    assert_refused(client, log_in(client), "unknown")


def test_unknown_person_is_told_the_code_for_the_administrator(client: Client, openid: OpenID) -> None:
    openid.says(sub="s<9>", unilogin_loa="ToFaktor")
    assert "<code>s&lt;9&gt;</code>" in log_in(client).text


def test_other_claim_may_name_the_person(client: Client, openid: OpenID, settings, staff: User) -> None:
    settings.SSO_PROVIDERS = {"unilogin": replace(settings.SSO_PROVIDERS["unilogin"], subject="uniid")}
    SingleSignOn.objects.create(user=staff, issuer=openid.issuer, subject="0123456789")
    openid.says(sub="s-1", uniid="0123456789", unilogin_loa="ToFaktor")
    log_in(client)
    assert is_in(client)


@pytest.mark.both_engines
def test_one_user_one_subject_held_by_the_database(staff: User, administrator: User) -> None:
    SingleSignOn.objects.create(user=staff, issuer="i", subject="s")
    for user, subject in ((administrator, "s"), (staff, "t")):
        with pytest.raises(IntegrityError), transaction.atomic():
            SingleSignOn.objects.create(user=user, issuer="i", subject=subject)


def test_who_was_logged_in_before_is_out(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    old = client.session.session_key
    log_in(client)
    assert client.get("/sager/").text == "private for Lis: "
    assert not client.session.exists(old)


# --- Whether the token is proven -------------------------------------------------------------------------------------


def segment(part: Json | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims_of(token: str) -> Json:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def resigned(openid: OpenID, change: Callable[[Json], Json]) -> Callable[[Json], Json]:
    """The provider's own signature under other claims: each check must stand for itself."""

    def changed(answer: Json) -> Json:
        token = answer["id_token"]
        headers = {"kid": jwt.get_unverified_header(token)["kid"]}
        claims = json.dumps(change(claims_of(token))).encode()
        return answer | {"id_token": jwt.PyJWS().encode(claims, openid.key, "RS256", headers)}

    return changed


def without(name: str) -> Callable[[Json], Json]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def with_(**change: object) -> Callable[[Json], Json]:
    return lambda claims: claims | change


@pytest.mark.parametrize(
    "change",
    [
        with_(aud="another"),
        with_(aud=["another"]),
        with_(aud=["handlekort", "another"]),
        with_(aud=["handlekort", "another"], azp="another"),
        with_(azp="another"),
        with_(aud=""),
        with_(aud=[]),
        with_(iss="https://evil.example"),
        lambda claims: claims | {"iss": claims["iss"] + "/"},
        with_(iss=None),
        lambda claims: claims | {"exp": int(time.time()) - 61},
        lambda claims: claims | {"iat": int(time.time()) + 70},
        lambda claims: claims | {"nbf": int(time.time()) + 70},
        with_(exp="soon"),
        with_(nonce="another"),
        with_(nonce=""),
        with_(nonce=None),
        with_(sub=7),
        with_(sub=""),
        *(without(name) for name in ("iss", "sub", "aud", "exp", "iat", "nonce")),
    ],
)
@pytest.mark.one_engine
def test_signed_token_with_wrong_claims_refused(client: Client, openid: OpenID, between, change) -> None:
    between("/token/", resigned(openid, change))
    assert_refused(client, log_in(client), "token")


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims,
        lambda claims: claims | {"exp": int(time.time()) - 50},
        lambda claims: claims | {"iat": int(time.time()) + 50},
        with_(aud=["handlekort"]),
        with_(aud=["handlekort", "another"], azp="handlekort"),
    ],
)
def test_signed_token_within_the_rules_accepted(client: Client, openid: OpenID, between, change) -> None:
    between("/token/", resigned(openid, change))
    log_in(client)
    assert is_in(client)


def public_pem(openid: OpenID) -> bytes:
    key = serialization.load_pem_private_key(openid.key.encode(), None)
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def sealed_with_the_public_key(openid: OpenID, header: Json, claims: Json) -> str:
    signed = f"{segment(header | {'alg': 'HS256'})}.{segment(claims)}"
    return f"{signed}.{segment(hmac.new(public_pem(openid), signed.encode(), hashlib.sha256).digest())}"


def sealed_with_the_secret(openid: OpenID, header: Json, claims: Json) -> str:
    signed = f"{segment(header | {'alg': 'HS256'})}.{segment(claims)}"
    return f"{signed}.{segment(hmac.new(openid.secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def signed_by_a_stranger(openid: OpenID, header: Json, claims: Json) -> str:
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", {"kid": header["kid"]})


FORGERIES: dict[str, Callable[[OpenID, Json, Json], str]] = {
    "alg none": lambda _, header, claims: f"{segment(header | {'alg': 'none'})}.{segment(claims)}.",
    "alg None": lambda _, header, claims: f"{segment(header | {'alg': 'None'})}.{segment(claims)}.",
    "signature left out": lambda _, header, claims: f"{segment(header)}.{segment(claims)}.",
    "public key as secret": sealed_with_the_public_key,
    "client secret as key": sealed_with_the_secret,
    "stranger's key": signed_by_a_stranger,
    "other algorithm": lambda openid, header, claims: jwt.encode(claims, openid.key, "RS512", {"kid": header["kid"]}),
    "other padding": lambda openid, header, claims: jwt.encode(claims, openid.key, "PS256", {"kid": header["kid"]}),
    "unknown key": lambda openid, _, claims: jwt.encode(claims, openid.key, "RS256", {"kid": "another"}),
    "key in the token": lambda openid, header, claims: jwt.encode(
        claims,
        (key := rsa.generate_private_key(65537, 2048)),
        "RS256",
        {"kid": "own", "jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))},
    ),
    "not a token": lambda *_: "a.b.c",
    "empty": lambda *_: "",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_token_refused(client: Client, openid: OpenID, between, forge) -> None:
    def forged(answer: Json) -> Json:
        token = answer["id_token"]
        return answer | {"id_token": forge(openid, jwt.get_unverified_header(token), claims_of(token))}

    between("/token/", forged)
    assert_refused(client, log_in(client), "token")


def test_words_changed_under_a_genuine_signature_refused(client: Client, openid: OpenID, between) -> None:
    openid.says(**PROVEN | {"unilogin_loa": "EnFaktor"})

    def changed(answer: Json) -> Json:
        header, _, signature = answer["id_token"].split(".")
        claims = claims_of(answer["id_token"]) | {"unilogin_loa": "ToFaktor"}
        return answer | {"id_token": f"{header}.{segment(claims)}.{signature}"}

    between("/token/", changed)
    assert_refused(client, log_in(client), "token")


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: {},
        lambda keys: {"keys": []},
        lambda keys: {"keys": None},
        lambda keys: {"keys": ["x"]},
        lambda keys: {"keys": [keys["keys"][0] | {"use": "enc"}]},
        lambda keys: {"keys": [keys["keys"][0] | {"alg": "RS512"}]},
        lambda keys: {"keys": [keys["keys"][0] | {"kty": "oct", "k": "c2VjcmV0"}]},
        lambda keys: {"keys": [keys["keys"][0] | {"n": "!"}]},
        lambda keys: {"keys": keys["keys"] * 2},
    ],
)
def test_unfit_keys_prove_nothing(client: Client, between, change) -> None:
    between("/jwks.json", change)
    assert_refused(client, log_in(client), "token")


def test_key_that_is_too_short_proves_nothing(client: Client, between, openid: OpenID) -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505
    published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key())) | {"kid": "short"}
    real = httpx.request

    with pytest.MonkeyPatch.context() as patch:

        def request(method: str, url: str, **extra: Any) -> httpx.Response:
            answer = real(method, url, **extra)
            if url.endswith("/token/"):
                with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
                    token = jwt.encode(claims_of(answer.json()["id_token"]), short, "RS256", {"kid": "short"})
                return httpx.Response(200, json={"id_token": token})
            return httpx.Response(200, json={"keys": [published]}) if url.endswith("/jwks.json") else answer

        patch.setattr(httpx, "request", request)
        assert_refused(client, log_in(client), "token")


# --- Whether it is an answer to what this browser asked --------------------------------------------------------------


def test_request_asks_with_state_nonce_and_pkce(client: Client, openid: OpenID, settings) -> None:
    settings.SSO_PROVIDERS = {"unilogin": replace(settings.SSO_PROVIDERS["unilogin"], acr_values="two")}
    address = begin(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    [(state, attempt)] = client.session[views.UNDER_WAY].items()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt["verifier"].encode()).digest()).rstrip(b"=").decode()
    assert asked == {
        "response_type": "code",
        "client_id": "handlekort",
        "redirect_uri": "http://testserver" + BACK,
        "scope": "openid email",
        "state": state,
        "nonce": attempt["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": "two",
    }
    assert min(len(state), len(attempt["nonce"]), len(attempt["verifier"])) >= 43
    assert openid.secret not in address
    assert attempt["verifier"] not in address


def test_two_logins_share_nothing(client: Client) -> None:
    begin(client)
    begin(client)
    first, second = client.session[views.UNDER_WAY].values()
    assert not {first["nonce"], first["verifier"]} & {second["nonce"], second["verifier"]}


def test_only_so_many_tabs_at_once(client: Client) -> None:
    for _ in range(8):
        begin(client)
    assert len(client.session[views.UNDER_WAY]) == 5


def changed_query(address: str, **change: str | None) -> str:
    parts = urlsplit(address)
    query: dict[str, str | None] = {name: values[0] for name, values in parse_qs(parts.query).items()}
    query |= change
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value is not None})}"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": None}, "state"),
        ({"state": "another"}, "state"),
        ({"state": ""}, "state"),
        ({"code": None}, "provider"),
        ({"code": ""}, "provider"),
        ({"code": "another"}, "provider"),
        ({"iss": "https://evil.example"}, "token"),
        ({"iss": ""}, "token"),
        ({"error": "access_denied"}, "cancelled"),
        ({"error": "server_error"}, "provider"),
        ({"error": "<script>"}, "provider"),
    ],
)
def test_changed_answer_refused(client: Client, change: dict[str, str | None], why: str) -> None:
    address = changed_query(at_provider(begin(client)), **change)
    assert_refused(client, client.get(address), why)


def test_answer_with_the_right_issuer_accepted(client: Client, openid: OpenID) -> None:
    client.get(changed_query(at_provider(begin(client)), iss=openid.issuer))
    assert is_in(client)


def test_provider_that_names_itself_must_do_so(client: Client, between) -> None:
    between("/openid-configuration", lambda found: found | {"authorization_response_iss_parameter_supported": True})
    assert_refused(client, log_in(client), "token")


def test_answer_in_another_browser_refused(client: Client) -> None:
    assert_refused(client, client.get(at_provider(begin(Client()))), "state")


def test_answer_of_the_other_provider_refused(client: Client) -> None:
    address = at_provider(begin(client, "/konto/sso/entra/"))
    assert_refused(client, client.get(address.replace("/entra/", "/unilogin/")), "state")


def test_answer_counts_once(client: Client) -> None:
    address = at_provider(begin(client))
    client.get(address)
    client.post("/konto/logout/")
    assert_refused(client, client.get(address), "state")


def test_answer_counts_once_though_it_failed(client: Client, openid: OpenID) -> None:
    openid.says(**PROVEN | {"unilogin_loa": "EnFaktor"})
    address = at_provider(begin(client))
    client.get(address)
    openid.says(**PROVEN)
    assert_refused(client, client.get(address), "state")


def test_answer_after_ten_minutes_refused(client: Client, time_machine) -> None:
    time_machine.move_to(time.time(), tick=True)
    address = at_provider(begin(client))
    time_machine.shift(601)
    assert_refused(client, client.get(address), "state")


def test_spent_code_buys_nothing(client: Client) -> None:
    owner = Client()
    spent = at_provider(begin(owner))
    owner.get(spent)
    assert is_in(owner)
    own = at_provider(begin(client))
    code = parse_qs(urlsplit(spent).query)["code"][0]
    assert_refused(client, client.get(changed_query(own, code=code)), "provider")


def test_stolen_code_buys_nothing_without_its_verifier(client: Client) -> None:
    stolen = parse_qs(urlsplit(at_provider(begin(Client()))).query)["code"][0]
    own = at_provider(begin(client))
    assert_refused(client, client.get(changed_query(own, code=stolen)), "provider")


# --- The way there and on --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/sager/?side=2", "/sager/?side=2"),
        ("", "/sager/"),
        ("https://evil.example/", "/sager/"),
        ("no-path", "/sager/"),
        ("sag", "/sager/"),
        ("//evil.example/", "/sager/"),
        ("///evil.example/", "/sager/"),
        ("/\\evil.example/", "/sager/"),
        ("\\\\evil.example", "/sager/"),
        ("/\t/evil.example/", "/sager/"),
        ("\x01//evil.example", "/sager/"),
        (" //evil.example", "/sager/"),
        ("javascript:alert(1)", "/sager/"),
        ("http:evil.example", "/sager/"),
        ("https:///evil.example", "/sager/"),
        ("http://testserver/sager/", "/sager/"),
        ("/" + "x" * 2000, "/sager/"),
    ],
)
def test_way_on_stays_on_the_site(client: Client, wanted: str, location: str) -> None:
    assert log_in(client, next=wanted)["Location"] == location


def test_login_page_offers_what_is_switched_on(client: Client, settings) -> None:
    page = client.get("/konto/login/?next=/sager/%3Fside%3D2").text
    assert 'href="/konto/sso/unilogin/?next=/sager/%3Fside%3D2"' in page
    assert "Log ind med Microsoft" in page
    settings.SSO_PROVIDERS = {}
    assert "/konto/sso/" not in client.get("/konto/login/").text


@pytest.mark.parametrize("path", [BEGIN, BACK, "/konto/sso/another/", "/konto/sso/another/retur/"])
def test_what_is_switched_off_is_not_there(client: Client, settings, path: str) -> None:
    settings.SSO_PROVIDERS = {}
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [BEGIN, BACK])
def test_nothing_is_posted(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://provider.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://provider.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"token_endpoint": "http://[::1"},
    ],
)
def test_provider_that_is_not_itself_or_not_safe_is_not_asked(client: Client, between, change: Json) -> None:
    between("/openid-configuration", lambda found: found | change)
    assert_refused(client, client.get(BEGIN), "provider")


def test_provider_out_of_reach_gets_a_sentence(client: Client, settings) -> None:
    settings.SSO_PROVIDERS = {"unilogin": replace(settings.SSO_PROVIDERS["unilogin"], issuer="http://127.0.0.1:9/o")}
    assert_refused(client, client.get(BEGIN), "provider")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"access_token": "x"}),
        httpx.Response(200, json={"id_token": 7}),
        httpx.Response(500, json={}),
        httpx.Response(302, headers={"Location": "http://127.0.0.1:9/"}),
    ],
)
def test_odd_answer_for_the_code_gets_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch, answer: httpx.Response
) -> None:
    address = at_provider(begin(client))
    real = httpx.request
    monkeypatch.setattr(
        httpx, "request", lambda method, url, **extra: answer if "/token/" in url else real(method, url, **extra)
    )
    assert_refused(client, client.get(address), "provider")


def test_wrong_client_secret_gets_a_sentence(client: Client, settings) -> None:
    settings.SSO_PROVIDERS = {"unilogin": replace(settings.SSO_PROVIDERS["unilogin"], client_secret="another")}
    assert_refused(client, log_in(client), "provider")


def test_secret_goes_in_the_header_when_the_provider_takes_no_form(client: Client, between) -> None:
    between(
        "/openid-configuration",
        lambda found: found | {"token_endpoint_auth_methods_supported": ["client_secret_basic"]},
    )
    log_in(client)
    assert is_in(client)


@pytest.mark.parametrize("path", [BEGIN, BACK])
def test_knocking_from_one_address_ends(client: Client, path: str) -> None:
    statuses = [client.get(path, headers={"X-Forwarded-For": f"10.9.8.{n}"}).status_code for n in range(31)]
    assert 429 not in statuses[:30]
    assert statuses[30] == 429


# --- The account behind it -------------------------------------------------------------------------------------------

OWN_FACTOR = ["/konto/2fa/totp/activate/", "/konto/2fa/webauthn/add/", "/konto/2fa/recovery-codes/generate/"]


@pytest.mark.parametrize("path", OWN_FACTOR)
def test_who_has_no_password_here_cannot_leave_a_key_behind(client: Client, staff: User, path: str) -> None:
    staff.set_unusable_password()
    staff.save()
    log_in(client)
    response = client.get(path)
    assert response.status_code == 403
    assert "Du logger ind hos en anden tjeneste" in response.text
    assert client.post(path, {"code": "000000"}).status_code == 403


def test_who_has_a_password_too_may_set_up_a_phone(client: Client) -> None:
    log_in(client)
    assert client.get("/konto/2fa/totp/activate/").status_code == 200
    client.post("/konto/logout/")
    client.post("/konto/login/", {"login": "lis@sundby.example", "password": PASSWORD})
    assert client.get("/sager/")["Location"] == "/konto/2fa/"


@pytest.mark.both_engines
def test_administrator_ties_a_code_to_a_user_and_takes_it_away(
    client: Client, administrator: User, staff: User, openid: OpenID
) -> None:
    client.force_login(administrator)
    page = client.get("/admin/guide/singlesignon/add/").text
    assert f'<option value="{openid.issuer}"' in page
    add = {"user": staff.pk, "issuer": openid.issuer, "subject": "s-9"}
    assert client.post("/admin/guide/singlesignon/add/", add).status_code == 302
    assert client.post("/admin/guide/singlesignon/add/", add | {"issuer": "https://evil.example"}).status_code == 200
    tied = SingleSignOn.objects.get()
    assert (tied.user, tied.subject) == (staff, "s-9")
    client.post(f"/admin/guide/singlesignon/{tied.pk}/change/", add | {"user": administrator.pk})
    assert SingleSignOn.objects.get().user == staff
    client.post(f"/admin/guide/singlesignon/{tied.pk}/delete/", {"post": "yes"})
    assert not SingleSignOn.objects.exists()
