"""A section over HTTP: saved, refused, kept as a draft, refreshed piece by piece, and never overwritten in silence."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.access import audit_log, permissions
from cases.enums import AuditVerb, EntryKind, Role
from cases.log import drafts, writer
from cases.log.case_file import CaseFile, read_case
from cases.models import AuditEvent, Case, Draft, Entry, School, User
from cases.sharing import actions
from guide.models import LocalContact
from guide.questionnaire.fields import ChoiceAnswer, ChoicesAnswer, TextAnswer
from guide.questionnaire.schema import Step
from guide.steps import BY_KEY, STEPS
from guide.wizard.step_request import draft_key
from tests.built_once import built_once
from tests.factories import add_note, make_case, make_municipality, make_school, make_user
from tests.guide.page_reader import logged_in, read, stored, typed
from tests.guide.sections import IDS, by_section, file_sections

pytestmark = pytest.mark.django_db

ODD = "»Æøå« & <b>fed</b> \u202evenstre\u202c 🙈\r\n\r\n  indrykket \r\nslut"
CPR = "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."


begun = built_once(make_case)


@pytest.fixture
def case(begun: Case, db: None) -> Case:
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=begun.pk)


@pytest.fixture
def school(case: Case) -> School:
    return case.school


@pytest.fixture
def owner(case: Case) -> User:
    return case.owner


@pytest.fixture
def leader(school: School) -> User:
    return make_user(Role.LEADER, school=school, name="Lis Leder")


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


SECTION = "afdaek.sted"
"""The section of tests for which any will do."""
OPEN_AT_FIRST = {
    "afdaek.billede": ("shown",),
    "afdaek.hvem": ("victim_age",),
    "vurder.stoette": ("support_needed",),
    "inddrag.tavshed": ("secrecy_told",),
    "inddrag.foraeldre": ("parents_told", "pupil_help"),
    "dokumenter.logbog": ("family_log",),
    "stop.kendt": ("offender_talk", "offender_parents", "deletion_asked"),
    "stop.samarbejde": ("other_schools",),
    "anmeld.underretning": ("notification",),
    "anmeld.forsikring": ("insurance",),
}
"""The questions with a condition that a fresh page asks."""
CLOSED_AT_FIRST = [
    "afdaek.overtaget",
    "afdaek.pres",
    "inddrag.hjemmet",
    "inddrag.myndig",
    "stop.raekkefoelge",
    "stop.ophoer",
    "anmeld.beredskab",
    "behandl.sparring",
    "behandl.hverdagen",
]
"""The sections that ask nothing in a fresh case."""
EVERY_SECTION = pytest.mark.parametrize("section", IDS)


def url(case: Case, section: str = SECTION, name: str = "trin") -> str:
    return reverse(name, args=[case.public_id, *section.split(".")])


def press(
    client: Client, case: Case, handling: str = "gem", section: str = SECTION, *, htmx: bool = False, **answers: Any
) -> Any:
    """Press a button of the section's form; the hidden fields as a fresh page has them."""
    fresh = {"base_seq": "0", "submission_id": str(uuid4()), "vist": OPEN_AT_FIRST.get(section, ())}
    sent = {"handling": handling, **fresh, **answers}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(url(case, section), sent, headers=headers)


def overview(case: Case) -> str:
    return reverse("sag", args=[case.public_id])


def step_url(case: Case, step: str = "stop", name: str = "spring_over") -> str:
    return reverse(name, args=[case.public_id, step])


def one_answer(client: Client, case: Case, section: str) -> dict[str, Any]:
    """An answer to the first question that the page of the section asks; none where it asks nothing."""
    step, _dot, key = section.partition(".")
    card = BY_KEY[step]
    asked = {given.get("name", "") for given in read(client.get(url(case, section)).text).inputs}
    for name, question in card.questions.items():
        if name in asked & card.names([key]):
            boxed = not isinstance(question, ChoiceAnswer | ChoicesAnswer)
            return {f"{name}_ved_ikke": "on"} if boxed else {name: "ved_ikke"}
    for table in (
        table for table in card.tables if f"{table.key}-TOTAL_FORMS" in asked and table.key in card.names([key])
    ):
        column = next(name for name, question in table.columns.items() if isinstance(question, TextAnswer))
        return {f"{table.key}-TOTAL_FORMS": "1", f"{table.key}-0-{column}": "Noget"}
    return {}


def case_file(case: Case) -> CaseFile:
    return read_case(stored(case))


def answers(case: Case, step: str = "afdaek") -> Mapping[str, Any]:
    return case_file(case).answers()[step]


def filings(case: Case) -> int:
    return Entry.objects.filter(case=case, kind=EntryKind.STEP).count()


def draft_of(case: Case, user: User, section: str = SECTION) -> Mapping[str, list[str]]:
    kept = drafts.read_draft(case=stored(case), by=user, step=draft_key(*section.split(".")))
    return kept.data if kept else {}


def errors(html: str) -> list[tuple[str, str]]:
    """(link, sentence) of the error summary."""
    start = html.index('id="fejl"')
    box = read(html[start : html.index("</ul>", start)])
    return [(one.attributes["href"].removeprefix("#"), one.words) for one in box.having("a")]


# --- Shown and saved ---


@EVERY_SECTION
def test_section_without_an_answer_is_not_filed_and_says_so(client: Client, case: Case, section: str) -> None:
    page = client.get(url(case, section))
    assert page.status_code == 200
    assert set(typed(page.text).get("vist", ())) == set(OPEN_AT_FIRST.get(section, ()))
    sent = client.post(url(case, section), {**typed(page.text), "handling": ["gem"]})
    assert (sent.status_code, sent["Location"]) == (302, f"{url(case, section)}?tomt={section}")
    again = client.get(sent["Location"])
    assert "så der er ikke gemt noget" in again.text
    assert (filings(case), stored(case).progress, Draft.objects.exists()) == (0, {}, False)
    without_number = [{**typed(one.text), "submission_id": []} for one in (page, again)]
    assert without_number[0] == without_number[1]


def test_section_without_an_answer_still_leads_on(client: Client, case: Case) -> None:
    answer = press(client, case, "gem_videre", "behandl.presse")
    assert answer["Location"] == f"{url(case, 'stop.kendt')}?tomt=behandl.presse"
    assert "Du har ikke svaret på noget i »Pressen«" in client.get(answer["Location"]).text


def test_not_known_yet_is_an_answer(client: Client, case: Case) -> None:
    assert press(client, case, where_ved_ikke="on")["Location"] == f"{overview(case)}?gemt=afdaek.sted"
    assert filings(case) == 1


def test_section_emptied_after_a_filing_is_filed(client: Client, case: Case) -> None:
    press(client, case, where="Snapchat")
    emptied = press(client, case, base_seq=str(stored(case).head_seq - 1), where="")
    assert emptied["Location"].endswith("gemt=afdaek.sted")
    assert (answers(case)["where"], filings(case)) == ("", 2)


UNTRUE = ["afdaek.sted", "afdaek.opfundet", "opfundet.sted", "afdaek", ".", "afdaek.sted.sted", "%01"]


@pytest.mark.parametrize("asked", UNTRUE)
def test_address_alone_does_not_claim_that_nothing_was_filed(client: Client, case: Case, asked: str) -> None:
    press(client, case, where="Snapchat")
    for address in (url(case), overview(case)):
        assert "ikke gemt noget" not in client.get(f"{address}?tomt={asked}").text


@pytest.mark.parametrize("asked", UNTRUE)
def test_address_alone_does_not_claim_that_something_was_filed(client: Client, case: Case, asked: str) -> None:
    press(client, case, section="afdaek.elev", own_words="Jeg vil hjem.")
    for address in (url(case), overview(case)):
        assert "« er gemt." not in client.get(f"{address}?gemt={asked}").text


def test_receipt_stands_on_the_page_that_follows(client: Client, case: Case) -> None:
    for handling in ("gem", "gem_videre"):
        sent = press(client, case, handling, where="Snapchat", base_seq=str(stored(case).head_seq))
        assert "»Hvor og hvornår?« er gemt." in client.get(sent["Location"]).text


