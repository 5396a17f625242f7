"""The case on paper: complete, the same as on the screen, and drawn where it can do no harm."""

import io
import re
import resource
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.access.page_queue import PAGE_QUEUE
from cases.access.paper_log import Stamp
from cases.documents import pdf, pdf_queue, pdf_worker
from cases.documents.pdf_queue import pdf_place
from cases.documents.police_sheet import build_police_sheet
from cases.documents.summary import build_summary
from cases.enums import AuditVerb, Document, DutyOutcome, EntryKind, NoteNature, ReferralForm, Role
from cases.log import writer
from cases.log.case_file import read_case
from cases.log.entry_crypto import NewEntry, data_key, open_entry, seal_entry
from cases.models import AuditEvent, Case, Entry, School, User
from cases.sharing import actions
from cases.text.text_rules import MAX_LENGTH
from tests.built_once import built_once
from tests.factories import add_note, file_step, make_case, make_duty, make_flag, make_school, make_user, step_content
from tests.figures import amount
from tests.machine import slowness
from tests.papers import ask_for

LONG = " ".join(f"ord{number:04d}" for number in range(700))
"""Goes over more than a page; each word can be missed."""


def make_full_case() -> Case:
    """A case with an entry of every kind and a text in every place."""
    school = make_school()
    owner = make_user(Role.STAFF, school=school, name="Olga Ejer")
    case = make_case(owner)
    by = {"case": case, "by": owner}
    file_step(case, content=_afdaek("Det første svar, som siden blev ændret."))
    file_step(case, content=_afdaek(LONG))
    file_step(case, content=_dokumenter())
    add_note(case, text="Hun ringede hjem.", who="Alma", where="Kontoret", happened_at=timezone.now())
    add_note(case, text="»Jeg er bange«", nature=NoteNature.OWN_WORDS)
    add_note(case, text="Jeg vurderer, at hun har brug for ro.", nature=NoteNature.ASSESSMENT)
    writer.add_correction(**by, corrects=6, text="Det var til mormor.", submission_id=uuid4())
    writer.skip_step(**by, step="stop", title="Stop", reason="Det er hørt op.", submission_id=uuid4())
    writer.tick_duty(
        **by,
        key="contact_police",
        title="Kontakt politiet",
        outcome=DutyOutcome.DONE,
        reason="Talte med vagthavende.",
        submission_id=uuid4(),
    )
    actions.refer(
        **by,
        form=ReferralForm.NAMED,
        purpose="Råd om klassen",
        message="Ring efter kl. 14",
        included=[],
        submission_id=uuid4(),
    )
    actions.add_participant(**by, user=make_user(Role.STAFF, school=school, name="Kim Kollega"))
    return case


made = built_once(make_full_case)
PAPERS = ("kort_pdf", "resume_pdf", "log_pdf", "politiark_pdf", "logark_pdf")


@pytest.fixture
def case(made: Case, db: None) -> Case:
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=made.pk)


@pytest.fixture(scope="module")
def printed(made: Case, django_db_blocker: DjangoDbBlocker) -> dict[str, Any]:
    """What the owner gets who prints the case as it stands, each paper drawn once."""
    with django_db_blocker.unblock():
        return {name: fetch(Client(), made, name) for name in PAPERS}


def _row(key: str, question: str, answer: str, *, known: bool = True) -> dict[str, Any]:
    return {"key": key, "question": question, "answer": answer, "known": known}


def _section(key: str, title: str, rows: list[Any], *tables: Any) -> Any:
    return {"key": key, "title": title, "rows": rows, "tables": list(tables)}


def _table(key: str, title: str, columns: list[str], *rows: list[str]) -> dict[str, Any]:
    return {"key": key, "title": title, "columns": columns, "rows": list(rows)}


def _afdaek(happened: str) -> Any:
    content = step_content(
        levels=[2, 4],
        confirmed=4,
        reasons=["Eleven er meget påvirket."],
        tipping=["Kan man se, hvem det er?"],
        flags=[make_flag(), make_flag("spread", "possible") | {"title": "Spredning", "reason": "Det vides ikke."}],
        duties=[make_duty(due="2026-01-05"), make_duty("parents") | {"title": "Inddrag forældrene"}],
        deviations=["Der blev slettet før politiet. Begrundelse: panik."],
        rules=["Se ikke billederne."],
    )
    people = _table("people", "Personer i sagen", ["Navn", "Rolle"], ["Alma Øst", "Krænket"], ["Ukendt", "Krænker"])
    content["sections"] = [
        _section("hvad", "Hvad er der sket?", [_row("what_happened", "Hvad skete der?", happened)], people),
        _section(
            "elev",
            "Eleven",
            [
                _row("assessment", "Din faglige vurdering?", "Efter min mening uroligt."),
                _row("reached", "Hvor mange har set det?", "Ved ikke endnu", known=False),
                _row("first_on", "Hvornår begyndte det?", "Ikke besvaret", known=False),
                _row("last_on", "Hvornår skete det sidst?", "Ikke besvaret", known=False),
            ],
        ),
    ]
    content["missing"] = ["Hvor gammel er eleven?"]
    return content


