"""The plan: the duties in order of urgency, each with reason, source and contact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.access.permissions import can, case_view
from cases.enums import AuditVerb, CaseAction, DutyOutcome, Status
from cases.log import writer
from cases.log.case_file import CurrentCase, read_current
from cases.log.case_transaction import CaseClosed, RecordError, StaleReading
from cases.log.duty_status import is_past, moment_due
from cases.models import Case, User
from cases.sharing.referral_list import referral_status
from cases.views import receipts
from cases.views.receipts import receipt_of
from guide.directory import ContactCard, LegalCard, contacts_for, legal_notes
from guide.questionnaire import card
from guide.questionnaire.field_html import group_html
from guide.questionnaire.schema import Situation
from guide.rules.actions import Action, ActionText
from guide.rules.deadlines import urgency_until
from guide.rules.duties import Duty
from guide.rules.enums import Urgency
from guide.wizard import filing
from guide.wizard.case_state import situation_of
from guide.wizard.forms import DutyForm
from guide.wizard.sidebar import case_sidebar

_BY_THE_CLOCK: Final = frozenset({"late_to_leader"})
"""Duties that come with the days, without an answer or a new rule."""
SHOWN_FIRST: Final = 3
"""How many actions stand open at the top; the rest is folded by urgency."""


@dataclass(frozen=True)
class DutyAnswer:
    """How a duty was answered, by whom and when."""

    outcome: str
    by: str
    when: datetime | None
    reason: str


@dataclass(frozen=True)
class DrawnContact:
    """A contact as HTML, short and whole, rendered once for all its duties."""

    chip: str
    card: str
    is_unchecked: bool


@dataclass(frozen=True)
class PlannedDuty:
    """A duty on the page, its answer, and the form that answers it."""

    duty: Duty
    state: DutyAnswer | None
    overdue: bool
    contacts: list[DrawnContact]
    sources: list[str]
    is_unchecked: bool
    form: DutyForm

    @property
    def reason_html(self) -> str:
        """The field of the form that takes words, as HTML."""
        return group_html([self.form["reason"]])


@dataclass(frozen=True)
class NextTask:
    """What is done in one go: its duties, and the words of the action that covers them, if one does."""

    duties: list[PlannedDuty]
    words: ActionText | None = None

    @property
    def urgency(self) -> Urgency:
        """Return the urgency of its first duty, the most urgent one."""
        return self.duties[0].duty.urgency


@dataclass(frozen=True)
class Group:
    """Duties of one urgency. ``is_open`` is true where an answer was refused: its words must be in sight."""

    urgency: Urgency
    duties: list[PlannedDuty]

    @property
    def is_open(self) -> bool:
        """Return whether a form of the group was sent and refused."""
        return any(item.form.is_bound for item in self.duties)


@require_safe
@case_view(AuditVerb.OPEN)
def plan(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole plan of the case."""
    case_file = read_current(case)
    return _render(request, case, case_file, situation_of(case_file, timezone.now()))


@require_POST
@case_view(AuditVerb.OPEN, action=CaseAction.TICK)
def tick(request: HttpRequest, case: Case, duty: str) -> HttpResponse:
    """Answer one duty: done, or not relevant with the reason. Raises CaseClosed, RecordError for one that is gone."""
    return _tick(request, case, duty)


def _tick(request: HttpRequest, case: Case, duty: str) -> HttpResponse:
    if case.status == Status.CLOSED:
        raise CaseClosed
    case_file = read_current(case)
    situation = situation_of(case_file, timezone.now())
    followed = next((known for known in case_file.follow_ups if known.key == duty), None)
    asked = followed or _asked(situation, duty)
    if asked is None and duty in case_file.first_filed:
        raise RecordError(_("Opgaven står ikke længere i planen: svarene i sagen er ændret."), "duty")
    if asked is None or not isinstance(request.user, User):
        raise Http404
    form = DutyForm(request.POST, prefix=duty)
    if not form.is_valid():
        return _render(request, case, case_file, situation, wrong={duty: form})
    # Until something is filed, the lists know no deadline of the card: a follow-up brings none.
    is_assessed = case_file.assessment is not None or followed is None
    frozen = filing.freeze_assessment(situation, case, case_file) if is_assessed else None
    done = filing.completed_duty_keys(case_file) | {duty}
    pressing = filing.pressing_duties(frozen, done, case_file.follow_ups)
    try:
        writer.tick_duty(
            case=case,
            by=request.user,
            key=duty,
            title=str(asked.title),
            outcome=DutyOutcome(form.cleaned_data["outcome"]),
            reason=form.cleaned_data["reason"],
            submission_id=form.cleaned_data["submission_id"],
            follow_up=followed,
            next_due=pressing.next_due,
            is_urgent=pressing.is_urgent,
            read_to=case_file.last_seq,
        )
    except StaleReading:
        return _tick(request, case, duty)
    return redirect(f"{reverse('plan', args=[case.public_id])}?svaret={duty}")


def _asked(situation: Situation, key: str) -> Duty | None:
    return next((known for known in situation.assessment.duties if known.key == key and not known.rule), None)


