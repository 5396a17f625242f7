"""``manage.py access_log``: write the access log as lines of JSON, for a system that watches logs."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cases.crypto.hash_chain import utc_text
from cases.models import AuditEvent

_COLUMNS = ("seq", "at", "verb", "actor", "role", "case_public_id", "step", "detail", "hash")
_BATCH = 2_000


class Command(BaseCommand):
    """Writes ids and keys, as the log has them: no name, no text."""

    help = _("Skriver adgangsloggen som linjer af JSON, ældste først.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where to begin."""
        parser.add_argument("--after", type=int, default=0, help=_("Nummeret på den sidste linje, I har."))

    def handle(self, *args: Any, after: int = 0, **options: Any) -> None:
        """Write one line for each event after that number."""
        events = AuditEvent.objects.filter(seq__gt=after).order_by("seq").values(*_COLUMNS)
        for event in events.iterator(chunk_size=_BATCH):
            self.stdout.write(json.dumps({**event, "at": utc_text(event["at"])}, default=str))
