"""The keys of the chains: random, wrapped by the key ring, kept for ever, so that every row can be verified later.

Who can write the database but has no key of the ring can neither add, change nor remove a row of a log unseen.
"""

from functools import lru_cache
from uuid import UUID, uuid4

from cases.crypto import encryption
from cases.models import ChainKey


def new_chain_key() -> ChainKey:
    """Return a new stored key."""
    public_id = uuid4()
    key_id, sealed_key = encryption.wrap(encryption.new_data_key(), public_id)
    return ChainKey.objects.create(id=public_id, key_id=key_id, sealed_key=sealed_key)


@lru_cache(maxsize=64)
def chain_key(public_id: UUID) -> bytes:
    """Return the key. Raises SealBroken when no key of the ring unwraps it, ChainKey.DoesNotExist for an unknown id."""
    row = ChainKey.objects.get(pk=public_id)
    return encryption.unwrap(row.key_id, row.sealed_key, row.pk)
