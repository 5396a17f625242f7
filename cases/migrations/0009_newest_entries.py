"""The newest answer to each duty is found without opening the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_keyed_chains")]

    operations = [
        migrations.AddField("entry", "duty_hash", models.BinaryField(null=True)),
        migrations.RemoveIndex("entry", "entry_newest_step"),
        migrations.AddIndex(
            "entry", models.Index(fields=["case", "kind", "step", "duty_hash", "seq"], name="entry_newest")
        ),
    ]
