"""The words the screen has for the answers that steps share."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guide.questionnaire.rows import WHO
from guide.questionnaire.schema import Answers, Derived, Situation
from guide.rules.children import FORWARDER_KEY, PUPIL_KEY, SHOWN_KEY, children_to_ask_about, row_of
from guide.rules.enums import (
    NO,
    YES,
    AgeBand,
    Choices,
    Kind,
    PersonRole,
    PupilOf,
    Reach,
    Reaction,
    Relation,
    Revenge,
    Shown,
    Words,
)
from guide.rules.facts import NAMED, OFFENDER_KEY, OTHER_KEY, UNDER_12

KINDS: Choices = [
    (Kind.IMAGE_SHARED, _("Et billede eller en video er delt")),
    (Kind.MANIPULATED, _("Et manipuleret billede, fx lavet med AI")),
    (Kind.THREAT_TO_SHARE, _("Nogen truer med at dele noget")),
    (Kind.EXTORTION, _("Afpresning: nogen kræver penge, billeder eller handlinger")),
    (Kind.SEXUAL_APPROACH, _("En seksuel henvendelse, eller nogen beder om billeder")),
    (Kind.BULLYING, _("Mobning eller udelukkelse på nettet")),
    (Kind.UNSOLICITED_IMAGES, _("Intime billeder er sendt til den krænkede uden et ja")),
    (Kind.SECRET_RECORDING, _("Den krænkede er filmet, fotograferet eller optaget i skjul")),
    (Kind.THREATS_HATE, _("Trusler eller had")),
    (Kind.VIOLENCE_FILMED, _("Vold er filmet")),
    (Kind.FAKE_PROFILE, _("En falsk profil, eller nogen, der udgiver sig for at være den krænkede")),
    (Kind.ACCOUNT_TAKEN, _("Den krænkedes konto er overtaget")),
    (Kind.WHEREABOUTS, _("Adresse, telefon eller opholdssted er lagt ud")),
    (Kind.PRIVATE_INFORMATION, _("Private oplysninger eller beskeder er delt")),
    (Kind.OTHER, _("Noget andet")),
]

SHOWN: Choices = [
    (Shown.NOTHING, _("Intet billede")),
    (Shown.ORDINARY, _("Noget almindeligt: et kram, en vred lærer")),
    (Shown.PRIVATE, _("Noget privat: fest, strand, idræt, beruset, slået, tegnet på")),
    (Shown.UNDERWEAR, _("Undertøj eller badetøj uden seksuelt fokus")),
    (Shown.NUDE_PARTS, _("Nøgne dele af kroppen")),
    (Shown.NUDE, _("En nøgen krop")),
    (Shown.SEXUAL, _("Noget seksuelt, også i undertøj: en handling eller positur")),
]

RECOGNISED: Choices = [
    (NO, _("Nej")),
    (YES, _("Ja")),
    (NAMED, _("Ja, navnet står der")),
]

REACTIONS: Choices = [
    (Reaction.NO_SPECIAL_NEED, _("Rolig eller lidt påvirket")),
    (Reaction.NEEDS_HELP, _("Har brug for hjælp")),
    (Reaction.PANIC, _("Ude af sig selv, i panik")),
    (Reaction.OVERWHELMED, _("Overvældet, kan ikke klare situationen")),
]

MOTIVES: Choices = [
    (Revenge.NONE, _("Nej, intet tyder på hævn")),
    (Revenge.SOME, _("Lidt: det ligner et skænderi eller en øjebliksreaktion")),
    (Revenge.EXTENSIVE, _("Ja: fx gentaget, flere steder, sagt ligeud eller med opfordring til at dele videre")),
]

REACHES: Choices = [
    (Reach.NOBODY, _("Ingen andre endnu")),
    (Reach.FEW_NAMED, _("Nogle, og vi ved, hvem de er")),
    (Reach.MORE_THAN_NAMED, _("Flere, end vi kan sætte navn på")),
    (Reach.BEYOND_CLASS, _("Det er nået ud over klassen")),
    (Reach.PUBLIC, _("Det ligger åbent på nettet")),
]

AGE_BANDS: Choices = [
    (UNDER_12, _("Under 12 år")),
    (AgeBand.UNDER_15, _("Under 15 år")),
    (AgeBand.FROM_15_TO_17, _("15–17 år")),
    (AgeBand.ADULT, _("18 år eller ældre")),
]

PUPIL_OF: Choices = [
    (PupilOf.SAME_CLASS, _("Elevens klasse")),
    (PupilOf.SAME_SCHOOL, _("Elevens skole")),
    (PupilOf.OTHER_SCHOOL, _("En anden skole")),
    (PupilOf.NO_PUPIL, _("Ikke elev")),
]

RELATIONS: Choices = [
    (Relation.PARTNER, _("Kæreste, nu eller tidligere")),
    (Relation.FAMILY, _("Familie eller hjem")),
    (Relation.STAFF, _("Ansat på skolen")),
    (Relation.ACQUAINTANCE, _("Ven, klassekammerat eller bekendt")),
    (Relation.STRANGER, _("Fremmed eller kun kendt fra nettet")),
]

PERSON_ROLES: Choices = [
    (PersonRole.VICTIM, _("Krænket")),
    (PersonRole.OFFENDER, _("Krænker")),
    (PersonRole.FORWARDED, _("Har delt videre")),
    (PersonRole.RECEIVED, _("Har modtaget")),
    (PersonRole.WITNESS, _("Har set eller hørt om det")),
    (PersonRole.FRIEND, _("Ven eller støtte")),
    (PersonRole.PARENT, _("Forælder")),
    (PersonRole.STAFF, pgettext_lazy("person role", "Ansat")),
]

PLATFORMS: Choices = [
    ("snapchat", "Snapchat"),
    ("instagram", "Instagram"),
    ("tiktok", "TikTok"),
    ("facebook", _("Facebook eller Messenger")),
    ("whatsapp", "WhatsApp"),
    ("telegram", "Telegram"),
    ("discord", "Discord"),
    ("sms", _("Sms eller iMessage")),
    ("game", _("Et spil")),
    ("porn_site", _("En pornoside")),
    ("website", _("En anden hjemmeside")),
    ("in_person", _("Vist på en skærm eller delt direkte mellem telefoner")),
    ("other", _("Et andet sted")),
]

_CHILD_ROLES: dict[str, Words] = {
    PUPIL_KEY: _("Krænket"),
    OTHER_KEY: _("Krænket"),
    OFFENDER_KEY: _("Krænker"),
    FORWARDER_KEY: _("Har delt videre"),
    SHOWN_KEY: _("Vises på billedet"),
}


def _child_role(row: Answers, situation: Situation) -> str:
    facts = situation.assessment.facts
    every = (*children_to_ask_about(facts), *situation.assessment.children)
    parts = {row_of(child, facts): child.part for child in every}
    return str(_CHILD_ROLES.get(parts.get(str(row.get(WHO)), "?"), ""))


CHILD_ROLE = Derived(_("Rolle"), _child_role)
"""The part of the child whom a row of the product's own making is about."""
