"""Whatever can be typed on any page has words by which it is named when a refusal returns it."""

import re

import pytest
from django.urls import resolve

from guide.web.error_pages import _NEVER_SHOWN
from guide.wizard.field_labels import field_label
from tests.attack.actions import ACTIONS
from tests.attack.world import World
from tests.guide.page_reader import read

_TYPED = re.compile(r"text|search|email|url|tel|textarea")


@pytest.mark.usefixtures("paper")
def test_every_field_of_every_page_has_its_words(world: World) -> None:
    found: dict[tuple[str, str], str] = {}
    for action in ACTIONS.values():
        page = action.page(world)
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        match = resolve(action.path(world))
        for element in read(page.text).elements:
            kind = element.tag if element.tag == "textarea" else element.attributes.get("type", "")
            name = element.attributes.get("name", "")
            if name and _TYPED.fullmatch(kind) and not _NEVER_SHOWN.search(name):
                found[action.pattern, name] = field_label(match, name)
    assert len(found) > 100
    missing = sorted(field for field, label in found.items() if not label)
    assert missing == []