def _render(
    request: HttpRequest,
    case: Case,
    case_file: CurrentCase,
    situation: Situation,
    wrong: dict[str, DutyForm] | None = None,
) -> HttpResponse:
    planned = _planned(situation, case_file, case, wrong or {})
    panel = case_sidebar(situation, case_file, case)
    waiting = [item for item in planned if item.state is None]
    settled = filing.settled_duty_keys(case, case_file)
    tasks = [item for item in waiting if not item.duty.rule and item.duty.key not in settled]
    first, rest = _first(tasks, panel.actions)
    answered = request.GET.get("svaret", "")
    context = {
        "case": case,
        "next_tasks": first,
        "groups": [group for group in _groups(rest) if group.duties],
        "rules": [item for item in waiting if item.duty.rule],
        "is_unchecked": any(item.is_unchecked for item in planned),
        "is_changed": _follows_new_rules(case_file, situation),
        "answered": [item for item in planned if item.state is not None],
        "panel": panel,
        "may_tick": can(request.user, case, CaseAction.TICK) and case.status == Status.OPEN,
        "sparring": referral_status(case) if can(request.user, case, CaseAction.WALK) else None,
        "may_refer": can(request.user, case, CaseAction.REFER),
        "wrong": wrong,
        "just_answered": next((item for item in planned if item.state and item.duty.key == answered), None),
        "left": len(tasks),
        "is_closed": case.status == Status.CLOSED,
        "done": receipt_of(request, receipts.FOLLOW_UP_SET),
    }
    return render(request, "guide/plan.html", context, status=422 if wrong else 200)


def _planned(situation: Situation, case_file: CurrentCase, case: Case, wrong: dict[str, DutyForm]) -> list[PlannedDuty]:
    duties = [*_with_days_passed(situation, case_file), *_follow_ups(case_file, situation.now)]
    duties.sort(key=lambda duty: list(Urgency).index(duty.urgency))
    cards = _drawn_contacts(contacts_for(case.school.municipality, [key for duty in duties for key in duty.contacts]))
    notes = _drawn_sources(legal_notes([key for duty in duties for key in duty.sources]))
    settled = filing.completed_duty_keys(case_file)
    states = {
        reading.key: DutyAnswer(reading.state, reading.by_name, reading.at, reading.reason)
        for reading in case_file.duties
        if reading.key in settled
    }
    return [
        PlannedDuty(
            duty=duty,
            state=states.get(duty.key),
            overdue=duty.key not in states and is_past(duty.due, situation.now),
            contacts=[cards[key] for key in duty.contacts],
            sources=[notes[key] for key in duty.sources],
            is_unchecked=any(cards[key].is_unchecked for key in duty.contacts),
            form=wrong.get(duty.key) or DutyForm(prefix=duty.key),
        )
        for duty in duties
    ]


def _with_days_passed(situation: Situation, case_file: CurrentCase) -> list[Duty]:
    """Return the duties; an overdue one has the deadline by which it should have been done, others only the law's."""
    asked = situation.assessment.duties
    filed = filing.with_filed_deadlines(asked, case_file)
    return [late if is_past(late.due, situation.now) else duty for duty, late in zip(asked, filed, strict=True)]


def _follow_ups(case_file: CurrentCase, now: datetime) -> list[Duty]:
    """Return the school's own follow-ups as duties of the plan, which have nothing to explain."""
    return [
        Duty(
            key=one.key,
            title=one.title,
            text="",
            why="",
            urgency=urgency_until(moment_due(one.due), timezone.localtime(now)) if one.due else Urgency.LATER,
            due=one.due,
            sources=(),
            contacts=(),
            step="",
            rule=False,
            who=one.owner,
        )
        for one in case_file.follow_ups
    ]


def _drawn_contacts(cards: Iterable[ContactCard]) -> dict[str, DrawnContact]:
    chip, whole = get_template("_contact_chip.html"), get_template("_contact_card.html")
    return {
        card.key: DrawnContact(
            chip.render({"contact": card}), whole.render({"contact": card}), not (card.missing or card.last_verified)
        )
        for card in cards
    }


def _drawn_sources(notes: Iterable[LegalCard]) -> dict[str, str]:
    source = get_template("guide/_kilde.html")
    return {note.key: source.render({"source": note}) for note in notes}


def _first(tasks: list[PlannedDuty], actions: Sequence[Action]) -> tuple[list[NextTask], list[PlannedDuty]]:
    """Return the next tasks, each with all that is done in the same action, and the duties that are left."""
    waiting = {item.duty.key: item for item in tasks}
    first = []
    for action in actions[:SHOWN_FIRST]:
        duties = [waiting.pop(duty.key) for duty in action.duties]
        first.append(NextTask(duties, action.words))
    rest = list(waiting.values())
    missing = SHOWN_FIRST - len(first)
    return first + [NextTask([item]) for item in rest[:missing]], rest[missing:]


def _groups(tasks: list[PlannedDuty]) -> list[Group]:
    return [Group(urgency, [item for item in tasks if item.duty.urgency is urgency]) for urgency in Urgency]


def _follows_new_rules(case_file: CurrentCase, situation: Situation) -> bool:
    """Return whether the log has other advice than the plan: the newest filing is of earlier questions or rules."""
    newest = max(case_file.steps.values(), key=lambda entry: entry.seq, default=None)
    if newest is None:
        return False
    frozen, now = newest.content["judgement"], situation.assessment
    then = {duty["key"] for duty in frozen["duties"]} - _BY_THE_CLOCK, frozen["levels"]
    today = {duty.key for duty in now.duties if not duty.rule} - _BY_THE_CLOCK, list(map(int, now.rating.levels))
    return newest.content["card_version"] != card.version() or then != today
