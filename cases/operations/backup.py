"""Back up the database while the product runs, and restore a backup into an empty database.

A backup is the lines of ``database_dump`` as an ``encrypted_stream``. It is written under another name, synced to disk,
read back whole, and then renamed. A restore reads the whole file before it writes to the database, and inserts
everything in one transaction in which every key is unwrapped and every chain verified.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.access import audit_log
from cases.crypto.encrypted_stream import BackupUnreadable, StreamEncryptor, decrypt_stream
from cases.enums import AuditVerb
from cases.log.drafts import purge_drafts
from cases.models import Case
from cases.operations import database_dump, key_checks, key_rotation, verify


class BackupRefused(Exception):
    """The backup was not written or not restored; the text is a sentence. Nothing was changed."""


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds. ``made_at`` is ISO 8601 in UTC; ``size`` in bytes; ``counts`` rows by table."""

    made_at: str
    size: int
    counts: dict[str, int]

    @property
    def totals(self) -> dict[str, int]:
        """Return the numbers of cases, entries and audit events."""
        names = {"cases": "cases_case", "entries": "cases_entry", "events": "cases_auditevent"}
        return {name: self.counts[table] for name, table in names.items()}


def make(path: Path) -> BackupReport:
    """Write a backup to ``path``, readable by its owner only. Raises BackupRefused, also when the file exists.

    Expired drafts are deleted first: nobody can read them, and the backup would keep them.
    """
    if path.exists():
        raise BackupRefused(_("Filen findes allerede. Vælg et andet navn, så en ældre kopi ikke går tabt."))
    try:
        key_checks.check_keys()
        with transaction.atomic():
            audit_log.write_event(AuditVerb.BACKUP, by=None)
            purge_drafts(now=timezone.now())
        with _new_file(path) as file:
            with database_dump.snapshot() as alias:
                stream = StreamEncryptor(file)
                for line in database_dump.dump_lines(alias):
                    stream.write(line)
                stream.finish()
            return _report(file, _check_file(file))
    except OSError as error:
        raise BackupRefused(_("Kopien kunne ikke skrives: %(why)s.") % {"why": error.strerror or error}) from error
    except OperationalError as error:
        raise BackupRefused(_("Databasen er optaget eller væk. Der er ikke skrevet nogen kopi. Prøv igen.")) from error
    except ImproperlyConfigured as error:
        raise BackupRefused(str(error)) from error


def restore(path: Path) -> BackupReport:
    """Insert a backup into the empty database of the settings, after migrating it if it has no tables.

    Raises BackupRefused when the file cannot be decrypted, comes from another version or fails verification, and when
    the database is not empty.
    """
    try:
        with path.open("rb") as file:
            header = _check_file(file)
            _prepare_database(header)
            file.seek(0)
            _load(file, header)
            return _report(file, header)
    except OSError as error:
        raise BackupRefused(_("Kopien kunne ikke læses: %(why)s.") % {"why": error.strerror or error}) from error
    except database_dump.BadLine as error:
        raise BackupRefused(_("Kopiens indhold er ikke, som denne udgave af Handlekort skriver det.")) from error
    except OperationalError as error:
        raise BackupRefused(_("Databasen er optaget eller væk. Der er ikke genskabt noget. Prøv igen.")) from error
    except ImproperlyConfigured as error:
        raise BackupRefused(_("Kopien er ikke genskabt. %(why)s") % {"why": error}) from error


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file that gets its name when the block succeeds and is deleted when it fails."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        _sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that the new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_file(file: BinaryIO) -> dict[str, Any]:
    """Decrypt the whole file and return its header. Raises BackupRefused."""
    file.seek(0)
    try:
        return database_dump.check_dump(database_dump.parse_lines(decrypt_stream(file)))
    except BackupUnreadable as error:
        raise BackupRefused(str(error)) from error


def _report(file: BinaryIO, header: dict[str, Any]) -> BackupReport:
    return BackupReport(header["made_at"], file.seek(0, os.SEEK_END), header["counts"])


def _prepare_database(header: dict[str, Any]) -> None:
    """Create missing tables. Raises BackupRefused for another version and for a database with rows."""
    if Case._meta.db_table not in connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False)
    there, here = set(header["migrations"]), set(database_dump.applied_migrations())
    if there != here:
        raise BackupRefused(
            _(
                "Kopien er lavet med en anden udgave af Handlekort. Genskab den med den udgave, og opgradér bagefter. "
                "Forskel: %(names)s."
            )
            % {"names": ", ".join(sorted(there ^ here))}
        )
    if tables := database_dump.tables_with_rows():
        raise BackupRefused(
            _("Databasen er ikke tom (%(tables)s). En sikkerhedskopi genskabes kun i en tom database.")
            % {"tables": ", ".join(tables)}
        )


def _load(file: BinaryIO, header: dict[str, Any]) -> None:
    with transaction.atomic():
        audit_log.lock_log()
        # Checked again under the lock: somebody may have started to use the database.
        if database_dump.tables_with_rows():
            raise BackupRefused(_("Databasen er taget i brug imens. Der er ikke genskabt noget."))
        try:
            database_dump.load_rows(database_dump.parse_lines(decrypt_stream(file)))
        except BackupUnreadable as error:
            raise BackupRefused(str(error)) from error
        key_checks.check_keys()
        _check_restored(header)
        key_checks.store_checks()
        audit_log.write_event(AuditVerb.RESTORE, by=None, detail=f"events:{header['counts']['cases_auditevent']}")


def _check_restored(header: dict[str, Any]) -> None:
    """Raise BackupRefused unless counts, heads, chains, entries and keys (second factors' too) are as in the backup."""
    counts = {model._meta.db_table: model._base_manager.count() for model in database_dump.tables()}
    faults = list(verify.all_faults())
    if faults:
        raise BackupRefused(
            _("Kopien er ikke genskabt. %(count)d fejl, den første: %(fault)s.")
            % {"count": len(faults), "fault": faults[0]}
        )
    for owner in key_rotation.KEY_OWNERS:
        if lost := owner.usage().lost:
            raise BackupRefused(
                _(
                    "Kopien er ikke genskabt: ingen nøgle her åbner %(count)d af dens %(what)s. "
                    "Sæt også den tidligere nøgle i HANDLEKORT_KEYS."
                )
                % {"count": lost, "what": owner.title}
            )
    if counts != header["counts"] or database_dump.chain_ends(connection.alias) != header["heads"]:
        raise BackupRefused(_("Kopien er ikke genskabt: det, der kom ud af den, er ikke det, der skulle være i den."))
