"""The contacts as shipped. Administrators maintain the copies in guide.models; no person is named here.

Nobody has tried the numbers and addresses as shipped, so none carries a day: an administrator checks each and enters
the day. Contacts of a municipality are empty until they are filled in, and the pages say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ShippedContact:
    """One service. `phone` and `url` may be empty; `local` ones belong to a municipality and ship without."""

    key: str
    name: str | Promise
    audience: str | Promise
    note: str | Promise
    phone: str = ""
    url: str = ""
    local: bool = False


def _local(key: str, name: str | Promise, note: str | Promise) -> ShippedContact:
    return ShippedContact(key, name, _("skolens ansatte"), note, local=True)


_NATIONAL: Final = (
    ShippedContact("alarm_112", _("Alarm 112"), _("alle"), _("Ring ved akut fare."), phone="112"),
    ShippedContact(
        "politi_114", _("Politiet 114"), _("alle"), _("Ring, når det ikke er akut, også for at få råd."), phone="114"
    ),
    ShippedContact(
        "anmeld_online",
        _("Anmeld til politiet på nettet"),
        _("alle"),
        _("Man kan anmelde på vegne af en anden."),
        url="https://politi.dk/digitale-seksualforbrydelser/anmeld-digitale-sexkraenkelser",
    ),
    ShippedContact(
        "sletdet",
        _("SletDet (Red Barnet)"),
        _("børn, unge, forældre og fagfolk"),
        _(
            "Rådgivning om at få billeder slettet. Det, I skriver på siden, når frem til specialisterne. Se på siden, "
            "om de også har en telefon."
        ),
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
        _(
            "Ring 112, hvis livet er i fare nu. Livslinien er ikke åben hele døgnet, og ikke alle opkald bliver "
            "besvaret."
        ),
        phone="70 201 201",
    ),
    ShippedContact(
        "take_it_down",
        _("Take It Down"),
        _("personer, der var under 18 år, da billedet blev lavet"),
        _(
            "Bruges på den krænkedes egen enhed. Billedet bliver på enheden, og kun et digitalt fingeraftryk sendes. "
            "Virker kun på nøgne, delvist nøgne eller seksuelle billeder af en selv, kun på de platforme, der er med, "
            "og ikke i beskeder, der er krypteret fra ende til anden. Siden var ikke på dansk, da den sidst blev læst."
        ),
        url="https://takeitdown.ncmec.org",
    ),
    ShippedContact(
        "stopncii",
        _("StopNCII"),
        _("personer, der var 18 år eller ældre, da billedet blev lavet"),
        _("Bruges på den krænkedes egen enhed."),
        url="https://stopncii.org",
    ),
    ShippedContact(
        "anmelddet",
        _("AnmeldDet (Red Barnet)"),
        _("alle"),
        _("Anonym anmeldelse af overgrebsmateriale med børn på nettet. Kun til det."),
        url="https://redbarnet.dk/anmelddet",
    ),
    ShippedContact(
        "dcum",
        _("DCUM"),
        _("elever og forældre"),
        _(
            "Klager over skolens håndtering af mobning. Klagen kan også afleveres på skolen eller hos kommunen. "
            "Kommunen eller bestyrelsen afgør den først."
        ),
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
        _(
            "Klag på borger.dk. Digitaliseringsstyrelsen ser på tjenestens måde at behandle klager på, ikke på det "
            "enkelte opslag."
        ),
        url="https://borger.dk",
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
        _("Erstatning fra staten til ofre for forbrydelser. Ansøg inden 2 år. Spørg også, når det er sent."),
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
    _local(
        "beredskabsplan",
        _("Kommunens beredskabsplan"),
        _("Følges ved vold og overgreb mod børn og unge. Den kan pålægge lederen at anmelde til politiet."),
    ),
    _local("social_doegnvagt", _("Social døgnvagt"), _("Kommunens vagt uden for åbningstid.")),
)

CONTACTS: Final[Mapping[str, ShippedContact]] = {contact.key: contact for contact in _NATIONAL + _LOCAL}
LOCAL_KEYS: Final = tuple(contact.key for contact in _LOCAL)
