"""Insight is handed out of what was shown: the preview comes first, and its mark goes along."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client


def mark_in(preview: HttpResponse) -> str:
    """The mark of a preview; empty where the page shows none."""
    found = re.search(r'name="laest" value="(\w+)"', preview.content.decode())
    return found[1] if found else ""


def read_through(client: Client, address: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a leader sends who was shown it, and has set the tick."""
    preview = client.post(address, data | {"handling": "vis"})
    return data | {"laest": mark_in(preview), "read": "on"}
