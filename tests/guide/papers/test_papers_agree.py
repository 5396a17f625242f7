"""The papers of a case agree with one another and with the plan: a table of facts, and how a paper may word each.

Every paper that a case offers is drawn as HTML, of the demo's stories and of some that answer otherwise: the one page,
the summary, the sheet for the police, each draft of a notification, the sheets for talks, the family's log sheet, and
the letter to SSP without names, with every answer that can go along.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.documents import pdf
from cases.documents.police_sheet import build_police_sheet
from cases.documents.summary import Sheet, build_summary
from cases.enums import ReferralForm, Status
from cases.log.case_file import read_case, read_current
from cases.models import Case
from cases.sharing.anonymous_parts import parts_of
from guide.demo import demo_data
from guide.demo.story import DemoCase
from guide.papers.case_papers import PUPIL, decided_children
from guide.questionnaire.schema import Situation
from guide.rules.children import key_about
from guide.rules.enums import Flag, FlagState
from guide.rules.flag_texts import FLAG_TITLES, REASONS, SPREAD_REASONS
from guide.steps import BY_KEY, vurder
from guide.wizard.case_state import situation_of
from tests.built_once import built_once
from tests.figures import LONG
from tests.guide.page_reader import logged_in, read

pytestmark = pytest.mark.django_db

IN_SHORT = (2, 3, 7, 10)
"""The stories of the short form; the long one has all."""


@dataclass(frozen=True)
class Told:
    """A case, what is so in it, and the words of each of its papers and of the plan."""

    case: Case
    situation: Situation
    sheet: Sheet
    papers: Mapping[str, str]

    def answer(self, step: str, question: str) -> object:
        return self.situation.get(step, question)

    def state(self, flag: Flag) -> FlagState:
        return self.situation.assessment.state(flag)

    @property
    def tasks(self) -> set[str]:
        """The duties that the plan has, done or not."""
        return {duty.kind for duty in self.situation.assessment.duties}


def words_of(html: str) -> str:
    (main,) = read(html).having("main")
    return main.words


def letter_to_ssp(case: Case, browser: Client) -> str:
    """What SSP would read, as it is shown before anything is sent."""
    parts = [part.key for part in parts_of(read_current(case))]
    sent = {"form": ReferralForm.ANONYMOUS, "purpose": "Råd", "parts": parts, "submission_id": str(uuid4())}
    answer = browser.post(reverse("henvis", args=[case.public_id]), sent)
    assert "Det kommer SSP til at læse" in answer.text, answer.status_code
    return words_of(answer.text)


def papers_of(case: Case, browser: Client, sheet: Sheet, situation: Situation) -> Iterator[tuple[str, str]]:
    def page(name: str, *rest: str) -> str:
        answer = browser.get(reverse(name, args=[case.public_id, *rest]), {"navne": "alle"})
        assert answer.status_code == 200, (name, rest)
        return words_of(answer.text)

    yield from ((name, page(name)) for name in ("plan", "kort", "resume", "sagens_samtaler"))
    if case.status == Status.OPEN:
        yield "ssp", letter_to_ssp(case, browser)
    yield "politiark", words_of(pdf._html("politiark", {"police": build_police_sheet(sheet), "sheet": sheet}))
    if situation.assessment.state(Flag.HOME) is FlagState.NOT_SET:
        sent = {"reference": case.reference, "school": "Skolen", "contact": "Lis", "rows": range(1)}
        yield "logark", words_of(pdf._html("logark", sent))
    for child in decided_children(situation):
        key = child.key or PUPIL
        yield f"underretning {key}", page("underretning", key)


def otherwise(story: DemoCase, step: str, without: tuple[str, ...] = (), **answers: Any) -> DemoCase:
    """The story with other answers in a step, and nothing after the steps."""
    own = {name: answer for name, answer in story.steps[step].items() if name not in without} | answers
    steps = {**story.steps, step: own}
    return replace(story, steps=steps, ticks={}, referral="", closed_because="", notes=())


def stories() -> list[DemoCase]:
    told = demo_data.stories(timezone.localdate())
    shared = told[1]
    asked = ("police_contacted_on", "police_deletion", "police_advice")
    reported = ("who_reports", "report_way", "reported_on", "police_reference", "police_outcome")
    return [
        *(story for number, story in enumerate(told, start=1) if LONG or number in IN_SHORT),
        otherwise(replace(shared, steps={key: shared.steps[key] for key in list(shared.steps)[:4]}), "vurder"),
        otherwise(_before_stop(shared), "anmeld", police_deletion="not_yet"),
        otherwise(_before_stop(shared), "anmeld", (*asked, *reported), police_contacted="nej", report_decision="will"),
    ]


def _before_stop(story: DemoCase) -> DemoCase:
    return replace(story, steps={key: story.steps[key] for key in story.steps if key not in ("stop", "behandl")})


def tell() -> list[Told]:
    users = demo_data._create_users()
    for story in stories():
        demo_data._create_case(story, users)
    browsers = {user.pk: logged_in(user) for user in users.values()}
    cases = Case.objects.unscoped("test").filter(owner__in=users.values())
    return [told_of(case, browsers[case.owner_id]) for case in cases.select_related("school__municipality", "owner")]


def told_of(case: Case, browser: Client) -> Told:
    case_file = read_case(case)
    situation = situation_of(case_file, timezone.now())
    sheet = build_summary(case, case_file, case.owner, timezone.now())
    return Told(case, situation, sheet, dict(papers_of(case, browser, sheet, situation)))


told = built_once(tell)


@dataclass(frozen=True)
class Fact:
    """What is so in some cases; then each of ``said`` stands in the papers named, and none of ``never`` in any."""

    name: str
    holds: Callable[[Told], bool]
    said: tuple[tuple[str, str], ...] = ()
    never: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """The duties that the plan and the one page then have not."""


def is_so(step: str, question: str, *answers: str) -> Callable[[Told], bool]:
    return lambda one: one.answer(step, question) in answers


def act(step: str, question: str) -> str:
    return str(BY_KEY[step].questions[question].traits.act)


def flag_facts() -> Iterator[Fact]:
    for flag in Flag:
        for state in FlagState:
            # Of what spreads there are two reasons, and what may stand beside them is part of both.
            texts = {other: str(REASONS[flag][other]) for other in FlagState if other is not state}
            shown = () if state is FlagState.NOT_SET or flag is Flag.SPREAD else (str(REASONS[flag][state]),)
            raised = {FlagState.SET: (str(FLAG_TITLES[flag]),), FlagState.POSSIBLE: (f"{FLAG_TITLES[flag]} (måske)",)}
            yield Fact(
                f"{flag} {state}",
                lambda one, flag=flag, state=state: one.state(flag) is state,  # type: ignore[misc]
                said=(
                    *(("resume", text) for text in shown),
                    *(("ssp", title) for title in raised.get(state, ())),
                ),
                never=tuple(texts.values()),
            )


_NO_DELETION = ("Politiet før sletning.", "Bed ikke eleven slette noget endnu", "at intet bliver slettet endnu")
_ASK_FIRST = "Politiet skal spørges, før noget slettes"
_DELETION = ("at billedet bliver slettet alle steder", "»Slet det så.«")
LEVEL_WORDS = {1: "Lavt", 2: "Mellem", 3: "Højt", 4: "Meget højt"}
CONTACTED = act("anmeld", "police_contacted_on")
FACTS = (
    *flag_facts(),
    Fact(
        "deletion waits",
        lambda one: one.situation.assessment.deletion_waits,
        said=(("ssp", _ASK_FIRST),),
        never=_DELETION,
    ),
    Fact(
        "deletion is allowed",
        is_so("anmeld", "police_deletion", "allowed"),
        said=tuple((paper, "Ja, det må slettes") for paper in ("resume", "politiark", "kort", "ssp")),
        never=(*_NO_DELETION, _ASK_FIRST, "Nej, ikke endnu", "Slet ikke noget endnu"),
        without=("do_not_delete", "ask_police"),
    ),
    Fact(
        "deletion is not allowed",
        is_so("anmeld", "police_deletion", "not_yet"),
        said=(
            ("resume", "Nej, ikke endnu"),
            ("politiark", "Nej, ikke endnu"),
            ("ssp", "Nej, ikke endnu"),
            ("kort", "Sletning: Politiet har sagt, at intet må slettes endnu."),
        ),
        never=(*_DELETION, "Ja, det må slettes"),
    ),
    Fact(
        "police contacted",
        is_so("anmeld", "police_contacted", "ja"),
        said=(("resume", CONTACTED), ("ssp", "Er politiet spurgt til råds? Ja")),
        without=("ask_police",),
    ),
    Fact(
        "police not contacted",
        is_so("anmeld", "police_contacted", "nej"),
        said=(("ssp", "Er politiet spurgt til råds? Nej"),),
        never=(f"{CONTACTED} (",),
    ),
    Fact(
        "parents told",
        is_so("inddrag", "parents_told", "all"),
        said=(("ssp", "Ved forældrene det? Ja, alle"),),
        without=("inform_parents", "ask_before_parents"),
    ),
    Fact(
        "leader told",
        is_so("vurder", "leadership", "ja"),
        said=(("ssp", "Er ledelsen inde i sagen? Ja"),),
        without=("leader_now", "involve_leadership"),
    ),
    Fact(
        "going on",
        is_so("afdaek", "ongoing", "ja"),
        said=(("ssp", "Foregår det stadig? Ja"),),
        never=("Krænkelsen er hørt op",),
    ),
    Fact(
        "stopped",
        is_so("afdaek", "ongoing", "nej"),
        said=(("ssp", "Foregår det stadig? Nej"),),
        never=("Krænkelsen står på", str(SPREAD_REASONS[True, False])),
    ),
    Fact(
        "offender known",
        lambda one: bool(one.situation.assessment.facts.offender_identified),
        never=("I mangler at vide, hvem der krænker",),
    ),
    Fact("home suspected", lambda one: one.state(Flag.HOME) is FlagState.SET, without=("inform_parents",)),
)


def open_titles(one: Told) -> set[str]:
    """The titles of what is still to be done, on the plan and on the one page."""
    return {task.what for task in one.sheet.first.tasks}


def differences(one: Told, fact: Fact) -> list[str]:
    """What the papers of this case say against the fact, which holds."""
    lacks = [f"{paper} lacks »{text}«" for paper, text in fact.said if text not in one.papers.get(paper, text)]
    says = [f"{paper} says »{text}«" for paper, words in one.papers.items() for text in fact.never if text in words]
    answered = {duty.kind for duty in one.situation.assessment.duties if str(duty.title) in open_titles(one)}
    return lacks + says + [f"{duty} is still to do" for duty in fact.without if duty in answered]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name.replace(" ", "_"))
def test_papers_agree_about(fact: Fact, told: list[Told]) -> None:
    found = {one.case.reference: differences(one, fact) for one in told if fact.holds(one)}
    assert {case: wrong for case, wrong in found.items() if wrong} == {}


def test_level_is_that_of_the_case_on_every_paper(told: list[Told]) -> None:
    for one in told:
        assessment = one.situation.assessment
        confirmed = one.case.confirmed_level
        levels = [confirmed] if confirmed else [int(level) for level in assessment.rating.levels]
        for paper in ("kort", "resume"):
            for level in levels:
                assert f"{level} {LEVEL_WORDS[level]}" in one.papers[paper], (one.case.reference, paper)
            alone = vurder.is_assessed_alone(one.situation)
            assert ("bekræftet af skolen" in one.papers[paper]) is bool(confirmed and not alone)
            assert ("vurderet af én person" in one.papers[paper]) is bool(confirmed and alone)
        if letter := one.papers.get("ssp"):
            every = "Niveau 1–4 er muligt"
            said = [every] if len(levels) == 4 else [f"Niveau {level}: {LEVEL_WORDS[level]}" for level in levels]
            assert [words for words in said if words not in letter] == []
            assert ("Vurderet af skolen" in letter) is bool(confirmed)
        assert "Niveau" not in one.papers["politiark"]


def test_everybody_violated_is_named_on_every_paper_about_the_case(told: list[Told]) -> None:
    for one in told:
        rows: Any = one.answer("afdaek", "people") or []
        names = [row["name"] for row in rows if "victim" in row.get("roles", ())]
        assert [name for name in names for paper in ("resume", "politiark") if name not in one.papers[paper]] == []
        assert [row["name"] for row in rows if row["name"] and row["name"] in one.papers.get("ssp", "")] == []


def test_notification_is_offered_for_whom_it_is_decided(told: list[Told]) -> None:
    for one in told:
        decided = {f"underretning {child.key or PUPIL}" for child in decided_children(one.situation)}
        assert {paper for paper in one.papers if paper.startswith("underretning")} == decided
        for child in decided_children(one.situation):
            open_duties = {duty.key for duty in one.situation.assessment.duties if str(duty.title) in open_titles(one)}
            assert key_about("consider_notification", child.key) not in open_duties


def test_no_fact_of_the_table_is_without_a_case(told: list[Told]) -> None:
    stated = [fact for fact in FACTS if " set" not in fact.name and " possible" not in fact.name]
    assert [
        fact.name for fact in stated if not any(fact.holds(one) for one in told) and "not_set" not in fact.name
    ] == []


def test_a_paper_that_contradicts_is_found(told: list[Told]) -> None:
    one = next(one for one in told if one.answer("anmeld", "police_deletion") == "not_yet")
    broken = replace(one, papers={**one.papers, "politiark": one.papers["politiark"] + " Ja, det må slettes"})
    (fact,) = (fact for fact in FACTS if fact.name == "deletion is not allowed")
    assert (differences(one, fact), differences(broken, fact)) == ([], ["politiark says »Ja, det må slettes«"])
