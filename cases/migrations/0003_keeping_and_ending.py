"""Rules of keeping, holds, proposals of erasure, tombstones; the words that the access log needs for them."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.models import append_only


def guard_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite rebuilds the access log's table for the new words and loses its triggers: back they go, at once."""
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("proposed_at", models.DateTimeField()),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ["proposed_at", "pk"]},
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("set_at", models.DateTimeField()),
                ("reason", models.BinaryField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("release_reason", models.BinaryField(blank=True, null=True)),
            ],
            options={"ordering": ["set_at", "pk"]},
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("closed", "Afsluttet")], default="closed", max_length=10, verbose_name="status"
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        help_text="Regnes fra den dag, sagen blev afsluttet. Åbne sager har ingen frist og slettes aldrig.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1200),
                        ],
                        verbose_name="måneder",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        help_text="Fx journalplanens navn og punkt. Teksten bliver stående, når en sag er slettet. Ingen navne.",
                        max_length=120,
                        verbose_name="besluttet hvor",
                    ),
                ),
            ],
            options={
                "verbose_name": "opbevaringsfrist",
                "verbose_name_plural": "opbevaringsfrister",
                "ordering": ["municipality", "school", "status"],
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("case_public_id", models.UUIDField(unique=True)),
                ("reference", models.CharField(max_length=8, unique=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField()),
                ("head_seq", models.PositiveIntegerField()),
                ("head_hash", models.CharField(max_length=64)),
                ("rule_status", models.CharField(max_length=10)),
                ("rule_months", models.PositiveSmallIntegerField()),
                ("rule_basis", models.CharField(max_length=120)),
                ("proposed_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField()),
            ],
            options={"ordering": ["approved_at", "pk"], "base_manager_name": "objects"},
        ),
        migrations.RemoveConstraint(model_name="auditevent", name="audit_verb_known"),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verb__in",
                        [
                            "list",
                            "open",
                            "search",
                            "export",
                            "denied",
                            "begin",
                            "file",
                            "skip",
                            "note",
                            "correct",
                            "tick",
                            "refer",
                            "end_referral",
                            "add_participant",
                            "remove_participant",
                            "assign",
                            "close",
                            "reopen",
                            "draft",
                            "drop_draft",
                            "insight",
                            "hold",
                            "release",
                            "propose_erasure",
                            "refuse_erasure",
                            "erase",
                            "set_retention",
                            "rotate",
                            "backup",
                            "restore",
                            "login",
                            "login_failed",
                            "logout",
                        ],
                    )
                ),
                name="audit_verb_known",
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="erasure_requests", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="refused_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="cases.case"),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionrule",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retention_rules",
                to="cases.municipality",
                verbose_name="kommune",
            ),
        ),
        migrations.AddField(
            model_name="retentionrule",
            name="school",
            field=models.ForeignKey(
                blank=True,
                help_text="Kun når skolen selv er dataansvarlig og har sin egen frist. Ellers tom: så gælder fristen alle.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retention_rules",
                to="cases.school",
                verbose_name="skole",
            ),
        ),
        migrations.AddField(
            model_name="tombstone",
            name="approved_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="tombstone",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="tombstone",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tombstones", to="cases.school"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refused_at", None)), fields=("case",), name="erasure_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refused_at__isnull", True), ("refused_by__isnull", True)),
                    models.Q(("refused_at__isnull", False), ("refused_by__isnull", False)),
                    _connector="OR",
                ),
                name="erasure_refused_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)), fields=("case",), name="hold_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                        models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("release_reason__isnull", True), ("released_at__isnull", True)),
                        models.Q(("release_reason__isnull", False), ("released_at__isnull", False)),
                        _connector="OR",
                    ),
                ),
                name="hold_released_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school", None)),
                fields=("municipality", "status"),
                name="retention_once_per_municipality",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False)),
                fields=("school", "status"),
                name="retention_once_per_school",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "closed")), name="retention_not_of_open_cases"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__range", (1, 1200))), name="retention_months"
            ),
        ),
        migrations.AddConstraint(
            model_name="tombstone",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("approved_by")), _negated=True),
                name="tombstone_two_persons",
            ),
        ),
        migrations.RunPython(guard_again, guard_again),
    ]
