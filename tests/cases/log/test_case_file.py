import random
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.access import permissions
from cases.crypto import encryption
from cases.enums import CaseAction, DutyOutcome, DutyState, ReferralForm
from cases.log import case_file, entry_crypto, writer
from cases.log.entry_types import StepContent
from cases.log.old_cards import with_traits
from cases.models import Case, School, User, append_only
from cases.sharing import actions
from tests.factories import add_note, file_step, make_case, make_duty, make_flag, make_user, step_content

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)


def tick(case: Case, key: str, outcome: DutyOutcome = DutyOutcome.DONE, reason: str = "") -> None:
    writer.tick_duty(
        case=case, by=case.owner, key=key, title=f"Gør {key}", outcome=outcome, reason=reason, submission_id=uuid4()
    )


def refer(case: Case, form: ReferralForm, **fields: Any) -> None:
    fields = {"purpose": "Vi vil gerne have råd.", "message": "Kan I ringe?", "included": ["level"]} | fields
    actions.refer(case=case, by=case.owner, form=form, submission_id=uuid4(), **fields)


def test_read_gives_every_line_in_the_clear(case: Case) -> None:
    content = step_content()
    file_step(case, content=content)
    add_note(case, text="Første")
    writer.add_correction(case=case, by=case.owner, corrects=4, text="Andet", submission_id=uuid4())
    writer.add_correction(case=case, by=case.owner, corrects=4, text="Tredje", submission_id=uuid4())
    read = case_file.read_case(case)
    assert [(entry.seq, entry.kind.value, entry.corrected_by) for entry in read.entries] == [
        (1, "status", ()),
        (2, "step", ()),
        (3, "level", ()),
        (4, "note", (5, 6)),
        (5, "correction", ()),
        (6, "correction", ()),
    ]
    assert read.entries[1].content == with_traits(content)
    assert {entry.by_name for entry in read.entries} == {case.owner.name}
    assert [(note.seq, note.nature_label) for note in read.notes] == [(4, "Konstateret")]
    assert (read.reference, read.school_name, read.owner_name) == (case.reference, case.school.name, case.owner.name)
    assert read.intact


def test_read_is_frozen(case: Case) -> None:
    with pytest.raises(FrozenInstanceError):
        case_file.read_case(case).reference = "x"  # type: ignore[misc]


def test_read_keeps_the_name_of_then(case: Case) -> None:
    name = case.owner.name
    User.objects.filter(pk=case.owner.pk).update(name="Nyt Navn")
    assert case_file.read_case(case).entries[0].by_name == name


def test_newest_filing_of_each_step_counts(case: Case) -> None:
    file_step(case, content=step_content(answers={"a": "1"}))
    file_step(case, content=step_content("vurder", answers={"b": "1"}, confirmed=2))
    file_step(case, content=step_content(answers={"a": "2"}, levels=[3]))
    read = case_file.read_case(case)
    assert read.answers() == {"afdaek": {"a": "2"}, "vurder": {"b": "1"}}
    assert {step: reading.seq for step, reading in read.steps.items()} == {"afdaek": 6, "vurder": 4}
    assert read.assessment is not None
    assert (read.assessment["levels"], read.assessment["confirmed"]) == ([3], None)
    assert [table["rows"] for table in read.tables("people")] == [[["Elev A", "Udsat"]]] * 2
    assert read.tables("evidence") == ()


def test_new_case_has_nothing_judged(case: Case) -> None:
    read = case_file.read_case(case)
    assert (read.assessment, read.duties, read.steps, read.skips, read.levels) == (None, (), {}, {}, ())


def test_skip_stands_until_the_step_is_filed(case: Case) -> None:
    writer.skip_step(
        case=case, by=case.owner, step="stop", title="Stop", reason="Politiet har bedt os vente", submission_id=uuid4()
    )
    read = case_file.read_case(case)
    assert read.skips["stop"].content["reason"] == "Politiet har bedt os vente"
    assert read.progress == {"stop": "skipped"}
    file_step(case, content=step_content("stop"))
    assert case_file.read_case(case).skips == {}


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (None, DutyState.OPEN),
        ("2026-12-01", DutyState.OPEN),
        ("2026-11-30", DutyState.OVERDUE),
        ("2026-12-01T12:00:00+01:00", DutyState.OPEN),
        ("2026-12-01T11:59:59+01:00", DutyState.OVERDUE),
        ("2026-12-01T11:59:59", DutyState.OVERDUE),
    ],
)
def test_duty_overdue(due: str | None, state: DutyState, case: Case) -> None:
    file_step(case, content=step_content(duties=[make_duty(due=due)]))
    (duty,) = case_file.read_case(case, now=NOON).duties
    assert duty.state == state


