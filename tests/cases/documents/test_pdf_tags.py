"""What a screen reader is told by the papers: language, title, headings in order, and a head for every cell of a table.

No tool here can certify PDF/UA; these are the parts of it that a reader of a case depends on.
"""

import io
import re
from collections.abc import Iterator
from itertools import pairwise

import pikepdf
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from cases.enums import Role
from cases.privacy.subject_access import Scope
from tests.cases.privacy.test_subject_access import ALMA, told_of_everything
from tests.factories import make_case, make_school, make_user
from tests.insight import read_through
from tests.papers import ask_for

pytestmark = pytest.mark.django_db

PAPERS = ["kort_pdf", "resume_pdf", "log_pdf", "politiark_pdf", "logark_pdf", "indsigt"]


def printed(name: str) -> bytes:
    """The paper, of a case in which something stands everywhere."""
    school, client = make_school(), Client()
    full = told_of_everything(make_case(make_user(school=school)))
    client.force_login(make_user(Role.LEADER, school=school))
    if name != "indsigt":
        return ask_for(client, full, name).content
    address = reverse(name, args=[full.public_id])
    data = read_through(client, address, {"person": ALMA, "scope": Scope.WHOLE, "handling": "pdf"})
    return client.post(address, data).content


Element = pikepdf.Dictionary


def elements(part: pikepdf.Object, above: tuple[str, ...] = ()) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Every element of the tree of structure with the tags above it, in reading order."""
    if isinstance(part, pikepdf.Array):
        for one in part:
            yield from elements(one, above)
    elif isinstance(part, pikepdf.Dictionary) and "/S" in part:
        yield part, above
        if "/K" in part:
            yield from elements(part.K, (*above, str(part.S)))


@pytest.fixture(scope="module", params=PAPERS)
def paper(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[pikepdf.Pdf]:
    """Each paper, drawn once."""
    with django_db_blocker.unblock(), transaction.atomic():
        content = printed(request.param)
        transaction.set_rollback(True)
    with pikepdf.open(io.BytesIO(content)) as opened:
        yield opened


def test_paper_is_tagged_danish_and_titled(paper: pikepdf.Pdf) -> None:
    assert str(paper.Root.Lang) == "da"
    assert bool(paper.Root.MarkInfo.Marked)
    assert bool(paper.Root.ViewerPreferences.DisplayDocTitle)
    assert len(str(paper.docinfo["/Title"])) > 5
    with paper.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_headings_leap_over_no_level(paper: pikepdf.Pdf) -> None:
    tags = [str(one.S) for one, _above in elements(paper.Root.StructTreeRoot.K)]
    levels = [int(tag[2:]) for tag in tags if re.fullmatch("/H[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_cell_names_its_heads(paper: pikepdf.Pdf) -> None:
    tree = list(elements(paper.Root.StructTreeRoot.K))
    heads = {str(one.ID) for one, above in tree if str(one.S) == "/TH" and "/TR" in above}
    cells = [one for one, _above in tree if str(one.S) == "/TD"]
    assert all(str(one.A.Scope) == "/Column" for one, _above in tree if str(one.S) == "/TH")
    assert [one for one in cells if not {str(name) for name in one.A.Headers} & heads] == []


@pytest.mark.parametrize("paper", ["resume_pdf", "politiark_pdf", "logark_pdf"], indirect=True)
def test_papers_have_tables(paper: pikepdf.Pdf) -> None:
    """There is something for the test above to look at."""
    tags = {str(one.S) for one, _above in elements(paper.Root.StructTreeRoot.K)}
    assert {"/Table", "/TR", "/TH", "/TD", "/H1", "/P", "/L"} <= tags


def test_all_that_is_drawn_has_a_place_or_is_no_content(paper: pikepdf.Pdf) -> None:
    """What repeats on the margins of every page is not read out as part of the text."""
    placed = {
        (part.Pg.objgen, int(kid))
        for part, _above in elements(paper.Root.StructTreeRoot.K)
        for kid in part.get("/K", ())
        if isinstance(kid, int)
    }
    for page in paper.pages:
        marked = [
            (str(one.operands[0]), one.operands[1].get("/MCID") if len(one.operands) > 1 else None)
            for one in pikepdf.parse_content_stream(page)
            if str(one.operator) in {"BMC", "BDC"}
        ]
        assert {"/Artifact"} >= {tag for tag, mark in marked if mark is None}
        assert {(page.objgen, int(mark)) for _tag, mark in marked if mark is not None} <= placed
        assert balanced([str(one.operator) for one in pikepdf.parse_content_stream(page)])


def balanced(operators: list[str]) -> bool:
    """Whether every text is drawn inside exactly one marked piece."""
    depth = 0
    for operator in operators:
        depth += (operator in {"BMC", "BDC"}) - (operator == "EMC")
        if depth not in (0, 1) or (operator in {"Tj", "TJ"} and depth == 0):
            return False
    return depth == 0
