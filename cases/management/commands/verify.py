"""``manage.py verify``: check that nothing in the logs was changed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.models import AuditEvent, Case, Entry, Tombstone
from cases.operations import key_checks, verify


class Command(BaseCommand):
    """Exits with status 1 when an entry, an event or a column differs from what was written."""

    help = _("Efterprøver, at intet i sagernes log og adgangsloggen er ændret, byttet om eller fjernet.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for files of heads."""
        parser.add_argument("--heads", type=Path, help=_("Skriv, hvor hver log slutter, i denne fil."))
        parser.add_argument("--against", type=Path, help=_("Sammenlign med en fil, som --heads skrev tidligere."))

    def handle(self, *args: Any, heads: Path | None = None, against: Path | None = None, **options: Any) -> None:
        """Write each fault on a line of its own; write the heads only when there is none."""
        try:
            key_checks.check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        faults = list(verify.all_faults())
        if against:
            faults += verify.faults_since(against)
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(_("Loggen er ikke, som den blev skrevet: %(count)d fejl.") % {"count": len(faults)})
        cases = Case.objects.unscoped("verify").count()
        counts = {"cases": cases, "entries": Entry.objects.count(), "events": AuditEvent.objects.count()}
        if heads:
            verify.write_heads(heads)
        self.stdout.write(
            _("Alt er, som det blev skrevet: %(cases)d sager, %(entries)d linjer, %(events)d opslag.") % counts
        )
        events, entries = verify.plain_rows()
        if events or entries:
            self.stdout.write(
                _(
                    "Heraf er %(entries)d linjer og %(events)d opslag fra tidligere udgaver uden kædenøgle. Det første "
                    "opslag med nøgle gør dem faste."
                )
                % {"entries": entries, "events": events}
            )
        for seq in verify.clock_set_back():
            self.stdout.write(_("Uret blev stillet tilbage før opslag %(seq)d.") % {"seq": seq})
        if tombstones := Tombstone.objects.count():
            self.stdout.write(_("Slettede sager med gravsten: %(graves)d.") % {"graves": tombstones})