def test_duties_answered_and_no_longer_named(case: Case) -> None:
    file_step(case, content=step_content(duties=[make_duty("a", "2026-11-01"), make_duty("b"), make_duty("c")]))
    tick(case, "a")
    tick(case, "b", DutyOutcome.NOT_RELEVANT, "Eleven er 19")
    tick(case, "b", DutyOutcome.NOT_RELEVANT, "Eleven er 20")
    tick(case, "z")
    duties = case_file.read_case(case, now=NOON).duties
    assert [(duty.key, duty.state, duty.reason, duty.text != "") for duty in duties] == [
        ("a", DutyState.DONE, "", True),
        ("b", DutyState.NOT_RELEVANT, "Eleven er 20", True),
        ("c", DutyState.OPEN, "", True),
        ("z", DutyState.DONE, "", False),
    ]
    assert [(duty.by_name, duty.at is not None) for duty in duties[1:3]] == [(case.owner.name, True), ("", False)]
    assert duties[0].due == date(2026, 11, 1)
    assert duties[3].title == "Gør z"


def test_participants_with_access_now(case: Case, leader: User) -> None:
    colleague = make_user(school=case.school)
    actions.add_participant(case=case, by=case.owner, user=colleague)
    actions.add_participant(case=case, by=case.owner, user=leader)
    actions.remove_participant(case=case, by=case.owner, user=leader)
    assert [one.name for one in case_file.read_case(case).participants] == [colleague.name]


def test_read_takes_the_same_queries_whatever_the_length(case: Case, staff: User) -> None:
    def queries() -> int:
        opened = permissions.get_case(staff, case.public_id)
        with CaptureQueriesContext(connection) as captured:
            case_file.read_case(opened)
        return len(captured)

    file_step(case)
    few = queries()
    for number in range(30):
        add_note(case, text=str(number))
        actions.add_participant(case=case, by=case.owner, user=make_user(school=case.school))
    assert queries() == few == 2


def same_in_short(case: Case) -> bool:
    """Whether the newest entries alone say what the whole log says."""
    whole, short = vars(case_file.read_case(case, now=NOON)), vars(case_file.read_current(case, now=NOON))
    return all(whole[name] == value for name, value in short.items())


def test_newest_entries_say_what_the_whole_log_says(case: Case) -> None:
    """Filings with and without a history, answers with and without the duty they are about, in random order."""
    chance = random.Random(8)  # noqa: S311 - which of them comes next
    keys, steps = list("abcdefghijkl"), ["afdaek", "vurder"]
    for _number in range(60):
        step, picked = chance.choice(steps), chance.sample(keys, chance.randint(0, 2))
        match chance.choice(["file", "file", "tick", "old tick", "skip", "note", "close"]):
            case "file":
                content = step_content(step, duties=[make_duty(key) for key in picked], deviations=picked[1:])
                file_step(
                    case,
                    content=with_history(case, content, chance.choice(["", "2026-01-02", "2026-03-04"])),
                )
            case "tick":
                tick(case, chance.choice(keys), reason=str(chance.random()))
            case "old tick":
                with pytest.MonkeyPatch.context() as patched:
                    patched.setattr(entry_crypto, "duty_hash", lambda _key, _duty: None)
                    tick(case, chance.choice(keys), reason=str(chance.random()))
            case "skip":
                writer.skip_step(case=case, by=case.owner, step=step, title="x", reason="y", submission_id=uuid4())
            case "note":
                add_note(case)
            case "close":
                writer.close_case(case=case, by=case.owner, reason="færdig")
                assert same_in_short(case)
                writer.reopen_case(case=case, by=case.owner, reason="igen")
        assert same_in_short(case)


