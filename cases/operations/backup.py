"""Backup while serving, and restore into an empty database: the snapshot's lines in a sealed box.

A backup is written under another name, forced to the disk, read again from its first byte to its last, and only then
given its name. A restore reads the whole file before it touches the database, and puts everything back in one
transaction in which every key is opened and every chain reckoned anew: it happens whole or not at all.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.access import audit_log
from cases.crypto.encrypted_stream import BackupUnreadable, StreamEncryptor, decrypt_stream
from cases.enums import AuditVerb
from cases.log.drafts import purge_drafts
from cases.models import Case
from cases.operations import database_dump, key_rotation, verify


class Refused(Exception):
    """The backup was not written, or not restored; the text is a sentence. Nothing was changed."""


@dataclass(frozen=True)
class Report:
    """What a backup holds. ``made_at`` is ISO 8601 in UTC; ``size`` in bytes; ``counts`` rows by table."""

    made_at: str
    size: int
    counts: dict[str, int]

    @property
    def cases(self) -> int:
        """How many cases."""
        return self.counts["cases_case"]

    @property
    def entries(self) -> int:
        """How many lines of their logs."""
        return self.counts["cases_entry"]

    @property
    def events(self) -> int:
        """How many lines of the access log."""
        return self.counts["cases_auditevent"]


def make(path: Path) -> Report:
    """Write a backup to ``path``, readable by its owner only. Raises Refused; a file of that name is left alone.

    Drafts whose time is up go first: nobody reads them any more, and a copy would keep them for as long as itself.
    """
    if path.exists():
        raise Refused(_("Filen findes allerede. Vælg et andet navn, så en ældre kopi ikke går tabt."))
    try:
        with transaction.atomic():
            audit_log.write_event(AuditVerb.BACKUP, by=None)
            purge_drafts(now=timezone.now())
        with _finished(path) as file:
            with database_dump.database_at_one_moment() as alias:
                sealer = StreamEncryptor(file)
                for line in database_dump.lines(alias):
                    sealer.write(line)
                sealer.finish()
            return _report(file, _checked(file))
    except OSError as error:
        raise Refused(_("Kopien kunne ikke skrives: %(why)s.") % {"why": error.strerror or error}) from error
    except OperationalError as error:
        raise Refused(_("Databasen er optaget eller væk. Der er ikke skrevet nogen kopi. Prøv igen.")) from error


def restore(path: Path) -> Report:
    """Put a backup into the empty database that the settings name, making its tables first if there are none.

    Raises Refused when the file does not open, comes from another version, or does not prove to be what was written,
    and when the database is not empty.
    """
    try:
        with path.open("rb") as file:
            header = _checked(file)
            _prepare(header)
            file.seek(0)
            _put_back(file, header)
            return _report(file, header)
    except OSError as error:
        raise Refused(_("Kopien kunne ikke læses: %(why)s.") % {"why": error.strerror or error}) from error
    except database_dump.BadLine as error:
        raise Refused(_("Kopiens indhold er ikke, som denne udgave af Handlekort skriver det.")) from error
    except OperationalError as error:
        raise Refused(_("Databasen er optaget eller væk. Der er ikke genskabt noget. Prøv igen.")) from error


@contextmanager
def _finished(path: Path) -> Iterator[BinaryIO]:
    """A new file that gets its name when the block has ended well, and otherwise never was."""
    unnamed = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unnamed.rename(path)
        _force_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            unnamed.unlink()


def _force_folder(folder: Path) -> None:
    """The name, too, has to survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checked(file: BinaryIO) -> dict[str, Any]:
    """Open all of it; the header."""
    file.seek(0)
    try:
        return database_dump.check(database_dump.parse_lines(decrypt_stream(file)))
    except BackupUnreadable as error:
        raise Refused(str(error)) from error


def _report(file: BinaryIO, header: dict[str, Any]) -> Report:
    return Report(header["made_at"], file.seek(0, os.SEEK_END), header["counts"])


def _prepare(header: dict[str, Any]) -> None:
    """Tables if there are none; the same version; nothing in them."""
    if Case._meta.db_table not in connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    there, here = set(header["migrations"]), set(database_dump.applied())
    if there != here:
        raise Refused(
            _(
                "Kopien er lavet med en anden udgave af Handlekort. Genskab den med den udgave, og opgradér bagefter. "
                "Forskel: %(names)s."
            )
            % {"names": ", ".join(sorted(there ^ here))}
        )
    if occupied := database_dump.occupied():
        raise Refused(
            _("Databasen er ikke tom (%(tables)s). En sikkerhedskopi genskabes kun i en tom database.")
            % {"tables": ", ".join(occupied)}
        )


def _put_back(file: BinaryIO, header: dict[str, Any]) -> None:
    with transaction.atomic():
        audit_log.lock_log()
        # Asked again under the lock: somebody may have begun to use the database.
        if database_dump.occupied():
            raise Refused(_("Databasen er taget i brug imens. Der er ikke genskabt noget."))
        try:
            database_dump.load(database_dump.parse_lines(decrypt_stream(file)))
        except BackupUnreadable as error:
            raise Refused(str(error)) from error
        _prove(header)
        audit_log.write_event(AuditVerb.RESTORE, by=None, detail=f"events:{header['counts']['cases_auditevent']}")


def _prove(header: dict[str, Any]) -> None:
    """Counts, heads, links, every line and every key, those of other holders (second factors) included."""
    counts = {model._meta.db_table: model._base_manager.count() for model in database_dump.tables()}
    faults = [*verify.audit_faults(), *verify.lost_cases(), *verify.tombstone_faults()]
    for pk in Case.objects.unscoped("restore").values_list("pk", flat=True):
        faults += verify.case_faults(pk)
    if faults:
        raise Refused(
            _("Kopien er ikke genskabt. %(count)d fejl, den første: %(fault)s.")
            % {"count": len(faults), "fault": faults[0]}
        )
    for holder in key_rotation.KEY_OWNERS:
        if lost := holder.standing().lost:
            raise Refused(
                _(
                    "Kopien er ikke genskabt: ingen nøgle her åbner %(count)d af dens %(what)s. "
                    "Sæt også den tidligere nøgle i HANDLEKORT_KEYS."
                )
                % {"count": lost, "what": holder.title}
            )
    if counts != header["counts"] or database_dump.chain_ends(connection.alias) != header["heads"]:
        raise Refused(_("Kopien er ikke genskabt: det, der kom ud af den, er ikke det, der skulle være i den."))
