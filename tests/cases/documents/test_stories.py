"""The papers of the demo cases, read back and compared with the cases: how long, whole, and of one mind.

All are drawn in one document, since most of the time of a PDF is its process.
"""

import re
import subprocess
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.documents import pdf
from cases.documents.police_sheet import PoliceSheet, build_police_sheet
from cases.documents.summary import Sheet, build_summary
from cases.enums import NoteNature
from cases.log import writer
from cases.log.case_file import read_case
from cases.models import Case
from guide.demo import demo_data
from tests.built_once import built_once
from tests.cases.documents.test_pdf import squeezed
from tests.factories import add_note, file_step, make_case, make_user, step_content
from tests.figures import amount

ROWS = amount(80, 300)
"""Rows of each list of a flooded case."""
BODY = re.compile(r"<body class=\"([a-z-]+)\">(.*)</body>", re.DOTALL)
DEPTH = re.compile(r"yMax=\"([\d.]+)\">rådgivning\.<")
"""How far down its sheet the last line of the short summary stands, in points."""
FULL = 640
"""So far down, of 842 points: the page is measured in signs, with room for wide ones and for the foot."""


def draw(*papers: str) -> list[str]:
    """Draw papers, written as HTML, in one document; return the text of each page, blanks taken away."""
    return [squeezed(page) for page in _read(_drawn(*papers)).split("\f")[:-1]]


def _drawn(*papers: str) -> bytes:
    parts = [f'<div class="{kind}" style="break-before:page">{body}</div>' for kind, body in map(_body, papers)]
    return pdf.render_pdf(f'<html lang="da"><head><title>x</title></head><body>{"".join(parts)}</body></html>')


def _read(drawn: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=drawn, capture_output=True, check=True)
    return done.stdout.decode()


def _body(paper: str) -> tuple[str, str]:
    found = BODY.search(paper)
    assert found
    return found[1], found[2]


def arranged(case: Case) -> tuple[Sheet, PoliceSheet]:
    sheet = build_summary(case, read_case(case), case.owner, timezone.now())
    return sheet, build_police_sheet(sheet)


def pages_of(case: Case, pages: list[str]) -> list[str]:
    return [page for page in pages if f"sag{case.reference}" in page]


def demo_cases() -> list[Case]:
    """The twelve cases, whatever other cases there are while other tests run."""
    users = demo_data._create_users()
    for story in demo_data.stories(timezone.localdate()):
        demo_data._create_case(story, users)
    cases = Case.objects.unscoped("test").filter(owner__in=users.values())
    return list(cases.select_related("school__municipality", "owner"))


told = built_once(demo_cases)


@pytest.fixture(scope="module")
def papers(told: list[Case], django_db_blocker: DjangoDbBlocker) -> Iterator[list[tuple[Case, Sheet, PoliceSheet]]]:
    with django_db_blocker.unblock():
        yield [(case, *arranged(case)) for case in told]


def test_short_summary_is_one_page_with_what_a_leader_asks(papers: list[tuple[Case, Sheet, PoliceSheet]]) -> None:
    drawn = _drawn(*(pdf._html("kort", {"sheet": sheet}) for _case, sheet, _police in papers))
    pages = [squeezed(page) for page in _read(drawn).split("\f")[:-1]]
    depths = [float(depth) for depth in DEPTH.findall(_read(drawn, "-bbox"))]
    assert len(pages) == len(depths) == len(papers) == 12
    for (case, sheet, _police), depth in zip(papers, depths, strict=True):
        (page,) = pages_of(case, pages)
        first = sheet.first
        assert first.is_cut is ("Nogeterforkortet" in page)
        assert depth > FULL or not first.is_cut
        asked = [name for name, _rest in first.people] + [*first.told, first.flags_set, *first.reasons]
        asked += [act.what for act in first.acts] + [task.what for task in first.tasks] + [*first.advice]
        asked += [answer for _question, answer in first.decisions]
        assert first.told
        assert first.tasks
        assert [words for words in asked if squeezed(words) not in page] == []


def test_police_sheet_is_two_pages_and_says_what_the_summary_says(
    papers: list[tuple[Case, Sheet, PoliceSheet]],
) -> None:
    pages = draw(*(pdf._html("politiark", {"police": police, "sheet": sheet}) for _case, sheet, police in papers))
    for case, sheet, police in papers:
        own = pages_of(case, pages)
        assert len([page for page in own if "Bilag" not in page]) <= 2
        answers = {row["question"]: row["answer"] for step in sheet.steps for row in step.rows}
        shown = {row.question: row.answer for section in police.sections for row in section.rows}
        assert shown.items() <= answers.items()
        text = "".join(own)
        assert [answer for answer in shown.values() if squeezed(answer) not in text] == []
        views = [event.text for event in sheet.events if event.nature == NoteNature.ASSESSMENT]
        views += [*(sheet.assessment or {"reasons": []})["reasons"]]
        assert [view for view in views if squeezed(view) in text] == []


