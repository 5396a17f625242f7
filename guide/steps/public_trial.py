"""The assessment that anybody may try: the questions of Afdæk that decide the level and the flags, and nothing else.

No free text, no names, no dates: nothing that could tell who it is about, since it is asked outside any login.
"""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.fields import StepFields
from guide.questionnaire.schema import Guidance, Section, Step
from guide.steps import afdaek
from guide.steps.afdaek import AfdaekForm

SECTIONS = (
    Section("fare", _("Er nogen i fare?"), "", tuple(n for n in AfdaekForm.base_fields if n.startswith("danger_"))),
    Section("haendelse", _("Hvad er der sket?"), "", ("kinds",)),
    Section(
        "billede",
        _("Hvad viser billedet?"),
        "",
        ("shown", "recognisable", "identity_published", "shared", "youngest_age"),
    ),
    Section("sted", _("Spredning"), "", ("ongoing", "reached")),
    Section("elev", _("Eleven"), "", ("victim_age", "reaction")),
    Section("kraenker", _("Den, der krænker"), "", ("offender_known", "threat", "motive")),
)

_ASKED = tuple(name for section in SECTIONS for name in section.questions)


# The chosen questions of Afdæk, as Afdæk asks them.
TrialForm: type[StepFields] = type("TrialForm", (StepFields,), {name: AfdaekForm.base_fields[name] for name in _ASKED})

TRIAL = Step(
    key=afdaek.KEY,
    title=_("Prøv en vurdering"),
    rows=(),
    lead=_("Svar på det, du ved. Intet bliver gemt."),
    guidance=Guidance((), "", ()),
    form=TrialForm,
    sections=SECTIONS,
    conditions={name: afdaek.STEP.conditions[name] for name in _ASKED if name in afdaek.STEP.conditions},
)
