"""The open sessions of a user: a page for their owner, the lock of a hidden one, their end when the account changes.

A user's sessions are found by their keys (``guide.accounts.session_store``); the list is exactly those that are open.
No network address is stored or shown: browser and time are enough, and it would show where an employee was.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, get_reauthentication_flows
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from cases.access import audit_log
from cases.access.current_user import current_user
from cases.enums import AuditVerb
from cases.models import User
from guide.accounts.session_store import SessionStore, row_key, rows_of
from guide.web import error_pages
from guide.web.middleware import Middleware

# When one of these columns changes, every session of the user ends.
WATCHED: Final = ("password", "role", "is_active", "school_id", "municipality_id", "email")
_SAVED_AS: Final = {*WATCHED, *(name.removesuffix("_id") for name in WATCHED)}
_OTHERS: Final = "others"
_LOCKED: Final = "locked"
"""When the session was locked, in it."""
_OPEN_WHILE_LOCKED: Final = frozenset(
    {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"}
)
# The first match counts: each browser also names others further down.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class OpenSession:
    """One session as its owner sees it. `handle` names it on the page."""

    row_key: str
    browser: str
    began: datetime
    seen: datetime
    is_this: bool

    @property
    def handle(self) -> str:
        """Return a name from which the key of the row cannot be computed."""
        return salted_hmac("guide.sessions", self.row_key, algorithm="sha256").hexdigest()


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show the user's sessions; a POST ends the one named by `which`, or with `others` all but this."""
    found = open_sessions(request)
    if request.method != "POST":
        return render(request, "account/own_sessions.html", {"sessions": found, "others": len(found) > 1})
    which = request.POST.get("which", "")
    chosen = [
        session
        for session in found
        if not session.is_this and (which == _OTHERS or constant_time_compare(session.handle, which))
    ]
    with transaction.atomic():
        for session in chosen:
            audit_log.write_event(AuditVerb.LOGOUT, by=current_user(request), detail="ended")
            Session.objects.filter(session_key=session.row_key).delete()
    messages.success(request, _("Der er logget ud.") if chosen else _("Der var allerede logget ud."))
    return redirect("own_sessions")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Renew the idle limit, for whoever is warned that it comes."""
    request.session["seen"] = int(time.time())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest) -> HttpResponse:
    """Show a page that says nothing of a case. A POST locks the session until its user proves who it is.

    A screen that has been hidden for long sends the POST, and asks by GET whether it may be shown again.
    """
    if request.method != "POST":
        return render(request, "account/skjult.html")
    if not get_reauthentication_flows(request.user):
        # Without a password or second factor of their own here, they log in anew.
        logout(request)
    else:
        request.session[_LOCKED] = time.time()
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


class NoKeptForm(Middleware):
    """Keeps no form in the session for later when password or second factor is asked for first.

    allauth keeps it with the headers, of which one is the cookie: whoever reads the row would take the session over.
    After the proof the page is asked for anew.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response, with the form that it put into the session taken out."""
        response = self.get_response(request)
        if request.method == "POST" and "request" in request.session.get(STATE_SESSION_KEY, {}):
            del request.session[STATE_SESSION_KEY]
        return response


class LockedSession(Middleware):
    """Asks for password or second factor before a locked session shows or changes anything that needs a login."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the way to the reauthentication; a sent form comes back with its text. None to continue."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        since = request.session.get(_LOCKED) if request.user.is_authenticated else None
        if since is None or name in _OPEN_WHILE_LOCKED or not getattr(view, "login_required", True):
            return None
        if any(record["at"] > since for record in get_authentication_records(request, request.user)):
            del request.session[_LOCKED]
            return None
        if HtmxDetails(request):
            return HttpResponseClientRedirect(reverse("account_reauthenticate"))
        if request.method not in {"GET", "HEAD"} and name != "skjul":
            return _keep_for_later(request)
        return redirect(reverse("account_reauthenticate", query={"next": request.path}))


def _keep_for_later(request: HttpRequest) -> HttpResponse:
    return error_pages.send_again(
        request,
        _("Bekræft, at det er dig"),
        _("Skærmen har været skjult længe, så det, du sendte, er ikke gemt endnu."),
        _("Åbn Handlekort i et nyt faneblad, og bekræft, at det er dig. Kom så tilbage hertil, og send igen."),
    )


def open_sessions(request: HttpRequest) -> list[OpenSession]:
    """Return the sessions of the request's user, this one first, then by last use."""
    found = []
    for key, stored in _of(current_user(request)):
        is_this = key == row_key(request.session.session_key)
        data = request.session if is_this else stored
        began = int(data.get("began", 0))
        if timezone.now().timestamp() - began >= settings.SESSION_ABSOLUTE_AGE.total_seconds():
            continue
        found.append(
            OpenSession(
                row_key=key,
                browser=str(data.get("browser") or _("Ukendt browser")),
                began=datetime.fromtimestamp(began, UTC),
                seen=datetime.fromtimestamp(int(data.get("seen", began)), UTC),
                is_this=is_this,
            )
        )
    return sorted(found, key=lambda session: (not session.is_this, -session.seen.timestamp()))


def end_all(user: User) -> None:
    """Delete every session of the user; running requests find theirs deleted."""
    rows_of(str(user.pk)).delete()


def name_browser(user_agent: str) -> str:
    """Return browser and system, or "". The whole header would identify one machine."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(rf"\b{mark}", user_agent)), "")
    if browser and system:
        return _("%(browser)s på %(system)s") % {"browser": browser, "system": system}
    return browser or system


def _of(user: User) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows_of(str(user.pk)).filter(expire_date__gt=timezone.now()):
        data = SessionStore.of_row(row)
        if data.get(SESSION_KEY) == str(user.pk):
            yield row.session_key, data


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, **kwargs: Any) -> None:
    """Store the session's start, for the absolute limit, and its browser, for the owner; delete expired sessions.

    Its key gets the user's mark, by which it is found when the user's sessions end.
    """
    SessionStore.clear_expired()
    request.session.cycle_key()
    now = int(timezone.now().timestamp())
    request.session["began"] = request.session["seen"] = now
    request.session["browser"] = name_browser(request.META.get("HTTP_USER_AGENT", ""))


@receiver(user_logged_out)
def log_logout(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Write the logout to the access log. The session ends first, so that a full disk prevents no logout."""
    if user is not None:
        request.session.flush()
        with transaction.atomic():
            audit_log.write_event(AuditVerb.LOGOUT, by=user)


@receiver(pre_save, sender=User)
def note_change(instance: User, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Compare with the stored row, unless none of the columns is saved."""
    instance.ends_sessions = False  # type: ignore[attr-defined]
    if instance.pk and (update_fields is None or not update_fields.isdisjoint(_SAVED_AS)):
        before = User.objects.filter(pk=instance.pk).values(*WATCHED).first()
        instance.ends_sessions = before is not None and any(  # type: ignore[attr-defined]
            before[name] != getattr(instance, name) for name in WATCHED
        )


@receiver(post_save, sender=User)
def end_after_change(instance: User, **kwargs: Any) -> None:
    """End the user's sessions when role, school, municipality, address, password or active flag has changed."""
    if instance.ends_sessions:  # type: ignore[attr-defined]
        end_all(instance)
