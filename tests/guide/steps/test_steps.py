"""The card as a whole: every step, every question, every answer, and what opens what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.text.text_rules import validate_text
from guide.questionnaire.card import _question_about as tipping_question
from guide.questionnaire.fields import (
    ChoiceAnswer,
    ChoicesAnswer,
    DayAnswer,
    NumberAnswer,
    TextAnswer,
    TimeAnswer,
)
from guide.questionnaire.rows import PersonChoice, RowKey
from guide.questionnaire.schema import Situation, Step, Table
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.enums import (
    UNKNOWN,
    AgeBand,
    Deletion,
    Kind,
    PersonRole,
    PupilOf,
    Reach,
    Reaction,
    Relation,
    Revenge,
    Shown,
    Track,
)
from guide.rules.facts import UNDER_12, Facts, Victim
from guide.rules.severity import UnknownFact
from guide.rules.severity import _unknown as unknown_facts
from guide.rules.takedown_routes import OUTCOMES, ROUTES
from guide.steps import BY_KEY, STEPS, afdaek, answer_labels
from tests.guide.reading import assess, from_answers

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
QUESTIONS = [(step, name, field) for step in STEPS for name, field in step.form.base_fields.items()]
COLUMNS = [
    (step, table, name, field)
    for step in STEPS
    for table in step.tables
    for name, field in table.row.base_fields.items()
]
CHOICES = [(step, name, field) for step, name, field in QUESTIONS if isinstance(field, ChoiceAnswer | ChoicesAnswer)]
CHOICE_COLUMNS = [column for column in COLUMNS if isinstance(column[3], ChoiceAnswer | ChoicesAnswer)]
MADE = [table.key for step in STEPS for table in step.tables if table.one_for_each]
ADDED_COLUMNS = [column for column in CHOICE_COLUMNS if column[1].key not in MADE]
CONDITIONS = {(step.key, name) for step in STEPS for name in step.conditions}


def title(value: Any) -> str:
    """A test id: the part of the card, not its address in memory."""
    if isinstance(value, Step):
        return value.key
    return value.key if isinstance(value, Table) else value if isinstance(value, str) else ""


def situation(answers: Mapping[str, Mapping[str, object]]) -> Situation:
    return Situation(answers, assess(answers, NOW), NOW)


def wide_open(step: Step) -> Step:
    """The step with every question asked."""
    opened = replace(step, check=None)
    vars(opened)["conditions"] = {}  # in place of the computed ones
    return opened


def fill(
    step: Step, data: Mapping[str, list[str]], *, quiet: bool = False, people: Mapping[str, str] | None = None
) -> StepForm:
    return StepForm(step, data, {}, NOW, quiet=quiet, people=people)


def listed(answers: Mapping[str, Any]) -> dict[str, str]:
    """Everybody on the list of people, or named by a row, with the keys of the filing."""
    rows = [row for name, given in answers.items() if isinstance(given, list) for row in given if isinstance(row, dict)]
    return {key: row["name"] for row in rows if (key := row.get("key") or row.get("who"))}


def as_typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same without the keys of people, as before the filing."""
    blank = {"key": "", "who": ""}
    return {
        name: [{**row, **{column: "" for column in blank if column in row}} for row in given if isinstance(row, dict)]
        if given and isinstance(given, list) and isinstance(given[0], dict)
        else given
        for name, given in answers.items()
    }


# --- Words ---


def words_of(step: Step) -> Iterator[tuple[str, str]]:
    """(where, words) for everything a step says."""
    yield "title", str(step.title)
    yield "lead", str(step.lead)
    yield from ((f"row {number}", str(row)) for number, row in enumerate(step.rows))
    for part in ("what", "avoid"):
        yield from ((f"{part} {number}", str(item)) for number, item in enumerate(getattr(step.guidance, part)))
    if step.rows:
        yield "why", str(step.guidance.why)
    for section in step.sections:
        yield f"section {section.key}", str(section.title)
        if section.intro:
            yield f"intro {section.key}", str(section.intro)
    for table in step.tables:
        parts = ("title", "intro") if table.one_for_each else ("title", "add", "empty")
        yield from ((f"{table.key} {part}", str(getattr(table, part))) for part in parts)
        yield from ((f"{table.key}.{name}", str(field.label)) for name, field in table.row.base_fields.items())
        if table.derived:
            yield f"{table.key} derived", str(table.derived.label)
    for name, field in step.form.base_fields.items():
        yield name, str(field.label)
        if field.help_text:
            yield f"help {name}", str(field.help_text)


