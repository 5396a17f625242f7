"""Prints docs/rules.md: every rule with its words and its source, made from the code."""

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

    with override("da"):
        yield INTRO
        for part in (levels, flags, before_deletion, duties, first_actions, contradictions):
            yield from part()


def levels() -> Iterator[str]:
    """Yield what the two axes say, and what keeps a level up whatever they say."""
    from guide.rules.enums import Reaction, Shown  # noqa: PLC0415 - settings come first
    from guide.rules.facts import Victim  # noqa: PLC0415
    from guide.rules.severity import FLOOR, REACTION_LEVEL, image_level  # noqa: PLC0415
    from guide.steps.answer_labels import REACTIONS, SHOWN  # noqa: PLC0415

    def level(shown: str, *, recognisable: bool, aggravated: bool) -> int:
        return int(image_level(Victim(Shown(shown), recognisable, False, None, True), aggravated))

    yield "## Levels\n"
    yield f"Source: {names_of(('haeftet', 'handlekortet'))}. The higher of the two axes counts. Aggravated: the"
    yield "identity stands with the image, extensive revenge, or any threat. A threat, a sexual approach to a minor,"
    yield "violence or abuse, a whereabouts made known, or an intimate image of somebody else: at least"
    yield f"{int(FLOOR)}. Acute danger: 4.\n"
    yield "| What the image shows | Not recognisable | Recognisable | Recognisable and aggravated |\n|---|---|---|---|"
    for shown, words in SHOWN:
        found = [
            level(shown, recognisable=seen, aggravated=worse)
            for seen, worse in ((False, False), (True, False), (True, True))
        ]
        yield f"| {words} | {' | '.join(map(str, found))} |"
    yield "\n| How the pupil reacts | Level |\n|---|---|"
    for reaction, words in REACTIONS:
        yield f"| {words} | {int(REACTION_LEVEL[Reaction(reaction)])} |"


def flags() -> Iterator[str]:
    """Yield every flag with the reasons that are given for it."""
    from guide.rules.enums import FlagState  # noqa: PLC0415 - settings come first
    from guide.rules.flag_texts import FLAG_SOURCES, FLAG_TITLES, REASONS  # noqa: PLC0415

    yield "\n## Flags\n"
    yield "| Flag | Set: the reason given | Possible: the reason given | Source |\n|---|---|---|---|"
    for flag, title in FLAG_TITLES.items():
        sure, possible = (REASONS[flag][state] for state in (FlagState.SET, FlagState.POSSIBLE))
        yield f"| **{title}** (`{flag}`) | {sure} | {possible} | {names_of(FLAG_SOURCES[flag])} |"


def before_deletion() -> Iterator[str]:
    """Yield why the police come before anything is deleted, and what their answers do."""
    from guide.rules.police_first import ANSWERED, MAYBE, POLICE_LEVEL, SURE, WAITS  # noqa: PLC0415 - as above

    yield "\n## The police before deletion\n"
    yield f"Source: {names_of(('handlekortet', 'haeftet'))}. In this order, the first that holds gives the reason."
    yield f"Between the two: level {int(POLICE_LEVEL)} or more that does not come from the reaction.\n"
    yield "| Flag | Set | Possible |\n|---|---|---|"
    for flag, words in SURE.items():
        yield f"| `{flag}` | {words} | {MAYBE[flag]} |"
    yield "\n| What the police said | Deletion |\n|---|---|"
    for said, words in ANSWERED.items():
        yield f"| {words} | {'waits' if said in WAITS else 'is open'} |"


def duties() -> Iterator[str]:
    """Yield every duty with who does it, why, and whom to call."""
    from guide.reference.contacts import CONTACTS  # noqa: PLC0415 - settings come first
    from guide.rules.duties import DUTY_RULES, OWN_SOURCE  # noqa: PLC0415
    from guide.rules.duty_texts import DUTY_OWNERS, DUTY_TEXTS  # noqa: PLC0415

    yield "\n## Duties\n"
    yield "| Duty | When | Who | Why | Source | Whom to call |\n|---|---|---|---|---|---|"
    for key, urgency, _applies in DUTY_RULES:
        words = DUTY_TEXTS[key]
        sources = names_of(words.sources or (OWN_SOURCE,))
        contacts = "; ".join(str(CONTACTS[name].name) for name in words.contacts)
        when = "kept in mind" if words.rule else str(urgency)
        who = DUTY_OWNERS.get(key, "everybody")
        yield f"| **{words.title}** (`{key}`) | {when} | {who} | {words.why} | {sources} | {contacts} |"


def first_actions() -> Iterator[str]:
    """Yield the actions of »Gør det her nu« in their order; their sources are those of their duties."""
    from guide.rules.actions import ACTIONS, MOST_ACTIONS  # noqa: PLC0415 - settings come first

    yield "\n## First actions\n"
    yield f"In this order, {MOST_ACTIONS} at most on the page. The sources are those of the duties.\n"
    yield "| Action | Who | For the duties |\n|---|---|---|"
    for action in ACTIONS:
        kinds = ", ".join(f"`{kind}`" for kind in (*action.duties, *action.along))
        yield f"| **{action.title}** (`{action.key}`) | {action.who} | {kinds} |"


def contradictions() -> Iterator[str]:
    """Yield what is asked about where two answers can hardly both be true."""
    from guide.rules.contradictions import CONTRADICTIONS  # noqa: PLC0415 - settings come first

    yield "\n## Answers that contradict each other\n"
    yield f"Source: {names_of(('handlekortet',))}. They are asked about, never refused.\n"
    for sentence, _applies in CONTRADICTIONS:
        yield f"- {sentence}"


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
