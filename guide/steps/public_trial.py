"""The assessment that anybody may try: the questions of Afdæk that decide the level and the flags, and nothing else.

No free text, no names, no dates: nothing that could tell who it is about, since it is asked outside any login.
"""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.fields import StepFields
from guide.questionnaire.schema import Guidance, Section, Step
from guide.steps.afdaek import KEY, AfdaekForm

SECTIONS = (
    Section("fare", _("Er nogen i fare?"), until="danger_offender_reach"),
    Section("haendelse", _("Hvad er der sket?"), until="kinds"),
    Section("billede", _("Hvad viser billedet?"), until="youngest_age"),
    Section("sted", _("Spredning"), until="reached"),
    Section("elev", _("Eleven"), until="reaction"),
    Section("kraenker", _("Den, der krænker"), until="motive"),
)

_ASKED = (
    *("danger_self_harm", "danger_violence", "danger_ongoing_abuse", "danger_offender_reach", "kinds"),
    *("shown", "recognisable", "identity_published", "shared", "youngest_age", "ongoing", "reached"),
    *("victim_age", "reaction", "offender_known", "threat", "motive"),
)

# The chosen questions of Afdæk, as Afdæk asks them.
TrialForm: type[StepFields] = type("TrialForm", (StepFields,), {name: AfdaekForm.base_fields[name] for name in _ASKED})

TRIAL = Step(
    key=KEY,
    title=_("Prøv en vurdering"),
    rows=(),
    lead=_("Svar på det, du ved. Intet bliver gemt."),
    guidance=Guidance((), "", ()),
    form=TrialForm,
    sections=SECTIONS,
)
