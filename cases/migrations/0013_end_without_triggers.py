"""The row that has the end of the access log is hashed under a key; triggers on it showed nothing more."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_off(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers of earlier versions off."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in ("no_return", "no_delete", "no_replace", "no_truncate"):
        table = " ON cases_chainend" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS cases_chainend_{name}{table}")
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS cases_chain_end_forward()")


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_entry_kind_opgave")]

    operations = [migrations.RunPython(take_off, migrations.RunPython.noop)]
