"""docs/rules.md says what the code says."""

from script.write_rules import PAGE, page


def test_page_of_rules_is_that_of_the_code() -> None:
    """When it is not: `.venv/bin/python script/write_rules.py > docs/rules.md`."""
    assert PAGE.read_text(encoding="utf-8") == "\n".join(page()) + "\n"
