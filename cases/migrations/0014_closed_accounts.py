"""Closed accounts have rules of their own."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_end_without_triggers"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="retentionrule",
            name="retention_not_of_open_cases",
        ),
        migrations.AlterField(
            model_name="retentionrule",
            name="months",
            field=models.PositiveSmallIntegerField(
                help_text="Regnes fra den dag, sagen blev afsluttet eller kontoen lukket. Åbne sager og konti slettes aldrig. En konto bliver, så længe der er en sag, som den har været inde i.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1200),
                ],
                verbose_name="måneder",
            ),
        ),
        migrations.AlterField(
            model_name="retentionrule",
            name="status",
            field=models.CharField(
                choices=[("closed", "afsluttede sager"), ("account", "lukkede konti")],
                default="closed",
                max_length=10,
                verbose_name="gælder",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["closed", "account"])), name="retention_not_of_open_cases"
            ),
        ),
    ]
