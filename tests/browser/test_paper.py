"""What the browser prints: each sheet of a case says whose it is, and what hangs on a wall is one sheet."""

import io
import re
import subprocess
from collections.abc import Callable

import pikepdf
from django.urls import reverse
from playwright.sync_api import Page

from cases.models import User
from tests.browser import stories
from tests.browser.conftest import Town

LogIn = Callable[[Page, User], None]


def sheets(page: Page, address: str, size: str = "A4") -> list[str]:
    """The text of each sheet that is printed of the page."""
    page.goto(address)
    printed = page.pdf(prefer_css_page_size=True, format=size)
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=printed, capture_output=True, check=True)
    found = done.stdout.decode().split("\f")[:-1]
    with pikepdf.open(io.BytesIO(printed)) as opened:
        assert len(opened.pages) == len(found)
    return found


def test_every_sheet_of_a_case_says_case_confidential_and_number(page: Page, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.nude()})
    log_in(page, town.staff)
    for name in ("sag", "plan", "log", "nu", "resume", "sagens_samtaler"):
        found = sheets(page, reverse(name, args=[case.public_id]))
        for number, sheet in enumerate(found, start=1):
            assert f"Sag {case.reference}" in sheet, (name, number)
            assert "Fortroligt" in sheet, (name, number)
            assert re.search(rf"Side {number} af {len(found)}\b", sheet), (name, number)


def test_card_for_the_wall_and_each_blank_talk_are_one_sheet(page: Page, town: Town) -> None:
    for query, size in (("", "A4"), ("?ark=a3", "A3")):
        (sheet,) = sheets(page, reverse("vaegkort") + query, size)
        assert "7. Behandl" in re.sub(r"\s+", " ", sheet)
        assert "i Sundby" in sheet
        assert "Fortroligt" not in sheet
    found = sheets(page, reverse("samtaler"))
    assert [sheet.split("\n")[0].strip() for sheet in found] == [
        "Samtale med eleven",
        "Samtale med forældrene",
        "Samtale med den, der har krænket",
        "Samtale med klassen",
        "Til kolleger, og når pressen ringer",
    ]
