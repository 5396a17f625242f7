"""The access log keeps that a follow-up was set."""

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
        ("cases", "0018_papers"),
    ]

    operations = [
        migrations.RunPython(release, guard),
        migrations.RemoveConstraint(
            model_name="auditevent",
            name="audit_verb_known",
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
                    ("made", "Fik et papir"),
                    ("denied", "Blev afvist"),
                    ("begin", "Oprettede sagen"),
                    ("file", "Gemte et trin"),
                    ("skip", "Sprang et trin over"),
                    ("note", "Skrev et notat"),
                    ("correct", "Rettede"),
                    ("tick", "Krydsede en opgave af"),
                    ("follow_up", "Satte en opfølgning"),
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
                            "made",
                            "denied",
                            "begin",
                            "file",
                            "skip",
                            "note",
                            "correct",
                            "tick",
                            "follow_up",
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
    ]
