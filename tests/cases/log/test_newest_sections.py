"""What stands of a step whose sections are filed one by one."""

import random
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from cases.crypto import encryption
from cases.log import case_file
from cases.log.case_file import read_case, read_current
from cases.log.entry_types import FrozenSection, StepContent
from cases.models import Case
from tests.factories import file_step, step_content

STEP = "afdaek"
Rows = dict[str, list[tuple[str, str]]]


def section(key: str, **answers: str) -> FrozenSection:
    """A section as frozen, with a row for each answer."""
    rows = [{"key": name, "question": f"{name}?", "answer": text, "known": True} for name, text in answers.items()]
    return cast(FrozenSection, {"key": key, "title": key, "rows": rows, "tables": []})


def content(*sections: FrozenSection, **unshown: Any) -> StepContent:
    """A filing of these sections as cards until now made it; ``unshown`` are answers that no row shows."""
    answers = {row["key"]: row["answer"] for part in sections for row in part["rows"]} | unshown
    return {**step_content(STEP, answers=answers), "sections": list(sections)}


def file(case: Case, *sections: FrozenSection, closed: Sequence[str] = (), **unshown: Any) -> int:
    """File these sections as the product does; the others stand as they were filed. Returns the entry's number."""
    now = read_current(case)
    standing = {key: entry.seq for key, entry in now.sections.get(STEP, {}).items()}
    standing |= {part["key"]: 0 for part in sections}
    given = {**now.closed.get(STEP, {}), **(now.answers().get(STEP, {}))}
    history: Any = {
        "first_filed": {"contact_police": "2026-01-02"} | dict(now.first_filed),
        "deviated": now.deviated,
        "standing": [{"section": key, "seq": seq} for key, seq in standing.items()],
        "closed": {name: given[name] for name in closed if name in given},
    }
    made = cast(StepContent, {**content(*sections, **unshown), "history": history})
    return file_step(case, content=made).seq


def file_whole(case: Case, *sections: FrozenSection, **unshown: Any) -> int:
    """File the whole step, as cards did before sections were filed."""
    return file_step(case, content=content(*sections, **unshown)).seq


def rows(case: Case) -> Rows:
    """What a reader sees: section -> questions and answers."""
    shown = read_current(case).steps[STEP].content["sections"]
    return {part["key"]: [(row["key"], row["answer"]) for row in part["rows"]] for part in shown}


def answers(case: Case) -> dict[str, Any]:
    return dict(read_current(case).steps[STEP].content["answers"])


def test_two_sections_filed_in_turn_stand_together(case: Case) -> None:
    first = file(case, section("fare", danger="nej"))
    second = file(case, section("sted", where="Snapchat"))
    assert answers(case) == {"danger": "nej", "where": "Snapchat"}
    assert rows(case) == {"fare": [("danger", "nej")], "sted": [("where", "Snapchat")]}
    now = read_current(case)
    assert {key: entry.seq for key, entry in now.sections[STEP].items()} == {"fare": first, "sted": second}
    assert (now.steps[STEP].seq, now.closed[STEP]) == (second, {})


def test_newer_filing_of_a_section_replaces_only_it(case: Case) -> None:
    file(case, section("fare", danger="nej", plan="nej"))
    second = file(case, section("sted", where="Snapchat"))
    third = file(case, section("fare", danger="ja"))
    assert answers(case) == {"danger": "ja", "where": "Snapchat"}
    assert rows(case) == {"fare": [("danger", "ja")], "sted": [("where", "Snapchat")]}
    newest = {key: entry.seq for key, entry in read_current(case).sections[STEP].items()}
    assert newest == {"fare": third, "sted": second}


def test_sections_keep_the_order_of_the_page_whatever_was_filed_first(case: Case) -> None:
    file_whole(case, section("a", one="1"), section("b", two="2"), section("c", three="3"))
    file(case, section("c", three="III"))
    file(case, section("a", one="I"))
    assert list(rows(case)) == ["a", "b", "c"]


def test_filing_of_a_whole_step_reads_as_all_its_sections(case: Case) -> None:
    old = file_whole(case, section("fare", danger="nej"), section("sted", where="Snapchat"), computed_level="2")
    assert {key: entry.seq for key, entry in read_current(case).sections[STEP].items()} == {"fare": old, "sted": old}
    new = file(case, section("sted", where="TikTok"))
    assert answers(case) == {"danger": "nej", "where": "TikTok", "computed_level": "2"}
    assert rows(case) == {"fare": [("danger", "nej")], "sted": [("where", "TikTok")]}
    assert {key: entry.seq for key, entry in read_current(case).sections[STEP].items()} == {"fare": old, "sted": new}


