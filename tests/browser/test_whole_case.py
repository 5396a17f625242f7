"""One whole case, from the login page to the printed résumé: on a phone, by keyboard alone, and by mouse on a desk.

By mouse on a desk in the long form (`script/prove pages`): in the suite test_card_rows does every step that way. There
the keyboard alone does everything but the steps after Afdæk, which ask their questions in the same ways.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from cases.models import Case, User
from tests.browser.conftest import Town, Watch
from tests.browser.hand import Hand, KeyboardHand
from tests.browser.stories import OFFENDER, VICTIM, day
from tests.figures import LONG

pytestmark = pytest.mark.slow

LogIn = Callable[[Hand, User], None]
PASSWORD = "tolv-gule-ænder-på-åen"
NAMES = ("Alma", "Testrup", "Mads", "Demosen")
WAYS = {
    "mouse on a phone": (Hand, 320),
    "keyboard on a desk": (KeyboardHand, 1280),
    **({"mouse on a desk": (Hand, 1280)} if LONG else {}),
}


def by_one_click(hand: Hand, user: User) -> None:
    hand.press(hand.page.get_by_role("button", name=f"Log ind som {user.name}"))


def by_password_and_code(hand: Hand, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    hand.write("E-mail", user.email)
    hand.type(hand.page.get_by_label("Adgangskode"), PASSWORD)
    hand.press(hand.button("Log ind"))
    expect(hand.page).to_have_url("/konto/2fa/authenticate/")
    code = format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))
    hand.type(hand.page.get_by_role("main").get_by_role("textbox").first, code)
    hand.press(hand.page.get_by_role("main").get_by_role("button").first)


def tells_nobody(page: Page) -> None:
    """Neither address nor title names anybody, nothing is kept in the browser, and nothing reaches over the edge."""
    assert [name for name in NAMES if name.lower() in f"{page.url} {page.title()}".lower()] == []
    kept = page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
                         (await caches.keys()).length]"""
    )
    assert kept == [0, 0, 0, 0]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("way", WAYS)
def test_whole_case(way: str, new_context: Any, watch: Watch, town: Town, settings: LazySettings) -> None:
    log_in: LogIn = by_one_click if way == "keyboard on a desk" else by_password_and_code
    settings.DEMO = log_in is by_one_click
    kind, width = WAYS[way]
    context = new_context()
    watch.follow(context)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    hand = kind(page)
    hand.on_arrival.append(tells_nobody)
    later = hand if LONG else Hand(page)
    later.on_arrival = hand.on_arrival

    hand.go("/", "Når en elev bliver krænket digitalt")
    hand.press(page.get_by_role("main").get_by_role("link", name="Log ind"))
    hand.arrives("Log ind")
    log_in(hand, town.staff)
    hand.arrives("Mine sager")
    hand.press(hand.button("Opret en sag").first)
    hand.arrives("Er nogen i fare?")
    case = Case.objects.unscoped("browser test").get()
    first(hand)
    hand.follow("Færdig for nu", f"Sag {case.reference}")
    hand.follow("Fortsæt med »Hvad er der fortalt?«", "Hvad er der fortalt?")
    tell(hand)
    assess(later)
    involve(later)
    keep(later)
    report(later)
    treat(later)
    stop(later, case)
    add_details(later, case)
    expect(page.get_by_role("main").get_by_text("Udfyldt", exact=True)).to_have_count(7)

    plan(hand)
    note(hand)
    hand.follow("Overblik", f"Sag {case.reference}")
    hand.follow("Spørg SSP", "Spørg SSP")
    hand.choose("Hvad skal SSP kunne se?", "Med navne: SSP kan læse hele sagen og skrive notater i den")
    hand.write("Hvad skal SSP hjælpe med?", "Et blik på helheden.")
    hand.pick("Hvilken lov bygger I på?", "SSP-samarbejde, retsplejeloven § 115")
    hand.write("Hvorfor er det nødvendigt, at SSP får navne?", "SSP skal selv tale med eleven.")
    hand.press(hand.button("Send til SSP"))
    expect(page.get_by_role("heading", name="SSP kan se sagen med navne")).to_be_visible()
    hand.press(page.locator(".user-menu summary"))
    hand.press(hand.button("Log ud"))
    hand.arrives("Når en elev bliver krænket digitalt")

    close_as_leader(hand, log_in, town, case)
    paper = hand.pdf(hand.button("Hent til mig selv sagsresumé"))
    told = (
        f"Sagsresumé {case.reference}", VICTIM, OFFENDER, "Niveau 3", "bekræftet af skolen", "Skærmbilleder af chatten",
        "Klasselæreren sammen med eleven", "0100-TEST-77", "Ugentlig samtale", "»Jeg vil bare have det væk.«",
        "Et blik på helheden.", "Eleven har det godt igen.", "Udskrevet", town.leader.name,
    )  # fmt: skip
    assert [words for words in told if words not in paper] == []