ENGLISH = re.compile(
    r"\b(?:the|is|are|was|who|what|when|where|which|yes|not|with|of|unknown|please|choose|select|other|has|been|this|"
    r"that|add|remove|nothing|someone|date|name|reason|none)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_everything_a_step_says_is_danish(step: Step) -> None:
    said = list(words_of(step))
    assert [where for where, words in said if not re.search(r"[a-zæøå]{2}", words)] == []
    assert [(where, words) for where, words in said if ENGLISH.search(words)] == []


@pytest.mark.parametrize(("step", "name", "field"), CHOICES, ids=title)
def test_every_choice_has_words_of_its_own(step: Step, name: str, field: ChoiceAnswer | ChoicesAnswer) -> None:
    labels = [str(label) for _value, label in field.choices]  # type: ignore[misc]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if ENGLISH.search(label)] == []


@pytest.mark.parametrize(("step", "table", "name", "field"), CHOICE_COLUMNS, ids=title)
def test_every_choice_of_a_column_has_words_of_its_own(
    step: Step, table: Table, name: str, field: ChoiceAnswer | ChoicesAnswer
) -> None:
    labels = [str(label) for _value, label in field.choices]  # type: ignore[misc]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if ENGLISH.search(label)] == []


# --- Shape ---


def test_steps_are_the_seven_of_the_card_in_its_order() -> None:
    assert [step.key for step in STEPS] == [
        "afdaek",
        "vurder",
        "inddrag",
        "dokumenter",
        "stop",
        "anmeld",
        "behandl",
    ]
    assert list(BY_KEY.values()) == list(STEPS)
    assert [row for step in STEPS for row in step.rows] == [
        "Afdæk krænkelsen",
        "Vurder krænkelsen",
        "Inddrag forældre eller den unge selv",
        "Gem",
        "Logbog",
        "Kendt krænker",
        "Ukendt krænker",
        "Samarbejde med andre skoler",
        "Politianmeldelse",
        "Forsikringsanmeldelse",
        "Faglig sparring",
        "Hjælp de relevante",
        "Omgivelserne",
    ]


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_every_question_stands_in_exactly_one_section(step: Step) -> None:
    assert [name for _section, names in step.layout for name in names] == list(step.form.base_fields)
    assert all(names[-1:] == ((section.until,) if section.until else ()) for section, names in step.layout)


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_every_name_a_step_speaks_of_exists(step: Step) -> None:
    known = {*step.form.base_fields, *(table.key for table in step.tables)}
    assert set(step.essential) <= known
    assert set(step.conditions) <= known
    assert len(set(step.essential)) == len(step.essential)


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_keys_of_sections_and_tables_are_unique(step: Step) -> None:
    keys = [section.key for section in step.sections]
    tables = [table.key for table in step.tables]
    assert len(set(keys)) == len(keys)
    assert len(set(tables)) == len(tables)
    # A table's cells are named "<table>-<number>-<column>": no other name may begin like that.
    assert [name for name in step.form.base_fields if name.startswith(tuple(f"{table}-" for table in tables))] == []


def test_tables_have_keys_of_their_own_in_the_whole_card() -> None:
    """The résumé finds people, evidence and ledgers by the key of their table."""
    keys = [table.key for step in STEPS for table in step.tables]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("step", "name", "field"), QUESTIONS, ids=title)
def test_every_question_admits_not_known_yet(step: Step, name: str, field: forms.Field) -> None:
    if isinstance(field, ChoiceAnswer | ChoicesAnswer):
        assert list(field.choices)[-1][0] == UNKNOWN  # type: ignore[index]
    else:
        assert isinstance(field, TextAnswer | DayAnswer | NumberAnswer)
        # What a departure demands a reason for cannot be answered by not knowing it.
        assert (f"{name}_ved_ikke" in step.form().fields) is not field.traits.reason_required
        if field.traits.reason_required:
            return
    answer = [UNKNOWN] if isinstance(field, ChoicesAnswer) else UNKNOWN
    step_form = fill(wide_open(step), dict(data_from_answers(step, {name: answer}).lists()))
    assert step_form.is_valid()
    assert step_form.answers[name] == answer


@pytest.mark.parametrize(("step", "name", "field"), QUESTIONS, ids=title)
def test_no_question_is_demanded(step: Step, name: str, field: forms.Field) -> None:
    assert field.required is False


@pytest.mark.parametrize(("step", "table", "name", "field"), COLUMNS, ids=title)
def test_every_column_admits_not_known_yet_or_a_blank(step: Step, table: Table, name: str, field: forms.Field) -> None:
    assert field.required is False
    if isinstance(field, ChoiceAnswer | ChoicesAnswer):
        assert UNKNOWN in dict(field.choices)  # type: ignore[arg-type]


def _first_typed(table: Table) -> str:
    """The first column that is no key of a person."""
    return next(name for name, field in table.columns.items() if not isinstance(field, RowKey | PersonChoice))


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_essential_can_always_be_answered(step: Step) -> None:
    """ "Ved ikke" everywhere makes a step ready, as soon as its lists are begun."""
    answers: dict[str, Any] = {
        name: [UNKNOWN] if isinstance(field, ChoicesAnswer) else UNKNOWN
        for name, field in step.form.base_fields.items()
    }
    answers |= {table.key: [{_first_typed(table): UNKNOWN}] for table in step.tables}
    step_form = fill(step, dict(data_from_answers(step, answers).lists()))
    assert step_form.is_valid()
    assert step_form.missing() == []


# --- There and back ---


def _plain(text: str) -> bool:
    try:
        return validate_text(text) == text
    except ValidationError:
        return False


