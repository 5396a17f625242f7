"""Pages for refused requests that return what was typed."""

import re
import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypedDict

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from cases.text.embedded_files import without_files
from cases.text.form_fields import CONTROLS

_NEVER_SHOWN: Final = re.compile(r"csrf|password|adgangskode|kode|code|token|secret", re.IGNORECASE)

Fields = list[tuple[str, str]]

_MESSAGES: Final = frozenset({"text", "message", "purpose", "reason"})
"""Fields whose text is returned though it is one word."""


def typed_text(request: HttpRequest) -> Fields:
    """Return (field name, value) of what this site's own page sent, in order, embedded files and secrets left out.

    What another site sent is not shown: its text and a button to send it again could mislead the user.
    """
    if not _is_own(request):
        return []
    return [
        (name, without_files(value))
        for name, values in request.POST.lists()
        if not _NEVER_SHOWN.search(name)
        for value in values
    ]


def _is_own(request: HttpRequest) -> bool:
    """Return whether a page of this site sent the form, by Sec-Fetch-Site, in older browsers by Origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", origin) == origin


def refuse(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    sentences: Iterable[str],
    fields: Fields | None = None,
    resend: str = "",
) -> HttpResponse:
    """Return a page with the reason and ``fields``, the text to copy; under htmx only the reason, as a fragment.

    ``resend`` is the label of a button that sends the same fields again, with a new token; "" for none.
    """
    template = "_refused.html" if HtmxDetails(request) else "refused.html"
    context = {
        "title": title,
        "sentences": list(sentences),
        "fields": fields or [],
        "texts": _labelled(request, _typed(fields or [])),
        "resend": resend,
        "status": status,
    }
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _labelled(request: HttpRequest, fields: Fields) -> Fields:
    """Return (label, text) of these fields; a field that no page has is called the reader's text."""
    label = import_string(settings.FIELD_LABEL)
    return [(label(request.resolver_match, name) or _("Din tekst"), value) for name, value in fields]


def _typed(fields: Fields) -> Fields:
    """Return what was typed: text of several words, and one word in a field for messages."""
    return [(name, value) for name, value in fields if " " in value or (name in _MESSAGES and value)]


def no_files(request: HttpRequest, fields: Fields) -> HttpResponse:
    """Return the refusal of a file: an image of an abuse must never be copied."""
    return refuse(
        request,
        status=HTTPStatus.BAD_REQUEST,
        title=_("Handlekort tager ikke imod filer"),
        sentences=[
            _(
                "Her må ikke ligge billeder eller andre filer. Beskriv med et par neutrale ord, hvad du har fået "
                "fortalt, og lad billedet blive, hvor det er."
            ),
            _("Intet er gemt. Det, du havde skrevet i felterne, står herunder, så du kan kopiere det."),
        ],
        fields=fields,
    )


