"""The ways to have material removed, in the order they are tried.

Source: the action card's "Ukendt krænker" with today's routes: the family's own device, then the platform's complaint
route, then the complaint over the service. Datatilsynet takes data-protection matters only.
"""

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import UNKNOWN, Choices

REPORT, SLETDET, HASH = "report", "sletdet", "hash"
COMPLAINT, DSA, DATATILSYNET, ASK_POLICE = "complaint", "dsa", "datatilsynet", "police"

ROUTES: Choices = [
    (REPORT, _("Anmeldt i appen eller på siden")),
    (SLETDET, _("Hjælp fra SletDet")),
    (HASH, _("Take It Down (under 18) eller StopNCII (18+)")),
    (COMPLAINT, _("Platformens klagevej")),
    (DSA, _("Klage over tjenesten (borger.dk)")),
    (DATATILSYNET, _("Datatilsynet")),
    (ASK_POLICE, _("Politiet")),
]

OUTCOMES: Choices = [
    ("waiting", _("Venter på svar")),
    ("removed", _("Fjernet")),
    ("refused", _("Afvist")),
    ("silent", _("Intet svar")),
]

_AFTER_UNDER_18 = {
    REPORT: _("Take It Down fra elevens egen enhed, og hjælp fra SletDet."),
    SLETDET: _("Take It Down fra elevens egen enhed."),
}
_AFTER_ADULT = {REPORT: _("StopNCII fra egen enhed, og råd fra StopChikane."), SLETDET: _("StopNCII fra egen enhed.")}
_AFTER = {
    HASH: _("Platformens egen klagevej."),
    COMPLAINT: _(
        "Klag over tjenesten via borger.dk. Klagen gælder, hvordan tjenesten behandler klager, ikke det enkelte opslag."
    ),
    DSA: _("Tal med politiet på 114, eller gå til Datatilsynet, hvis det handler om personoplysninger."),
    DATATILSYNET: _("Tal med politiet på 114."),
    ASK_POLICE: _("Gør, som politiet siger."),
}


def next_route(route: str, outcome: str, *, adult: bool) -> str:
    """Return what to try next after ``route`` ended in ``outcome``; "" where nothing more is needed or known.

    ``adult``: the person shown was 18 or older, which decides between Take It Down and StopNCII.
    """
    if outcome == "removed":
        return str(_("Hold øje med, om det dukker op igen."))
    if outcome in ("", UNKNOWN) or route in ("", UNKNOWN):
        return ""
    if outcome == "waiting":
        return str(_("Følg op om et døgn."))
    after = {**_AFTER, **(_AFTER_ADULT if adult else _AFTER_UNDER_18)}
    return str(after.get(route, ""))
