"""``manage.py make_key``: a new key for the ring."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.vault import KEY_BYTES


class Command(BaseCommand):
    """Prints one ``id:base64key``; keeps nothing."""

    help = _("Laver en ny nøgle til HANDLEKORT_KEYS.")
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """The key on standard output, what to do with it on standard error."""
        key_id = f"k{timezone.localdate():%Y%m%d}-{secrets.token_hex(2)}"
        self.stdout.write(f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode('ascii')}")
        self.stderr.write(
            _("Sæt nøglen i miljøet som HANDLEKORT_KEYS. Er der nøgler i forvejen, skal den stå forrest.")
        )
        self.stderr.write(_("Gem den også et sikkert sted: uden nøglen kan ingen sag åbnes igen."))
