"""Where the access log ends is written down by the database itself, so that lines cut off its end are missed."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.models import append_only


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the tables that are there."""
    append_only.install(schema_editor.connection)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the end that the log has today."""
    last = apps.get_model("cases", "AuditEvent").objects.order_by("-seq").first()
    if last is not None:
        apps.get_model("cases", "ChainEnd").objects.create(id=1, seq=last.seq, hash=last.hash)


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off, so that the table can be dropped; the others are back right after."""
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_administration_is_logged")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, guard),
        migrations.CreateModel(
            name="ChainEnd",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="chain_end_once")]},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guard, release),
    ]
