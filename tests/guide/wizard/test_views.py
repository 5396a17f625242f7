"""A step over HTTP: saved, refused, kept as a draft, refreshed piece by piece, and never overwritten in silence."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.access import permissions
from cases.enums import AuditVerb, EntryKind, Role
from cases.log import drafts, writer
from cases.log.case_file import CaseFile, read_case
from cases.models import AuditEvent, Case, Draft, Entry, School, User
from cases.sharing import actions
from guide.models import LocalContact
from guide.questionnaire.fields import ChoiceAnswer
from guide.questionnaire.schema import Step
from guide.steps import BY_KEY, STEPS
from tests.factories import add_note, make_case, make_municipality, make_school, make_user
from tests.guide.page_reader import logged_in, read, stored, typed

pytestmark = pytest.mark.django_db

ODD = "»Æøå« & <b>fed</b> \u202evenstre\u202c 🙈\r\n\r\n  indrykket \r\nslut"
CPR = "Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def owner(school: School) -> User:
    return make_user(school=school)


@pytest.fixture
def leader(school: School) -> User:
    return make_user(Role.LEADER, school=school, name="Lis Leder")


@pytest.fixture
def case(owner: User) -> Case:
    return make_case(owner)


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


def url(case: Case, step: str = "afdaek", name: str = "trin") -> str:
    return reverse(name, args=[case.public_id, step])


def press(
    client: Client, case: Case, handling: str = "gem", step: str = "afdaek", *, htmx: bool = False, **answers: Any
) -> Any:
    """Press a button of the step's form; ``base_seq`` and ``submission_id`` as a fresh page has them."""
    sent = {"handling": handling, "base_seq": "0", "submission_id": str(uuid4()), **answers}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(url(case, step), sent, headers=headers)


def case_file(case: Case) -> CaseFile:
    return read_case(stored(case))


def answers(case: Case, step: str = "afdaek") -> Mapping[str, Any]:
    return case_file(case).answers()[step]


def filings(case: Case) -> int:
    return Entry.objects.filter(case=case, kind=EntryKind.STEP).count()


def draft_of(case: Case, user: User, step: str = "afdaek") -> Mapping[str, list[str]]:
    kept = drafts.read_draft(case=stored(case), by=user, step=step)
    return kept.data if kept else {}


def errors(html: str) -> list[tuple[str, str]]:
    """(link, sentence) of the error summary."""
    start = html.index('id="fejl"')
    box = read(html[start : html.index("</ul>", start)])
    return [(one.attributes["href"].removeprefix("#"), one.words) for one in box.having("a")]


# --- Shown and saved ---


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_step_without_an_answer_is_not_filed_and_says_so(client: Client, case: Case, step: str) -> None:
    page = client.get(url(case, step))
    assert page.status_code == 200
    sent = client.post(url(case, step), {**typed(page.text), "handling": ["gem"]})
    assert (sent.status_code, sent["Location"]) == (302, f"{url(case, step)}?tomt={step}")
    again = client.get(sent["Location"])
    assert "så der er ikke gemt noget" in again.text
    assert (filings(case), stored(case).progress, Draft.objects.exists()) == (0, {}, False)
    without_number = [{**typed(one.text), "submission_id": []} for one in (page, again)]
    assert without_number[0] == without_number[1]


def test_step_without_an_answer_still_leads_on(client: Client, case: Case) -> None:
    answer = press(client, case, "gem_videre", "behandl")
    assert answer["Location"] == f"{reverse('sag', args=[case.public_id])}?tomt=behandl"
    assert "Du har ikke svaret på noget i »Behandl«" in client.get(answer["Location"]).text


def test_not_known_yet_is_an_answer(client: Client, case: Case) -> None:
    assert press(client, case, where_ved_ikke="on")["Location"] == f"{url(case)}?gemt=afdaek"
    assert filings(case) == 1


def test_step_emptied_after_a_filing_is_filed(client: Client, case: Case) -> None:
    press(client, case, where="Snapchat")
    assert press(client, case, base_seq=str(stored(case).head_seq - 1), where="")["Location"].endswith("gemt=afdaek")
    assert (answers(case)["where"], filings(case)) == ("", 2)


@pytest.mark.parametrize("asked", ["tomt=afdaek", "tomt=opfundet", "tomt=%00"])
def test_address_alone_does_not_claim_that_nothing_was_filed(client: Client, case: Case, asked: str) -> None:
    press(client, case, where="Snapchat")
    assert "ikke gemt noget" not in client.get(f"{url(case)}?{asked}").text


