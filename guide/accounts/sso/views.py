"""Single sign-on by a provider of the municipality, with a signed token only.

The authorization code flow of OpenID Connect Core 1.0 (section 3.1) with PKCE (RFC 7636). No user is created here.
docs/decisions/013-single-sign-on.md says who may log in, and why.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.access import access_macs, audit_log
from cases.access.access_macs import AccessChanged
from cases.enums import AuditVerb
from cases.models import User
from guide.accounts.known_devices import remember_device
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.accounts.sso import oidc
from guide.accounts.sso.oidc import TokenRefused
from guide.accounts.sso.providers import Provider
from guide.models import SingleSignOn
from guide.web.redirects import is_local_path

UNDER_WAY: Final = "sso_under_way"
# How long a login at the provider may take, and in how many tabs.
_SECONDS_AWAY: Final = 600
_TABS: Final = 5
_LONGEST_NEXT: Final = 2000
_LONGEST_SUBJECT: Final = 255
# The standard's claim for a verified mail address, and Entra's for an address in a verified domain.
_VERIFIED_BY: Final = ("email_verified", "xms_edov")

_SENTENCES: Final = {
    "state": _("Det tog for lang tid, eller du begyndte i et andet vindue. Prøv igen."),
    "cancelled": _("Du afbrød, før du var logget ind. Prøv igen, når du er klar."),
    "provider": _("Der kom ikke et brugbart svar fra den tjeneste, du logger ind hos. Prøv igen om lidt."),
    "token": _("Login kunne ikke bekræftes, så du er ikke logget ind. Sig det til din administrator."),
    "assurance": _(
        "Svaret fortæller ikke, at du loggede ind med to trin, og det skal der til, fordi sagerne handler om børn. "
        "Log ind dér med to trin, eller spørg din administrator."
    ),
    "email": _("Din e-mail er ikke bekræftet af den tjeneste, du logger ind hos, og derfor kender vi dig ikke på den."),
    "unknown": _("Der er ingen aktiv konto til dig her. Konti oprettes af skolens eller kommunens administrator."),
    "locked": access_macs.ACCOUNT_LOCKED,
    "taken": _("Kontoen med din e-mail er knyttet til et andet login. Det kan kun din administrator ændre."),
}


@login_not_required
@require_GET
def begin(request: HttpRequest, provider_key: str) -> HttpResponse:
    """Redirect to the provider. By GET: the CSP blocks a form that is redirected to another site."""
    provider = _provider(provider_key)
    try:
        place = oidc.endpoints(provider)
    except TokenRefused as refusal:
        return _render_refusal(request, provider, refusal)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _part in range(3))
    under_way = sorted(_attempts(request).items(), key=lambda item: item[1]["at"])[1 - _TABS :]
    attempt = {
        "provider": provider.key,
        "nonce": nonce,
        "verifier": verifier,
        "next": _next_url(request),
        "at": int(time.time()),
    }
    request.session[UNDER_WAY] = {**dict(under_way), state: attempt}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _redirect_uri(request, provider),
        "scope": provider.scope,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        asked["acr_values"] = provider.acr_values
    joint = "&" if "?" in place.authorization else "?"
    return redirect(f"{place.authorization}{joint}{urlencode(asked)}")


@login_not_required
@require_GET
def finish(request: HttpRequest, provider_key: str) -> HttpResponse:
    """Log in the user of the provider's response, or show why not."""
    provider = _provider(provider_key)
    try:
        attempt = _take_attempt(request, provider)
        claims = _answer(request, provider, attempt)
        with transaction.atomic():
            user = _genuine_user(provider, claims)
            _log_in(request, provider, user)
    except TokenRefused as refusal:
        return _render_refusal(request, provider, refusal)
    return redirect(attempt["next"])


def _provider(key: str) -> Provider:
    provider: Provider | None = settings.SSO_PROVIDERS.get(key)
    if provider is None:
        raise Http404
    return provider


def _next_url(request: HttpRequest) -> str:
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_usable = len(wanted) <= _LONGEST_NEXT and is_local_path(wanted)
    return wanted if is_usable else reverse(settings.LOGIN_REDIRECT_URL)


def _redirect_uri(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("sso_finish", args=[provider.key]))


def _attempts(request: HttpRequest) -> dict[str, dict[str, Any]]:
    return dict(request.session.get(UNDER_WAY, {}))


