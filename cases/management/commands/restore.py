"""``manage.py restore FILE``: insert a backup into an empty database, whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.operations import backup


class Command(BaseCommand):
    """Exits with status 1 and changes nothing when anything differs from what was written."""

    help = _("Genskaber en sikkerhedskopi i en tom database og efterprøver den.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name of the file."""
        parser.add_argument("file", type=Path, help=_("Sikkerhedskopien."))

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Restore and verify, and say what was restored."""
        try:
            report = backup.restore(file)
        except backup.BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("Genskabt og efterprøvet: %(cases)d sager, %(entries)d linjer, %(events)d opslag, fra %(made_at)s.")
            % {**report.totals, "made_at": report.made_at}
        )
        self.stdout.write(
            _(
                "Kør »manage.py retention«: sager, der er slettet, efter at kopien blev taget, er tilbage og skal "
                "slettes igen. Alle skal logge ind på ny."
            )
        )
        self.stdout.write(
            _(
                "Gå konti og adgange igennem: hvad der er lukket eller taget tilbage, efter at kopien blev taget, "
                "gælder igen. Det er konti, roller, adgangskoder, telefoner til totrinslogin, kollegers adgang og "
                "henvendelser til SSP."
            )
        )
