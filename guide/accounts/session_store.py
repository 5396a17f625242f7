"""Sessions in the database, of which no row opens anything by itself.

Django's own store has the key of the cookie as the key of the row, and signs the data for any row: whoever can read the
table takes over every open session, and whoever can write it puts the data of another into the row of their own. Here
the row's key is a hash of the cookie's, and the signature of the data holds for that row only.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from cases.models.prepared_query import Given, PreparedQuery

_KEY_LENGTH = 40
"""The length of the column; 160 bits of the hash."""


@PreparedQuery
def _live_session() -> QuerySet[Session]:
    """The session with this key in its row that has not ended ``now``."""
    key, ends = (Session._meta.get_field(name) for name in ("session_key", "expire_date"))
    return Session.objects.filter(session_key=Given("key", key), expire_date__gt=Given("now", ends))


def row_key(session_key: str | None) -> str:
    """Return the key of the row of the session with this key."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:_KEY_LENGTH]


class SessionStore(DatabaseSessionStore):
    """Stores a session under the hash of its key."""

    _row_key: str | None = None

    @classmethod
    def of_row(cls, row: Session) -> dict[str, Any]:
        """Return the data of a row, {} when it is not signed for this row."""
        store = cls()
        store._row_key = row.session_key
        data: dict[str, Any] = store.decode(row.session_data)
        return data

    @property
    def key_salt(self) -> str:
        """Return the salt of the signature, which differs from row to row."""
        return f"guide.session.{self._row_key or row_key(self.session_key)}"

    def exists(self, session_key: str) -> bool:
        """Return whether there is a session with this key."""
        return bool(super().exists(row_key(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session with this key, or this one."""
        if (key := session_key or self.session_key) is not None:
            super().delete(row_key(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row for the data."""
        row = super().create_model_instance(data)
        row.session_key = row_key(self.session_key)
        return row

    def _get_session_from_db(self) -> Session | None:
        row = next(iter(_live_session(key=row_key(self.session_key), now=timezone.now())), None)
        if row is None:
            self._session_key = None
        return row