def _texts(longest: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r")
    odd = st.sampled_from(["", UNKNOWN, "0", "nej", "»æøå«", "🙈", "\u202evenstre", "a\n\nb", "<b>&amp;"])
    return st.text(letters, max_size=min(longest, 40)).map(str.strip).filter(_plain) | odd


def _answers_to(field: forms.Field) -> st.SearchStrategy[Any]:
    match field:
        case ChoiceAnswer():
            return st.sampled_from(["", *(str(value) for value, _label in field.choices if value)])  # type: ignore[misc]
        case ChoicesAnswer():
            return st.lists(st.sampled_from([str(value) for value, _label in field.choices]), unique=True)  # type: ignore[misc]
        case DayAnswer():
            return st.dates(date(2000, 1, 1), timezone.localdate()).map(date.isoformat) | st.just("")
        case TimeAnswer():
            return st.times().map(lambda moment: moment.strftime("%H.%M")) | st.just("")
        case NumberAnswer():
            return st.integers(field.lowest, field.highest).map(str) | st.just("")
        case RowKey() | PersonChoice():
            return st.just("")
        case TextAnswer():
            return _texts(field.max_length or 0)
    raise AssertionError(f"no such question: {field!r}")


def _step_answers(step: Step) -> st.SearchStrategy[dict[str, Any]]:
    questions: dict[str, st.SearchStrategy[Any]] = {
        name: _answers_to(field) | st.just([] if isinstance(field, ChoicesAnswer) else UNKNOWN)
        for name, field in step.form.base_fields.items()
    }
    for table in [table for table in step.tables if not table.one_for_each]:
        cells = {name: _answers_to(field) for name, field in table.row.base_fields.items()}
        row = st.fixed_dictionaries(cells).filter(lambda row: any(row.values()))
        questions[table.key] = st.lists(row, max_size=3)
    return st.fixed_dictionaries(questions)


@pytest.mark.parametrize("step", STEPS, ids=title)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_answers_survive_the_way_through_the_form_and_back(step: Step, data: st.DataObject) -> None:
    answers = data.draw(_step_answers(step))
    sent = dict(data_from_answers(step, answers).lists())
    again = fill(wide_open(step), sent)
    assert as_typed(again.answers) == {**answers, **{key: [] for key in MADE if step.table(key)}}
    assert dict(data_from_answers(step, as_typed(again.answers)).lists()) == sent


@pytest.mark.parametrize("step", STEPS, ids=title)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_open_stays_open_on_the_way_back(step: Step, data: st.DataObject) -> None:
    """A filed step, opened again and saved untouched, files the same answers."""
    once = fill(step, dict(data_from_answers(step, data.draw(_step_answers(step))).lists()))
    twice = fill(step, dict(data_from_answers(step, once.answers).lists()), people=listed(once.answers))
    assert twice.answers == once.answers
    assert twice.frozen() == once.frozen()
    assert twice.missing() == once.missing()


# --- What is not on the list ---


@pytest.mark.parametrize(("step", "name", "field"), CHOICES, ids=title)
def test_unknown_choice_is_refused_at_its_question(step: Step, name: str, field: ChoiceAnswer | ChoicesAnswer) -> None:
    texts = {
        other: [f"Skrevet i {other}"] for other, kind in step.form.base_fields.items() if isinstance(kind, TextAnswer)
    }
    step_form = fill(wide_open(step), {**texts, name: ["opfundet"]})
    assert not step_form.is_valid()
    anchor = f"id_{name}_0"
    assert [(error.anchor, error.where, error.text) for error in step_form.error_list] == [
        (anchor, str(field.label), "Vælg et af svarene på listen.")
    ]
    assert f'id="{anchor}"' in str(step_form.form[name])
    assert {other: step_form.form[other].value() for other in texts} == {other: texts[other][0] for other in texts}


@pytest.mark.parametrize(("step", "table", "name", "field"), ADDED_COLUMNS, ids=title)
def test_unknown_choice_is_refused_in_its_row(
    step: Step, table: Table, name: str, field: ChoiceAnswer | ChoicesAnswer
) -> None:
    texts = {
        other: f"Skrevet i {other}" for other, kind in table.row.base_fields.items() if isinstance(kind, TextAnswer)
    }
    sent = {f"{table.key}-1-{other}": [typed] for other, typed in texts.items()}
    sent |= {f"{table.key}-TOTAL_FORMS": ["2"], f"{table.key}-1-{name}": ["opfundet"]}
    step_form = fill(wide_open(step), sent)
    assert not step_form.is_valid()
    bound = step_form.formsets[table.key].forms[1][name]
    anchor = f"id_{table.key}-1-{name}" + ("_0" if bound.use_fieldset else "")
    assert [(error.anchor, error.where, error.text) for error in step_form.error_list] == [
        (anchor, f"{table.one} 2, {field.label}", "Vælg et af svarene på listen.")
    ]
    assert f'id="{anchor}"' in str(bound)
    row = step_form.formsets[table.key].forms[1]
    assert {other: row[other].value() for other in texts} == texts


# --- What opens what ---

IMAGE = {"afdaek": {"shown": "nude"}}
NO_IMAGE = {"afdaek": {"shown": "nothing"}}
MINOR, ADULT = {"afdaek": {"victim_age": "14"}}, {"afdaek": {"victim_age": "18"}}
HOME = {"afdaek": {"victim_age": "14", "suspicion_home": "ja"}}
KNOWN, STRANGER = {"afdaek": {"offender_is": ["pupil"]}}, {"afdaek": {"offender_is": ["stranger"]}}
GROWN = {
    "afdaek": {
        "victim_age": "18",
        "shown": "nude",
        "youngest_age": "18",
        "offender_is": ["adult"],
        "people": [{"roles": ["offender"], "age_band": "adult"}],
    }
}
SEVERE = {"afdaek": {"shown": "nude", "recognised": "ja", "victim_age": "14", "youngest_age": "14"}}
MILD = {
    "afdaek": {
        "danger_self_harm": "nej",
        "abuse": "nej",
        "suspicion_home": "nej",
        "kinds": ["bullying"],
        "shown": "nothing",
        "victim_age": "14",
        "reaction": "no_special_need",
        "offender_is": ["pupil"],
        "threat": "nej",
        "motive": "none",
        "people": [{"roles": ["offender"], "age_band": "under_15", "pupil_of": "same_class"}],
    },
    "vurder": {"support_needed": "nej", "bullying_judged": "nej"},
}


def own(step: str, **answers: object) -> dict[str, dict[str, object]]:
    return {step: answers}


def also(known: Mapping[str, Mapping[str, object]], step: str, **answers: object) -> dict[str, Mapping[str, object]]:
    return {**known, step: {**known.get(step, {}), **answers}}


def told(step: str, name: str, value: object = "ja") -> dict[str, Any]:
    """A question that opens others by its answer alone."""
    return own(step, **{name: value})


OFFENDER = {"afdaek": {"people": [{"roles": ["victim", "offender"], "pupil_of": "same_school"}]}}
SEVERAL = also(MINOR, "afdaek", offender_is=["pupil"], shown="nude")
ELSEWHERE = {"afdaek": {"people": [{"roles": ["witness"], "pupil_of": "other_school"}]}}
DELETED = also(SEVERE, "stop", deletion_asked="ja")

# (step, question) -> (a situation that opens it, a situation that closes it).
OPENINGS: dict[tuple[str, str], tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    ("afdaek", "self_harm_plan"): (told("afdaek", "danger_self_harm"), told("afdaek", "danger_self_harm", "nej")),
    ("afdaek", "abuse_kind"): (told("afdaek", "abuse", "foer"), told("afdaek", "abuse", "nej")),
    ("afdaek", "danger_what"): (told("afdaek", "abuse"), told("afdaek", "abuse", UNKNOWN)),
    ("afdaek", "abuse_by"): (
        own("afdaek", abuse="ja", danger_what=["abuse"]),
        own("afdaek", abuse="ja", danger_what=["threats"]),
    ),
    ("afdaek", "handed_over"): (told("afdaek", "abuse"), MILD),
    ("afdaek", "handed_to"): (
        own("afdaek", danger_self_harm="ja", handed_over="ja"),
        own("afdaek", danger_self_harm="ja", handed_over="nej"),
    ),
    ("afdaek", "kinds_other"): (own("afdaek", kinds=["bullying", "other"]), own("afdaek", kinds=["bullying"])),
    ("afdaek", "ongoing"): (own("afdaek", kinds=[UNKNOWN]), {}),
    ("afdaek", "shown"): (own("afdaek", kinds=["bullying", "image_shared"]), own("afdaek", kinds=["bullying"])),
    ("afdaek", "recognised"): (own("afdaek", shown=UNKNOWN), own("afdaek", shown="")),
    ("afdaek", "recognised_by"): (
        also(IMAGE, "afdaek", recognised="named"),
        also(IMAGE, "afdaek", recognised="nej"),
    ),
    ("afdaek", "depicts"): (IMAGE, NO_IMAGE),
    ("afdaek", "passed_on"): (IMAGE, own("afdaek", shown="ordinary")),
    ("afdaek", "youngest_age"): (own("afdaek", shown="private"), NO_IMAGE),
    ("afdaek", "demands"): (own("afdaek", kinds=["extortion"]), own("afdaek", kinds=["bullying"], threat="nej")),
    ("afdaek", "paid"): (told("afdaek", "threat"), told("afdaek", "threat", "nej")),
    ("afdaek", "reached_number"): (told("afdaek", "reached", "public"), told("afdaek", "reached", "few_named")),
    ("afdaek", "victim_age"): ({}, told("afdaek", "victim_is", "staff")),
    ("afdaek", "offender_pupil"): (STRANGER, KNOWN),
    ("afdaek", "hate"): (told("afdaek", "kinds", ["whereabouts"]), told("afdaek", "kinds", ["extortion"])),
    ("afdaek", "staff_hold_note"): (told("afdaek", "staff_hold"), told("afdaek", "staff_hold", "nej")),
    ("afdaek", "motive_what"): (own("afdaek", motive="some"), own("afdaek", motive="none")),
    ("afdaek", "victims"): (told("afdaek", "more_victims"), told("afdaek", "more_victims", "nej")),
    ("afdaek", "victims_number"): (told("afdaek", "more_victims"), told("afdaek", "more_victims", UNKNOWN)),
    ("vurder", "support_needed"): (ADULT, GROWN),
    ("vurder", "children"): (
        also(SEVERAL, "vurder", support_needed="ja"),
        also(SEVERAL, "vurder", support_needed="nej"),
    ),
    ("vurder", "confirm_reason"): (
        also(SEVERE, "vurder", confirmed_level="1"),
        also(SEVERE, "vurder", confirmed_level="4"),
    ),
    ("vurder", "leadership_on"): (told("vurder", "leadership"), told("vurder", "leadership", "nej")),
    ("vurder", "ssp_asked_on"): (told("vurder", "ssp_asked"), told("vurder", "ssp_asked", "nej")),
    ("vurder", "ssp_answer"): (told("vurder", "ssp_asked"), told("vurder", "ssp_asked", UNKNOWN)),
    ("inddrag", "secrecy_told"): (MINOR, ADULT),
    ("inddrag", "municipality_contacted"): (HOME, MINOR),
    ("inddrag", "municipality_on"): (
        also(HOME, "inddrag", municipality_contacted="ja"),
        also(MINOR, "inddrag", municipality_contacted="ja"),
    ),
    ("inddrag", "municipality_agreement"): (HOME, MINOR),
    ("inddrag", "parents_told"): (MINOR, HOME),
    ("inddrag", "told_by"): (also(MINOR, "inddrag", parents_told="nej"), also(MINOR, "inddrag", parents_told=UNKNOWN)),
    ("inddrag", "told_on"): (also(MINOR, "inddrag", parents_told="all"), also(ADULT, "inddrag", parents_told="all")),
    ("inddrag", "pupil_help"): (MINOR, ADULT),
    ("inddrag", "wait_reason"): (
        also(MINOR, "inddrag", parents_told="nej"),
        also(MINOR, "inddrag", parents_told="all"),
    ),
    ("inddrag", "wait_until"): (
        also(MINOR, "inddrag", parents_told="some"),
        also(HOME, "inddrag", parents_told="some"),
    ),
    ("inddrag", "parents_agree"): (
        also(MINOR, "inddrag", parents_told="all"),
        also(MINOR, "inddrag", parents_told="nej"),
    ),
    ("inddrag", "parents_view"): (
        also(MINOR, "inddrag", parents_told="some"),
        also(MINOR, "inddrag", parents_told="nej"),
    ),
    ("inddrag", "adult_wish"): (ADULT, MINOR),
    ("inddrag", "adult_consent"): (ADULT, {}),
    ("dokumenter", "keeping_note"): (told("dokumenter", "helped_to_keep"), {}),
    ("dokumenter", "family_log"): (MINOR, HOME),
    ("dokumenter", "family_log_on"): (told("dokumenter", "family_log"), told("dokumenter", "family_log", UNKNOWN)),
    ("stop", "before_police_reason"): (DELETED, also(DELETED, "anmeld", police_contacted="ja")),
    ("stop", "offender_talk"): (KNOWN, STRANGER),
    ("stop", "offender_talk_on"): (also(KNOWN, "stop", offender_talk="ja"), also(KNOWN, "stop", offender_talk="nej")),
    ("stop", "offender_talk_note"): (
        also(KNOWN, "stop", offender_talk="ja"),
        also(STRANGER, "stop", offender_talk="ja"),
    ),
    ("stop", "offender_parents"): ({}, STRANGER),
    ("stop", "offender_parents_on"): (
        also(KNOWN, "stop", offender_parents="ja"),
        also(STRANGER, "stop", offender_parents="ja"),
    ),
    ("stop", "deletion_asked"): (KNOWN, STRANGER),
    ("stop", "deletion_asked_on"): (
        also(KNOWN, "stop", deletion_asked="ja"),
        also(KNOWN, "stop", deletion_asked="nej"),
    ),
    ("stop", "deletion_confirmed"): (
        also(KNOWN, "stop", deletion_asked="ja"),
        also(STRANGER, "stop", deletion_asked="ja"),
    ),
    ("stop", "behaviour_note"): (told("afdaek", "ongoing", "nej"), told("afdaek", "ongoing", UNKNOWN)),
    ("stop", "other_schools"): ({}, ELSEWHERE),
    ("stop", "other_schools_which"): (told("stop", "other_schools"), told("stop", "other_schools", UNKNOWN)),
    ("stop", "school_reach"): (ELSEWHERE, {}),
    ("stop", "ssp_cooperation"): (told("stop", "other_schools"), told("stop", "other_schools", "nej")),
    ("stop", "cooperation_note"): (told("stop", "other_schools"), told("stop", "other_schools", "nej")),
    ("anmeld", "police_contacted_on"): (told("anmeld", "police_contacted"), told("anmeld", "police_contacted", "nej")),
    ("anmeld", "police_deletion"): (told("anmeld", "police_contacted"), told("anmeld", "police_contacted", UNKNOWN)),
    ("anmeld", "police_advice"): (told("anmeld", "police_contacted"), {}),
    ("anmeld", "report_reason"): (told("anmeld", "report_decision", "nej"), told("anmeld", "report_decision", UNKNOWN)),
    ("anmeld", "report_when"): (
        told("anmeld", "report_decision", "will"),
        told("anmeld", "report_decision", "reported"),
    ),
    ("anmeld", "recommended"): (told("anmeld", "report_decision", "nej"), told("anmeld", "report_decision", "will")),
    ("anmeld", "who_reports"): (
        told("anmeld", "report_decision", "reported"),
        told("anmeld", "report_decision", "will"),
    ),
    ("anmeld", "report_way"): (told("anmeld", "report_decision", "reported"), {}),
    ("anmeld", "reported_on"): (
        told("anmeld", "report_decision", "reported"),
        told("anmeld", "report_decision", "will"),
    ),
    ("anmeld", "police_reference"): (
        told("anmeld", "report_decision", "reported"),
        told("anmeld", "report_decision", "will"),
    ),
    ("anmeld", "police_outcome"): (told("anmeld", "report_decision", "reported"), {}),
    ("anmeld", "contingency"): (own("afdaek", abuse="ja", danger_what=["threats"]), MILD),
    ("anmeld", "contingency_on"): (
        also(own("afdaek", abuse="ja", danger_what=["abuse"]), "anmeld", contingency="ja"),
        also(own("afdaek", abuse="ja", danger_what=["abuse"]), "anmeld", contingency="nej"),
    ),
    ("anmeld", "notification"): (MINOR, ADULT),
    ("anmeld", "notifications"): (also(ADULT, "afdaek", offender_is=["pupil"], shown="nude"), MINOR),
    ("anmeld", "notification_by"): (told("anmeld", "notification", "will"), told("anmeld", "notification", "nej")),
    ("anmeld", "notification_on"): (told("anmeld", "notification", "sent"), told("anmeld", "notification", "will")),
    ("anmeld", "notification_receipt_on"): (
        told("anmeld", "notification", "sent"),
        also(GROWN, "anmeld", notification="sent"),
    ),
    ("anmeld", "notification_reason"): (
        told("anmeld", "notification", "nej"),
        also(GROWN, "anmeld", notification="nej"),
    ),
    ("anmeld", "insurance"): (MINOR, HOME),
    ("anmeld", "insurance_by"): (told("anmeld", "insurance"), told("anmeld", "insurance", "nej")),
    ("anmeld", "insurance_outcome"): (told("anmeld", "insurance"), also(HOME, "anmeld", insurance="ja")),
    ("behandl", "special_measures"): (OFFENDER, told("afdaek", "offender_near", "nej")),
    ("behandl", "press_plan"): (told("behandl", "press"), told("behandl", "press", UNKNOWN)),
}


def open_in(step: str, name: str, answers: Mapping[str, Any]) -> bool:
    own_data = dict(data_from_answers(BY_KEY[step], answers.get(step, {})).lists())
    others = {key: given for key, given in answers.items() if key != step}
    return name in StepForm(BY_KEY[step], own_data, others, NOW, quiet=True).answers


def test_opening_table_covers_every_condition() -> None:
    assert set(OPENINGS) == CONDITIONS


@pytest.mark.parametrize(("step", "name"), OPENINGS, ids=lambda part: part)
def test_conditional_question_opens_and_closes(step: str, name: str) -> None:
    opens, closes = OPENINGS[step, name]
    assert (open_in(step, name, opens), open_in(step, name, closes)) == (True, False)


ABOUT_THE_IMAGE = {"depicts", "recognised", "youngest_age"}
ABUSE = {"abuse_kind", "abuse_by"}
PRESSURE = {"demands", "paid"}
REPORTING = {"who_reports", "report_way"}
# (step, question) -> what each of its answers opens; every other answer, of every other question, opens nothing.
OPENED_BY: dict[tuple[str, str], dict[str, set[str]]] = {
    ("afdaek", "danger_self_harm"): {"ja": {"self_harm_plan", "handed_over"}, UNKNOWN: {"self_harm_plan"}},
    ("afdaek", "abuse"): {"ja": {"handed_over", "danger_what"}, "foer": ABUSE},
    ("afdaek", "danger_what"): {"abuse": ABUSE, "before": ABUSE},
    ("afdaek", "handed_over"): {"ja": {"handed_to"}},
    ("afdaek", "kinds"): {
        **{str(kind): {"hate", "ongoing"} for kind in Kind},
        **{key: {"ongoing"} for key in ("sexual_approach", UNKNOWN)},
        "other": {"hate", "kinds_other", "ongoing"},
        "threat_to_share": PRESSURE | {"hate", "ongoing"},
        "extortion": PRESSURE | {"ongoing"},
    },
    ("afdaek", "shown"): {
        "ordinary": ABOUT_THE_IMAGE,
        **{str(shown): ABOUT_THE_IMAGE | {"passed_on"} for shown in (*list(Shown)[2:], UNKNOWN)},
    },
    ("afdaek", "reached"): {reach: {"reached_number"} for reach in ("more_than_named", "beyond_class", "public")},
    ("afdaek", "offender_is"): {known: {"offender_pupil"} for known in ("stranger", UNKNOWN)},
    ("afdaek", "staff_hold"): {"ja": {"staff_hold_note"}},
    ("afdaek", "recognised"): {key: {"recognised_by"} for key in ("ja", "named", UNKNOWN)},
    ("afdaek", "threat"): {"ja": PRESSURE},
    ("afdaek", "motive"): {"some": {"motive_what"}, "extensive": {"motive_what"}},
    ("afdaek", "more_victims"): {"ja": {"victims", "victims_number"}},
    ("vurder", "confirmed_level"): {level: {"confirm_reason"} for level in "123"},
    ("vurder", "leadership"): {"ja": {"leadership_on"}},
    ("vurder", "ssp_asked"): {"ja": {"ssp_asked_on", "ssp_answer"}},
    ("inddrag", "municipality_contacted"): {"ja": {"municipality_on"}},
    ("inddrag", "parents_told"): {
        "all": {"told_by", "told_on", "parents_agree", "parents_view"},
        "some": {"told_by", "told_on", "parents_agree", "parents_view", "wait_reason", "wait_until"},
        "nej": {"told_by", "told_on", "wait_reason"},
    },
    ("dokumenter", "helped_to_keep"): {"ja": {"keeping_note"}},
    ("dokumenter", "family_log"): {"ja": {"family_log_on"}},
    ("stop", "offender_talk"): {"ja": {"offender_talk_on", "offender_talk_note"}},
    ("stop", "offender_parents"): {"ja": {"offender_parents_on"}},
    ("stop", "deletion_asked"): {"ja": {"deletion_asked_on", "deletion_confirmed"}},
    ("stop", "other_schools"): {
        "ja": {"other_schools_which", "school_reach", "ssp_cooperation", "cooperation_note"},
    },
    ("anmeld", "police_contacted"): {"ja": {"police_contacted_on", "police_deletion", "police_advice"}},
    ("anmeld", "report_decision"): {
        "reported": {*REPORTING, "reported_on", "police_reference", "police_outcome"},
        "will": {"report_when"},
        "nej": {"report_reason", "recommended"},
        UNKNOWN: {"recommended"},
    },
    ("anmeld", "contingency"): {"ja": {"contingency", "contingency_on"}},
    ("anmeld", "notification"): {
        "sent": {"notification_by", "notification_on", "notification_receipt_on"},
        "will": {"notification_by"},
        "nej": {"notification_reason"},
    },
    ("anmeld", "insurance"): {"ja": {"insurance_by", "insurance_outcome"}},
    ("behandl", "press"): {"ja": {"press_plan"}},
}
# (step, question, answer) -> what is asked no more.
CLOSED_BY = {("afdaek", "victim_is", "staff"): {"victim_age"}}
# The situation in which the question is asked.
ASKED_IN: dict[str, Mapping[str, Any]] = {"afdaek": IMAGE, "vurder": SEVERE, "inddrag": MINOR, "stop": MILD}
ASKED_IN_ALONE = {
    ("afdaek", "shown"): {},
    ("afdaek", "danger_what"): told("afdaek", "abuse"),
    ("afdaek", "handed_over"): told("afdaek", "abuse"),
    ("inddrag", "municipality_contacted"): HOME,
}
EVERY_ANSWER = [
    (step.key, name, str(value))
    for step, name, field in CHOICES
    for value, _label in field.choices  # type: ignore[misc]
]


def open_questions(step: str, name: str, answer: object) -> set[str]:
    situation = ASKED_IN_ALONE.get((step, name), ASKED_IN.get(step, {}))
    answers = also(situation, step, **{name: answer})
    others = {key: given for key, given in answers.items() if key != step}
    data = dict(data_from_answers(BY_KEY[step], answers[step]).lists())
    return set(StepForm(BY_KEY[step], data, others, NOW, quiet=True).open_names())


def test_openings_name_questions_that_exist() -> None:
    named = {(step, name) for (step, _asked), given in OPENED_BY.items() for names in given.values() for name in names}
    assert named <= CONDITIONS
    assert {(step, name) for (step, _asked, _answer), names in CLOSED_BY.items() for name in names} <= CONDITIONS
    assert {(step, name) for step, name in OPENED_BY if name not in BY_KEY[step].form.base_fields} == set()


@pytest.mark.parametrize(("step", "name", "answer"), EVERY_ANSWER)
def test_answer_opens_what_belongs_to_it_and_closes_only_what_the_table_says(step: str, name: str, answer: str) -> None:
    many = isinstance(BY_KEY[step].form.base_fields[name], ChoicesAnswer)
    unanswered, answered = (
        open_questions(step, name, [] if many else ""),
        open_questions(step, name, [answer] if many else answer),
    )
    assert answered - unanswered == OPENED_BY.get((step, name), {}).get(answer, set())
    assert unanswered - answered == CLOSED_BY.get((step, name, answer), set())


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_what_has_no_condition_is_always_open(step: Step) -> None:
    names = {*step.form.base_fields, *(table.key for table in step.tables)} - set(step.conditions)
    assert names <= set(fill(step, {}, quiet=True).answers)
    # In Inddrag all hangs on the ages and the home.
    assert names or step.key == "inddrag"


@pytest.mark.parametrize(
    ("situations", "opens"),
    [
        (
            [
                own("afdaek", abuse="ja", danger_what=["threats"]),
                own("afdaek", abuse="ja", danger_what=["abuse"]),
            ],
            True,
        ),
        ([own("afdaek", suspicion_home="ja"), also(MILD, "afdaek", abuse="foer", abuse_by=["young"])], True),
        ([also(MILD, "anmeld", contingency="ja")], True),
        ([MILD, also(MILD, "anmeld", contingency="nej"), also(MILD, "afdaek", danger_self_harm="ja")], False),
    ],
)
def test_contingency_is_asked_for_violence_and_abuse_alone(situations: list[Any], opens: bool) -> None:
    assert [open_in("anmeld", "contingency", given) for given in situations] == [opens] * len(situations)


@pytest.mark.parametrize(
    ("person", "opens"),
    [
        ({"roles": ["offender"], "pupil_of": "same_class"}, True),
        ({"roles": ["offender"], "pupil_of": "same_school", "relation": "partner"}, True),
        ({"roles": ["offender"], "pupil_of": "other_school"}, False),
        ({"roles": ["offender"], "pupil_of": "no_pupil"}, False),
        ({"roles": ["offender"], "pupil_of": UNKNOWN}, False),
        ({"roles": ["witness"], "pupil_of": "same_class"}, False),
        ({"pupil_of": "same_class"}, False),
    ],
)
def test_special_measures_are_asked_for_an_offender_of_the_same_school(person: Any, opens: bool) -> None:
    assert open_in("behandl", "special_measures", own("afdaek", people=[person])) is opens


@pytest.mark.parametrize(("near", "opens"), [("ja", True), ("nej", False), (UNKNOWN, False)])
def test_special_measures_are_asked_where_the_offender_can_meet_the_pupil(near: str, opens: bool) -> None:
    assert open_in("behandl", "special_measures", own("afdaek", offender_near=near)) is opens


# --- Card and rules ---


RULE_CHOICES = {
    ("afdaek", "kinds"): Kind,
    ("afdaek", "shown"): Shown,
    ("afdaek", "reached"): Reach,
    ("afdaek", "motive"): Revenge,
    ("afdaek", "reaction"): Reaction,
    ("people", "roles"): PersonRole,
    ("people", "age_band"): [UNDER_12, *AgeBand],
    ("people", "pupil_of"): PupilOf,
    ("people", "relation"): Relation,
    ("victims", "shown"): Shown,
    ("victims", "reaction"): Reaction,
    ("vurder", "tracks"): Track,
    ("anmeld", "police_deletion"): Deletion,
}


def field_of(place: str, name: str) -> Any:
    rows = {table.key: table.row for table in BY_KEY["afdaek"].tables}
    return (rows[place] if place in rows else BY_KEY[place].form).base_fields[name]


@pytest.mark.parametrize(("place", "name"), RULE_CHOICES)
def test_choices_are_the_vocabulary_of_the_rules(place: str, name: str) -> None:
    offered = [str(value) for value, _label in field_of(place, name).choices if value not in ("", UNKNOWN)]
    assert offered == [str(word) for word in RULE_CHOICES[place, name]]


YES_NO = (
    *(
        "danger_self_harm",
        "self_harm_plan",
        "suspicion_home",
        "handed_over",
        "telling_help",
        "offender_pupil",
        "offender_near",
    ),
    *("passed_on", "ongoing", "threat", "paid", "hate", "staff_hold"),
)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        *(("afdaek", name) for name in YES_NO),
        *(("afdaek", name) for name in ("shown", "reached", "motive", "reaction", "recognised")),
        ("inddrag", "parents_agree"),
        ("vurder", "support_needed"),
        ("vurder", "bullying_judged"),
    ],
)
def test_every_answer_the_rules_read_tells_them_something(step: str, name: str) -> None:
    values = [str(value) for value, _label in field_of(step, name).choices]
    # Kinds that are not told may be threats.
    told = {step: {"kinds": ["other"]}} if name == "threat" else {step: {}}
    facts = {value: from_answers({step: {**told[step], name: value}}) for value in values}
    # That the leaders were asked about bullying and do not know is a fact of its own.
    assert facts[UNKNOWN] == replace(from_answers(told), bullying_in_doubt=name == "bullying_judged")
    assert [(a, b) for a in values for b in values if a < b and facts[a] == facts[b]] == []


