"""``manage.py rotate_keys``: encrypt everything under the first key of the ring, while the product runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.crypto import encryption
from cases.operations import key_checks, key_rotation


class Command(BaseCommand):
    """May be stopped at any point and run again. Exits with status 1 while a secret needs an older key."""

    help = _("Forsegler alle sagers nøgler på ny med den første nøgle i HANDLEKORT_KEYS, mens Handlekort kører.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the size of a batch, and the option to change nothing."""
        parser.add_argument(
            "--check", action="store_true", help=_("Skift ikke noget: vis kun, om en gammel nøgle kan fjernes.")
        )
        parser.add_argument("--batch", type=int, default=key_rotation.BATCH, help=_("Hvor mange ad gangen."))

    def handle(self, *args: Any, check: bool = False, batch: int = key_rotation.BATCH, **options: Any) -> None:
        """Rotate, write a line after each batch, then what remains."""
        if batch < 1:
            raise CommandError(_("--batch skal være mindst 1."))
        try:
            key_checks.check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not check:
            for owner, done in key_rotation.rotate(batch):
                self.stdout.write(_("%(done)d %(what)s skiftet.") % {"done": done, "what": owner.title})
                self.stdout.flush()
        usages = [(owner, owner.usage()) for owner in key_rotation.KEY_OWNERS]
        for owner, usage in usages:
            self.stdout.write(
                _("%(what)s: %(first)d på den første nøgle, %(older)d på en ældre, %(lost)d kan ikke åbnes.")
                % {"what": owner.title, "first": usage.first, "older": usage.older, "lost": usage.lost}
            )
        self._report(usages)

    def _report(self, usages: list[tuple[key_rotation.KeyOwner, key_rotation.KeyUsage]]) -> None:
        if lost := sum(usage.lost for _owner, usage in usages):
            raise CommandError(
                _("%(lost)d kan ikke åbnes: deres nøgle er ikke i HANDLEKORT_KEYS. Fjern ingen nøgler.")
                % {"lost": lost}
            )
        if older := sum(usage.older for _owner, usage in usages):
            raise CommandError(
                _("%(older)d mangler. Fjern ingen nøgler endnu. Kør »manage.py rotate_keys«.") % {"older": older}
            )
        spare = [key for key in encryption.key_ring().keys if key != encryption.key_ring().first]
        if not spare:
            self.stdout.write(_("Alt er på den første nøgle, og der er ingen andre i HANDLEKORT_KEYS."))
            return
        self.stdout.write(
            _("Alt er på den første nøgle. I HANDLEKORT_KEYS kan nu fjernes: %(keys)s.") % {"keys": ", ".join(spare)}
        )
        self.stdout.write(
            _(
                "Start Handlekort på ny bagefter. En sikkerhedskopi fra før skal bruge den nøgle, den blev lavet med: "
                "gem nøglen lige så længe som kopien, og ikke længere."
            )
        )