def not_written(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return the response to a form that the log refuses as the case now is; the text is on the page."""
    fields = typed_text(request)
    kept = (
        [_("Intet er gemt. Det, du havde skrevet i felterne, står herunder, så du kan kopiere det.")] if fields else []
    )
    title = _("Det blev ikke gemt")
    return refuse(request, status=HTTPStatus.CONFLICT, title=title, sentences=[*error.messages, *kept], fields=fields)


def taken_back(request: HttpRequest) -> HttpResponse | None:
    """Return the response to what SSP wrote in a case that it sees no more; None where nothing was typed."""
    fields = typed_text(request)
    if not _typed(fields):
        return None
    return refuse(
        request,
        status=HTTPStatus.GONE,
        title=_("Henvendelsen er trukket tilbage"),
        sentences=[
            _("Skolen trak henvendelsen tilbage, mens du skrev. Du kan ikke længere se sagen."),
            _("Det, du skrev, er ikke sendt. Det står herunder, så du kan kopiere det."),
        ],
        fields=fields,
    )


def unreadable(request: HttpRequest) -> HttpResponse:
    """Return the refusal of a form in another charset than UTF-8, whose text would be stored damaged."""
    return refuse(
        request,
        status=HTTPStatus.BAD_REQUEST,
        title=_("Teksten kunne ikke læses"),
        sentences=[
            _("Handlekort kunne ikke læse teksten. Intet er gemt."),
            _("Gå tilbage til siden, genindlæs den, og send igen."),
        ],
    )


def too_much(request: HttpRequest) -> HttpResponse:
    """Return the refusal of a body that is larger than any form here can be."""
    return refuse(
        request,
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        title=_("Det er for meget på én gang"),
        sentences=[
            _("Teksten er for lang. Intet er gemt."),
            _("Gå tilbage til siden, kort teksten ned, og gem igen."),
        ],
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Return the refusal of a page while many others of the same user are being built."""
    response = refuse(request, status=HTTPStatus.SERVICE_UNAVAILABLE, **_too_many_words())
    response["Retry-After"] = "5"
    return response


def too_many_again(request: HttpRequest) -> HttpResponse:
    """Return the same refusal to a session that was refused just now, with nothing read of it."""
    template = "_refused.html" if HtmxDetails(request) else "too_many.html"
    response = HttpResponse(render_to_string(template, {**_too_many_words()}), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = "5"
    return response


class _Words(TypedDict):
    title: str
    sentences: list[str]


def _too_many_words() -> _Words:
    sentence = _("Handlekort er ved at hente flere sider til dig. Vent lidt, og hent siden igen.")
    return {"title": _("Vent et øjeblik"), "sentences": [sentence]}


def signed_out(request: HttpRequest) -> HttpResponse:
    """Return the response to a form sent without a session, usually one that ended."""
    return send_again(
        request,
        _("Du er ikke logget ind"),
        _("Det, du sendte, er ikke gemt endnu. Måske har du været væk for længe."),
        _("Log ind i et nyt faneblad. Kom så tilbage hertil, og send igen. Teksten bliver stående herunder."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the response to a form with an outdated token, usually after a new login."""
    if _opens_a_case(request) and request.user.is_authenticated:
        return send_again(
            request,
            _("Du er logget ind nu"),
            _("Dine svar er med. Tryk her, så bliver sagen oprettet med dem."),
            button=_("Opret sagen"),
        )
    return send_again(
        request,
        _("Siden var blevet for gammel"),
        _("Siden var åbnet, før du loggede ind, eller i et andet vindue, og derfor er intet gemt endnu."),
        _("Se teksten igennem herunder, og send igen."),
    )


def send_again(request: HttpRequest, title: str, *sentences: str, button: str = "") -> HttpResponse:
    """Return a form that was not taken, with its text, to be sent again by the button."""
    return refuse(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=title,
        sentences=sentences,
        fields=typed_text(request),
        resend=button or _("Send igen"),
    )


def _opens_a_case(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.view_name == "ny_sag")


def failed(request: HttpRequest) -> HttpResponse:
    """Return the page for an error: nothing is partly saved, and what was typed can be sent again.

    503 when the database was unreachable, locked or full, 500 for any other fault. Rendered without database and
    session, since one of them may be what failed. Django calls it while the exception is being handled.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    fields = _typed_or_nothing(request)
    if not fields:
        return HttpResponse(render_to_string(f"{status}.html"), status=status)
    title = _("Det blev ikke gemt")
    reason = (
        _("Handlekort kan ikke gemme lige nu. Intet er gemt.") if away else _("Noget gik galt hos os. Intet er gemt.")
    )
    sentences = [reason, _("Din tekst står herunder. Vent et øjeblik, og send den igen. Lad siden stå imens.")]
    if HtmxDetails(request):
        fragment = {"title": title, "sentences": sentences}
        return HttpResponse(render_to_string("_refused.html", fragment), status=status)
    context = {
        "title": title,
        "sentences": sentences,
        "path": request.get_full_path(),
        "token": get_token(request),
        "fields": fields,
        "texts": _labelled(request, [(name, text) for name, text in fields if text.strip() and name not in CONTROLS]),
    }
    return HttpResponse(render_to_string("failed.html", context), status=status)


def _typed_or_nothing(request: HttpRequest) -> Fields:
    """Return what was typed, or nothing when the request cannot be read."""
    try:
        return typed_text(request)
    except (SuspiciousOperation, UnreadablePostError, UnicodeError):
        return []
