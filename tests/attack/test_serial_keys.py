"""Rows are named by random ids: a number in sequence would tell how many cases there are.

In the world of these tests the key of every row is a number that cannot be mistaken. test_access_matrix looks for it in
every answer to everybody, and on every paper.
"""

import pytest

from tests.attack.serial_keys import FIRST, SIGN, far_out
from tests.attack.world import World


def test_keys_of_the_world_cannot_be_mistaken(world: World) -> None:
    rows = [*world.cases.values(), *world.old.values(), *world.users.values(), world.school]
    assert min(row.pk for row in rows) >= FIRST


@pytest.mark.parametrize("written", [f"/sager/{FIRST + 12}/", "7.310.000.013", "7 310 000 999"])
def test_key_is_seen_however_it_is_written(written: str) -> None:
    assert SIGN.search(written)


def test_numbers_begin_there_in_every_table_of_cases(db: None) -> None:
    assert {"cases_case", "cases_entry", "cases_user", "cases_school", "cases_auditevent"} <= set(far_out())
