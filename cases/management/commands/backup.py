"""``manage.py backup FILE``: write an encrypted copy of the whole database, while the product runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.crypto import encryption
from cases.operations import backup


class Command(BaseCommand):
    """Exits with status 1 and leaves no file when it fails."""

    help = _("Tager en forseglet sikkerhedskopi af hele databasen, mens Handlekort kører.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name of the file."""
        parser.add_argument("file", type=Path, help=_("Kopiens navn. Filen må ikke findes i forvejen."))

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write and check the file, and say what is in it and which key decrypts it."""
        try:
            report = backup.make(file)
        except backup.BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("Kopien er skrevet og læst efter: %(cases)d sager, %(entries)d linjer, %(events)d opslag, %(size)d byte.")
            % {**report.totals, "size": report.size}
        )
        self.stdout.write(
            _("Den åbnes kun med nøglen »%(key)s«. Gem nøglen et andet sted end kopien.")
            % {"key": encryption.key_ring().first}
        )
