"""A school's telephone, for SSP and the police; and whether the school waited, for the lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_keeping_and_ending")]

    operations = [
        migrations.AddField(model_name="case", name="late", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="school", name="phone", field=models.CharField(blank=True, max_length=40, verbose_name="telefon")
        ),
    ]
