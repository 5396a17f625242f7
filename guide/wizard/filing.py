"""File a step of the card in the log: questions, answers and assessment as shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.enums import FETCHES_LEADERS, DutyState, StepStatus
from cases.log import writer
from cases.log.case_file import CurrentCase
from cases.log.duty_status import DutyReading, deadline_key, moment_due, read_deadline
from cases.log.entry_text import all_rows
from cases.log.entry_types import FrozenAssessment, FrozenDuty, FrozenHistory, FrozenStanding, StepContent
from cases.log.newest_sections import THIS_ENTRY
from cases.models import Case, Entry, School, User
from cases.models.school_calendar import closed_days
from guide.directory import ContactCard, LegalCard, contacts_for, legal_notes
from guide.questionnaire import card
from guide.questionnaire.schema import Answers, Situation
from guide.questionnaire.step_form import StepForm
from guide.rules.actions import first_actions
from guide.rules.deadlines import deadline
from guide.rules.duties import Duty
from guide.rules.early_deletion import deviations
from guide.rules.enums import Urgency
from guide.steps import reevaluate, vurder
from guide.steps.former_answers import current_answers

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HURRY = (Urgency.NOW, Urgency.TODAY)
_SETTLED = (DutyState.DONE, DutyState.NOT_RELEVANT)


def save_step(
    *,
    case: Case,
    by: User,
    step_form: StepForm,
    case_file: CurrentCase,
    submission_id: UUID,
    draft_key: str = "",
    afterwards: Callable[[Entry], object] | None = None,
) -> Entry:
    """File valid sections of a step as shown, see ``writer.append_step``. Raises StaleReading when somebody has
    written since ``case_file`` was read."""
    if _was_filed_whole(case_file, step_form.step.key):
        step_form.take_all_sections()
    assessment = freeze_assessment(step_form.situation, case, case_file)
    pressing = pressing_duties(assessment, completed_duty_keys(case_file), case_file.follow_ups)
    filed = current_answers(case_file.answers())
    content: StepContent = {
        "step": step_form.step.key,
        "title": str(step_form.step.title),
        "card_version": card.version(),
        "language": get_language() or "da",
        "answers": answers_to_store(step_form),
        "sections": step_form.frozen(),
        "judgement": assessment,
        "missing": step_form.missing(),
        "history": _history(case_file, filed, step_form, assessment),
    }
    return writer.append_step(
        case=case,
        by=by,
        content=content,
        read_to=case_file.last_seq,
        draft_key=draft_key,
        submission_id=submission_id,
        status=step_form.status(),
        next_due=pressing.next_due,
        is_urgent=pressing.is_urgent,
        level_reason=str(step_form.answers.get("confirm_reason", "")),
        moved=_moved(step_form, case_file, filed),
        afterwards=afterwards,
    )


def newest_seq(case_file: CurrentCase, step: str) -> int:
    """Return the number of the newest filing of the step; 0 when there is none."""
    return case_file.steps[step].seq if step in case_file.steps else 0


def _was_filed_whole(case_file: CurrentCase, step: str) -> bool:
    """Return whether the step stands as an earlier version filed it, with other questions in its sections."""
    return step in case_file.steps and "standing" not in case_file.steps[step].content.get("history", {})


def _history(
    case_file: CurrentCase, filed: Mapping[str, Answers], step_form: StepForm, assessment: FrozenAssessment
) -> FrozenHistory:
    """What the filings until now and the new one say together."""
    today = timezone.localdate(step_form.situation.now).isoformat()
    asked = {(duty.key, duty.urgency) for duty in step_form.situation.assessment.duties if duty.due is None}
    days = {
        deadline_key(duty["key"], duty["urgency"]): duty["due"]
        for duty in assessment["duties"]
        if duty["due"] and (duty["key"], duty["urgency"]) in asked
    }
    return {
        "first_filed": {duty["key"]: today for duty in assessment["duties"]} | dict(case_file.first_filed),
        "deadlines": days | dict(case_file.deadlines),
        "deviated": case_file.deviated or bool(assessment["deviations"]),
        "standing": list(_standing(case_file, step_form)),
        "closed": _closed(case_file, filed, step_form),
    }


def _standing(case_file: CurrentCase, step_form: StepForm) -> Iterator[FrozenStanding]:
    """The sections that count from now on: these, and the others as filed, though nothing in them is asked now."""
    step, filed = step_form.step, case_file.sections.get(step_form.step.key, {})
    here = {section.key for section, _names in step_form.layout}
    known = [section.key for section in step.sections]
    for key in [*known, *(key for key in filed if key not in known)]:
        if key in here:
            yield {"section": key, "seq": THIS_ENTRY}
        elif key in filed:
            yield {"section": key, "seq": filed[key].seq}


def _closed(case_file: CurrentCase, filed: Mapping[str, Answers], step_form: StepForm) -> dict[str, Any]:
    """The answers that were given earlier to questions of today's card that are not asked in this situation."""
    step = step_form.step
    answered = {**case_file.closed.get(step.key, {}), **filed.get(step.key, {})}
    asked = step.names([section.key for section in step.sections])
    return {
        name: answer for name, answer in answered.items() if answer and name in asked and name not in step_form.answers
    }


