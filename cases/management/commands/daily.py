"""``manage.py daily FOLDER``: what is done once a day, for a timer of the service manager."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.operations import daily


class Command(BaseCommand):
    """Exits with status 1 when anything failed; everything else is done all the same."""

    help = _(
        "Efterprøver loggen, gemmer dens ender og en sikkerhedskopi, sletter det udløbne og tæller sager, hvis "
        "frist er nået."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder."""
        parser.add_argument("folder", type=Path, help=_("Mappen til log-ender og sikkerhedskopier. Den skal findes."))

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write a line for each task, those that failed to stderr."""
        if not folder.is_dir():
            raise CommandError(_("Mappen %(folder)s findes ikke.") % {"folder": folder})
        failed = 0
        for done in daily.run(folder):
            (self.stdout if done.went_well else self.stderr).write(done.words)
            failed += not done.went_well
        if failed:
            raise CommandError(_("Ikke alt lykkedes: %(count)d fejl.") % {"count": failed})
