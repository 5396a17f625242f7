"""How hard the texts are to read: every page that anybody may open, and the questions of each step."""

import pytest
from django.test import Client
from django.urls import reverse

from guide.steps import STEPS
from tests.guide.reading_ease import MOST, lix, page_lix

PAGES = (
    "start", "akut", "vejledning", "samtaler", "vaegkort", "niveauer", "kontakter", "proev", "tilgaengelighed",
    "databeskyttelse",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, *(step.key for step in STEPS)])
def test_page_is_easy_to_read(name: str) -> None:
    address = reverse(name) if name in PAGES else reverse("trin_vejledning", args=[name])
    assert page_lix(Client().get(address).text) <= MOST


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_questions_are_easy_to_read(step) -> None:  # type: ignore[no-untyped-def]
    said = [step.lead, *(section.intro for section in step.sections)]
    said += [words for field in step.questions.values() for words in (field.label, field.help_text)]
    assert lix(" ".join(str(words) for words in said if words)) <= MOST


def test_a_hard_text_is_found() -> None:
    assert lix("Katten sov. Hunden gik ud.") < 10
    assert lix("Underretningspligten omfatter samtlige medarbejdere beskæftiget med undervisningsopgaver") > MOST
    page = "<main><form><p>{}</p></form><nav>Hunden gik ud.</nav><p class='print-only'>Hunden gik ud.</p></main>"
    assert page_lix(page.format("Underretningspligten omfatter samtlige medarbejdere.")) > MOST
