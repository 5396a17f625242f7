"""What a browser may send, store and show, for every request. Login rules are in guide/accounts/login.py."""

import re
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from cases.access.permissions import TakenBack
from cases.log.case_transaction import RecordError
from cases.text.embedded_files import holds_data_uri
from guide.web import error_pages

View = Callable[..., HttpResponse]

# Pages that are the same for everybody and may be cached. All others are `no-store`.
PUBLIC_PAGES: Final = frozenset(
    {
        *("start", "akut", "vejledning", "trin_vejledning", "niveauer", "kontakter", "samtaler", "vaegkort"),
        *("tilgaengelighed", "databeskyttelse"),
    }
)
_UTF_8: Final = frozenset({"utf-8", "utf8"})
_FORM: Final = "application/x-www-form-urlencoded"
# A refused body is read to its end (up to this many bytes), or the browser does not show the response.
_DRAIN_LIMIT: Final = 64 * 1024 * 1024
OPEN_PAGE_LIMIT: Final = 64 * 1024
"""Bytes of a form of a page that anybody may open (the public trial), and of every form of login and account."""
_ACCOUNT: Final = "konto/"
SIGNED_OUT_LIMIT: Final = 1024 * 1024
"""Bytes of any other form without a login: its session has ended, and the page returns its text."""
MOST_AT_ONCE: Final = 6
"""Pages of one user that a process of sixteen threads builds at once: as many as a browser asks for by itself."""
_SEEN_INTERVAL: Final = 60
_SESSION_KEY: Final = re.compile(r"[a-z0-9]{48}")
_POWERS_NOT_USED: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip


class Middleware:
    """A middleware that passes each request on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response of the next middleware or the view."""
        return self.get_response(request)


class NotWritten(Middleware):
    """Answers a form that came too late: a colleague closed the case meanwhile, or the school took its question back.

    The page says the reason and has the text.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for what the log refuses, None for another exception."""
        if isinstance(exception, TakenBack):
            return error_pages.taken_back(request)
        return error_pages.not_written(request, exception) if isinstance(exception, RecordError) else None


class SecurityHeaders(Middleware):
    """Headers of every response, static files included: no framing, no device access, cleared storage at logout."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response with the headers."""
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = ", ".join(f"{power}=()" for power in _POWERS_NOT_USED)
        if getattr(request, "handlekort_logged_out", False):
            # Not "cookies": that would also clear those of the municipality's other sites under the same domain.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@receiver(user_logged_out)
