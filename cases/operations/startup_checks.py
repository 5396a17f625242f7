"""What has to hold before the product may start: keys to seal with, and the triggers that guard the log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext as _

from cases.crypto import encryption
from cases.models import append_only

_log = logging.getLogger("handlekort")

_BACK = "Kør »manage.py verify« for at se, om noget er ændret, og derefter »manage.py migrate --skip-checks«."


@register()
def keys_are_usable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to run without a key ring."""
    try:
        encryption.key_ring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="cases.E001")]
    return []


@register(Tags.database)
def log_is_guarded(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Prove in each database that the triggers stand."""
    return [
        Error(
            _unguarded(gone),
            hint=_(_BACK),
            id="cases.E002",
        )
        for alias in databases or ()
        if (gone := append_only.missing(connections[alias]))
    ]


def check_before_start() -> None:
    """What a web process asks before it takes its first request.

    Raises ImproperlyConfigured with a sentence. A database that is away stops nothing here: the pages say so, and the
    question is put to the first connection that comes about.
    """
    encryption.key_ring()
    try:
        gone = append_only.missing(connection)
    except OperationalError:
        connection_created.connect(check_connection)
        return
    finally:
        connection.close()
    if gone:
        raise ImproperlyConfigured(f"{_unguarded(gone)} {_(_BACK)}")


def check_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Refuse a connection to an unguarded database, each anew until one proves guarded.

    Raises OperationalError: to whoever asks for a page the database is still away.
    """
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    try:
        if gone := append_only.missing(connection):
            _log.critical("%s %s", _unguarded(gone), _(_BACK))
            raise OperationalError(_unguarded(gone))
    except BaseException:
        connection.close()
        raise
    connection_created.disconnect(check_connection)


def _unguarded(gone: list[str]) -> str:
    return _("Databasen beskytter ikke loggen: %(triggers)s mangler eller er ændret.") % {"triggers": ", ".join(gone)}


def reinstall_triggers(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After each migration: SQLite drops the triggers of a table that it rebuilds, so they are put back at once."""
    if append_only.missing(connections[using]):
        append_only.install(connections[using])
