"""The log while somebody writes in it: no typed word is lost, and what is written is seen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from cases.log.drafts import NOTE_KEY
from cases.models import User
from tests.browser.conftest import Town, until_draft_holds
from tests.browser.hand import Hand

LogIn = Callable[[Page, User], None]
WHAT = "Hvad skete der?"


def test_note_survives_leaving_and_is_seen_with_its_receipt(live_hand: Hand, town: Town, log_in: LogIn) -> None:
    case, page = town.case(), live_hand.page
    log_in(page, town.staff)
    live_hand.go(f"/sager/{case.public_id}/log/notat/", "Skriv en hændelse")
    live_hand.write(WHAT, "Hun er 010203-1234 og ringede.")
    expect(page.get_by_text("uden CPR-nummeret")).to_be_visible()
    live_hand.write(WHAT, "Hun ringede.")
    live_hand.go(f"/sager/{case.public_id}/log/", "Log")
    until_draft_holds(case, NOTE_KEY, "Hun ringede.")
    live_hand.follow("Skriv videre på din kladde", "Skriv en hændelse")
    expect(page.get_by_text("Du har en kladde her.")).to_be_visible()
    expect(live_hand.field(WHAT)).to_have_value("Hun ringede.")
    live_hand.choose("Hvad er det for en slags notat?", "Konstateret: det, der skete, uden fortolkning")
    live_hand.press(live_hand.button("Gem i loggen"))
    expect(page.get_by_text("Hændelsen er gemt i loggen.")).to_be_in_viewport()
    expect(page.get_by_text("Hun ringede.")).to_be_in_viewport()
