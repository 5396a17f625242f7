from typing import Any

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError

from guide.questionnaire.fields import (
    LINE_LENGTH,
    TEXT_LENGTH,
    DayAnswer,
    NumberAnswer,
    QuietForm,
    StepFields,
    day,
    in_order,
    is_known,
    long_text,
    many_of,
    one_of,
    pick,
    short_text,
    years,
    yes_no,
)
from guide.steps import STEPS

# A Friday noon, clear of both ends of a day, a month and a year.
FRIDAY = "2026-11-20T12:00:00+01:00"
CHOICES = [("a", "Først"), ("b", "Så")]

CPR = "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."
CHARACTER = "Teksten indeholder et tegn, der ikke kan gemmes. Skriv det sted om."
FILE = "Her er en fil eller et billede sat ind som tekst. Det gemmer Handlekort aldrig: beskriv det med ord."
DATE = "Skriv datoen som dag-måned-år, fx 21-11-2026."
AHEAD = "Skriv dag-måned-år, eller fx i morgen, om 3 dage eller på fredag."
NO_SUCH_DAY = "Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen."
YEAR = "Årstallet ser forkert ud. Skriv fx 21-11-2026."
FUTURE = "Datoen ligger ude i fremtiden. Skriv den dag, det skete."
NUMBER = "Skriv et helt tal, fx 14."
CHOICE = "Vælg et af svarene på listen."


def refusal(field: forms.Field, typed: Any) -> list[str]:
    """The sentences with which the field refuses what was typed; none when it takes it."""
    try:
        field.clean(typed)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("typed", "future", "kept", "sentences"),
    [
        ("", False, "", []),
        ("   ", False, "", []),
        (" I DAG ", False, "2026-11-20", []),
        ("I går", False, "2026-11-19", []),
        ("20-11-2026", False, "2026-11-20", []),
        ("21-11-2026", False, None, [FUTURE]),
        ("21-11-2026", True, "2026-11-21", []),
        ("31-12-2100", True, "2100-12-31", []),
        ("1-1-2101", True, None, [YEAR]),
        ("1-1-2000", False, "2000-01-01", []),
        ("31-12-1999", False, None, [YEAR]),
        ("21-11-0026", False, None, [YEAR]),
        ("i morgen", False, None, [FUTURE]),
        ("i morgen", True, "2026-11-21", []),
        ("på fredag", True, "2026-11-27", []),
        ("snart", True, None, [AHEAD]),
        ("31-02-2026", False, None, [NO_SUCH_DAY]),
        ("31-02-2026", True, None, [NO_SUCH_DAY]),
        ("2026-02-31", False, None, [NO_SUCH_DAY]),
        ("21-11-20261", False, None, [DATE]),
        ("x" * 31, False, None, [DATE]),
        ("9" * 5000, False, None, [DATE]),
        ("\x00", False, None, [DATE]),
        ("\ud800", False, None, [DATE]),
    ],
)
@time_machine.travel(FRIDAY, tick=False)
def test_day_keeps_iso_or_says_why(typed: str, future: bool, kept: str | None, sentences: list[str]) -> None:
    field = day("Hvornår?", future=future)
    assert refusal(field, typed) == sentences
    if kept is not None:
        assert field.clean(typed) == kept


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2026-11-21", "21-11-2026"),
        ("21-11-2026", "21-11-2026"),
        ("2026-02-31", "2026-02-31"),
        ("2026-11-21\n", "2026-11-21\n"),
        ("١٩٩٩-٠١-٠١", "١٩٩٩-٠١-٠١"),
        ("i går", "i går"),
        ("21-", "21-"),
        ("", ""),
        (None, None),
    ],
)
def test_prepare_value_leaves_what_is_no_day_as_it_was_typed(kept: str | None, shown: str | None) -> None:
    assert DayAnswer().prepare_value(kept) == shown


