"""Sections filed one by one, by one person or two, and the first pages, which file four of them together."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.crypto import encryption
from cases.enums import EntryKind, Role
from cases.log import drafts, writer
from cases.log.case_file import CurrentCase, read_case, read_current
from cases.log.entry_types import StepContent
from cases.models import Case, Draft, Entry
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.actions import MOST_ACTIONS
from guide.steps import BY_KEY
from guide.steps.afdaek import FIRST
from guide.wizard import filing
from tests.factories import file_step, make_case, make_user, step_content
from tests.guide.page_reader import logged_in, read, stored, typed
from tests.guide.sections import by_section, file_sections

pytestmark = pytest.mark.django_db

MEANWHILE = "En anden har gemt det her imens"


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def client(case: Case) -> Client:
    return logged_in(case.owner)


@pytest.fixture
def leader(case: Case) -> Client:
    """The browser of a leader of the school."""
    return logged_in(make_user(Role.LEADER, school=case.school, name="Lis Leder"))


def url(case: Case, section: str) -> str:
    return reverse("trin", args=[case.public_id, "afdaek", section])


def save(client: Client, case: Case, section: str, base: int = 0, **answers: Any) -> Any:
    """Save a section whose page was opened when the newest filing had the number ``base``."""
    sent = {"handling": "gem", "base_seq": str(base), "submission_id": str(uuid4()), **answers}
    return client.post(url(case, section), sent)


def now(case: Case) -> CurrentCase:
    return read_current(stored(case))


def answers(case: Case) -> Mapping[str, Any]:
    return now(case).answers()["afdaek"]


def filings(case: Case) -> int:
    return Entry.objects.filter(case=case, kind=EntryKind.STEP).count()


def resume(client: Client, case: Case) -> str:
    return read(client.get(reverse("resume", args=[case.public_id])).text).words


def same_in_short(case: Case) -> bool:
    """Whether the newest entries alone say what the whole log says."""
    moment, row = timezone.now(), stored(case)
    whole, short = vars(read_case(row, now=moment)), vars(read_current(row, now=moment))
    return all(whole[name] == value for name, value in short.items())


# --- One section after another ---


def test_sections_filed_in_turn_stand_together(client: Client, case: Case) -> None:
    save(client, case, "sted", where="Snapchat")
    save(client, case, "elev", own_words="Jeg vil hjem.")
    assert (answers(case)["where"], answers(case)["own_words"]) == ("Snapchat", "Jeg vil hjem.")
    assert [section["key"] for section in now(case).steps["afdaek"].content["sections"]] == ["sted", "elev"]
    said = resume(client, case)
    assert said.count("Snapchat") == said.count("Jeg vil hjem.") == 1
    assert same_in_short(case)


def test_newer_filing_of_a_section_replaces_only_it(client: Client, case: Case) -> None:
    save(client, case, "sted", where="Snapchat", platforms=["snapchat"])
    save(client, case, "elev", own_words="Jeg vil hjem.")
    save(client, case, "sted", stored(case).head_seq, where="TikTok")
    kept = answers(case)
    assert (kept["where"], kept["platforms"], kept["own_words"]) == ("TikTok", [], "Jeg vil hjem.")
    assert typed(client.get(url(case, "elev")).text)["own_words"] == ["Jeg vil hjem."]
    assert same_in_short(case)


OLD = {"where": "Snapchat", "own_words": "Jeg vil hjem.", "kinds": ["bullying"], "danger_self_harm": "nej"}


def file_whole(case: Case, **given: Any) -> None:
    """File the whole step as cards did before sections were filed, under headings of theirs."""
    step = BY_KEY["afdaek"]
    form = StepForm(step, dict(data_from_answers(step, given).lists()), {}, timezone.now())
    rows = [row for section in form.frozen() for row in section["rows"]]
    content = step_content(answers=filing.answers_to_store(form))
    old = {**content, "sections": [{"key": "hvad", "title": "Hvad er der sket?", "rows": rows, "tables": []}]}
    file_step(case, content=cast(StepContent, old))


def test_whole_step_of_an_earlier_card_is_taken_over_section_by_section(client: Client, case: Case) -> None:
    file_whole(case, **OLD)
    assert typed(client.get(url(case, "sted")).text)["where"] == ["Snapchat"]
    assert typed(client.get(url(case, "elev")).text)["own_words"] == ["Jeg vil hjem."]
    assert save(client, case, "sted", stored(case).head_seq, where="TikTok").status_code == 302
    kept = answers(case)
    assert {name: kept[name] for name in OLD} == {**OLD, "where": "TikTok"}
    said = resume(client, case)
    assert (said.count("TikTok"), said.count("Snapchat"), said.count("Jeg vil hjem.")) == (1, 0, 1)
    assert same_in_short(case)


def test_question_of_an_earlier_card_that_has_moved_is_not_shown_twice(client: Client, case: Case) -> None:
    file_whole(case, **OLD)
    for section, own in by_section("afdaek", OLD).items():
        assert save(client, case, section, stored(case).head_seq, **own).status_code == 302
    rows = [row["key"] for part in now(case).steps["afdaek"].content["sections"] for row in part["rows"]]
    assert len(rows) == len(set(rows))
    assert {name: answers(case)[name] for name in OLD} == OLD


def test_answer_that_another_section_closes_is_back_when_it_opens(client: Client, case: Case) -> None:
    file_sections(client, case, danger_self_harm="ja", handed_over="ja", handed_to="Mor, klokken 13.20")
    question = str(BY_KEY["afdaek"].questions["handed_to"].label)

    def summed_up() -> bool:
        page = read(client.get(reverse("resume", args=[case.public_id])).text)
        return question in [one.words for one in page.having("dt")]

    assert summed_up()
    file_sections(client, case, danger_self_harm="nej")
    assert "handed_to" not in answers(case)
    assert now(case).closed["afdaek"]["handed_to"] == "Mor, klokken 13.20"
    assert not summed_up()
    assert "handed_to" not in typed(client.get(url(case, "overtaget")).text)
    assert same_in_short(case)
    file_sections(client, case, own_words="Jeg vil hjem.")
    file_sections(client, case, danger_self_harm="ja")
    assert (answers(case)["handed_over"], answers(case)["handed_to"]) == ("ja", "Mor, klokken 13.20")
    assert summed_up()
    assert typed(client.get(url(case, "overtaget")).text)["handed_to"] == ["Mor, klokken 13.20"]
    assert same_in_short(case)


@pytest.mark.both_engines
def test_long_log_of_sections_opens_a_bounded_number_of_entries(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    unseal = encryption.unseal_json

    def counted(*given: Any) -> Any:
        opened.append(given[-2])
        return unseal(*given)

    def count() -> int:
        opened.clear()
        read_current(row)
        return len(opened)

    told = {"danger_self_harm": "nej", "where": "Snapchat", "own_words": "Jeg vil hjem.", "threat": "nej"}
    file_sections(client, case, **told)
    row = stored(case)
    monkeypatch.setattr(encryption, "unseal_json", counted)
    few = count()
    for number in range(5):
        file_sections(client, case, **{**told, "where": f"Sted {number}"})
    row = stored(case)
    assert (filings(case), count()) == (24, few)


# --- Two people ---


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Have something happen between the reading of a case and the next filing in it."""
    append = writer.append_step

    def appended(**given: Any) -> Entry:
        monkeypatch.setattr(writer, "append_step", append)
        act()
        return append(**given)

    monkeypatch.setattr(writer, "append_step", appended)