def test_saved_answers_are_kept_and_shown(client: Client, case: Case) -> None:
    sent = {
        "danger_violence": "ved_ikke",
        "kinds": ["image_shared", "bullying"],
        "what_happened": ODD,
        "known_on": "i går",
        "shown": "nude",
        "identity_published": "ja",
        "identity_what": "Navn",
        "where_ved_ikke": "on",
        "victim_age": "14",
        "people-TOTAL_FORMS": "1",
        "people-0-name": "Elev A",
        "people-0-roles": ["victim", "witness"],
    }
    assert press(client, case, **sent).status_code == 302
    yesterday = timezone.localdate() - timedelta(days=1)
    kept = answers(case)
    assert {
        name: kept[name] for name in (*sent.keys() - {"where_ved_ikke", "people-TOTAL_FORMS"},) if name in kept
    } == {
        "danger_violence": "ved_ikke",
        "kinds": ["image_shared", "bullying"],
        "what_happened": ODD.replace("\r\n", "\n"),
        "known_on": yesterday.isoformat(),
        "shown": "nude",
        "identity_published": "ja",
        "identity_what": "Navn",
        "victim_age": "14",
    }
    assert kept["where"] == "ved_ikke"
    assert kept["people"] == [
        {"name": "Elev A", "roles": ["victim", "witness"], "age_band": "", "relation": "", "note": ""}
    ]
    shown = typed(client.get(url(case)).text)
    assert shown["known_on"] == [yesterday.strftime("%d-%m-%Y")]
    assert shown["what_happened"] == [ODD.replace("\r\n", "\n")]
    assert shown["people-0-roles"] == ["victim", "witness"]
    assert (stored(case).level_high, stored(case).progress) == (4, {"afdaek": "begun"})


SOMETHING = {
    "afdaek": {"where": "Snapchat"},
    "vurder": {"ssp_asked": "nej", "vist": "special_support"},
    "stop": {"evidence_secured": "ja"},
    "behandl": {"sparring": "nej"},
}
"""One answer of a step: without any nothing is filed."""


@pytest.mark.parametrize(
    ("step", "handling", "goes_to"),
    [
        ("afdaek", "gem", "/trin/afdaek/?gemt=afdaek"),
        ("afdaek", "gem_videre", "/trin/vurder/?gemt=afdaek"),
        ("vurder", "gem_videre", "/trin/inddrag/?gemt=vurder"),
        ("behandl", "gem_videre", "/?gemt=behandl"),
        ("vurder", "tilbage", "/trin/afdaek/"),
        ("afdaek", "tilbage", "/"),
        ("stop", "overblik", "/"),
        ("stop", "kasser", "/trin/stop/"),
        ("stop", "noget helt andet", "/"),
    ],
)
def test_button_leads_where_it_says(client: Client, case: Case, step: str, handling: str, goes_to: str) -> None:
    answer = press(client, case, handling, step, **SOMETHING[step])
    assert (answer.status_code, answer["Location"]) == (302, f"/sager/{case.public_id}{goes_to}")


def test_receipt_leads_back_to_each_answer_that_is_missing(client: Client, case: Case) -> None:
    page = client.get(press(client, case, "gem_videre", **SOMETHING["afdaek"])["Location"])
    missing = BY_KEY["afdaek"].essential
    links = [link.partition("#")[2] for link in read(page.text).links if link.startswith(f"{url(case)}#")]
    assert links == [mark for name in missing if (mark := _mark(client, case, name))]
    assert f"{len(links)} vigtige svar mangler endnu" in [one.words for one in read(page.text).having("summary")]


def test_receipt_on_the_step_itself_names_few_missing_answers_openly(client: Client, case: Case) -> None:
    page = client.get(press(client, case, step="dokumenter", police_asked="nej", staff_hold="nej")["Location"])
    links = [link for link in read(page.text).links if link.startswith(("#sp-", "#tabel-"))]
    assert 0 < len(links) <= 5
    assert {link[1:] for link in links} <= set(read(page.text).ids)
    assert "vigtige svar mangler endnu" not in " ".join(one.words for one in read(page.text).having("summary"))


def _mark(client: Client, case: Case, name: str) -> str:
    """The id at which the question or table stands on its page, if it is asked and not answered."""
    page = read(client.get(url(case)).text)
    if name in SOMETHING["afdaek"]:
        return ""
    if any(given.get("name", "").split("-")[0] == name for given in page.inputs):
        return f"sp-{name}" if f"sp-{name}" in page.ids else f"tabel-{name}-titel"
    return ""


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_no_two_questions_of_a_step_read_alike(step: Step) -> None:
    asked = [str(field.label) for field in step.form.base_fields.values()] + [str(table.title) for table in step.tables]
    assert len(set(asked)) == len(asked)


def test_enter_key_saves(client: Client, case: Case) -> None:
    sent = {"base_seq": "0", "submission_id": str(uuid4()), "where": "Snapchat"}
    assert client.post(url(case), sent).status_code == 302
    assert filings(case) == 1


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_every_step_sent_again_unchanged_is_answered_as_the_first_time(client: Client, case: Case, step: str) -> None:
    first = next(name for name, field in BY_KEY[step].form.base_fields.items() if isinstance(field, ChoiceAnswer))
    sent = {first: "ved_ikke", "submission_id": str(uuid4())}
    said = [press(client, case, step=step, **sent) for _press in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in said] == [
        (302, f"{url(case, step)}?gemt={step}")
    ] * 2
    assert filings(case) == 1


def test_same_form_sent_twice_is_filed_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    answers = [press(client, case, where="Snapchat", submission_id=number) for _press in range(3)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"{url(case)}?gemt=afdaek")] * 3
    assert filings(case) == 1


@pytest.mark.parametrize("number", ["", "1", "x" * 300])
def test_form_without_a_number_is_filed_all_the_same(client: Client, case: Case, number: str) -> None:
    assert press(client, case, submission_id=number, where="Snapchat").status_code == 302
    assert filings(case) == 1


