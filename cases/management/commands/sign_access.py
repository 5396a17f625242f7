"""``manage.py sign_access``: sign a row that decides access and was rightly changed by hand in the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.access import access_macs
from cases.operations import access_signing, key_checks

EVERYTHING = "all"


class Command(BaseCommand):
    """Shows one bundle, or all, and what was changed there; signs and logs it when given the code of what was shown."""

    help = _(
        "Viser en række, der er ændret uden om Handlekort, og godkender den, når du skriver, at du har set den. "
        "»manage.py verify« viser, hvad rækken hedder."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name of the row as ``verify`` writes it, and the code of what was shown."""
        kinds = [*access_macs.kinds(), EVERYTHING]
        parser.add_argument("kind", choices=kinds, help=_("Hvad rækken er; »all« er alle, efter en opgradering."))
        parser.add_argument("number", type=int, nargs="?", default=0, help=_("Rækkens nummer."))
        parser.add_argument("--seen", default="", help=_("Koden, som kommandoen skrev sidst: det viste er rigtigt."))

    def handle(self, *args: Any, kind: str, number: int, seen: str, **options: Any) -> None:
        """Sign what was shown. Raises CommandError when it is not there, is right, or was not shown as it is now."""
        try:
            key_checks.check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not seen:
            self._show(kind, number)
        try:
            if kind == EVERYTHING:
                number = access_signing.sign_everything(seen=seen)
            else:
                access_signing.sign_again(kind, number, seen=seen)
        except access_signing.NotSeen as error:
            raise CommandError(
                _("Intet er godkendt: rækken er ikke, som den blev vist. Se på den igen, uden --seen.")
            ) from error
        self.stdout.write(
            _("Godkendt: %(kind)s %(number)d. Det står i adgangsloggen.") % {"kind": kind, "number": number}
        )

    def _show(self, kind: str, number: int) -> None:
        found = access_signing.all_unsigned() if kind == EVERYTHING else access_signing.unsigned(kind, number)
        if found is None:
            raise CommandError(_("Rækken findes ikke."))
        if not found.lines:
            raise CommandError(_("Der er intet at godkende: alt er, som Handlekort skrev det."))
        for line in found.lines:
            self.stdout.write(line)
        raise CommandError(
            _("Intet er godkendt endnu. Er det rigtigt, så kør kommandoen igen med --seen %(code)s")
            % {"code": found.code}
        )
