"""A step filled in: what counts, what is missing, what is frozen, and what happens to rows."""

from collections.abc import Mapping
from datetime import datetime
from time import thread_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.enums import StepStatus
from guide.questionnaire.fields import Answer
from guide.questionnaire.schema import Table
from guide.questionnaire.step_form import MOST_ROWS, StepForm, data_from_answers, with_row_added, without_row
from guide.steps import BY_KEY, STEPS

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
SEVERE = {"shown": "nude", "recognised": "ja", "victim_age": "14", "youngest_age": "14"}


def fill(step: str, data: Mapping[str, Any] = {}, others: Mapping[str, Any] = {}, *, quiet: bool = False) -> StepForm:
    """The step with the data, where a lone text stands for a list of one."""
    sent = {name: [value] if isinstance(value, str) else value for name, value in data.items()}
    return StepForm(BY_KEY[step], sent, others, NOW, quiet=quiet)


def errors(step_form: StepForm) -> list[tuple[str, str]]:
    step_form.is_valid()
    return [(error.anchor, error.text) for error in step_form.error_list]


def rows(table: str, *cells: Mapping[str, str]) -> dict[str, str]:
    """Form data for the rows of a table."""
    sent = {f"{table}-{number}-{name}": value for number, row in enumerate(cells) for name, value in row.items()}
    return {f"{table}-TOTAL_FORMS": str(len(cells)), **sent}


# --- What is closed does not count ---


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            {"shown": "nude", "recognised": "named", "recognised_by": "Klassen"},
            {"recognised": "named", "recognised_by": "Klassen"},
        ),
        ({"shown": "nude", "recognised": "nej", "recognised_by": "Klassen"}, {"recognised": "nej"}),
        ({"shown": "nothing", "recognised": "named", "recognised_by": "Klassen"}, {}),
        ({"shown": "", "recognised": "named", "recognised_by": "Klassen"}, {}),
    ],
)
def test_hidden_answers_do_not_count(sent: dict[str, str], kept: dict[str, str]) -> None:
    step_form = fill("afdaek", sent)
    assert {name: value for name, value in step_form.answers.items() if name.startswith("recognised")} == kept
    assert {name for name in step_form.form.fields if name.startswith("recognised") and "ved_ikke" not in name} == set(
        kept
    )


def test_hidden_answer_does_not_move_the_level() -> None:
    published = {"recognised": "named", "youngest_age": "13", "reaction": "needs_help"}
    with_image = fill("afdaek", {**published, "shown": "nude"})
    without = fill("afdaek", {**published, "shown": "nothing"})
    never_asked = fill("afdaek", {"reaction": "needs_help", "shown": "nothing"})
    assert with_image.assessment != without.assessment
    assert without.assessment == never_asked.assessment


def test_hidden_answer_opens_nothing_above_it() -> None:
    """Deletion is not asked of an offender whom nobody knows, so it needs no reason either."""
    sent = {"deletion_asked": "ja"}
    known = fill("stop", sent, {"afdaek": {**SEVERE, "offender_is": ["pupil"]}})
    unknown = fill("stop", sent, {"afdaek": {**SEVERE, "offender_is": ["stranger"]}})
    assert ("before_police_reason" in known.answers, known.is_valid()) == (True, False)
    assert ("before_police_reason" in unknown.answers, unknown.is_valid()) == (False, True)


def test_hidden_answer_is_neither_judged_nor_shown_wrong() -> None:
    step_form = fill("afdaek", {"shown": "nothing", "recognised_by": "010203-1234", "youngest_age": "tretten"})
    assert errors(step_form) == []


def test_hidden_table_is_neither_judged_nor_kept() -> None:
    sent = {"more_victims": "nej", **rows("victims", {"name": "A", "age": "mange"})}
    assert errors(fill("afdaek", sent)) == []
    assert "victims" not in fill("afdaek", sent).answers
    assert errors(fill("afdaek", {**sent, "more_victims": "ja"})) == [("id_victims-0-age", "Skriv et helt tal, fx 14.")]


