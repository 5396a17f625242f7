"""What SSP and the administrator may read, word by word: every text of the case has a word of its own to look for."""

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cases.enums import ReferralChange
from cases.log import writer
from cases.log.case_file import CaseFile, ReferralReading, read_case, read_referral
from cases.models import Case, Participant, User
from cases.sharing import actions, sparring
from guide.demo.demo_data import file_answers
from guide.questionnaire.fields import TextAnswer
from guide.steps import STEPS
from tests.attack import matrix
from tests.attack.actions import ACTIONS, object_of
from tests.attack.walk import address, ask, seen
from tests.attack.world import WORD, World

pytestmark = pytest.mark.usefixtures("paper")


def test_every_free_text_of_the_card_was_typed(world: World) -> None:
    """A question that is added must be typed in by ``world.fill``, or nothing is known about it here."""
    questions = {
        f"{WORD} {step.key} {name}"
        for step in STEPS
        for name, field in step.form.base_fields.items()
        if isinstance(field, TextAnswer)
    }
    cells = {
        f"{WORD} {step.key} {table.key} {name}"
        for step in STEPS
        for table in step.tables
        for name, field in table.row.base_fields.items()
        if isinstance(field, TextAnswer)
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
    assert "Hvad viser billedet?" in letter


def test_named_referral_tells_every_word_but_the_drafts(world: World) -> None:
    path = f"/sager/{world.cases['named'].public_id}/"
    client = world.client("ssp_named")
    pages = [told(seen(ask(client, "GET", path + page))) for page in ("resume/", "log/?orden=aeldste", "plan/", "")]
    missing = {word for word in world.canaries if not any(word in page for page in pages)}
    assert missing == {f"{WORD} kladde"}


# --- Field by field ---

BOTH, NAMED = {"ssp_named", "ssp_anonymous"}, {"ssp_named"}
OWNER, COLLEAGUE, BROKEN = "Olga Ejersdatter", "Palle Medadgang", "Loggen er ikke, som den blev skrevet"
SKIPPED, CLOSED = "Vi nåede det ikke", "Vi er færdige med sagen"
WORDLESS = {"first_filed", "deadlines", "deviated", "sections", "closed", "last_seq"}
"""Days and a mark by which the plan is drawn, and what a form or a filing is built on; nothing of them is told by
itself: the steps have the sections that stand."""

# Every field of a case -> which SSP reads it, and words that stand on a page if and only if it is read.
OF_THE_CASE: dict[str, tuple[set[str], Callable[[CaseFile], str]]] = {
    "public_id": (BOTH, lambda case_file: str(case_file.public_id)),
    "reference": (BOTH, lambda case_file: case_file.reference),
    "status": (BOTH, lambda case_file: "Afsluttet</"),
    "school_name": (BOTH, lambda case_file: case_file.school_name),
    "owner_name": (NAMED, lambda case_file: case_file.owner_name),
    "opened_at": (NAMED, lambda case_file: "4. marts 2019"),
    "closed_at": (BOTH, lambda case_file: "06-05-2020"),
    "progress": (BOTH, lambda case_file: "af 7 udfyldt"),
    "entries": (NAMED, lambda case_file: f"{WORD} rettelse"),
    "steps": (NAMED, lambda case_file: f"{WORD} afdaek what_happened"),
    "skips": (NAMED, lambda case_file: SKIPPED),
    # Of the judgement an anonymous referral tells level, titles of flags, and whether the police come first.
    "assessment": (NAMED, lambda case_file: case_file.assessment["reasons"][0] if case_file.assessment else ""),
    "levels": (
        NAMED,
        lambda case_file: next(move.content["reason"] for move in case_file.levels if move.content["reason"]),
    ),
    "notes": (NAMED, lambda case_file: f"{WORD} notat"),
    # Of the tasks SSP's list tells how many press now, or when the next one is due.
    "duties": (NAMED, lambda case_file: f"{WORD} begrundelse"),
    "referrals": (BOTH, lambda case_file: case_file.referrals[0].content["purpose"]),
    "status_entry": (NAMED, lambda case_file: CLOSED),
    "participants": (NAMED, lambda case_file: case_file.participants[-1].name),
    "intact": (NAMED, lambda case_file: BROKEN),
}
# Every field of an anonymous referral: all of it is told, and nothing else is.
OF_THE_REFERRAL: dict[str, Callable[[ReferralReading], str]] = {
    "reference": lambda letter: letter.reference,
    "school_name": lambda letter: letter.school_name,
    "form": lambda letter: str(letter.form.label),
    "sent_at": lambda letter: f"sendt {timezone.localtime(letter.sent_at).day}. ",
    "purpose": lambda letter: letter.purpose,
    "message": lambda letter: letter.message,
    "basis": lambda letter: letter.basis,
    "necessity": lambda letter: letter.necessity,
    "included": lambda letter: letter.included[-1],
    "levels": lambda letter: "Niveau",
    "confirmed": lambda letter: "Vurderet af skolen",
    "deletion_waits": lambda letter: "Politiet skal spørges, før noget slettes",
    "flags": lambda letter: letter.flags[0][1],
    "progress": lambda letter: "af 7 udfyldt",
    "lines": lambda letter: letter.lines[-1].content["message"],
    "state": lambda letter: "Skolens tur",
    "claimed_by": lambda letter: "Du har den",
}


def told_by(world: World, actor: str) -> str:
    """All that this SSP consultant finds about the case."""
    place = f"/sager/{world.case_of(actor).public_id}/"
    pages = ["/sager/?vis=alle", *(place + page for page in ("", "plan/", "log/?orden=aeldste", "resume/", "henvis/"))]
    return "".join(told(seen(ask(world.client(actor), "GET", page))) for page in pages)


def known(world: World, actor: str) -> Case:
    """The case that this actor asks for, with something to be found for each field of it."""
    case, by = world.case_of(actor), world.users["owner"]
    writer.skip_step(case=case, by=by, step="stop", title="Stop", reason=SKIPPED, submission_id=uuid4())
    actions.add_participant(case=case, by=by, user=world.users["colleague"])
    User.objects.filter(pk=by.pk).update(name=OWNER)
    User.objects.filter(pk=world.users["colleague"].pk).update(name=COLLEAGUE)
    writer.close_case(case=case, by=by, reason=CLOSED)
    Case.objects.unscoped("test").filter(pk=case.pk).update(
        opened_at=datetime(2019, 3, 4, 12, tzinfo=UTC),
        closed_at=datetime(2020, 5, 6, 12, tzinfo=UTC),
        head_hash="0" * 64,
    )
    return Case.objects.unscoped("test").select_related("school", "owner").get(pk=case.pk)


@pytest.mark.parametrize("actor", sorted(BOTH))
def test_every_field_of_a_case_is_told_as_declared(actor: str, world: World) -> None:
    """A new field of the dossier fails until it is declared."""
    assert set(OF_THE_CASE) | WORDLESS == {field.name for field in dataclasses.fields(CaseFile)}
    case = known(world, actor)
    case_file = read_case(case)
    assert Participant.objects.filter(case=case, removed_at=None).exists()
    page = told_by(world, actor)
    signs = {name: sign(case_file) for name, (_readers, sign) in OF_THE_CASE.items()}
    assert "" not in signs.values()
    found = {name for name, sign in signs.items() if sign in page}
    assert found == {name for name, (readers, _sign) in OF_THE_CASE.items() if actor in readers}


def test_every_field_of_an_anonymous_referral_is_told(world: World) -> None:
    assert set(OF_THE_REFERRAL) == {field.name for field in dataclasses.fields(ReferralReading)}
    case, ssp = world.cases["anonymous"], world.users["ssp_anonymous"]
    file_answers(case, case.owner, "anmeld", {"police_contacted": "nej"})
    case = Case.objects.unscoped("test").select_related("school", "owner").get(pk=case.pk)
    sparring.write_line(
        case=case,
        by=ssp,
        change=ReferralChange.ADVISED,
        text="Tag det roligt.",
        shown=sparring.Shown(case.head_seq, ""),
        submission_id=uuid4(),
    )
    letter = read_referral(case, ssp)
    assert letter
    page = told_by(world, "ssp_anonymous")
    assert {name: sign(letter) in page for name, sign in OF_THE_REFERRAL.items()} == dict.fromkeys(
        OF_THE_REFERRAL, True
    )


def test_named_referral_reaches_no_other_case(world: World) -> None:
    answers = everything_asked(world, "ssp_elsewhere")
    assert {place for place, answer in answers.items() if WORD in answer} == set()
    assert {place for place, answer in answers.items() if world.cases["named"].reference in answer} == set()


def test_administrator_reads_no_case(world: World, paper: list[str]) -> None:
    """Every address, the histories included, after the administrator has changed whatever can be changed."""
    for name, action in ACTIONS.items():
        if action.actor in {"administrator", "keeper"}:
            assert action.send(world).status_code == action.answer, name
    assert LogEntry.objects.exists()
    answers = everything_asked(world, "administrator")
    references = [case.reference for case in world.cases.values()]
    assert {place for place, answer in answers.items() if WORD in answer} == set()
    named = {pattern for (pattern, _), answer in answers.items() if any(word in answer for word in references)}
    assert named <= {"opbevaring/", "opbevaring/<uuid:public_id>/"}, "where a second person approves by number"
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