@pytest.mark.parametrize(
    ("typed", "kept", "sentences"),
    [
        ("", "", []),
        ("0", "0", []),
        ("99", "99", []),
        (" 14 ", "14", []),
        ("014", "14", []),
        ("14 år", "14", []),
        ("14år", "14", []),
        ("0000", "0", []),
        ("100", None, ["Skriv et tal mellem 0 og 99."]),
        ("9999", None, ["Skriv et tal mellem 0 og 99."]),
        ("10000", None, [NUMBER]),
        ("-1", None, [NUMBER]),
        ("14,5", None, [NUMBER]),
        ("1e2", None, [NUMBER]),
        ("fjorten", None, [NUMBER]),
        ("fjorten år", None, [NUMBER]),
        ("١٤", None, [NUMBER]),
        ("²", None, [NUMBER]),
        ("9" * 5000, None, [NUMBER]),
        ("\x00", None, [NUMBER]),
    ],
)
def test_years_keeps_digits_or_says_why(typed: str, kept: str | None, sentences: list[str]) -> None:
    assert refusal(years("Alder"), typed) == sentences
    if kept is not None:
        assert years("Alder").clean(typed) == kept


def test_count_admits_both_its_bounds() -> None:
    field = NumberAnswer(lowest=3, highest=5)
    assert [number for number in range(10) if not refusal(field, str(number))] == [3, 4, 5]


TEXTS = [
    ("", "", []),
    ("  en tekst  ", "en tekst", []),
    ("én\r\nto\rtre", "én\nto\ntre", []),
    ("🙈👩‍👩‍👧", "🙈👩‍👩‍👧", []),
    ("\u202eabc\u202c שלום مرحبا", "\u202eabc\u202c שלום مرحبا", []),
    ("<script>alert(1)</script>", "<script>alert(1)</script>", []),
    ("'; DROP TABLE cases_case; --", "'; DROP TABLE cases_case; --", []),
    ("Tlf. 12 34 56 78, sag 2026-11-2134", "Tlf. 12 34 56 78, sag 2026-11-2134", []),
    ("En URL: data: hvad som helst", "En URL: data: hvad som helst", []),
    ("et\x00to", None, [CHARACTER]),
    ("et\ud800to", None, [CHARACTER]),
    ("010203-1234", None, [CPR]),
    ("0102031234", None, [CPR]),
    ("010203 1234", None, [CPR]),
    ("Hun hedder 010203–1234.", None, [CPR]),
    ("data:image/png;base64,iVBORw0KGgo=", None, [FILE]),
    ("Se data:text/html;charset=utf-8,%3Cb%3E", None, [FILE]),
]


@pytest.mark.parametrize("make", [short_text, long_text])
@pytest.mark.parametrize(("typed", "kept", "sentences"), TEXTS)
def test_written_keeps_the_text_or_says_why(make: Any, typed: str, kept: str | None, sentences: list[str]) -> None:
    assert refusal(make("Felt"), typed) == sentences
    if kept is not None:
        assert make("Felt").clean(typed) == kept


@pytest.mark.parametrize("length", [LINE_LENGTH + 1, 19_999, 20_001, 1_000_000])
def test_line_that_is_too_long_names_its_own_limit(length: int) -> None:
    assert refusal(short_text("Felt"), "æ" * length) == [
        f"Teksten fylder {length} tegn. Der er plads til {LINE_LENGTH}."
    ]


@pytest.mark.parametrize("length", [TEXT_LENGTH + 1, 20_001, 1_000_000])
def test_text_that_is_too_long_names_its_own_limit_and_a_way_out(length: int) -> None:
    sentence = f"Teksten fylder {length} tegn. Der er plads til {TEXT_LENGTH}. Del den op, eller skriv resten i loggen."
    assert refusal(long_text("Felt"), "æ" * length) == [sentence]


@pytest.mark.parametrize(("make", "limit"), [(short_text, LINE_LENGTH), (long_text, TEXT_LENGTH)])
def test_written_admits_its_whole_length(make: Any, limit: int) -> None:
    assert make("Felt").clean("æ" * limit) == "æ" * limit