def test_saved_answers_are_kept_and_shown(client: Client, case: Case) -> None:
    sent = {
        "abuse": "ved_ikke",
        "kinds": ["image_shared", "bullying"],
        "what_happened": ODD,
        "known_on": "i går",
        "shown": "nude",
        "recognised": "named",
        "recognised_by": "Navn",
        "where_ved_ikke": "on",
        "victim_age": "14",
        "people-TOTAL_FORMS": "1",
        "people-0-name": "Elev A",
        "people-0-roles": ["victim", "witness"],
    }
    file_sections(client, case, **sent)
    yesterday = timezone.localdate() - timedelta(days=1)
    kept = answers(case)
    assert {name: kept[name] for name in sent if name in kept} == {
        "abuse": "ved_ikke",
        "kinds": ["image_shared", "bullying"],
        "what_happened": ODD.replace("\r\n", "\n"),
        "known_on": yesterday.isoformat(),
        "shown": "nude",
        "recognised": "named",
        "recognised_by": "Navn",
        "victim_age": "14",
    }
    assert kept["where"] == "ved_ikke"
    assert [{name: cell for name, cell in row.items() if name != "key"} for row in kept["people"]] == [
        {"name": "Elev A", "roles": ["victim", "witness"], "age_band": "", "pupil_of": "", "relation": "", "note": ""}
    ]
    shown = typed(client.get(url(case, "afdaek.fortalt")).text)
    assert shown["known_on"] == [yesterday.strftime("%d-%m-%Y")]
    assert shown["what_happened"] == [ODD.replace("\r\n", "\n")]
    assert typed(client.get(url(case, "afdaek.personer")).text)["people-0-roles"] == ["victim", "witness"]
    assert (stored(case).level_high, stored(case).progress) == (4, {"afdaek": "begun"})
    assert filings(case) == len(by_section("afdaek", sent)) == 8


@pytest.mark.parametrize(
    ("section", "sent", "handling", "goes_to"),
    [
        ("afdaek.sted", {"where": "Snapchat"}, "gem", "/?gemt=afdaek.sted"),
        ("afdaek.sted", {"where": "Snapchat"}, "gem_videre", "/trin/afdaek/spredning/?gemt=afdaek.sted"),
        ("vurder.stoette", {"support_needed": "nej"}, "gem", "/?gemt=vurder.stoette"),
        ("vurder.stoette", {"support_needed": "nej"}, "gem_videre", "/trin/vurder/deltagere/?gemt=vurder.stoette"),
        ("behandl.presse", {"press": "nej"}, "gem_videre", "/trin/stop/kendt/?gemt=behandl.presse"),
        ("stop.samarbejde", {"other_schools": "nej"}, "gem_videre", "/trin/afdaek/fare/?gemt=stop.samarbejde"),
        ("stop.samarbejde", {"other_schools": "nej"}, "overblik", "/"),
        ("stop.samarbejde", {"other_schools": "nej"}, "kasser", "/trin/stop/samarbejde/"),
        ("stop.samarbejde", {"other_schools": "nej"}, "noget helt andet", "/"),
    ],
)
def test_button_leads_where_it_says(
    client: Client, case: Case, section: str, sent: dict[str, str], handling: str, goes_to: str
) -> None:
    answer = press(client, case, handling, section, **sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/sager/{case.public_id}{goes_to}")
    assert filings(case) == (1 if handling.startswith("gem") else 0)


def test_last_task_leads_to_the_overview(client: Client, owner: User, case: Case) -> None:
    for step in STEPS:
        if step.key != "behandl":
            skip(client, case, step.key, reason="Ikke nu.")
    open_tasks = [url(case, f"behandl.{key}") for key in ("hjaelp", "omgivelser", "presse")]
    led = press(client, case, "gem_videre", "behandl.hjaelp", further_help="nej")["Location"]
    assert led.partition("?")[0] in open_tasks
    for section in BY_KEY["behandl"].sections:
        place = f"behandl.{section.key}"
        led = press(
            client,
            case,
            "gem_videre",
            place,
            **one_answer(client, case, place),
            base_seq=str(stored(case).head_seq),
        )["Location"]
    assert led == f"{overview(case)}?gemt=behandl.videregivelse"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_no_two_questions_of_a_step_read_alike(step: Step) -> None:
    asked = [str(field.label) for field in step.form.base_fields.values()] + [str(table.title) for table in step.tables]
    assert len(set(asked)) == len(asked)


def test_enter_key_saves_and_goes_on(client: Client, case: Case) -> None:
    sent = {"base_seq": "0", "submission_id": str(uuid4()), "where": "Snapchat"}
    answer = client.post(url(case), sent)
    assert (answer.status_code, answer["Location"]) == (302, f"{url(case, 'afdaek.spredning')}?gemt=afdaek.sted")
    assert filings(case) == 1


@EVERY_SECTION
def test_every_section_sent_again_unchanged_is_answered_as_the_first_time(
    client: Client, case: Case, section: str
) -> None:
    sent = {**one_answer(client, case, section), "submission_id": str(uuid4())}
    said = [press(client, case, section=section, **sent) for _press in range(2)]
    assert said[0].status_code == 302
    assert [(answer.status_code, answer["Location"]) for answer in said] == [(302, said[0]["Location"])] * 2
    assert filings(case) == (1 if len(sent) > 1 else 0)


def test_every_section_that_asks_something_can_be_answered_above(client: Client, case: Case) -> None:
    closed = [section for section in IDS if not one_answer(client, case, section)]
    assert closed == CLOSED_AT_FIRST


def test_same_form_sent_twice_is_filed_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    answers = [press(client, case, where="Snapchat", submission_id=number) for _press in range(3)]
    led_to = f"{overview(case)}?gemt=afdaek.sted"
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, led_to)] * 3
    assert filings(case) == 1


def test_same_form_sent_again_with_other_words_is_not_lost(client: Client, owner: User, case: Case) -> None:
    number = str(uuid4())
    press(client, case, where="Snapchat", submission_id=number)
    answer = press(client, case, where="Et helt andet sted", submission_id=number)
    assert (answer.status_code, filings(case)) == (409, 1)
    assert draft_of(case, owner)["where"] == ["Et helt andet sted"]


@pytest.mark.parametrize("number", ["", "1", "x" * 300])
def test_form_without_a_number_is_filed_all_the_same(client: Client, case: Case, number: str) -> None:
    assert press(client, case, submission_id=number, where="Snapchat").status_code == 302
    assert filings(case) == 1


@pytest.mark.parametrize("base", ["", "-1", "1e3", "9" * 5000, "١", "\x00"])
def test_garbage_base_counts_as_none(client: Client, case: Case, base: str) -> None:
    assert press(client, case, base_seq=base, where="Snapchat").status_code == 302
    assert press(client, case, base_seq=base, where="Et andet sted").status_code == 409


# --- Refused ---

