"""Several writers at once, each with a connection of its own, on the engine under test."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from cases.access import permissions
from cases.log.case_transaction import StaleReading
from cases.models import AuditEvent, Case, Entry, User
from cases.operations import verify
from tests.factories import add_note, file_step, make_case, make_user

WRITERS = 8

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(action: Callable[[int], Any], writers: int = WRITERS) -> list[Any]:
    """Results or exceptions of all writers, started together."""
    barrier = Barrier(writers)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return action(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(run, range(writers)))


def fresh(case: Case) -> Case:
    return Case.objects.unscoped("test").select_related("owner", "school").get(pk=case.pk)


def assert_sound() -> None:
    assert list(verify.audit_faults()) == []
    for pk in Case.objects.unscoped("test").values_list("pk", flat=True):
        assert verify.case_faults(pk) == []


def test_same_submission_at_once_makes_one_entry() -> None:
    case, submission = make_case(), uuid4()
    results = at_once(lambda number: file_step(fresh(case), submission_id=submission), 20)
    assert {result.pk for result in results} == {Entry.objects.get(case=case, kind="step").pk}
    assert AuditEvent.objects.filter(verb="file").count() == 1
    assert_sound()


def test_stale_forms_at_once_exactly_one_wins() -> None:
    case = make_case()
    file_step(case)
    read_to = fresh(case).head_seq
    results = at_once(lambda number: file_step(fresh(case), read_to=read_to))
    winners = [result for result in results if isinstance(result, Entry)]
    losers = [result for result in results if isinstance(result, StaleReading)]
    assert (len(winners), len(losers)) == (1, WRITERS - 1)
    assert_sound()


def test_notes_at_once_all_stand_in_one_chain() -> None:
    case = make_case()
    results = at_once(lambda number: add_note(fresh(case), text=f"Notat {number}"))
    assert sorted(result.seq for result in results) == list(range(2, 2 + WRITERS))
    assert_sound()


def test_doors_and_verbs_on_several_cases_do_not_lock_each_other_out() -> None:
    """Half of them go through the door first, the others write straight away: the locks come in the same order."""
    cases = [make_case(make_user()) for _number in range(3)]

    def walk(number: int) -> int:
        for turn in range(5):
            case = cases[(number + turn) % len(cases)]
            if number % 2:
                add_note(fresh(case))
                continue
            owner = User.objects.get(pk=case.owner.pk)
            add_note(permissions.get_case(owner, case.public_id), by=owner)
        return number

    assert at_once(walk) == list(range(WRITERS))
    assert Entry.objects.filter(kind="note").count() == WRITERS * 5
    assert_sound()
    close_old_connections()
