"""``manage.py make_key``: a further key for the ring of a product that has one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cases.operations.make_key import ADVICE, new_key


class Command(BaseCommand):
    """As ``python -m cases.operations.make_key``, which also works before there is any key."""

    help = _("Laver en ny nøgle til HANDLEKORT_KEYS.")
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """The key on standard output, what to do with it on standard error."""
        self.stdout.write(new_key())
        self.stderr.write(ADVICE)
