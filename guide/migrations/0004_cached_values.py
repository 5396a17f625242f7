"""The cache as a table of JSON; the table of Django's database cache, whose values are pickles, is dropped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guide", "0003_single_sign_on")]

    operations = [
        migrations.CreateModel(
            name="CachedValue",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("value", models.JSONField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL("DROP TABLE IF EXISTS handlekort_cache", migrations.RunSQL.noop),
    ]
