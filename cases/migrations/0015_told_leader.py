"""The leaders are told of a case, and a case has a label of its own."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cases.models import append_only


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the tables that are there."""
    append_only.install(schema_editor.connection)


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off: SQLite rebuilds the table of the access log."""
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_closed_accounts"),
    ]

    operations = [
        migrations.RunPython(release, guard),
        migrations.RemoveConstraint(
            model_name="auditevent",
            name="audit_verb_known",
        ),
        migrations.AddField(
            model_name="case",
            name="label",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="case",
            name="told_leader_at",
            field=models.DateTimeField(blank=True, null=True),
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
                    ("label", "Gav sagen et kendetegn"),
                    ("refer", "Henvendte sig til SSP"),
                    ("end_referral", "Trak en henvendelse tilbage"),
                    ("add_participant", "Gav adgang"),
                    ("remove_participant", "Fjernede adgang"),
                    ("assign", "Valgte ansvarlig"),
                    ("close", "Afsluttede sagen"),
                    ("reopen", "Genåbnede sagen"),
                    ("draft", "Gemte en kladde"),
                    ("drop_draft", "Kasserede en kladde"),
                    ("insight", "Gav indsigt"),
                    ("hold", "Stoppede sletning"),
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
                condition=models.Q(("status", "open"), ("told_leader_at__isnull", False)),
                fields=["school", "told_leader_at"],
                name="case_told",
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
                            "label",
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
    ]
