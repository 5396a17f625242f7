"""Serial keys that can be looked for in any text."""

import re

from django.apps import apps
from django.db import connection
from django.db.models import AutoField

from tests.engines import as_owner

FIRST = 7_310_000_001
"""Where serial keys begin: a number that nothing else has."""
SIGN = re.compile(r"7\D?310\D?000\D?\d{3}")
"""Such a number as it may stand in a text, with or without a mark between thousands."""


def far_out() -> list[str]:
    """Let the next row of each table of cases have such a key; return the tables."""
    models = apps.get_app_config("cases").get_models()
    tables = [model._meta.db_table for model in models if isinstance(model._meta.pk, AutoField)]
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                (sequence,) = cursor.fetchone()
                cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {FIRST}")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FIRST])
    return tables