def first(hand: Hand) -> None:
    """The ten questions, and what they lead to."""
    hand.arrives("Er nogen i fare?")
    hand.choose("Er der tegn på, at den krænkede vil skade sig selv eller ikke orker livet?", "Nej")
    hand.choose("Er der vold, overgreb eller trusler om det?", "Nej")
    hand.choose("Kan vold, overgreb eller pres komme fra hjemmet?", "Nej")
    hand.press(hand.button("Videre"))
    hand.arrives("Hvad er der sket?")
    hand.choose("Hvad er der tale om?", "Et billede eller en video er delt")
    hand.choose("Er der trusler, tvang eller pres?", "Nej")
    hand.choose("Foregår det stadig?", "Nej")
    hand.press(hand.button("Videre"))
    hand.arrives("Billedet")
    hand.choose("Hvad viser billedet?", "En nøgen krop")
    hand.choose("Kan man se, hvem det er?", "Ja")
    hand.choose("Hvem er på billedet?", "Den krænkede")
    hand.choose("Er det givet videre uden et ja?", "Ja")
    hand.press(hand.button("Videre"))
    hand.arrives("Hvem er det?")
    hand.write("Hvor gammel er eleven?", "15")
    hand.tick(hand.page.get_by_role("checkbox", name="Samme som nu"))
    hand.choose("Hvem krænker?", "En anden under 18")
    hand.choose("Hvordan reagerer den krænkede?", "Har brug for hjælp")
    hand.press(hand.button("Vis, hvad jeg skal gøre"))
    hand.arrives("Gør det her nu")
    expect(hand.page.get_by_role("heading", name="Ring til politiet på 114")).to_be_visible()


def tell(hand: Hand) -> None:
    hand.write("Fortæl det kort", f"Et billede af {VICTIM} er delt i en gruppe.")
    hand.write("Hvornår fik skolen det at vide?", "i dag")
    hand.save_and_go_on("Overgreb og materiale hos ansatte")
    hand.choose("Ligger der seksuelt materiale hos en ansat?", "Nej")
    hand.save_and_go_on("Hvem har set det?")
    hand.choose("Hvor mange har set eller fået det?", "Nogle, og vi ved, hvem de er")
    hand.save_and_go_on("Den, der krænker")
    hand.choose("Tyder noget på hævn?", "Nej, intet tyder på hævn")
    hand.save_and_go_on("Niveauet")


def assess(hand: Hand) -> None:
    hand.choose("Hvilket niveau lægger I til grund?", "Niveau 3")
    hand.save_and_go_on("Støtte og mobning")
    hand.choose("Kan et barn i sagen have brug for særlig støtte eller have været udsat for overgreb?", "Nej")
    hand.choose("Vurderer ledelsen, at det er mobning?", "Nej")
    hand.save_and_go_on("Hvem har vurderet?")
    hand.choose("Er ledelsen inde i sagen?", "Ja")
    hand.choose("Er SSP spurgt til råds?", "Nej")
    hand.save_and_go_on("Vejen videre")
    hand.choose("Hvilken vej går sagen?", "Politisag")
    hand.write("Hvorfor den vej?", "Et nøgenbillede af en elev på 15 år.")
    hand.save_and_go_on("Før samtalen")


def involve(hand: Hand) -> None:
    hand.choose("Ved eleven, at du ikke kan love at holde det hemmeligt?", "Ja")
    hand.save_and_go_on("Forældrene")
    hand.choose("Ved forældrene det?", "Ja, alle med forældremyndighed")
    hand.write("Hvornår får forældrene det at vide?", "i dag")
    hand.save_and_go_on("Gem")


def keep(hand: Hand) -> None:
    hand.choose("Har den krænkede eller forældrene fået hjælp til selv at gemme?", "Ja")
    hand.save_and_go_on("Logbog")
    hand.choose("Er forældrene bedt om at føre logbog?", "Nej")
    hand.save_and_go_on("Politiet")


def report(hand: Hand) -> None:
    hand.choose("Er politiet spurgt til råds?", "Ja")
    hand.choose("Må der slettes?", "Nej, ikke endnu")
    hand.choose("Bliver det anmeldt til politiet?", "Ja, det er anmeldt")
    hand.choose("Hvem anmelder?", "Forældrene")
    hand.save_and_go_on("Underretning til kommunen")
    hand.choose("Sendes der en underretning til kommunen?", "Ja, den skal sendes")
    offender = hand.page.get_by_role("group", name="Den, der krænker", exact=True)
    hand.pick("Underretning", "Ja, den skal sendes", within=offender)
    hand.save_and_go_on("Hjælp")


def treat(hand: Hand) -> None:
    hand.choose("Er venner og netværk tænkt med?", "Ja")
    hand.choose("Har nogen brug for mere hjælp, end skolen kan give?", "Nej")
    hand.save_and_go_on("Hvem får hvad at vide?")
    hand.choose("Skal andre på skolen have noget at vide?", "Nej")
    hand.save_and_go_on("Kendt krænker")


def stop(hand: Hand, case: Case) -> None:
    hand.choose("Er der talt med den, der krænker?", "Nej")
    hand.choose("Er krænkerens forældre kontaktet?", "Nej")
    hand.choose("Er krænkeren bedt om at slette?", "Nej")
    hand.save_and_go_on(f"Sag {case.reference}")


