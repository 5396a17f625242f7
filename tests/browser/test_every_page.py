"""Every page on a desk and on a small phone: dressed, Danish, one heading, nothing sideways, no fault that axe finds.

The suite opens each page once, on a desk, and then makes the window as narrow as a phone. Colours are judged once for
each way in which a text is marked up: in the same elements, with the same attributes, it has the same colours on every
page. On the narrow page only what did not show before is judged, and what can be scrolled. Where a page is judged whole
in another state (a section of a step in the first one, a case just opened in the one all walked), only that is judged
which is marked up as nothing before. `script/prove pages` opens each page at both widths and judges it whole.

With HANDLEKORT_SCREENSHOTS set, a picture of every page is left in var/screens for people to look at.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, expect

from cases.models import Case, User
from guide.demo.demo_data import build
from guide.steps import STEPS, afdaek
from tests.browser import stories
from tests.browser.conftest import Town, Watch
from tests.browser.hand import DRAWN, SAVE, Hand
from tests.figures import LONG

pytestmark = pytest.mark.slow

LogIn = Callable[[Page, User], None]

RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
BUT_COLOURS: Final = RULES | {"rules": {"color-contrast": {"enabled": False}}}
DESK, PHONE = 1280, 320
PASSWORD: Final = "tolv-gule-ænder-på-åen"
SCREENS: Final = Path("var/screens")

_PUBLIC = (
    *("start", "akut", "vejledning", "samtaler", "vaegkort", "niveauer", "kontakter", "proev"),
    *("tilgaengelighed", "databeskyttelse"),
)
_IN_A_CASE = (
    "sag",
    "nu",
    "plan",
    "opfoelgning",
    "log",
    "notat",
    "papirer",
    "kort",
    "kort_pdf",
    "sagens_samtaler",
    "resume",
    "henvis",
    "adgang",
)
_LEADERS = ("status", "ansvarlig", "sag_opbevaring", "indsigt")
_ACCOUNT = (
    "account_change_password",
    "account_logout",
    "own_sessions",
    "skjul",
    "mfa_index",
    "mfa_list_webauthn",
    "account_reauthenticate",
)
# Shown to whoever has just given the password again.
_SURE = (
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_activate_totp",
)
# Not looked at: sent to, like another, closed on purpose, or there only with a letter, a key, a proposal or a provider.
NO_PAGE: Final = {
    *(
        "kladde",
        "trin_opgaver",
        "notat_kladde",
        "ret_kladde",
        "pligt",
        "sig_til_ledelsen",
        "kendetegn",
        "tag_sag",
        "demo_login",
        "bliv",
        "was",
        "helbred",
        "helbred_klar",
        "log_pdf",
        "sagsmappe_zip",
        "resume_pdf",
        "politiark_pdf",
        "logark_pdf",
        "underretning_pdf",
        "mfa_download_recovery_codes",
    ),
    *("sso_begin", "sso_finish", "account_signup", "account_email", "account_email_verification_sent"),
    *("account_confirm_email", "account_confirm_login_code", "account_set_password", "account_inactive"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_login_webauthn"),
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "sletteforslag"),
}


class Survey:
    """Looks at one page after another and keeps what is wrong with any of them."""

    def __init__(self, page: Page, dressed: Callable[[Page], None]) -> None:
        self.page, self.dressed, self.faults = page, dressed, list[str]()
        self.judged, self.coloured, self.narrow = set[str](), set[str](), set[str]()
        """How everything was marked up that axe has judged, each text of which it judged the colours, and what only a
        phone shows."""
        self.width = page.viewport_size["width"] if page.viewport_size else 0

    def visit(self, address: str, name: str, status: int = 200, *, like_another: bool = False) -> None:
        """Go there and look."""
        answer = self.page.goto(address)
        if answer is None or answer.status != status:
            self.faults.append(f"{name}: answered {answer and answer.status}")
        self.look(name, like_another=like_another)

    def look(self, name: str, *, like_another: bool = False) -> None:
        """Judge the page that is open, all that can be unfolded unfolded.

        Of a page that is ``like_another`` the short form judges what is marked up as nothing was before.
        """
        page = self.page
        page.wait_for_load_state()
        self.dressed(page)
        page.evaluate(_UNFOLD)
        self._facts(name)
        if LONG or not like_another:
            self._violations(name, Axe().run(page, options=RULES if LONG else BUT_COLOURS).response["violations"])
            self.judged.update(page.evaluate(_MARKUPS, _ALL))
        else:
            page.evaluate(Axe().axe_script)
            self._look_at_new(name, _ALL, self.judged, RULES)
        if not LONG:
            self._look_at_new(name, _TEXTS, self.coloured, {"runOnly": ["color-contrast"]})
            self._look_on_a_phone(f"{name} {PHONE}")
        page.evaluate(_FOLD)
        if os.environ.get("HANDLEKORT_SCREENSHOTS"):
            page.screenshot(path=SCREENS / f"{name.replace(' ', '-')}-{self.width}.png", full_page=True)

    def _facts(self, name: str) -> None:
        facts = self.page.evaluate(_FACTS)
        if facts["lang"] != "da" or not facts["title"].endswith(" – Handlekort") or facts["h1"] != 1:
            self.faults.append(f"{name}: {facts}")
        if facts["unnamed"]:
            self.faults.append(f"{name}: without a name: {facts['unnamed']}")
        if facts["beside"]:
            self.faults.append(f"{name}: sideways by {facts['beside']}")

    def _violations(self, name: str, violations: list[Any]) -> None:
        for found in violations:
            places = [place["html"][:120] for place in found["nodes"][:3]]
            self.faults.append(f"{name}: {found['id']} at {places}")

    def _look_at_new(self, name: str, which: str, judged: set[str], rules: Any) -> None:
        """Judge those of the elements that are marked up as none was before."""
        markups = self.page.evaluate(_MARKUPS, which)
        fresh = [place for place, markup in enumerate(markups) if markup not in judged]
        judged.update(markups)
        self._violations(name, self.page.evaluate(_JUDGE, [fresh, rules]))

    def _look_on_a_phone(self, name: str) -> None:
        """Judge the page that axe has been loaded in once more, in a narrow window; then widen it again."""
        page = self.page
        page.evaluate(_MARK_HIDDEN)
        page.set_viewport_size({"width": PHONE, "height": 900})
        page.evaluate(_UNFOLD)
        self._facts(name)
        self._violations(name, page.evaluate(_SCROLLABLE))
        self._look_at_new(name, _ON_A_PHONE_ALONE, self.narrow, RULES)
        page.set_viewport_size({"width": self.width, "height": 900})
        page.evaluate(DRAWN)


_UNFOLD = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.querySelectorAll("main details:not([open])").forEach(part => {
  part.open = true; part.setAttribute("data-unfolded", ""); }); }"""
