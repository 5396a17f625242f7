"""The contacts as shipped. Administrators maintain the copies in guide.models; no person is named here.

`last_verified` is the day number and address were last checked; None means never. `verify_locally` asks the
reader to check it: its address or use is less certain. Contacts of a municipality are empty until they are filled in,
and the pages say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERIFIED: Final = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class ShippedContact:
    """One service. `phone` and `url` may be empty; `local` ones belong to a municipality and ship without."""

    key: str
    name: str | Promise
    audience: str | Promise
    note: str | Promise
    phone: str = ""
    url: str = ""
    last_verified: date | None = VERIFIED
    local: bool = False
    verify_locally: bool = False


def _local(key: str, name: str | Promise, note: str | Promise) -> ShippedContact:
    return ShippedContact(key, name, _("skolens ansatte"), note, last_verified=None, local=True)


_NATIONAL: Final = (
    ShippedContact("alarm_112", _("Alarm 112"), _("alle"), _("Ring ved akut fare."), phone="112"),
    ShippedContact(
        "politi_114", _("Politiet 114"), _("alle"), _("Ring, når det ikke er akut, også for at få råd."), phone="114"
    ),
    ShippedContact(
        "anmeld_online",
        _("Anmeld til politiet på nettet"),
        _("alle"),
        _("Vælg digitale seksualforbrydelser. Man kan anmelde på vegne af en anden."),
        url="https://politi.dk",
        verify_locally=True,
    ),
    ShippedContact(
        "sletdet",
        _("SletDet (Red Barnet)"),
        _("børn, unge, forældre og fagfolk"),
        _("Rådgivning på nettet om at få billeder slettet. Der er ingen telefon."),
        url="https://sletdet.redbarnet.dk",
    ),
    ShippedContact(
        "stopchikane",
        _("StopChikane"),
        _("personer på 18 år eller ældre"),
        _("Hjælp til voksne, der er udsat for digitale krænkelser."),
        url="https://stopchikane.nu",
    ),
    ShippedContact(
        "offerraadgivningen",
        _("Offerrådgivningen"),
        _("ofre, vidner og pårørende"),
        _("Åben hele døgnet."),
        phone="116 006",
    ),
    ShippedContact("boernetelefonen", _("BørneTelefonen"), _("børn og unge"), _("Åben hele døgnet."), phone="116 111"),
    ShippedContact(
        "livslinien",
        _("Livslinien"),
        _("mennesker med selvmordstanker og deres nære"),
        _("Ring 112, hvis livet er i fare nu."),
        phone="70 201 201",
    ),
    ShippedContact(
        "take_it_down",
        _("Take It Down"),
        _("billeder af en person under 18 år"),
        _("Bruges på elevens egen enhed. Billedet bliver på enheden. Kun et digitalt fingeraftryk sendes."),
        url="https://takeitdown.ncmec.org",
    ),
    ShippedContact(
        "stopncii",
        _("StopNCII"),
        _("billeder af en person på 18 år eller ældre"),
        _("Bruges på den krænkedes egen enhed."),
        url="https://stopncii.org",
    ),
    ShippedContact(
        "anmelddet",
        _("AnmeldDet (Red Barnet)"),
        _("alle"),
        _("Anonym anmeldelse af overgrebsmateriale med børn på nettet."),
        url="https://redbarnet.dk/anmelddet",
    ),
    ShippedContact(
        "dcum",
        _("DCUM"),
        _("elever og forældre"),
        _("Klager over skolens håndtering af mobning. Klag først til skolen selv."),
        url="https://dcum.dk",
    ),
    ShippedContact(
        "datatilsynet",
        _("Datatilsynet"),
        _("alle"),
        _("Kun spørgsmål om databeskyttelse."),
        url="https://datatilsynet.dk",
    ),
    ShippedContact(
        "klag_digital_tjeneste",
        _("Klag over en digital tjeneste"),
        _("alle"),
        _("Digitaliseringsstyrelsen ser på tjenestens måde at behandle klager på, ikke på det enkelte opslag."),
        url="https://borger.dk",
        last_verified=None,
    ),
    ShippedContact(
        "konfliktraad",
        _("Konfliktråd"),
        _("begge parter"),
        _("Gå gennem politiet på 114. Det er frivilligt, og forældrene skal sige ja for unge under 18 år."),
        phone="114",
    ),
    ShippedContact(
        "erstatningsnaevnet",
        _("Erstatningsnævnet"),
        _("ofre"),
        _("Erstatning fra staten til ofre for forbrydelser."),
        url="https://civilstyrelsen.dk",
    ),
)

_LOCAL: Final = (
    _local("ssp_konsulent", _("SSP-konsulent"), _("Sparring og samarbejde mellem skole, kommune og politi.")),
    _local(
        "underretning_modtagelse",
        _("Kommunens modtagelse af underretninger"),
        _("Her sendes en underretning om et barn eller en ung under 18 år."),
    ),
    _local("beredskabsplan", _("Kommunens beredskabsplan"), _("Følges ved vold og overgreb mod børn og unge.")),
    _local("social_doegnvagt", _("Social døgnvagt"), _("Kommunens vagt uden for åbningstid.")),
)

CONTACTS: Final[Mapping[str, ShippedContact]] = {contact.key: contact for contact in _NATIONAL + _LOCAL}
LOCAL_KEYS: Final = tuple(contact.key for contact in _LOCAL)