LONG = "x" * 1_000_000
TOMORROW = (timezone.localdate() + timedelta(days=1)).strftime("%d-%m-%Y")
BAD: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "future event": (
        "sted",
        {"last_on": TOMORROW},
        [("id_last_on", "Datoen ligger ude i fremtiden. Skriv den dag, det skete.")],
    ),
    "end before start": (
        "sted",
        {"first_on": "15-01-2026", "last_on": "14-01-2026"},
        [("id_last_on", "Den dag, det skete sidst, ligger før den dag, det begyndte.")],
    ),
    "half a day": ("fortalt", {"known_on": "31-"}, [("id_known_on", "Skriv datoen som dag-måned-år, fx 21-11-2026.")]),
    "no day of the calendar": (
        "fortalt",
        {"known_on": "2026-02-31"},
        [("id_known_on", "Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen.")],
    ),
    "unknown choice": ("hvem", {"reaction": "opfundet"}, [("id_reaction_0", "Vælg et af svarene på listen.")]),
    "unknown among several": (
        "sted",
        {"platforms": ["snapchat", "opfundet"]},
        [("id_platforms_0", "Vælg et af svarene på listen.")],
    ),
    "a megabyte": (
        "fortalt",
        {"what_happened": LONG},
        [
            (
                "id_what_happened",
                "Teksten fylder 1000000 tegn. Der er plads til 400. Del den op, eller skriv resten i loggen.",
            )
        ],
    ),
    "a megabyte on a line": (
        "sted",
        {"where": LONG},
        [("id_where", "Teksten fylder 1000000 tegn. Der er plads til 200.")],
    ),
    "a thousand digits": ("hvem", {"victim_age": "9" * 1000}, [("id_victim_age", "Skriv et helt tal, fx 14.")]),
    "too old": ("hvem", {"victim_age": "100"}, [("id_victim_age", "Skriv et tal mellem 0 og 99.")]),
    "a CPR number": ("elev", {"own_words": "Hun er 010203-1234."}, [("id_own_words", CPR)]),
    "a CPR number in one piece": ("spredning", {"who_knows": "0102031234"}, [("id_who_knows", CPR)]),
    "a CPR number in a row": (
        "personer",
        {"people-TOTAL_FORMS": "1", "people-0-note": "010203 1234"},
        [("id_people-0-note", CPR)],
    ),
    "several at once, in the order of the page": (
        "sted",
        {"last_on": "vrøvl", "where": LONG, "first_on": "31-"},
        [
            ("id_where", "Teksten fylder 1000000 tegn. Der er plads til 200."),
            ("id_first_on", "Skriv datoen som dag-måned-år, fx 21-11-2026."),
            ("id_last_on", "Skriv datoen som dag-måned-år, fx 21-11-2026."),
        ],
    ),
}
BESIDE: dict[str, dict[str, str]] = {
    "sted": {"where_ved_ikke": "on"},
    "fortalt": {"reporter": "pupil"},
    "hvem": {"offender_is": "pupil"},
    "elev": {"wants": "Eleven har talt med mor.", "telling_help": "ja"},
    "spredning": {"done_already": "Eleven har talt med mor.", "reached": "few_named"},
    "personer": {"more_victims": "nej"},
}
"""Good answers in the sections of the bad ones."""


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_told_at_the_field_and_costs_nobody_their_words(
    client: Client, owner: User, case: Case, what: str
) -> None:
    key, sent, wrong = BAD[what]
    section, beside = f"afdaek.{key}", BESIDE[key]
    answer = press(client, case, "gem_videre", section, **beside, **sent)
    assert answer.status_code == 422
    assert filings(case) == 0
    summary = errors(answer.text)
    assert [link for link, _words in summary] == [link for link, _sentence in wrong]
    assert [words for (_link, words), (_l, sentence) in zip(summary, wrong, strict=True) if sentence not in words] == []
    page = read(answer.text)
    for link, sentence in wrong:
        assert link in page.ids
        # Once in the summary, once at the field.
        assert answer.text.count(sentence) == 2 * [said for _link, said in wrong].count(sentence)
    there = typed(answer.text)
    offered = {name: values for name, values in {**beside, **sent}.items() if "opfundet" not in values}
    for name, value in offered.items():
        assert there[name] == (value if isinstance(value, list) else [value])
    kept = draft_of(case, owner, section)
    assert {name: kept[name] for name in beside} == {name: [value] for name, value in beside.items()}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("afdaek.fortalt", "what_happened"),
        ("afdaek.sted", "where"),
        ("afdaek.haendelse", "kinds"),
        ("afdaek.billede", "shown"),
        ("afdaek.fortalt", "known_on"),
        ("afdaek.hvem", "victim_age"),
        ("afdaek.personer", "people-0-name"),
    ],
)
def test_nul_is_refused_at_the_field(client: Client, case: Case, section: str, name: str) -> None:
    answer = press(client, case, section=section, **{"people-TOTAL_FORMS": "1", name: "et\x00to"})
    assert answer.status_code == 422
    assert len(errors(answer.text)) == 1
    assert filings(case) == 0


def test_error_survives_to_the_next_visit_as_a_draft_without_a_sentence(client: Client, case: Case) -> None:
    press(client, case, first_on="31-")
    page = client.get(url(case))
    assert page.status_code == 200
    assert typed(page.text)["first_on"] == ["31-"]
    assert 'id="fejl"' not in page.text


def test_refused_form_can_be_put_right_and_saved(client: Client, case: Case) -> None:
    refused = press(client, case, first_on="31-", where="Snapchat")
    fixed = {**typed(refused.text), "handling": ["gem"], "first_on": ["i går"]}
    assert client.post(url(case), fixed).status_code == 302
    assert answers(case)["where"] == "Snapchat"
    assert not Draft.objects.exists()


def test_embedded_file_is_refused_before_anything_is_kept(client: Client, case: Case) -> None:
    answer = press(client, case, section="afdaek.elev", wants="Ro", own_words="data:image/png;base64,iVBORw0KGgo=")
    assert answer.status_code == 400
    assert "Handlekort tager ikke imod filer" in answer.text
    assert (filings(case), Draft.objects.count()) == (0, 0)


def test_field_of_another_section_is_neither_filed_nor_kept(client: Client, owner: User, case: Case) -> None:
    press(client, case, where="Snapchat", own_words="Herfra", danger_self_harm="ja", press="ja")
    assert set(answers(case)) == {"platforms", "where", "first_on", "last_on"}
    press(client, case, "overblik", where="Instagram", own_words="Herfra", danger_self_harm="ja")
    assert draft_of(case, owner) == {"where": ["Instagram"]}


def test_level_below_the_computed_one_opens_the_reason_and_asks_for_it(client: Client, case: Case) -> None:
    press(client, case, section="afdaek.fare", danger_self_harm="ja")
    answer = press(client, case, section="vurder.niveau", confirmed_level="1")
    assert answer.status_code == 422
    assert [link for link, _words in errors(answer.text)] == ["id_confirm_reason"]
    lower = {"confirmed_level": "1", "confirm_reason": "Faren er drevet over."}
    assert press(client, case, section="vurder.niveau", **lower).status_code == 302
    assert case_file(case).levels[-1].content["reason"] == "Faren er drevet over."


# --- Drafts ---


@pytest.mark.parametrize("handling", ["overblik", "noget helt andet"])
@pytest.mark.parametrize("what", [what for what in BAD if "CPR" not in what])
def test_leaving_never_judges_and_keeps_every_letter(
    client: Client, owner: User, case: Case, handling: str, what: str
) -> None:
    key, sent, _wrong = BAD[what]
    section = f"afdaek.{key}"
    assert press(client, case, handling, section, **BESIDE[key], **sent).status_code == 302
    wanted = {name: value if isinstance(value, list) else [value] for name, value in {**BESIDE[key], **sent}.items()}
    assert draft_of(case, owner, section) == wanted
    assert filings(case) == 0


def test_draft_comes_back_byte_for_byte_on_another_machine(client: Client, owner: User, case: Case) -> None:
    press(client, case, section="afdaek.haendelse", kinds="other")
    sent = {
        "what_happened": ODD,
        "own_words": "\n\n  først to tomme linjer",
        "where": '"><script>alert(1)</script>',
        "known_on": "31-",
        "victim_age": "ca. 14",
        "kinds": ["bullying", "other"],
        "kinds_other": "Noget & mere",
        "people-TOTAL_FORMS": "2",
        "people-0-name": "A",
        "people-1-name": "'B' \\ 0",
        "people-1-roles": ["witness"],
    }
    parts = {f"afdaek.{key}": part for key, part in by_section("afdaek", sent).items()}
    for section, part in parts.items():
        shown = {**part, "vist": ["kinds_other"], "base_seq": str(stored(case).head_seq)}
        assert logged_in(owner).post(url(case, section, "kladde"), shown).status_code == 204
    for section, part in parts.items():
        elsewhere = logged_in(owner).get(url(case, section))
        there = typed(elsewhere.text)
        for name, value in part.items():
            assert there[name] == (value if isinstance(value, list) else [value])
        assert "Kassér kladden" in elsewhere.text