def _dokumenter() -> Any:
    content = step_content("dokumenter")
    content["judgement"] = _afdaek("")["judgement"]
    columns = ["Hvad", "Beskrivelse", "Platform", "Brugernavn", "Link", "Dato", "Hvem"]
    evidence = _table("evidence", "Beviser", columns, ["Chat", "Krav", "Snapchat", "emil_09", "", "05-01-2026", "Mor"])
    needs = _table("needs", "Behov", ["Hvem", "Tilbud"], ["Eleven", "Samtale"])
    content["sections"] = [_section("register", "Bevisregister", [_row("kept", "Er det gemt?", "Ja")], evidence, needs)]
    return content


def fetch(client: Client, case: Case, name: str = "resume_pdf", by: User | None = None) -> Any:
    client.force_login(by or case.owner)
    answer = ask_for(client, case, name)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer


def text_of(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def flowing(content: bytes) -> str:
    """The text in reading order, blanks and what stands on the margins of each page taken away."""
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    lines = [squeezed(line) for line in done.stdout.decode().replace("\f", "\n").splitlines()]
    margin = re.compile(
        r"Handlekort·(?:sag|logisag).*|Kode.{14}·logtilnr\.\d+|Fortrolig(?:t|t–følsommeoplysningerombørn)|Udskrevet\d.*af.*|Side\d+af\d+"
    )
    return "".join(line for line in lines if not margin.fullmatch(line))


def texts_on_screen(client: Client, case: Case) -> list[str]:
    page = client.get(reverse("resume", args=[case.public_id])).content.decode()
    case_file = page[page.index('<article class="dossier') : page.index("</article>")]
    return [squeezed(unescape(text)) for text in re.split(r"<[^>]*>", case_file) if text.strip()]


def test_resume_holds_everything_that_stands(printed: dict[str, Any], case: Case) -> None:
    text = flowing(printed["resume_pdf"].content)
    for words in (
        "Sagsresumé " + case.reference,
        case.school.name,
        case.school.municipality.name,
        LONG,
        "Eleven er meget påvirket.",
        "Kan man se, hvem det er?",
        "Trusler afgør niveauet.",
        "Spredning",
        "Der blev slettet før politiet. Begrundelse: panik.",
        "Kontakt politiet",
        "Talte med vagthavende.",
        "Inddrag forældrene",
        "05-01-2026",
        "Alma Øst",
        "emil_09",
        "Tilbud",
        "Samtale",
        "Ved ikke: Hvor mange har set det?",
        "Hun ringede hjem.",
        "»Jeg er bange«",
        "Jeg vurderer, at hun har brug for ro.",
        "Det var til mormor.",
        "Det er hørt op.",
        "Råd om klassen",
        "Kim Kollega",
        "Vejledning, ikke juridisk rådgivning.",
    ):
        assert squeezed(words) in text, words


def test_log_holds_every_line_as_it_was_written(printed: dict[str, Any], case: Case) -> None:
    text = flowing(printed["log_pdf"].content)
    entries = list(Entry.objects.filter(case=case).order_by("seq"))
    for words in (
        "Det første svar, som siden blev ændret.",
        LONG,
        "Jeg vurderer, at hun har brug for ro.",
        "Det var til mormor.",
        "Talte med vagthavende.",
        "Ring efter kl. 14",
        "Kim Kollega fik adgang",
        *(f"Nr. {entry.seq}, skrevet" for entry in entries),
        *(f"mærke {entry.hash[:12]}" for entry in entries),
    ):
        assert squeezed(words) in text, words


def test_summary_and_police_sheet_leave_out_what_is_not_answered_or_replaced(
    printed: dict[str, Any], client: Client, case: Case
) -> None:
    for name in ("resume_pdf", "politiark_pdf"):
        text = flowing(printed[name].content)
        for words in ("Ikke besvaret", "Hvornår begyndte det?", "Det første svar, som siden blev ændret."):
            assert squeezed(words) not in text, words
    client.force_login(case.owner)
    assert "Ikke besvaret" not in client.get(reverse("log", args=[case.public_id])).content.decode()


def test_police_sheet_says_how_to_reach_the_school(printed: dict[str, Any], client: Client, case: Case) -> None:
    assert squeezed(f"Ring til Olga Ejer, {case.owner.email}") in flowing(printed["politiark_pdf"].content)
    School.objects.filter(pk=case.school_id).update(phone="12 34 56 78")
    text = flowing(fetch(client, case, "politiark_pdf").content)
    assert squeezed(f"Ring til Olga Ejer, 12 34 56 78, {case.owner.email}") in text


def test_screen_and_paper_hold_the_same(printed: dict[str, Any], client: Client, case: Case) -> None:
    paper = flowing(printed["resume_pdf"].content)
    client.force_login(case.owner)
    screen = texts_on_screen(client, case)
    assert len(screen) > 100
    assert [text for text in screen if text not in paper] == []
    chapters = re.findall(
        r'<section class="chapter" id="(\w+)"', client.get(reverse("resume", args=[case.public_id])).text
    )
    assert len(chapters) == len(set(chapters)) >= 9


def test_pages_are_numbered_and_marked(printed: dict[str, Any], case: Case) -> None:
    content = printed["resume_pdf"].content
    with pikepdf.open(io.BytesIO(content)) as opened:
        total = len(opened.pages)
    pages = text_of(content).split("\f")[:-1]
    assert total == len(pages) >= 2
    local = timezone.localdate()
    code = "....-....-...."
    for number, page in enumerate(pages, start=1):
        assert f"Side {number} af {total}" in page
        assert f"sag {case.reference}" in page
        assert re.search(rf"Kode {code} · log til nr. {case.head_seq}\b", page)
        assert "Fortroligt – følsomme oplysninger om børn" in page
        assert re.search(rf"Udskrevet {local.day}\. [a-z]+ {local.year} kl\. \d\d\.\d\d af Olga Ejer", page)


def test_pdf_is_tagged_danish_and_titled(printed: dict[str, Any], case: Case) -> None:
    with pikepdf.open(io.BytesIO(printed["resume_pdf"].content)) as opened:
        assert str(opened.Root.Lang) == "da"
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.docinfo["/Title"]) == f"Sagsresumé {case.reference}"
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_headers_and_file_name_tell_of_nobody(printed: dict[str, Any], case: Case) -> None:
    answer = printed["resume_pdf"]
    assert answer["Content-Disposition"] == f'attachment; filename="sagsresume-{case.reference}.pdf"'
    assert answer["Cache-Control"] == "no-store, private"


