"""Rows of the logs are hashed under a key; the last event is stored by the product, no longer by a trigger."""

import uuid

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.models import append_only


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the tables that are there."""
    append_only.install(schema_editor.connection)


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off, the one that stored the last event too."""
    append_only.remove(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS cases_auditevent_end ON cases_auditevent")
        schema_editor.execute("DROP FUNCTION IF EXISTS cases_chain_end_follow()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS cases_auditevent_end")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_key_check")]

    operations = [
        migrations.RunPython(release, guard),
        migrations.CreateModel(
            name="ChainKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key_id", models.CharField(max_length=32)),
                ("sealed_key", models.BinaryField()),
            ],
        ),
        migrations.AddField("auditevent", "chain_key", models.UUIDField(editable=False, null=True)),
        migrations.AddField("entry", "chain_key", models.UUIDField(editable=False, null=True)),
        migrations.AlterField("entry", "salt", models.BinaryField(default=bytes)),
        migrations.AddField("chainend", "chain_key", models.UUIDField(editable=False, null=True)),
        migrations.AddField("chainend", "mac", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(guard, release),
    ]