NUMBER = re.compile(r"010203[- ]?1234")


@pytest.mark.parametrize(
    ("what", "handling"),
    [
        (what, handling)
        for what, (section, _sent, _wrong) in BAD.items()
        for handling in ("gem", "gem_videre", "overblik", "opdater", "tilfoej:people", "fjern:people:1")
        if "CPR" in what and (":" not in handling or section == "personer")
    ],
)
def test_cpr_number_is_in_no_draft_whatever_is_pressed(
    client: Client, owner: User, case: Case, handling: str, what: str
) -> None:
    key, sent, _wrong = BAD[what]
    section = f"afdaek.{key}"
    page = press(client, case, handling, section, **BESIDE[key], **sent)
    kept = draft_of(case, owner, section)
    assert {name: kept[name] for name in BESIDE[key]} == {name: [value] for name, value in BESIDE[key].items()}
    assert not NUMBER.search(str(kept))
    assert "xxxxxx-xxxx" in str(kept)
    # Whoever was refused still has every letter before them.
    assert bool(NUMBER.search(page.text)) is (page.status_code == 422)


def test_draft_without_the_number_says_so_when_it_is_opened(client: Client, case: Case) -> None:
    press(client, case, "overblik", "afdaek.elev", own_words="Hun er 010203-1234.")
    page = client.get(url(case, "afdaek.elev"))
    assert typed(page.text)["own_words"] == ["Hun er xxxxxx-xxxx."]
    assert "Et CPR-nummer er taget ud af kladden" in page.text
    press(client, case, "overblik", "afdaek.elev", own_words="Hun er Alma.")
    assert "Et CPR-nummer er taget ud af kladden" not in client.get(url(case, "afdaek.elev")).text


@pytest.mark.parametrize(
    ("section", "sent", "named"),
    [
        ("afdaek.elev", {"own_words": "Hun er 010203-1234.", "wants": "Ro"}, ["own_words"]),
        ("afdaek.elev", {"own_words": "Hun er Alma."}, []),
        ("afdaek.personer", {"people-TOTAL_FORMS": "1", "people-0-note": "0102031234"}, ["people-0-note"]),
    ],
)
def test_page_is_told_which_field_was_kept_without_its_number(
    client: Client, case: Case, section: str, sent: dict[str, str], named: list[str]
) -> None:
    saved = client.post(url(case, section, "kladde"), sent)
    assert (saved.status_code, saved["X-Uden-Cpr"].split()) == (204, named)
    told = press(client, case, "opdater", section, htmx=True, **sent)["HX-Trigger"]
    assert told == (json.dumps({"kladde-gemt": {"uden": named}}) if named else "kladde-gemt")


@pytest.mark.parametrize("name", ["010203-1234", "010203-1234 \r\nX", "Alma blev set"])
def test_words_in_the_name_of_a_field_are_not_kept(client: Client, owner: User, case: Case, name: str) -> None:
    assert client.post(url(case, name="kladde"), {name: "x", "where": "Snapchat"}).status_code == 204
    assert draft_of(case, owner) == {"where": ["Snapchat"]}
    assert press(client, case, "opdater", htmx=True, **{name: "x"}).status_code < 500
    assert draft_of(case, owner) == {}


@pytest.mark.parametrize("name", ["people-010203-1234", "people-0102031234-name", "people-Alma blev set"])
def test_words_in_the_name_of_a_cell_are_not_kept(client: Client, case: Case, name: str) -> None:
    section = "afdaek.personer"
    assert client.post(url(case, section, "kladde"), {name: "x", "more_victims": "nej"}).status_code == 422
    assert press(client, case, "opdater", section, htmx=True, **{name: "x"}).status_code < 500
    assert not Draft.objects.exists()


def test_draft_is_its_writers_alone(owner: User, leader: User, case: Case) -> None:
    logged_in(owner).post(url(case, name="kladde"), {"where": "Kun for mig"})
    assert "Kun for mig" not in logged_in(leader).get(url(case)).text


