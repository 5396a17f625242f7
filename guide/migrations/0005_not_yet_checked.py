"""Nobody had checked the seeded law and contacts, although rows carried a day; their text has been corrected since."""

import datetime
import hashlib
from importlib import import_module

from django.db import migrations

seed = import_module("guide.migrations.0002_seed").seed

SEEDED_DAY = datetime.date(2026, 11, 21)
COLUMNS = {"Contact": ("name", "phone", "url", "audience", "note"), "LegalNote": ("title", "paragraph", "plain")}
# The texts of earlier versions, as sha256 of the columns: by these, rows that an administrator changed are left alone.
SEEDED_TEXTS = """
    d5f3dc969a3a 9aadf2e309e2 b3d1e94336d4 bec9377d8911 f466752e9ddc f1b82f2b6d58 9a70e7fe302d abb30dea39ea
    3cde88408816 defd000512c3 ac982aa78dc0 57f9b412679f a5e979f096b6 77ee43d71143 c8621a0082ca fe3c3079bd5c
    a9e5fe8c6aba 293f2d4812a1 de2d9b83b703 f9730f774eae 4508b69d38ea 97499169facd e62ff6785e12 ccbd422f7491
    2218e8194061 772f44d042aa fea4fef3908b 2c993a86093a 7973d96bb4af 74bdd8acd629 29b29575b25f 1fa01f02d0c8
    b7ffdedb9c4c e49a8ab61e3d e148c0611083 9a00d98f6e2e b48d963738e5 002421a5af82 229e886a3813 db713c79270f
    011510ffb948 77f67ab95d27 db69fd1c9d11 3b3d8aa5caec 8294af7668d6 6d7029d56bb9 7b127a502298 68b25003bd78
    186df066aa64 79eff6157e00 14a6252683af a1237861d05a
    """


def text_hash(row, columns):
    """Return the hash of the columns, cut to twelve hexadecimal digits."""
    return hashlib.sha256("\n".join(getattr(row, column) for column in columns).encode()).hexdigest()[:12]


def uncheck(apps, schema_editor):
    """Remove the seeded day, and seed again the rows that nobody changed and the sources that are new."""
    seeded_texts = frozenset(SEEDED_TEXTS.split())
    for name, columns in COLUMNS.items():
        rows = apps.get_model("guide", name).objects
        rows.filter(last_verified=SEEDED_DAY).update(last_verified=None)
        seeded = [row.pk for row in rows.filter(last_verified=None) if text_hash(row, columns) in seeded_texts]
        rows.filter(pk__in=seeded).delete()
    seed(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("guide", "0004_cached_values")]
    operations = [migrations.RunPython(uncheck, migrations.RunPython.noop)]
