"""Indexes in the order of the lists, of the look-ups of a school and of what is due."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BooleanField, F, Func, Index, IntegerField, OrderBy, Q, UUIDField

from cases.models import append_only

_WEIGHT = Func("confirmed_level", "level_high", template="COALESCE(%(expressions)s, 0)", output_field=IntegerField())
_LIST = [OrderBy(one, descending=True) for one in (_WEIGHT, F("updated_at"), F("id"))]
_FROM_ADMINISTRATION = Func(
    "verb", template="(%(expressions)s IN ('admin_add', 'admin_change', 'admin_delete'))", output_field=BooleanField()
)


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the tables that are there."""
    append_only.install(schema_editor.connection)


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off: SQLite rebuilds the table of the access log."""
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_access_macs")]

    operations = [
        migrations.RemoveIndex("case", "case_school_list"),
        migrations.AddIndex("case", Index(F("school"), F("status"), *_LIST, name="case_list_by_status")),
        migrations.AddIndex("case", Index(F("school"), *_LIST, name="case_list")),
        migrations.AddIndex("case", Index(fields=["school", "status", "next_due"], name="case_overdue")),
        migrations.AddIndex("case", Index(fields=["school", "status", "closed_at"], name="case_closed")),
        migrations.AddIndex("case", Index(fields=["school", "public_id", "reference"], name="case_of_school")),
        migrations.AddIndex("case", Index(fields=["owner", "school"], name="case_of_owner")),
        migrations.AddIndex(
            "referral", Index(fields=["municipality", "case"], condition=Q(ended_at=None), name="referral_active")
        ),
        migrations.AddIndex("tombstone", Index(fields=["school", "-approved_at"], name="tombstone_of_school")),
        migrations.RunPython(release, guard),
        migrations.AlterField("auditevent", "actor", UUIDField(blank=True, null=True)),
        migrations.AlterField("auditevent", "case_public_id", UUIDField(blank=True, null=True)),
        migrations.AddIndex(
            "auditevent", Index(fields=["case_public_id", "at", "seq", "actor", "verb"], name="audit_of_case")
        ),
        migrations.AddIndex("auditevent", Index(fields=["actor", "verb", "seq"], name="audit_of_actor")),
        migrations.AddIndex(
            "auditevent",
            Index(fields=["verb", "seq"], condition=Q(_FROM_ADMINISTRATION), name="audit_of_administration"),
        ),
        migrations.RunPython(guard, release),
    ]