@pytest.mark.both_engines
def test_two_sections_filed_at_the_same_moment_both_stand(
    client: Client, leader: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: save(leader, case, "elev", own_words="Lederens ord"))
    assert save(client, case, "sted", where="Mit sted").status_code == 302
    assert (answers(case)["where"], answers(case)["own_words"], filings(case)) == ("Mit sted", "Lederens ord", 2)
    assert set(now(case).sections["afdaek"]) == {"sted", "elev"}
    assert same_in_short(case)


@pytest.mark.both_engines
def test_same_section_filed_at_the_same_moment_conflicts(
    client: Client, leader: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: save(leader, case, "sted", where="Lederens sted"))
    refused = save(client, case, "sted", where="Mit sted")
    assert (refused.status_code, filings(case)) == (409, 1)
    assert all(words in refused.text for words in (MEANWHILE, "Lederens sted", "Mit sted"))
    kept = drafts.read_draft(case=stored(case), by=case.owner, step="afdaek_sted")
    assert kept is not None
    assert kept.data["where"] == ["Mit sted"]


def test_first_pages_and_another_section_filed_at_the_same_moment_both_stand(
    client: Client, leader: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: save(leader, case, "elev", own_words="Lederens ord"))
    assert answer(client, case, "hvem", victim_age="14")["Location"] == reverse("nu", args=[case.public_id])
    assert (answers(case)["victim_age"], answers(case)["own_words"]) == ("14", "Lederens ord")


