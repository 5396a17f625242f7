"""The accessibility statement of a municipality."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_entry_kind_opgave"),
        ("guide", "0005_not_yet_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Accessibility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        help_text="Fx https://www.was.digst.dk/handlekort-kommune-dk. Den adresse, som WAS-Tool har givet jer.",
                        verbose_name="erklæringen i WAS-Tool",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="Hertil kan man ringe om fejl.", max_length=40, verbose_name="telefon"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Hertil kan man skrive om fejl. En fælles postkasse.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "known_faults",
                    models.TextField(
                        blank=True,
                        help_text="Hvad der ikke er tilgængeligt, og hvad man kan gøre i stedet.",
                        verbose_name="kendte fejl",
                    ),
                ),
                ("last_verified", models.DateField(blank=True, null=True, verbose_name="sidst gennemgået")),
                (
                    "municipality",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accessibility",
                        to="cases.municipality",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "tilgængelighedserklæring",
                "verbose_name_plural": "tilgængelighedserklæringer",
                "ordering": ["municipality"],
            },
        ),
    ]
