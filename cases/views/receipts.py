"""What a page says after a change: a word in the address, and its sentence. The word alone changes nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

REFERRED, ASKED, ENDED, ADDED, REMOVED, ASSIGNED, CLOSED, REOPENED, NOTED, CORRECTED = (
    "henvist",
    "spurgt",
    "trukket",
    "adgang",
    "fjernet",
    "ansvarlig",
    "afsluttet",
    "genaabnet",
    "noteret",
    "rettet",
)
_SENTENCES = {
    REFERRED: _("Henvendelsen er sendt. SSP kan læse sagen nu."),
    ASKED: _("Henvendelsen er sendt. SSP ser kun det, der står herunder."),
    ENDED: _("Henvendelsen er trukket tilbage. SSP kan ikke længere se sagen."),
    ADDED: _("Adgangen er givet."),
    REMOVED: _("Adgangen er fjernet."),
    ASSIGNED: _("Sagen har fået en ny ansvarlig."),
    CLOSED: _("Sagen er afsluttet."),
    REOPENED: _("Sagen er åben igen."),
    NOTED: _("Hændelsen er gemt i loggen."),
    CORRECTED: _("Rettelsen er gemt i loggen."),
}


def with_receipt(url: str, word: str) -> str:
    """The address that says on its page what was done."""
    return f"{url}?{urlencode({'kvittering': word})}"


def receipt_of(request: HttpRequest, *possible: str) -> str:
    """The sentence that the address asks for, if it is one of the possible ones; else empty."""
    word = request.GET.get("kvittering", "")
    return str(_SENTENCES[word]) if word in possible else ""
