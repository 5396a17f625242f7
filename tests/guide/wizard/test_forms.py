from typing import Any
from uuid import UUID

import pytest

from guide.wizard.forms import DutyForm, SkipForm

NUMBER = "4f1b1c9e-2f5a-4d7e-9d37-0a6f5a3f8a11"
CPR = "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."
CHARACTER = "Teksten indeholder et tegn, der ikke kan gemmes. Skriv det sted om."


@pytest.mark.parametrize(
    ("reason", "sentences"),
    [
        ("Billedet er slettet.", []),
        ("", ["Skriv begrundelsen. Den følger sagen."]),
        ("  \r\n ", ["Skriv begrundelsen. Den følger sagen."]),
        ("Se 010203-1234", [CPR]),
        ("et\x00to", [CHARACTER]),
        (
            "x" * 1_000_000,
            ["Teksten fylder 1000000 tegn. Der er plads til 5000. Del den op, eller skriv resten i loggen."],
        ),
    ],
)
def test_skipping_needs_a_reason_that_can_be_kept(reason: str, sentences: list[str]) -> None:
    form = SkipForm({"reason": reason, "submission_id": NUMBER})
    assert form.errors.get("reason", []) == sentences
    assert form["reason"].value() == reason


@pytest.mark.parametrize("number", ["", "1", "x" * 5000, "\x00"])
@pytest.mark.parametrize("form", [SkipForm, DutyForm])
def test_form_without_its_number_is_given_one_and_loses_nothing(form: Any, number: str) -> None:
    sent = form({"reason": "x", "outcome": "done", "submission_id": number})
    assert sent.is_valid()
    assert isinstance(sent.cleaned_data["submission_id"], UUID)


@pytest.mark.parametrize(
    ("outcome", "reason", "wrong"),
    [
        ("done", "", {}),
        ("done", "Ringet kl. 9.", {}),
        ("not_relevant", "Eleven er voksen.", {}),
        ("not_relevant", "", {"reason": ["Skriv, hvorfor opgaven ikke er relevant."]}),
        ("not_relevant", "   ", {"reason": ["Skriv, hvorfor opgaven ikke er relevant."]}),
        ("done", "010203 1234", {"reason": [CPR]}),
    ],
)
def test_what_is_not_relevant_needs_its_reason(outcome: str, reason: str, wrong: dict[str, list[str]]) -> None:
    form = DutyForm({"outcome": outcome, "reason": reason, "submission_id": NUMBER})
    assert dict(form.errors) == wrong
    if not wrong:
        assert form.cleaned_data == {"outcome": outcome, "reason": reason, "submission_id": UUID(NUMBER)}


@pytest.mark.parametrize("outcome", ["", "open", "DONE", "\x00", "overdue"])
def test_outcome_outside_the_list_is_refused(outcome: str) -> None:
    assert "outcome" in DutyForm({"outcome": outcome, "reason": "x", "submission_id": NUMBER}).errors
