"""``manage.py retention``: list the cases that are due for erasure."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import ErasureRequest, LegalHold, RetentionRule, Tombstone
from cases.retention import due, erasure


class Command(BaseCommand):
    """Erases nothing: that takes two persons and is done on the pages."""

    help = _("Viser, hvilke afsluttede sager der er nået til deres opbevaringsfrist. Sletter ingenting.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option to rebuild the file."""
        parser.add_argument(
            "--sweep",
            action="store_true",
            help=_("Byg SQLite-filen op på ny, hvis den var optaget, da en sag blev slettet."),
        )

    def handle(self, *args: Any, sweep: bool = False, **options: Any) -> None:
        """Write a line for each case that is due: reference, school, closed, due since, state."""
        if sweep:
            if not erasure.rebuild_file():
                raise CommandError(_("Databasen er optaget. Prøv igen om lidt."))
            self.stdout.write(_("Databasens fil er bygget op på ny."))
        terms = list(due.cases_due(timezone.localdate()))
        held = set(LegalHold.objects.filter(released_at=None).values_list("case_id", flat=True))
        proposed = set(ErasureRequest.objects.filter(refused_at=None).values_list("case_id", flat=True))
        for term in terms:
            self.stdout.write(_line(term, term.case.pk in held, term.case.pk in proposed))
        counts = {"due": len(terms), "rules": RetentionRule.objects.count(), "graves": Tombstone.objects.count()}
        self.stdout.write(
            _("Sager nået til fristen: %(due)d. Frister sat: %(rules)d. Slettede sager: %(graves)d.") % counts
        )


def _line(term: due.Term, held: bool, proposed: bool) -> str:
    state = _("slettestop") if held else _("venter på en, der godkender") if proposed else _("ikke foreslået endnu")
    return _("%(reference)s  %(school)s  afsluttet %(closed)s  frist %(due)s  %(state)s") % {
        "reference": term.case.reference,
        "school": term.case.school.name,
        "closed": timezone.localdate(term.closed_at).strftime("%d-%m-%Y"),
        "due": term.on.strftime("%d-%m-%Y"),
        "state": state,
    }