_FOLD = """() => document.querySelectorAll("[data-unfolded]").forEach(part => { part.open = false; })"""
_MARK_HIDDEN = """() => document.querySelectorAll("body *").forEach(
  part => part.toggleAttribute("data-hidden-when-wide", !part.getClientRects().length))"""
_SCROLLABLE = """async () =>
  (await axe.run(document, {runOnly: ["scrollable-region-focusable"], resultTypes: ["violations"]})).violations"""
_ALL, _TEXTS, _ON_A_PHONE_ALONE = "all", "texts", "narrow"
# How each element that shows is marked up: its tag and all around it, with what a stylesheet may go by.
_MARKUPS = """which => {
  const known = new Map([[null, ""]]);
  const looks = one => !/^(id|for|name|value|href|action|aria-(describedby|labelledby|label|controls)|data-.*)$/
    .test(one.name);
  const markup = part => {
    if (!known.has(part)) known.set(part, markup(part.parentElement) + "<" + part.tagName +
      [...part.attributes].filter(looks).map(one => ` ${one.name}=${one.value}`).join("") + ">");
    return known.get(part); };
  const asked = {
    all: () => true,
    texts: part => part.matches("input, select, textarea") ||
      [...part.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim()),
    narrow: part => part.hasAttribute("data-hidden-when-wide"),
  }[which];
  const first = new Map();
  for (const part of document.querySelectorAll("body, body *"))
    if (part.getClientRects().length && asked(part) && !first.has(markup(part))) first.set(markup(part), part);
  window.firstOfMarkup = [...first.values()];
  return [...first.keys()]; }"""
