"""A text sealed under each master key, by which a key that does not belong to its name is noticed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The values are stored after the migrations, by ``cases.operations.startup_checks``."""

    dependencies = [("cases", "0006_chain_end")]

    operations = [
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("key_id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
            ],
        ),
    ]
