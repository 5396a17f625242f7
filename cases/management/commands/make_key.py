"""``manage.py make_key``: print a new master key."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cases.operations.make_key import ADVICE, new_key


class Command(BaseCommand):
    """Prints what ``python -m cases.operations.make_key`` prints; that one works before there is a key."""

    help = _("Laver en ny nøgle til HANDLEKORT_KEYS.")
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the key to standard output, and what to do with it to standard error."""
        self.stdout.write(new_key())
        self.stderr.write(ADVICE)