def test_open_names_are_those_that_may_come_and_go() -> None:
    assert fill("afdaek", {"shown": "nude", "more_victims": "ja"}, quiet=True).open_names() == {
        "victim_age",
        "depicts",
        "shown",
        "recognised",
        "passed_on",
        "youngest_age",
        "victims",
        "victims_number",
    }
    assert fill("afdaek", quiet=True).open_names() == {"victim_age", "shown"}


def test_sections_know_whether_anything_in_them_is_asked() -> None:
    shown = {open_.section.key: open_.is_open for open_ in fill("inddrag", quiet=True).sections()}
    assert shown == {"tavshed": True, "hjemmet": False, "foraeldre": True, "myndig": False}


@pytest.mark.parametrize(
    ("vurder", "said"),
    [
        ({}, [("ssp_asked", "Ikke besvaret")]),
        ({"ssp_asked": "nej", "ssp_answer": "Intet."}, [("ssp_asked", "Nej")]),
        ({"ssp_asked": "ved_ikke"}, [("ssp_asked", "Ved ikke")]),
        (
            {"ssp_asked": "ja", "ssp_answer": "Tal med klassen."},
            [("ssp_asked", "Ja"), ("ssp_answer", "Tal med klassen.")],
        ),
    ],
)
def test_answer_of_another_step_is_shown_while_its_question_is_open(
    vurder: dict[str, str], said: list[tuple[str, str]]
) -> None:
    shown = next(fill("behandl", {}, {"vurder": vurder}, quiet=True).sections()).shown
    assert [(answer.name, answer.words) for answer in shown] == said
    labels = [str(BY_KEY["vurder"].questions[name].label) for name, _words in said]
    assert [(answer.step, answer.step_title, answer.question) for answer in shown] == [
        ("vurder", "Vurder", label) for label in labels
    ]


def test_what_a_section_shows_is_a_question_of_another_step() -> None:
    shows = [(step.key, other, name) for step in STEPS for section in step.sections for other, name in section.shows]
    assert shows
    asked = {step.key: {*step.questions, *(table.key for table in step.tables)} for step in STEPS}
    assert [show for show in shows if show[0] == show[1] or show[2] not in asked[show[1]]] == []


# --- Status and what is missing ---


def all_unknown(step: str) -> dict[str, Any]:
    return {
        name: "ved_ikke" if hasattr(field, "choices") else "" for name, field in BY_KEY[step].form.base_fields.items()
    } | {
        f"{name}_ved_ikke": "on"
        for name, field in BY_KEY[step].form.base_fields.items()
        if not hasattr(field, "choices")
    }


def test_step_is_ready_when_everything_essential_has_an_answer() -> None:
    step_form = fill("vurder", all_unknown("vurder"))
    assert (step_form.status(), step_form.missing()) == (StepStatus.READY, [])


@pytest.mark.parametrize("name", [name for name in BY_KEY["vurder"].essential if name in BY_KEY["vurder"].questions])
def test_step_is_begun_while_one_essential_answer_is_missing(name: str) -> None:
    sent = {key: value for key, value in all_unknown("vurder").items() if key not in (name, f"{name}_ved_ikke")}
    step_form = fill("vurder", sent)
    assert step_form.status() == StepStatus.BEGUN
    assert step_form.missing() == [str(step_form.form.fields[name].label)]


def test_missing_names_open_questions_and_tables_only() -> None:
    label = {name: str(field.label) for name, field in BY_KEY["afdaek"].form.base_fields.items()}
    missing = fill("afdaek", {"shown": "nothing"}).missing()
    assert label["victim_age"] in missing
    assert not {label["recognised"], label["youngest_age"], label["where"]} & set(missing)