def _moved(step_form: StepForm, case_file: CurrentCase, filed: Mapping[str, Answers]) -> dict[str, StepStatus]:
    """Return the statuses of the other filed steps with these answers."""
    others = filed_steps(case_file) - {step_form.step.key}
    anew = reevaluate(filed, others, step_form.situation)
    return {step: again.status() for step, again in anew.items()}


def filed_steps(case_file: CurrentCase) -> frozenset[str]:
    """Return the steps that are filed and were not skipped since."""
    return frozenset(case_file.steps) - frozenset(case_file.skips)


def answers_to_store(step_form: StepForm) -> Answers:
    """Return the answers for the entry, with the computed ones."""
    computed = [item for section, _names in step_form.layout for item in section.computed.items()]
    return {**step_form.own_answers, **{name: compute(step_form.situation) for name, compute in computed}}


def freeze_assessment(situation: Situation, case: Case, case_file: CurrentCase) -> FrozenAssessment:
    """Return the assessment in the words of the screen, with the texts of sources and contacts."""
    assessment = situation.assessment
    now = timezone.localtime(situation.now)
    duties = with_deadlines(assessment.duties, case_file, now, case.school)
    cards = contacts_for(case.school.municipality, [key for duty in duties for key in duty.contacts])
    notes = legal_notes([key for duty in duties for key in duty.sources])
    by_contact = {card.key: _contact_words(card) for card in cards}
    by_source = {note.key: _source_words(note) for note in notes}
    return {
        "levels": [int(level) for level in assessment.rating.levels],
        "confirmed": int(assessment.confirmed) if assessment.confirmed else None,
        "assessed_alone": vurder.is_assessed_alone(situation),
        "axis": str(assessment.rating.axis_text),
        "reasons": [str(reason) for reason in assessment.rating.reasons],
        "tipping": card.tipping_questions(assessment.rating),
        "flags": [
            {"key": found.flag, "title": str(found.title), "state": found.state, "reason": str(found.reason)}
            for found in assessment.flags
        ],
        "duties": [_frozen_duty(duty, by_source, by_contact) for duty in duties if not duty.rule],
        "rules": [f"{duty.title}. {duty.text}" for duty in duties if duty.rule],
        "actions": [
            {"title": str(action.words.title), "duties": [duty.key for duty in action.duties]}
            for action in first_actions(duties)
        ],
        "police_first": assessment.police_first or assessment.deletion_waits,
        "police_first_reason": assessment.deletion_reason,
        "deletion_waits": assessment.deletion_waits,
        "deviations": [
            _deviation_words(found.text, found.reason) for found in deviations(assessment, noted=case_file.deviated)
        ],
    }


def with_deadlines(duties: Iterable[Duty], case_file: CurrentCase, now: datetime, school: School) -> list[Duty]:
    """Return the duties; one without a date of the law has the deadline with which it was first filed, or one from
    ``now``, in the zone of the school, whose closed days are read for the first of these."""
    filed = [(duty, _with_deadline(duty, case_file)) for duty in duties]
    closed = closed_days(school, now.date()) if any(known is None for _duty, known in filed) else frozenset[date]()
    return [known or replace(duty, due=deadline(duty.urgency, now, closed)) for duty, known in filed]


