"""Create the demo municipality through the product's own functions: two schools, users of every role, twelve cases."""

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cases.enums import DisclosureBasis, DutyOutcome, NoteNature, ReferralForm, Role
from cases.log import writer
from cases.log.case_file import read_case
from cases.models import Case, Municipality, School, User
from cases.sharing import actions
from cases.sharing.anonymous_parts import parts_of
from guide.demo.story import DemoCase, Note, stories
from guide.models import LocalContact
from guide.questionnaire.rows import NAME, WHO, People, only_called, people_of
from guide.questionnaire.schema import Answers
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.steps import BY_KEY
from guide.steps.former_answers import current_answers
from guide.wizard import filing
from guide.wizard.case_state import situation_of

DOMAIN = "demo.invalid"


class DemoDataError(Exception):
    """The answers of a demo case do not fit the card."""


@transaction.atomic
def build() -> int:
    """Create the municipality unless there are users; return the number of cases created."""
    if User.objects.exists():
        return 0
    users = _create_users()
    cases = stories(timezone.localdate())
    for story in cases:
        _create_case(story, users)
    return len(cases)


def _create_users() -> dict[str, User]:
    municipality = Municipality.objects.create(name="Demo Kommune")
    south = School.objects.create(name="Sønderskolen", municipality=municipality, phone="00 00 00 02")
    north = School.objects.create(name="Nørreskolen", municipality=municipality, phone="00 00 00 03")
    LocalContact.objects.create(
        municipality=municipality,
        key="ssp_konsulent",
        phone="00 00 00 01",
        note="Opdigtet nummer til afprøvning",
        last_verified=timezone.localdate(),
    )
    return {
        "laerer": _user("laerer", "Lone Lærer", Role.STAFF, school=south),
        "kollega": _user("kollega", "Peter Pædagog", Role.STAFF, school=south),
        "leder": _user("leder", "Lis Leder", Role.LEADER, school=south),
        "laerer_b": _user("laerer-b", "Bo Underviser", Role.STAFF, school=north),
        "leder_b": _user("leder-b", "Nana Skoleleder", Role.LEADER, school=north),
        "ssp": _user("ssp", "Sara SSP", Role.SSP, municipality=municipality),
        "admin": _user("admin", "Adam Administrator", Role.ADMINISTRATOR, municipality=municipality),
    }


def _user(
    key: str, name: str, role: Role, *, school: School | None = None, municipality: Municipality | None = None
) -> User:
    return User.objects.create_user(f"{key}@{DOMAIN}", name=name, role=role, school=school, municipality=municipality)


def _create_case(story: DemoCase, users: Mapping[str, User]) -> None:
    by = users[story.owner]
    if by.school is None:
        raise DemoDataError(f"{story.owner} has no school")
    case = writer.create_case(by=by, school=by.school)
    for note in story.notes:
        _add_note(case, by, note)
    for step, answers in story.steps.items():
        file_answers(case, by, step, answers)
    for step, reason in story.skips.items():
        title = str(BY_KEY[step].title)
        writer.skip_step(case=case, by=by, step=step, title=title, reason=reason, submission_id=uuid4())
    for key, outcome in story.ticks.items():
        _tick(case, by, key, DutyOutcome(outcome))
    if story.referral:
        _refer(case, by, story)
    if story.closed_because:
        writer.close_case(case=case, by=by, reason=story.closed_because)


def _refer(case: Case, by: User, story: DemoCase) -> None:
    form = ReferralForm(story.referral)
    parts = parts_of(read_case(case)) if form == ReferralForm.ANONYMOUS else ()
    actions.refer(
        case=case,
        by=by,
        form=form,
        purpose=story.purpose,
        message="",
        included=[line for part in parts for line in part.lines],
        basis=DisclosureBasis(story.basis) if story.basis else None,
        necessity=story.necessity,
        submission_id=uuid4(),
    )


def file_answers(case: Case, by: User, step: str, answers: Answers) -> None:
    """File the answers of one step. Raises DemoDataError for answers that the page would refuse or not ask for."""
    case_file = read_case(case)
    others = {key: given for key, given in current_answers(case_file.answers()).items() if key != step}
    data = dict(data_from_answers(BY_KEY[step], _with_keys(answers, people_of(others))).lists())
    step_form = StepForm(BY_KEY[step], data, others, timezone.now(), first_act_on=filing.first_action_date(case_file))
    if not step_form.is_valid():
        raise DemoDataError(f"{step}: {[(error.where, error.text) for error in step_form.error_list]}")
    closed = [name for name in answers if name not in step_form.answers]
    if closed:
        raise DemoDataError(f"{step}: not asked in this situation: {closed}")
    filing.save_step(case=case, by=by, step_form=step_form, case_file=case_file, submission_id=uuid4())


def _with_keys(answers: Answers, people: People) -> Answers:
    """Answers in which the rows about a child, whom the story calls by name, have the key of the list of people."""
    about = {table: rows for table in ("notifications", "children") if isinstance(rows := answers.get(table), list)}
    keyed = {table: [{**row, WHO: only_called(row[NAME], people)} for row in rows] for table, rows in about.items()}
    return {**answers, **keyed}


def _add_note(case: Case, by: User, note: Note) -> None:
    happened_at = min(
        timezone.make_aware(datetime.combine(date.fromisoformat(note.day), time.fromisoformat(note.clock))),
        timezone.now(),
    )
    writer.add_note(
        case=case,
        by=by,
        nature=NoteNature(note.nature),
        happened_at=happened_at,
        who=note.who,
        where=note.where,
        text=note.text,
        submission_id=uuid4(),
    )


def _tick(case: Case, by: User, key: str, outcome: DutyOutcome) -> None:
    case_file = read_case(case)
    duties = {duty.key: duty for duty in situation_of(case_file, timezone.now()).assessment.duties}
    if key not in duties:
        raise DemoDataError(f"no duty {key}")
    writer.tick_duty(
        case=case,
        by=by,
        key=key,
        title=str(duties[key].title),
        outcome=outcome,
        reason="" if outcome == DutyOutcome.DONE else "Eleven er i sikkerhed på skolen nu. Det er aftalt med politiet.",
        submission_id=uuid4(),
    )
