"""Clearer words in shipped legal notes; a note that an administrator changed or checked stays as it is."""

from importlib import import_module

from django.db import migrations

seed = import_module("guide.migrations.0002_seed").seed
text_hash = import_module("guide.migrations.0005_not_yet_checked").text_hash

COLUMNS = ("title", "paragraph", "plain")
# The texts of earlier versions, as hash of the columns.
SEEDED_TEXTS = frozenset(
    ["3c7ea0651c56", "9dd63bcc07ce", "ff958adc54ae", "e06aeed7f728", "d5871f048014", "2218e8194061"]
)


def seed_again(apps, schema_editor):
    """Seed again the notes that have a text of an earlier version and no day on which they were checked."""
    notes = apps.get_model("guide", "LegalNote").objects
    seeded = [note.pk for note in notes.filter(last_verified=None) if text_hash(note, COLUMNS) in SEEDED_TEXTS]
    notes.filter(pk__in=seeded).delete()
    seed(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("guide", "0006_accessibility")]
    operations = [migrations.RunPython(seed_again, migrations.RunPython.noop)]
