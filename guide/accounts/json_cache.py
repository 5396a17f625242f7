"""Django's cache in a table of JSON.

Django's own database cache unpickles what it reads, so that whoever can write its table runs code in the web process,
where the keys are. What the product caches are counts of guesses and used codes: numbers, lists and marks. They must be
shared by all processes, and live counts are never removed: an attacker who fills the table with invented addresses
would avoid the limits.
"""

from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guide.models import CachedValue


class JsonCache(BaseCache):
    """Stores JSON values. A key is stored as its HMAC: allauth's keys hold network addresses."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or ``default`` when there is none or it has expired."""
        rows = CachedValue.objects.filter(key=self._stored_key(key, version), expires_at__gt=timezone.now())
        values = list(rows.values_list("value", flat=True))
        return values[0] if values else default

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store the value. Raises TypeError for one that is not JSON."""
        with transaction.atomic():
            _delete_expired()
            CachedValue.objects.bulk_create(
                [self._row(key, value, timeout, version)],
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["value", "expires_at"],
            )

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store the value unless there is one; return whether it was stored. Of two at once one is."""
        try:
            with transaction.atomic():
                _delete_expired()
                self._row(key, value, timeout, version).save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Delete the value; return whether there was one."""
        return bool(CachedValue.objects.filter(key=self._stored_key(key, version)).delete()[0])

    def clear(self) -> None:
        """Delete all values."""
        CachedValue.objects.all().delete()

    def _row(self, key: str, value: Any, timeout: float | None, version: int | None) -> CachedValue:
        until = self.get_backend_timeout(timeout)
        expires_at = datetime.max.replace(tzinfo=UTC) if until is None else datetime.fromtimestamp(until, UTC)
        return CachedValue(key=self._stored_key(key, version), value=value, expires_at=expires_at)

    def _stored_key(self, key: str, version: int | None) -> str:
        return salted_hmac("guide.json_cache", self.make_key(key, version), algorithm="sha256").hexdigest()


def _delete_expired() -> None:
    """Delete expired rows in the caller's transaction, but none that another transaction is deleting."""
    expired = CachedValue.objects.filter(expires_at__lte=timezone.now()).select_for_update(skip_locked=True)
    CachedValue.objects.filter(pk__in=expired.values("pk")).delete()