@pytest.mark.parametrize(
    ("sent", "lacking"),
    [
        ({"further_help": "ja", "others_told": "ja"}, ["Behov og tilbud", "Orientering"]),
        ({"further_help": "ja", "others_told": "nej"}, ["Behov og tilbud"]),
        ({"further_help": "nej", "others_told": "ja"}, ["Orientering"]),
        ({"further_help": "nej", "others_told": "ved_ikke"}, []),
    ],
)
def test_list_is_missed_only_where_an_answer_says_that_it_has_rows(sent: dict[str, str], lacking: list[str]) -> None:
    step_form = fill("behandl", {**all_unknown("behandl"), **sent})
    assert step_form.missing() == lacking
    assert step_form.status() == (StepStatus.BEGUN if lacking else StepStatus.READY)


# --- Reasons that are needed ---

LOWER = "Niveauet er lavere end det højeste mulige. Skriv, hvorfor I vurderer det sådan."


@pytest.mark.parametrize(
    ("level", "reason", "wrong"),
    [
        ("1", "", True),
        ("2", "   ", True),
        ("1", "Vi kender eleven godt.", False),
        ("3", "", False),
        ("4", "", False),
        ("ved_ikke", "", False),
        ("", "", False),
    ],
)
def test_level_below_the_computed_one_needs_a_reason(level: str, reason: str, wrong: bool) -> None:
    computed = {"afdaek": {**SEVERE, "threat": "nej", "motive": "none", **CALM}}
    step_form = fill("vurder", {"confirmed_level": level, "confirm_reason": reason}, computed)
    assert [int(level) for level in step_form.assessment.rating.levels] == [3]
    assert errors(step_form) == ([("id_confirm_reason", LOWER)] if wrong else [])


CALM = {
    "danger_self_harm": "nej",
    "abuse": "nej",
    "suspicion_home": "nej",
    "kinds": ["other"],
    "depicts": ["pupil"],
    "passed_on": "nej",
    "reaction": "no_special_need",
}


def test_reason_is_measured_against_the_highest_possible_level() -> None:
    """Nothing is known, so level 4 is possible: even 3 is a choice that needs its reason."""
    assert errors(fill("vurder", {"confirmed_level": "3"})) == [("id_confirm_reason", LOWER)]
    assert errors(fill("vurder", {"confirmed_level": "4"})) == []


@pytest.mark.parametrize("box", ["on", "1"])
def test_reason_is_not_given_by_ticking_not_known_yet(box: str) -> None:
    assert errors(fill("vurder", {"confirmed_level": "1", "confirm_reason_ved_ikke": box})) == [
        ("id_confirm_reason", LOWER)
    ]


DELETED = "Skriv, hvorfor der er bedt om sletning, før politiet var spurgt."


@pytest.mark.parametrize(
    ("sent", "police", "wrong"),
    [
        ({"deletion_asked": "ja"}, "nej", True),
        ({"deletion_asked": "ja"}, "", True),
        ({"deletion_asked": "ja"}, "ja", False),
        ({"deletion_asked": "nej"}, "nej", False),
        ({"deletion_asked": "ja", "before_police_reason": "Det lå åbent på skærmen."}, "nej", False),
        (rows("spread", {"name": "A", "asked_on": "19-11-2026"}), "nej", True),
        (rows("spread", {"name": "A"}), "nej", False),
        (rows("takedown", {"route": "report"}), "nej", True),
        (rows("takedown", {"what": "En profil"}), "nej", False),
    ],
)
def test_deletion_before_the_police_needs_a_reason(sent: dict[str, str], police: str, wrong: bool) -> None:
    others = {"afdaek": {**SEVERE, "offender_is": ["pupil"]}, "anmeld": {"police_contacted": police}}
    assert errors(fill("stop", sent, others)) == ([("id_before_police_reason", DELETED)] if wrong else [])


def test_quiet_step_has_no_errors_to_show() -> None:
    quiet = fill("afdaek", {"known_on": "31-", "kinds": ["opfundet"]}, quiet=True)
    assert not quiet.has_errors
    loud = fill("afdaek", {"known_on": "31-", "kinds": ["opfundet"]})
    assert loud.has_errors
    assert [anchor for anchor, _text in errors(loud)] == ["id_kinds_0", "id_known_on"]


