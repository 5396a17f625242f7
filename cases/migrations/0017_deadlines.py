"""Deadlines are moments, not days, and a school has closed days that move them."""

import datetime
import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def to_moments(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let a deadline that was a day, now its midnight in UTC, be the end of that day; danger without one is over."""
    cases = apps.get_model("cases", "Case")._base_manager
    for pk, day in list(cases.exclude(next_due=None).values_list("pk", "next_due")):
        ends = datetime.datetime.combine(day.astimezone(datetime.UTC).date(), datetime.time.max)
        cases.filter(pk=pk).update(next_due=timezone.make_aware(ends))
    # What is to be done now or today had its first day as its deadline: what is due later is not urgent.
    today = datetime.datetime.combine(timezone.localdate(), datetime.time.max)
    due = models.Q(next_due__lte=timezone.make_aware(today))
    cases.filter(in_danger=True).exclude(due).update(in_danger=False)


def keep(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Change no row when the migration is reversed: a moment becomes its day."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_sparring")]

    operations = [
        migrations.AlterField("case", "next_due", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(to_moments, keep),
        migrations.CreateModel(
            name="ClosedDays",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("first", models.DateField(verbose_name="første lukkedag")),
                (
                    "last",
                    models.DateField(
                        help_text="Samme dag, hvis det kun er én. Weekender og helligdage kendes i forvejen. Lukkedage "
                        "flytter de frister, der sættes fra nu af.",
                        verbose_name="sidste lukkedag",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Fx efterårsferie. Ingen navne på personer.", max_length=60, verbose_name="navn"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_days",
                        to="cases.school",
                        verbose_name="skole",
                    ),
                ),
            ],
            options={
                "verbose_name": "lukkedage",
                "verbose_name_plural": "lukkedage",
                "ordering": ["-first", "school"],
                "indexes": [models.Index(fields=["school", "last"], name="closed_days_of_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="closed_days_in_order"
                    )
                ],
            },
        ),
    ]
