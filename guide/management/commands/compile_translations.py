"""Compile the translations that have changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from guide.web.compile_translations import compile_translations


class Command(BaseCommand):
    """``manage.py compile_translations``: needs no gettext on the machine."""

    help = "Make .mo files of the .po files that have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile, and name each file written."""
        for folder in settings.LOCALE_PATHS:
            for path in compile_translations(folder):
                self.stdout.write(str(path))