# --- Frozen in the words of the screen ---


def test_frozen_keeps_question_and_answer_as_the_screen_words_them() -> None:
    sent: dict[str, Any] = {
        "abuse": "ved_ikke",
        "kinds": ["bullying", "ved_ikke"],
        "known_on": "i går",
        "shown": "nothing",
        "victim_age": "014",
        "own_words": "»Jeg\r\nvil hjem.«",
        "where_ved_ikke": "on",
        **rows("people", {"name": "Alma", "roles": "victim", "age_band": "ved_ikke"}),
    }
    sections = {section["key"]: section for section in fill("afdaek", sent).frozen()}
    answers = {row["key"]: (row["answer"], row["known"]) for section in sections.values() for row in section["rows"]}
    labels = {row["key"]: row["question"] for section in sections.values() for row in section["rows"]}
    fields = BY_KEY["afdaek"].form.base_fields
    assert labels == {name: str(fields[name].label) for name in labels}
    assert "recognised" not in answers
    assert {name: answers[name] for name in ("abuse", "kinds", "victim_age", "own_words", "where", "threat")} == {
        "abuse": ("Ved ikke", False),
        "kinds": ("Mobning eller udelukkelse på nettet; Ved ikke", True),
        "victim_age": ("14", True),
        "own_words": ("»Jeg\nvil hjem.«", True),
        "where": ("Ved ikke", False),
        "threat": ("Ikke besvaret", False),
    }
    kept = {row["key"]: row for section in sections.values() for row in section["rows"]}
    assert kept["own_words"] == {
        "key": "own_words",
        "question": "Hvad siger den krænkede selv?",
        "answer": "»Jeg\nvil hjem.«",
        "answered": True,
        "known": True,
        "names": "",
        "is_act": False,
        "act": "",
        "shown_in": ["summary", "police_sheet", "said"],
    }
    assert {name: kept[name]["answered"] for name in ("where", "threat")} == {"where": True, "threat": False}
    assert sections["personer"]["tables"] == [
        {
            "key": "people",
            "title": str(BY_KEY["afdaek"].tables[0].title),
            "columns": [str(field.label) for field in list(BY_KEY["afdaek"].tables[0].columns.values())[1:]],
            "column_names": ["who", "", "", "", "", ""],
            "rows": [["Alma", "Krænket", "Ved ikke", "", "", ""]],
            "chapter": "people",
            "about_person": True,
            "derived": "",
            "shown_in": ["summary", "police_sheet"],
        }
    ]


def test_every_column_says_whether_it_names_people() -> None:
    """The one that is worked out from the row too."""
    frozen = fill("stop", rows("takedown", {"what": "En profil", "route": "report"})).frozen()
    (table,) = (table for section in frozen for table in section["tables"])
    assert {len(table["column_names"]), *map(len, table["rows"])} == {len(table["columns"])}


def test_frozen_leaves_out_what_was_not_asked() -> None:
    """Nobody reads about image questions in a case without an image, or an empty list."""
    frozen = fill("afdaek", {"shown": "nothing"}).frozen()
    assert [row["key"] for section in frozen if section["key"] == "billede" for row in section["rows"]] == ["shown"]
    assert [table for section in frozen for table in section["tables"]] == []
    assert [section["key"] for section in fill("inddrag").frozen()] == ["tavshed", "foraeldre"]


