"""Prints docs/rules.md: every duty and flag with its words, its source and whom to call, made from the code."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
INTRO = """# Rules and their sources

Made from `guide/rules` by `script/write_rules.py`; a test compares. The words are those of the screen. When a duty or a
flag applies is in `guide/rules/duties.py` and `guide/rules/flags.py`. "Handlekortet" is the action card, "Hæftet" the
booklet on the four levels. Nobody has compared the sources with the law as it stands today.
"""


def page() -> Iterator[str]:
    """Yield the page line by line."""
    from django.utils.translation import override  # noqa: PLC0415 - settings come first

    from guide.reference.contacts import CONTACTS  # noqa: PLC0415
    from guide.rules.duties import DUTY_RULES, OWN_SOURCE  # noqa: PLC0415
    from guide.rules.duty_texts import DUTY_OWNERS, DUTY_TEXTS  # noqa: PLC0415
    from guide.rules.enums import FlagState  # noqa: PLC0415
    from guide.rules.flag_texts import FLAG_SOURCES, FLAG_TITLES, REASONS  # noqa: PLC0415

    with override("da"):
        yield INTRO
        yield "## Flags\n"
        yield "| Flag | Set: the reason given | Possible: the reason given | Source |\n|---|---|---|---|"
        for flag, title in FLAG_TITLES.items():
            sure, possible = (REASONS[flag][state] for state in (FlagState.SET, FlagState.POSSIBLE))
            yield f"| **{title}** (`{flag}`) | {sure} | {possible} | {names_of(FLAG_SOURCES[flag])} |"
        yield "\n## Duties\n"
        yield "| Duty | When | Who | Why | Source | Whom to call |\n|---|---|---|---|---|---|"
        for key, urgency, _applies in DUTY_RULES:
            words = DUTY_TEXTS[key]
            sources = names_of(words.sources or (OWN_SOURCE,))
            contacts = "; ".join(str(CONTACTS[name].name) for name in words.contacts)
            when = "kept in mind" if words.rule else str(urgency)
            who = DUTY_OWNERS.get(key, "everybody")
            yield f"| **{words.title}** (`{key}`) | {when} | {who} | {words.why} | {sources} | {contacts} |"


def names_of(keys: tuple[str, ...]) -> str:
    """Return the sources with these keys by title and paragraph."""
    from guide.reference.legal_sources import SOURCES  # noqa: PLC0415 - settings come first

    return "; ".join(f"{SOURCES[key].title} {SOURCES[key].paragraph}".strip() for key in keys)


def main() -> None:
    """Print the page."""
    sys.path.insert(0, str(PAGE.parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guide.settings")
    django.setup()
    print("\n".join(page()))


if __name__ == "__main__":
    main()
