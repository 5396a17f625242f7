"""The sentence that a page shows after a change, by a word in the address."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

REFERRED, ASKED, ENDED, ADDED, REMOVED = "henvist", "spurgt", "trukket", "adgang", "fjernet"
ASSIGNED, CLOSED, REOPENED, NOTED, CORRECTED = "ansvarlig", "afsluttet", "genaabnet", "noteret", "rettet"
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
    """Return the address with the word."""
    return f"{url}?{urlencode({'kvittering': word})}"


def receipt_of(request: HttpRequest, *possible: str) -> str:
    """Return the sentence of the address if its word is one of ``possible``, else ""."""
    word = request.GET.get("kvittering", "")
    return str(_SENTENCES[word]) if word in possible else ""
