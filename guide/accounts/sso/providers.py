"""The providers of single sign-on, read from the environment; none without variables.

Unilogin's broker sends no e-mail, and EnFaktor or ToFaktor in `unilogin_loa`. Entra ID names the ways a user was
checked in `amr`; `mfa` is among them when there was more than one. Both are from public material and not tried against
the real service, so each can be set by a variable. With a wrong value every login is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TENANT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ENTRA: Final = "https://login.microsoftonline.com/{tenant}/v2.0"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Provider:
    """One OpenID provider.

    `assurance` holds (claim, value) pairs: one that the signed token carries shows two factors. `acr_values` asks
    the provider for that level. `subject` names the claim that identifies one person permanently.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    assurance: tuple[tuple[str, str], ...]
    scope: str = "openid"
    subject: str = "sub"
    acr_values: str = ""


def from_environment(environment: Mapping[str, str], demo: bool) -> dict[str, Provider]:
    """Return the providers that are switched on, by key. Raises ImproperlyConfigured for an unsafe set-up."""
    found = [_unilogin(environment), _entra(environment)]
    switched_on = {provider.key: provider for provider in found if provider}
    if demo and switched_on:
        raise ImproperlyConfigured("Demo mode has no single sign-on. Leave SSO_… empty, or leave demo mode.")
    return switched_on


def _unilogin(environment: Mapping[str, str]) -> Provider | None:
    values = _whole(environment, "SSO_UNILOGIN", ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"))
    if values is None:
        return None
    if not is_safe(values[0]):
        raise ImproperlyConfigured("SSO_UNILOGIN_ISSUER must begin with https://.")
    return _provider(environment, "SSO_UNILOGIN", "unilogin", "Unilogin", values, "openid", "unilogin_loa=ToFaktor")


def _entra(environment: Mapping[str, str]) -> Provider | None:
    values = _whole(environment, "SSO_ENTRA", ("TENANT", "CLIENT_ID", "CLIENT_SECRET"))
    if values is None:
        return None
    tenant, *client = values
    if not _TENANT.fullmatch(tenant):
        raise ImproperlyConfigured(
            "SSO_ENTRA_TENANT must be the tenant's own id, like 00000000-0000-0000-0000-000000000000: "
            "the shared names let in people of every tenant."
        )
    values = [_ENTRA.format(tenant=tenant.lower()), *client]
    return _provider(environment, "SSO_ENTRA", "entra", "Microsoft", values, "openid email", "amr=mfa")


def _provider(
    environment: Mapping[str, str], prefix: str, key: str, name: str, values: list[str], scope: str, assurance: str
) -> Provider:
    """Return the provider; ``values`` are issuer, client id and secret, ``assurance`` the default of its variable."""
    issuer, client_id, secret = values
    return Provider(
        key=key,
        name=name,
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        assurance=_assurance(environment, prefix, assurance),
        scope=scope,
        subject=_read(environment, f"{prefix}_SUBJECT") or "sub",
        acr_values=_read(environment, f"{prefix}_ACR_VALUES"),
    )


def is_safe(url: str) -> bool:
    """Return whether it is https, or plain http on this machine (where tests run a provider)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _read(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "").strip()


def _whole(environment: Mapping[str, str], prefix: str, parts: tuple[str, ...]) -> list[str] | None:
    """Return the values of all variables, None when none is set. Raises ImproperlyConfigured for some of them."""
    names = [f"{prefix}_{part}" for part in parts]
    values = [_read(environment, name) for name in names]
    if not any(values):
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise ImproperlyConfigured(f"{' and '.join(missing)} is missing. Set all of {', '.join(names)}, or none.")
    return values


def _assurance(environment: Mapping[str, str], prefix: str, default: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of `claim=value,claim=value`; an empty list is refused."""
    pairs = []
    for part in (_read(environment, f"{prefix}_ASSURANCE") or default).split(","):
        claim, _, value = (piece.strip() for piece in part.partition("="))
        if not claim or not value:
            raise ImproperlyConfigured(f"{prefix}_ASSURANCE is not claim=value. The default is {default}.")
        pairs.append((claim, value))
    return tuple(pairs)
