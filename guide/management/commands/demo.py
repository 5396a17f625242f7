"""Fill an empty database with the demo municipality."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from guide.demo import demo_data


class Command(BaseCommand):
    """``manage.py demo``: only in demo mode, and only into a database without users."""

    help = "Fylder en tom database med en opdigtet kommune: to skoler, brugere i alle roller og tolv sager."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the demo municipality, or say that there is one."""
        if not settings.DEMO:
            raise CommandError("Kun i demotilstand (HANDLEKORT_DEMO=1): demosager hører ikke til ved siden af rigtige.")
        made = demo_data.build()
        self.stdout.write(f"{made} demosager oprettet." if made else "Demokommunen findes allerede.")
