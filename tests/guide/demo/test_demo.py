"""The demo municipality: whole, fresh, made once, and never beside real cases."""

from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.access.permissions import visible_to
from cases.enums import EntryKind, ReferralForm, Role, Status, StepStatus
from cases.log import writer
from cases.log.case_file import CaseFile, read_case
from cases.models import Case, Entry, Municipality, Referral, School, User
from guide.demo import demo_data
from guide.rules.facts import day_from
from guide.steps import BY_KEY, STEPS
from guide.wizard.case_state import situation_of
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


def every_case() -> list[Case]:
    return list(Case.objects.unscoped("test").select_related("school__municipality", "owner").order_by("pk"))


def dossiers() -> list[CaseFile]:
    return [read_case(case) for case in every_case()]


def test_town_has_two_schools_and_users_of_every_role() -> None:
    assert demo_data.build() == 12
    assert (Municipality.objects.count(), School.objects.count()) == (1, 2)
    assert Counter(User.objects.values_list("role", flat=True)) == {
        Role.STAFF: 3,
        Role.LEADER: 2,
        Role.SSP: 1,
        Role.ADMINISTRATOR: 1,
    }
    assert {case.school.name for case in every_case()} == set(School.objects.values_list("name", flat=True))


def test_town_can_be_entered_by_no_password() -> None:
    demo_data.build()
    assert [user.email for user in User.objects.all() if user.has_usable_password()] == []
    assert {user.email.partition("@")[2] for user in User.objects.all()} == {"demo.invalid"}


def test_town_has_cases_of_every_level_and_status() -> None:
    demo_data.build()
    cases = every_case()
    assert len(cases) == 12
    assert {case.confirmed_level or case.level_high for case in cases} == {1, 2, 3, 4}
    assert {case.status for case in cases} == set(Status)
    statuses = {status for case in cases for status in case.progress.values()}
    assert statuses == {StepStatus.BEGUN, StepStatus.READY, StepStatus.SKIPPED}


def test_town_walks_every_step_somewhere_and_one_case_from_end_to_end() -> None:
    demo_data.build()
    filed = [set(case_file.steps) for case_file in dossiers()]
    assert set(BY_KEY) in filed
    assert [len(steps) for steps in filed if len(steps) == 1]
    kinds = {entry.kind for case_file in dossiers() for entry in case_file.entries}
    assert kinds >= {
        EntryKind.STEP,
        EntryKind.SKIP,
        EntryKind.NOTE,
        EntryKind.LEVEL,
        EntryKind.DUTY,
        EntryKind.REFERRAL,
    }
    assert {referral.form for referral in Referral.objects.all()} == set(ReferralForm)


def test_town_fills_every_list_of_the_card() -> None:
    demo_data.build()
    tables = {table.key for step in STEPS for table in step.tables}
    shown = {key for key in tables if any(case_file.tables(key) for case_file in dossiers())}
    assert shown == tables


def test_town_has_a_case_of_several_victims_of_which_one_is_only_listed() -> None:
    demo_data.build()
    (several,) = (case_file for case_file in dossiers() if case_file.answers()["afdaek"].get("more_victims") == "ja")
    answers = several.answers()["afdaek"]
    listed = {row["name"]: row["age_band"] for row in answers["people"] if "victim" in row["roles"]}
    rated = {row["name"] for row in answers["victims"]}
    assert (len(listed), set(listed.values()), rated < set(listed)) == (3, {"under_15", "from_15_to_17"}, True)
    facts = situation_of(several, timezone.now()).assessment.facts
    assert len(facts.victims) == len(listed)


def test_everybody_in_town_has_something_to_see() -> None:
    demo_data.build()
    seen = {user.email.partition("@")[0]: visible_to(user).count() for user in User.objects.all()}
    assert seen.pop("admin") == 0
    assert [who for who, count in seen.items() if count == 0] == []


def test_town_is_made_once() -> None:
    assert demo_data.build() == 12
    entries = Entry.objects.count()
    assert demo_data.build() == 0
    assert (len(every_case()), Entry.objects.count(), User.objects.count()) == (12, entries, 7)


def test_town_is_not_built_beside_anybody() -> None:
    make_case(make_user())
    assert demo_data.build() == 0
    assert (len(every_case()), User.objects.count()) == (1, 1)


@pytest.mark.parametrize("day", ["2026-01-01", "2027-02-28", "2028-02-29", "2026-12-31"])
def test_town_is_as_fresh_as_the_day_it_is_built(day: str) -> None:
    with time_machine.travel(f"{day}T00:05:00+01:00", tick=False):
        assert demo_data.build() == 12
        today = timezone.localdate()
        known = [day_from(case_file.answers()["afdaek"]["known_on"]) for case_file in dossiers()]
        assert today in known
        assert [when for when in known if when is None or when > today or (today - when).days > 31] == []
        happened = [entry.happened_at for case_file in dossiers() for entry in case_file.entries if entry.happened_at]
        assert max(happened) <= timezone.now()


def test_town_is_whole_by_the_products_own_reckoning() -> None:
    demo_data.build()
    assert [case_file.reference for case_file in dossiers() if not case_file.intact] == []


def test_answers_that_do_not_fit_the_card_are_refused() -> None:
    case = make_case()
    for answers in ({"victim_age": "mange"}, {"shown": "nothing", "identity_what": "Navn"}):
        with pytest.raises(demo_data.DemoDataError):
            demo_data.file_answers(case, case.owner, "afdaek", answers)
    assert Entry.objects.filter(case=case, kind=EntryKind.STEP).count() == 0


def test_command_makes_the_town_in_demo_mode_only(settings: LazySettings) -> None:
    with pytest.raises(CommandError, match="HANDLEKORT_DEMO=1"):
        call_command("demo")
    assert User.objects.count() == 0
    settings.DEMO = True
    said = [StringIO(), StringIO()]
    for out in said:
        call_command("demo", stdout=out)
    assert [out.getvalue() for out in said] == ["12 demosager oprettet.\n", "Demokommunen findes allerede.\n"]


def test_demo_case_goes_on_like_any_other() -> None:
    demo_data.build()
    case = next(case for case in every_case() if case.status == Status.OPEN)
    writer.close_case(case=case, by=case.owner, reason="Prøvet.")
    assert read_case(case).status == Status.CLOSED
