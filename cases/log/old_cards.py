"""The traits of questions in entries that were filed before these traits were frozen with each row.

The tables are closed: they hold the cards up to the one of 22 November 2026, those of the places in papers (``told``
and the rest) up to the one of 30 November 2026, and are never added to.
"""

from cases.log.entry_types import FrozenRow, FrozenSection, FrozenTable, StepContent

_NO_ANSWER = "Ikke besvaret"
"""The only language in which those cards were shown is Danish."""
_WHO = frozenset(
    {
        "by_whom", "holder", "insurance_by", "notification_by", "recipient", "responsible", "seen_by", "told_by",
        "took_part_names", "who_knows",
    }
)  # fmt: skip
_WHO_IN_SENTENCES = frozenset(
    {"adult_wish", "identity_what", "municipality_agreement", "press_plan", "recognised_by", "staff_hold_note"}
)
_ACTS = frozenset(
    {
        "contingency_on", "deletion_asked_on", "family_log_on", "leadership_on", "municipality_on", "notification_on",
        "offender_parents_on", "offender_talk_on", "police_contacted_on", "reported_on", "sparring_on",
    }
)  # fmt: skip
_POLICE_STEPS = frozenset({"afdaek", "dokumenter", "stop"})
_NOT_FOR_POLICE = frozenset(
    {"assessment", "before_police_reason", "family_log", "family_log_on", "suspicion_home", "wants"}
)
_CHAPTERS = {"people": "people", "victims": "people", "evidence": "evidence", "spread": "spread", "takedown": "spread"}
_ABOUT_PERSON = frozenset({"people", "victims", "spread", "needs"})
_PLACES = {
    "told": frozenset({"kinds", "shown", "what_happened"}),
    "decision": frozenset(
        {
            "handed_to", "notification", "notifications", "parents_told", "police_contacted", "police_deletion",
            "report_decision", "tracks",
        }
    ),
    "advice": frozenset({"ssp_answer"}),
    "seen": frozenset(
        {
            "abuse_kind", "first_on", "kinds", "kinds_other", "known_on", "last_on", "more_victims", "ongoing",
            "passed_on", "platforms", "reached", "reporter", "shown", "threat", "what_happened", "where",
        }
    ),
    "said": frozenset({"own_words", "wants"}),
    "home": frozenset(
        {
            "municipality_agreement", "municipality_contacted", "municipality_on", "parents_told", "parents_view",
            "suspicion_home", "told_by", "told_on", "wait_reason",
        }
    ),
    "danger": frozenset(
        {
            "abuse", "danger_self_harm", "danger_what", "handed_over", "handed_to", "offender_near", "self_harm_plan",
        }
    ),
    "talked": frozenset(
        {
            "offender_parents", "offender_parents_on", "offender_talk", "offender_talk_note", "offender_talk_on",
        }
    ),
    "view": frozenset({"assessment"}),
}  # fmt: skip
_COLUMNS_THAT_NAME = {
    "Af hvem": "who",
    "Ansvarlig": "who",
    "Brugernavn": "handle",
    "Hvem har det": "who",
    "Hvem har set det": "who",
    "Modtager": "who",
}
"""By the title of the column, whichever table it is in."""


def with_traits(content: StepContent) -> StepContent:
    """Return the content of a step with traits on every row and table; those frozen with them stay as they are."""
    if all(_has_traits(section) for section in content["sections"]):
        return content
    return {**content, "sections": [_section(section, content) for section in content["sections"]]}


def _has_traits(section: FrozenSection) -> bool:
    return all("act" in row for row in section["rows"]) and all("derived" in table for table in section["tables"])


def _section(section: FrozenSection, content: StepContent) -> FrozenSection:
    rows = [row if "shown_in" in row else _row(row, content) for row in section["rows"]]
    tables = [table if "shown_in" in table else _table(table) for table in section["tables"]]
    return {
        "key": section["key"],
        "title": section["title"],
        "rows": [row if "act" in row else _placed_row(row) for row in rows],
        "tables": [table if "derived" in table else _placed_table(table) for table in tables],
    }


def _placed_row(row: FrozenRow) -> FrozenRow:
    return {**row, "act": "", "shown_in": [*row["shown_in"], *_places(row["key"])]}


def _placed_table(table: FrozenTable) -> FrozenTable:
    return {**table, "derived": "", "shown_in": [*table["shown_in"], *_places(table["key"])]}


def _places(key: str) -> list[str]:
    return [place for place, keys in _PLACES.items() if key in keys]


def _row(row: FrozenRow, content: StepContent) -> FrozenRow:
    key, raw = row["key"], content["answers"].get(row["key"])
    for_police = content["step"] in _POLICE_STEPS and key not in _NOT_FOR_POLICE
    # A typed answer was frozen word for word; one that reads differently was put in words by the card.
    picked = bool(raw) and row["known"] and raw != row["answer"]
    shown_in = ["summary", *(["police_sheet"] if for_police else []), *(["ssp"] if picked else [])]
    return {
        **row,
        "answered": row["known"] or row["answer"] != _NO_ANSWER,
        "names": "who" if key in _WHO else "sentences" if key in _WHO_IN_SENTENCES else "",
        "is_act": key in _ACTS,
        "shown_in": shown_in,
    }


def _table(table: FrozenTable) -> FrozenTable:
    key = table["key"]
    names = [_COLUMNS_THAT_NAME.get(column, "") for column in table["columns"]]
    return {
        **table,
        "column_names": ["who", *names[1:]] if key in _ABOUT_PERSON else names,
        "chapter": _CHAPTERS.get(key, ""),
        "about_person": key in _ABOUT_PERSON,
        "shown_in": ["summary", *(["police_sheet"] if key in _CHAPTERS else [])],
    }
