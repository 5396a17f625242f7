"""Entries and audit events can be added only: the database refuses everything else."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.models import append_only


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    append_only.install(schema_editor.connection)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them off again, so that the tables can be dropped."""
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """Triggers on both engines."""

    dependencies = [("cases", "0001_first")]

    operations = [migrations.RunPython(install, remove)]
