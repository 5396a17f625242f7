"""A table for who a user is at a provider of single sign-on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guide", "0002_seed"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="SingleSignOn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=200, verbose_name="udsteder")),
                (
                    "subject",
                    models.CharField(
                        help_text="Koden vises for brugeren efter login. Sikr dig, at det virkelig er brugeren, der giver dig den.",
                        max_length=255,
                        verbose_name="kode",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="oprettet")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="single_sign_ons",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bruger",
                    ),
                ),
            ],
            options={
                "verbose_name": "fælles login",
                "verbose_name_plural": "fælles login",
                "ordering": ["user"],
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="single_sign_on_names_one_user"),
                    models.UniqueConstraint(fields=("user", "issuer"), name="single_sign_on_once_a_user"),
                ],
            },
        )
    ]
