"""Before a paper leaves: for whom, by whom, written down; and whether a paper that somebody holds is genuine."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.access import audit_log, recent_login
from cases.access.paper_log import paper_of
from cases.documents import pdf
from cases.enums import AuditVerb, Recipient, ReferralForm, Role
from cases.log import case_file, writer
from cases.log.case_file import read_case
from cases.models import AuditEvent, Case, User, append_only
from cases.sharing import actions
from tests.factories import (
    add_note,
    behind,
    change,
    file_step,
    make_case,
    make_flag,
    make_municipality,
    make_school,
    make_user,
    step_content,
)
from tests.guide.page_reader import logged_in, read
from tests.papers import ask_for

pytestmark = pytest.mark.django_db

PAPERS = ("kort_pdf", "resume_pdf", "log_pdf", "politiark_pdf", "logark_pdf", "sagsmappe_zip")
PASSWORD = "et langt og kedeligt kodeord"
Rows = list[tuple[str, str, str]]


@pytest.fixture
def owner() -> User:
    return make_user(name="Olga Ejer", password=PASSWORD)


@pytest.fixture
def case(owner: User) -> Case:
    case = make_case(owner)
    file_step(case)
    return case


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been printed. The file is the text itself, so that its SHA-256 is that of what was read."""
    printed: list[str] = []
    monkeypatch.setattr(pdf, "render_pdf", lambda html: printed.append(html) or f"%PDF-{html}".encode())
    return printed


def rows(case: Case) -> Rows:
    """The events of the case about papers."""
    events = AuditEvent.objects.filter(case_public_id=case.public_id).order_by("seq")
    return [(event.verb, event.step, event.detail) for event in events if paper_of(event)]


def typed_in(case: Case) -> list[str]:
    return [note.content["text"] for note in read_case(Case.objects.unscoped("test").get(pk=case.pk)).notes]