def add_details(hand: Hand, case: Case) -> None:
    """What nobody has to tell, and most do: people, words and lists."""

    def open_task(step: str, section: str) -> None:
        hand.page.goto(f"/sager/{case.public_id}/trin/{step}/{section}/")

    open_task("afdaek", "personer")
    row = hand.add_row("Personer i sagen", "Tilføj en person")
    hand.write("Navn", OFFENDER, within=row)
    hand.pick("Alder", "15–17 år", within=row)
    hand.pick("Går på", "En anden skole", within=row)
    hand.choose("Rolle", "Krænker", within=row)
    hand.save()
    open_task("inddrag", "foraeldre")
    hand.write("Hvem fortæller det til forældrene?", "Klasselæreren sammen med eleven")
    hand.write("Hvordan hjælper I eleven med at fortælle det?", "Læreren er med i samtalen.")
    hand.save()
    open_task("dokumenter", "gem")
    hand.write("Hvad er gemt, og hvordan?", "Skærmbilleder af chatten")
    hand.save()
    open_task("anmeld", "politi")
    hand.write("Politiets journalnummer", "0100-TEST-77")
    hand.save()
    open_task("anmeld", "underretning")
    named = hand.page.get_by_role("group", name=OFFENDER, exact=True)
    hand.pick("Underretning", "Ja, den skal sendes", within=named)
    hand.save()
    open_task("behandl", "hjaelp")
    row = hand.add_row("Behov og tilbud", "Tilføj en person")
    hand.name(VICTIM, within=row)
    hand.write("Tilbud", "Ugentlig samtale", within=row)
    hand.write("Opfølgning", day(-7), within=row)
    hand.save()
    open_task("behandl", "omgivelser")
    row = hand.add_row("Orientering", "Tilføj en gruppe")
    hand.pick("Hvem", "Klassen", within=row)
    hand.pick("Beslutning", "Orienteres ikke", within=row)
    hand.save()
    hand.go(f"/sager/{case.public_id}/", f"Sag {case.reference}")


def plan(hand: Hand) -> None:
    """Tick off what cannot wait, among the next three or in a fold, and say of one that it is not relevant."""
    hand.follow("Plan", "Plan")
    expect(hand.page.locator(_MARKS).first).to_be_attached()
    urgent = hand.page.locator(f":is(.duty--now, .duty--today) {_MARKS}")
    while marks := urgent.all_text_contents():
        answer_duty(hand, marks[0], "Gjort")
    answer_duty(hand, hand.page.locator(_MARKS).all_text_contents()[-1], "Ikke relevant", "Familien har styr på det.")
    hand.follow("Log", "Log")
    expect(hand.page.get_by_text("Familien har styr på det.")).to_be_visible()


_MARKS = ".duty__answer > summary"
"""What a duty is ticked off by: it says which."""


def answer_duty(hand: Hand, mark: str, answer: str, remark: str = "") -> None:
    title = mark.partition("–")[2].strip()
    duty = hand.page.locator(".duty__answer").filter(
        has=hand.page.locator("summary").filter(has_text=re.compile(rf"– {re.escape(title)}\s*$"))
    )
    if not duty.is_visible():
        hand.press(hand.page.locator(".duty-group > details").filter(has=duty).locator("> summary"))
    hand.press(duty.locator("> summary"))
    if remark:
        hand.write("Bemærkning", remark, within=duty)
    hand.press(duty.get_by_role("button", name=answer))
    expect(hand.page.get_by_role("region", name="Krydset af").get_by_text(title, exact=True)).to_be_visible()


def note(hand: Hand) -> None:
    hand.follow("Skriv en hændelse", "Skriv en hændelse")
    hand.choose("Hvad er det for en slags notat?", "Elevens egne ord: så ordret, du kan")
    hand.write("Hvilken dag skete det?", "i dag")
    hand.write("Hvad skete der?", "»Jeg vil bare have det væk.«")
    hand.press(hand.button("Gem i loggen"))
    hand.arrives("Log")


def close_as_leader(hand: Hand, log_in: LogIn, town: Town, case: Case) -> None:
    hand.press(hand.page.get_by_role("main").get_by_role("link", name="Log ind"))
    hand.arrives("Log ind")
    log_in(hand, town.leader)
    hand.arrives("Skolens sager")
    hand.follow(case.reference, f"Sag {case.reference}")
    hand.follow("Afslut sagen", "Afslut sagen")
    hand.write("Hvorfor?", "Eleven har det godt igen.")
    # Everything that cannot wait is ticked off or shown by the answers to be done; SSP alone has not answered.
    unanswered = hand.page.get_by_role("checkbox", name="Jeg afslutter sagen, selv om SSP ikke har svaret.")
    expect(hand.page.get_by_role("checkbox")).to_have_count(1)
    hand.tick(unanswered)
    hand.press(hand.button("Afslut sagen"))
    hand.arrives(f"Sag {case.reference}")
    expect(hand.page.get_by_text("Afsluttet").first).to_be_visible()
    hand.follow("Papirer", "Papirer")
    hand.follow("Se Sagsresumé", f"Sagsresumé {case.reference}")
