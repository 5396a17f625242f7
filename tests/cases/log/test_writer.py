from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.access import permissions
from cases.enums import DutyOutcome, EntryKind, NoteNature, ReferralForm, Role, Status, StepStatus
from cases.log import case_file, case_transaction, drafts, writer
from cases.log.case_transaction import StaleReading
from cases.log.duty_status import moment_due
from cases.models import AuditEvent, Case, Draft, Entry, Referral, User
from cases.sharing import actions
from tests.factories import add_note, file_step, make_case, make_flag, make_school, make_user, step_content

CPR = "010203-1234"


def kinds(case: Case) -> list[str]:
    return list(Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))


def stored(case: Case) -> Case:
    return Case.objects.unscoped("test").get(pk=case.pk)


def test_open_case_begins_the_log(staff: User) -> None:
    case = make_case(staff)
    row = stored(case)
    assert (row.owner, row.school, row.status, row.head_seq) == (staff, staff.school, Status.OPEN, 1)
    assert kinds(case) == ["status"]
    assert row.head_hash == case.head_hash == Entry.objects.get(case=case).hash
    year, letters = case.reference.split("-")
    assert (year, len(letters)) == (f"{timezone.localdate():%y}", 5)
    assert not set(letters) & set("ILOU")


def test_open_case_retries_a_taken_reference(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_case(staff).reference
    references = iter([taken, taken, "26-NEW01"])
    monkeypatch.setattr(writer, "new_reference", lambda year: next(references))
    assert make_case(staff).reference == "26-NEW01"


@pytest.mark.parametrize("role", [Role.SSP, Role.ADMINISTRATOR, Role.STAFF, Role.LEADER])
def test_open_case_at_a_school_not_ones_own(role: Role, staff: User) -> None:
    with pytest.raises(case_transaction.RecordError):
        writer.create_case(by=make_user(role), school=staff.school)
    assert not Case.objects.unscoped("test").exists()


def test_file_step_updates_the_list(case: Case) -> None:
    content = step_content(levels=[4, 2], confirmed=2, police_first=True)
    file_step(case, content=content, status=StepStatus.READY, next_due=date(2026, 12, 1))
    row = stored(case)
    assert (row.levels, row.level_low, row.level_high, row.confirmed_level) == ([2, 4], 2, 4, 2)
    due = moment_due(date(2026, 12, 1))
    assert (row.police_first, row.progress, row.next_due) == (True, {"afdaek": "ready"}, due)
    assert (case.head_seq, case.head_hash, case.progress) == (row.head_seq, row.head_hash, row.progress)


def test_file_step_writes_the_level_only_when_it_moves(case: Case) -> None:
    file_step(case)
    assert kinds(case) == ["status", "step", "level"]
    file_step(case, content=step_content("vurder"))
    assert kinds(case) == ["status", "step", "level", "step"]
    file_step(case, content=step_content("vurder", levels=[2, 3]))
    file_step(case, content=step_content("vurder", levels=[2, 3], confirmed=3))
    assert kinds(case)[4:] == ["step", "level", "step", "level"]
    levels = [level.content for level in case_file.read_case(case).levels]
    assert [(one["previous_computed"], one["computed"]) for one in levels] == [
        ([], [2]),
        ([2], [2, 3]),
        ([2, 3], [2, 3]),
    ]
    assert [(one["previous_confirmed"], one["confirmed"]) for one in levels] == [(None, None), (None, None), (None, 3)]


def test_file_step_keeps_the_reason_for_a_level(case: Case) -> None:
    writer.append_step(
        case=case,
        by=case.owner,
        content=step_content("vurder", levels=[3], confirmed=2),
        read_to=case.head_seq,
        submission_id=uuid4(),
        status=StepStatus.READY,
        next_due=None,
        is_urgent=False,
        level_reason="Billedet var fra en film.",
    )
    assert case_file.read_case(case).levels[0].content["reason"] == "Billedet var fra en film."


def test_file_step_stale(case: Case) -> None:
    first = file_step(case)
    before = (stored(case).head_seq, AuditEvent.objects.count())
    with pytest.raises(StaleReading):
        file_step(case, read_to=first.seq - 1)
    assert (stored(case).head_seq, AuditEvent.objects.count()) == before


def test_what_assesses_the_case_is_refused_by_a_reading_without_the_last_line(case: Case) -> None:
    """Another step counts too, and so does a note: it moves no level, and is read again."""
    file_step(case)
    before = stored(case).head_seq
    add_note(case)
    tick = {"key": "ring", "title": "Ring", "outcome": DutyOutcome.DONE, "reason": "", "submission_id": uuid4()}
    for write in (
        partial(file_step, case, content=step_content("vurder")),
        partial(writer.tick_duty, case=case, by=case.owner, **tick),
        partial(writer.close_case, case=case, by=case.owner, reason="Slut"),
    ):
        with pytest.raises(StaleReading):
            write(read_to=before)
        assert write(read_to=stored(case).head_seq)


def test_file_step_removes_own_draft_of_the_step_only(case: Case) -> None:
    colleague = make_user(school=case.school)
    for by, step in ((case.owner, "afdaek"), (case.owner, "vurder"), (colleague, "afdaek")):
        drafts.save_draft(case=case, by=by, step=step, data={"a": ["b"]}, base_seq=0)
    file_step(case)
    assert set(Draft.objects.values_list("user", "step")) == {(case.owner.pk, "vurder"), (colleague.pk, "afdaek")}


def test_file_step_refuses_what_is_no_step(case: Case) -> None:
    with pytest.raises(ValueError, match="not a step"):
        file_step(case, content=step_content("Hvad skete der?"))


VERBS: dict[str, Callable[..., Entry]] = {
    "file_step": lambda case, **kw: file_step(case, **kw),
    "skip_step": lambda case, **kw: writer.skip_step(
        case=case, by=case.owner, step="stop", title="Stop", reason="Ikke endnu", **kw
    ),
    "add_note": lambda case, **kw: add_note(case, **kw),
    "correct": lambda case, **kw: writer.add_correction(case=case, by=case.owner, corrects=1, text="Nej", **kw),
    "tick_duty": lambda case, **kw: writer.tick_duty(
        case=case, by=case.owner, key="ring", title="Ring", outcome=DutyOutcome.DONE, reason="", **kw
    ),
    "refer": lambda case, **kw: actions.refer(
        case=case, by=case.owner, form=ReferralForm.NAMED, purpose="Råd", message="", included=[], **kw
    ),
    "end_referral": lambda case, **kw: actions.end_referral(case=case, by=case.owner, reason="", **kw),
    "add_participant": lambda case, **kw: actions.add_participant(case=case, by=case.owner, user=case.owner, **kw),
    "remove_participant": lambda case, **kw: actions.remove_participant(
        case=case, by=case.owner, user=case.owner, **kw
    ),
    "assign": lambda case, **kw: actions.assign_owner(case=case, by=case.owner, owner=case.owner, **kw),
    "close": lambda case, **kw: writer.close_case(case=case, by=case.owner, reason="Færdig", **kw),
    "reopen": lambda case, **kw: writer.reopen_case(case=case, by=case.owner, reason="Nyt", **kw),
}
PREPARE: dict[str, Callable[[Case], object]] = {
    "end_referral": lambda case: VERBS["refer"](case, submission_id=uuid4()),
    "remove_participant": lambda case: VERBS["add_participant"](case, submission_id=uuid4()),
    "reopen": lambda case: VERBS["close"](case, submission_id=uuid4()),
}


@pytest.mark.parametrize("verb", VERBS)
def test_verb_writes_entry_and_audit_together(verb: str, case: Case) -> None:
    PREPARE.get(verb, lambda case: None)(case)
    head, events = stored(case).head_seq, AuditEvent.objects.count()
    entry = VERBS[verb](case, submission_id=uuid4())
    row = stored(case)
    event = AuditEvent.objects.order_by("seq").last()
    assert entry.seq == head + 1
    assert AuditEvent.objects.count() == events + 1
    assert event is not None
    assert (event.case_public_id, event.case_seq, event.case_hash) == (row.public_id, row.head_seq, row.head_hash)
    assert (event.actor, event.role) == (case.owner.public_id, case.owner.role)


@pytest.mark.parametrize("verb", VERBS)
def test_verb_with_the_same_submission_gives_the_first_result(verb: str, case: Case) -> None:
    PREPARE.get(verb, lambda case: None)(case)
    submission = uuid4()
    first = VERBS[verb](case, submission_id=submission)
    after = (Entry.objects.count(), AuditEvent.objects.count(), stored(case).updated_at)
    assert VERBS[verb](case, submission_id=submission) == first
    assert (Entry.objects.count(), AuditEvent.objects.count(), stored(case).updated_at) == after


@pytest.mark.parametrize("verb", VERBS)
def test_verb_writes_nothing_when_the_audit_fails(verb: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    PREPARE.get(verb, lambda case: None)(case)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no audit")

    def picture() -> Any:
        row = Case.objects.unscoped("test").filter(pk=case.pk).values().get()
        return row, kinds(case), list(Referral.objects.values()), case.participants.count()

    monkeypatch.setattr("cases.access.audit_log.write_event", fail)
    before = picture()
    with pytest.raises(RuntimeError, match="no audit"):
        VERBS[verb](case, submission_id=uuid4())
    assert picture() == before


ON_CLOSED = {"reopen", "end_referral", "remove_participant"}
"""What opens a case again, and what lets somebody out of it."""


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ON_CLOSED])
def test_verb_in_a_closed_case(verb: str, case: Case) -> None:
    if verb in PREPARE:
        PREPARE[verb](case)
    VERBS["close"](case, submission_id=uuid4())
    entries = kinds(case)
    with pytest.raises(case_transaction.CaseClosed, match="afsluttet"):
        VERBS[verb](case, submission_id=uuid4())
    assert kinds(case) == entries