def with_history(case: Case, content: StepContent, day: str) -> StepContent:
    """The content with what the product carries forward from the filings until this one on that day, unless ""."""
    if not day:
        return content
    now = case_file.read_case(case)
    days = {duty["key"]: day for duty in content["judgement"]["duties"]} | dict(now.first_filed)
    deviated = now.deviated or bool(content["judgement"]["deviations"])
    return {**content, "history": {"first_filed": days, "deviated": deviated}}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries that have been decrypted."""
    opened: list[int] = []
    unseal = encryption.unseal_json

    def counted(*given: Any) -> Any:
        opened.append(given[-2])
        return unseal(*given)

    monkeypatch.setattr(encryption, "unseal_json", counted)
    return opened


def test_a_log_opens_what_is_asked_for_and_checks_all(case: Case, opened: list[int]) -> None:
    for _number in range(3):
        add_note(case)
    writer.add_correction(case=case, by=case.owner, corrects=2, text="Nej", submission_id=uuid4())
    opened.clear()
    log = case_file.read_log(case)
    read = log.open(log.rows[1:3])
    assert ([(entry.seq, entry.corrected_by) for entry in read], opened) == ([(2, (5,)), (3, ())], [5, 2, 3])
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_entry SET body = %s WHERE case_id = %s AND seq = 4", [b"andet", case.pk])
    assert (log.intact, case_file.read_log(case).intact) == (True, False)


def test_a_long_log_opens_no_more_than_a_short_one(case: Case, opened: list[int]) -> None:
    def write() -> None:
        add_note(case)
        content = with_history(case, step_content(duties=[make_duty()]), "2026-01-01")
        file_step(case, content=content)
        tick(case, "contact_police")

    def count() -> int:
        opened.clear()
        case_file.read_current(case)
        return len(opened)

    write()
    few = count()
    for _round in range(20):
        write()
    assert count() == few


def test_named_referral_lets_ssp_read(case: Case, ssp: User) -> None:
    refer(case, ReferralForm.NAMED)
    opened = permissions.get_case(ssp, case.public_id)
    assert len(case_file.read_case(opened).entries) == 2


def test_anonymous_referral_gives_what_was_sent_and_no_more(case: Case, ssp: User, school: School) -> None:
    file_step(
        case,
        content=step_content(
            answers={"people": [{"name": "Kanariefugl"}]},
            flags=[make_flag("threat"), make_flag("late", "not_set"), make_flag("home", "possible")],
            levels=[2, 3],
            confirmed=3,
            police_first=True,
            reasons=["Kanariefugl"],
        ),
    )
    add_note(case, text="Kanariefugl")
    refer(case, ReferralForm.ANONYMOUS)
    opened = permissions.get_case(ssp, case.public_id, CaseAction.SEE)
    with pytest.raises(PermissionDenied):
        case_file.read_case(opened)
    reading = case_file.read_referral(opened, ssp)
    assert reading is not None
    assert "Kanariefugl" not in repr(reading)
    assert case.owner.name not in repr(reading)
    assert (reading.reference, reading.school_name, reading.form) == (case.reference, school.name, "anonymous")
    assert (reading.purpose, reading.message, reading.included) == (
        "Vi vil gerne have råd.",
        "Kan I ringe?",
        ("level",),
    )
    assert (reading.levels, reading.confirmed, reading.deletion_waits) == ((2, 3), 3, True)
    assert reading.flags == (("threat", "Trusler", "set"), ("home", "Trusler", "possible"))
    assert reading.progress == {"afdaek": "begun"}


def test_referral_of_a_case_with_nothing_filed(case: Case, ssp: User) -> None:
    refer(case, ReferralForm.ANONYMOUS)
    reading = case_file.read_referral(case, ssp)
    assert reading is not None
    assert (reading.flags, reading.levels) == ((), ())


def test_referral_to_others_or_ended_is_not_read(case: Case, ssp: User, staff: User) -> None:
    refer(case, ReferralForm.NAMED)
    stranger = make_user(ssp.role)  # type: ignore[arg-type]
    assert case_file.read_referral(case, stranger) is None
    assert case_file.read_referral(case, staff) is None
    actions.end_referral(case=case, by=case.owner, reason="", submission_id=uuid4())
    assert case_file.read_referral(case, ssp) is None


def test_read_shows_a_broken_chain(case: Case) -> None:
    add_note(case)
    Case.objects.unscoped("test").update(head_hash="0" * 64)
    assert case_file.read_case(Case.objects.unscoped("test").select_related("school", "owner").get()).intact is False


def test_two_cases_do_not_mix(case: Case) -> None:
    other = make_case(case.owner)
    add_note(other, text="Anden")
    assert case_file.read_case(case).notes == ()
