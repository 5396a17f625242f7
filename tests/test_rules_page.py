"""docs/rules.md says what the code says."""

from guide.reference.legal_sources import SOURCES
from guide.rules.duties import DUTY_RULES, OWN_SOURCE
from guide.rules.duty_texts import DUTY_TEXTS
from guide.rules.enums import Flag
from guide.rules.flag_texts import FLAG_SOURCES
from script.write_rules import PAGE, page


def test_page_of_rules_is_that_of_the_code() -> None:
    """When it is not: `.venv/bin/python script/write_rules.py > docs/rules.md`."""
    assert PAGE.read_text(encoding="utf-8") == "\n".join(page()) + "\n"


def test_every_rule_has_a_source() -> None:
    named = {flag.value: FLAG_SOURCES.get(flag, ()) for flag in Flag}
    named |= {key: DUTY_TEXTS[key].sources or (OWN_SOURCE,) for key, _urgency, _applies in DUTY_RULES}
    assert [rule for rule, sources in named.items() if not sources or not set(sources) <= set(SOURCES)] == []
