"""Inddrag: the parents of a minor, or what the adult victim decides; never the home that is suspected."""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import (
    answered,
    every_condition,
    flagged,
    has_adult_victim,
    home_is_safe,
    home_is_suspected,
    may_have_minor_victim,
)
from guide.questionnaire.fields import StepFields, day, day_of_act, long_text, one_of, short_text, yes_no
from guide.questionnaire.schema import Guidance, Section, Step
from guide.questionnaire.traits import DECISION, DUTY_ONLY, HOME, IN_SENTENCES, NOBODY, RECORD_ONLY, SSP, SUMMARY, WHO
from guide.rules.enums import NO, YES, Flag, FlagState

KEY = "inddrag"

_parents_may_know = every_condition(may_have_minor_victim, home_is_safe)
_asked_whether_told = answered(KEY, "parents_told", "all", "some", NO)
_consent_counts = every_condition(has_adult_victim, flagged(Flag.DANGER, FlagState.NOT_SET, FlagState.POSSIBLE))
_somebody_waits = answered(KEY, "parents_told", "some", NO)


class InddragForm(StepFields):
    """Who at home is told, by whom and when."""

    secrecy_told = yes_no(
        _("Ved eleven, at du ikke kan love at holde det hemmeligt?"),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"secrecy": (YES,)},
        when=may_have_minor_victim,
    )

    municipality_contacted = yes_no(
        _("Er det aftalt med kommunen, hvem der taler med hjemmet?"),
        feeds=DUTY_ONLY,
        to=SSP | HOME,
        shows_done={"home_municipality": (YES,)},
        when=home_is_suspected,
    )
    municipality_on = day_of_act(
        _("Hvornår talte I med kommunen?"),
        _("Talt med kommunen om hjemmet"),
        to=SSP | HOME,
        when=answered(KEY, "municipality_contacted", YES),
    )
    municipality_agreement = long_text(
        _("Hvad er aftalt med kommunen, og med hvem?"), names=IN_SENTENCES, to=SUMMARY | HOME, when=home_is_suspected
    )

    parents_told = one_of(
        _("Ved forældrene det?"),
        [("all", _("Ja, alle med forældremyndighed")), ("some", _("Kun den ene")), (NO, _("Nej, ikke endnu"))],
        feeds="parents_told",
        to=SSP | DECISION | HOME,
        shows_done={"inform_parents": ("all",)},
        when=_parents_may_know,
    )
    told_by = short_text(
        _("Hvem fortæller det til forældrene?"),
        names=WHO,
        to=SUMMARY | HOME,
        when=_asked_whether_told,
    )
    told_on = day(
        _("Hvornår får forældrene det at vide?"),
        future=True,
        feeds=RECORD_ONLY,
        to=SSP | HOME,
        essential=True,
        when=_asked_whether_told,
    )
    pupil_help = long_text(
        _("Hvordan hjælper I eleven med at fortælle det?"),
        _("Siger eleven det selv, eller ringer du?"),
        names=NOBODY,
        to=SUMMARY,
        when=_parents_may_know,
    )
    wait_reason = long_text(
        _("Hvorfor venter I med den ene eller begge forældre?"),
        _("I enkelte sager skal beviser sikres eller krænkelsen stoppes først."),
        names=NOBODY,
        to=SUMMARY | HOME,
        essential=True,
        when=_somebody_waits,
    )
    wait_until = day(
        _("Hvornår tager I spørgsmålet om forældrene op igen?"),
        future=True,
        feeds=RECORD_ONLY,
        to=SSP,
        when=answered(KEY, "parents_told", "some"),
    )
    parents_agree = yes_no(
        _("Er forældrene enige om, hvad der skal ske?"),
        _("Begge med forældremyndighed får det at vide, medmindre kommunen råder til andet."),
        feeds="parents_agree",
        to=SSP,
        when=answered(KEY, "parents_told", "all", "some"),
        essential=False,
    )
    parents_view = long_text(
        _("Hvad siger og ønsker forældrene?"),
        names=NOBODY,
        to=SUMMARY | HOME,
        when=answered(KEY, "parents_told", "all", "some"),
    )

    adult_wish = long_text(
        _("Hvem vil den unge have inddraget?"),
        _("Den, der er fyldt 18, bestemmer selv. Tal det igennem sammen."),
        names=IN_SENTENCES,
        to=SUMMARY,
        essential=True,
        when=has_adult_victim,
    )
    adult_consent = yes_no(
        _("Har den unge sagt ja til, at de bliver inddraget?"),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"adult_consent": (YES,)},
        when=_consent_counts,
        essential=False,
    )


STEP = Step(
    key=KEY,
    title=_("Inddrag"),
    rows=(_("Inddrag forældre eller den unge selv"),),
    lead=_("Er eleven under 18 år, skal forældrene med hurtigst muligt. Men ikke, hvis mistanken peger mod hjemmet."),
    guidance=Guidance(
        what=(
            _("Forbered samtalen sammen med eleven: hvem siger hvad, og hvornår?"),
            _("Bliv hos eleven, til nogen har taget over."),
            _("Bed forældrene om ikke at slette noget og om at lade den, der krænker, være i fred."),
        ),
        why=_(
            "Et barn, der får støtte hjemmefra, kommer lettere igennem det. Mange unge er mest bange for at fortælle "
            "det derhjemme."
        ),
        avoid=(
            _("Kontakt ikke hjemmet, hvis volden eller overgrebet kan komme derfra. Tal med kommunen først."),
            _("Vis ikke forældrene billederne, og beskriv dem ikke i detaljer."),
            _("Læg ikke skylden på eleven, heller ikke hvis eleven selv har sendt billedet."),
        ),
        gives=_("En aftale om, hvem der fortæller hjemmet hvad, og hvornår – eller en begrundelse for at vente."),
    ),
    form=InddragForm,
    sections=(
        Section("tavshed", _("Før samtalen"), until="secrecy_told"),
        Section(
            "hjemmet",
            _("Mistanken peger mod hjemmet"),
            _("Forældrene må ikke kontaktes nu. Aftal med kommunens modtagelse, hvem der siger hvad."),
            until="municipality_agreement",
        ),
        Section(
            "foraeldre",
            _("Forældrene"),
            _("Spørg eleven, om hjemmet er trygt, før I ringer. Er I i tvivl, så spørg kommunen først."),
            until="parents_view",
        ),
        Section("myndig", _("Den unge er fyldt 18"), until="adult_consent"),
    ),
)
