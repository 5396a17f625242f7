"""Sections of a step of one case as a request asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from cases.log.case_file import CurrentCase, read_current
from cases.log.entries import StepEntry
from cases.models import Case, User
from cases.text.form_fields import typed_fields
from guide.questionnaire.rows import People, people_of
from guide.questionnaire.schema import Answers, Section, Step
from guide.questionnaire.step_form import StepForm, data_from_answers, fields_of
from guide.steps import BY_KEY
from guide.steps.former_answers import current_answers
from guide.wizard import filing


@dataclass(frozen=True)
class StepRequest:
    """Sections of a step that are filed together, their case, and the form that was sent of them, if one was.

    The first section names the page.
    """

    request: HttpRequest
    user: User
    case: Case
    step: Step
    sections: tuple[Section, ...]
    case_file: CurrentCase

    def step_form(self, data: Mapping[str, list[str]], *, quiet: bool, only: str = "") -> StepForm:
        """The sections with ``data``, assessed together with the other sections and steps as filed.

        The form shows and checks all of them, or ``only`` one.
        """
        answers = self.filed_answers
        others = {key: given for key, given in answers.items() if key != self.step.key}
        # What other sections have closed may be open again with these answers.
        own = {**self.case_file.closed.get(self.step.key, {}), **answers.get(self.step.key, {})}
        filed = dict(data_from_answers(self.step, own).lists())
        for name in fields_of(self.names, filed):
            del filed[name]
        return StepForm(
            self.step,
            {**filed, **fields_of(self.names, data)},
            others,
            timezone.now(),
            first_act_on=filing.first_action_date(self.case_file),
            quiet=quiet,
            sections=[only] if only else [section.key for section in self.sections],
            people=self.people,
            seed=self.submission_id,
        )

    @property
    def key(self) -> str:
        """Under what the draft is kept."""
        return draft_key(self.step.key, self.sections[0].key)

    @property
    def name(self) -> str:
        """The step and the section, as an address says what was filed."""
        return f"{self.step.key}.{self.sections[0].key}"

    @cached_property
    def names(self) -> frozenset[str]:
        """The questions and tables of the sections."""
        return self.step.names([section.key for section in self.sections])

    @property
    def conditional(self) -> list[str]:
        """The questions and tables of the sections that are open only in some situations."""
        return [name for name in self.step.conditions if name in self.names]

    @property
    def typed(self) -> dict[str, list[str]]:
        """What the user typed, without the controls of the form."""
        return fields_of(self.names, typed_fields(self.request))

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

    @cached_property
    def filed_answers(self) -> Mapping[str, Answers]:
        """The newest filed answers of every step, under today's questions."""
        return current_answers(self.case_file.answers())

    @cached_property
    def people(self) -> People:
        """The people on the list, with those whom only rows of closed tables name."""
        closed = self.case_file.closed
        if not closed:
            return people_of(self.filed_answers)
        steps = {*closed, *self.filed_answers}
        return people_of(
            current_answers({step: {**closed.get(step, {}), **self.filed_answers.get(step, {})} for step in steps})
        )

    @property
    def filed_data(self) -> dict[str, list[str]]:
        """The newest filed answers of the sections as form data."""
        answers = self.filed_answers.get(self.step.key, {})
        return fields_of(self.names, dict(data_from_answers(self.step, answers).lists()))

    @property
    def closed_data(self) -> dict[str, list[str]]:
        """The filed answers of the sections to questions that other answers have closed, as form data."""
        answers = self.case_file.closed.get(self.step.key, {})
        return fields_of(self.names, dict(data_from_answers(self.step, answers).lists()))

    @property
    def filed(self) -> StepEntry | None:
        """The newest filing of this step."""
        return self.case_file.steps.get(self.step.key)

    @property
    def newest_seq(self) -> int:
        """The number of the newest filing of this step; 0 when there is none."""
        return filed.seq if (filed := self.filed) else 0

    @property
    def section_seq(self) -> int:
        """The number of the newest filing of these sections; 0 when there is none."""
        return self.section_filing.seq if self.section_filing else 0

    @property
    def section_filing(self) -> StepEntry | None:
        """The newest filing of these sections."""
        filed = self.case_file.sections.get(self.step.key, {})
        own = [filed[section.key] for section in self.sections if section.key in filed]
        return max(own, key=lambda entry: entry.seq, default=None)

    def is_filed(self, step_form: StepForm) -> bool:
        """Return whether exactly these answers are filed."""
        if self.filed is None:
            return False
        filed, sent = self.filed.content["answers"], filing.answers_to_store(step_form)
        return sent == {name: answer for name, answer in filed.items() if name in {*self.names, *sent}}

    def is_blank(self, step_form: StepForm) -> bool:
        """Return whether the sections were never filed and have no answer."""
        return not self.section_seq and not any(step_form.own_answers.values())

    @property
    def url(self) -> str:
        """The address of the section."""
        return section_url(self.case, self.step.key, self.sections[0].key)

    def of_sections(self, *sections: str) -> StepRequest:
        """Return the same for other sections of the step."""
        return replace(self, sections=tuple(section for section in self.step.sections if section.key in sections))

    def reread(self) -> StepRequest:
        """Return the same with the case as it is now."""
        return replace(self, case_file=read_current(self.case))


def draft_key(step: str, section: str) -> str:
    """Return under what the draft of a section is kept."""
    return f"{step}_{section}"


def section_url(case: Case, step: str, section: str) -> str:
    """Return the address of a section of a step of the case."""
    return reverse("trin", args=[case.public_id, step, section])


def read_step_request(request: HttpRequest, case: Case, step: str, *sections: str) -> StepRequest:
    """Return these sections of a case that the user may see. Raises Http404 for what is not on the card."""
    found = [BY_KEY[step].section(key) for key in sections] if step in BY_KEY else [None]
    found += [BY_KEY[step].section(one.along) for one in found if one is not None and one.along]
    if not isinstance(request.user, User):
        raise Http404
    known = tuple(section for section in found if section is not None)
    if len(known) < len(found):
        raise Http404
    return StepRequest(request, request.user, case, BY_KEY[step], known, read_current(case))
