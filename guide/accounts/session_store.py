"""Sessions in the database, of which no row opens anything by itself.

Django's own store has the key of the cookie as the key of the row, and signs the data for any row: whoever can read the
table takes over every open session, and whoever can write it puts the data of another into the row of their own. Here
the row's key is a hash of the cookie's, and the signature of the data holds for that row only.

Django's finds a session by its key only. Here the cookie's key begins with a mark of the user, and so does the row's,
in its own way: a user's sessions are found by their keys, whoever else is logged in. One whose key has another mark
than its user's is nobody's, so that none is missed when all of a user's end.

Django's saves a session whole, as it was when the request began: whatever another request wrote meanwhile is lost, the
lock of a hidden screen too. Here a request saves what it changed.
"""

import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from cases.models.prepared_query import Given, PreparedQuery

_MARK = 16
"""The characters at the beginning of a key that say whose it is; at random in one of nobody."""
_KEY_LENGTH = 40
"""The length of the column: 64 bits for the mark, 96 for the key with the mark."""


@PreparedQuery
def _live_session() -> QuerySet[Session]:
    """The session with this key in its row that has not ended ``now``."""
    key, ends = (Session._meta.get_field(name) for name in ("session_key", "expire_date"))
    return Session.objects.filter(session_key=Given("key", key), expire_date__gt=Given("now", ends))


def row_key(session_key: str | None) -> str:
    """Return the key of the row of the session with this key."""
    key = session_key or ""
    return (_digest(key[:_MARK])[:_MARK] + _digest(key))[:_KEY_LENGTH]


def rows_of(user: str) -> QuerySet[Session]:
    """Return the rows whose keys have the mark of the user with this number as a session has it, ended ones too."""
    beginning = _digest(_mark(user))[:_MARK]
    if connection.vendor == "sqlite":
        # It reads the whole table for "startswith"; in PostgreSQL's Danish order "aa" comes after "g".
        return Session.objects.filter(session_key__gte=beginning, session_key__lt=f"{beginning}g")
    return Session.objects.filter(session_key__startswith=beginning)


def _mark(user: str) -> str:
    return salted_hmac("guide.session.user", user, algorithm="sha256").hexdigest()[:_MARK]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


class SessionStore(DatabaseSessionStore):
    """Stores a session under the hash of its key."""

    _row_key: str | None = None
    _as_read: str | None = None
    """The data of the row as last read or saved, None for a session without a row or a new one."""

    @classmethod
    def of_row(cls, row: Session) -> dict[str, Any]:
        """Return the data of a row, {} when it is not signed for this row."""
        store = cls()
        store._row_key = row.session_key
        data: dict[str, Any] = store.decode(row.session_data)
        return data

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the data of this session's row, {} when it is not signed for the row, or the key is not its user's."""
        data: dict[str, Any] = super().decode(session_data)
        user, key = data.get(SESSION_KEY), self._row_key or row_key(self.session_key)
        return data if user is None or key.startswith(_digest(_mark(user))[:_MARK]) else {}

    def _get_new_session_key(self) -> str:
        """Return a key that is not used, with the mark of the user who is logged in in the session."""
        user = self.get(SESSION_KEY)
        mark = get_random_string(_MARK, "0123456789abcdef") if user is None else _mark(user)
        return mark + str(super()._get_new_session_key())  # type: ignore[misc]  # the stubs leave it out

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

    def save(self, must_create: bool = False) -> None:
        """Store what was changed since the session was read. Raises UpdateError when its row was deleted meanwhile."""
        if self.session_key is None or must_create or self._as_read is None:
            super().save(must_create)
            self._as_read = None
            return
        if not self._replace(self._as_read):
            with transaction.atomic():
                row = Session.objects.select_for_update().filter(session_key=row_key(self.session_key)).first()
                if row is None:
                    raise UpdateError
                self._merge(self.decode(self._as_read), self.decode(row.session_data))
                self._replace(row.session_data)

    def _replace(self, stored: str) -> bool:
        """Save the session if its row has this data; return whether it had."""
        row = self.create_model_instance(dict(self.items()))
        found = Session.objects.filter(session_key=row.session_key, session_data=stored)
        is_saved = bool(found.update(session_data=row.session_data, expire_date=row.expire_date))
        if is_saved:
            self._as_read = row.session_data
        return is_saved

    def _merge(self, before: dict[str, Any], stored: dict[str, Any]) -> None:
        """Take over what others changed. A key that this request took away stays where another has set it anew."""
        own = {key: value for key, value in self.items() if key not in before or before[key] != value}
        gone = {key for key in before if key not in self and stored.get(key) == before[key]}
        kept = {key: value for key, value in stored.items() if key not in gone}
        self._session_cache = {**kept, **own}

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row for the data."""
        row = super().create_model_instance(data)
        row.session_key = row_key(self.session_key)
        return row

    def _get_session_from_db(self) -> Session | None:
        row = next(iter(_live_session(key=row_key(self.session_key), now=timezone.now())), None)
        if row is None:
            self._session_key = None
        self._as_read = row.session_data if row else None
        return row
