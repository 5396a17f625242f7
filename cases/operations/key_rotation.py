"""Change the master key while the product runs: wrap again under the first key what an older key wraps.

Only wrapped keys change, never an entry. Each batch is a transaction of its own, and all keys of the ring unwrap:
wherever the run stops, each case can be decrypted, and the next run continues. Modules of ``guide`` that encrypt under
the key ring call ``register_owner``, because this module must not import them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.crypto import encryption
from cases.crypto.encryption import SealBroken
from cases.enums import AuditVerb
from cases.log.entry_crypto import data_key
from cases.models import Case
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


class CaseKeys:
    """The data keys of the cases."""

    key = "cases"
    title = _("sager")

    def usage(self) -> KeyUsage:
        """Unwrap every data key and count by master key."""
        first = older = lost = 0
        for case in Case.objects.unscoped("rotation").order_by("pk").iterator():
            try:
                data_key(case)
            except SealBroken:
                lost += 1
            else:
                first += case.key_id == encryption.key_ring().first
                older += case.key_id != encryption.key_ring().first
        return KeyUsage(first, older, lost)

    def rotate(self, limit: int) -> int:
        """Wrap data keys again, row by row under lock. Cases with a lost key are skipped and not counted."""
        ring = encryption.key_ring()
        cases = Case.objects.unscoped("rotation").filter(key_id__in=[key for key in ring.keys if key != ring.first])
        done = 0
        for pk in cases.order_by("pk").values_list("pk", flat=True):
            case = Case.objects.unscoped("rotation").select_for_update().get(pk=pk)
            try:
                case.key_id, case.sealed_key = encryption.wrap(data_key(case), case.public_id)
            except SealBroken:
                continue
            case.save(update_fields=["key_id", "sealed_key"])
            done += 1
            if done == limit:
                break
        return done


KEY_OWNERS: list[KeyOwner] = [CaseKeys()]
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