def test_every_fact_that_may_move_the_level_is_asked() -> None:
    names = {fact.name for fact in unknown_facts(Facts(victims=(Victim(), Victim())))}
    labels = {str(question.label) for question in BY_KEY["afdaek"].questions.values()}
    asked = {name: tipping_question(UnknownFact(name, None), several=False) for name in names}
    assert set(asked.values()) <= labels
    together = [{"recognisable", "identity_published"}, {"violence", "ongoing_abuse", "offender_harm", "abuse_before"}]
    assert all(len({asked[name] for name in group}) == 1 for group in together)
    assert len(set(asked.values())) == len(names) - sum(len(group) - 1 for group in together)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_reaches_the_rules(kind: Kind) -> None:
    facts = from_answers({"afdaek": {"kinds": [kind.value]}})
    assert facts.kinds == {kind}
    assert not facts.kinds_open


@pytest.mark.parametrize("demand", [value for value, _label in BY_KEY["afdaek"].form.base_fields["demands"].choices])  # type: ignore[attr-defined]
def test_sexual_demands_reach_the_rules(demand: str) -> None:
    facts = from_answers({"afdaek": {"kinds": ["extortion"], "demands": [demand]}})
    expected = True if demand in ("images", "acts") else None if demand == UNKNOWN else False
    assert facts.sexual_demand is expected


