"""Rows are named by random ids: a number in sequence would tell how many cases there are."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import AutoField

from tests.attack import matrix
from tests.attack.walk import address, ask, seen
from tests.attack.world import World, build

FIRST = 7_310_000_001
"""Where serial keys begin here: a number that nothing else has, so that each can be looked for in any text."""
SIGN = re.compile(r"7\D?310\D?000\D?\d{3}")
"""Such a number as it may stand in a text, with or without a mark between thousands."""


@pytest.fixture
def numbered(db: None) -> World:
    """A world in which the key of every row is a number that cannot be mistaken."""
    models = apps.get_app_config("cases").get_models()
    tables = [model._meta.db_table for model in models if isinstance(model._meta.pk, AutoField)]
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                (sequence,) = cursor.fetchone()
                cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {FIRST}")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FIRST])
    return build()


def test_serial_key_is_in_no_page_and_on_no_paper(numbered: World, paper: list[str]) -> None:
    """Not in the administration, which names users and schools by their keys, and never a case."""
    assert min(case.pk for case in numbered.cases.values()) >= FIRST
    answers = {
        (actor, pattern, method): seen(ask(numbered.client(actor), method, address(pattern, numbered.fills(actor))))
        for actor in ("owner", "participant", "leader", "ssp_named", "ssp_anonymous", "administrator")
        for pattern in matrix.rows()
        for method in ("GET", "POST")
        if not pattern.startswith("admin/")
    }
    assert [place for place, answer in answers.items() if SIGN.search(answer.decode())] == []
    assert len(paper) > 3
    assert [page for page in paper if SIGN.search(page)] == []
