"""The sentence that a page shows after a change, by a word in the address."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

REFERRED, ASKED, ENDED, ADDED, REMOVED = "henvist", "spurgt", "trukket", "adgang", "fjernet"
ANSWERED, ASKED_BACK, SPARRING_DONE, CLAIMED, HANDED, STEPPED_ASIDE = (
    "svaret",
    "spurgt_igen",
    "faerdig",
    "taget",
    "givet",
    "side",
)
ASSIGNED, CLOSED, REOPENED, NOTED, CORRECTED = "ansvarlig", "afsluttet", "genaabnet", "noteret", "rettet"
FOLLOW_UP_SET = "opfoelgning"
_SENTENCES = {
    REFERRED: _("Henvendelsen er sendt. SSP kan læse sagen nu."),
    ASKED: _("Henvendelsen er sendt. SSP ser kun det, der står herunder."),
    ANSWERED: _("Dit svar er sendt. Skolen kan læse det nu."),
    ASKED_BACK: _("Din besked er sendt til SSP."),
    SPARRING_DONE: _("Sparringen er færdig. Den kan læses i loggen."),
    CLAIMED: _("Du har henvendelsen."),
    HANDED: _("Henvendelsen er givet videre."),
    STEPPED_ASIDE: _("Du er trådt til side. Du kan ikke længere se sagen."),
    ENDED: _("Henvendelsen er trukket tilbage. SSP kan ikke længere se sagen."),
    ADDED: _("Adgangen er givet."),
    REMOVED: _("Adgangen er fjernet."),
    ASSIGNED: _("Sagen har fået en ny ansvarlig."),
    CLOSED: _("Sagen er afsluttet."),
    REOPENED: _("Sagen er åben igen."),
    NOTED: _("Hændelsen er gemt i loggen."),
    CORRECTED: _("Rettelsen er gemt i loggen."),
    FOLLOW_UP_SET: _("Opfølgningen er sat. Den står i planen, indtil den er krydset af."),
}


def with_receipt(url: str, word: str) -> str:
    """Return the address with the word."""
    return f"{url}?{urlencode({'kvittering': word})}"


def receipt_of(request: HttpRequest, *possible: str) -> str:
    """Return the sentence of the address if its word is one of ``possible``, else ""."""
    word = request.GET.get("kvittering", "")
    return str(_SENTENCES[word]) if word in possible else ""
