"""Dokumentér: help the family keep the evidence themselves, and register it without any image."""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import answered, every_condition, home_is_safe, may_have_minor_victim
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    clock,
    day,
    day_of_act,
    long_text,
    pick,
    short_text,
    yes_no,
)
from guide.questionnaire.schema import Guidance, Section, Step, Table
from guide.questionnaire.traits import ALL, DUTY_ONLY, HANDLE, NOBODY, POLICE, RECORD_ONLY, SSP, WHO
from guide.rules.enums import YES
from guide.steps import answer_labels

KEY = "dokumenter"

_parents_may_know = every_condition(may_have_minor_victim, home_is_safe)


class DokumenterForm(StepFields):
    """What is secured, and by whom."""

    helped_to_keep = yes_no(
        _("Har den krænkede eller forældrene fået hjælp til selv at gemme?"),
        feeds=DUTY_ONLY,
        to=ALL,
        shows_done={"secure_evidence": (YES,)},
    )
    keeping_note = long_text(
        _("Hvad er gemt, og hvordan?"),
        _("Neutrale ord. Beskriv ikke billeder i detaljer."),
        names=NOBODY,
        to=POLICE,
        when=answered(KEY, "helped_to_keep", YES),
    )
    family_log = yes_no(_("Er forældrene bedt om at føre logbog?"), feeds=RECORD_ONLY, to=SSP, when=_parents_may_know)
    family_log_on = day_of_act(
        _("Hvornår fik de logarket?"), _("Logark givet til familien"), to=SSP, when=answered(KEY, "family_log", YES)
    )


class EvidenceRow(RowFields):
    """One piece of evidence: where it is and who holds it; never the thing itself."""

    what = pick(
        _("Hvad"),
        [
            ("profile", _("Profil eller brugernavn")),
            ("chat", _("Chat eller besked")),
            ("threat", _("Trussel eller krav")),
            ("post", _("Opslag eller kommentar")),
            ("link", _("Link")),
            ("image", _("Billede eller video")),
            ("payment", _("Betaling eller kontonummer")),
            ("other", _("Andet")),
        ],
    )
    description = short_text(_("Neutral beskrivelse"), names=NOBODY)
    platform = pick(_("Platform"), answer_labels.PLATFORMS)
    user_name = short_text(_("Brugernavn"), names=HANDLE)
    url = short_text(_("Link"), names=NOBODY)
    seen_on = day(_("Dato"))
    seen_at = clock(_("Klokken"))
    holder = short_text(_("Hvem har det"), names=WHO)
    device = short_text(_("På hvilken enhed"), names=NOBODY)
    seen_by = short_text(_("Hvem har set det"), names=WHO)


_EVIDENCE = Table(
    "evidence",
    _("Beviser"),
    EvidenceRow,
    _("Tilføj et bevis"),
    _("Bevis"),
    _("Intet er registreret endnu."),
    feeds=RECORD_ONLY,
    to=POLICE,
    chapter="evidence",
)

STEP = Step(
    key=KEY,
    title=_("Dokumentér"),
    rows=(_("Gem"), _("Logbog")),
    lead=_("Hjælp eleven og forældrene med selv at gemme beviserne. Skolen gemmer ingen billeder."),
    guidance=Guidance(
        what=(
            _("Hjælp eleven med skærmbilleder af profiler, chats og trusler. Det sker på elevens egen telefon."),
            _("Skriv brugernavn, link og dato ned, og hvem der har sendt eller fået det."),
            _("Spørg politiet, hvordan seksuelle billeder af en person under 18 år sikres."),
            _("Sikr først, fjern bagefter. Men vent aldrig med hjælp for bevisernes skyld."),
        ),
        why=_(
            "Uden spor kan hverken politiet eller platformene gøre meget. Forsvinder sporene, er de svære at få igen."
        ),
        avoid=(
            _(
                "Tag ikke imod seksuelt materiale. Kopiér det ikke, send det ikke videre, og tag ikke billeder af det. "
                "Heller ikke »for en sikkerheds skyld«."
            ),
            _(
                "Er billedet seksuelt, og er personen under 18 år? Så lad ikke eleven tage nye skærmbilleder af det, "
                "før I har spurgt politiet."
            ),
        ),
        gives=_("Et bevisregister uden billeder og et logark, som familien kan skrive videre på."),
    ),
    form=DokumenterForm,
    sections=(
        Section("gem", _("Gem"), until="keeping_note"),
        Section(
            "register",
            _("Bevisregister"),
            _("Her står, hvad der findes, og hvem der har det. Selve materialet hører ikke til i Handlekort."),
            tables=(_EVIDENCE,),
        ),
        Section(
            "logbog",
            _("Logbog"),
            _("Skriv hændelser i sagens log, efterhånden som de sker. Familien kan få et ark til sine egne notater."),
            until="family_log_on",
        ),
    ),
)
