"""What SSP and the administrator may read, word by word: every text of the case has a word of its own to look for."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry

from guide.steps import STEPS
from guide.steps.questions import Written
from tests.attack import matrix
from tests.attack.deeds import DEEDS, object_of
from tests.attack.walk import address, ask, seen
from tests.attack.world import WORD, World

pytestmark = pytest.mark.usefixtures("paper")


def test_every_free_text_of_the_card_was_typed(world: World) -> None:
    """A question that is added must be typed in by ``world.fill``, or nothing is known about it here."""
    questions = {
        f"{WORD} {step.key} {name}"
        for step in STEPS
        for name, field in step.form.base_fields.items()
        if isinstance(field, Written)
    }
    cells = {
        f"{WORD} {step.key} {table.key} {name}"
        for step in STEPS
        for table in step.tables
        for name, field in table.row.base_fields.items()
        if isinstance(field, Written)
    }
    assert len(questions | cells) > 60
    assert questions | cells <= world.canaries


def everything_asked(world: World, actor: str) -> dict[tuple[str, str], str]:
    """Whatever comes back to this actor, from every address by every method, under htmx too."""
    answers = {}
    for pattern in matrix.rows():
        path = address(pattern, {**world.fills(actor), "object_id": object_of(world, pattern)})
        for method in ("GET", "POST"):
            answers[pattern, method] = told(seen(ask(world.client(actor), method, path)))
    for pattern in [pattern for pattern in matrix.rows() if pattern.startswith("sager/")]:
        path = address(pattern, world.fills(actor))
        answers[pattern, "htmx"] = told(seen(ask(world.client(actor), "GET", path, **{"HX-Request": "true"})))
    return answers


def told(answer: bytes) -> str:
    return unescape(answer.decode())


def test_anonymous_referral_tells_no_typed_word(
    world: World, paper: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    case = world.cases["anonymous"]
    answers = everything_asked(world, "ssp_anonymous")
    assert {place for place, answer in answers.items() if WORD in answer} == set()
    people = [world.users[actor].name for actor in ("owner", "participant", "leader")]
    letter = answers["sager/<uuid:public_id>/henvis/", "GET"]
    shown = answers["sager/", "GET"]
    assert [name for name in people if re.search(rf"\b{name}\b", letter)] == []
    assert paper == []
    assert WORD not in caplog.text + "".join(capfd.readouterr())
    # The test sees: the letter is there, with what was picked from lists.
    assert case.reference in letter
    assert case.reference in shown
    assert "Hvad viser billedet eller videoen?" in letter


def test_named_referral_tells_every_word_but_the_drafts(world: World) -> None:
    path = f"/sager/{world.cases['named'].public_id}/"
    client = world.client("ssp_named")
    pages = [told(seen(ask(client, "GET", path + page))) for page in ("resume/", "log/?orden=aeldste", "plan/", "")]
    missing = {word for word in world.canaries if not any(word in page for page in pages)}
    assert missing == {f"{WORD} kladde"}


def test_named_referral_reaches_no_other_case(world: World) -> None:
    answers = everything_asked(world, "ssp_elsewhere")
    assert {place for place, answer in answers.items() if WORD in answer} == set()
    assert {place for place, answer in answers.items() if world.cases["named"].reference in answer} == set()


def test_administrator_reads_no_case(world: World, paper: list[str]) -> None:
    """Every address, the histories included, after the administrator has changed whatever can be changed."""
    for name, deed in DEEDS.items():
        if deed.actor == "administrator":
            assert deed.send(world).status_code == 302, name
    assert LogEntry.objects.exists()
    answers = everything_asked(world, "administrator")
    secret = [WORD, *(case.reference for case in world.cases.values())]
    assert {place for place, answer in answers.items() if any(word in answer for word in secret)} == set()
    assert paper == []


def searches(world: World) -> list[str]:
    return [WORD, world.cases["named"].reference, str(world.cases["named"].public_id), "note", "closed"]


@pytest.mark.parametrize("model", matrix.ADMIN_MODELS)
def test_administrators_search_finds_no_case(model: str, world: World) -> None:
    """By words, and by the columns of a case that a user is joined to."""
    client = world.client("administrator")
    for query in [f"?q={text}" for text in searches(world)]:
        assert not re.search(
            rf"{WORD} |{world.cases['named'].reference}<", told(seen(ask(client, "GET", f"/admin/{model}/{query}")))
        )
    for column in (
        "owned_cases__status=open",
        "entries__kind=note",
        "drafts__step=stop",
        "cases__reference__startswith=2",
    ):
        assert ask(client, "GET", f"/admin/{model}/?{column}").status_code in {302, 400}


def test_serial_key_of_a_case_is_in_no_page(world: World) -> None:
    """Rows are named by random ids: a number in sequence would tell how many cases there are."""
    case = world.cases["named"]
    for pattern in [pattern for pattern in matrix.rows() if pattern.startswith("sager/")]:
        answer = told(seen(ask(world.client("owner"), "GET", address(pattern, world.fills("owner")))))
        assert not re.search(rf"/sager/{case.pk}\b|(?:case|pk|id)=[\"']?{case.pk}\b", answer), pattern