def test_question_that_moved_to_another_section_is_shown_once(case: Case) -> None:
    file_whole(case, section("hvad", where="Snapchat", who="Elev A"), section("fare", danger="nej"))
    file(case, section("sted", where="TikTok"))
    assert rows(case) == {"hvad": [("who", "Elev A")], "fare": [("danger", "nej")], "sted": [("where", "TikTok")]}
    assert answers(case) == {"where": "TikTok", "who": "Elev A", "danger": "nej"}
    file(case, section("person", who="Elev B"))
    assert rows(case) == {"fare": [("danger", "nej")], "sted": [("where", "TikTok")], "person": [("who", "Elev B")]}


def test_empty_table_filed_with_its_section_empties_it(case: Case) -> None:
    """No section shows an empty table: its answer stands beside those that have rows."""
    file(case, section("personer", more="nej"), people=[{"name": "A"}])
    file(case, section("sted", where="Snapchat"))
    assert answers(case)["people"] == [{"name": "A"}]
    file(case, section("personer", more="nej"), people=[])
    assert answers(case) == {"more": "nej", "people": [], "where": "Snapchat"}


def test_answer_that_another_section_closes_is_kept_apart_until_it_opens_again(case: Case) -> None:
    file(case, section("billede", shown="nude"))
    file(case, section("hvem", age="14", youngest="13"))
    file(case, section("billede", shown="nothing"), closed=["youngest"])
    assert answers(case) == {"shown": "nothing", "age": "14"}
    assert rows(case)["hvem"] == [("age", "14")]
    assert read_current(case).closed[STEP] == {"youngest": "13"}
    file(case, section("sted", where="Snapchat"), closed=["youngest"])
    assert read_current(case).closed[STEP] == {"youngest": "13"}
    file(case, section("billede", shown="nude"))
    assert answers(case) == {"shown": "nude", "age": "14", "youngest": "13", "where": "Snapchat"}
    assert rows(case)["hvem"] == [("age", "14"), ("youngest", "13")]
    assert read_current(case).closed[STEP] == {}


def test_section_of_which_every_answer_is_closed_is_not_shown(case: Case) -> None:
    file(case, section("pres", paid="ja"))
    file(case, section("fare", danger="nej"), closed=["paid"])
    assert rows(case) == {"fare": [("danger", "nej")]}


def test_whole_step_filed_again_stands_alone(case: Case) -> None:
    file(case, section("fare", danger="nej"))
    file(case, section("sted", where="Snapchat"))
    file_whole(case, section("fare", danger="ja"))
    assert (answers(case), rows(case)) == ({"danger": "ja"}, {"fare": [("danger", "ja")]})


def test_steps_do_not_mix(case: Case) -> None:
    file(case, section("fare", danger="nej"))
    file_step(case, content=step_content("vurder", answers={"danger": "ja"}))
    assert read_current(case).answers() == {"afdaek": {"danger": "nej"}, "vurder": {"danger": "ja"}}


def same(case: Case) -> bool:
    whole, short = vars(read_case(case)), vars(read_current(case))
    return all(whole[name] == value for name, value in short.items())


def test_newest_entries_say_what_the_whole_log_says_of_sections(case: Case) -> None:
    """Sections and whole steps filed in random order, with answers that close and open."""
    chance = random.Random(11)  # noqa: S311 - which of them comes next
    keys = list("abcde")
    for number in range(60):
        parts = [section(key, **{key * 2: str(number), key * 3: "x"}) for key in chance.sample(keys, 2)]
        if chance.random() < 0.1:
            file_whole(case, *parts)
        else:
            file(case, *parts, closed=[key * 2 for key in chance.sample(keys, 1)])
        assert same(case)
    marked = {entry.seq for entry in read_case(case).entries if entry.newest}
    assert marked == {entry.seq for entry in read_current(case).sections[STEP].values()}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], int]:
    """How many entries are decrypted to read what stands of a case."""
    numbers: list[int] = []
    unseal = encryption.unseal_json

    def counted(*given: Any) -> Any:
        numbers.append(given[-2])
        return unseal(*given)

    def count(case: Case) -> int:
        numbers.clear()
        case_file.read_current(case)
        return len(numbers)

    monkeypatch.setattr(encryption, "unseal_json", counted)
    return count


def test_long_log_of_sections_opens_no_more_than_one_entry_a_section(case: Case, opened: Callable[[Case], int]) -> None:
    keys = list("abcde")
    for key in keys:
        file(case, section(key, **{key: "0"}))
    few = opened(case)
    for number in range(20):
        for key in keys:
            file(case, section(key, **{key: str(number)}))
    # The entry that opened the case, the change of the level, and one filing of each section.
    assert opened(case) == few == 2 + len(keys)


def test_long_log_of_one_section_opens_what_stands_alone(case: Case, opened: Callable[[Case], int]) -> None:
    file(case, section("a", a="0"))
    few = opened(case)
    for number in range(30):
        file(case, section("a", a=str(number)))
    assert opened(case) == few