def test_confirmed_level_offers_the_four_levels() -> None:
    offered = [value for value, _label in field_of("vurder", "confirmed_level").choices]
    assert offered == ["1", "2", "3", "4", UNKNOWN]
    for level in offered[:4]:
        assert assess({"vurder": {"confirmed_level": level, "confirm_reason": "Enige."}}, NOW).confirmed == int(level)


@pytest.mark.parametrize("choices", [answer_labels.PLATFORMS, ROUTES, OUTCOMES])
def test_shared_choices_have_no_value_twice(choices: list[tuple[str, str]]) -> None:
    values = [value for value, _label in choices]
    assert len(set(values)) == len(values)


# --- Impossible days ---

SPANS = [
    ("afdaek", {}, "first_on", "last_on"),
    ("anmeld", {"notification": ["sent"]}, "notification_on", "notification_receipt_on"),
]


@pytest.mark.parametrize(("step", "given", "first", "last"), SPANS)
@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, False), (1, False)])
def test_end_before_start_is_refused_at_the_end(
    step: str, given: dict[str, list[str]], first: str, last: str, days: int, wrong: bool
) -> None:
    begun = date(2026, 1, 15)
    sent = {**given, first: [begun.isoformat()], last: [(begun + timedelta(days=days)).isoformat()]}
    step_form = fill(BY_KEY[step], sent)
    assert step_form.is_valid() is not wrong
    assert [error.anchor for error in step_form.error_list] == ([f"id_{last}"] if wrong else [])