_JUDGE = """async ([fresh, rules]) => fresh.length ? (await axe.run(
  {include: fresh.map(place => window.firstOfMarkup[place])}, {resultTypes: ["violations"], ...rules})).violations
  : []"""
_FACTS = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  h1: [...document.querySelectorAll("h1")].filter(h => h.offsetParent !== null).length,
  unnamed: [...document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea)")].filter(field =>
    !field.labels.length && !field.getAttribute("aria-label") && !field.getAttribute("aria-labelledby")
    && !field.closest("[aria-hidden=true]"))
    .map(field => field.name).join(" "),
  beside: document.documentElement.scrollWidth <= window.innerWidth ? "" :
    [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
      .map(e => e.tagName + "." + e.className).slice(0, 5).join(" "),
})"""


@pytest.fixture(params=[DESK, PHONE] if LONG else [DESK])
def survey(
    request: pytest.FixtureRequest, new_context: Any, watch: Watch, assert_dressed: Callable[[Page], None]
) -> Iterator[Survey]:
    """A survey on a desk and on a small phone; what it found wrong is told all at once."""
    context = new_context()
    watch.follow(context)
    page = context.new_page()
    page.set_viewport_size({"width": request.param, "height": 900})
    survey = Survey(page, assert_dressed)
    yield survey
    assert survey.faults == []


def page_names(patterns: list[Any] | None = None) -> Iterator[str]:
    """The names of all addresses but the administration's."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name)
        elif isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from page_names(pattern.url_patterns)


def test_every_address_has_a_page_here_or_a_reason() -> None:
    looked_at = {
        "underretning",
        *_PUBLIC,
        *_IN_A_CASE,
        *_LEADERS,
        *_ACCOUNT,
        *_SURE,
        "trin_vejledning",
        "trin",
        "foerst",
        "spring_over",
        "mine_sager",
        "papirkontrol",
    }
    looked_at |= {"ny_sag", "ret", "opbevaring", "account_login", "account_reset_password"}
    looked_at |= {"account_reset_password_done", "mfa_authenticate", "mfa_reauthenticate"}
    looked_at |= {"mfa_view_recovery_codes", "statistik", "opslag"}
    assert set(page_names()) - looked_at == NO_PAGE


def test_public_pages(survey: Survey, transactional_db: None) -> None:
    for name in _PUBLIC:
        survey.visit(reverse(name), name)
    for step in STEPS:
        survey.visit(reverse("trin_vejledning", args=[step.key]), f"vejledning {step.key}")
    hand = Hand(survey.page)
    hand.go("/proev/")
    hand.choose("Er der vold, overgreb eller trusler om det?", "Ja, lige nu")
    survey.look("proev fare")
    hand.press(hand.button("Videre"))
    hand.arrives("Hvad er der sket?")
    survey.look("proev haster")
    hand.press(hand.button("Vis mig straks, hvad jeg skal gøre"))
    hand.arrives("Gør det her nu")
    survey.look("proev svar")


