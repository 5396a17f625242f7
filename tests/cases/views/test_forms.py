from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.log import case_transaction
from cases.text.dates import format_moment, moment_of, read_clock, read_clock_with_season
from cases.text.text_rules import MAX_LENGTH
from cases.views.forms import NoteForm, ReasonForm, ReferForm, SubmissionForm

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def note(**typed: Any) -> NoteForm:
    return NoteForm({"nature": "fact", "text": "Vi talte sammen.", "submission_id": str(uuid4())} | typed)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("14.30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("Kl. 8.05", time(8, 5)),
        ("kl 8", time(8, 0)),
        ("00.00", time(0, 0)),
        ("24.00", None),
        ("14.60", None),
        ("halv tre", None),
        ("", None),
    ],
)
def test_read_clock(typed: str, clock: time | None) -> None:
    assert read_clock(typed) == clock


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(14, 30), "20. november 2026 kl. 14.30"),
        (time(0, 0), "20. november 2026 kl. 00.00"),
        (None, "20. november 2026"),
    ],
)
def test_in_words_tells_midnight_from_an_unknown_hour(clock: time | None, words: str) -> None:
    assert format_moment(moment_of(date(2026, 11, 20), clock)) == words


def test_note_puts_day_and_clock_together() -> None:
    form = note(day="i går", clock="8.15")
    assert form.is_valid()
    assert form.cleaned_data["happened_at"] == NOON - timedelta(days=1, hours=3, minutes=45)


@pytest.mark.parametrize(
    ("day", "clock", "utc", "shown"),
    [
        ("25-10-2026", "01.59", "23:59", "25. oktober 2026 kl. 01.59"),
        ("25-10-2026", "02.30 sommertid", "00:30", "25. oktober 2026 kl. 02.30 sommertid"),
        ("25-10-2026", "kl. 2.30 Vintertid", "01:30", "25. oktober 2026 kl. 02.30 vintertid"),
        ("25-10-2026", "03.00", "02:00", "25. oktober 2026 kl. 03.00"),
        ("29-03-2026", "01.59", "00:59", "29. marts 2026 kl. 01.59"),
        ("29-03-2026", "03.00 sommertid", "01:00", "29. marts 2026 kl. 03.00"),
        ("20-11-2026", "14.30 vintertid", "13:30", "20. november 2026 kl. 14.30"),
    ],
)
def test_note_near_a_change_of_the_clocks(day: str, clock: str, utc: str, shown: str) -> None:
    form = note(day=day, clock=clock)
    assert form.is_valid()
    happened = form.cleaned_data["happened_at"]
    assert (happened.astimezone(UTC).strftime("%H:%M"), format_moment(happened)) == (utc, shown)
    assert format_moment(happened.astimezone(UTC)) == shown


DOUBLED = (
    "Kl. 02.30 var der to gange den nat: uret blev stillet tilbage fra kl. 03.00 til kl. 02.00. Skriv 02.30 sommertid, "
    "hvis det var den første gang, og 02.30 vintertid, hvis det var den anden."
)
SKIPPED = "Kl. 02.30 fandtes ikke den dag: uret blev stillet frem fra kl. 02.00 til kl. 03.00. Skriv, hvad klokken var."
NOT_THAT_SEASON = "Sådan gik uret ikke den dag. Skriv klokkeslættet uden sommertid og vintertid."


@pytest.mark.parametrize("year", [2000, 2026, 2027])
def test_every_hour_of_a_year_is_shown_as_typed_or_asked_about(year: int) -> None:
    asked = Counter[str]()
    for hour in range(365 * 24):
        typed = datetime(year, 1, 1) + timedelta(hours=hour, minutes=30)  # as typed: without a zone
        try:
            assert format_moment(moment_of(typed.date(), typed.time())).endswith(typed.strftime("kl. %H.%M"))
        except ValidationError as refusal:
            asked[refusal.code or ""] += 1
    assert asked == {"skipped": 1, "doubled": 1}


@pytest.mark.parametrize("typed", ["sommertid", "25 vintertid", "02.30 sommertid vintertid", "02.30 tid"])
def test_season_needs_a_clock(typed: str) -> None:
    assert read_clock_with_season(typed) is None