FUTURE_QUESTIONS = {"inddrag": {"told_on", "wait_until"}}
FUTURE_COLUMNS = {("needs", "follow_up"), ("audiences", "when")}


def test_only_appointments_may_lie_ahead() -> None:
    ahead = {(step.key, name) for step, name, field in QUESTIONS if isinstance(field, DayAnswer) and field.future}
    assert ahead == {(step, name) for step, names in FUTURE_QUESTIONS.items() for name in names}
    columns = {
        (table.key, name) for _step, table, name, field in COLUMNS if isinstance(field, DayAnswer) and field.future
    }
    assert columns == FUTURE_COLUMNS


# --- The sections that are asked first ---


def test_first_sections_ask_neither_text_nor_dates() -> None:
    first = BY_KEY["afdaek"].names(afdaek.FIRST)
    questions = {name: question for name, question in BY_KEY["afdaek"].questions.items() if name in first}
    assert set(questions) == first
    assert {type(question) for question in questions.values()} == {ChoiceAnswer, ChoicesAnswer, NumberAnswer}
    counts = [name for name, question in questions.items() if isinstance(question, NumberAnswer)]
    assert counts == ["victim_age", "youngest_age"]
    assert set(afdaek.FOLLOW_UPS) <= first


def test_first_sections_ask_ten_questions_and_open_what_else_they_have() -> None:
    """Of the image two: the second is asked of whoever says that there is one."""
    first = BY_KEY["afdaek"].names(afdaek.FIRST)
    asked = fill(BY_KEY["afdaek"], {"kinds": ["image_shared"], "shown": ["nude"]}, quiet=True).answers
    opened = {"depicts", "passed_on", "youngest_age", "ongoing"}
    folded = {"victim_is"}
    assert len(first & set(asked) - opened - folded) == 10
    assert first - set(asked) == {"self_harm_plan", "danger_what"}


