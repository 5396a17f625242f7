"""Notice a master key that does not belong to its name, by a value that is stored for each key id.

Without it a process with another key under a known name would start, open no old case and seal new ones with a key that
nobody kept. The value is stored when a key id is first seen and is never changed; of two processes that see it first,
both compare with the row that was stored.
"""

from itertools import chain

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from cases.crypto import encryption
from cases.crypto.encryption import SealBroken
from cases.models import Case, ChainKey, KeyCheck

_TEXT = b"handlekort"
_CONTEXT = "key check"


def check_keys(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raise ImproperlyConfigured when a key of the ring is another than the one that the database knows by its name."""
    if wrong := _wrong_keys(alias):
        raise ImproperlyConfigured(
            _(
                "Nøglen »%(keys)s« i HANDLEKORT_KEYS er en anden end den, som databasen kender under det navn. "
                "Sæt den rigtige nøgle tilbage. En ny nøgle skal have sit eget navn."
            )
            % {"keys": "«, »".join(wrong)}
        )


def store_checks(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Store a value for each key id that has none. Raises ImproperlyConfigured as ``check_keys`` does."""
    check_keys(alias)
    if not _has_table(alias):
        return
    known = set(KeyCheck.objects.using(alias).values_list("key_id", flat=True))
    new = [
        KeyCheck(key_id=key_id, sealed=encryption.seal(key, _TEXT, _CONTEXT, key_id))
        for key_id, key in encryption.key_ring().keys.items()
        if key_id not in known
    ]
    if new:
        KeyCheck.objects.using(alias).bulk_create(new, ignore_conflicts=True)
        check_keys(alias)


def _wrong_keys(alias: str) -> list[str]:
    if not _has_table(alias):
        return []
    stored = dict(KeyCheck.objects.using(alias).values_list("key_id", "sealed"))
    return [
        key_id
        for key_id, key in encryption.key_ring().keys.items()
        if not (_opens(key, stored[key_id], key_id) if key_id in stored else _opens_a_row(key_id, alias))
    ]


def _has_table(alias: str) -> bool:
    return KeyCheck._meta.db_table in connections[alias].introspection.table_names()


def _opens(key: bytes, sealed: encryption.Sealed, key_id: str) -> bool:
    try:
        return encryption.unseal(key, sealed, _CONTEXT, key_id) == _TEXT
    except SealBroken:
        return False


def _opens_a_row(key_id: str, alias: str) -> bool:
    """Return whether the key opens a row under its name, or there is none: an upgrade has no value yet."""
    chains = ChainKey.objects.using(alias).filter(key_id=key_id).values_list("sealed_key", "id")
    cases = Case.objects.using(alias).unscoped("key check").filter(key_id=key_id)
    is_any = False
    for sealed_key, context in chain(chains, cases.values_list("sealed_key", "public_id").iterator()):
        is_any = True
        try:
            encryption.unwrap(key_id, sealed_key, context)
        except SealBroken:
            continue
        return True
    return not is_any