# --- What is asked, and written down ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAPERS)
def test_asked_for_before_it_is_read_and_made_before_it_leaves(
    name: str, owner: User, case: Case, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[Rows] = []
    key = case_file.data_key
    monkeypatch.setattr(case_file, "data_key", lambda case: known.append(rows(case)) or key(case))
    response = ask_for(logged_in(owner), case, name, recipient="politi")
    asked, made = rows(case)
    assert asked == ("export", asked[1], "politi")
    assert made == ("made", asked[1], hashlib.sha256(response.content).hexdigest())
    assert all(before == [asked] for before in known)
    assert known or name == "logark_pdf"
    assert AuditEvent.objects.latest("seq").verb == AuditVerb.MADE
    code = "-".join(re.findall("....", asked[1].rpartition("_")[2]))
    assert (f"Kode {code} · log til nr. {case.head_seq}" in pages[0]) is (name != "logark_pdf")


ENDS: dict[str, Callable[[Case, User], object]] = {
    "access taken back": lambda case, user: actions.remove_participant(case=case, by=case.owner, user=user),
    "account closed": lambda case, user: change(user, is_active=False),
    "another school": lambda case, user: change(user, school=make_school()),
    "another password": lambda case, user: change(user, password="!"),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["resume_pdf", "sagsmappe_zip"])
def test_whoever_loses_the_case_while_a_paper_is_drawn_does_not_get_it(
    end: str, name: str, owner: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague = make_user(school=case.school)
    actions.add_participant(case=case, by=owner, user=colleague)

    def draw(html: str) -> bytes:
        ENDS[end](case, colleague)
        return b"%PDF-"

    monkeypatch.setattr(pdf, "render_pdf", draw)
    response = ask_for(logged_in(colleague), case, name)
    assert (response.status_code, response["Content-Type"][:9]) == (404, "text/html")
    assert [verb for verb, _step, _detail in rows(case)] == ["export"]


def test_nothing_leaves_without_the_row_that_it_was_made(
    owner: User, case: Case, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = audit_log.write_event

    def refuse(verb: AuditVerb, **rest: object) -> AuditEvent:
        if verb == AuditVerb.MADE:
            raise RuntimeError
        return write(verb, **rest)

    monkeypatch.setattr(audit_log, "write_event", refuse)
    client = logged_in(owner)
    client.raise_request_exception = False
    response = ask_for(client, case, "resume_pdf")
    assert (response.status_code, response["Content-Type"][:9]) == (500, "text/html")
    assert len(pages) == 1
    assert [verb for verb, _step, _detail in rows(case)] == ["export"]


def test_page_asks_and_makes_nothing(owner: User, case: Case, pages: list[str]) -> None:
    client = logged_in(owner)
    shown = client.get(reverse("log_pdf", args=[case.public_id]))
    values = [given["value"] for given in read(shown.text).inputs if given.get("name") == "recipient"]
    assert values == Recipient.values
    assert ask_for(client, case, "log_pdf", recipient="").status_code == 422
    assert ask_for(client, case, "log_pdf", recipient="alle").status_code == 422
    assert (pages, rows(case)) == ([], [])


def test_somebody_who_is_not_on_the_list_is_named_in_the_log(owner: User, case: Case, pages: list[str]) -> None:
    client = logged_in(owner)
    assert ask_for(client, case, "resume_pdf", recipient="anden").status_code == 422
    assert (pages, rows(case), typed_in(case)) == ([], [], [])
    assert ask_for(client, case, "resume_pdf", recipient="anden", purpose="Skolelægen, til i morgen").status_code == 200
    assert typed_in(case) == ["Bad om et papir: sagsresumé. Til: Skolelægen, til i morgen"]
    assert [detail for verb, _step, detail in rows(case) if verb == "export"] == ["anden"]


def test_closed_case_is_printed_for_those_on_the_list(owner: User, case: Case, pages: list[str]) -> None:
    leader = make_user(Role.LEADER, school=case.school)
    writer.close_case(case=case, by=leader, reason="Færdig", submission_id=uuid4())
    client = logged_in(owner)
    assert "purpose" not in client.get(reverse("log_pdf", args=[case.public_id])).text
    assert ask_for(client, case, "log_pdf", recipient="anden", purpose="Skolelægen").status_code == 422
    assert ask_for(client, case, "log_pdf", recipient="ret").status_code == 200
    assert len(pages) == 1


@pytest.mark.parametrize(("state", "status"), [("set", 409), ("possible", 409), ("not_set", 200)])
def test_nothing_is_made_for_a_home_from_which_it_may_come(
    state: str, status: int, owner: User, case: Case, pages: list[str]
) -> None:
    flags = [make_flag("home", state)]
    file_step(case, content=step_content(flags=flags))
    client = logged_in(owner)
    for name in PAPERS:
        response = ask_for(client, case, name, recipient="hjem")
        assert response.status_code == status
        assert (b"Giv det ikke til hjemmet nu" in response.content) is (status == 409)
    assert bool(pages) is (status == 200)
    assert [verb for verb, _step, _detail in rows(case)].count("export") == len(PAPERS)


# --- Who asks ---------------------------------------------------------------------------------------------------------


def aged(user: User) -> Client:
    """A browser whose user logged in more than ten minutes ago."""
    client = logged_in(user)
    session = client.session
    session["began"] -= recent_login.LIMIT.total_seconds() + 1
    session.save()
    return client


def test_old_login_is_renewed_first(owner: User, case: Case, pages: list[str]) -> None:
    client, address = aged(owner), reverse("kort_pdf", args=[case.public_id]) + "?navne=alle"
    refused = ask_for(client, case, "kort_pdf", query="?navne=alle")
    assert refused.status_code == 302
    assert refused["Location"].startswith(reverse("account_reauthenticate"))
    assert (pages, rows(case)) == ([], [])
    back = client.post(refused["Location"], {"password": PASSWORD})
    assert back["Location"] == address
    assert client.get(address).status_code == 200
    assert ask_for(client, case, "kort_pdf").status_code == 200
    assert len(pages) == 1


def test_what_was_typed_stays_when_the_login_is_old(owner: User, case: Case, pages: list[str]) -> None:
    refused = ask_for(aged(owner), case, "kort_pdf", recipient="anden", purpose="Skolelægen")
    assert refused.status_code == 422
    assert 'value="Skolelægen"' in refused.text
    assert f'href="{reverse("account_reauthenticate")}"' in refused.text
    assert (pages, rows(case), typed_in(case)) == ([], [], [])


def test_whoever_has_no_password_here_logs_in_anew(case: Case, owner: User, pages: list[str]) -> None:
    owner.set_unusable_password()
    owner.save()
    client = aged(owner)
    refused = ask_for(client, case, "kort_pdf")
    assert refused["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert (pages, rows(case)) == ([], [])


# --- Whether it is genuine --------------------------------------------------------------------------------------------

Check = Callable[[User, str], str]


@pytest.fixture
def check() -> Check:
    def answer(user: User, typed: str) -> str:
        response = logged_in(user).post(reverse("papirkontrol"), {"kode": typed})
        assert response.status_code == 200
        return " ".join(read(response.text).words.split())

    return answer


@pytest.fixture
def paper(owner: User, case: Case, pages: list[str]) -> tuple[str, bytes]:
    """The code of a paper of yesterday, and its file."""
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        content = ask_for(logged_in(owner), case, "politiark_pdf").content
    return re.findall(r"Kode ([a-z0-9-]+)", pages[0])[0], content


GENUINE, UNKNOWN = "Ja, det er ægte", "Ukendt"


def test_genuine_outdated_altered_and_unknown(
    owner: User, case: Case, paper: tuple[str, bytes], pages: list[str], check: Check
) -> None:
    code, content = paper
    printed = re.findall(r"Udskrevet (.+?) af", pages[0])[0]
    sha_256 = hashlib.sha256(content).hexdigest()
    add_note(case)
    about = f"Sag {case.reference}: faktaark til politiet. Loggen var nået til nr. 3. Der er skrevet 1 linje siden."
    for typed in (code, f" {code.upper().replace('-', ' ')} ", sha_256, sha_256.upper()):
        said = check(owner, typed)
        assert GENUINE in said
        assert f"Handlekort lavede papiret {printed}." in said
        assert about in said
        assert ("Koden viser ikke, om nogen har rettet" in said) is (len(typed) < 64)
    altered = hashlib.sha256(content + b" ").hexdigest()
    for typed in (altered, code[:-1], code[:-1] + "a", "b" * 12, sha_256[:12], "æ", "x" * 5000):
        said = check(owner, typed)
        assert UNKNOWN in said
        assert GENUINE not in said


def test_others_hear_that_it_is_genuine_and_when_and_nothing_of_the_case(
    case: Case, paper: tuple[str, bytes], check: Check
) -> None:
    actions.refer(
        case=case,
        by=case.owner,
        form=ReferralForm.ANONYMOUS,
        purpose="Råd",
        message="",
        included=[],
        submission_id=uuid4(),
    )
    others = [
        make_user(Role.ADMINISTRATOR, municipality=case.school.municipality),
        make_user(Role.SSP, municipality=case.school.municipality),
        make_user(Role.LEADER, school=make_case().school),
        make_user(Role.SSP, municipality=make_municipality()),
        make_user(school=case.school),
    ]
    since = AuditEvent.objects.latest("seq").seq
    for other in others:
        said = check(other, paper[0])
        assert GENUINE in said
        for word in (case.reference, case.school.name, "faktaark", "Loggen", "linje"):
            assert word not in said.partition(GENUINE)[2].partition("Koden øverst")[0], (other.role, word)
    events = AuditEvent.objects.filter(seq__gt=since).exclude(verb=AuditVerb.LOGIN)
    assert [(event.verb, event.case_public_id) for event in events] == [("search", None)] * len(others)


def test_paper_that_somebody_wrote_into_the_log_is_unknown(owner: User, paper: tuple[str, bytes], check: Check) -> None:
    with append_only.lifted(connection):
        behind(AuditEvent).filter(verb=AuditVerb.MADE).update(case_seq=99)
    assert UNKNOWN in check(owner, paper[0])


def test_leader_reads_who_asked_for_which_paper_and_what_was_made(case: Case, paper: tuple[str, bytes]) -> None:
    code, content = paper
    shown = logged_in(make_user(Role.LEADER, school=case.school)).get(reverse("opslag")).text
    assert f"Bad om et papir: faktaark til politiet. Til: eget brug. Kode {code}" in shown
    sha_256 = hashlib.sha256(content).hexdigest()
    assert f"Fik et papir: faktaark til politiet. Kode {code}. SHA-256 {sha_256}" in shown