@pytest.mark.parametrize("base", ["", "-1", "1e3", "9" * 5000, "١", "\x00"])
def test_garbage_base_counts_as_none(client: Client, case: Case, base: str) -> None:
    assert press(client, case, base_seq=base, where="Snapchat").status_code == 302
    assert press(client, case, base_seq=base, where="Snapchat").status_code == 409


# --- Refused ---

LONG = "x" * 1_000_000
TOMORROW = (timezone.localdate() + timedelta(days=1)).strftime("%d-%m-%Y")
BAD: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "future event": (
        {"last_on": TOMORROW},
        [("id_last_on", "Datoen ligger ude i fremtiden. Skriv den dag, det skete.")],
    ),
    "end before start": (
        {"first_on": "15-01-2026", "last_on": "14-01-2026"},
        [("id_last_on", "Den dag, det skete sidst, ligger før den dag, det begyndte.")],
    ),
    "half a day": ({"known_on": "31-"}, [("id_known_on", "Skriv datoen som dag-måned-år, fx 21-11-2026.")]),
    "no day of the calendar": (
        {"known_on": "2026-02-31"},
        [("id_known_on", "Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen.")],
    ),
    "unknown choice": ({"shown": "opfundet"}, [("id_shown_0", "Vælg et af svarene på listen.")]),
    "unknown among several": (
        {"kinds": ["bullying", "opfundet"]},
        [("id_kinds_0", "Vælg et af svarene på listen.")],
    ),
    "a megabyte": (
        {"what_happened": LONG},
        [
            (
                "id_what_happened",
                "Teksten fylder 1000000 tegn. Der er plads til 5000. Del den op, eller skriv resten i loggen.",
            )
        ],
    ),
    "a megabyte on a line": (
        {"where": LONG},
        [("id_where", "Teksten fylder 1000000 tegn. Der er plads til 200.")],
    ),
    "a thousand digits": ({"victim_age": "9" * 1000}, [("id_victim_age", "Skriv et helt tal, fx 14.")]),
    "too old": ({"victim_age": "100"}, [("id_victim_age", "Skriv et tal mellem 0 og 99.")]),
    "a CPR number": ({"own_words": "Hun er 010203-1234."}, [("id_own_words", CPR)]),
    "a CPR number in one piece": ({"who_knows": "0102031234"}, [("id_who_knows", CPR)]),
    "a CPR number in a row": (
        {"people-TOTAL_FORMS": "1", "people-0-note": "010203 1234"},
        [("id_people-0-note", CPR)],
    ),
    "several at once, in the order of the page": (
        {"victim_age": "tolv", "known_on": "vrøvl", "where": LONG},
        [
            ("id_known_on", "Skriv datoen som dag-måned-år, fx 21-11-2026."),
            ("id_where", "Teksten fylder 1000000 tegn. Der er plads til 200."),
            ("id_victim_age", "Skriv et helt tal, fx 14."),
        ],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_told_at_the_field_and_costs_nobody_their_words(
    client: Client, owner: User, case: Case, what: str
) -> None:
    sent, wrong = BAD[what]
    beside = {"done_already": "Eleven har talt med mor.", "danger_violence": "ja", "reached": "few_named"}
    answer = press(client, case, "gem_videre", **beside, **sent)
    assert answer.status_code == 422
    assert filings(case) == 0
    summary = errors(answer.text)
    assert [link for link, _words in summary] == [link for link, _sentence in wrong]
    assert [words for (_link, words), (_l, sentence) in zip(summary, wrong, strict=True) if sentence not in words] == []
    page = read(answer.text)
    for link, sentence in wrong:
        assert link in page.ids
        # Once in the summary, once at the field.
        assert answer.text.count(sentence) == 2
    there = typed(answer.text)
    offered = {name: values for name, values in {**beside, **sent}.items() if "opfundet" not in values}
    for name, value in offered.items():
        assert there[name] == (value if isinstance(value, list) else [value])
    assert {name: draft_of(case, owner)[name] for name in beside} == {name: [value] for name, value in beside.items()}


@pytest.mark.parametrize(
    "name", ["what_happened", "where", "kinds", "shown", "known_on", "victim_age", "people-0-name"]
)
def test_nul_is_refused_at_the_field(client: Client, case: Case, name: str) -> None:
    answer = press(client, case, **{"people-TOTAL_FORMS": "1", name: "et\x00to"})
    assert answer.status_code == 422
    assert len(errors(answer.text)) == 1
    assert filings(case) == 0


def test_error_survives_to_the_next_visit_as_a_draft_without_a_sentence(client: Client, case: Case) -> None:
    press(client, case, known_on="31-")
    page = client.get(url(case))
    assert page.status_code == 200
    assert typed(page.text)["known_on"] == ["31-"]
    assert 'id="fejl"' not in page.text


def test_refused_form_can_be_put_right_and_saved(client: Client, case: Case) -> None:
    refused = press(client, case, known_on="31-", where="Snapchat")
    fixed = {**typed(refused.text), "handling": ["gem"], "known_on": ["i går"]}
    assert client.post(url(case), fixed).status_code == 302
    assert answers(case)["where"] == "Snapchat"
    assert not Draft.objects.exists()


def test_embedded_file_is_refused_before_anything_is_kept(client: Client, case: Case) -> None:
    answer = press(client, case, where="Snapchat", own_words="data:image/png;base64,iVBORw0KGgo=")
    assert answer.status_code == 400
    assert "Handlekort tager ikke imod filer" in answer.text
    assert (filings(case), Draft.objects.count()) == (0, 0)


def test_level_below_the_computed_one_opens_the_reason_and_asks_for_it(client: Client, case: Case) -> None:
    press(client, case, danger_self_harm="ja")
    answer = press(client, case, step="vurder", confirmed_level="1")
    assert answer.status_code == 422
    assert [link for link, _words in errors(answer.text)] == ["id_confirm_reason"]
    assert (
        press(client, case, step="vurder", confirmed_level="1", confirm_reason="Faren er drevet over.").status_code
        == 302
    )
    assert case_file(case).levels[-1].content["reason"] == "Faren er drevet over."


# --- Drafts ---


@pytest.mark.parametrize("handling", ["tilbage", "overblik"])
@pytest.mark.parametrize("what", [what for what in BAD if "CPR" not in what])
def test_leaving_never_judges_and_keeps_every_letter(
    client: Client, owner: User, case: Case, handling: str, what: str
) -> None:
    sent, _wrong = BAD[what]
    assert press(client, case, handling, own_words_ved_ikke="on", **sent).status_code == 302
    wanted = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
    assert {name: draft_of(case, owner)[name] for name in wanted} == wanted
    assert filings(case) == 0


def test_draft_comes_back_byte_for_byte_on_another_machine(owner: User, case: Case) -> None:
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
    assert logged_in(owner).post(url(case, name="kladde"), {**sent, "vist": ["kinds_other"]}).status_code == 204
    elsewhere = logged_in(owner).get(url(case))
    there = typed(elsewhere.text)
    for name, value in sent.items():
        assert there[name] == (value if isinstance(value, list) else [value])
    assert "Kassér kladden" in elsewhere.text


NUMBER = re.compile(r"010203[- ]?1234")


@pytest.mark.parametrize("handling", ["gem", "gem_videre", "tilbage", "overblik", "opdater", "tilfoej:people"])
@pytest.mark.parametrize("what", [what for what in BAD if "CPR" in what])
def test_cpr_number_is_in_no_draft_whatever_is_pressed(
    client: Client, owner: User, case: Case, handling: str, what: str
) -> None:
    sent, _wrong = BAD[what]
    page = press(client, case, handling, where="Snapchat", **sent)
    kept = draft_of(case, owner)
    assert kept["where"] == ["Snapchat"]
    assert not NUMBER.search(str(kept))
    assert "xxxxxx-xxxx" in str(kept)
    # Whoever was refused still has every letter before them.
    assert bool(NUMBER.search(page.text)) is (page.status_code == 422)


def test_draft_without_the_number_says_so_when_it_is_opened(client: Client, case: Case) -> None:
    press(client, case, "overblik", own_words="Hun er 010203-1234.")
    page = client.get(url(case))
    assert typed(page.text)["own_words"] == ["Hun er xxxxxx-xxxx."]
    assert "Et CPR-nummer er taget ud af kladden" in page.text
    press(client, case, "overblik", own_words="Hun er Alma.")
    assert "Et CPR-nummer er taget ud af kladden" not in client.get(url(case)).text


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"own_words": "Hun er 010203-1234.", "where": "Snapchat"}, ["own_words"]),
        ({"own_words": "Hun er Alma."}, []),
        ({"people-TOTAL_FORMS": "1", "people-0-note": "0102031234"}, ["people-0-note"]),
    ],
)
def test_page_is_told_which_field_was_kept_without_its_number(
    client: Client, case: Case, sent: dict[str, str], named: list[str]
) -> None:
    saved = client.post(url(case, name="kladde"), sent)
    assert (saved.status_code, saved["X-Uden-Cpr"].split()) == (204, named)
    told = press(client, case, "opdater", htmx=True, **sent)["HX-Trigger"]
    assert told == (json.dumps({"kladde-gemt": {"uden": named}}) if named else "kladde-gemt")


