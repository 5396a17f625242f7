"""An access log to which no row can be added: by the database, or by the product itself."""

from typing import Any

import pytest
from django.db import DatabaseError, connection

from cases.access import audit_log
from tests.engines import IS_POSTGRESQL, as_owner
from tests.figures import LONG

BY_DATABASE, BY_PRODUCT = "by the database", "by the product"
WAYS = [BY_DATABASE, BY_PRODUCT] if LONG else [BY_DATABASE if IS_POSTGRESQL else BY_PRODUCT]
"""One on each engine; `script/prove access` goes both ways on both."""
TRIGGERS = {
    "sqlite": ["CREATE TRIGGER no_audit BEFORE INSERT ON cases_auditevent BEGIN SELECT RAISE(ABORT, 'no row'); END"],
    "postgresql": [
        "CREATE FUNCTION no_audit() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no row'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER no_audit BEFORE INSERT ON cases_auditevent FOR EACH ROW EXECUTE FUNCTION no_audit()",
    ],
}


def refuse_rows(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every row is refused, until the test's transaction and its patches are taken back."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no row")

    if how == BY_PRODUCT:
        monkeypatch.setattr(audit_log, "write_event", fail)
        return
    with as_owner(), connection.cursor() as cursor:
        for statement in TRIGGERS[connection.vendor]:
            cursor.execute(statement)