def test_first_pages_and_one_of_their_sections_filed_at_the_same_moment_conflict(
    client: Client, leader: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: save(leader, case, "hvem", victim_age="9", vist="victim_age"))
    answered = answer(client, case, "hvem", victim_age="14")
    assert (answered["Location"], answers(case)["victim_age"]) == (url(case, "hvem"), "9")
    page = client.get(answered["Location"])
    assert MEANWHILE in page.text
    assert typed(page.text)["victim_age"] == ["14"]


# --- The first pages ---


def first(case: Case, section: str) -> str:
    return reverse("foerst", args=[case.public_id, section])


def answer(client: Client, case: Case, section: str, handling: str = "videre", **given: Any) -> Any:
    """Answer a first page that was opened before anything was filed."""
    fresh = {"handling": handling, "base_seq": "0", "submission_id": str(uuid4())}
    return client.post(first(case, section), {**fresh, **given})


TOLD: dict[str, dict[str, Any]] = {
    "fare": {"danger_self_harm": "nej", "abuse": "ja", "danger_what": ["threats"], "suspicion_home": "ved_ikke"},
    "haendelse": {"kinds": ["image_shared", "extortion"], "threat": "ja", "ongoing": "ja"},
    "billede": {"shown": "nude", "recognised": "named", "depicts": ["pupil"], "passed_on": "ja"},
    "hvem": {"victim_age": "14", "youngest_age": "13", "offender_is": ["pupil"], "reaction": "panic"},
}


def listed(given: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in given.items()}


def tell(client: Client, case: Case, until: str = "hvem") -> Any:
    """Answer the first pages up to this one; each follows from the one before."""
    page = None
    for section, following in zip(FIRST, [*FIRST[1:], ""], strict=True):
        page = answer(client, case, section, **TOLD[section])
        assert page.status_code == 302
        if section == until:
            break
        assert page["Location"] == first(case, following)
    return page


def test_first_pages_file_four_sections_in_one_entry(client: Client, case: Case) -> None:
    assert tell(client, case)["Location"] == reverse("nu", args=[case.public_id])
    content = now(case).steps["afdaek"].content
    assert [section["key"] for section in content["sections"]] == list(FIRST)
    given = {name: answer for own in TOLD.values() for name, answer in own.items()}
    assert content["answers"] == {**given, "victim_is": ""}
    assert (filings(case), Draft.objects.exists()) == (1, False)
    assert now(case).steps["afdaek"].seq == 2
    assert same_in_short(case)


def test_going_back_and_forth_keeps_every_answer(client: Client, case: Case) -> None:
    tell(client, case, until="billede")
    assert answer(client, case, "hvem", "tilbage", victim_age="14")["Location"] == first(case, "billede")
    assert answer(client, case, "billede", "tilbage", **TOLD["billede"])["Location"] == first(case, "haendelse")
    assert answer(client, case, "haendelse", "tilbage", **TOLD["haendelse"])["Location"] == first(case, "fare")
    assert answer(client, case, "fare", "tilbage", **TOLD["fare"])["Location"] == first(case, "fare")
    for section in FIRST:
        there = typed(client.get(first(case, section)).text)
        wanted = listed(TOLD[section] if section != "hvem" else {"victim_age": "14"})
        assert {name: there[name] for name in wanted} == wanted
    assert filings(case) == 0
    tell(client, case)
    kept = answers(case)
    assert all(kept[name] == given for own in TOLD.values() for name, given in own.items())


def test_answers_of_the_first_pages_are_on_their_sections_and_back_again(client: Client, case: Case) -> None:
    tell(client, case)
    for section in FIRST:
        for address in (url(case, section), first(case, section)):
            there = typed(client.get(address).text)
            assert {name: there[name] for name in TOLD[section]} == listed(TOLD[section])


