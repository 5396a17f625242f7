"""A table for the MACs of the rows that decide access; what is there is signed once all migrations have run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_newest_entries")]

    operations = [
        migrations.CreateModel(
            name="AccessMac",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("number", models.BigIntegerField()),
                ("mac", models.CharField(max_length=101)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "number"), name="access_mac_once")]},
        ),
    ]
