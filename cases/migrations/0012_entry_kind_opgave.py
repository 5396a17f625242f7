"""The log calls a duty what every other page calls it: no change of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_list_indexes")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("step", "Trin gemt"),
                    ("skip", "Trin sprunget over"),
                    ("note", "Notat"),
                    ("correction", "Rettelse"),
                    ("level", "Niveau"),
                    ("duty", "Opgave"),
                    ("referral", "Henvendelse til SSP"),
                    ("participant", "Adgang"),
                    ("status", "Sagens status"),
                ],
                max_length=12,
            ),
        ),
    ]