@pytest.mark.parametrize("number", ["tolv", "100", "-1", "14,5", "9" * 1000])
def test_number_that_is_none_is_refused_on_its_page_and_kept(client: Client, case: Case, number: str) -> None:
    tell(client, case, until="billede")
    refused = answer(client, case, "hvem", victim_age=number, reaction="panic")
    assert refused.status_code == 422
    assert "id_victim_age" in {link.removeprefix("#") for link in read(refused.text).links}
    for page in (refused, client.get(first(case, "hvem"))):
        assert (typed(page.text)["victim_age"], typed(page.text)["reaction"]) == ([number], ["panic"])
    assert filings(case) == 0
    assert tell(client, case)["Location"] == reverse("nu", args=[case.public_id])


def test_answers_of_two_pages_that_cannot_both_be_true_are_told_at_the_field(client: Client, case: Case) -> None:
    tell(client, case, until="billede")
    answer(client, case, "haendelse", kinds=["threat_to_share"])
    answer(client, case, "billede", shown="nothing")
    answer(client, case, "haendelse", kinds=["image_shared"])
    last = answer(client, case, "hvem", **TOLD["hvem"])
    assert last["Location"] == f"{first(case, 'billede')}?ret"
    page = client.get(last["Location"])
    assert "Ret det ene af de to svar." in page.text
    assert (typed(page.text)["shown"], filings(case)) == (["nothing"], 0)


def test_cpr_number_is_in_no_draft_of_the_first_pages(client: Client, case: Case) -> None:
    refused = answer(client, case, "hvem", victim_age="010203-1234", reaction="panic")
    assert (refused.status_code, typed(refused.text)["victim_age"]) == (422, ["010203-1234"])
    kept = drafts.read_draft(case=stored(case), by=case.owner, step="afdaek_hvem")
    assert kept is not None
    assert (kept.data["victim_age"], kept.data["reaction"]) == (["xxxxxx-xxxx"], ["panic"])


def test_last_page_sent_twice_files_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    tell(client, case, until="billede")
    sent = [answer(client, case, "hvem", submission_id=number, **TOLD["hvem"]) for _press in range(2)]
    assert [page["Location"] for page in sent] == [reverse("nu", args=[case.public_id])] * 2
    assert (filings(case), Draft.objects.exists()) == (1, False)


def test_last_page_sent_again_with_other_words_loses_none(client: Client, case: Case) -> None:
    number = str(uuid4())
    tell(client, case, until="billede")
    answer(client, case, "hvem", submission_id=number, **TOLD["hvem"])
    again = answer(client, case, "hvem", submission_id=number, **{**TOLD["hvem"], "victim_age": "15"})
    assert (again["Location"], filings(case)) == (url(case, "hvem"), 1)
    page = client.get(again["Location"])
    assert "Du har selv gemt det her et andet sted imens" in page.text
    assert typed(page.text)["victim_age"] == ["15"]


def test_first_pages_without_an_answer_file_nothing(client: Client, case: Case) -> None:
    for section in FIRST:
        assert answer(client, case, section).status_code == 302
    assert filings(case) == 0
    assert client.get(reverse("nu", args=[case.public_id])).status_code == 200


def test_closed_case_hands_the_answers_back(client: Client, case: Case) -> None:
    by = make_user(Role.LEADER, school=case.school)
    writer.close_case(case=case, by=by, reason="Sagen er løst.")
    for section in FIRST:
        assert client.get(first(case, section))["Location"] == reverse("resume", args=[case.public_id])
    refused = answer(client, case, "hvem", victim_age="14 et halvt")
    assert refused.status_code == 409
    assert all(words in refused.text for words in ("Sagen er afsluttet", "14 et halvt", "Hvor gammel er eleven?"))
    assert (filings(case), Draft.objects.count()) == (0, 0)


