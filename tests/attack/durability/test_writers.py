"""Many at once, each a process or a thread with a connection of its own: nobody is locked out, nothing stands twice."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cases.log.case_transaction import StaleReading
from cases.models import Entry
from tests import figures
from tests.attack.durability.actions import Action, note, step
from tests.attack.durability.house import House, Server, judge, receipts_in
from tests.cases.log.test_parallel import assert_sound, at_once, fresh
from tests.factories import add_note, file_step, make_case

WRITERS = 50
ROUNDS = figures.amount(1, 20)
PROCESSES, EACH = figures.amount(4, 8), figures.amount(5, 50)
PRESSES = 20

pytestmark = pytest.mark.slow


@pytest.mark.django_db(transaction=True)
def test_of_fifty_stale_forms_exactly_one_wins_each_round() -> None:
    case = make_case()
    file_step(case)
    for _round in range(ROUNDS):
        read_to = fresh(case).head_seq
        results = at_once(lambda number, read_to=read_to: file_step(fresh(case), read_to=read_to), WRITERS)
        winners = [result for result in results if isinstance(result, Entry)]
        losers = [result for result in results if isinstance(result, StaleReading)]
        assert (len(winners), len(losers)) == (1, WRITERS - 1), [r for r in results if r not in winners + losers][:1]
        assert winners[0].seq > read_to
    assert_sound()
    figures.record("stale writers", ROUNDS * WRITERS)


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_at_once_get_a_number_each() -> None:
    case = make_case()
    for _round in range(ROUNDS):
        first = fresh(case).head_seq + 1
        results = at_once(lambda number: add_note(fresh(case), text=f"Notat {number}"), WRITERS)
        assert sorted(entry.seq for entry in results) == list(range(first, first + WRITERS))
    assert_sound()


def test_eight_processes_save_at_once_and_nobody_is_locked_out(house: House, tmp_path: Path) -> None:
    """Two processes at each case, so that they meet at the case as well as at the file; in the suite four at two."""
    receipts = [tmp_path / f"receipts-{number}" for number in range(PROCESSES)]
    running = [
        house.save(house.owners[number // 2], f"Proces {number}", EACH, paper, stderr=subprocess.PIPE)
        for number, paper in enumerate(receipts)
    ]
    said = [process.communicate(timeout=600)[1] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, max(said, key=len)[-2000:]
    assert "locked" not in "".join(said)
    faults, texts = judge(house)
    assert faults == []
    promised = {submission: text for paper in receipts for submission, text in receipts_in(paper).items()}
    assert len(promised) == PROCESSES * EACH
    assert promised.items() <= texts.items()
    figures.record("parallel transactions", len(promised))


def test_the_same_form_sent_twenty_times_at_once_stands_once(house: House) -> None:
    owner = house.owners[0]
    with Server(house) as server:
        for action in (note(owner.case, "Et notat, mange tryk"), step(owner.case, "Et trin, mange tryk")):

            def press(_number: int, action: Action = action) -> int:
                return server.send(owner, action)[0]

            with ThreadPoolExecutor(PRESSES) as pool:
                assert list(pool.map(press, range(PRESSES))) == [302] * PRESSES
    faults, texts = judge(house)
    assert faults == []
    assert sorted(text for text in texts.values() if "mange tryk" in text) == [
        "Et notat, mange tryk",
        "Et trin, mange tryk",
    ]