def test_login_and_second_factor(survey: Survey, town: Town, watch: Watch) -> None:
    town.staff.set_password(PASSWORD)
    town.staff.save()
    page, hand = survey.page, Hand(survey.page)
    survey.visit("/konto/login/", "login")
    hand.write("E-mail", town.staff.email)
    page.get_by_label("Adgangskode").fill("forkert")
    hand.press(hand.button("Log ind"))
    expect(page.get_by_role("alert").filter(has_text="passer ikke")).to_be_visible()
    survey.look("login fejl")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    hand.press(hand.button("Log ind"))
    expect(page).to_have_url("/konto/2fa/")
    survey.look("totrin vælg")
    survey.visit("/konto/2fa/totp/activate/", "totrin bekræft")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    hand.press(page.get_by_role("main").get_by_role("button").last)
    expect(page.locator("main svg").first).to_be_visible()
    survey.look("totrin opsæt")
    page.context.clear_cookies()
    TOTP.activate(town.staff, generate_totp_secret())
    survey.visit("/konto/login/", "login igen")
    hand.write("E-mail", town.staff.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    hand.press(hand.button("Log ind"))
    expect(page).to_have_url("/konto/2fa/authenticate/")
    survey.look("totrin kode")
    page.context.clear_cookies()
    survey.visit("/konto/password/reset/", "glemt adgangskode")
    survey.visit("/konto/password/reset/done/", "glemt adgangskode sendt")


def test_own_account(survey: Survey, town: Town, log_in: LogIn) -> None:
    town.staff.set_password(PASSWORD)
    town.staff.save()
    log_in(survey.page, town.staff)
    for name in _ACCOUNT:
        survey.visit(reverse(name), name)
    TOTP.activate(town.staff, generate_totp_secret())
    survey.visit(reverse("mfa_reauthenticate"), "mfa_reauthenticate")
    hand = Hand(survey.page)
    hand.go(f"{reverse('account_reauthenticate')}?next={reverse('mfa_index')}")
    survey.page.get_by_label("Adgangskode").fill(PASSWORD)
    hand.press(survey.page.get_by_role("main").get_by_role("button").first)
    expect(survey.page).to_have_url(reverse("mfa_index"))
    survey.look("mfa_index med kode")
    for name in _SURE:
        survey.visit(reverse(name), name)
    hand.go(reverse("mfa_generate_recovery_codes"))
    hand.press(survey.page.get_by_role("main").get_by_role("button").first)
    expect(survey.page).to_have_url(reverse("mfa_view_recovery_codes"))
    survey.look("mfa_view_recovery_codes")


def test_lists_without_cases(survey: Survey, town: Town, log_in: LogIn) -> None:
    for user in (town.staff, town.leader, town.ssp, town.administrator):
        log_in(survey.page, user)
        survey.visit("/sager/", f"tom liste {user.role}", like_another=user != town.staff)
        survey.visit("/sager/?vis=afsluttede", f"tom liste afsluttede {user.role}", like_another=True)
    log_in(survey.page, town.leader)
    survey.visit("/opbevaring/", "opbevaring tom")
    survey.visit("/statistik/", "statistik tom")
    survey.visit("/opslag/?hvad=handlinger", "opslag tom")


def test_a_case_just_opened(survey: Survey, town: Town, log_in: LogIn) -> None:
    case = town.case()
    log_in(survey.page, town.staff)
    survey.visit("/sager/ny/", "ny sag")
    hand = Hand(survey.page)
    hand.go(reverse("henvis", args=[case.public_id]), "Spørg SSP")
    hand.choose("Hvad skal SSP kunne se?", "Anonymt: SSP rådgiver uden at vide, hvem det handler om")
    hand.write("Hvad skal SSP hjælpe med?", "Skal Oskar på Møllevej 4 med til mødet?")
    hand.press(hand.button("Send til SSP"))
    hand.arrives("Kan nogen kendes på det her?")
    survey.look("fund")
    hand.choose("»Oskar« – navn?", "Tag det ud")
    hand.choose("»Møllevej 4« – adresse?", "Lad det stå: ingen kan kendes på det")
    hand.press(hand.button("Se, hvad SSP kommer til at læse"))
    hand.arrives("Det kommer SSP til at læse")
    survey.look("før det sendes")
    visit_case(survey, log_in, case, town.leader, "tom")


def test_a_case_all_walked(survey: Survey, transactional_db: None, log_in: LogIn) -> None:
    build()
    fullest = max(Case.objects.unscoped("browser test"), key=lambda case: len(case.progress) + case.head_seq)
    log_in(survey.page, fullest.owner)
    leader = User.objects.get(role="leader", school=fullest.school)
    visit_case(survey, log_in, fullest, leader, "fuld")
    survey.visit(reverse("underretning", args=[fullest.public_id, "elev"]), "underretning")
    survey.visit("/papirkontrol/", "papirkontrol")
    survey.visit("/sager/", "liste leader")
    survey.visit("/sager/?vis=alle", "liste alle")
    survey.visit("/opbevaring/", "opbevaring")
    survey.visit("/statistik/", "statistik leder")
    survey.visit("/opslag/?tid=alt", "opslag")
    log_in(survey.page, User.objects.get(role="ssp"))
    survey.visit("/statistik/", "statistik ssp")
    survey.visit("/sager/", "liste ssp")
    survey.page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(survey.page.get_by_role("heading", name="Det spørger skolen om")).to_be_visible()
    survey.look("henvendelse")


def visit_case(survey: Survey, log_in: LogIn, case: Case, leader: User, kind: str) -> None:
    """Every page of the case, the leader's last."""
    full = kind == "fuld"

    def visit(name: str, *keys: str | int, like_another: bool = not full) -> None:
        address = reverse(name, args=[case.public_id, *keys])
        survey.visit(address, " ".join(map(str, (name, *keys, kind))), like_another=like_another)

    for name in _IN_A_CASE:
        visit(name)
    for step in STEPS:
        for section in step.sections if full else step.sections[:1]:
            visit("trin", step.key, section.key, like_another=not full or section != step.sections[0])
    for section_key in afdaek.FIRST:
        visit("foerst", section_key)
    visit("spring_over", "anmeld")
    visit("ret", 1)
    log_in(survey.page, leader)
    for name in _LEADERS:
        visit(name)


def test_pages_that_say_no(survey: Survey, town: Town, log_in: LogIn, watch: Watch) -> None:
    watch.allow("40[0349]|422")
    case = town.case({"afdaek": stories.mild()})
    page, hand = survey.page, Hand(survey.page)
    log_in(page, town.staff)
    survey.visit(f"/sager/{uuid4()}/", "ukendt sag", 404)
    survey.visit("/findes-ikke/", "ukendt side", 404)
    survey.visit(f"/sager/{case.public_id}/status/", "må ikke", 403)
    hand.go(f"/sager/{case.public_id}/log/notat/", "Skriv en hændelse")
    hand.press(hand.button("Gem i loggen"))
    expect(page.locator(".error-summary")).to_be_focused()
    survey.look("notat fejl")
    step, title = f"/sager/{case.public_id}/trin/afdaek/fortalt/", "Hvad er der fortalt?"
    hand.go(step, title)
    hand.write("Hvornår fik skolen det at vide?", "i overmorgen")
    hand.send(SAVE)
    survey.look("trin fejl")
    hand.go(step, title)
    other = Hand(page.context.new_page())
    other.go(step, title)
    other.write("Fortæl det kort", "Den andens ord")
    other.write("Hvornår fik skolen det at vide?", "i går")
    other.save()
    hand.write("Fortæl det kort", "Mine ord")
    hand.write("Hvornår fik skolen det at vide?", "i går")
    hand.send(SAVE)
    expect(page.get_by_role("heading", name="Du har selv gemt det her et andet sted imens")).to_be_visible()
    survey.look("trin konflikt")
    page.context.clear_cookies()
    hand.press(hand.button(SAVE))
    hand.arrives("Siden var blevet for gammel")
    survey.look("logget ud")
