"""Insight: every word about the person, none that names another, and who looked is never told."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.access import recent_login
from cases.documents import pdf
from cases.enums import DutyOutcome, NoteNature, ReferralForm, Role
from cases.log import writer
from cases.log.case_file import CaseFile, read_case
from cases.models import AuditEvent, Case, User
from cases.privacy import subject_access
from cases.privacy.masking import Masks
from cases.privacy.subject_access import Scope
from cases.retention import due
from cases.sharing import actions
from guide.questionnaire.rows import frozen_columns
from guide.steps import STEPS
from tests.built_once import built_once
from tests.factories import add_note, file_step, make_case, make_table, make_user, step_content
from tests.guide import page_reader
from tests.insight import mark_in, read_through

ALMA, EMIL, STAFF = "Alma Kanariesen", "Emil Spurvegaard", "Lis Musvitsen"
NAMED = "Emil Spurvegaard ramte Alma, Emils mor og Lis hørte det"
"""Typed in every field: all but the person has to go."""

ABOUT_PERSON = ("needs", "people", "spread", "victims")
FORBIDDEN = ("Emil", "Spurve", "Lis", "Musvit", "emil_1")


def table(key: str, column: str) -> Any:
    return {
        "key": key,
        "title": key,
        "columns": [column, "Note"],
        "rows": [[ALMA, f"{key}-egen {NAMED}"], [EMIL, f"{key}-fremmed"]],
    }


def told_of_everything(case: Case) -> Case:
    """A line of every kind, with the sentence in every field that takes words."""
    by = User.objects.get(pk=case.owner_id)
    User.objects.filter(pk=by.pk).update(name=STAFF)
    by.refresh_from_db()
    case.owner = by
    content = step_content(reasons=[NAMED], deviations=[NAMED], levels=[3])
    content["judgement"]["flags"][0]["reason"] = NAMED
    content["sections"][0]["rows"] = [
        {"key": "hvad", "question": "Hvad er der sket?", "answer": NAMED, "known": True},
        {"key": "uvist", "question": "Hvor?", "answer": "Ved ikke endnu", "known": False},
    ]
    content["sections"][0]["tables"] = [
        *(table(key, "Navn") for key in ABOUT_PERSON),
        {"key": "evidence", "title": "Beviser", "columns": ["Hvad", "Brugernavn"], "rows": [[NAMED, "emil_1"]]},
    ]
    file_step(case, by, content)
    add_note(case, by, text=NAMED, who=NAMED, where=NAMED, nature=NoteNature.OWN_WORDS)
    writer.add_correction(case=case, by=by, corrects=2, text=NAMED, submission_id=uuid4())
    writer.skip_step(case=case, by=by, step="stop", title="Stop", reason=NAMED, submission_id=uuid4())
    writer.tick_duty(
        case=case, by=by, key="a", title=NAMED, outcome=DutyOutcome.NOT_RELEVANT, reason=NAMED, submission_id=uuid4()
    )
    actions.refer(
        case=case,
        by=by,
        form=ReferralForm.NAMED,
        purpose=NAMED,
        message=NAMED,
        included=[NAMED],
        submission_id=uuid4(),
    )
    actions.add_participant(case=case, by=by, user=make_user(school=by.school, name="Lis Musvitsen den anden"))
    writer.close_case(case=case, by=by, reason=NAMED)
    due.set_hold(case=case, by=by, reason=NAMED)
    due.release_hold(case=case, by=by, reason=NAMED)
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=case.pk)


@built_once
def told() -> Case:
    return told_of_everything(make_case())


@pytest.fixture
def full(told: Case, db: None) -> Case:
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=told.pk)


@pytest.fixture
def case_file(full: Case) -> CaseFile:
    return read_case(full)


@pytest.fixture
def masks(case_file: CaseFile) -> Masks:
    return subject_access.masks_of(case_file, ALMA, [STAFF])


def test_every_field_is_there_and_masked(full: Case, case_file: CaseFile, masks: Masks) -> None:
    """One sentence in each field: as many times as it was typed, each time without the others."""
    passages = subject_access.passages_of(case_file, masks, Scope.WHOLE, due.holds(full))
    texts = [text for passage in passages for pair in passage.lines for text in pair]
    masked = "Person 1 ramte Alma, Person 1s mor og Person 2 hørte det"
    found = "\n".join([*texts, *(passage.title for passage in passages)])
    assert found.count(masked) == dossier_count(case_file)
    assert [word for word in FORBIDDEN if word.casefold() in found.casefold()] == []
    assert [passage.seq for passage in passages if passage.key.endswith(".0")] == [
        entry.seq for entry in case_file.entries if entry.kind != "step"
    ]


def dossier_count(case_file: CaseFile) -> int:
    """How often the sentence was typed where it is shown: once per row of the person, no row of another."""
    shown = {"answer": 1, "own rows": len(ABOUT_PERSON), "evidence": 1, "step: reasons, flag, deviation": 3}
    shown |= {"level: reasons": 1, "note: who, where, text": 3, "correction": 1, "skip": 1, "duty: title, reason": 2}
    shown |= {"referral: purpose, message, included": 3, "closed": 1, "hold: reason, release": 2}
    return sum(shown.values())


@pytest.mark.parametrize("key", ABOUT_PERSON)
def test_rows_about_others_keep_a_label_only(key: str, case_file: CaseFile, masks: Masks) -> None:
    passages = subject_access.passages_of(case_file, masks, Scope.WHOLE)
    own, other = (passage for passage in passages if passage.title == key)
    assert own.lines[0] == ("Navn", ALMA)
    assert f"{key}-egen" in own.lines[1][1]
    assert other.lines == (("Navn", "Person 1"), ("Resten", "Udeladt, fordi det handler om en anden."))


def test_only_what_names_the_person(case_file: CaseFile, masks: Masks, full: Case) -> None:
    writer.reopen_case(case=full, by=full.owner, reason="Nyt")
    add_note(full, text="En ganske anden ting")
    passages = subject_access.passages_of(read_case(full), masks, Scope.NAMED)
    assert passages
    texts = [" ".join(text for pair in passage.lines for text in pair) for passage in passages]
    assert [text for text in texts if "Alma" not in text] == []


def test_reasons_of_a_hold_are_handed_out_and_may_be_left_out(full: Case, client: Client) -> None:
    client.force_login(make_user(Role.LEADER, school=full.school))
    address = reverse("indsigt", args=[full.public_id])
    asked = {"person": "-", "name": ALMA, "scope": "naevnt", "handling": "json"}
    told = client.post(address, read_through(client, address, asked)).json()
    assert told["registreret"][-1]["titel"] == "Slettestop"
    assert told["registreret"][-1]["nummer"] is None
    assert "Person 1 ramte Alma" in told["registreret"][-1]["oplysninger"][1]["tekst"]
    kept = client.post(address, read_through(client, address, asked | {"left_out": "stop0"})).json()
    assert (kept["registreret"][-1]["titel"] != "Slettestop", kept["udeladte_afsnit"]) == (True, 1)


def test_an_older_filing_tells_only_what_was_different(case: Case) -> None:
    def filed(base: int, answer: str) -> int:
        content = step_content()
        content["sections"][0]["tables"] = []
        content["sections"][0]["rows"] = [
            {"key": "a", "question": "A?", "answer": "Ens", "known": True},
            {"key": "b", "question": "B?", "answer": answer, "known": True},
        ]
        return file_step(case, content=content).seq

    first = filed(0, "Før")
    second = filed(first, "Efter")
    case_file = read_case(Case.objects.unscoped("test").select_related("school", "owner").get(pk=case.pk))
    told = subject_access.passages_of(case_file, Masks(ALMA, []), Scope.WHOLE)
    rows = [(passage.seq, passage.lines) for passage in told if ".a" in passage.key]
    assert rows == [
        (first, (("B?", "Før"),)),
        (second, (("A?", "Ens"),)),
        (second, (("B?", "Efter"),)),
    ]


def test_tables_of_the_card_that_name_people_are_known() -> None:
    """A new table of the card whose first column, as an entry keeps it, is a name is masked by row."""
    tables = [table for step in STEPS for table in step.tables]
    first = {table.key: next(iter(frozen_columns(table.columns))) for table in tables}
    assert {key for key, name in first.items() if name in {"name", "who"}} == {
        table.key for table in tables if table.about_person
    }


def with_answers(case: Case, people: str = "", **answers: Any) -> CaseFile:
    """A case with these answers in a step, and perhaps somebody on the list of people."""
    content = step_content()
    section = content["sections"][0]
    section["tables"][0]["rows"] = [[ALMA, ""], *([[people, ""]] if people else [])]
    for key, answer in answers.items():
        if isinstance(answer, list):
            section["tables"] += [make_table(key, **row) for row in answer]
        else:
            section["rows"].append({"key": key, "question": "?", "answer": answer, "known": True})  # type: ignore[typeddict-item]
    file_step(case, content=content)
    return read_case(Case.objects.unscoped("test").select_related("school", "owner").get(pk=case.pk))


@pytest.mark.parametrize(
    "answers",
    [
        {"evidence": [{"holder": "Emil fra 8.b"}]},
        {"evidence": [{"seen_by": "emil og klasselæreren"}]},
        {"needs": [{"name": "Ida", "responsible": "AKT-vejleder Emil Spurvegaard"}]},
        {"disclosures": [{"recipient": "Emils mor, Ankerup Kommune"}]},
        {"audiences": [{"by_whom": "Emil"}]},
        {"told_by": "Emil"},
        {"notification_by": "Lærer Emil"},
        {"insurance_by": "Emil Spurvegaard Dahl Krabbe"},
        {"who_knows": "Emil og hele klassen"},
        {"took_part_names": "Emil, trivselsvejleder"},
        {"recognised_by": "Værelset kan kendes af Emil"},
        {"adult_wish": "Kun sin bror Emil"},
        {"staff_hold_note": "Telefonen ligger hos Emil. Politiet henter den."},
        {"press_plan": "Vi siger intet. Det er Emil, der svarer"},
        {"municipality_agreement": "Mødet er aftalt med Emil Spurvegaard"},
        {"identity_what": "Fornavn på den ene, og Emil er tagget"},
    ],
)
def test_whoever_the_case_names_is_masked_in_text(answers: dict[str, Any], case: Case) -> None:
    masks = subject_access.masks_of(with_answers(case, **answers), ALMA, [])
    assert "Emil" not in masks.text("Emil skrev til Alma, og skolens leder ringede til klassens forældre.")
    assert masks.text("Alma og skolens leder, mødet, telefonen") == "Alma og skolens leder, mødet, telefonen"


def test_whoever_was_there_is_masked_in_text(case: Case) -> None:
    add_note(case, who="emil fra 8.b")
    assert subject_access.masks_of(read_case(case), ALMA, []).text("Emil") == "Person 1"


# --- The page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def leader(full: Case) -> User:
    return make_user(Role.LEADER, school=full.school)


@pytest.fixture
def boss(client: Client, leader: User) -> Client:
    client.force_login(leader)
    return client


CHOSEN = {"person": ALMA, "scope": "hele", "others": "", "name": "", "handling": "vis"}


def ask(client: Client, case: Case, **fields: Any) -> Any:
    return client.post(reverse("indsigt", args=[case.public_id]), CHOSEN | fields)


def fetch(client: Client, case: Case, **fields: Any) -> Any:
    """Look at it, set the tick, and ask for it."""
    address = reverse("indsigt", args=[case.public_id])
    return client.post(address, read_through(client, address, CHOSEN | fields))


def test_page_offers_the_people_of_the_case(boss: Client, full: Case) -> None:
    page = boss.get(reverse("indsigt", args=[full.public_id])).content.decode()
    assert f'value="{ALMA}"' in page
    assert f'value="{EMIL}"' in page
    assert "Læs det igennem" not in page


def test_preview_is_masked_and_can_be_marked(boss: Client, full: Case) -> None:
    response = ask(boss, full)
    page = response.content.decode().partition("Læs det igennem")[2]
    assert response.status_code == 200
    assert "Person 1 ramte Alma" in page
    assert [word for word in ("Emil", "Spurve", "Musvit", "emil_1") if word in page.partition("<footer")[0]] == []
    assert page_reader.read(page).having("input", name="left_out", value="1.0")


def got(client: Client, case: Case, **fields: Any) -> dict[str, Any]:
    response = fetch(client, case, handling="json", **fields)
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Disposition"] == f'attachment; filename="indsigt-{case.reference}.json"'
    assert "no-store" in response["Cache-Control"]
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_json_holds_lookups_without_staff(boss: Client, full: Case, leader: User) -> None:
    found = got(boss, full)
    whole = json.dumps(found, ensure_ascii=False)
    assert [word for word in (*FORBIDDEN, leader.name, str(leader.public_id)) if word in whole] == []
    *events, shown = AuditEvent.objects.filter(case_public_id=full.public_id).order_by("seq")
    assert (events[-1].verb, shown.verb) == ("insight", "made")  # the file lists the download that it is
    assert [look["hvad"] for look in found["opslag"]] == [str(event.get_verb_display()) for event in events]
    assert [look["tidspunkt"] for look in found["opslag"]] == [event.at.isoformat() for event in events]
    assert (found["person"], found["sag"], found["udeladte_afsnit"]) == (ALMA, full.reference, 0)


def test_what_is_marked_is_left_out_and_counted(boss: Client, full: Case) -> None:
    keys = [f"{seq}.0" for seq in (4, 5)]
    whole, less = got(boss, full), got(boss, full, left_out=keys)
    assert less["udeladte_afsnit"] == 2
    assert [row for row in whole["registreret"] if row["nummer"] not in (4, 5)] == less["registreret"]


def test_names_the_leader_adds(boss: Client, full: Case) -> None:
    writer.reopen_case(case=full, by=full.owner, reason="Nyt")
    add_note(full, text="Snegl var der også")
    assert "Snegl" in json.dumps(got(boss, full))
    assert "Snegl" not in json.dumps(got(boss, full, others="Snegl\n\n"))


def test_row_of_a_mother_is_not_the_pupils(boss: Client, full: Case) -> None:
    writer.reopen_case(case=full, by=full.owner, reason="Nyt")
    content = step_content("behandl")
    content["sections"][0]["tables"] = [
        {"key": "needs", "title": "Behov", "columns": ["Hvem", "Behov"], "rows": [["Mor til Alma", "Er sygemeldt"]]}
    ]
    file_step(full, content=content)
    found = json.dumps(got(boss, full), ensure_ascii=False)
    assert "Er sygemeldt" not in found
    assert "alma" in ask(boss, full).context["shown"].masks.shared


def test_a_person_who_is_not_on_the_list(boss: Client, full: Case) -> None:
    found = got(boss, full, person="-", name=EMIL, scope="naevnt")
    whole = json.dumps(found, ensure_ascii=False)
    assert "Emil Spurvegaard ramte Person" in whole
    assert "Alma" not in whole


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"person": "-"}, "Skriv navnet"),
        ({"person": "Ukendt"}, "Vælg et af svarene på listen"),
        ({"scope": ""}, "Vælg et af svarene"),
        ({"others": "010203-1234"}, "CPR"),
    ],
)
def test_refusals_keep_what_was_chosen(fields: dict[str, str], sentence: str, boss: Client, full: Case) -> None:
    before = AuditEvent.objects.filter(verb="insight").count()
    response = ask(boss, full, **fields)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert AuditEvent.objects.filter(verb="insight").count() == before


# --- What was read is what is handed out ------------------------------------------------------------------------------


def handed_out() -> int:
    return AuditEvent.objects.filter(verb="insight").count()


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_without_the_tick_nothing_is_handed_out(form: str, boss: Client, full: Case) -> None:
    response = ask(boss, full, handling=form, laest=mark_in(ask(boss, full)))
    assert (response.status_code, "Læs det igennem, og sæt kryds" in response.text) == (422, True)
    assert handed_out() == 0


@pytest.mark.parametrize("sent", [{}, {"laest": ""}, {"laest": "0" * 64}, {"laest": "æ\x00"}])
@pytest.mark.parametrize("form", ["pdf", "json"])
def test_what_nobody_was_shown_is_not_handed_out(form: str, sent: dict[str, str], boss: Client, full: Case) -> None:
    response = ask(boss, full, handling=form, read="on", **sent)
    assert (response.status_code, "Intet er hentet" in response.text) == (409, True)
    assert handed_out() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"person": EMIL},
        {"person": "-", "name": "Ida"},
        {"scope": "naevnt"},
        {"others": "Snegl"},
    ],
)
def test_another_choice_has_to_be_read_too(changed: dict[str, str], boss: Client, full: Case) -> None:
    before = mark_in(ask(boss, full))
    sent = {"handling": "json", "read": "on", "left_out": ["1.0", "2.a0"], "laest": before} | changed
    assert_shown_again(ask(boss, full, **sent), before, changed)


def test_a_note_that_came_in_between_has_to_be_read(boss: Client, full: Case) -> None:
    writer.reopen_case(case=full, by=full.owner, reason="Nyt")
    before = mark_in(ask(boss, full))
    add_note(full, text="Ulæst af lederen")
    response = ask(boss, full, handling="json", read="on", laest=before, others="", left_out=["1.0", "2.a0"])
    assert_shown_again(response, before, {})
    assert "Ulæst af lederen" in response.text
    again = {"handling": "json", "read": "on", "laest": mark_in(response), "left_out": ["1.0"]}
    assert "Ulæst af lederen" in ask(boss, full, **again).text
    assert handed_out() == 1


def assert_shown_again(response: Any, before: str, chosen: dict[str, str]) -> None:
    """Nothing was handed out; the page says why, shows it as it is now, and has kept all but the tick."""
    page = page_reader.read(response.text)
    assert response.status_code == 409
    assert "Sagen eller dine valg er ændret, siden du læste det igennem." in " ".join(page.words.split())
    assert mark_in(response) not in {before, ""}
    assert ["checked" in box.attributes for box in page.having("input", name="read")] == [False]
    left_out = page.having("input", name="left_out", value="1.0", id="udelad-1")
    assert ["checked" in box.attributes for box in left_out] == [True] or "scope" in chosen
    form = response.context["form"]
    assert {name: form[name].value() for name in chosen} == chosen
    assert handed_out() == 0


def test_a_tick_from_before_is_gone_from_a_new_preview(boss: Client, full: Case) -> None:
    before = mark_in(ask(boss, full))
    page = ask(boss, full, person=EMIL, read="on", laest=before, left_out="4.0")
    assert page.status_code == 200
    assert "checked" not in page.text.partition('name="read"')[2].partition(">")[0]
    same = ask(boss, full, read="on", laest=before).text
    assert "checked" in same.partition('name="read"')[2].partition(">")[0]


def test_what_one_leader_read_another_has_not(boss: Client, full: Case) -> None:
    mark = mark_in(ask(boss, full))
    boss.force_login(make_user(Role.LEADER, school=full.school))
    assert ask(boss, full, handling="json", read="on", laest=mark).status_code == 409


def test_both_kinds_after_one_reading(boss: Client, full: Case) -> None:
    mark = mark_in(ask(boss, full))
    for form in ("json", "pdf"):
        assert ask(boss, full, handling=form, read="on", laest=mark).status_code == 200
    assert handed_out() == 2


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_handing_out_is_logged(form: str, boss: Client, full: Case, leader: User, monkeypatch: Any) -> None:
    pages: list[str] = []
    monkeypatch.setattr(pdf, "render_pdf", lambda html: pages.append(html) or b"%PDF")
    response = fetch(boss, full, handling=form, left_out="4.0")
    event, made = AuditEvent.objects.get(verb="insight"), AuditEvent.objects.get(verb="made")
    assert (event.actor, event.case_public_id, event.detail) == (leader.public_id, full.public_id, form)
    assert (made.step, made.detail) == (event.step, hashlib.sha256(response.content).hexdigest())
    assert len(pages) == (form == "pdf")
    for page in pages:
        assert [word for word in (*FORBIDDEN, leader.name) if word in page] == []
        assert "Skolen har udeladt 1 afsnit" in page


def test_nothing_is_handed_out_long_after_the_login(boss: Client, full: Case) -> None:
    session = boss.session
    session["began"] -= recent_login.LIMIT.total_seconds() + 1
    session.save()
    refused = fetch(boss, full, handling="json")
    assert (refused.status_code, handed_out()) == (422, 0)
    assert "Bekræft, at det er dig" in refused.text


def test_paper_is_drawn(boss: Client, full: Case) -> None:
    response = fetch(boss, full, handling="pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == f'attachment; filename="indsigt-{full.reference}.pdf"'


@pytest.mark.parametrize(("role", "status"), [(Role.STAFF, 403), (Role.SSP, 403), (Role.ADMINISTRATOR, 404)])
def test_only_the_leader_gives_insight(role: Role, status: int, client: Client, full: Case) -> None:
    """SSP reads this case by a referral with names, and gives no insight all the same."""
    user = full.owner if role == Role.STAFF else make_user(role, municipality=full.school.municipality)
    client.force_login(user)
    assert client.get(reverse("indsigt", args=[full.public_id])).status_code == status
    assert fetch(client, full, handling="json").status_code == status