def test_note_may_be_without_a_time() -> None:
    form = note()
    assert form.is_valid()
    assert form.cleaned_data["happened_at"] is None


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"text": " \n "}, "text", "Skriv, hvad der skete."),
        ({"nature": ""}, "nature", "Vælg, hvad det er for en slags notat."),
        ({"nature": "gossip"}, "nature", "Vælg et af svarene på listen."),
        ({"day": "forleden"}, "day", "Skriv datoen som dag-måned-år, fx 21-11-2026."),
        ({"day": "i overmorgen"}, "day", "Datoen ligger ude i fremtiden. Skriv den dag, det skete."),
        ({"day": "31-02-2026"}, "day", "Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen."),
        ({"day": "22-11-2026"}, "day", "Datoen ligger ude i fremtiden. Skriv den dag, det skete."),
        ({"day": "21-11-1026"}, "day", "Årstallet ser forkert ud. Skriv fx 21-11-2026."),
        ({"day": "i dag", "clock": "25"}, "clock", "Skriv klokkeslættet som timer og minutter, fx 14.30."),
        (
            {"day": "i dag", "clock": "12.01"},
            "clock",
            "Klokkeslættet ligger ude i fremtiden. Skriv, hvornår det skete.",
        ),
        ({"day": "29-03-2026", "clock": "02.30"}, "clock", SKIPPED),
        ({"day": "29-03-2026", "clock": "02.30 vintertid"}, "clock", SKIPPED),
        ({"day": "25-10-2026", "clock": "0230"}, "clock", DOUBLED),
        ({"day": "01-07-2026", "clock": "14.30 vintertid"}, "clock", NOT_THAT_SEASON),
        ({"clock": "8"}, "day", "Skriv også, hvilken dag det var."),
        ({"who": "x" * 201}, "who", "Teksten fylder 201 tegn. Der er plads til 200."),
        ({"where": "a\x00b"}, "where", "Teksten indeholder et tegn, der ikke kan gemmes. Skriv det sted om."),
        (
            {"text": "Hun hedder 010203-1234"},
            "text",
            "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort.",
        ),
        (
            {"text": "x" * (MAX_LENGTH + 1)},
            "text",
            "Teksten er for lang: der er plads til 20000 tegn, og her er 20001. Del den i flere notater.",
        ),
    ],
)
def test_note_says_what_is_wrong_at_the_field(typed: dict[str, str], field: str, sentence: str) -> None:
    form = note(**typed)
    assert not form.is_valid()
    assert {name: list(errors) for name, errors in form.errors.items()} == {field: [sentence]}


@pytest.mark.parametrize("sent", ["", "not a number", "9" * 5000])
def test_a_form_without_its_number_gets_a_new_one(sent: str) -> None:
    form = ReasonForm({"reason": "Færdig.", "submission_id": sent})
    assert form.is_valid()
    assert isinstance(form.cleaned_data["submission_id"], UUID)


def test_a_form_keeps_its_number() -> None:
    number = uuid4()
    form = ReasonForm({"reason": "Færdig.", "submission_id": str(number)})
    assert form.is_valid()
    assert form.cleaned_data["submission_id"] == number


def test_each_form_shown_has_a_number_of_its_own() -> None:
    assert ReasonForm()["submission_id"].value() != ReasonForm()["submission_id"].value()


def test_refer_without_anything_to_send_does_not_ask_for_it() -> None:
    assert "parts" not in ReferForm(parts=[]).fields


def test_refer_takes_only_parts_on_offer() -> None:
    typed = {"form": "anonymous", "purpose": "Råd", "parts": ["vurder"], "read_through": "on"}
    form = ReferForm(typed, parts=[("afdaek", "Afdæk")])
    assert list(form.errors) == ["parts"]


def test_what_the_record_refuses_becomes_an_error_of_the_form() -> None:
    def refuse(data: dict[str, Any]) -> None:
        raise case_transaction.CaseClosed

    form = ReasonForm({"reason": "Færdig."})
    assert not form.carries_out(refuse)
    assert form.non_field_errors() == ["Sagen er afsluttet. Den skal genåbnes, før der kan skrives i den."]


@pytest.mark.parametrize("form", SubmissionForm.__subclasses__() + ReasonForm.__subclasses__())
def test_no_field_lets_the_browser_cut_what_is_typed(form: type[SubmissionForm]) -> None:
    assert [field.label for field in form.base_fields.values() if "maxlength" in field.widget.attrs] == []
