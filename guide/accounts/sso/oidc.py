"""Request and validate the ID token of an OpenID provider (OpenID Connect Core 1.0, 3.1.3.7).

Nothing is remembered between two logins: a key that the provider has withdrawn is refused from the next one on.
"""

from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import quote

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.utils.crypto import constant_time_compare

from cases.models import User
from guide.accounts.sso.providers import Provider, is_safe

# Only this one: with "none" or a shared-secret algorithm the public key would be enough to sign.
_ALGORITHM: Final = "RS256"
_SMALLEST_KEY_BITS: Final = 2048
_REQUIRED: Final = ["iss", "sub", "aud", "exp", "iat", "nonce"]
# How far two clocks may differ, and how long a response may take.
_SKEW_SECONDS: Final = 60
_TIMEOUT_SECONDS: Final = 5


class TokenRefused(Exception):
    """The login is refused. `why` is a key, never text; `user` and `subject` are set when known."""

    def __init__(self, why: str, *, user: User | None = None, subject: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.user = user
        self.subject = subject


@dataclass(frozen=True)
class Endpoints:
    """A provider's addresses by its metadata (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    secret_in_form: bool
    names_itself: bool


def endpoints(provider: Provider) -> Endpoints:
    """Return the provider's addresses; raises TokenRefused when it is unreachable or has another issuer."""
    found = _ask("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise TokenRefused("provider")
    return Endpoints(
        authorization=_address(found, "authorization_endpoint"),
        token=_address(found, "token_endpoint"),
        keys=_address(found, "jwks_uri"),
        secret_in_form="client_secret_post" in (found.get("token_endpoint_auth_methods_supported") or []),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(found: dict[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise TokenRefused("provider")
    return address


def exchange(provider: Provider, place: Endpoints, code: str, verifier: str, redirect_uri: str) -> str:
    """Return the ID token for the code, undecoded; raises TokenRefused when the provider sends none."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    login = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
    if place.secret_in_form:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
        answer = _ask("POST", place.token, data=form)
    else:
        answer = _ask("POST", place.token, data=form, auth=login)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise TokenRefused("provider")
    return token


def verified(provider: Provider, place: Endpoints, token: str, nonce: str) -> dict[str, Any]:
    """Return the claims of a valid token of this provider for this login. Raises TokenRefused for any other."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(place, jwt.get_unverified_header(token).get("kid")),
            algorithms=[_ALGORITHM],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=_SKEW_SECONDS,
            options={"require": _REQUIRED},
        )
    except jwt.PyJWTError as fault:
        raise TokenRefused("token") from fault
    audience = claims["aud"]
    meant_for = claims.get("azp", provider.client_id if isinstance(audience, str) or len(audience) == 1 else None)
    if meant_for != provider.client_id or not constant_time_compare(str(claims["nonce"]), nonce):
        raise TokenRefused("token")
    return claims


def _key(place: Endpoints, key_id: str | None) -> RSAPublicKey:
    """Return the provider's published signing key of that name, or its only one when the token names none."""
    published = _ask("GET", place.keys).get("keys")
    fitting = [
        entry
        for entry in (published if isinstance(published, list) else [])
        if isinstance(entry, dict)
        and entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", _ALGORITHM) == _ALGORITHM
        and key_id in (None, entry.get("kid"))
    ]
    if len(fitting) != 1:
        raise TokenRefused("token")
    key = jwt.PyJWK(fitting[0], algorithm=_ALGORITHM).key
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY_BITS:
        raise TokenRefused("token")
    return key


@cache
def _authorities() -> SSLContext:
    """Return the trusted certificate authorities; cached, because reading them takes longer than a request."""
    return httpx.create_ssl_context()


def _ask(method: str, url: str, **extra: Any) -> dict[str, Any]:
    """Return the JSON object at the address, without following redirects. Raises TokenRefused."""
    try:
        response = httpx.request(
            method, url, timeout=_TIMEOUT_SECONDS, follow_redirects=False, verify=_authorities(), **extra
        )
        answer = response.json() if response.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        answer = None
    if not isinstance(answer, dict):
        raise TokenRefused("provider")
    return answer