def test_first_sections_leave_to_later_what_moves_the_level_little() -> None:
    fed = {name for name, question in BY_KEY["afdaek"].questions.items() if isinstance(question.traits.feeds, str)}
    assert fed - BY_KEY["afdaek"].names(afdaek.FIRST) == {
        *("abuse_by", "abuse_kind", "demands", "first_on", "handed_over", "hate", "known_on", "more_victims"),
        *("motive", "offender_near", "offender_pupil", "paid", "reached", "reporter", "staff_hold", "telling_help"),
    }


@pytest.mark.parametrize("step", STEPS, ids=title)
def test_no_section_asks_more_than_five_questions_at_first(step: Step) -> None:
    """Not counting those that an answer opens."""
    for section, names in step.layout:
        asked = [name for name in names if name not in step.conditions]
        assert len(asked) + len(section.tables) <= 5, section.key


@pytest.mark.parametrize("typed", ["14", "14 år", "x", ""])
def test_same_as_now_is_the_other_number(typed: str) -> None:
    sent = {"shown": ["nude"], "victim_age": [typed], "youngest_age": ["9"], "youngest_age_samme": ["on"]}
    found = fill(BY_KEY["afdaek"], sent)
    assert found.answers["youngest_age"] == found.answers["victim_age"]
    assert found.is_valid() is (typed != "x")