def test_draft_is_gone_when_it_is_discarded_or_filed(client: Client, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Væk"})
    assert press(client, case, "kasser", where="Også væk").status_code == 302
    assert not Draft.objects.exists()
    assert "æk" not in "".join(typed(client.get(url(case)).text)["where"])
    client.post(url(case, name="kladde"), {"where": "Gemt"})
    press(client, case, where="Gemt")
    assert not Draft.objects.exists()


def test_draft_of_controls_alone_keeps_no_token(client: Client, owner: User, case: Case) -> None:
    controls = {"csrfmiddlewaretoken": "x", "handling": "gem", "base_seq": "0", "submission_id": "1", "vist": "depicts"}
    client.post(url(case, "afdaek.personer", "kladde"), controls)
    assert draft_of(case, owner, "afdaek.personer").keys() <= {"victims-TOTAL_FORMS"}


def test_draft_too_large_to_keep_is_refused(client: Client, owner: User, case: Case) -> None:
    assert client.post(url(case, name="kladde"), {"where": "æ" * 1_000_000}).status_code == 422
    assert draft_of(case, owner) == {}


def test_page_too_large_to_keep_stays_on_the_screen(client: Client, case: Case) -> None:
    answer = press(client, case, "overblik", where="æ" * 1_000_000)
    assert answer.status_code == 422
    assert typed(answer.text)["where"] == ["æ" * 1_000_000]


def test_drafts_of_two_sections_stand_beside_each_other(client: Client, owner: User, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Et sted"})
    client.post(url(case, "afdaek.elev", "kladde"), {"own_words": "Hendes ord"})
    press(client, case, where="Et sted")
    assert draft_of(case, owner) == {}
    assert draft_of(case, owner, "afdaek.elev") == {"own_words": ["Hendes ord"]}
    press(client, case, "kasser")
    assert draft_of(case, owner, "afdaek.elev") == {"own_words": ["Hendes ord"]}


def test_draft_is_kept_by_post_only(client: Client, case: Case) -> None:
    assert client.get(url(case, name="kladde")).status_code == 405


# --- What an answer changes ---


def fragments(html: str) -> set[str]:
    """The names of the questions that a fragment holds."""
    return {name.removeprefix("sp-") for name in read(html).ids if name.startswith("sp-")}


def tables(html: str) -> set[str]:
    return {found[1] for name in read(html).ids if (found := re.fullmatch(r"tabel-([a-z]+)", name))}


IMAGE = ("recognised", "depicts", "passed_on")


@pytest.mark.parametrize(
    ("section", "sent", "seen", "changed", "changed_tables"),
    [
        ("sted", {"where": "x"}, (), (), ()),
        ("fare", {"abuse": "ja"}, (), ("danger_what",), ()),
        ("fare", {"abuse": "nej"}, ("danger_what",), ("danger_what",), ()),
        ("haendelse", {"kinds": ["bullying", "extortion"]}, (), ("ongoing",), ()),
        ("billede", {"shown": "nude"}, ("shown",), IMAGE, ()),
        ("billede", {"shown": "nude"}, ("shown", *IMAGE), (), ()),
        ("billede", {"shown": "nothing", "recognised": "ja"}, ("shown", *IMAGE), IMAGE, ()),
        ("hvem", {"victim_age": "14"}, (), ("victim_age",), ()),
        ("hvem", {"victim_age": "14"}, ("victim_age", "youngest_age"), ("youngest_age",), ()),
        ("overgreb", {"staff_hold": "ja"}, (), ("staff_hold_note",), ()),
        ("spredning", {"reached": "public"}, (), ("reached_number",), ()),
        ("personer", {"more_victims": "ja"}, (), ("victims_number",), ("victims",)),
        ("personer", {"more_victims": "nej"}, ("victims",), (), ("victims",)),
    ],
)
def test_refresh_gives_exactly_what_changed_and_the_panel(
    client: Client,
    case: Case,
    section: str,
    sent: dict[str, Any],
    seen: tuple[str, ...],
    changed: tuple[str, ...],
    changed_tables: tuple[str, ...],
) -> None:
    address = url(case, f"afdaek.{section}")
    answer = client.post(address, {"base_seq": "0", "vist": seen, **sent}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert fragments(answer.text) == set(changed)
    assert tables(answer.text) == set(changed_tables)
    assert {"vurdering", "fare"} <= set(read(answer.text).ids)
    assert "<html" not in answer.text
    assert answer["HX-Trigger"] == "kladde-gemt"
    assert filings(case) == 0


def test_answer_of_another_step_stands_with_a_link_to_its_question(client: Client, case: Case) -> None:
    press(client, case, section="vurder.deltagere", ssp_asked="ja", ssp_answer="Tal med »klassen«.")
    shown = read(client.get(url(case, "behandl.sparring")).text)
    assert [one.words for one in shown.having("p", class_="answer-elsewhere")] == [
        "Er SSP spurgt til råds? Ja Svar under »Vurder«",
        "Hvad siger SSP? Tal med »klassen«. Svar under »Vurder«",
    ]
    asked = url(case, "vurder.deltagere")
    marks = {link.partition("#")[2] for link in shown.links if link.startswith(f"{asked}#sp-")}
    assert marks == {"sp-ssp_asked", "sp-ssp_answer"} & set(read(client.get(asked).text).ids)
    assert len(marks) == 2


def test_pupils_of_other_schools_are_asked_about_once(client: Client, case: Case) -> None:
    """Who is listed with a school of their own is not asked for again: the list stands there, with what follows."""
    asked = read(client.get(url(case, "stop.samarbejde")).text)
    assert {"sp-other_schools"} & set(asked.ids)
    assert not asked.having("p", class_="answer-elsewhere")
    people = {"people-TOTAL_FORMS": "1", "people-0-name": "Bo", "people-0-pupil_of": "other_school"}
    press(client, case, section="afdaek.personer", **people)
    page = client.get(url(case, "stop.samarbejde")).text
    told = read(page)
    assert [one.words for one in told.having("p", class_="answer-elsewhere")] == [
        "Personer i sagen: Bo Svar under »Afdæk«",
    ]
    assert 'name="other_schools"' not in page
    assert 'name="other_schools_which"' in page
    (mark,) = {link.partition("#")[2] for link in told.links if "#tabel-" in link}
    assert mark in read(client.get(url(case, "afdaek.personer")).text).ids


def test_refresh_keeps_the_draft_and_shows_no_errors(client: Client, owner: User, case: Case) -> None:
    answer = press(client, case, "opdater", "afdaek.fortalt", htmx=True, known_on="31-", reporter="opfundet")
    assert answer.status_code == 200
    assert draft_of(case, owner, "afdaek.fortalt")["known_on"] == ["31-"]
    assert 'id="fejl"' not in answer.text


def change(client: Client, case: Case, section: str, **answers: Any) -> Any:
    """Change answers of the section, as the page does by htmx."""
    return press(client, case, "opdater", section, htmx=True, **answers)


def test_refresh_warns_against_calling_a_suspected_home(client: Client, case: Case) -> None:
    assert "Kontakt ikke hjemmet endnu" in change(client, case, "afdaek.fare", suspicion_home="ja").text
    assert "hjem-titel" not in read(change(client, case, "afdaek.fare", suspicion_home="nej").text).ids


def test_every_section_names_whom_to_ask_before_a_suspected_home(client: Client, case: Case) -> None:
    LocalContact.objects.create(municipality=case.school.municipality, key="social_doegnvagt", phone="44 55 66 77")
    press(client, case, section="afdaek.fare", suspicion_home="ja")
    pages = {section: read(client.get(url(case, section)).text) for section in IDS}
    named = [
        section
        for section, page in pages.items()
        if {"hjem-titel", "trin-form"} <= set(page.ids)
        and page.ids.index("hjem-titel") < page.ids.index("trin-form")
        and "tel:44556677" in page.links
        and "kommunens omstilling" not in page.words
    ]
    assert named == IDS


def test_refresh_puts_danger_before_everything(client: Client, case: Case) -> None:
    assert "tel:112" in change(client, case, "afdaek.fare", danger_self_harm="ja").text
    assert "tel:112" not in change(client, case, "afdaek.fare", danger_self_harm="nej").text


PEOPLE, MOTIVE = "afdaek.personer", "afdaek.kraenker"
OPENED = {"motive": "some", "motive_what": "Hun slog op"}
CLOSED = {"motive": "none", "motive_what": "Hun slog op"}


def values(html: str) -> dict[str, str | None]:
    """What stands in the text inputs of a fragment."""
    return {given["name"]: given.get("value") for given in read(html).inputs if given.get("type") == "text"}


def test_question_that_opens_again_has_what_was_typed_in_it(client: Client, case: Case) -> None:
    change(client, case, MOTIVE, vist="motive_what", **OPENED)
    change(client, case, MOTIVE, vist="motive_what", **CLOSED)
    again = change(client, case, MOTIVE, motive="some")
    assert fragments(again.text) == {"motive_what"}
    assert values(again.text)["motive_what"] == "Hun slog op"
    assert typed(client.get(url(case, MOTIVE)).text)["motive_what"] == ["Hun slog op"]


def test_question_emptied_while_it_is_open_stays_empty(client: Client, case: Case) -> None:
    change(client, case, "afdaek.billede", vist=["shown", *IMAGE], shown="nude", recognised="ja")
    change(client, case, "afdaek.billede", vist=["shown", *IMAGE], shown="nude")
    assert "recognised" not in typed(client.get(url(case, "afdaek.billede")).text)
    change(client, case, MOTIVE, vist="motive_what", **OPENED)
    change(client, case, MOTIVE, vist="motive_what", motive="some", motive_what="")
    assert typed(client.get(url(case, MOTIVE)).text)["motive_what"] == [""]


def test_closed_question_is_not_filed_from_the_draft(client: Client, case: Case) -> None:
    change(client, case, MOTIVE, vist="motive_what", **OPENED)
    answer = press(client, case, "gem_videre", MOTIVE, motive="some")
    assert answers(case)["motive_what"] == ""
    assert answer["Location"] == f"{url(case, MOTIVE)}?gemt={MOTIVE}&nye"
    assert "Dine svar gav nye spørgsmål. De står herunder." in client.get(answer["Location"]).text


def close_and_save(client: Client, case: Case) -> str:
    """Answer so that a question with text in it closes, then save; returns the base of the page after that."""
    change(client, case, MOTIVE, vist="motive_what", **OPENED)
    change(client, case, MOTIVE, vist="motive_what", **CLOSED)
    assert press(client, case, section=MOTIVE, motive="none").status_code == 302
    return typed(client.get(url(case, MOTIVE)).text)["base_seq"][0]


def test_words_of_a_closed_question_outlive_the_filing(client: Client, case: Case) -> None:
    seq = close_and_save(client, case)
    assert "motive_what" not in answers(case)
    page = client.get(url(case, MOTIVE))
    assert "Du har en kladde her" not in page.text
    assert "Kladde, ikke gemt" not in client.get(overview(case)).text
    again = change(client, case, MOTIVE, base_seq=seq, motive="some")
    assert values(again.text)["motive_what"] == "Hun slog op"


def test_words_of_a_closed_question_come_back_without_script_and_unfiled(client: Client, case: Case) -> None:
    seq = close_and_save(client, case)
    press(client, case, section=MOTIVE, base_seq=seq, motive="some")
    assert answers(case)["motive_what"] == ""
    page = client.get(url(case, MOTIVE))
    assert typed(page.text)["motive_what"] == ["Hun slog op"]
    assert "Du har en kladde her" in page.text
    assert "En anden har gemt" not in page.text
    assert client.post(url(case, MOTIVE), {**typed(page.text), "handling": ["gem"]}).status_code == 302
    assert answers(case)["motive_what"] == "Hun slog op"
    assert not Draft.objects.exists()


def test_rows_of_a_closed_table_outlive_the_filing(client: Client, case: Case) -> None:
    rows = {"victims-TOTAL_FORMS": "2", "victims-1-name": "Bo", "victims_number": "4"}
    change(client, case, PEOPLE, vist=["victims", "victims_number"], more_victims="ja", **rows)
    press(client, case, section=PEOPLE, vist=["victims", "victims_number"], more_victims="nej", **rows)
    assert not {"victims", "victims_number"} & set(answers(case))
    seq = typed(client.get(url(case, PEOPLE)).text)["base_seq"]
    again = values(change(client, case, PEOPLE, base_seq=seq, more_victims="ja").text)
    assert (again["victims-1-name"], again["victims_number"]) == ("Bo", "4")


def test_answer_of_a_colleague_counts_more_than_words_kept_aside(client: Client, leader: User, case: Case) -> None:
    seq = close_and_save(client, case)
    theirs = {"motive": "some", "motive_what": "Lederens ord"}
    press(logged_in(leader), case, section=MOTIVE, base_seq=seq, vist="motive_what", **theirs)
    change(client, case, MOTIVE, motive="none", base_seq="99")
    again = change(client, case, MOTIVE, motive="some", base_seq="99")
    assert values(again.text)["motive_what"] == "Lederens ord"


def test_words_kept_aside_go_when_they_are_filed_or_discarded(client: Client, case: Case) -> None:
    close_and_save(client, case)
    assert Draft.objects.count() == 1
    press(client, case, "kasser", MOTIVE)
    assert not Draft.objects.exists()


def test_words_kept_aside_outlive_a_section_without_an_answer(client: Client, case: Case) -> None:
    change(client, case, MOTIVE, vist="motive_what", **OPENED)
    press(client, case, section=MOTIVE, vist="motive_what", motive_what="Hun slog op")
    assert filings(case) == 0
    assert 'value="Hun slog op"' in change(client, case, MOTIVE, motive="some").text


# --- Rows ---


def test_row_is_added_and_removed_without_script(client: Client, case: Case) -> None:
    first = press(client, case, "tilfoej:people", PEOPLE, more_victims="nej")
    assert (first.status_code, first["Location"]) == (302, f"{url(case, PEOPLE)}#tabel-people-titel")
    page = typed(client.get(url(case, PEOPLE)).text)
    assert page["people-TOTAL_FORMS"] == ["1"]
    assert page["more_victims"] == ["nej"]
    client.post(url(case, PEOPLE), {**page, "people-0-name": ["A"], "handling": ["tilfoej:people"]})
    page = typed(client.get(url(case, PEOPLE)).text)
    client.post(url(case, PEOPLE), {**page, "people-1-name": ["B"], "handling": ["fjern:people:0"]})
    page = typed(client.get(url(case, PEOPLE)).text)
    assert (page["people-TOTAL_FORMS"], page["people-0-name"]) == (["1"], ["B"])
    assert filings(case) == 0


def test_row_under_htmx_gives_the_table_alone_and_the_panel(client: Client, case: Case) -> None:
    rows = {"people-TOTAL_FORMS": "1", "people-0-name": "A"}
    answer = press(client, case, "tilfoej:people", PEOPLE, htmx=True, **rows)
    page = read(answer.text)
    assert (answer.status_code, tables(answer.text), fragments(answer.text)) == (200, {"people"}, set())
    assert "vurdering" in page.ids
    names = {given["name"]: given for given in page.inputs if given["name"].endswith("-name")}
    assert {name: given.get("value", "") for name, given in names.items()} == {
        "people-0-name": "A",
        "people-1-name": "",
    }
    assert [name for name, given in names.items() if "autofocus" in given] == ["people-1-name"]


def test_refresh_tells_the_next_way_of_each_row_and_leaves_the_rows(client: Client, case: Case) -> None:
    sent = {"takedown-TOTAL_FORMS": "2", "takedown-1-route": "report"}
    waiting = change(client, case, "stop.ukendt", **sent, **{"takedown-1-outcome": "waiting"}).text
    refused = change(client, case, "stop.ukendt", **sent, **{"takedown-1-outcome": "refused"}).text
    for html, words in ((waiting, "Følg op om et døgn."), (refused, "Take It Down fra elevens egen enhed")):
        found = {one.attributes["id"]: one.words for one in read(html).having("p", class_="row-card__derived")}
        assert list(found) == ["afledt-takedown-0", "afledt-takedown-1"]
        assert (found["afledt-takedown-0"], words in found["afledt-takedown-1"]) == ("", True)
        assert tables(html) == set()


def test_row_and_answer_in_one_request_both_show(client: Client, case: Case) -> None:
    html = press(client, case, "tilfoej:people", PEOPLE, htmx=True, more_victims="ja").text
    assert (tables(html), fragments(html)) == ({"people", "victims"}, {"victims_number"})


def test_removing_a_row_twice_removes_it_once(client: Client, case: Case) -> None:
    sent = {"people-TOTAL_FORMS": "2", "people-0-name": "A", "people-1-name": "B"}
    press(client, case, "fjern:people:1", PEOPLE, **sent)
    left = typed(client.get(url(case, PEOPLE)).text)
    client.post(url(case, PEOPLE), {**left, "handling": ["fjern:people:1"]})
    left = typed(client.get(url(case, PEOPLE)).text)
    assert (left["people-TOTAL_FORMS"], left["people-0-name"]) == (["1"], ["A"])


@pytest.mark.parametrize(
    ("section", "handling"),
    [
        *(
            (PEOPLE, handling)
            for handling in (
                "tilfoej:opfundet",
                "tilfoej:",
                "tilfoej:more_victims",
                "tilfoej:evidence",
                "fjern:people",
                "fjern:people:",
                "fjern:people:x",
                "fjern:people:99999",
                "fjern",
            )
        ),
        ("afdaek.sted", "tilfoej:people"),
        ("afdaek.sted", "fjern:people:0"),
    ],
)
def test_row_of_nothing_is_not_found(client: Client, case: Case, section: str, handling: str) -> None:
    assert press(client, case, handling, section, **{"people-TOTAL_FORMS": "1"}).status_code == 404
    assert not Draft.objects.exists()


# --- Never overwritten in silence ---

WORDS = "afdaek.elev"
MEANWHILE = "En anden har gemt det her imens"


def test_stale_save_is_refused_with_both_texts(client: Client, owner: User, leader: User, case: Case) -> None:
    mine = typed(client.get(url(case, WORDS)).text)
    theirs = {"own_words": "Lederens ord", "wants": "Ro"}
    assert press(logged_in(leader), case, section=WORDS, **theirs).status_code == 302
    before = stored(case).head_seq
    sent = {**mine, "own_words": ["Mine ord"], "assessment": ["Min vurdering"], "handling": ["gem"]}
    refused = client.post(url(case, WORDS), sent)
    assert refused.status_code == 409
    assert MEANWHILE in refused.text
    assert stored(case).head_seq == before
    for words in ("Lederens ord", "Mine ord", "Min vurdering"):
        assert words in refused.text
    there = typed(refused.text)
    assert (there["own_words"], there["assessment"], there["wants"]) == (["Mine ord"], ["Min vurdering"], [""])
    assert draft_of(case, owner, WORDS)["own_words"] == ["Mine ord"]
    saved = client.post(url(case, WORDS), {**there, "handling": ["gem"]})
    assert saved.status_code == 302
    assert (answers(case)["own_words"], filings(case)) == ("Mine ord", 2)


@pytest.mark.parametrize("section", [section for section in IDS if section not in CLOSED_AT_FIRST])
def test_every_section_refuses_a_stale_save(client: Client, leader: User, case: Case, section: str) -> None:
    theirs = one_answer(client, case, section)
    page = typed(client.get(url(case, section)).text)
    assert press(logged_in(leader), case, section=section, **theirs).status_code == 302
    refused = client.post(url(case, section), {**page, "handling": ["gem_videre"]})
    assert (refused.status_code, MEANWHILE in refused.text, filings(case)) == (409, True, 1)
    again = client.post(url(case, section), {**typed(refused.text), "handling": ["gem_videre"]})
    assert (again.status_code, filings(case)) == (302, 2)


def test_stale_draft_says_so_before_it_is_saved(client: Client, leader: User, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Mit sted", "base_seq": "0"})
    press(logged_in(leader), case, where="Lederens sted")
    page = client.get(url(case))
    assert MEANWHILE in page.text
    assert "Lederens sted" in page.text
    assert typed(page.text)["where"] == ["Mit sted"]
    assert client.post(url(case), {**typed(page.text), "handling": ["gem"]}).status_code == 302


def test_draft_that_says_the_same_as_the_filing_is_no_conflict(client: Client, leader: User, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Samme sted", "base_seq": "0"})
    press(logged_in(leader), case, where="Samme sted")
    page = client.get(url(case))
    assert "har gemt det her" not in page.text
    assert client.post(url(case), {**typed(page.text), "handling": ["gem"]}).status_code == 302


def test_errors_do_not_hide_that_somebody_else_saved(client: Client, leader: User, case: Case) -> None:
    mine = typed(client.get(url(case)).text)
    press(logged_in(leader), case, where="Lederens sted")
    wrong = client.post(url(case), {**mine, "first_on": ["31-"], "handling": ["gem"]})
    assert wrong.status_code == 422
    right = {**typed(wrong.text), "first_on": ["i går"], "handling": ["gem"]}
    assert client.post(url(case), right).status_code == 409


@pytest.mark.parametrize("other", ["afdaek.elev", "vurder.vej"])
def test_sections_are_stale_each_for_itself(client: Client, leader: User, case: Case, other: str) -> None:
    mine, draft = typed(client.get(url(case)).text), {"where": "Mit sted"}
    client.post(url(case, name="kladde"), {**draft, "base_seq": "0"})
    assert press(logged_in(leader), case, section=other, **one_answer(client, case, other)).status_code == 302
    assert "har gemt det her" not in client.get(url(case)).text
    assert client.post(url(case), {**mine, "where": ["Mit sted"], "handling": ["gem"]}).status_code == 302
    assert (answers(case)["where"], filings(case)) == ("Mit sted", 2)


# --- Skipping ---


def skip(client: Client, case: Case, step: str = "stop", **sent: str) -> Any:
    return client.post(step_url(case, step), {"submission_id": str(uuid4()), **sent})


def test_skipped_step_is_logged_with_its_reason(client: Client, case: Case) -> None:
    answer = skip(client, case, reason=" Intet er delt. ")
    assert (answer.status_code, answer["Location"]) == (302, f"{overview(case)}?sprunget=stop")
    assert "»Stop« er sprunget over." in client.get(answer["Location"]).text
    assert "er sprunget over." not in client.get(f"{overview(case)}?sprunget=anmeld").text
    assert stored(case).progress == {"stop": "skipped"}
    assert case_file(case).skips["stop"].content == {"step": "stop", "title": "Stop", "reason": "Intet er delt."}
    assert "Intet er delt." in client.get(answer["Location"]).text


@pytest.mark.parametrize("reason", ["", "   ", "Se 010203-1234", "et\x00to", LONG])
def test_skip_without_a_usable_reason_is_refused(client: Client, case: Case, reason: str) -> None:
    answer = skip(client, case, reason=reason)
    assert answer.status_code == 422
    assert [link for link, _words in errors(answer.text)] == ["id_reason"]
    assert typed(answer.text, "")["reason"] == [reason]
    assert stored(case).progress == {}


def test_skip_that_sends_nothing_at_all_is_refused(client: Client, case: Case) -> None:
    assert client.post(step_url(case)).status_code == 422


def test_skip_sent_twice_is_logged_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    assert [skip(client, case, reason="Nej", submission_id=number).status_code for _press in range(2)] == [302, 302]
    assert Entry.objects.filter(case=case, kind=EntryKind.SKIP).count() == 1


def test_skipped_step_that_is_saved_is_no_longer_skipped(client: Client, case: Case) -> None:
    skip(client, case, reason="Intet er delt.")
    press(client, case, section="stop.samarbejde", other_schools="nej")
    assert (stored(case).progress, case_file(case).skips) == ({"stop": "begun"}, {})


# --- Closed, unknown, foreign ---


def test_closed_case_leads_to_its_resume_and_takes_nothing(client: Client, leader: User, case: Case) -> None:
    writer.close_case(case=stored(case), by=leader, reason="Sagen er løst.")
    before = stored(case).head_seq
    resume = reverse("resume", args=[case.public_id])
    looked = [client.get(url(case)), client.get(step_url(case))]
    assert [(answer.status_code, answer["Location"]) for answer in looked] == [(302, resume)] * len(looked)
    sent = [
        press(client, case, where="For sent"),
        press(client, case, "overblik", where="For sent"),
        skip(client, case, reason="For sent"),
    ]
    for answer in sent:
        assert answer.status_code == 409
        assert "For sent" in answer.content.decode()
    assert client.post(url(case, name="kladde"), {"where": "For sent"}).status_code == 422
    assert (stored(case).head_seq, Draft.objects.count()) == (before, 0)


@pytest.mark.parametrize("send", ["step", "skip"])
def test_what_is_sent_while_a_colleague_closes_the_case_is_handed_back(
    client: Client, leader: User, case: Case, monkeypatch: pytest.MonkeyPatch, send: str
) -> None:
    def close_first() -> None:
        monkeypatch.undo()
        writer.close_case(case=stored(case), by=leader, reason="Sagen er løst.")
        lock()

    lock = audit_log.lock_log
    monkeypatch.setattr(audit_log, "lock_log", close_first)
    answer = press(client, case, where="For sent") if send == "step" else skip(client, case, reason="For sent")
    assert answer.status_code == 409
    assert all(words in answer.content.decode() for words in ("Sagen er afsluttet", "For sent"))


def same(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """The whole answer, but for the form token, which differs at every look."""
    token = rb'(name="csrfmiddlewaretoken" value=")[^"]+'
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, headers, re.sub(token, rb"\1", answer.content)


@pytest.mark.parametrize(
    ("method", "name", "known", "unknown"),
    [
        *(
            (method, name, known, unknown)
            for method in ("get", "post")
            for name, known, unknown in (
                ("trin", ("afdaek", "sted"), ("opfundet", "sted")),
                ("trin", ("afdaek", "sted"), ("afdaek", "opfundet")),
                ("trin", ("afdaek", "sted"), ("afdaek", "niveau")),
                ("foerst", ("fare",), ("opfundet",)),
                ("foerst", ("fare",), ("overtaget",)),
                ("spring_over", ("afdaek",), ("opfundet",)),
            )
        ),
        ("post", "kladde", ("afdaek", "sted"), ("afdaek", "opfundet")),
        ("get", "trin_opgaver", ("afdaek",), ("opfundet",)),
    ],
)
def test_unknown_page_foreign_case_and_missing_case_answer_alike(
    owner: User, method: str, name: str, known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    mine, foreign = make_case(owner), make_case()
    client = logged_in(owner)
    answers = [
        same(getattr(client, method)(reverse(name, args=args)))
        for args in ([mine.public_id, *unknown], [foreign.public_id, *known], [uuid4(), *known])
    ]
    assert answers[0][0] == 404
    assert answers[0] == answers[1] == answers[2]
    assert b"Siden findes ikke" in answers[0][2]


@pytest.mark.parametrize("section", ["opfundet.sted", "afdaek.opfundet"])
def test_unknown_section_of_a_foreign_case_answers_alike(owner: User, section: str) -> None:
    client, foreign = logged_in(owner), make_case()
    assert same(client.get(url(foreign, section))) == same(client.get(url(make_case(owner), section)))


# --- Who may ---


@pytest.fixture
def house(school: School, owner: User, leader: User, case: Case) -> dict[str, User | None]:
    participant, elsewhere = make_user(school=school), make_school(school.municipality)
    actions.add_participant(case=case, by=owner, user=participant)
    return {
        "owner": owner,
        "participant": participant,
        "colleague": make_user(school=school),
        "other school": make_user(school=elsewhere),
        "leader": leader,
        "leader elsewhere": make_user(Role.LEADER, school=elsewhere),
        "ssp": make_user(Role.SSP, municipality=school.municipality),
        "ssp elsewhere": make_user(Role.SSP, municipality=make_municipality()),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=school.municipality),
        "anonymous": None,
    }


# GET section, POST section, POST draft, GET skip, POST skip.
WALKS = {
    "owner": (200, 302, 204, 200, 302),
    "participant": (200, 302, 204, 200, 302),
    "leader": (200, 302, 204, 200, 302),
    "colleague": (404, 404, 404, 404, 404),
    "other school": (404, 404, 404, 404, 404),
    "leader elsewhere": (404, 404, 404, 404, 404),
    "ssp": (404, 404, 404, 404, 404),
    "ssp, named": (403, 403, 403, 403, 403),
    "ssp, anonymous": (403, 403, 403, 403, 403),
    "ssp elsewhere": (404, 404, 404, 404, 404),
    "administrator": (404, 404, 404, 404, 404),
    "anonymous": (302, 403, 403, 302, 403),
}


def test_table_of_walkers_covers_everybody(house: dict[str, User | None]) -> None:
    assert set(WALKS) == {*house, "ssp, named", "ssp, anonymous"}


@pytest.mark.parametrize("who", WALKS)
def test_only_those_who_walk_the_case_may_fill_it_in(house: dict[str, User | None], case: Case, who: str) -> None:
    person, _comma, form = who.partition(", ")
    if form:
        actions.refer(
            case=case, by=case.owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4()
        )
    user = house[person]
    client = logged_in(user) if user else Client()
    before = stored(case).head_seq
    answers = (
        client.get(url(case)),
        press(client, case, where="Her"),
        client.post(url(case, name="kladde"), {"where": "Der"}),
        client.get(step_url(case)),
        skip(client, case, reason="Fordi"),
    )
    assert tuple(answer.status_code for answer in answers) == WALKS[who]
    written = WALKS[who][1] == 302
    assert (stored(case).head_seq > before) is written
    assert Draft.objects.exists() is written


@pytest.mark.parametrize("who", ["colleague", "ssp, named"])
def test_refusal_is_logged(house: dict[str, User | None], case: Case, who: str) -> None:
    person, _comma, form = who.partition(", ")
    if form:
        actions.refer(
            case=case, by=case.owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4()
        )
    user = house[person]
    logged_in(user).get(url(case))
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    assert user is not None
    assert (event.verb, event.actor, event.case_public_id, event.detail) == (
        AuditVerb.DENIED,
        user.public_id,
        case.public_id,
        "walk",
    )


def test_access_taken_away_holds_from_the_next_request(house: dict[str, User | None], case: Case) -> None:
    user = house["participant"]
    assert user is not None
    client = logged_in(user)
    assert client.get(url(case)).status_code == 200
    actions.remove_participant(case=stored(case), by=case.owner, user=user)
    assert press(client, case, where="For sent").status_code == 404
    assert filings(case) == 0


# --- What the page gives away ---

FAR = 918_273_645


def _start_counting_far_out() -> None:
    """Give every table's next row a number that stands in no page by chance."""
    with connection.cursor() as cursor:
        for model in (Case, User, School, Entry, Draft, AuditEvent):
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {FAR})")
            else:
                cursor.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
                cursor.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {FAR})")


def test_no_page_of_the_walk_names_a_serial_key() -> None:
    _start_counting_far_out()
    owner = make_user()
    case = make_case(owner)
    assert min(owner.pk, case.pk, owner.school_id or 0) > FAR
    client = logged_in(owner)
    pages = {(step.key, "skip"): client.get(step_url(case, step.key)) for step in STEPS}
    for section in IDS:
        step, _dot, key = section.partition(".")
        names = BY_KEY[step].names([key])
        wrong = {}
        for table in (table for table in BY_KEY[step].tables if table.key in names):
            columns = list(table.columns.items())
            column = next((name for name, question in columns if isinstance(question, TextAnswer)), columns[-1][0])
            wrong |= {f"{table.key}-TOTAL_FORMS": "1", f"{table.key}-0-{column}": "010203-1234"}
        pages |= {
            (section, "fresh"): client.get(url(case, section)),
            (section, "sent"): press(client, case, section=section, **wrong),
            (section, "refreshed"): press(client, case, "opdater", section, htmx=True),
            (section, "with a draft"): client.get(url(case, section)),
        }
    assert {page.status_code for page in pages.values()} == {200, 302, 422}
    assert [place for place, page in pages.items() if str(FAR)[:8] in page.text + str(page.headers)] == []


# --- Queries ---


def queries(ask: Any) -> list[str]:
    """The statements that read or write: neither the borders of transactions nor PostgreSQL's advisory locks."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code in (200, 302)
    border = re.compile(r"SAVEPOINT|RELEASE|BEGIN|COMMIT|.*pg_advisory")
    return [query["sql"] for query in captured if not border.match(query["sql"])]


SAVE_QUERIES = 14
"""Session, user, case, entries, drafts, contacts, local contacts, law; then under the lock: the case, entries in, list
columns, event, end of the access log, draft out."""
NEW_DEADLINES = 1
"""A filing after which something new is to be done reads the school's closed days."""


def test_saving_a_section_takes_fourteen_queries(owner: User, case: Case) -> None:
    client = logged_in(owner)
    client.post(url(case, "afdaek.fare", "kladde"), {"danger_self_harm": "ja"})
    saved = queries(lambda: press(client, case, section="afdaek.fare", danger_self_harm="ja", abuse="nej"))
    assert len(saved) == SAVE_QUERIES + NEW_DEADLINES, "\n".join(saved)
    kinds = list(Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["status", "step", "level"]
    same = {"danger_self_harm": "ja", "abuse": "nej", "base_seq": str(stored(case).head_seq - 1)}
    client.post(url(case, "afdaek.fare", "kladde"), same)
    again = queries(lambda: press(client, case, section="afdaek.fare", **same))
    assert len(again) == SAVE_QUERIES, "\n".join(again)


def test_saving_among_other_sections_takes_one_query_more(owner: User, case: Case) -> None:
    client = logged_in(owner)
    for section in ("afdaek.fare", "afdaek.haendelse", "afdaek.billede", "afdaek.hvem", "vurder.vej"):
        press(client, case, section=section, **one_answer(client, case, section))
    saved = queries(lambda: press(client, case, "gem_videre", where="Her"))
    assert len(saved) == SAVE_QUERIES + 1, "\n".join(saved)


def test_saving_a_minute_later_writes_the_session_too(client: Client, case: Case) -> None:
    session = client.session
    session["seen"] = 0
    session.save()
    saved = queries(lambda: press(client, case, section="afdaek.fare", danger_self_harm="ja"))
    assert [sql.split()[0] for sql in saved if '"django_session"' in sql] == ["SELECT", "UPDATE"]
    assert len(saved) == SAVE_QUERIES + NEW_DEADLINES + 1, "\n".join(saved)


def test_every_section_takes_as_many_queries_however_long_the_log(client: Client, case: Case) -> None:
    def counted() -> dict[str, int]:
        return {section: len(queries(partial(client.get, url(case, section)))) for section in IDS}

    add_note(case)
    client.get(url(case))
    few = counted()
    for number in range(29):
        add_note(case, text=f"Notat {number}")
    assert counted() == few


def test_section_is_read_through_the_door(client: Client, owner: User, case: Case) -> None:
    client.get(url(case))
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor, event.step) == (AuditVerb.OPEN, owner.public_id, "afdaek")
    assert permissions.case_role_of(owner, case) == "owner"