@pytest.mark.parametrize(
    ("ages", "cell"),
    [
        ({"victim_age": "14"}, "Take It Down fra elevens egen enhed, og hjælp fra SletDet."),
        ({"victim_age": "18", "youngest_age": "18"}, "StopNCII fra egen enhed, og råd fra StopChikane."),
        (
            {"victim_age": "18", "youngest_age": "ved_ikke"},
            "Take It Down fra elevens egen enhed, og hjælp fra SletDet.",
        ),
        ({}, "Take It Down fra elevens egen enhed, og hjælp fra SletDet."),
    ],
)
def test_next_route_is_worked_out_for_page_and_entry(ages: dict[str, str], cell: str) -> None:
    sent = rows("takedown", {"platform": "tiktok", "route": "report", "outcome": "refused"}, {"what": "Ny"})
    step_form = fill("stop", sent, {"afdaek": ages})
    table = next(table for section in step_form.frozen() for table in section["tables"])
    assert table["columns"][-1] == "Næste vej"
    assert [row[-1] for row in table["rows"]] == [cell, ""]
    shown = next(t for section in step_form.sections() for t in section.tables if t.table.key == "takedown")
    assert shown.rows is not None
    assert [row.derived for row in shown.rows] == [cell, ""]


# --- Rows ---


def names(step_form: StepForm) -> list[str]:
    people: Any = step_form.answers["people"]
    return [row["name"] for row in people]


def test_blank_row_does_not_count() -> None:
    sent = rows("people", {"name": "A"}, {"name": "", "note": "   "}, {"name": "C"})
    assert names(fill("afdaek", sent)) == ["A", "C"]
    assert errors(fill("afdaek", sent)) == []


def test_row_added_is_blank_and_last() -> None:
    data = {name: [value] for name, value in rows("people", {"name": "A"}).items()}
    more = with_row_added(data, "people")
    assert more["people-TOTAL_FORMS"] == ["2"]
    forms = fill("afdaek", more, quiet=True).formsets["people"].forms
    assert [form["name"].value() for form in forms] == ["A", None]


@pytest.mark.parametrize(
    ("number", "left"),
    [(0, ["B", "C"]), (1, ["A", "C"]), (2, ["A", "B"]), (3, ["A", "B", "C"]), (9999, ["A", "B", "C"])],
)
def test_row_removed_moves_those_below_up(number: int, left: list[str]) -> None:
    data = {name: [value] for name, value in rows("people", {"name": "A"}, {"name": "B"}, {"name": "C"}).items()}
    data |= {"peoples-1-name": ["urørt"], "people_ved_ikke": ["on"], "what_happened": ["urørt"]}
    fewer = without_row(data, "people", number)
    assert names(fill("afdaek", fewer)) == left
    assert fewer["people-TOTAL_FORMS"] == [str(len(left))]
    assert {name: fewer[name] for name in ("peoples-1-name", "people_ved_ikke", "what_happened")} == {
        "peoples-1-name": ["urørt"],
        "people_ved_ikke": ["on"],
        "what_happened": ["urørt"],
    }


def test_row_removed_leaves_the_data_it_was_given() -> None:
    data = {name: [value] for name, value in rows("people", {"name": "A"}, {"name": "B"}).items()}
    before = {name: list(values) for name, values in data.items()}
    without_row(data, "people", 0)
    with_row_added(data, "people")
    assert data == before


def test_row_added_after_removal_does_not_bring_the_removed_back() -> None:
    data = {name: [value] for name, value in rows("people", {"name": "A"}, {"name": "B"}).items()}
    assert names(fill("afdaek", with_row_added(without_row(data, "people", 1), "people"))) == ["A"]


@pytest.mark.parametrize(
    "total", ["", "-1", "1e9", "99999", "9" * 5000, "to", "2.0", "١", "\x00", "0x10", "2\n", " 2", "None"]
)
def test_garbage_count_of_rows_breaks_nothing(total: str) -> None:
    step_form = fill("afdaek", {"people-TOTAL_FORMS": total, "people-0-name": "A"})
    assert step_form.is_valid()
    assert step_form.answers["people"] == []


@pytest.mark.parametrize("name", ["people-TOTAL_FORMS", "people-INITIAL_FORMS", "people-MIN_NUM_FORMS"])
def test_counts_sent_twice_or_never_break_nothing(name: str) -> None:
    assert fill("afdaek", {"people-TOTAL_FORMS": "1", "people-0-name": "A", name: []}).is_valid()
    assert fill("afdaek", {"people-INITIAL_FORMS": "7"}).is_valid()


