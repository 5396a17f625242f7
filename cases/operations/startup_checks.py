"""Checks before the start: the key ring, its names, and the triggers that refuse changes of the log."""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations import Migration
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import audit_log
from cases.crypto import encryption
from cases.models import append_only, web_role
from cases.operations import access_signing, key_checks

_log = logging.getLogger("handlekort")

_FIRST_MACS = ("cases", "0010_access_macs")

_HINT = "Kør »manage.py verify« for at se, om noget er ændret, og derefter »manage.py migrate --skip-checks«."
_TOO_MUCH = gettext_lazy(
    "Webserverens rolle i databasen kan ændre loggen. Giv den sin egen: se »Two roles« i docs/operations.md."
)


@register()
def keys_are_usable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error when the key ring is missing or malformed."""
    try:
        encryption.key_ring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="cases.E001")]
    return []


@register(Tags.database)
def log_is_guarded(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error for each database that lacks triggers."""
    return [
        Error(_sentence(missing), hint=_(_HINT), id="cases.E002")
        for alias in databases or ()
        if (missing := append_only.missing(connections[alias]))
    ]


@register(Tags.database)
def keys_belong_to_their_names(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error for each database that knows another key by the name of one in the ring."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        try:
            key_checks.check_keys(alias)
        except ImproperlyConfigured as error:
            errors.append(Error(str(error), id="cases.E003"))
    return errors


def check_before_start() -> None:
    """Check key ring and triggers before a web process takes requests. Raises ImproperlyConfigured with a sentence.

    An unreachable database is no error here: pages say so, and the first connection is checked instead.
    """
    encryption.key_ring()
    try:
        missing = append_only.missing(connection)
        too_much = web_role.may_change_log(connection)
        key_checks.store_checks()
    except OperationalError:
        connection_created.connect(check_connection)
        return
    finally:
        connection.close()
    if missing:
        raise ImproperlyConfigured(f"{_sentence(missing)} {_(_HINT)}")
    if too_much:
        raise ImproperlyConfigured(str(_TOO_MUCH))


def check_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Raise OperationalError, as for an unreachable database, for one that lacks triggers or knows other keys."""
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    try:
        if missing := append_only.missing(connection):
            _log.critical("%s %s", _sentence(missing), _(_HINT))
            raise OperationalError(_sentence(missing))
        if web_role.may_change_log(connection):
            _log.critical("%s", _TOO_MUCH)
            raise OperationalError(str(_TOO_MUCH))
        _check_keys()
    except BaseException:
        connection.close()
        raise
    connection_created.disconnect(check_connection)


def _check_keys() -> None:
    try:
        key_checks.store_checks()
    except ImproperlyConfigured as error:
        _log.critical("%s", error)
        raise OperationalError(str(error)) from error


def _sentence(missing: list[str]) -> str:
    return _("Databasen beskytter ikke loggen: %(triggers)s mangler eller er ændret.") % {
        "triggers": ", ".join(missing)
    }


def reinstall_triggers(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Recreate missing triggers after a migration: SQLite drops those of a table that it rebuilds."""
    if append_only.missing(connections[using]):
        append_only.install(connections[using])


def begin_keyed_chains(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Give a database its first chain key after the migration that made room for one."""
    if using == DEFAULT_DB_ALIAS and "cases_chainkey" in connections[using].introspection.table_names():
        audit_log.begin_keyed_chains()


def grant_web_role(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Grant the web server's role, if the settings name one, what it needs of the migrated tables."""
    if settings.WEB_ROLE and connections[using].vendor == "postgresql":
        web_role.grant(connections[using], settings.WEB_ROLE)


def sign_access(
    sender: AppConfig,
    using: str = DEFAULT_DB_ALIAS,
    plan: Sequence[tuple[Migration, bool]] = (),
    **kwargs: Any,
) -> None:
    """Sign the rows that decide access after the migration that made room for their MACs, and after no other."""
    first = any((step.app_label, step.name) == _FIRST_MACS and not backwards for step, backwards in plan)
    if using == DEFAULT_DB_ALIAS and first:
        access_signing.sign_all()


def store_key_checks(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Store the check values of keys that are new to the migrated database. Raises ImproperlyConfigured."""
    key_checks.store_checks(using)
