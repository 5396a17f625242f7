"""Tables for what an administrator keeps up to date."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("cases", "0001_first")]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(editable=False, unique=True, verbose_name="nøgle")),
                (
                    "name",
                    models.CharField(
                        help_text="En tjenestes navn, aldrig en persons.", max_length=120, verbose_name="navn"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                ("url", models.URLField(blank=True, verbose_name="hjemmeside")),
                ("audience", models.CharField(max_length=200, verbose_name="for hvem")),
                ("note", models.TextField(blank=True, verbose_name="bemærkning")),
                ("last_verified", models.DateField(blank=True, null=True, verbose_name="sidst kontrolleret")),
            ],
            options={"verbose_name": "kontakt", "verbose_name_plural": "kontakter", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="LegalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(editable=False, unique=True, verbose_name="nøgle")),
                ("title", models.CharField(max_length=120, verbose_name="lov")),
                ("paragraph", models.CharField(blank=True, max_length=60, verbose_name="paragraf")),
                ("plain", models.TextField(verbose_name="med almindelige ord")),
                ("last_verified", models.DateField(blank=True, null=True, verbose_name="sidst kontrolleret")),
            ],
            options={
                "verbose_name": "lovhenvisning",
                "verbose_name_plural": "lovhenvisninger",
                "ordering": ["title", "paragraph"],
            },
        ),
        migrations.CreateModel(
            name="LocalContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("ssp_konsulent", "SSP-konsulent"),
                            ("underretning_modtagelse", "Kommunens modtagelse af underretninger"),
                            ("beredskabsplan", "Kommunens beredskabsplan"),
                            ("social_doegnvagt", "Social døgnvagt"),
                        ],
                        max_length=50,
                        verbose_name="kontakt",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                ("url", models.URLField(blank=True, verbose_name="hjemmeside")),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="Åbningstid eller vej ind. Ingen personnavne.", verbose_name="bemærkning"
                    ),
                ),
                ("last_verified", models.DateField(blank=True, null=True, verbose_name="sidst kontrolleret")),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="local_contacts",
                        to="cases.municipality",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "lokal kontakt",
                "verbose_name_plural": "lokale kontakter",
                "ordering": ["municipality", "key"],
                "constraints": [
                    models.UniqueConstraint(fields=("municipality", "key"), name="one_local_contact_of_each_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("phone", ""), ("url", ""), _negated=True),
                        name="local_contact_can_be_reached",
                        violation_error_message="Skriv et telefonnummer eller en hjemmeside.",
                    ),
                ],
            },
        ),
    ]
