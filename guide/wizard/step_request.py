"""One step of one case as a request asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from cases.log.case_file import CaseFile, read_case
from cases.log.entries import StepEntry
from cases.models import Case, User
from cases.text.form_fields import typed_fields
from guide.questionnaire.schema import Step
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.steps import BY_KEY, STEPS
from guide.wizard import filing


@dataclass(frozen=True)
class StepRequest:
    """A step, the case it belongs to, and the form that was sent of it, if one was."""

    request: HttpRequest
    user: User
    case: Case
    step: Step
    case_file: CaseFile

    def step_form(self, data: Mapping[str, list[str]], *, quiet: bool) -> StepForm:
        """The step with ``data``, assessed together with the other steps as filed."""
        others = {key: answers for key, answers in self.case_file.answers().items() if key != self.step.key}
        return StepForm(
            self.step, data, others, timezone.now(), first_act_on=filing.first_action_date(self.case_file), quiet=quiet
        )

    @property
    def typed(self) -> dict[str, list[str]]:
        """What the user typed, without the controls of the form."""
        return typed_fields(self.request)

    @property
    def shown(self) -> frozenset[str]:
        """The conditional questions and tables that the page showed when it was sent."""
        return frozenset(self.request.POST.getlist("vist"))

    @property
    def base_seq(self) -> int:
        """The filing that the form was built on, as the form says."""
        typed = self.request.POST.get("base_seq", "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else 0

    @property
    def submission_id(self) -> UUID:
        """The form's own number, so that sending it twice files once."""
        try:
            return UUID(self.request.POST.get("submission_id", ""))
        except ValueError:
            return uuid4()

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return bool(HtmxDetails(self.request))

    @property
    def filed_data(self) -> dict[str, list[str]]:
        """The newest filed answers as form data."""
        return dict(data_from_answers(self.step, self.case_file.answers().get(self.step.key, {})).lists())

    @property
    def filed(self) -> StepEntry | None:
        """The newest filing of this step."""
        return self.case_file.steps.get(self.step.key)

    @property
    def newest_seq(self) -> int:
        """The number of the newest filing of this step; 0 when there is none."""
        return filed.seq if (filed := self.filed) else 0

    def is_filed(self, step_form: StepForm) -> bool:
        """Return whether the newest filing has exactly these answers."""
        return self.filed is not None and self.filed.content["answers"] == filing.answers_to_store(step_form)

    def is_blank(self, step_form: StepForm) -> bool:
        """Return whether the step was never filed and has no answer."""
        return self.filed is None and not any(step_form.answers.values())

    @property
    def url(self) -> str:
        """This step's address."""
        return reverse("trin", args=[self.case.public_id, self.step.key])

    @property
    def previous_url(self) -> str:
        """The step before; the overview before the first."""
        return self._neighbour(-1)

    @property
    def next_url(self) -> str:
        """The step after; the overview after the last."""
        return self._neighbour(1)

    def _neighbour(self, distance: int) -> str:
        number = STEPS.index(self.step) + distance
        if 0 <= number < len(STEPS):
            return reverse("trin", args=[self.case.public_id, STEPS[number].key])
        return reverse("sag", args=[self.case.public_id])


def read_step_request(request: HttpRequest, case: Case, step: str) -> StepRequest:
    """Return the step of a case that the user may see. Raises Http404 for a step that is not on the card."""
    if step not in BY_KEY or not isinstance(request.user, User):
        raise Http404
    return StepRequest(request, request.user, case, BY_KEY[step], read_case(case, whole=False))