def with_filed_deadlines(duties: Iterable[Duty], case_file: CurrentCase) -> list[Duty]:
    """Return the duties with the deadlines that are filed. One that is not filed yet has just begun."""
    return [_with_deadline(duty, case_file) or duty for duty in duties]


def _with_deadline(duty: Duty, case_file: CurrentCase) -> Duty | None:
    """Return the duty with its filed deadline, or as it is where it has a date or needs none; None without one."""
    if duty.due is not None or duty.rule or duty.urgency is Urgency.LATER:
        return duty
    filed = read_deadline(case_file.deadlines.get(deadline_key(duty.key, duty.urgency)))
    return replace(duty, due=filed) if filed else None


def completed_duty_keys(case_file: CurrentCase) -> frozenset[str]:
    """The keys of the duties that are done or not relevant."""
    return frozenset(duty.key for duty in case_file.duties if duty.state in _SETTLED)


def settled_duty_keys(case: Case, case_file: CurrentCase) -> frozenset[str]:
    """The keys of the duties that are not waiting: those completed, and to fetch a leader where one has the case."""
    fetched = FETCHES_LEADERS if case.taken_by_id else frozenset[str]()
    return completed_duty_keys(case_file) | fetched


def first_action_date(case_file: CurrentCase) -> date | None:
    """Return the day the school first acted, by a duty done or by the dates in the steps, or None."""
    days = [timezone.localdate(duty.at) for duty in case_file.duties if duty.state == DutyState.DONE and duty.at]
    days += [
        date.fromisoformat(day)
        for reading in case_file.steps.values()
        for row in all_rows(reading.content)
        if row["is_act"] and isinstance(day := reading.content["answers"].get(row["key"]), str)
        if _ISO_DAY.fullmatch(day)
    ]
    return min(days, default=None)


@dataclass(frozen=True)
class Pressing:
    """What lists show of the open duties: the nearest deadline, and whether something is to be done now or today."""

    next_due: datetime | None
    is_urgent: bool


def pressing_duties(
    assessment: FrozenAssessment | None, done: frozenset[str], follow_ups: Iterable[DutyReading] = ()
) -> Pressing:
    """Return what presses among the duties and the school's own follow-ups that are not done."""
    waiting = [duty for duty in assessment["duties"] if duty["key"] not in done] if assessment else []
    days = [moment_due(due) for duty in waiting if (due := read_deadline(duty["due"]))]
    days += [moment_due(one.due) for one in follow_ups if one.due and one.key not in done]
    return Pressing(min(days, default=None), any(duty["urgency"] in _HURRY for duty in waiting))


def _frozen_duty(duty: Duty, sources: Mapping[str, str], contacts: Mapping[str, str]) -> FrozenDuty:
    return {
        "key": duty.key,
        "title": str(duty.title),
        "text": str(duty.text),
        "why": str(duty.why),
        "urgency": duty.urgency,
        "due": duty.due.isoformat() if duty.due else None,
        "source": "; ".join(sources[key] for key in duty.sources),
        "contact": "; ".join(contacts[key] for key in duty.contacts),
        "step": duty.step,
        "about": duty.about,
        "owner": str(duty.who),
    }


def _source_words(note: LegalCard) -> str:
    if note.last_checked is None:
        return _("%(law)s (ikke kontrolleret)") % {"law": note.name}
    return _("%(law)s (kontrolleret %(day)s)") % {"law": note.name, "day": date_format(note.last_checked, "d-m-Y")}


def _contact_words(card: ContactCard) -> str:
    # "Politiet 114" need not say 114 twice.
    phone = "" if card.phone and card.phone in card.name else card.phone
    reach = ", ".join(part for part in (phone, card.url) if part)
    if not reach and not card.phone:
        return f"{card.name}: {card.missing or _('ikke udfyldt')}"
    words = f"{card.name}: {reach}" if reach else card.name
    return f"{words} ({doubt})" if (doubt := card.doubt) else words


def _deviation_words(text: str, reason: str) -> str:
    return f"{text} {_('Begrundelse: %(reason)s') % {'reason': reason}}" if reason else text
