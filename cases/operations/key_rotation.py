"""Changing the master key while the product runs: what is sealed under an older key is sealed again under the first.

Only wrapped keys change, never an entry. Each batch is a transaction of its own, and every key of the ring still
opens: at whatever point the work is broken off, each case opens by its old or its new wrapping, and a second run goes
on where the first one stopped. Others who seal under keys derived from the ring register here (``register``), so that
this module need not know them.
"""

from __future__ import annotations

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

BATCH = 50
"""Cases in one transaction: other writers wait for a few milliseconds."""


@dataclass(frozen=True)
class KeyUsage:
    """How many sealed things there are by the key they need: the first, an older one, or one that nobody has."""

    first: int
    older: int
    lost: int


class KeyOwner(Protocol):
    """Somebody who keeps secrets under the ring."""

    key: str

    @property
    def title(self) -> str | Promise:
        """What the secrets are called in the report, in the plural."""

    def standing(self) -> KeyUsage:
        """Open everything and count."""

    def rotate(self, limit: int) -> int:
        """Seal up to ``limit`` of what an older key opens under the first, in the caller's transaction; how many."""


class CaseKeys:
    """The data keys of the cases."""

    key = "cases"
    title = _("sager")

    def standing(self) -> KeyUsage:
        """Open every case's key and count."""
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
        """Wrap again, under lock. A case whose key nobody has is passed over: it neither fills nor stops a batch."""
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
"""All who keep secrets under the ring, the cases first."""


def register(holder: KeyOwner) -> None:
    """Have somebody's secrets rotated with the cases; the same key again takes the former's place."""
    KEY_OWNERS[:] = [known for known in KEY_OWNERS if known.key != holder.key] + [holder]


def rotate(batch: int = BATCH) -> Iterator[tuple[KeyOwner, int]]:
    """Seal everything under the first key, a batch at a time; yields after each commit. Safe to break off anywhere."""
    for holder in KEY_OWNERS:
        while True:
            with transaction.atomic():
                audit_log.lock_log()
                done = holder.rotate(batch)
                if done:
                    audit_log.write_event(AuditVerb.ROTATE, by=None, detail=f"{holder.key}:{done}")
            if not done:
                break
            yield holder, done