def test_same_state_and_time_give_the_same_bytes(printed: dict[str, Any], case: Case) -> None:
    """In another process that draws them, so that whoever doubts a paper can make it again."""
    asked = AuditEvent.objects.get(verb=AuditVerb.EXPORT, step__startswith=Document.POLICE_SHEET)
    stamp = Stamp(case, Document.POLICE_SHEET, asked.step.rpartition("_")[2], asked.at)
    sheet = build_summary(case, read_case(case, now=asked.at), case.owner, asked.at)
    assert pdf.render_police_sheet(build_police_sheet(sheet), stamp) == printed["politiark_pdf"].content


def test_typed_markup_and_addresses_stay_text(client: Client, case: Case) -> None:
    trap = (
        '<a rel="attachment" href="file:///etc/passwd">x</a> <img src="file:///etc/passwd">'
        " <style>*{display:none}</style> https://example.dk/profil"
    )
    add_note(case, text=trap)
    content = fetch(client, case).content
    assert squeezed(trap) in flowing(content)
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert "/EmbeddedFiles" not in opened.Root.get("/Names", {})
        links = [str(note.get("/A", {}).get("/URI", "")) for page in opened.pages for note in page.get("/Annots", [])]
    assert set(links) <= {""}


def worked() -> float:
    """The seconds of the processor that ended processes of this one took: other work on the machine must not decide."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_note_of_full_length_is_drawn_in_time(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIME_LIMIT", 900)
    add_note(case, text=("Et langt forløb uden afsnit. " * 1000)[: MAX_LENGTH - 5] + "slut.")
    began = worked()
    content = fetch(client, case).content
    assert 0 < worked() - began < 22.5 * slowness()
    assert "slut." in flowing(content)


@pytest.mark.slow
def test_notes_of_short_lines_print(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty of full length take 60 of the 90 seconds of the processor that a PDF has; a dozen took all of them."""
    monkeypatch.setattr(pdf, "TIME_LIMIT", 900)
    notes = amount(4, 12)
    for _number in range(notes):
        add_note(case, text="a\n" * (MAX_LENGTH // 2 - 10) + "slut.")
    began = worked()
    text = flowing(fetch(client, case, "log_pdf").content)
    assert worked() - began < pdf_worker.CPU_SECONDS / 36 * notes * slowness()
    assert text.count("a¶slut.") == notes


def lengthen(case: Case, length: int) -> None:
    """Add copies of the case's own entries, sealed and chained, until it has so many."""
    row = Case.objects.unscoped("test").get(pk=case.pk)
    key, entries = data_key(case), list(Entry.objects.filter(case=case).exclude(kind=EntryKind.STATUS))
    bodies = [open_entry(entry, case_id=case.public_id, key=key) for entry in entries]
    added, last = [], row.head_hash
    for seq in range(row.head_seq + 1, length + 1):
        old, body = entries[seq % len(entries)], bodies[seq % len(entries)]
        new = NewEntry(EntryKind(old.kind), body["content"], uuid4(), old.step, old.happened_at)
        entry = seal_entry(
            new,
            case=case,
            key=key,
            by=case.owner,
            at=timezone.now(),
            seq=seq,
            prev_hash=last,
            chain_key_id=old.chain_key,
        )
        added.append(entry)
        last = entry.hash
    Entry.objects.bulk_create(added)
    Case.objects.unscoped("test").filter(pk=case.pk).update(head_seq=length, head_hash=last)


PART = amount(8, 1)
"""The suite prints an eighth of the longest case; `script/prove paper` prints all of it."""
BASE = 512 * 1024**2
"""Bytes of addresses that the worker takes before the first page."""


def worker_with_a_part_of_its_limits(folder: Path) -> Path:
    limits = {
        "MEMORY_BYTES = 2 * 1024**3\n": f"MEMORY_BYTES = {BASE + (pdf_worker.MEMORY_BYTES - BASE) // PART}\n",
        "CPU_SECONDS = 90\n": f"CPU_SECONDS = {int(pdf_worker.CPU_SECONDS // PART * slowness())}\n",
    }
    program = pdf.WORKER.read_text(encoding="utf-8")
    for line, new in limits.items():
        assert line in program
        program = program.replace(line, new)
    copy = folder / "worker.py"
    copy.write_text(program, encoding="utf-8")
    return copy


@pytest.mark.slow
def test_longest_case_prints(client: Client, school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the worker's limits of memory and processor time; how long it waits for the other tests is left out."""
    monkeypatch.setattr(pdf, "TIME_LIMIT", 900)
    monkeypatch.setattr(pdf, "WORKER", worker_with_a_part_of_its_limits(tmp_path))
    case = make_case(make_user(school=school))
    for _number in range(7):
        add_note(case, text="Vi talte med klassen og med forældrene om, hvad der skete, og aftalte et møde mere. " * 2)
    writer.tick_duty(
        case=case,
        by=case.owner,
        key="contact_police",
        title="Kontakt politiet",
        outcome=DutyOutcome.DONE,
        reason="Talte med vagthavende.",
        submission_id=uuid4(),
    )
    file_step(case)
    lengthen(case, pdf.LONGEST // PART)
    text = flowing(fetch(client, case, "log_pdf").content)
    notes = Entry.objects.filter(case=case, kind=EntryKind.NOTE).count()
    assert text.count("Vitaltemedklassen") > 2 * notes - 10  # the others are cut by the end of a page
    assert "Loggenerikke,somdenblevskrevet" not in text


def test_long_texts_are_whole_wherever_they_stand(client: Client, case: Case) -> None:
    by = {"case": case, "by": case.owner}
    texts = {
        place: " ".join(f"{place}{number:04d}" for number in range(count))
        for place, count in (("grund", 500), ("spring", 500), ("formaal", 1500), ("besked", 1500), ("rettelse", 1500))
    }
    writer.tick_duty(
        **by,
        key="parents",
        title="Inddrag forældrene",
        outcome=DutyOutcome.NOT_RELEVANT,
        reason=texts["grund"],
        submission_id=uuid4(),
    )
    writer.skip_step(**by, step="anmeld", title="Anmeld", reason=texts["spring"], submission_id=uuid4())
    actions.refer(
        **by,
        form=ReferralForm.NAMED,
        purpose=texts["formaal"],
        message=texts["besked"],
        included=[],
        submission_id=uuid4(),
    )
    writer.add_correction(**by, corrects=6, text=texts["rettelse"], submission_id=uuid4())
    paper = flowing(fetch(client, case, "log_pdf").content)
    words = [word for text in texts.values() for word in text.split()]
    assert [word for word in words if word not in paper] == []


def test_a_word_without_a_blank_is_broken_not_cut(client: Client, case: Case) -> None:
    add_note(case, text="https://example.dk/" + "abcdefghij" * 100 + "ende")
    assert "abcdefghij" * 100 + "ende" in flowing(fetch(client, case).content)


def test_police_sheet_holds_facts_and_no_view_of_them(printed: dict[str, Any]) -> None:
    text = flowing(printed["politiark_pdf"].content)
    for fact in (LONG, "Alma Øst", "emil_09", "Hun ringede hjem.", "Det var til mormor.", "Se svar 1 i bilaget."):
        assert squeezed(fact) in text, fact
    for view in ("Efter min mening", "Jeg vurderer", "Jeg er bange", "Eleven er meget påvirket", "Råd om klassen"):
        assert squeezed(view) not in text, view


def test_log_sheet_is_two_pages_without_a_word_of_the_case(printed: dict[str, Any], case: Case) -> None:
    content = printed["logark_pdf"].content
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert len(opened.pages) == 2
    text = text_of(content)
    for words in (case.reference, case.school.name, "Olga Ejer", case.owner.email, "Gemt hvor?"):
        assert words in text
    assert text.count("Dato") == 2
    assert "Alma" not in text
    assert "Side 2 af 2" in text


def test_nothing_is_held_while_the_pages_are_drawn(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    depth: list[int] = []
    before = len(connection.savepoint_ids)

    def draw(*_given: object) -> bytes:
        depth.append(len(connection.savepoint_ids))
        return b"%PDF-"

    monkeypatch.setattr(pdf, "render_summary", draw)
    fetch(client, case)
    assert depth == [before]


def _press(tmp_path: Path, script: str) -> Path:
    path = tmp_path / "press.py"
    path.write_text(script, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit(3)", "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
        ("raise SystemExit(4)", "Sagen er for lang til en PDF"),
        ("import os; os.abort()", "Sagen er for lang til en PDF"),
        ("import time; time.sleep(30)", "Sagen er for lang til en PDF"),
        ("raise SystemExit(1)", "PDF’en kunne ikke laves"),
        ("print('not a pdf')", "PDF’en kunne ikke laves"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    client: Client, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    monkeypatch.setattr(pdf, "WORKER", _press(tmp_path, script))
    monkeypatch.setattr(pdf, "TIME_LIMIT", 2)
    client.force_login(case.owner)
    answer = ask_for(client, case, "resume_pdf")
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/html")
    assert "Content-Disposition" not in answer
    assert sentence in answer.content.decode()


def test_no_free_press_is_told(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_queue, "WAIT_LIMIT", 0.01)
    client.force_login(case.owner)
    with pdf_place(make_user()), pdf_place(make_user()):
        answer = ask_for(client, case, "resume_pdf")
    assert answer.status_code == 503
    assert "Der er kø til at lave PDF’er" in answer.content.decode()


def test_the_press_gets_no_key_and_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    script = f"import os; open({str(seen)!r}, 'w').write(repr(sorted(os.environ))); print('%PDF-')"
    monkeypatch.setattr(pdf, "WORKER", _press(tmp_path, script))
    pdf.render_pdf("<html></html>")
    assert set(eval(seen.read_text())) <= {"LANG", "LC_CTYPE", "PATH"}  # noqa: S307 - our own list


def test_the_press_follows_no_address() -> None:
    sources = ("file:///etc/hostname", "http://127.0.0.1:9/x.png", "https://127.0.0.1:9/")
    links = (
        f'<link rel="stylesheet" href="{source}"><link rel="attachment" href="{source}"><img src="{source}" alt="">'
        f'<a rel="attachment" href="{source}">bilag</a>'
        for source in sources
    )
    content = pdf.render_pdf(
        f'<html lang="da"><head><title>x</title></head><body><p>tekst</p>{"".join(links)}</body></html>'
    )
    assert "tekst" in text_of(content)
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert "/EmbeddedFiles" not in opened.Root.get("/Names", {})


def test_html_of_a_paper_is_written_in_turn_and_its_pages_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[str, bool]] = []

    def note(what: str, answer: str | bytes) -> Callable[..., str | bytes]:
        def noting(*_args: Any) -> str | bytes:
            with ThreadPoolExecutor(1) as pool:
                is_free = pool.submit(PAGE_QUEUE.acquire, blocking=False).result()
                if is_free:
                    pool.submit(PAGE_QUEUE.release).result()
            found.append((what, not is_free))
            return answer

        return noting

    monkeypatch.setattr(pdf, "render_to_string", note("html", ""))
    monkeypatch.setattr(pdf, "_run", note("pages", b"%PDF"))
    pdf.render_log_sheet("AB12", "Skolen", "")
    assert found == [("html", True), ("pages", False)]