@pytest.mark.parametrize(
    ("field", "typed", "sentences"),
    [
        (yes_no("?"), "ja", []),
        (yes_no("?"), "nej", []),
        (yes_no("?"), "ved_ikke", []),
        (yes_no("?"), "", []),
        (yes_no("?"), "JA", [CHOICE]),
        (one_of("?", CHOICES), "c", [CHOICE]),
        (one_of("?", CHOICES), "\x00", [CHOICE]),
        (pick("?", CHOICES), "", []),
        (pick("?", CHOICES), "c", [CHOICE]),
        (many_of("?", CHOICES), ["a", "b", "ved_ikke"], []),
        (many_of("?", CHOICES), [], []),
        (many_of("?", CHOICES), ["a", "c"], [CHOICE]),
        (many_of("?", CHOICES), "a", ["Vælg blandt svarene på listen."]),
    ],
)
def test_choice_outside_the_list_is_refused(field: forms.Field, typed: Any, sentences: list[str]) -> None:
    assert refusal(field, typed) == sentences


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (yes_no("?"), "ja", "Ja"),
        (yes_no("?"), "ved_ikke", "Ved ikke"),
        (one_of("?", CHOICES), "", ""),
        (pick("?", CHOICES), "b", "Så"),
        (many_of("?", CHOICES), ["b", "a"], "Så; Først"),
        (many_of("?", CHOICES), ["a", "nu fjernet"], "Først"),
        (many_of("?", CHOICES), [], ""),
        (short_text("?"), "ord", "ord"),
        (years("?"), "14", "14"),
        (day("?"), "2026-11-21", "21-11-2026"),
        (day("?"), "", ""),
    ],
)
def test_words_are_those_on_the_screen(field: Any, value: Any, words: str) -> None:
    assert field.words(value) == words


@pytest.mark.parametrize("make", [yes_no, lambda label: one_of(label, CHOICES), lambda label: many_of(label, CHOICES)])
def test_every_choice_ends_with_not_known_yet(make: Any) -> None:
    assert list(make("?").choices)[-1] == ("ved_ikke", "Ved ikke")


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("ja", True),
        (["a", "ved_ikke"], True),
        ([{"name": "A"}], True),
        ("", False),
        ([], False),
        (None, False),
        ("ved_ikke", False),
        (["ved_ikke"], False),
    ],
)
def test_is_known_needs_more_than_not_known_yet(value: object, known: bool) -> None:
    assert is_known(value) is known


class Asked(StepFields):
    choice = yes_no("Valg")
    many = many_of("Flere", CHOICES)
    words = short_text("Ord")
    on = day("Dag")
    count = years("Antal")


def test_step_form_gives_text_day_and_number_a_box() -> None:
    boxes = [name for name in Asked().fields if name.endswith("_ved_ikke")]
    assert boxes == ["words_ved_ikke", "on_ved_ikke", "count_ved_ikke"]
    assert {str(Asked().fields[name].label) for name in boxes} == {"Ved ikke"}


@pytest.mark.parametrize("name", ["words", "on", "count"])
def test_sensitive_inputs_are_not_remembered_by_the_browser(name: str) -> None:
    html = str(Asked()[name])
    assert 'autocomplete="off"' in html
    assert 'spellcheck="false"' in html


def test_quiet_form_shows_no_errors() -> None:
    assert not Asked({"on": "31-"}, quiet=True).errors
    assert Asked({"on": "31-"}).errors == {"on": [DATE]}


class Span(QuietForm):
    first = day("Først")
    last = day("Sidst")


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("2-1-2026", "1-1-2026", True),
        ("1-1-2026", "1-1-2026", False),
        ("1-1-2026", "2-1-2026", False),
        ("", "1-1-2026", False),
        ("1-1-2026", "", False),
        ("vrøvl", "1-1-2026", False),
    ],
)
@time_machine.travel(FRIDAY, tick=False)
def test_in_order_puts_its_sentence_at_the_last_day(first: str, last: str, wrong: bool) -> None:
    form = Span({"first": first, "last": last})
    form.full_clean()
    in_order("first", "last", "Slut før start.")(form)
    assert form.errors.get("last", []) == (["Slut før start."] if wrong else [])


def test_hint_of_a_day_to_come_shows_a_day_to_come() -> None:
    assert str(day("Opfølgning", future=True).help_text) == "Fx i morgen eller om 14 dage."
    assert "i går" in str(day("Hvornår?").help_text)


def test_reason_that_is_demanded_has_no_box_for_not_knowing() -> None:
    class Form(StepFields):
        confirm_reason = long_text("Hvorfor et lavere niveau?", reason_required=True)
        wait_reason = long_text("Hvorfor venter I?")

    assert list(Form().fields) == ["confirm_reason", "wait_reason", "wait_reason_ved_ikke"]


FORMS = [step.form for step in STEPS] + [table.row for step in STEPS for table in step.tables]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_no_field_of_the_card_lets_the_browser_cut_what_is_typed(form: type[forms.Form]) -> None:
    assert "maxlength" not in form().as_p()
