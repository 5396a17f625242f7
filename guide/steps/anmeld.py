"""Anmeld: police, notification and insurance, each a decision of its own."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import answered, any_condition, flagged, home_is_safe, pupil_may_be_minor
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    day,
    day_of_act,
    in_order,
    long_text,
    many_of,
    one_of,
    pick,
    short_text,
    yes_no,
)
from guide.questionnaire.rows import WHO as WHO_COLUMN
from guide.questionnaire.rows import hidden_person
from guide.questionnaire.schema import Guidance, Section, Situation, Step, Table
from guide.questionnaire.traits import (
    ALL,
    DECISION,
    DUTY_ONLY,
    IN_SENTENCES,
    NOBODY,
    POLICE,
    RECORD_ONLY,
    SSP,
    SUMMARY,
    WHATEVER_IS_WRITTEN,
    WHO,
)
from guide.rules.children import PUPIL_KEY
from guide.rules.enums import NO, UNKNOWN, YES, Choices, Deletion, Flag, FlagState
from guide.steps.answer_labels import CHILD_ROLE

KEY = "anmeld"


def _violence_or_abuse(situation: Situation) -> bool:
    facts = situation.assessment.facts
    return flagged(Flag.ABUSE, FlagState.SET)(situation) or True in (facts.violence, facts.suspicion_home)


_DECISIONS: Choices = [("sent", _("Ja, den er sendt")), ("will", _("Ja, den skal sendes")), (NO, _("Nej"))]
DECIDED = ("sent", "will")
"""The decisions by which a notification is sent."""
_CONFIRMED_TOO_EARLY = _("Kommunens bekræftelse ligger før den dag, underretningen blev sendt.")
_REASON_MISSING = _(
    "Jeres svar peger på, at der er pligt til at underrette. Skriv, hvorfor der ikke sendes en underretning."
)

_police_contacted = answered(KEY, "police_contacted", YES)
_reported = answered(KEY, "report_decision", "reported")
_notified = answered(KEY, "notification", "sent")
_insurance_reminded = answered(KEY, "insurance", YES)


def _other_children(situation: Situation) -> dict[str, str]:
    """The children besides the pupil of the first questions, by their keys."""
    return {child.key: capfirst(child.words) for child in situation.assessment.children if child.key}


class AnmeldForm(StepFields):
    """What is reported, by whom, and what came of it."""

    police_contacted = yes_no(
        _("Er politiet spurgt til råds?"),
        _("Ring 114. Man kan spørge uden at anmelde."),
        feeds="police_contacted",
        to=SSP | DECISION,
        shows_done=dict.fromkeys(("ask_police", "approach_police", "offender_police", "under_15_police"), (YES,)),
    )
    police_contacted_on = day_of_act(
        _("Hvornår talte I med politiet?"),
        _("Politiet spurgt til råds"),
        feeds="police_contacted_on",
        to=ALL,
        when=_police_contacted,
    )
    police_deletion = one_of(
        _("Må der slettes?"),
        [
            (Deletion.ALLOWED, _("Ja, det må slettes")),
            (Deletion.PARTLY, _("Ja, noget af det")),
            (Deletion.NOT_YET, _("Nej, ikke endnu")),
            (Deletion.ASK_AGAIN, _("De vil spørges igen først")),
        ],
        feeds="police_deletion",
        to=ALL | DECISION,
        when=_police_contacted,
    )
    police_advice = long_text(
        _("Hvad sagde politiet?"),
        _("Også hvad de sagde om beviser."),
        names=NOBODY,
        to=SUMMARY,
        when=_police_contacted,
    )

    report_decision = one_of(
        _("Bliver det anmeldt til politiet?"),
        [("reported", _("Ja, det er anmeldt")), ("will", _("Ja, det skal anmeldes")), (NO, _("Nej"))],
        feeds="report_decision",
        to=ALL | DECISION,
        shows_done=dict.fromkeys(("police_report", "report_soon"), ("reported",)),
    )
    recommended = yes_no(
        _("Har skolen anbefalet en anmeldelse?"),
        feeds=RECORD_ONLY,
        to=SSP,
        when=answered(KEY, "report_decision", NO, UNKNOWN),
    )
    report_reason = long_text(
        _("Hvorfor bliver det ikke anmeldt?"),
        names=NOBODY,
        to=SUMMARY,
        essential=True,
        shows_done=dict.fromkeys(("police_report", "report_soon"), WHATEVER_IS_WRITTEN),
        when=answered(KEY, "report_decision", NO),
    )
    report_when = short_text(
        _("Hvem anmelder, og hvornår?"),
        names=IN_SENTENCES,
        to=SUMMARY,
        essential=True,
        when=answered(KEY, "report_decision", "will"),
    )
    who_reports = many_of(
        _("Hvem anmelder?"),
        [
            ("parents", _("Forældrene")),
            ("victim", _("Den krænkede selv")),
            ("school", _("Skolen")),
            ("other", _("En anden")),
        ],
        _("Som regel forældrene eller den krænkede selv."),
        look="flydende",
        feeds=RECORD_ONLY,
        to=SSP,
        essential=True,
        when=_reported,
    )
    report_way = one_of(
        _("Hvordan anmeldes der?"),
        [("station", _("På en politistation")), ("phone", _("På telefon 114")), ("online", _("På politi.dk"))],
        feeds=RECORD_ONLY,
        to=SSP,
        when=_reported,
        essential=False,
    )
    reported_on = day_of_act(_("Hvornår er det anmeldt?"), _("Anmeldt til politiet"), to=ALL, when=_reported)
    police_reference = short_text(_("Politiets journalnummer"), names=NOBODY, to=POLICE, when=_reported)
    police_outcome = long_text(_("Hvad er der kommet ud af anmeldelsen?"), names=NOBODY, to=SUMMARY, when=_reported)

    contingency = yes_no(
        _("Er kommunens beredskabsplan sat i gang?"),
        _("Ved vold eller overgreb følger I kommunens beredskabsplan."),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"contingency_plan": (YES,)},
        when=any_condition(_violence_or_abuse, answered(KEY, "contingency", YES)),
    )
    contingency_on = day_of_act(
        _("Hvornår blev beredskabsplanen sat i gang?"),
        _("Beredskabsplanen sat i gang"),
        to=SSP,
        when=answered(KEY, "contingency", YES),
    )

    notification = one_of(
        _("Sendes der en underretning til kommunen?"),
        _DECISIONS,
        _("Svar, uanset hvad politiet gør. Pligten er din egen. En leder kan ikke sige nej til det."),
        feeds=DUTY_ONLY,
        to=SSP | DECISION,
        shows_done={"notify": ("sent",), "consider_notification": ("sent", "will", NO)},
        when=pupil_may_be_minor,
    )
    notification_by = short_text(
        _("Hvem underretter?"), names=WHO, to=SUMMARY, when=answered(KEY, "notification", "sent", "will")
    )
    notification_on = day_of_act(_("Hvornår er underretningen sendt?"), _("Underretning sendt"), to=SSP, when=_notified)
    notification_receipt_on = day(
        _("Hvornår svarede kommunen, at de har fået den?"),
        _("Kommunen bekræfter inden seks hverdage."),
        feeds=RECORD_ONLY,
        to=SSP,
        when=_notified,
    )
    notification_reason = long_text(
        _("Hvorfor sendes der ingen underretning?"),
        names=NOBODY,
        to=SUMMARY,
        reason_required=True,
        essential=True,
        when=answered(KEY, "notification", NO),
    )

    insurance = yes_no(
        _("Er familien mindet om sin egen forsikring?"),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"insurance": (YES,)},
        when=home_is_safe,
        essential=False,
    )
    insurance_by = short_text(_("Hvem har mindet dem om det?"), names=WHO, to=SUMMARY, when=_insurance_reminded)
    insurance_outcome = short_text(_("Hvad siger forsikringen?"), names=NOBODY, to=SUMMARY, when=_insurance_reminded)

    def clean(self) -> dict[str, Any]:
        """The municipality cannot confirm a notification before it was sent."""
        in_order("notification_on", "notification_receipt_on", _CONFIRMED_TOO_EARLY)(self)
        return self.cleaned_data


class NotificationRow(RowFields):
    """What is decided about one more child."""

    who = hidden_person(_("Barn"))
    decision = pick(
        _("Underretning"),
        _DECISIONS,
        shows_done={"notify": ("sent",), "consider_notification": ("sent", "will", NO)},
    )
    by = short_text(_("Hvem underretter"), names=WHO)
    sent_on = day(_("Sendt"))
    receipt_on = day(_("Kommunen svarede"))
    reason = short_text(_("Hvorfor ikke"), names=NOBODY)

    def clean(self) -> dict[str, Any]:
        """The municipality cannot confirm a notification before it was sent."""
        in_order("sent_on", "receipt_on", _CONFIRMED_TOO_EARLY)(self)
        return self.cleaned_data


def _reason_for_no_notification(form: StepFields, situation: Situation) -> None:
    """Deciding against a notification although the child may need support is explained in writing."""
    refused = situation.get(KEY, "notification") == NO and not form.cleaned_data.get("notification_reason")
    if refused and _must_notify(situation, PUPIL_KEY):
        form.add_error("notification_reason", str(_REASON_MISSING))


def _reason_for_no_other_notification(row: RowFields, situation: Situation) -> None:
    refused = row.cleaned_data.get("decision") == NO and not row.cleaned_data.get("reason")
    if refused and _must_notify(situation, str(row.cleaned_data.get(WHO_COLUMN))):
        row.add_error("reason", str(_REASON_MISSING))


def _must_notify(situation: Situation, key: str) -> bool:
    return any(child.key == key and child.state is FlagState.SET for child in situation.assessment.children)


_OTHERS = Table(
    "notifications",
    _("Andre børn i sagen"),
    NotificationRow,
    one=_("Barn"),
    intro=_("Tag stilling for hvert af dem."),
    derived=CHILD_ROLE,
    feeds=DUTY_ONLY,
    to=SUMMARY | DECISION,
    about_person=True,
    when=lambda situation: bool(_other_children(situation)),
    one_for_each=_other_children,
    check=_reason_for_no_other_notification,
)


STEP = Step(
    key=KEY,
    title=_("Anmeld"),
    rows=(_("Politianmeldelse"), _("Forsikringsanmeldelse")),
    lead=_("Politi, kommune og forsikring: tre ting, I tager stilling til hver for sig."),
    guidance=Guidance(
        what=(
            _("Ring 114, og spørg til råds. Det forpligter ikke."),
            _("Støt familien, og anbefal at anmelde. Som regel anmelder forældrene eller den krænkede selv."),
            _("Peger mistanken mod hjemmet? Så aftaler I med kommunen, hvem der anmelder."),
            _("Anmeld hurtigst muligt. Det kan få betydning for erstatning."),
            _("Tag stilling til underretning for hvert barn. En rimelig mistanke er nok."),
        ),
        why=_(
            "Politiet kan sikre spor og stoppe en krænker. Kommunen kan hjælpe barnet. Det ene "
            "erstatter ikke det andet."
        ),
        avoid=(
            _("Lov ikke eleven et bestemt udfald."),
            _("Vent ikke med underretningen på, hvad politiet gør."),
            _(
                "Bland ikke de to sammen: Der er ingen almindelig pligt til at anmelde. Men du kan have pligt til at "
                "underrette."
            ),
        ),
        gives=_("Tre beslutninger med hver sin begrundelse: politi, underretning og forsikring."),
    ),
    form=AnmeldForm,
    sections=(
        Section("politi", _("Politiet"), until="police_outcome"),
        Section("beredskab", _("Beredskabsplan"), until="contingency_on"),
        Section("underretning", _("Underretning til kommunen"), until="notification_reason", tables=(_OTHERS,)),
        Section("forsikring", _("Forsikring"), until="insurance_outcome"),
    ),
    check=_reason_for_no_notification,
)
