"""One upgrade, in a process of its own on an empty database: `python -m tests.upgrade.inside FILE`.

Builds the tables as an earlier version had them, puts in what that version kept, migrates to the newest, and prints
what came of it.
"""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core import checks  # noqa: E402 - Django has to be set up first
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from cases.access import audit_log  # noqa: E402
from cases.log import case_file  # noqa: E402
from cases.models import AccessMac, Case, append_only  # noqa: E402
from cases.operations import access_signing, verify  # noqa: E402
from tests.factories import add_note  # noqa: E402
from tests.upgrade.write import plain, texts  # noqa: E402

Rows = dict[str, list[dict[str, Any]]]
DAY, ITS_END = "2026-11-16", "2026-11-16T22:59:59.999999+00:00"
"""A deadline as it was kept until 0017, and what it is since. The files of those versions have none."""


def put_in(kept: dict[str, Any]) -> None:
    """Build the tables of then, and fill them, where a deadline was a day with one for each case."""
    for row in kept["rows"]["cases.case"] if kept["migrations"]["cases"] < "0017" else ():
        row["next_due"] = DAY
    targets = list(kept["migrations"].items())
    executor = MigrationExecutor(connection)
    rest = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in kept["migrations"]]
    state = executor.migrate([*targets, *(node for node in rest if node[0] == "mfa")])
    with transaction.atomic():
        for label, rows in kept["rows"].items():
            model = state.apps.get_model(label)
            fields = {field.attname: field for field in model._meta.concrete_fields}
            for field in fields.values():
                field.auto_now_add = False  # the moment is among what was kept
            model._base_manager.bulk_create(
                model(**{name: fields[name].to_python(value) for name, value in row.items()}) for row in rows
            )
        if ("cases", "chainend") in state.models:  # a trigger of that version filled it
            last = state.apps.get_model("cases.AuditEvent")._base_manager.order_by("-seq").first()
            end = state.apps.get_model("cases.ChainEnd")(pk=1, seq=last.seq, hash=last.hash)
            if key := getattr(last, "chain_key", None):
                end.chain_key, end.mac = key, audit_log.end_mac(last.seq, last.hash, key)
            end.save()
    step_form = [state.apps.get_model(label) for label in kept["rows"]]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), step_form):
            cursor.execute(statement)


def still_there(kept: Rows) -> list[str]:
    """The rows that are gone, or changed in a column that they had; migrations sign referrals anew, and let a deadline
    be the end of its day."""
    wrong = []
    for label, rows in kept.items():
        model = django.apps.apps.get_model(label)
        for row in rows:
            found = model._base_manager.filter(pk=row[model._meta.pk.attname]).first()
            if label == "cases.accessmac" and row["kind"] == "referral":
                row = {name: value for name, value in row.items() if name != "mac"}
            if row.get("next_due") == DAY:
                row = row | {"next_due": ITS_END}
            now = {name: plain(getattr(found, name, None)) for name in row}
            if found is None or now != row:
                wrong.append(f"{label} {row[model._meta.pk.attname]}")
    return wrong


def differences(case: Case) -> list[str]:
    """What the newest entries of the case say otherwise than its whole log."""
    whole, current = vars(case_file.read_case(case)), vars(case_file.read_current(case))
    return [f"{case.reference}: {name}" for name, value in current.items() if value != whole[name]]


def faults() -> list[str]:
    """What `verify` would say, and the checks of the product."""
    found = [*verify.audit_faults(), *verify.lost_cases(), *verify.tombstone_faults(), *access_signing.access_faults()]
    for pk in Case.objects.unscoped("upgrade").values_list("pk", flat=True):
        found += verify.case_faults(pk)
        found += differences(Case.objects.unscoped("upgrade").select_related("school", "owner").get(pk=pk))
    return [str(fault) for fault in found] + [str(message) for message in checks.run_checks(databases=["default"])]


def upgrade(kept: dict[str, Any]) -> dict[str, Any]:
    """What came of it."""
    put_in(kept)
    call_command("migrate", verbosity=0)
    if not AccessMac.objects.exists():
        # Its log had events under a key: an administrator says that the rows are right.
        call_command("sign_access", "all", "--seen", access_signing.all_unsigned().code, stdout=StringIO())
    told = {"changed": still_there(kept["rows"]), "texts": texts(), "faults": faults()}
    case = Case.objects.unscoped("upgrade").filter(status="open").select_related("owner").first()
    if case is not None:
        add_note(case, text="Skrevet bagefter")
    return told | {"faults_afterwards": faults(), "guarded": append_only.missing(connection) == []}


if __name__ == "__main__":
    json.dump(upgrade(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), sys.stdout)