def _take_attempt(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """Remove and return this browser's login attempt: a response is accepted once, by the browser that began."""
    attempts = _attempts(request)
    attempt = attempts.pop(request.GET.get("state", ""), None)
    if attempt is None:
        raise TokenRefused("state")
    request.session[UNDER_WAY] = attempts
    request.session.save()
    if attempt["provider"] != provider.key or time.time() - attempt["at"] > _SECONDS_AWAY:
        raise TokenRefused("state")
    return attempt


def _answer(request: HttpRequest, provider: Provider, attempt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims of the signed token for the code in the address. Raises TokenRefused."""
    place = oidc.endpoints(provider)
    # RFC 9207: the response of one provider must not be used as that of another.
    issuer = request.GET.get("iss")
    if issuer != provider.issuer and (issuer is not None or place.names_itself):
        raise TokenRefused("token")
    if error := request.GET.get("error"):
        raise TokenRefused("cancelled" if error == "access_denied" else "provider")
    code = request.GET.get("code")
    if not code:
        raise TokenRefused("provider")
    token = oidc.exchange(provider, place, code, attempt["verifier"], _redirect_uri(request, provider))
    claims = oidc.verified(provider, place, token, attempt["nonce"])
    if not _is_assured(provider, claims):
        raise TokenRefused("assurance")
    return claims


def _is_assured(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Return whether a claim equals one of the accepted ones, or its list holds one."""
    for claim, wanted in provider.assurance:
        value = claims.get(claim)
        if wanted in (value if isinstance(value, list) else [value]):
            return True
    return False


def _genuine_user(provider: Provider, claims: Mapping[str, Any]) -> User:
    """Return the user of the token. Raises TokenRefused, also when the account is locked."""
    try:
        tie = _tie_behind(provider, claims)
        user = tie.user
        access_macs.require_login_genuine(user, tie)
    except AccessChanged as refusal:
        raise TokenRefused("locked", user=refusal.user) from refusal
    return user


def _tie_behind(provider: Provider, claims: Mapping[str, Any]) -> SingleSignOn:
    subject = claims.get(provider.subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise TokenRefused("token")
    known = SingleSignOn.objects.select_related("user").filter(issuer=provider.issuer, subject=subject).first()
    tie = known or _bind(provider, subject, claims)
    if not tie.user.is_active:
        raise TokenRefused("unknown", user=tie.user, subject=subject)
    return tie


def _bind(provider: Provider, subject: str, claims: Mapping[str, Any]) -> SingleSignOn:
    """Store the subject for the account with the address that the provider has verified. Raises TokenRefused.

    Once per account: a colleague may get the address of somebody who has left, but not the account.
    """
    email = _verified_email(claims, subject)
    user = User.objects.select_for_update().filter(email=email, is_active=True).first()
    if user is None:
        raise TokenRefused("unknown", subject=subject)
    if SingleSignOn.objects.filter(user=user, issuer=provider.issuer).exists():
        raise TokenRefused("taken", user=user, subject=subject)
    return SingleSignOn.objects.create(user=user, issuer=provider.issuer, subject=subject)


def _verified_email(claims: Mapping[str, Any], subject: str) -> str:
    email = claims.get("email")
    if not isinstance(email, str) or not email:
        raise TokenRefused("unknown", subject=subject)
    try:
        validate_email(email)
    except ValidationError:
        raise TokenRefused("email", subject=subject) from None
    # Outside ASCII two addresses may be equal in lower case.
    if not email.isascii() or not any(claims.get(name) in (True, "true", "1") for name in _VERIFIED_BY):
        raise TokenRefused("email", subject=subject)
    return email.lower()


def _log_in(request: HttpRequest, provider: Provider, user: User) -> None:
    """Log in the user. The provider's two factors are the session's second factor (docs/decisions/012)."""
    audit_log.write_event(AuditVerb.LOGIN, by=user, detail=f"sso.{provider.key}")
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, "sso", provider=provider.key, reauthenticated=True)
    request.session[SECOND_FACTOR_MARK] = str(user.pk)
    remember_device(request, user)


def _render_refusal(request: HttpRequest, provider: Provider, refusal: TokenRefused) -> HttpResponse:
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN_FAILED, by=refusal.user, detail=f"sso.{provider.key}.{refusal.why}")
    context = {"provider": provider, "sentence": _SENTENCES[refusal.why], "subject": refusal.subject}
    return render(request, "account/sso_refused.html", context, status=403)