def make_flooded_case() -> Case:
    """A case with as much in every place as can be typed."""
    case = make_case(make_user(name="W" * 100))
    wide = "Ømå W漢🙂 "
    content = step_content(
        reasons=["Grund " * 60] * 6,
        flags=[
            {"key": str(number), "title": f"Et langt opmærksomhedspunkt {number}", "state": state, "reason": ""}
            for number in range(7)
            for state in ("set", "possible")
        ],
        deviations=["Der er slettet for tidligt. " * 50] * 5,
        police_first=True,
        police_first_reason="Politiet har sagt, at der ikke må slettes noget endnu.",
        duties=[
            {
                "key": f"duty{number}", "title": f"En opgave med en lang titel og et navn, {number} " * 4, "text": "",
                "why": "", "urgency": "now", "due": "2026-01-05T12:30:00+01:00", "source": "", "contact": "",
                "step": "", "owner": "Lederen eller den, lederen vælger",
            }
            for number in range(30)
        ],
    )  # fmt: skip
    content["answers"] = {f"act{number}": "2026-01-05" for number in range(20)}
    row = {"answered": True, "known": True, "names": "", "is_act": False}
    everywhere = ["summary", "police_sheet"]
    content["sections"] = [
        {
            "key": "alt",
            "title": "Alt",
            "rows": [
                {**row, "key": "t", "question": "Hvad?", "answer": wide * 200, "shown_in": [*everywhere, "told"]},
                {**row, "key": "a", "question": "SSP?", "answer": "råd\n" * 2000, "shown_in": ["summary", "advice"]},
                *(
                    {**row, "key": f"d{n}", "question": "Spørgsmål " * 9, "answer": "svar " * 500,
                     "shown_in": [*everywhere, "decision"]}
                    for n in range(20)
                ),
                *(
                    {**row, "key": f"act{n}", "is_act": True, "act": f"Gjort nummer {n} " * 9, "question": "?",
                     "answer": "05-01-2026", "shown_in": everywhere}
                    for n in range(20)
                ),
            ],
            "tables": [
                {
                    "key": key, "title": key, "columns": [f"K{n}" for n in range(7)], "column_names": [""] * 7,
                    "rows": [[f"{key}{n}", *["celle " * 12] * 6] for n in range(ROWS)], "chapter": chapter,
                    "about_person": True, "shown_in": everywhere,
                }
                for key, chapter in (("folk", "people"), ("bevis", "evidence"), ("modtager", "spread"))
            ],
        }
    ]  # fmt: skip
    file_step(case, content=content)
    for number in range(9):
        add_note(case, text=f"Hændelse {number}. " * 40)
    writer.add_correction(case=case, by=case.owner, corrects=2, text="Rettet.", submission_id=uuid4())
    return case


@pytest.mark.django_db
def test_decision_about_somebody_without_a_name_reads_whole() -> None:
    content = step_content()
    table = {
        "key": "children", "title": "Børn", "columns": ["Hvem", "Underretning", "Rolle"], "column_names": [""] * 3,
        "rows": [["Alma", "Nej", ""], ["", "Ja, den skal sendes", "Krænker"]], "chapter": "",
        "about_person": True, "shown_in": ["decision"],
    }  # fmt: skip
    content["sections"] = [{"key": "alt", "title": "Alt", "rows": [], "tables": [table]}]  # type: ignore[typeddict-item]
    case = make_case()
    file_step(case, content=content)
    assert arranged(case)[0].first.decisions == (
        ("Underretning, Alma:", "Nej"),
        ("Underretning:", "Ja, den skal sendes, Krænker"),
    )


@pytest.mark.django_db
def test_flood_leaves_the_first_page_one_and_the_police_two_and_an_annex() -> None:
    case = make_flooded_case()
    sheet, police = arranged(case)
    assert sheet.first.is_cut
    pages = draw(pdf._html("kort", {"sheet": sheet}), pdf._html("politiark", {"police": police, "sheet": sheet}))
    assert "Nogeterforkortet" in pages[0]
    assert "Faktaarktilpolitiet" in pages[1]
    annex = next(number for number, page in enumerate(pages) if "Bilag1." in page)
    assert annex <= 3
    text = "".join(pages[annex:])
    assert [n for n in range(ROWS) for key in ("folk", "bevis", "modtager") if f"{key}{n}" not in text] == []
    assert all(squeezed(f"Hændelse {number}. " * 40) in text for number in range(9))
