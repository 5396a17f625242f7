"""Who of SSP has a referral and what was last written in its thread; danger, and the leader who has a case."""

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.access import access_macs, audit_log
from cases.enums import AuditVerb
from cases.models import AccessMac, append_only

KIND, BEFORE = "referral", ("case_id", "municipality_id", "form", "entry_seq", "ended_at")
"""The columns of a referral that decided access until now; ``aside`` is new among them."""


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the tables that are there."""
    append_only.install(schema_editor.connection)


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off: SQLite rebuilds the table of the access log."""
    append_only.remove(schema_editor.connection)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let every referral wait for SSP since it was sent, and sign anew those that were signed."""
    model = apps.get_model("cases", "Referral")
    model._base_manager.update(state_since=models.F("sent_at"))
    macs = dict(AccessMac.objects.filter(kind=KIND).values_list("number", "mac"))
    signed = 0
    for row in model._base_manager.filter(pk__in=macs).order_by("pk"):
        key, values = f"cases_referral:{row.pk}", [plain(model, name, row) for name in BEFORE]
        if access_macs.is_genuine(KIND, row.pk, {key: values}, macs[row.pk]):
            access_macs.sign(KIND, row.pk, {key: [*values, row.aside]})
            signed += 1
    if signed:
        audit_log.write_event(AuditVerb.ROTATE, by=None, detail=f"access:{signed}")


def plain(model: type[models.Model], name: str, row: models.Model) -> object:
    """Return a value as it is signed."""
    return access_macs._plain(model._meta.get_field(name), getattr(row, name))


def keep(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Change no row when the migration is reversed: its referrals have to be signed by an administrator."""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_told_leader"),
    ]

    operations = [
        migrations.RunPython(release, guard),
        migrations.RemoveConstraint(
            model_name="auditevent",
            name="audit_verb_known",
        ),
        migrations.AddField(
            model_name="case",
            name="in_danger",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="aside",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="referral",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="state",
            field=models.CharField(default="sent", max_length=12),
        ),
        migrations.AddField(
            model_name="referral",
            name="state_since",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="verb",
            field=models.CharField(
                choices=[
                    ("list", "Så en liste"),
                    ("open", "Åbnede sagen"),
                    ("search", "Søgte"),
                    ("export", "Udskrev"),
                    ("denied", "Blev afvist"),
                    ("begin", "Oprettede sagen"),
                    ("file", "Gemte et trin"),
                    ("skip", "Sprang et trin over"),
                    ("note", "Skrev et notat"),
                    ("correct", "Rettede"),
                    ("tick", "Krydsede en opgave af"),
                    ("tell", "Fortalte det til ledelsen"),
                    ("take", "Tog sagen"),
                    ("label", "Gav sagen et kendetegn"),
                    ("refer", "Henvendte sig til SSP"),
                    ("end_referral", "Trak en henvendelse tilbage"),
                    ("spar", "Skrev i en sparring"),
                    ("claim", "Tog, gav videre eller fratrådte en henvendelse"),
                    ("add_participant", "Gav adgang"),
                    ("remove_participant", "Fjernede adgang"),
                    ("assign", "Valgte ansvarlig"),
                    ("close", "Afsluttede sagen"),
                    ("reopen", "Genåbnede sagen"),
                    ("draft", "Gemte en kladde"),
                    ("drop_draft", "Kasserede en kladde"),
                    ("insight", "Gav indsigt"),
                    ("hold", "Satte et slettestop"),
                    ("release", "Ophævede et slettestop"),
                    ("propose_erasure", "Foreslog sletning"),
                    ("refuse_erasure", "Afviste sletning"),
                    ("erase", "Slettede sagen"),
                    ("set_retention", "Ændrede en opbevaringsfrist"),
                    ("admin_add", "Oprettede i administrationen"),
                    ("admin_change", "Ændrede i administrationen"),
                    ("admin_delete", "Slettede i administrationen"),
                    ("rotate", "Skiftede nøgle"),
                    ("backup", "Tog sikkerhedskopi"),
                    ("restore", "Genskabte fra sikkerhedskopi"),
                    ("login", "Loggede ind"),
                    ("login_failed", "Kunne ikke logge ind"),
                    ("logout", "Loggede ud"),
                    ("login_changed", "Ændrede sit login"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("in_danger", True), ("status", "open")),
                fields=["school", "next_due"],
                name="case_in_danger",
            ),
        ),
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
                            "tell",
                            "take",
                            "label",
                            "refer",
                            "end_referral",
                            "spar",
                            "claim",
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
                            "admin_add",
                            "admin_change",
                            "admin_delete",
                            "rotate",
                            "backup",
                            "restore",
                            "login",
                            "login_failed",
                            "logout",
                            "login_changed",
                        ],
                    )
                ),
                name="audit_verb_known",
            ),
        ),
        migrations.RunPython(guard, release),
        migrations.RunPython(fill, keep),
    ]