def mark_logged_out(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """Tell SecurityHeaders that this response is that of a logout."""
    if request is not None:
        request.handlekort_logged_out = True  # type: ignore[attr-defined]


class Compression(GZipMiddleware):
    """Compresses pages, whose length Django blurs by random bytes (docs/decisions/032-compressed-pages.md).

    A page asked for with a query is sent as it is: it may hold what the address says, beside what it must not tell.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed when it is a page whose address has no query."""
        if request.META["QUERY_STRING"] or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class NoStore(Middleware):
    """`no-store` on every page that is not public, errors and PDF included, so Back after logout shows nothing."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response with Cache-Control, which replaces a view's own."""
        response = self.get_response(request)
        response["Cache-Control"] = "no-cache, private" if _may_be_kept(request, response) else "no-store, private"
        return response


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        match is not None
        and match.view_name in PUBLIC_PAGES
        and request.method in {"GET", "HEAD"}
        and not request.META["QUERY_STRING"]
        and response.status_code == 200
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


class SessionLimits(Middleware):
    """Ends a session after the idle limit without use, and after its longest time whatever happens.

    The idle limit is the expiry of the session, which moves only when it is saved. So a session in use is saved, at
    most once a minute: that costs one write and no more.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Flush a session that is too old; store the time of use of others."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key is not None and not _SESSION_KEY.fullmatch(key):
            # Not one of ours, and PostgreSQL fails at a NUL: it is not looked up.
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        elif key is not None and "_auth_user_id" in request.session:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        now = int(time.time())
        began = request.session.setdefault("began", now)
        if now - began >= settings.SESSION_ABSOLUTE_AGE.total_seconds():
            request.session.flush()
        elif now - request.session.get("seen", 0) >= _SEEN_INTERVAL:
            request.session["seen"] = now


class OwnShare(Middleware):
    """Refuses a page while a share of this process's threads builds others for the same user.

    A page of a long case that is asked for again and again would otherwise fill all threads, and everybody waits. What
    is sent by POST is never refused: the same form, sent often at once, is answered as one.

    Whose session was refused once is refused again before anything is read, until one of the user's pages is done: so
    it stands before the session's middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self._at_work: Counter[int] = Counter()
        self._refused: dict[str, int] = {}
        """The user of each session that was refused since one of that user's pages was last done."""
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response; the request is at work until then."""
        if _only_reads(request) and _session(request) in self._refused:
            return error_pages.too_many_again(request)
        try:
            return super().__call__(request)
        finally:
            user = getattr(request, "handlekort_at_work", None)
            if user is not None:
                self._end(user)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return a refusal, or None to continue."""
        user = request.user.pk
        if user is None or not _only_reads(request):
            return None
        with self._lock:
            may_begin = self._at_work[user] < MOST_AT_ONCE
            self._at_work[user] += may_begin
            if not may_begin:
                self._refused[_session(request)] = user
        if not may_begin:
            return error_pages.too_many(request)
        request.handlekort_at_work = user  # type: ignore[attr-defined]
        return None

    def _end(self, user: int) -> None:
        with self._lock:
            self._at_work[user] -= 1
            self._at_work += Counter()  # those at zero are dropped
            self._refused = {session: of for session, of in self._refused.items() if of != user}


def _only_reads(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"}


def _session(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


class RejectUploads(Middleware):
    """Refuses too large bodies unread, and files: multipart forms, other bodies, ``data:`` in a field or its name.

    Refuses a NUL in a query too: PostgreSQL fails at it, whichever list or search it is asked for.

    Runs before the CSRF check, which would otherwise be the first to read the body.
    """

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return a refusal, or None to continue."""
        foreign = _is_foreign(request)
        if foreign:
            # Addresses are UTF-8 whatever the header says.
            request.encoding = "utf-8"
        if "%00" in request.META["QUERY_STRING"]:
            _drain(request)
            return error_pages.unreadable(request)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        content_type = (request.content_type or "").lower()
        try:
            if foreign:
                _drain(request)
                return error_pages.unreadable(request)
            if _is_too_large(request, view):
                raise RequestDataTooBig
            if content_type not in {"", _FORM}:
                return self._refuse_file(request, content_type)
            # Names too: a draft stores them, and a hand-written form may have any.
            sent = (text for name, values in request.POST.lists() for text in (name, *values))
            if any(map(holds_data_uri, sent)):
                return error_pages.no_files(request, error_pages.typed_text(request))
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            _drain(request)
            return error_pages.too_much(request)
        return None

    def _refuse_file(self, request: HttpRequest, content_type: str) -> HttpResponse:
        fields: error_pages.Fields = []
        if content_type == "multipart/form-data" and _length(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            try:
                fields = error_pages.typed_text(request)
            except (MultiPartParserError, UnreadablePostError):
                fields = []
        _drain(request)
        return error_pages.no_files(request, fields)


def _is_foreign(request: HttpRequest) -> bool:
    """Return whether the request names another charset than UTF-8; guide.wsgi may have renamed the parameter."""
    said = [value for name, value in (request.content_params or {}).items() if name.startswith("charset")]
    return any(value.lower() not in _UTF_8 for value in said)


def _is_too_large(request: HttpRequest, view: View) -> bool:
    """Return whether the body is larger than a form of an account or without a login may be; settings bound others."""
    of_account = request.resolver_match is not None and request.resolver_match.route.startswith(_ACCOUNT)
    if of_account or not getattr(view, "login_required", True):
        return _length(request) > OPEN_PAGE_LIMIT
    return _length(request) > SIGNED_OUT_LIMIT and not request.user.is_authenticated


def _length(request: HttpRequest) -> int:
    value = request.META.get("CONTENT_LENGTH") or "0"
    return int(value) if value.isdigit() else 0


def _drain(request: HttpRequest) -> None:
    left = min(_length(request), _DRAIN_LIMIT)
    try:
        while left > 0 and (chunk := request.read(min(left, 65536))):
            left -= len(chunk)
    except (UnreadablePostError, ValueError):
        return