def test_case_closed_while_the_last_page_is_sent_hands_the_answers_back(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = make_user(Role.LEADER, school=case.school)
    meanwhile(monkeypatch, lambda: writer.close_case(case=stored(case), by=by, reason="Sagen er løst."))
    refused = answer(client, case, "hvem", victim_age="14")
    assert refused.status_code == 409
    assert "Sagen er afsluttet" in refused.text
    kept = drafts.read_draft(case=stored(case), by=case.owner, step="afdaek_hvem")
    assert kept is not None
    assert kept.data["victim_age"] == ["14"]


def test_page_that_nothing_asks_is_passed_over(client: Client, case: Case) -> None:
    assert answer(client, case, "haendelse", kinds=["bullying"])["Location"] == first(case, "hvem")
    assert "3 af 3" in read(client.get(first(case, "hvem")).text).words
    assert answer(client, case, "hvem", "tilbage")["Location"] == first(case, "haendelse")
    # Whoever has it open still goes on from its place, and files nothing before the last page.
    assert answer(client, case, "billede")["Location"] == first(case, "hvem")
    assert answer(client, case, "billede", "tilbage")["Location"] == first(case, "haendelse")
    assert filings(case) == 0


def test_stale_first_page_leads_to_the_section_with_both_texts(client: Client, leader: Client, case: Case) -> None:
    tell(client, case, until="billede")
    save(leader, case, "hvem", victim_age="9", reaction="needs_help", vist="victim_age")
    answered = answer(client, case, "hvem", **TOLD["hvem"])
    assert (answered["Location"], filings(case)) == (url(case, "hvem"), 1)
    page = client.get(answered["Location"])
    assert MEANWHILE in page.text
    mine = {name: values for name, values in listed(TOLD["hvem"]).items() if name != "youngest_age"}
    assert {name: typed(page.text)[name] for name in mine} == mine
    assert client.post(url(case, "hvem"), {**typed(page.text), "handling": ["gem"]}).status_code == 302
    assert answers(case)["victim_age"] == "14"
    for section in FIRST[:3]:
        there = typed(client.get(first(case, section)).text)
        assert {name: there[name] for name in TOLD[section]} == listed(TOLD[section])
    save(client, case, "billede", vist=list(TOLD["billede"]), **TOLD["billede"])
    # It could not be asked while nothing was filed of the picture.
    assert typed(client.get(url(case, "hvem")).text)["youngest_age"] == ["13"]


@pytest.mark.parametrize("look_again", [False, True])
def test_earlier_first_page_is_not_overwritten_in_silence(
    client: Client, leader: Client, case: Case, look_again: bool
) -> None:
    """A colleague files a section of which the user has a draft; later pages are opened after that."""
    tell(client, case, until="haendelse")
    save(leader, case, "fare", danger_self_harm="ja", suspicion_home="nej")
    for section in FIRST if look_again else FIRST[2:]:
        page = client.get(first(case, section))
        led = client.post(first(case, section), {**typed(page.text), **listed(TOLD[section]), "handling": ["videre"]})
    assert led["Location"] == url(case, "fare")
    assert (answers(case)["danger_self_harm"], filings(case)) == ("ja", 1)
    shown = client.get(led["Location"])
    assert MEANWHILE in shown.text
    assert typed(shown.text)["danger_self_harm"] == ["nej"]


def test_section_that_a_colleague_filed_and_the_user_left_alone_stands(
    client: Client, leader: Client, case: Case
) -> None:
    page = client.get(first(case, "hvem"))
    save(leader, case, "fare", danger_self_harm="ja")
    sent = {**typed(page.text), "victim_age": ["14"], "handling": ["videre"]}
    assert client.post(first(case, "hvem"), sent)["Location"] == reverse("nu", args=[case.public_id])
    assert (answers(case)["danger_self_harm"], answers(case)["victim_age"]) == ("ja", "14")


# --- What to do now ---

WORST = {
    "danger_self_harm": "ja",
    "abuse": "ja",
    "danger_what": ["abuse", "threats", "harm"],
    "suspicion_home": "ja",
    "kinds": ["image_shared", "extortion", "threats_hate", "account_taken"],
    "shown": "sexual",
    "recognised": "named",
    "passed_on": "ja",
    "victim_age": "13",
    "offender_is": ["pupil", "adult", "staff"],
    "threat": "ja",
    "reaction": "overwhelmed",
    "staff_hold": "ja",
}


@pytest.mark.parametrize(
    ("told", "number"),
    [(WORST, MOST_ACTIONS), ({"danger_self_harm": "ja"}, None), ({"kinds": ["bullying"]}, None), ({}, None)],
    ids=["worst", "danger", "bullying", "nothing"],
)
def test_no_more_than_five_actions_are_shown(
    client: Client, case: Case, told: dict[str, Any], number: int | None
) -> None:
    file_sections(client, case, **told)
    page = read(client.get(reverse("nu", args=[case.public_id])).text)
    shown = [name for name in page.ids if name.startswith("handling-")]
    assert len(shown) == len(page.having("li", class_="action")) <= MOST_ACTIONS
    if number is not None:
        assert len(shown) == number
