"""Which tests run on SQLite only in `script/test`. `script/prove pages` runs them on PostgreSQL too.

A test runs on both engines unless its file stands here, it is marked itself, or it uses no database at all: a new room
is on both.
"""

from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"

# What these look at is made after the rows were read, or before they are written. That every address and every form
# works on PostgreSQL is held by tests/attack: test_access_matrix, test_audited, test_fuzz and test_fuzz_requests.
ONE_ENGINE = (
    "tests/attack/durability/test_disk.py",
    "tests/attack/durability/test_power_cut.py",
    "tests/attack/test_canary.py",
    "tests/attack/test_mass_assignment.py",
    "tests/attack/test_no_store.py",
    "tests/attack/test_revoked.py",
    "tests/attack/test_scan.py",
    "tests/attack/test_serial_keys.py",
    "tests/attack/test_ssp_fields.py",
    "tests/attack/test_two_worlds.py",
    "tests/browser",
    "tests/cases/crypto",
    "tests/cases/documents",
    "tests/cases/privacy/test_masking.py",
    "tests/cases/text",
    "tests/cases/views/test_forms.py",
    "tests/cases/views/test_log.py",
    "tests/cases/views/test_sealed_canary.py",
    "tests/cases/views/test_sharing.py",
    "tests/cases/views/test_views.py",
    "tests/guide/accounts/test_demo_login.py",
    "tests/guide/accounts/test_passkeys.py",
    "tests/guide/accounts/test_providers.py",
    "tests/guide/administration",
    "tests/guide/pages",
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
    "tests/guide/wizard/test_forms.py",
    "tests/guide/wizard/test_one_assessment.py",
    "tests/guide/wizard/test_overview.py",
    "tests/guide/wizard/test_plan.py",
    "tests/guide/wizard/test_progress.py",
    "tests/guide/wizard/test_views.py",
)
_DATABASE = {"db", "transactional_db", "django_db_setup", "database", "house"}


def mark_one_engine(items: list[pytest.Item]) -> None:
    """Mark what needs no second engine, so that `-m "not one_engine"` leaves it out."""
    folders = tuple(ROOT / path for path in ONE_ENGINE)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses_database = item.get_closest_marker("django_db") is not None or bool(_DATABASE & fixtures)
        if not uses_database or any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.one_engine)