@pytest.mark.parametrize("name", ["010203-1234", "010203-1234 \r\nX", "Alma blev set"])
def test_words_in_the_name_of_a_field_are_not_kept(client: Client, case: Case, name: str) -> None:
    assert client.post(url(case, name="kladde"), {name: "x", "where": "Snapchat"}).status_code == 422
    assert press(client, case, "opdater", htmx=True, **{name: "x"}).status_code < 500
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
    client.post(
        url(case, name="kladde"),
        {"csrfmiddlewaretoken": "x", "handling": "gem", "base_seq": "0", "submission_id": "1", "vist": "shared"},
    )
    assert draft_of(case, owner).keys() <= {"victims-TOTAL_FORMS"}


def test_draft_too_large_to_keep_is_refused(client: Client, owner: User, case: Case) -> None:
    assert client.post(url(case, name="kladde"), {"where": "æ" * 1_000_000}).status_code == 422
    assert draft_of(case, owner) == {}


def test_page_too_large_to_keep_stays_on_the_screen(client: Client, case: Case) -> None:
    answer = press(client, case, "overblik", where="æ" * 1_000_000)
    assert answer.status_code == 422
    assert typed(answer.text)["where"] == ["æ" * 1_000_000]


def test_draft_is_kept_by_post_only(client: Client, case: Case) -> None:
    assert client.get(url(case, name="kladde")).status_code == 405


