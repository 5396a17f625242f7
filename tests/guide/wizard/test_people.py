"""People are one list with frozen keys: through the pages, from old entries, and in what others may read."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.log.case_file import read_case, read_current
from cases.models import Case
from cases.privacy import subject_access
from cases.sharing.anonymous_parts import names_shown, parts_of
from guide.questionnaire.rows import made_key, people_of
from guide.steps.former_answers import current_answers
from tests.factories import file_step, make_case, step_content
from tests.guide.page_reader import Fields, logged_in, read, stored
from tests.guide.sections import file_sections, section_of

pytestmark = pytest.mark.django_db

SOFIE, EMIL, NORA = "Sofie Eksempelsen", "Emil Prøvegaard", "Nora Demosen"


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def client(case: Case) -> Client:
    return logged_in(case.owner)


def rows(table: str, *given: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {f"{table}-TOTAL_FORMS": str(len(given))}
    for number, row in enumerate(given):
        data |= {f"{table}-{number}-{column}": value for column, value in row.items()}
    return data


def answers(case: Case) -> dict[str, dict[str, Any]]:
    return current_answers(read_current(stored(case)).answers())


def people(case: Case) -> dict[str, str]:
    """Name -> key of everybody on the list."""
    return {name: key for key, name in people_of(answers(case)).items()}


def page_of(client: Client, case: Case, step: str, name: str) -> Fields:
    """What the form of the page would send that has this question or table."""
    address = reverse("trin", args=[case.public_id, step, section_of(step, name)])
    return read(client.get(address).text).forms["trin-form"]


def save(client: Client, case: Case, step: str, name: str, sent: Any) -> int:
    address = reverse("trin", args=[case.public_id, step, section_of(step, name)])
    fresh = {"handling": "gem", "base_seq": str(stored(case).head_seq), "submission_id": str(uuid4())}
    return client.post(address, {**sent, **fresh}).status_code


def listed(client: Client, case: Case) -> dict[str, str]:
    file_sections(
        client,
        case,
        **rows(
            "people",
            {"name": SOFIE, "roles": ["victim"]},
            {"name": EMIL, "roles": ["offender"], "age_band": "from_15_to_17", "pupil_of": "same_school"},
        ),
    )
    return people(case)


def test_whoever_is_only_listed_as_violated_may_be_hit_as_hard_as_anybody(case: Case, client: Client) -> None:
    safe = {"danger_self_harm": "nej", "abuse": "nej", "suspicion_home": "nej", "threat": "nej"}
    mild = {**safe, "shown": "underwear", "recognised": "nej", "reaction": "no_special_need"}
    file_sections(client, case, kinds="image_shared", depicts="pupil", offender_is="pupil", victim_age="14", **mild)
    victims = [{"name": name, "roles": ["victim"], "age_band": "under_15"} for name in (SOFIE, EMIL)]
    levels = []
    for number in (1, 2):
        file_sections(client, case, **rows("people", *victims[:number]))
        levels.append(stored(case).levels)
    assert levels == [[1], [1, 2, 3, 4]]


def test_key_is_made_once_and_kept_whatever_becomes_of_the_row(case: Case, client: Client) -> None:
    first = listed(client, case)
    assert len(set(first.values())) == 2
    # No key can be taken for a CPR number.
    assert all(made_key(uuid4(), "people", number).isalpha() for number in range(300))
    assert not [key for name, key in first.items() if name[:3].lower() in key]
    form = page_of(client, case, "afdaek", "people")
    assert form["people-1-key"] == [first[EMIL]]
    # Emil has another name, Sofie is taken out, Nora comes: three people, no key used twice.
    sent = {**form, "people-TOTAL_FORMS": ["2"], "people-0-key": [first[EMIL]], "people-0-name": ["Emil P."]}
    sent |= {"people-1-key": [""], "people-1-name": [NORA]}
    assert save(client, case, "afdaek", "people", sent) == 302
    after = people(case)
    assert after["Emil P."] == first[EMIL]
    assert set(after) == {"Emil P.", NORA}
    assert after[NORA] not in first.values()


@pytest.mark.parametrize("hostile", ["opfundet", "<b>", "r0", "../../x", "0" * 40, "\x00", "first", "twice"])
def test_key_that_nobody_has_is_replaced(hostile: str, case: Case, client: Client) -> None:
    known = listed(client, case)
    form = page_of(client, case, "afdaek", "people")
    keys = {"twice": known[SOFIE]}
    sent = {**form, "people-1-name": [NORA], "people-1-key": [keys.get(hostile, hostile)]}
    assert save(client, case, "afdaek", "people", sent) == 302
    after = people(case)
    assert after[SOFIE] == known[SOFIE]
    assert after[NORA] not in {hostile, *known.values()}


def test_same_form_sent_twice_files_once_with_the_same_keys(case: Case, client: Client) -> None:
    address = reverse("trin", args=[case.public_id, "afdaek", section_of("afdaek", "people")])
    sent = {"handling": "gem", "base_seq": "0", "submission_id": str(uuid4()), **rows("people", {"name": NORA})}
    assert [client.post(address, sent).status_code for _time in range(2)] == [302, 302]
    spread = reverse("trin", args=[case.public_id, "stop", "naaet"])
    sent = {"handling": "gem", "base_seq": "0", "submission_id": str(uuid4()), **rows("spread", {"name": EMIL})}
    assert [client.post(spread, sent).status_code for _time in range(2)] == [302, 302]
    assert list(people(case)) == [NORA, EMIL]


@pytest.mark.parametrize(("step", "table"), [("afdaek", "victims"), ("stop", "spread"), ("behandl", "needs")])
def test_row_names_somebody_of_the_list_or_somebody_new(step: str, table: str, case: Case, client: Client) -> None:
    known = listed(client, case)
    if table == "victims":
        form = page_of(client, case, "afdaek", "people")
        assert save(client, case, "afdaek", "people", {**form, "more_victims": ["ja"]}) == 302
    sent = rows(table, {"who": known[EMIL]}, {"name": NORA}, {"name": f" {SOFIE.upper()} "})
    form = {**page_of(client, case, step, table), **sent}
    assert save(client, case, step, table, form) == 302
    kept = answers(case)[step][table]
    assert [row["name"] for row in kept] == [EMIL, NORA, SOFIE]
    # Nora is on the list from then on, and the others as they were.
    assert people(case) == {**known, NORA: kept[1]["who"]}
    shown = read_case(stored(case)).steps[step].content["sections"]
    frozen = next(one for section in shown for one in section["tables"] if one["key"] == table)
    assert [row[0] for row in frozen["rows"]] == [EMIL, NORA, SOFIE]
    assert (frozen["columns"][0], frozen["column_names"][0], frozen["about_person"]) == ("Hvem", "who", True)
    # Opened again, the page chooses them, and saving it untouched changes nothing.
    form = page_of(client, case, step, table)
    assert [form[f"{table}-{number}-who"] for number in range(3)] == [[row["who"]] for row in kept]
    assert form[f"{table}-0-name"] == [""]
    assert save(client, case, step, table, form) == 302
    assert answers(case)[step][table] == kept


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ({"who": "opfundet"}, "Vælg et af svarene på listen."),
        ({"who": EMIL, "name": NORA}, "Vælg én på listen, eller skriv et navn. Ikke begge dele."),
        ({"who": EMIL, "name": EMIL.lower()}, ""),
    ],
)
def test_choice_that_is_none_is_refused(row: dict[str, str], refused: str, case: Case, client: Client) -> None:
    known = listed(client, case)
    sent = rows("spread", {**row, "who": known.get(row["who"], row["who"])})
    address = reverse("trin", args=[case.public_id, "stop", "naaet"])
    answer = client.post(address, {"handling": "gem", "submission_id": str(uuid4()), "base_seq": "0", **sent})
    assert (answer.status_code, refused in answer.text) == (422 if refused else 302, True)


def test_somebody_chosen_is_never_left_out_in_silence(case: Case, client: Client) -> None:
    """Meanwhile somebody has emptied the list."""
    key = listed(client, case)[EMIL]
    file_sections(client, case, **rows("people", {"name": "", "roles": ["offender"]}))
    address = reverse("trin", args=[case.public_id, "stop", "naaet"])
    sent = {"handling": "gem", "submission_id": str(uuid4()), "base_seq": "0", **rows("spread", {"who": key})}
    answer = client.post(address, sent)
    assert (answer.status_code, "Vælg et af svarene på listen." in answer.text) == (422, True)
    assert read(answer.text).forms["trin-form"]["spread-0-who"] == [""]


def test_who_is_taken_off_the_list_stays_on_it_while_a_row_names_them(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, "stop", **rows("spread", {"who": known[EMIL]}))
    file_sections(client, case, **rows("people", {"key": known[SOFIE], "name": SOFIE}))
    assert people(case) == known
    assert EMIL in read(client.get(reverse("trin", args=[case.public_id, "stop", "naaet"])).text).words


def test_whose_name_is_taken_off_the_list_keeps_it_while_a_row_has_it(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, "stop", **rows("spread", {"who": known[EMIL], "note": "Har det endnu."}))
    nameless = {"key": known[EMIL], "roles": ["offender"]}
    file_sections(client, case, **rows("people", {"key": known[SOFIE], "name": SOFIE}, nameless))
    form = page_of(client, case, "stop", "spread")
    assert form["spread-0-who"] == [known[EMIL]]
    assert save(client, case, "stop", "spread", form) == 302
    assert people(case) == known


def test_name_that_is_mended_on_the_list_is_mended_in_the_rows(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, "stop", **rows("spread", {"who": known[EMIL]}))
    file_sections(
        client, case, **rows("people", {"key": known[SOFIE], "name": SOFIE}, {"key": known[EMIL], "name": NORA})
    )
    assert answers(case)["stop"]["spread"][0]["name"] == NORA


def test_entries_of_earlier_cards_name_people_without_keys(case: Case, client: Client) -> None:
    old = {"people": [{"name": SOFIE, "roles": ["victim"]}], "more_victims": "ja", "victims": [{"name": NORA}]}
    file_step(case, content=step_content("afdaek", answers=old))
    file_step(case, content=step_content("stop", answers={"spread": [{"name": EMIL, "part": "has"}, {"name": SOFIE}]}))
    before = people(case)
    assert list(before) == [SOFIE, NORA, EMIL]
    assert people(case) == before
    # The rows go on to work: filed anew they keep the keys that they were read with.
    for step, table in (("stop", "spread"), ("afdaek", "people")):
        assert save(client, case, step, table, page_of(client, case, step, table)) == 302
        assert people(case) == before
    assert [row["who"] for row in answers(case)["stop"]["spread"]] == [before[EMIL], before[SOFIE]]


def test_nobody_who_is_only_chosen_or_only_written_in_a_row_slips_through(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, "stop", **rows("spread", {"who": known[EMIL], "note": f"Sagde {EMIL}"}, {"name": NORA}))
    file_sections(client, case, **rows("people", {"key": known[EMIL], "name": "Bertil Nytnavn", "roles": ["offender"]}))
    file_sections(client, case, what_happened=f"{EMIL} og {NORA} delte det. Bertil så det.", shown="nude")
    whole = read_case(stored(case))
    # The old name of somebody is known as well as the new one.
    everybody = {SOFIE, EMIL, NORA, "Bertil Nytnavn"}
    assert set(names_shown(whole, " ".join(everybody))) == everybody
    sent = " ".join(line for part in parts_of(whole) for line in part.lines)
    assert names_shown(whole, sent) == []
    masks = subject_access.masks_of(whole, SOFIE, [])
    told = subject_access.passages_of(whole, masks, subject_access.Scope.WHOLE)
    said = " ".join(f"{passage.title} {passage.lines}" for passage in told)
    assert "delte det" in said
    assert [name for name in ("Emil", "Nora", "Bertil", "Nytnavn", "Demosen") if name in said] == []


@pytest.mark.parametrize(
    ("handle", "text", "found"),
    [
        ("@emil_07", "Profilen EMIL_07 skriver.", ["@emil_07"]),
        ("snapkongen.x", "Hvem er snapkongen.x?", ["snapkongen.x"]),
        ("emilsnap", "Han kalder sig emilsnap.", ["emilsnap"]),
        ("ukendt", "Krænkeren er ukendt.", []),
        ("ved ikke", "Det ved ikke nogen.", []),
    ],
)
def test_user_name_tells_who_it_is(handle: str, text: str, found: list[str], case: Case, client: Client) -> None:
    file_sections(client, case, "dokumenter", **rows("evidence", {"what": "profile", "user_name": handle}))
    assert names_shown(read_case(stored(case)), text) == found


# --- Notification, for each child -------------------------------------------------------------------------------------

GROWN = {"victim_age": "18", "shown": "nude", "kinds": "image_shared", "depicts": "pupil", "youngest_age": "18"}


def notifications(case: Case) -> list[tuple[str, str]]:
    return [(row["name"], row["decision"]) for row in answers(case).get("anmeld", {}).get("notifications") or []]


def plan(client: Client, case: Case) -> str:
    return read(client.get(reverse("plan", args=[case.public_id])).text).words


def test_victim_of_18_and_offender_of_16(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, **GROWN, offender_is="pupil")
    assert f"Tag stilling til en underretning: {EMIL}" in plan(client, case)
    form = page_of(client, case, "anmeld", "notifications")
    assert "notification" not in form
    assert (form["notifications-TOTAL_FORMS"], form["notifications-0-who"]) == (["1"], [known[EMIL]])
    shown = read(client.get(reverse("trin", args=[case.public_id, "anmeld", "underretning"])).text)
    assert [one.words for one in shown.having("legend") if EMIL in one.words] == [EMIL]
    assert [one for one in shown.having("button", name="handling") if ":" in one.attributes.get("value", "")] == []
    assert save(client, case, "anmeld", "notifications", {**form, "notifications-0-decision": ["will"]}) == 302
    assert notifications(case) == [(EMIL, "will")]
    assert f"Tag stilling til en underretning: {EMIL}" not in plan(client, case)


def test_two_children_are_decided_apart_and_one_alone_as_before(case: Case, client: Client) -> None:
    file_sections(client, case, **{**GROWN, "victim_age": "13", "youngest_age": "13"}, offender_is="adult")
    assert "Underret kommunen" in plan(client, case)
    assert "Underret kommunen:" not in plan(client, case)
    assert "notifications-TOTAL_FORMS" not in page_of(client, case, "anmeld", "notification")
    file_sections(client, case, offender_is="pupil")
    known = listed(client, case)
    both = {f"Tag stilling til en underretning: {name}" for name in (SOFIE, EMIL)}
    assert {title for title in both if title in plan(client, case)} == both
    sent = {**page_of(client, case, "anmeld", "notification"), "notification": ["sent"]}
    assert save(client, case, "anmeld", "notification", sent) == 302
    assert f"Tag stilling til en underretning: {EMIL}" in plan(client, case)
    assert f"Tag stilling til en underretning: {SOFIE}" not in plan(client, case)
    # Not ready before each child has an answer.
    assert "Andre børn i sagen" in read_current(stored(case)).steps["anmeld"].content["missing"]
    form = page_of(client, case, "anmeld", "notifications")
    assert form["notifications-0-who"] == [known[EMIL]]


def test_whom_the_need_of_support_is_about_is_asked_of_each_child_by_name(case: Case, client: Client) -> None:
    file_sections(client, case, **{**GROWN, "victim_age": "13", "youngest_age": "13"}, offender_is="adult")
    file_sections(client, case, "vurder", support_needed="ja")
    assert "children-TOTAL_FORMS" not in page_of(client, case, "vurder", "children")
    known = listed(client, case)
    file_sections(client, case, victim_age="13", offender_is="pupil")
    form = page_of(client, case, "vurder", "children")
    assert [form[f"children-{number}-who"] for number in range(2)] == [[known[SOFIE]], [known[EMIL]]]
    told = {**form, "children-0-support": ["ja"], "children-1-support": ["nej"]}
    assert save(client, case, "vurder", "children", told) == 302
    assert f"Underret kommunen: {SOFIE}" in plan(client, case)
    assert f"Tag stilling til en underretning: {EMIL}" in plan(client, case)


def test_no_about_a_child_for_whom_there_is_a_duty_needs_a_reason(case: Case, client: Client) -> None:
    listed(client, case)
    file_sections(client, case, **GROWN, offender_is="pupil")
    file_sections(client, case, "vurder", support_needed="ja")
    assert f"Underret kommunen: {EMIL}" in plan(client, case)
    form = {**page_of(client, case, "anmeld", "notifications"), "notifications-0-decision": ["nej"]}
    assert save(client, case, "anmeld", "notifications", form) == 422
    form["notifications-0-reason"] = ["Kommunen har set på det."]
    assert save(client, case, "anmeld", "notifications", form) == 302


def test_row_for_a_child_that_nobody_is_counts_as_none(case: Case, client: Client) -> None:
    listed(client, case)
    file_sections(client, case, **GROWN, offender_is="pupil")
    sent = rows("notifications", {"who": "opfundet", "decision": "sent"}, {"decision": "sent"})
    assert save(client, case, "anmeld", "notifications", sent) == 302
    assert notifications(case) == []


def test_one_answer_of_an_earlier_card_stands_for_the_only_young_offender(case: Case) -> None:
    emil = {"name": EMIL, "roles": ["offender"], "age_band": "from_15_to_17"}
    file_step(case, content=step_content("afdaek", answers={"victim_age": "18", "people": [emil]}))
    file_step(case, content=step_content("anmeld", answers={"notification": "sent", "notification_by": "Lis"}))
    assert notifications(case) == [(EMIL, "sent")]


def test_further_victim_without_a_name_is_decided_too(case: Case, client: Client) -> None:
    victims = rows("victims", {"name": NORA, "age": "14"}, {"age": "15", "shown": "nude"})
    file_sections(
        client, case, **{**GROWN, "kinds": ["image_shared"]}, offender_is="adult", more_victims="ja", **victims
    )
    form = page_of(client, case, "anmeld", "notifications")
    decided = {f"notifications-{number}-decision": ["will"] for number in range(2)}
    assert save(client, case, "anmeld", "notifications", {**form, **decided}) == 302
    assert notifications(case) == [(NORA, "will"), ("", "will")]


def test_duty_about_a_child_is_in_what_that_child_may_see(case: Case, client: Client) -> None:
    key = f"consider_notification-{listed(client, case)[EMIL]}"
    file_sections(client, case, **GROWN, offender_is="pupil")
    sent = {f"{key}-outcome": "done", f"{key}-reason": ""}
    assert client.post(reverse("pligt", args=[case.public_id, key]), sent).status_code == 302
    whole = read_case(stored(case))
    titles = {}
    for name in (EMIL, SOFIE):
        masks = subject_access.masks_of(whole, name, [])
        told = subject_access.passages_of(whole, masks, subject_access.Scope.NAMED)
        titles[name] = [passage.title for passage in told if "underretning" in passage.title]
    assert titles == {EMIL: [f"Gjort: Tag stilling til en underretning: {EMIL}"], SOFIE: []}


def test_reason_typed_for_a_duty_that_is_gone_comes_back(case: Case, client: Client) -> None:
    known = listed(client, case)
    file_sections(client, case, **GROWN, offender_is="pupil")
    grown = {"key": known[EMIL], "name": EMIL, "roles": ["offender"], "age_band": "adult"}
    file_sections(client, case, offender_is="adult", **rows("people", {"key": known[SOFIE], "name": SOFIE}, grown))
    key = f"consider_notification-{known[EMIL]}"
    sent = {f"{key}-outcome": "not_relevant", f"{key}-reason": "Kommunen har sagt nej."}
    answer = client.post(reverse("pligt", args=[case.public_id, key]), sent)
    assert (answer.status_code, "Kommunen har sagt nej." in answer.text) == (409, True)


def test_list_of_cases_names_no_child(case: Case, client: Client) -> None:
    listed(client, case)
    file_sections(client, case, **GROWN, offender_is="pupil")
    waiting = read_current(stored(case)).duties
    for duty in waiting:
        if not duty.key.startswith("consider_notification-"):
            address = reverse("pligt", args=[case.public_id, duty.key])
            assert client.post(address, {f"{duty.key}-outcome": "done"}).status_code == 302
    shown = read(client.get(reverse("mine_sager")).text).words
    assert "Spørg kommunen, om I skal underrette" in shown
    assert [name for name in (EMIL, SOFIE) if name in shown] == []
