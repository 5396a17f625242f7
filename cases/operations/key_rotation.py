"""Change the master key while the product runs: wrap again under the first key what an older key wraps.

Only wrapped keys change, never an entry. Each batch is a transaction of its own, and all keys of the ring unwrap:
wherever the run stops, each case can be decrypted, and the next run continues. Modules of ``guide`` that encrypt under
the key ring call ``register_owner``, because this module must not import them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.crypto import encryption
from cases.crypto.encryption import SealBroken
from cases.enums import AuditVerb
from cases.models import Case, ChainKey
from cases.operations import key_checks

BATCH = 50
"""Cases in one transaction: other writers wait for a few milliseconds."""


@dataclass(frozen=True)
class KeyUsage:
    """How many secrets need the first key, an older key, or a key that is not in the ring (``lost``)."""

    first: int
    older: int
    lost: int


class KeyOwner(Protocol):
    """A kind of secrets that are encrypted under the key ring."""

    key: str

    @property
    def title(self) -> str | Promise:
        """Return the name of the secrets in the report, in the plural."""

    def usage(self) -> KeyUsage:
        """Decrypt every secret and count by key."""

    def rotate(self, limit: int) -> int:
        """Encrypt up to ``limit`` secrets again under the first key, in the caller's transaction; return how many."""


class WrappedKeys:
    """Keys that are stored wrapped, one in each row of a model: the data keys of the cases, the chain keys."""

    def __init__(self, key: str, title: str | Promise, model: type[Case | ChainKey], context: str) -> None:
        """``context`` names the column of the UUID that a wrapped key is bound to."""
        self.key, self.title, self._model, self._context = key, title, model, context

    def usage(self) -> KeyUsage:
        """Unwrap every key and count by master key."""
        first = older = lost = 0
        for row in self._rows().order_by("pk").iterator():
            try:
                self._unwrapped(row)
            except SealBroken:
                lost += 1
            else:
                first += row.key_id == encryption.key_ring().first
                older += row.key_id != encryption.key_ring().first
        return KeyUsage(first, older, lost)

    def rotate(self, limit: int) -> int:
        """Wrap keys again, row by row under lock. Rows with a lost key are skipped and not counted."""
        ring = encryption.key_ring()
        rows = self._rows().filter(key_id__in=[key for key in ring.keys if key != ring.first])
        done = 0
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            row = self._rows().select_for_update().get(pk=pk)
            try:
                row.key_id, row.sealed_key = encryption.wrap(self._unwrapped(row), getattr(row, self._context))
            except SealBroken:
                continue
            row.save(update_fields=["key_id", "sealed_key"])
            done += 1
            if done == limit:
                break
        return done

    def _rows(self) -> QuerySet[Any]:
        return self._model._base_manager.all()

    def _unwrapped(self, row: Any) -> bytes:
        return encryption.unwrap(row.key_id, row.sealed_key, getattr(row, self._context))


KEY_OWNERS: list[KeyOwner] = [
    WrappedKeys("cases", _("sager"), Case, "public_id"),
    WrappedKeys("chains", _("kædenøgler"), ChainKey, "id"),
]
"""All kinds of secrets under the key ring, the cases first."""


def register_owner(owner: KeyOwner) -> None:
    """Rotate these secrets too; replaces an owner with the same ``key``."""
    KEY_OWNERS[:] = [known for known in KEY_OWNERS if known.key != owner.key] + [owner]


def rotate(batch: int = BATCH) -> Iterator[tuple[KeyOwner, int]]:
    """Encrypt everything under the first key; yield the owner and count after each committed batch.

    Raises ImproperlyConfigured when a key does not belong to its name.
    """
    key_checks.store_checks()
    for owner in KEY_OWNERS:
        while True:
            with transaction.atomic():
                audit_log.lock_log()
                done = owner.rotate(batch)
                if done:
                    audit_log.write_event(AuditVerb.ROTATE, by=None, detail=f"{owner.key}:{done}")
            if not done:
                break
            yield owner, done