# --- What an answer changes ---


def fragments(html: str) -> set[str]:
    """The names of the questions that a fragment holds."""
    return {name.removeprefix("sp-") for name in read(html).ids if name.startswith("sp-")}


def tables(html: str) -> set[str]:
    return {found[1] for name in read(html).ids if (found := re.fullmatch(r"tabel-([a-z]+)", name))}


IMAGE = ("recognisable", "identity_published", "shared", "youngest_age")


@pytest.mark.parametrize(
    ("sent", "seen", "changed", "changed_tables"),
    [
        ({"where": "x"}, (), (), ()),
        ({"shown": "nude"}, (), IMAGE, ()),
        ({"shown": "nude"}, IMAGE, (), ()),
        ({"shown": "nude", "identity_published": "ja"}, IMAGE, ("identity_what",), ()),
        ({"shown": "nothing", "identity_published": "ja"}, (*IMAGE, "identity_what"), (*IMAGE, "identity_what"), ()),
        ({"kinds": ["other", "extortion"]}, (), ("kinds_other", "demands"), ()),
        ({"more_victims": "ja"}, (), (), ("victims",)),
        ({"more_victims": "nej"}, ("victims",), (), ("victims",)),
    ],
)
def test_refresh_gives_exactly_what_changed_and_the_panel(
    client: Client,
    case: Case,
    sent: dict[str, Any],
    seen: tuple[str, ...],
    changed: tuple[str, ...],
    changed_tables: tuple[str, ...],
) -> None:
    answer = client.post(url(case), {"base_seq": "0", "vist": seen, **sent}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert fragments(answer.text) == set(changed)
    assert tables(answer.text) == set(changed_tables)
    assert {"vurdering", "fare"} <= set(read(answer.text).ids)
    assert "<html" not in answer.text
    assert answer["HX-Trigger"] == "kladde-gemt"
    assert filings(case) == 0


def test_refresh_keeps_the_draft_and_shows_no_errors(client: Client, owner: User, case: Case) -> None:
    answer = press(client, case, "opdater", htmx=True, known_on="31-", shown="opfundet")
    assert answer.status_code == 200
    assert draft_of(case, owner)["known_on"] == ["31-"]
    assert 'id="fejl"' not in answer.text


def test_refresh_warns_against_calling_a_suspected_home(client: Client, case: Case) -> None:
    warned = press(client, case, "opdater", htmx=True, suspicion_home="ja").text
    assert "Kontakt ikke hjemmet endnu" in warned
    assert "hjem-titel" not in read(press(client, case, "opdater", htmx=True, suspicion_home="nej").text).ids


@pytest.mark.parametrize("step", BY_KEY)
def test_every_step_names_whom_to_ask_before_a_suspected_home(client: Client, case: Case, step: str) -> None:
    LocalContact.objects.create(municipality=case.school.municipality, key="social_doegnvagt", phone="44 55 66 77")
    press(client, case, suspicion_home="ja")
    page = read(client.get(url(case, step)).text)
    assert page.ids.index("hjem-titel") < page.ids.index("trin-form")
    assert "tel:44556677" in page.links
    assert "kommunens omstilling" not in page.words


def test_refresh_puts_danger_before_everything(client: Client, case: Case) -> None:
    assert "tel:112" in press(client, case, "opdater", htmx=True, danger_self_harm="ja").text
    assert "tel:112" not in press(client, case, "opdater", htmx=True, danger_self_harm="nej").text


def test_question_that_opens_again_has_what_was_typed_in_it(client: Client, owner: User, case: Case) -> None:
    opened = {"shown": "nude", "identity_published": "ja", "identity_what": "Fornavn og klasse", "youngest_age": "13"}
    press(client, case, "opdater", htmx=True, vist=[*IMAGE, "identity_what"], **opened)
    press(client, case, "opdater", htmx=True, vist=[*IMAGE, "identity_what"], **{**opened, "shown": "nothing"})
    again = press(client, case, "opdater", htmx=True, shown="nude")
    assert fragments(again.text) == {*IMAGE, "identity_what"}
    inputs = {given["name"]: given.get("value") for given in read(again.text).inputs if given.get("type") == "text"}
    assert (inputs["identity_what"], inputs["youngest_age"]) == ("Fornavn og klasse", "13")
    assert typed(client.get(url(case)).text)["identity_what"] == ["Fornavn og klasse"]


def test_question_emptied_while_it_is_open_stays_empty(client: Client, case: Case) -> None:
    press(client, case, "opdater", htmx=True, vist=IMAGE, shown="nude", recognisable="ja", youngest_age="13")
    press(client, case, "opdater", htmx=True, vist=IMAGE, shown="nude", youngest_age="")
    there = typed(client.get(url(case)).text)
    assert (there.get("recognisable"), there["youngest_age"]) == (None, [""])


def test_closed_question_is_not_filed_from_the_draft(client: Client, case: Case) -> None:
    press(client, case, "opdater", htmx=True, vist=IMAGE, shown="nude", youngest_age="13")
    press(client, case, "gem", shown="nude")
    assert answers(case)["youngest_age"] == ""


OPENED = {"shown": "nude", "identity_published": "ja", "identity_what": "Fornavn og klasse", "youngest_age": "13"}


def close_and_save(client: Client, case: Case, **extra: Any) -> Any:
    """Answer so that questions with text in them close, then save."""
    press(client, case, "opdater", htmx=True, vist=[*IMAGE, "identity_what"], **OPENED)
    press(client, case, "opdater", htmx=True, vist=[*IMAGE, "identity_what"], **{**OPENED, "shown": "nothing"})
    return press(client, case, shown="nothing", **extra)


def test_words_of_a_closed_question_outlive_the_filing(client: Client, case: Case) -> None:
    close_and_save(client, case)
    assert "identity_what" not in answers(case)
    page = client.get(url(case))
    assert "Du har en kladde her" not in page.text
    assert "Kladde, ikke gemt" not in client.get(reverse("sag", args=[case.public_id])).text
    again = press(client, case, "opdater", htmx=True, base_seq=typed(page.text)["base_seq"][0], shown="nude")
    inputs = {given["name"]: given.get("value") for given in read(again.text).inputs if given.get("type") == "text"}
    assert (inputs["identity_what"], inputs["youngest_age"]) == ("Fornavn og klasse", "13")


def test_words_of_a_closed_question_come_back_without_script_and_unfiled(client: Client, case: Case) -> None:
    close_and_save(client, case)
    seq = typed(client.get(url(case)).text)["base_seq"]
    press(client, case, base_seq=seq, shown="nude", identity_published="ja")
    assert (answers(case)["identity_what"], answers(case)["youngest_age"]) == ("", "")
    page = client.get(url(case))
    assert typed(page.text)["identity_what"] == ["Fornavn og klasse"]
    assert "Du har en kladde her" in page.text
    assert "En anden har gemt" not in page.text
    assert client.post(url(case), {**typed(page.text), "handling": ["gem"]}).status_code == 302
    assert (answers(case)["identity_what"], answers(case)["youngest_age"]) == ("Fornavn og klasse", "13")
    assert not Draft.objects.exists()


def test_rows_of_a_closed_table_outlive_the_filing(client: Client, case: Case) -> None:
    rows = {"victims-TOTAL_FORMS": "2", "victims-1-name": "Bo"}
    press(client, case, "opdater", htmx=True, vist="victims", more_victims="ja", **rows)
    press(client, case, vist="victims", more_victims="nej", **rows)
    seq = typed(client.get(url(case)).text)["base_seq"]
    again = press(client, case, "opdater", htmx=True, base_seq=seq, more_victims="ja")
    assert [given["value"] for given in read(again.text).inputs if given["name"] == "victims-1-name"] == ["Bo"]


def test_answer_of_a_colleague_counts_more_than_words_kept_aside(client: Client, leader: User, case: Case) -> None:
    close_and_save(client, case)
    seq = typed(client.get(url(case)).text)["base_seq"]
    press(logged_in(leader), case, base_seq=seq, shown="nude", youngest_age="9", vist=IMAGE)
    press(client, case, "opdater", htmx=True, shown="nothing", base_seq="99")
    again = press(client, case, "opdater", htmx=True, shown="nude", base_seq="99")
    inputs = {given["name"]: given.get("value") for given in read(again.text).inputs if given.get("type") == "text"}
    assert inputs["youngest_age"] == "9"


def test_words_kept_aside_go_when_they_are_filed_or_discarded(client: Client, case: Case) -> None:
    close_and_save(client, case)
    assert Draft.objects.count() == 1
    press(client, case, "kasser")
    assert not Draft.objects.exists()


def test_words_kept_aside_outlive_a_step_without_an_answer(client: Client, case: Case) -> None:
    press(client, case, "opdater", htmx=True, vist=["kinds_other"], kinds="other", kinds_other="Noget andet")
    press(client, case, vist=["kinds_other"], kinds_other="Noget andet")
    assert filings(case) == 0
    again = press(client, case, "opdater", htmx=True, kinds="other")
    assert 'value="Noget andet"' in again.text


# --- Rows ---


def test_row_is_added_and_removed_without_script(client: Client, case: Case) -> None:
    first = press(client, case, "tilfoej:people", where="Snapchat")
    assert (first.status_code, first["Location"]) == (302, f"{url(case)}#tabel-people-titel")
    page = typed(client.get(url(case)).text)
    assert page["people-TOTAL_FORMS"] == ["1"]
    assert page["where"] == ["Snapchat"]
    client.post(url(case), {**page, "people-0-name": ["A"], "handling": ["tilfoej:people"]})
    page = typed(client.get(url(case)).text)
    client.post(url(case), {**page, "people-1-name": ["B"], "handling": ["fjern:people:0"]})
    page = typed(client.get(url(case)).text)
    assert (page["people-TOTAL_FORMS"], page["people-0-name"]) == (["1"], ["B"])
    assert filings(case) == 0


def test_row_under_htmx_gives_the_table_alone_and_the_panel(client: Client, case: Case) -> None:
    answer = press(client, case, "tilfoej:people", htmx=True, **{"people-TOTAL_FORMS": "1", "people-0-name": "A"})
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
    waiting = press(client, case, "opdater", "stop", htmx=True, **sent, **{"takedown-1-outcome": "waiting"}).text
    refused = press(client, case, "opdater", "stop", htmx=True, **sent, **{"takedown-1-outcome": "refused"}).text
    for html, words in ((waiting, "Følg op om et døgn."), (refused, "Take It Down fra elevens egen enhed")):
        found = {one.attributes["id"]: one.words for one in read(html).having("p", class_="row-card__derived")}
        assert list(found) == ["afledt-takedown-0", "afledt-takedown-1"]
        assert (found["afledt-takedown-0"], words in found["afledt-takedown-1"]) == ("", True)
        assert tables(html) == set()


def test_row_and_answer_in_one_request_both_show(client: Client, case: Case) -> None:
    html = press(client, case, "tilfoej:people", htmx=True, shown="nude").text
    assert (tables(html), fragments(html)) == ({"people"}, set(IMAGE))


def test_removing_a_row_twice_removes_it_once(client: Client, case: Case) -> None:
    sent = {"people-TOTAL_FORMS": "2", "people-0-name": "A", "people-1-name": "B"}
    press(client, case, "fjern:people:1", **sent)
    left = typed(client.get(url(case)).text)
    client.post(url(case), {**left, "handling": ["fjern:people:1"]})
    left = typed(client.get(url(case)).text)
    assert (left["people-TOTAL_FORMS"], left["people-0-name"]) == (["1"], ["A"])


@pytest.mark.parametrize(
    "handling",
    ["tilfoej:opfundet", "tilfoej:", "fjern:people", "fjern:people:", "fjern:people:x", "fjern:people:99999", "fjern"],
)
def test_row_of_nothing_is_not_found(client: Client, case: Case, handling: str) -> None:
    assert press(client, case, handling, **{"people-TOTAL_FORMS": "1"}).status_code == 404


# --- Never overwritten in silence ---


def test_stale_save_is_refused_with_both_texts(client: Client, owner: User, leader: User, case: Case) -> None:
    mine = typed(client.get(url(case)).text)
    assert press(logged_in(leader), case, where="Lederens sted", who_knows="Alle").status_code == 302
    before = stored(case).head_seq
    sent = {**mine, "where": ["Mit sted"], "own_words": ["Mine ord"], "handling": ["gem"]}
    refused = client.post(url(case), sent)
    assert refused.status_code == 409
    assert stored(case).head_seq == before
    for words in ("Lederens sted", "Mit sted", "Mine ord"):
        assert words in refused.text
    there = typed(refused.text)
    assert (there["where"], there["own_words"], there["who_knows"]) == (["Mit sted"], ["Mine ord"], [""])
    assert draft_of(case, owner)["where"] == ["Mit sted"]
    saved = client.post(url(case), {**there, "handling": ["gem"]})
    assert saved.status_code == 302
    assert (answers(case)["where"], filings(case)) == ("Mit sted", 2)


def test_stale_draft_says_so_before_it_is_saved(client: Client, leader: User, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Mit sted", "base_seq": "0"})
    press(logged_in(leader), case, where="Lederens sted")
    page = client.get(url(case))
    assert "En anden har gemt trinnet imens" in page.text
    assert "Lederens sted" in page.text
    assert typed(page.text)["where"] == ["Mit sted"]
    assert client.post(url(case), {**typed(page.text), "handling": ["gem"]}).status_code == 302


def test_draft_that_says_the_same_as_the_filing_is_no_conflict(client: Client, leader: User, case: Case) -> None:
    client.post(url(case, name="kladde"), {"where": "Samme sted", "base_seq": "0"})
    press(logged_in(leader), case, where="Samme sted")
    page = client.get(url(case))
    assert "En anden har gemt trinnet imens" not in page.text
    assert client.post(url(case), {**typed(page.text), "handling": ["gem"]}).status_code == 302


def test_errors_do_not_hide_that_somebody_else_saved(client: Client, leader: User, case: Case) -> None:
    mine = typed(client.get(url(case)).text)
    press(logged_in(leader), case, where="Lederens sted")
    wrong = client.post(url(case), {**mine, "known_on": ["31-"], "handling": ["gem"]})
    assert wrong.status_code == 422
    right = {**typed(wrong.text), "known_on": ["i går"], "handling": ["gem"]}
    assert client.post(url(case), right).status_code == 409


def test_steps_are_stale_each_for_itself(client: Client, leader: User, case: Case) -> None:
    mine = typed(client.get(url(case, "stop")).text)
    press(logged_in(leader), case, where="Lederens sted")
    assert client.post(url(case, "stop"), {**mine, "handling": ["gem"]}).status_code == 302


# --- Skipping ---


def skip(client: Client, case: Case, step: str = "stop", **sent: str) -> Any:
    return client.post(url(case, step, "spring_over"), {"submission_id": str(uuid4()), **sent})


def test_skipped_step_is_logged_with_its_reason(client: Client, case: Case) -> None:
    answer = skip(client, case, reason=" Intet er delt. ")
    overview = reverse("sag", args=[case.public_id])
    assert (answer.status_code, answer["Location"]) == (302, f"{overview}?sprunget=stop")
    assert "»Stop« er sprunget over." in client.get(answer["Location"]).text
    assert "er sprunget over." not in client.get(f"{overview}?sprunget=anmeld").text
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
    assert client.post(url(case, "stop", "spring_over")).status_code == 422


def test_skip_sent_twice_is_logged_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    assert [skip(client, case, reason="Nej", submission_id=number).status_code for _press in range(2)] == [302, 302]
    assert Entry.objects.filter(case=case, kind=EntryKind.SKIP).count() == 1


def test_skipped_step_that_is_saved_is_no_longer_skipped(client: Client, case: Case) -> None:
    skip(client, case, reason="Intet er delt.")
    press(client, case, step="stop", **SOMETHING["stop"])
    assert (stored(case).progress, case_file(case).skips) == ({"stop": "begun"}, {})


# --- Closed, unknown, foreign ---


def test_closed_case_leads_to_its_resume_and_takes_nothing(client: Client, leader: User, case: Case) -> None:
    writer.close_case(case=stored(case), by=leader, reason="Sagen er løst.")
    before = stored(case).head_seq
    resume = reverse("resume", args=[case.public_id])
    asked = [
        client.get(url(case)),
        press(client, case, where="For sent"),
        press(client, case, "overblik", where="For sent"),
        client.get(url(case, "stop", "spring_over")),
        skip(client, case, reason="For sent"),
    ]
    assert [(answer.status_code, answer["Location"]) for answer in asked] == [(302, resume)] * len(asked)
    assert client.post(url(case, name="kladde"), {"where": "For sent"}).status_code == 422
    assert (stored(case).head_seq, Draft.objects.count()) == (before, 0)


def same(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """The whole answer, but for the form token, which differs at every look."""
    token = rb'(name="csrfmiddlewaretoken" value=")[^"]+'
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, headers, re.sub(token, rb"\1", answer.content)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["trin", "spring_over"])
def test_unknown_step_foreign_case_and_missing_case_answer_alike(owner: User, name: str, method: str) -> None:
    mine, foreign = make_case(owner), make_case()
    client = logged_in(owner)
    answers = [
        same(getattr(client, method)(reverse(name, args=args)))
        for args in ([mine.public_id, "opfundet"], [foreign.public_id, "afdaek"], [uuid4(), "afdaek"])
    ]
    assert answers[0][0] == 404
    assert answers[0] == answers[1] == answers[2]
    assert b"Siden findes ikke" in answers[0][2]


def test_unknown_step_of_a_foreign_case_answers_alike(owner: User) -> None:
    client, foreign = logged_in(owner), make_case()
    assert same(client.get(url(foreign, "opfundet"))) == same(client.get(url(make_case(owner), "opfundet")))


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


# GET step, POST step, POST draft, GET skip, POST skip.
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
        client.get(url(case, "stop", "spring_over")),
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


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_no_page_of_the_walk_names_a_serial_key(step: str) -> None:
    _start_counting_far_out()
    owner = make_user()
    case = make_case(owner)
    assert min(owner.pk, case.pk, owner.school_id or 0) > FAR
    client = logged_in(owner)
    pages = [
        client.get(url(case, step)),
        press(client, case, step=step, **{"people-TOTAL_FORMS": "99"}),
        press(client, case, "opdater", step, htmx=True),
        client.get(url(case, step)),
        client.get(url(case, step, "spring_over")),
    ]
    assert [page.status_code for page in pages if str(FAR)[:8] in page.text + str(page.headers)] == []


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


def test_saving_a_step_takes_fourteen_queries(owner: User, case: Case) -> None:
    client = logged_in(owner)
    client.post(url(case, name="kladde"), {"where": "En kladde"})
    saved = queries(lambda: press(client, case, where="Her", danger_self_harm="ja", shown="nude"))
    assert len(saved) == SAVE_QUERIES, "\n".join(saved)
    kinds = list(Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["status", "step", "level"]


def test_saving_a_minute_later_writes_the_session_too(client: Client, case: Case) -> None:
    session = client.session
    session["seen"] = 0
    session.save()
    saved = queries(lambda: press(client, case, where="Her", danger_self_harm="ja"))
    assert [sql.split()[0] for sql in saved if '"django_session"' in sql] == ["SELECT", "UPDATE"]
    assert len(saved) == SAVE_QUERIES + 1 == 15, "\n".join(saved)


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_step_takes_as_many_queries_however_long_the_log(client: Client, case: Case, step: str) -> None:
    add_note(case)
    client.get(url(case, step))
    few = len(queries(lambda: client.get(url(case, step))))
    for number in range(29):
        add_note(case, text=f"Notat {number}")
    assert len(queries(lambda: client.get(url(case, step)))) == few


def test_step_is_read_through_the_door(client: Client, owner: User, case: Case) -> None:
    client.get(url(case))
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor, event.step) == (AuditVerb.OPEN, owner.public_id, "afdaek")
    assert permissions.case_role_of(owner, case) == "owner"