def test_too_many_rows_are_refused_and_every_one_of_them_stays() -> None:
    cells = [{"name": f"Elev {number}"} for number in range(MOST_ROWS + 1)]
    step_form = fill("afdaek", rows("people", *cells))
    assert errors(step_form) == [
        ("tabel-people-titel", "Der er plads til 50 rækker. Fjern nogle, eller skriv resten i loggen.")
    ]
    assert [form["name"].value() for form in step_form.formsets["people"].forms] == [row["name"] for row in cells]


def test_rows_that_are_too_many_are_not_assessed() -> None:
    cells = [{"name": f"Elev {number}", "reaction": "panic"} for number in range(4 * MOST_ROWS)]
    step_form = fill("afdaek", {"more_victims": "ja", **rows("victims", *cells)})
    assert len(step_form.assessment.facts.victims) == MOST_ROWS + 1
    assert len(step_form.formsets["victims"].forms) == 4 * MOST_ROWS


@pytest.mark.parametrize(
    ("step", "table"), [(step.key, table) for step in STEPS for table in step.tables if not table.is_made]
)
def test_twice_the_rows_cost_at_most_two_and_a_half_times(step: str, table: Table) -> None:
    """As for texts: whoever fills a table keeps nobody waiting. All but the rows is known, of them a half."""

    def cell(field: Answer, place: int) -> list[str]:
        choices = [key for key, _words in getattr(field, "choices", ()) if isinstance(key, str) and key]
        return [["", choices[-1]][place % 2]] if choices else [f"Elev {place}"]

    def seconds(count: int) -> float:
        data = {
            f"{table.key}-{row}-{name}": cell(field, row * 7 + place)
            for row in range(count)
            for place, (name, field) in enumerate(table.columns.items())
        }
        known = (
            dict(data_from_answers(BY_KEY[step], {**CALM, "more_victims": "ja"}).lists()) if step == "afdaek" else {}
        )
        sent = {**known, f"{table.key}-TOTAL_FORMS": [str(count)], **data}
        began = thread_time()
        StepForm(BY_KEY[step], sent, {}, NOW).is_valid()
        return thread_time() - began

    half, whole = (min(seconds(count) for _try in range(3)) for count in (MOST_ROWS // 2, MOST_ROWS))
    assert whole < max(0.05, 2.5 * half)


def test_as_many_rows_as_there_is_room_for_are_taken() -> None:
    step_form = fill("afdaek", rows("people", *[{"name": f"Elev {number}"} for number in range(MOST_ROWS)]))
    assert errors(step_form) == []
    assert len(names(step_form)) == MOST_ROWS


def test_error_in_a_row_names_table_row_and_column() -> None:
    step_form = fill("afdaek", {"more_victims": "ja", **rows("victims", {"age": "12"}, {"age": "tolv", "name": "B"})})
    assert not step_form.is_valid()
    victims = BY_KEY["afdaek"].tables[1]
    assert [(error.anchor, error.where) for error in step_form.error_list] == [
        ("id_victims-1-age", f"{victims.one} 2, {victims.row.base_fields['age'].label}")
    ]
    assert step_form.formsets["victims"].forms[1]["name"].value() == "B"


def test_words_typed_in_a_cell_are_shown_again_whatever_they_are() -> None:
    data = data_from_answers(BY_KEY["afdaek"], {"people": [{"name": "ved_ikke"}]})
    form = fill("afdaek", dict(data.lists()), quiet=True).formsets["people"].forms[0]
    assert form["name"].value() == "ved_ikke"


@pytest.mark.parametrize("step", BY_KEY)
def test_data_the_step_has_never_heard_of_changes_nothing(step: str) -> None:
    plain = fill(step)
    odd = fill(step, {"is_superuser": "on", "__class__": "x", "people--name": "x", "people-0-": "x", "": "x"})
    assert (odd.answers, odd.frozen(), odd.is_valid()) == (plain.answers, plain.frozen(), plain.is_valid())
