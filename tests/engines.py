"""Which tests run on SQLite only in `script/test`. `script/prove rooms` runs them on PostgreSQL too.

A test runs on both engines unless its file stands here, it is marked itself, or it uses no database at all: a new room
is on both. In a file that stands here, `both_engines` marks what the engine does decide.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"

WEB_ROLE = settings.WEB_ROLE if IS_POSTGRESQL else ""
"""The role that tests take on PostgreSQL, once the owner has made the tables."""


def take_web_role(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Let a new connection do no more than the web server may."""
    connection.connection.execute(f"SET ROLE {WEB_ROLE}")


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Do what an administrator of the database may: change tables, triggers and lines of the logs."""
    connection = connections[alias]
    if not WEB_ROLE:
        yield
        return
    connection.ensure_connection()
    role = connection.connection.execute("SELECT current_user").fetchone()[0]
    connection.connection.execute("SET ROLE NONE")
    yield
    if connection.connection is not None and not connection.connection.closed:
        connection.connection.execute(f"SET ROLE {role}")


# What these look at is made after the rows were read, or before they are written. That every address and every form
# works on PostgreSQL is held by tests/attack: test_access_matrix, test_audited, test_fuzz and test_fuzz_requests.
ONE_ENGINE = (
    "tests/attack/durability/test_disk.py",
    "tests/attack/durability/test_power_cut.py",
    "tests/attack/test_canary.py",
    "tests/attack/test_field_labels.py",
    "tests/attack/test_mass_assignment.py",
    "tests/attack/test_no_store.py",
    "tests/attack/test_revoked.py",
    "tests/attack/test_scan.py",
    "tests/attack/test_serial_keys.py",
    "tests/attack/test_ssp_fields.py",
    "tests/attack/test_two_worlds.py",
    "tests/browser",
    "tests/cases/access/test_capabilities.py",
    "tests/cases/administration/test_admin_places.py",
    "tests/cases/crypto",
    "tests/cases/documents",
    "tests/cases/privacy/test_masking.py",
    "tests/cases/privacy/test_subject_access.py",
    "tests/cases/text",
    "tests/cases/views/test_forms.py",
    "tests/cases/views/test_log.py",
    "tests/cases/views/test_sealed_canary.py",
    "tests/cases/views/test_sharing.py",
    "tests/cases/views/test_sparring.py",
    "tests/cases/views/test_views.py",
    "tests/guide/accounts/test_access_lock.py",  # each row of each table: tests/attack/test_access_macs.py
    "tests/guide/accounts/test_demo_login.py",
    "tests/guide/accounts/test_guess_limits.py",  # where counts are kept: test_json_cache and test_login_limits
    "tests/guide/accounts/test_login.py",
    "tests/guide/accounts/test_passkeys.py",
    "tests/guide/accounts/test_providers.py",
    "tests/guide/accounts/test_sessions.py",  # the rows: test_session_store
    "tests/guide/accounts/test_sso.py",
    "tests/guide/administration",
    "tests/guide/demo",  # the demo is on SQLite only
    "tests/guide/pages",
    "tests/guide/papers",
    "tests/guide/questionnaire",
    "tests/guide/reference",
    "tests/guide/rules",
    "tests/guide/steps",
    "tests/guide/test_directory.py",
    "tests/guide/web/test_charset.py",
    "tests/guide/web/test_compile_translations.py",
    "tests/guide/web/test_error_reporting.py",
    "tests/guide/web/test_middleware.py",
    "tests/guide/web/test_settings.py",
    "tests/guide/wizard/test_field_labels.py",
    "tests/guide/wizard/test_filing.py",
    "tests/guide/wizard/test_forms.py",
    "tests/guide/wizard/test_label.py",
    "tests/guide/wizard/test_one_assessment.py",
    "tests/guide/wizard/test_overview.py",
    "tests/guide/wizard/test_people.py",
    "tests/guide/wizard/test_plan.py",
    "tests/guide/wizard/test_progress.py",
    "tests/guide/wizard/test_reading_ease.py",
    "tests/guide/wizard/test_sections.py",
    "tests/guide/wizard/test_telling.py",
    "tests/guide/wizard/test_views.py",
)
_DATABASE = {"db", "transactional_db", "django_db_setup", "database", "database_url", "house"}


def uses_database(item: pytest.Item) -> bool:
    """Return whether the test asks for the database, itself or through a fixture."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(_DATABASE & fixtures)


def mark_one_engine(items: list[pytest.Item]) -> None:
    """Mark what needs no second engine, so that `-m "not one_engine"` leaves it out."""
    for item in items:
        is_named = _is_named(item.path) and item.get_closest_marker("both_engines") is None
        if is_named or not uses_database(item):
            item.add_marker(pytest.mark.one_engine)


def is_left_out(path: Path, chosen: str) -> bool:
    """Return whether `-m` with these words chooses no test of the file, so that it need not be read."""
    is_asked = chosen == "not one_engine" and path.suffix == ".py" and _is_named(path)
    return is_asked and "both_engines" not in path.read_text(encoding="utf-8")


@cache
def _is_named(path: Path) -> bool:
    return any(path.is_relative_to(ROOT / named) for named in ONE_ENGINE)
