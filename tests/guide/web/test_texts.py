"""The shorter way of the translation tag says what Django's own tag says."""

import re
from pathlib import Path

import pytest
from django.template import engines

TAGS = [
    '{% translate "Ring til politiet" %}',
    '{% translate "Save" %}',
    "{% trans 'Save' %}",
    '{% translate "100 % & <b>\\"så\\"</b> %d" %}',
    '{% translate "" %}',
    '{% translate "Save"|upper %}',
    '{% translate "Save" noop %}',
    '{% translate "Save" as said %}[{{ said }}]',
    '{% translate "May" context "abbrev. month" %}',
    "{% translate said %}",
    "{% blocktranslate %}Ring til <b>politiet</b>\n  på 114: 100 % & mere{% endblocktranslate %}",
    "{% blocktrans trimmed %}\n  Ring til\n  politiet\n{% endblocktrans %}",
    "{% blocktranslate asvar name %}<b>Save</b>{% endblocktranslate %}[{{ name }}]",
    '{% blocktranslate context "abbrev. month" %}May{% endblocktranslate %}',
    "{% blocktranslate %}Sig {{ said }}{% endblocktranslate %}",
    "{% blocktranslate with name=said %}Sig {{ name }}{% endblocktranslate %}",
    "{% blocktranslate count number=2 %}én{% plural %}{{ number }} flere{% endblocktranslate %}",
]


@pytest.mark.parametrize("tag", TAGS)
def test_tag_says_what_the_tag_of_django_says(tag: str) -> None:
    ours, djangos = (engines["django"].from_string("{% load " + name + " %}" + tag) for name in ("texts", "i18n"))
    assert ours.render({"said": "<i>Save</i>"}) == djangos.render({"said": "<i>Save</i>"})


def test_every_template_takes_the_shorter_way() -> None:
    loads = re.compile(r"{% load [^%]*\bi18n\b")
    assert [
        path.name for path in Path("templates").rglob("*.*") if loads.search(path.read_text(encoding="utf-8"))
    ] == []