@pytest.mark.parametrize("verb", sorted(ON_CLOSED - {"reopen"}))
def test_whoever_is_in_a_closed_case_is_let_out_and_its_term_runs_on(verb: str, case: Case) -> None:
    PREPARE[verb](case)
    VERBS["close"](case, submission_id=uuid4())
    closed = stored(case)
    VERBS[verb](case, submission_id=uuid4())
    row = stored(case)
    assert (row.status, row.closed_at, row.closed_by) == (closed.status, closed.closed_at, closed.closed_by)
    assert not Referral.objects.filter(case=case, ended_at=None).exists()
    assert not case.participants.filter(removed_at=None).exists()


def test_repeat_that_slips_past_the_lock_gives_the_first_result(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = uuid4()
    first = add_note(case, submission_id=submission)
    monkeypatch.setattr(case_transaction.CaseTransaction, "repeated", None)
    assert add_note(case, submission_id=submission) == first
    assert (kinds(case), stored(case).head_seq) == (["status", "note"], 2)


def test_case_that_was_erased_while_somebody_waited_is_not_found(case: Case, staff: User) -> None:
    with pytest.raises(permissions.Hidden), case_transaction.CaseTransaction.lock(Case(pk=case.pk + 1), staff):
        pass


def test_close_and_reopen(case: Case, leader: User) -> None:
    writer.close_case(case=case, by=leader, reason="Alt er gjort")
    row = stored(case)
    assert (row.status, row.closed_by, row.closed_at is not None) == (Status.CLOSED, leader, True)
    writer.reopen_case(case=case, by=leader, reason="Der kom mere")
    row = stored(case)
    assert (row.status, row.closed_by, row.closed_at) == (Status.OPEN, None, None)
    with pytest.raises(case_transaction.RecordError, match="allerede"):
        writer.reopen_case(case=case, by=leader, reason="Igen")


@pytest.mark.parametrize(
    "write",
    [
        lambda case, text: add_note(case, text=text),
        lambda case, text: add_note(case, who=text),
        lambda case, text: add_note(case, where=text),
        lambda case, text: writer.add_correction(
            case=case, by=case.owner, corrects=1, text=text, submission_id=uuid4()
        ),
        lambda case, text: writer.skip_step(
            case=case, by=case.owner, step="stop", title="Stop", reason=text, submission_id=uuid4()
        ),
        lambda case, text: writer.tick_duty(
            case=case, by=case.owner, key="a", title="A", outcome=DutyOutcome.DONE, reason=text, submission_id=uuid4()
        ),
        lambda case, text: actions.refer(
            case=case,
            by=case.owner,
            form=ReferralForm.NAMED,
            purpose="Råd",
            message=text,
            included=[],
            submission_id=uuid4(),
        ),
        lambda case, text: actions.refer(
            case=case,
            by=case.owner,
            form=ReferralForm.NAMED,
            purpose=text,
            message="",
            included=[],
            submission_id=uuid4(),
        ),
        lambda case, text: writer.close_case(case=case, by=case.owner, reason=text),
        lambda case, text: file_step(case, content=step_content(answers={"people": [{"note": text}]})),
    ],
)
@pytest.mark.parametrize("text", [f"Født {CPR}", "a\x00b", "a\ud800b", "data:image/png;base64,iVBORw0KGgo="])
def test_every_free_text_is_guarded(write: Callable[[Case, str], Entry], text: str, case: Case) -> None:
    with pytest.raises(ValidationError):
        write(case, text)
    assert kinds(case) == ["status"]


def test_note_in_the_future(case: Case) -> None:
    with pytest.raises(case_transaction.RecordError, match="fremtiden"):
        add_note(case, happened_at=timezone.now() + timedelta(minutes=1))


def test_note_keeps_event_time_and_entry_time(case: Case) -> None:
    happened = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    entry = add_note(case, happened_at=happened, nature=NoteNature.OWN_WORDS, text="Jeg\r\nblev bange")
    (note,) = case_file.read_case(case).notes
    assert (note.happened_at, note.entered_at) == (happened, entry.entered_at)
    assert note.content == {"nature": "own_words", "who": "", "where": "", "text": "Jeg\nblev bange"}


@pytest.mark.parametrize("text", ["", "  \n "])
def test_note_without_text(text: str, case: Case) -> None:
    with pytest.raises(case_transaction.RecordError, match="mangler"):
        add_note(case, text=text)


@pytest.mark.parametrize("corrects", [0, 2, -1])
def test_correct_a_line_that_is_not_there(corrects: int, case: Case) -> None:
    with pytest.raises(case_transaction.RecordError, match="findes ikke"):
        writer.add_correction(case=case, by=case.owner, corrects=corrects, text="Nej", submission_id=uuid4())


def test_duty_not_relevant_needs_a_reason(case: Case) -> None:
    with pytest.raises(case_transaction.RecordError):
        writer.tick_duty(
            case=case,
            by=case.owner,
            key="ring",
            title="Ring",
            outcome=DutyOutcome.NOT_RELEVANT,
            reason=" ",
            submission_id=uuid4(),
        )


def test_duty_moves_the_deadline_only_when_told(case: Case) -> None:
    file_step(case, next_due=date(2026, 12, 1))
    VERBS["tick_duty"](case, submission_id=uuid4())
    assert stored(case).next_due == moment_due(date(2026, 12, 1))
    VERBS["tick_duty"](case, submission_id=uuid4(), next_due=None)
    assert stored(case).next_due is None


def test_danger_is_in_the_list_as_long_as_something_is_urgent(case: Case) -> None:
    content = step_content(flags=[make_flag("danger")])
    file_step(case, content=content, is_urgent=False)
    assert stored(case).in_danger is False
    file_step(case, content=content)
    VERBS["tick_duty"](case, submission_id=uuid4())
    assert stored(case).in_danger is True
    VERBS["tick_duty"](case, submission_id=uuid4(), is_urgent=False)
    assert stored(case).in_danger is False


@pytest.mark.parametrize(
    "fields", [{"role": Role.SSP}, {"role": Role.STAFF}, {"role": Role.LEADER, "is_active": False}]
)
def test_share_with_somebody_not_of_the_school(fields: dict[str, Any], case: Case) -> None:
    fields = dict(fields)
    if "is_active" in fields:
        fields["school"] = case.school
    stranger = make_user(fields.pop("role"), **fields)
    with pytest.raises(case_transaction.RecordError, match="sagens skole"):
        actions.add_participant(case=case, by=case.owner, user=stranger)
    with pytest.raises(case_transaction.RecordError, match="sagens skole"):
        actions.assign_owner(case=case, by=case.owner, owner=stranger)


def test_assign_changes_the_owner(case: Case, leader: User) -> None:
    actions.assign_owner(case=case, by=leader, owner=leader)
    assert stored(case).owner == leader
    assert case.owner == leader


def test_remove_a_participant_without_access(case: Case, leader: User) -> None:
    with pytest.raises(case_transaction.RecordError, match="ikke adgang"):
        actions.remove_participant(case=case, by=case.owner, user=leader)


def test_second_referral_ends_the_first(case: Case) -> None:
    for form in (ReferralForm.ANONYMOUS, ReferralForm.NAMED):
        actions.refer(
            case=case, by=case.owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4()
        )
    first, second = Referral.objects.order_by("pk")
    assert (first.ended_at is None, second.ended_at, second.form) == (False, None, ReferralForm.NAMED)
    assert second.municipality == case.school.municipality
    assert Entry.objects.get(case=case, seq=second.entry_seq).kind == EntryKind.REFERRAL


def test_end_a_referral_that_is_not_there(case: Case) -> None:
    with pytest.raises(case_transaction.RecordError, match="ingen henvendelse"):
        actions.end_referral(case=case, by=case.owner, reason="", submission_id=uuid4())


def test_filing_takes_few_queries(case: Case) -> None:
    """From permission to log, with a level that changes and a draft to remove."""
    drafts.save_draft(case=case, by=case.owner, step="afdaek", data={"a": ["b"]}, base_seq=0)
    user = User.objects.select_related("school").get(pk=case.owner.pk)
    with CaptureQueriesContext(connection) as captured:
        file_step(permissions.get_case(user, case.public_id), by=user)
    ran = [
        query["sql"]
        for query in captured
        if "SAVEPOINT" not in query["sql"] and query["sql"] not in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT")
    ]
    locks = [sql for sql in ran if "pg_advisory" in sql]
    assert len(ran) - len(locks) <= 8, "\n".join(ran)
    assert len(locks) <= 1
    assert kinds(case) == ["status", "step", "level"]


@pytest.mark.django_db
def test_opening_the_same_submission_twice_gives_one_case() -> None:
    school = make_school()
    owner, colleague = make_user(Role.STAFF, school=school), make_user(Role.STAFF, school=school)
    pressed = uuid4()
    first = writer.create_case(by=owner, school=school, submission_id=pressed)
    again = writer.create_case(by=owner, school=school, submission_id=pressed)
    other = writer.create_case(by=colleague, school=school, submission_id=pressed)
    assert again.pk == first.pk != other.pk
    assert Case.objects.unscoped("test").count() == 2
