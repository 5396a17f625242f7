"""A step while it is being filled in: what opens and closes, what stands beside it, and that no typed word is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Request, Route, expect

from cases.log.case_file import read_case
from cases.log.drafts import read_draft
from cases.models import Case, User
from guide.steps import BY_KEY, STEPS
from guide.wizard.step_request import draft_key
from tests.browser import stories
from tests.browser.conftest import Town, Watch, until_draft_holds
from tests.browser.hand import DRAWN, SAVE, Hand
from tests.figures import LONG

LogIn = Callable[[Page, User], None]
WHAT, KNOWN, REPORTER = "Fortæl det kort", "Hvornår fik skolen det at vide?", "Hvem har fortalt det?"
TOLD, PUPIL = "Hvad er der fortalt?", "En anden elev"
STEP = draft_key("afdaek", "fortalt")
SELF_HARM = "Er der tegn på, at den krænkede vil skade sig selv eller ikke orker livet?"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED = "Eleven kom selv.\nHun græd, men kunne fortælle: »de har alle set det« – i går, kl. 10."


def address(case: Case, section: str = "fortalt") -> str:
    return f"/sager/{case.public_id}/trin/afdaek/{section}/"


def open_section(hand: Hand, log_in: LogIn, town: Town, case: Case, section: str = "fortalt") -> None:
    log_in(hand.page, town.staff)
    hand.go(address(case, section), str(BY_KEY["afdaek"].section(section).title))  # type: ignore[union-attr]


def filed(case: Case, question: str) -> object:
    """The newest filed answer of Afdæk."""
    return read_case(Case.objects.unscoped("browser test").get(pk=case.pk)).answers()["afdaek"][question]


@pytest.fixture
def case(town: Town) -> Case:
    return town.case()


# --- What an answer opens ---


def test_words_about_the_draft_move_nothing(page: Page, town: Town, log_in: LogIn, case: Case) -> None:
    """A page that moves between the press and the release of a finger loses the answer, or takes the one beside it."""
    log_in(page, town.staff)
    moved = []
    for form in (*(f"trin/{step.key}/{step.sections[0].key}" for step in STEPS), "log/notat"):
        page.goto(f"/sager/{case.public_id}/{form}/")
        line = page.locator("[data-kladde-status]")
        expect(line).to_have_text("")
        for width in (320, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(DRAWN)
            places = []
            for words in ("", "Gemmer kladde …", "Kladde gemt kl. 23.58"):
                line.evaluate("(line, words) => { line.textContent = words; }", words)
                places.append(page.locator("form[data-kladde]").bounding_box())
            if places != [places[0]] * 3:
                moved.append((form, width, places))
    assert moved == []


def test_question_opens_without_disturbing_what_is_typed(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "spredning")
    page = live_hand.page
    held: list[Route] = []
    page.route("**/spredning/", lambda route: held.append(route) if route.request.method == "POST" else None)
    with page.expect_request(lambda request: request.method == "POST"):
        live_hand.choose("Hvor mange har set eller fået det?", "Det ligger åbent på nettet")
    field = live_hand.field("Hvem ved det nu?")
    field.click()
    page.keyboard.type("Eleven kom selv.")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    for route in held:
        route.continue_()
    expect(live_hand.field("Cirka hvor mange er det?")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type("X")
    expect(field).to_have_value("Eleven kom sXelv.")
    page.unroute_all()


def test_closed_question_opens_again_with_the_words_typed_in_it(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "kraenker")
    motive, why = "Tyder noget på hævn?", "Hvad tyder på hævn?"
    some = "Lidt: det ligner et skænderi eller en øjebliksreaktion"
    live_hand.choose(motive, some)
    live_hand.write(why, "De slog op i går")
    live_hand.choose(motive, "Nej, intet tyder på hævn")
    expect(live_hand.field(why)).to_have_count(0)
    live_hand.choose(motive, some)
    expect(live_hand.field(why)).to_have_value("De slog op i går")


def test_panel_flags_danger_and_warning_follow_the_answers(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "fare")
    page = live_hand.page
    panel = page.get_by_role("complementary", name="Vurdering lige nu")
    danger = page.get_by_role("alert").filter(has_text="Gør det her nu")
    expect(panel.get_by_text("Alle fire niveauer er stadig mulige.")).to_be_visible()
    expect(danger).to_have_count(0)
    live_hand.choose(SELF_HARM, "Ja")
    expect(danger).to_be_visible()
    expect(danger.get_by_text("Ring 112").first).to_be_visible()
    expect(panel.get_by_text("Niveau 4 skyldes akut fare.")).to_be_visible()
    told = page.locator("#aendret[role=status]")
    expect(told).to_contain_text(re.compile(r"Niveau\s+4\s*\.\s+Akut fare\.\s+Spørg eleven ligeud\."))
    expect(panel.get_by_text("Akut fare", exact=True)).to_be_visible()
    live_hand.choose(SELF_HARM, "Nej")
    expect(danger).to_have_count(0)
    expect(panel.get_by_text("Akut fare", exact=True)).not_to_be_visible()

    question = "Kan vold, overgreb eller pres komme fra hjemmet?"
    warning = page.get_by_role("alert").filter(has_text="Kontakt ikke hjemmet endnu")
    live_hand.choose(question, "Ja")
    expect(warning).to_be_visible()
    expect(warning).to_be_in_viewport()
    expect(page.locator(".danger-bar")).to_have_count(1)
    live_hand.choose(question, "Nej")
    expect(warning).to_have_count(0)


@pytest.mark.parametrize("browser_holds", [True, False], ids=["held by the browser", "held by the page"])
def test_answer_stays_where_it_is_when_the_danger_comes_above_it(
    browser_holds: bool, live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    """Safari does not hold the page still: here Chromium is told not to either, and says so when it is asked."""
    page = live_hand.page
    page.set_viewport_size({"width": 320, "height": 640})
    if not browser_holds:
        page.add_init_script(_NOT_HELD)
    open_section(live_hand, log_in, town, case, "fare")
    question = live_hand.group("Er der vold, overgreb eller trusler om det?")
    question.scroll_into_view_if_needed()
    before = question.evaluate(_TOP)
    live_hand.choose("Er der vold, overgreb eller trusler om det?", "Ja, lige nu")
    expect(page.locator(".danger-bar")).to_be_visible()
    page.evaluate(DRAWN)  # the browser holds the page still in the next frame
    assert question.evaluate(_TOP) == pytest.approx(before, abs=2)


def test_new_row_is_not_moved_away_for_an_answer_given_below_it(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    """Held is what somebody just answered, not what they answered before they went to the list."""
    page = live_hand.page
    page.set_viewport_size({"width": 320, "height": 1400})
    page.add_init_script(_NOT_HELD)
    open_section(live_hand, log_in, town, case, "personer")
    live_hand.choose("Er flere end én krænket?", "Ja")
    row = live_hand.add_row("Flere krænkede", "Tilføj en krænket")
    with page.expect_response(lambda response: "/kladde/" not in response.url and response.request.method == "POST"):
        live_hand.pick("Reaktion", "Har brug for hjælp", within=row)
    live_hand.waits_for_questions()
    heading = page.get_by_role("heading", name="Personer i sagen")
    heading.evaluate("element => element.scrollIntoView()")
    before = heading.evaluate(_TOP)
    live_hand.add_row("Personer i sagen", "Tilføj en person")
    page.evaluate(DRAWN)
    assert heading.evaluate(_TOP) == pytest.approx(before, abs=2)


def test_form_waits_for_its_draft_that_is_on_the_way(live_hand: Hand, town: Town, log_in: LogIn, case: Case) -> None:
    """A draft that came after the form would stand there anew, as if what was filed had not been."""
    page = live_hand.page
    open_section(live_hand, log_in, town, case, "fortalt")
    on_the_way: list[Route] = []
    filed: list[Request] = []
    page.route("**/kladde/", lambda route: on_the_way.append(route))
    page.on("request", lambda request: filed.extend([request] if _files(request) else []))
    with page.expect_request("**/kladde/"):
        live_hand.write(WHAT, "Alle har set det.")
    live_hand.button(SAVE).click()
    page.wait_for_timeout(500)
    assert filed == []
    on_the_way[0].continue_()
    live_hand.sees_receipt(TOLD)
    assert read_draft(case=case, by=town.staff, step=STEP) is None


def _files(request: Request) -> bool:
    return request.is_navigation_request() and request.method == "POST"


_TOP = "element => element.getBoundingClientRect().top"
_NOT_HELD = """CSS.supports = () => false;
document.addEventListener("DOMContentLoaded", () => { document.documentElement.style.overflowAnchor = "none"; });"""


def test_answer_that_comes_during_a_press_moves_the_page_after_it(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "kraenker")
    page, save = live_hand.page, live_hand.button(SAVE)
    page.set_viewport_size({"width": 1280, "height": 4000})  # so that nothing scrolls
    held: list[Route] = []
    page.route("**/kraenker/", lambda route: held.append(route) if route.request.method == "POST" else None)
    with page.expect_request(lambda request: request.method == "POST"):
        live_hand.choose("Tyder noget på hævn?", "Lidt: det ligner et skænderi eller en øjebliksreaktion")
    page.evaluate(DRAWN)
    before = save.bounding_box()
    save.hover()
    page.mouse.down()
    with page.expect_response(lambda response: response.request.method == "POST"):
        for route in held:
            route.continue_()
    page.evaluate(DRAWN)
    assert save.bounding_box() == before
    page.unroute_all()
    page.mouse.up()
    live_hand.sees_receipt("Den, der krænker")


def test_going_on_without_javascript_stops_at_questions_not_seen_yet(
    plain_page: Page, town: Town, log_in: LogIn, case: Case
) -> None:
    hand = Hand(plain_page, javascript=False)
    open_section(hand, log_in, town, case, "kraenker")
    hand.choose("Tyder noget på hævn?", "Lidt: det ligner et skænderi eller en øjebliksreaktion")
    hand.press(hand.button("Gem og gå videre"))
    expect(plain_page.get_by_text("Dine svar gav nye spørgsmål.")).to_be_visible()
    hand.write("Hvad tyder på hævn?", "De slog op i går")
    hand.save_and_go_on("Niveauet")
    hand.sees_receipt("Den, der krænker")


# --- What is typed ---


def test_text_survives_reload(live_hand: Hand, town: Town, log_in: LogIn, case: Case) -> None:
    open_section(live_hand, log_in, town, case)
    live_hand.field(WHAT).fill(TYPED)
    live_hand.field(WHAT).blur()
    expect(live_hand.page.get_by_text("Kladde gemt kl.")).to_be_visible()
    with live_hand.page.expect_request(lambda request: "known_on=i+fo" in (request.post_data or "")) as kept:
        live_hand.field(KNOWN).fill("i fo")
        live_hand.page.reload()
    assert kept.value.url.endswith("/kladde/")
    until_draft_holds(case, STEP, "i fo")
    live_hand.page.reload()
    expect(live_hand.field(WHAT)).to_have_value(TYPED)
    expect(live_hand.field(KNOWN)).to_have_value("i fo")
    expect(live_hand.page.get_by_text("Du har en kladde her.")).to_be_visible()
    expect(live_hand.page.locator(".form-error-message")).to_have_count(0)


def test_text_typed_while_an_answer_is_on_its_way_is_kept_too(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case)
    page = live_hand.page
    held: list[Route] = []
    page.route("**/fortalt/", lambda route: held.append(route) if route.request.method == "POST" else None)
    with page.expect_request(lambda request: request.method == "POST"):
        live_hand.choose(REPORTER, PUPIL)
    with page.expect_request(lambda request: "Eleven+kom+selv" in (request.post_data or "")) as saved:
        live_hand.field(WHAT).fill(TYPED)
        for route in held:
            route.continue_()
    assert saved.value.url.endswith("/kladde/")
    page.unroute_all()


def test_text_survives_leaving_by_a_link_and_the_back_button(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case)
    live_hand.field(WHAT).fill(TYPED)
    live_hand.follow(f"Sag {case.reference}", f"Sag {case.reference}")
    until_draft_holds(case, STEP, TYPED)
    live_hand.page.go_back()
    live_hand.arrives(TOLD)
    expect(live_hand.field(WHAT)).to_have_value(TYPED)
    live_hand.go(f"/sager/{case.public_id}/", f"Sag {case.reference}")
    expect(live_hand.page.get_by_text("Kladde, ikke gemt")).to_be_visible()


def test_leaving_never_judges_and_keeps_half_a_date(hand: Hand, town: Town, log_in: LogIn, case: Case) -> None:
    open_section(hand, log_in, town, case)
    hand.write(KNOWN, "32-13")
    hand.press(hand.button("Gem som kladde"))
    hand.arrives(f"Sag {case.reference}")
    hand.go(address(case), TOLD)
    expect(hand.field(KNOWN)).to_have_value("32-13")
    expect(hand.page.locator(".form-error-message")).to_have_count(0)


def test_text_survives_closing_the_tab_and_is_there_in_another_browser(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, new_context: Any, watch: Watch
) -> None:
    open_section(live_hand, log_in, town, case)
    context = live_hand.page.context
    live_hand.field(WHAT).fill(TYPED)
    live_hand.page.close(run_before_unload=True)
    until_draft_holds(case, STEP, TYPED)
    elsewhere = new_context()
    watch.follow(elsewhere)
    log_in(other := elsewhere.new_page(), town.staff)
    for page in (context.new_page(), other):
        again = Hand(page)
        again.go(address(case), TOLD)
        expect(again.field(WHAT)).to_have_value(TYPED)


def test_what_may_not_stand_in_a_text_is_told_while_it_stands_there(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch
) -> None:
    open_section(live_hand, log_in, town, case)
    watch.allow("4(00|22)")
    field = live_hand.field(WHAT)
    field.fill("Se her: data:image/png;base64,iVBORw0KGgo=")
    expect(live_hand.page.get_by_text("Kladden kan ikke gemmes:")).to_be_visible()
    field.fill("Hun er 010203-1234.")
    expect(field).to_have_accessible_description(re.compile("Her står noget, der ligner et CPR-nummer"))
    field.fill(TYPED)
    expect(live_hand.page.get_by_text("Her står noget, der ligner et CPR-nummer")).to_have_count(0)
    expect(live_hand.page.get_by_text("Kladde gemt kl.")).to_be_visible()


def test_draft_that_comes_after_its_own_save_is_no_draft(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case)
    page = live_hand.page
    with page.expect_request(lambda request: request.method == "POST") as sent:
        live_hand.choose(REPORTER, PUPIL)
    late = sent.value
    expect(page.get_by_text("Kladde gemt kl.")).to_be_visible()
    live_hand.save()
    answer = page.request.post(late.url, data=str(late.post_data), headers=FORM | {"HX-Request": "true"})
    assert answer.ok
    page.reload()
    expect(live_hand.group(REPORTER).get_by_role("radio", name=PUPIL)).to_be_checked()
    expect(page.get_by_text("Du har en kladde her.")).to_have_count(0)


def test_save_whose_answer_was_lost_costs_nothing_typed_since(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch
) -> None:
    open_section(live_hand, log_in, town, case)
    page = live_hand.page
    with page.expect_request(lambda request: request.method == "POST") as sent:
        live_hand.choose(REPORTER, PUPIL)
    expect(page.get_by_text("Kladde gemt kl.")).to_be_visible()
    # The save reaches the server; its answer never reaches the page.
    page.request.post(sent.value.url, data=f"{sent.value.post_data}&handling=gem", headers=FORM)
    assert filed(case, "reporter") == "pupil"
    live_hand.write(WHAT, TYPED)
    watch.allow("409")
    live_hand.send(SAVE)
    expect(live_hand.field(WHAT)).to_have_value(TYPED)
    live_hand.save()
    assert filed(case, "what_happened") == TYPED


# --- Two at once ---


# In the suite two people with JavaScript and two tabs without; `script/prove pages` does both both ways.
@pytest.mark.parametrize(
    ("hand", "who"),
    [
        ("javascript", "two people"),
        ("plain", "same person in two tabs"),
        *([("plain", "two people"), ("javascript", "same person in two tabs")] if LONG else []),
    ],
    indirect=["hand"],
)
def test_conflict_shows_both_texts_and_then_saves(
    hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch, new_context: Any, who: str
) -> None:
    open_section(hand, log_in, town, case)
    if who == "two people":
        context = new_context(java_script_enabled=hand.javascript)
        watch.follow(context)
        other = Hand(context.new_page(), javascript=hand.javascript)
        log_in(other.page, town.leader)
    else:
        other = Hand(hand.page.context.new_page(), javascript=hand.javascript)
    other.go(address(case), TOLD)
    other.write(WHAT, "Lederens ord")
    other.save()
    hand.write(WHAT, "Lærerens ord")
    watch.allow("409")
    hand.send(SAVE)
    told = "En anden har gemt det her imens" if who == "two people" else "Du har selv gemt det her et andet sted imens"
    expect(hand.page.get_by_role("heading", name=told)).to_be_visible()
    row = hand.page.get_by_role("row").filter(has_text=WHAT)
    expect(row.get_by_role("cell").nth(0)).to_have_text("Lederens ord")
    expect(row.get_by_role("cell").nth(1)).to_have_text("Lærerens ord")
    assert filed(case, "what_happened") == "Lederens ord"
    hand.write(WHAT, "Begges ord")
    hand.save()
    assert filed(case, "what_happened") == "Begges ord"


# --- Logged out while typing ---


def test_session_that_ends_while_typing_costs_no_word(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch, settings: LazySettings
) -> None:
    settings.DEMO = True
    open_section(live_hand, log_in, town, case)
    page = live_hand.page
    Session.objects.all().delete()
    watch.allow("403")
    live_hand.field(WHAT).fill(TYPED)
    expect(page.get_by_text("Kladden er ikke gemt: du er ikke længere logget ind.")).to_be_visible()
    expect(live_hand.field(WHAT)).to_have_value(TYPED)
    live_hand.press(live_hand.button(SAVE))
    live_hand.arrives("Du er ikke logget ind")
    expect(page.locator("textarea").filter(has_text="Eleven kom selv.")).to_have_value(TYPED)
    with page.context.expect_page() as opened:
        live_hand.press(live_hand.link("Log ind i et nyt faneblad"))
    other = Hand(opened.value)
    other.press(other.page.get_by_role("button", name=f"Log ind som {town.staff.name}"))
    other.arrives("Mine sager")
    live_hand.press(live_hand.button("Send igen"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Du er ikke logget ind")
    page.wait_for_load_state()  # the heading shows before the button below it
    if live_hand.button("Send igen").count():  # the new login came with a new token
        live_hand.press(live_hand.button("Send igen"))
    live_hand.arrives(f"Sag {case.reference}")
    assert filed(case, "what_happened") == TYPED


def test_session_that_ends_without_javascript_costs_no_word(
    plain_page: Page, town: Town, log_in: LogIn, case: Case, watch: Watch
) -> None:
    hand = Hand(plain_page, javascript=False)
    open_section(hand, log_in, town, case)
    Session.objects.all().delete()
    watch.allow("403")
    hand.write(WHAT, TYPED)
    hand.press(hand.button(SAVE))
    hand.arrives("Du er ikke logget ind")
    log_in(plain_page, town.staff)
    hand.press(hand.button("Send igen"))
    hand.arrives(f"Sag {case.reference}")
    assert filed(case, "what_happened") == TYPED


def test_an_answer_given_after_the_session_ended_leaves_the_page_standing(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch
) -> None:
    open_section(live_hand, log_in, town, case)
    page = live_hand.page
    live_hand.field(WHAT).fill(TYPED)
    # Left by the click alone, the field would be sent within it, and the alert move the page under the mouse.
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/kladde/" not in answer.url):
        live_hand.field(WHAT).blur()
    expect(page.get_by_text("Kladde gemt kl.")).to_be_visible()
    Session.objects.all().delete()
    watch.allow("403|Response Status Error Code")
    live_hand.choose(REPORTER, PUPIL)
    expect(page.get_by_role("alert").filter(has_text="Du er ikke længere logget ind.")).to_be_visible()
    expect(live_hand.field(WHAT)).to_have_value(TYPED)
    log_in(page, town.staff)
    live_hand.save()
    assert filed(case, "what_happened") == TYPED


# --- What is wrong ---


def test_error_summary_takes_the_focus_and_leads_to_the_fields(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case, watch: Watch
) -> None:
    open_section(live_hand, log_in, town, case, "personer")
    page = live_hand.page
    number = "Hvor mange er krænket i alt?"
    live_hand.choose("Er flere end én krænket?", "Ja")
    live_hand.write(number, "mange")
    row = live_hand.add_row("Personer i sagen", "Tilføj en person")
    live_hand.write("Navn", "Alma 010110-1234", within=row)
    watch.allow("422")
    live_hand.send(SAVE)
    summary = page.get_by_role("alert").filter(has_text="Det er ikke gemt endnu")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(live_hand.field(number)).to_have_value("mange")
    for words, field in (
        (number, live_hand.field(number)),
        ("Person 1", live_hand.field("Navn")),
    ):
        summary.get_by_role("link", name=words).click()
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")


# --- Rows ---


def test_row_added_and_removed_keeps_the_others_and_the_focus(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "personer")
    page = live_hand.page
    for name in ("Alma", "Mads", "Freja"):
        row = live_hand.add_row("Personer i sagen", "Tilføj en person")
        field = live_hand.field("Navn", within=row)
        expect(field).to_be_focused()
        page.keyboard.type(name)
    live_hand.choose("Rolle", "Krænker", within=page.get_by_role("group", name="Person 2"))
    live_hand.press(live_hand.button("Fjern Person 1"))
    names = live_hand.field("Navn")
    expect(names).to_have_count(2)
    expect(names.nth(0)).to_have_value("Mads")
    expect(names.nth(1)).to_have_value("Freja")
    expect(page.get_by_role("heading", name="Personer i sagen")).to_be_focused()
    first = page.get_by_role("group", name="Person 1")
    expect(first.get_by_role("checkbox", name="Krænker")).to_be_checked()
    live_hand.save()
    assert [row["name"] for row in filed(case, "people")] == ["Mads", "Freja"]  # type: ignore[attr-defined]


def held_back(page: Page, button: str) -> list[Route]:
    """Hold back the answer to a button of a table from now on; everything else goes through."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if f"handling={button}" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/trin/**", hold)
    return held


def test_row_that_comes_late_costs_nothing_typed_meanwhile_in_the_table_and_beside_it(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "personer")
    page = live_hand.page
    live_hand.choose("Er flere end én krænket?", "Ja")
    first = live_hand.add_row("Personer i sagen", "Tilføj en person")
    beside = live_hand.field("Hvor mange er krænket i alt?")
    held = held_back(page, "tilfoej")
    for field, row in ((live_hand.field("Navn", within=first), "Person 2"), (beside, "Person 3")):
        field.fill("Al")
        with page.expect_request(lambda request: "handling=tilfoej" in (request.post_data or "")):
            live_hand.press(live_hand.button("Tilføj en person"))
        field.focus()
        page.keyboard.press("End")
        page.keyboard.type("ma")
        while held:
            held.pop().continue_()
        expect(page.get_by_role("group", name=row, exact=True)).to_be_visible()
        page.keyboard.type(" A.")
        expect(field).to_have_value("Alma A.")
        expect(field).to_be_focused()


def test_row_that_goes_late_moves_what_was_typed_meanwhile(
    live_hand: Hand, town: Town, log_in: LogIn, case: Case
) -> None:
    open_section(live_hand, log_in, town, case, "personer")
    page = live_hand.page
    for _number in range(2):
        second = live_hand.add_row("Personer i sagen", "Tilføj en person")
    held = held_back(page, "fjern")
    with page.expect_request(lambda request: "handling=fjern" in (request.post_data or "")):
        live_hand.press(live_hand.button("Fjern Person 1"))
    live_hand.field("Navn", within=second).focus()
    page.keyboard.type("Bo")
    for route in held:
        route.continue_()
    expect(second).to_have_count(0)
    page.keyboard.type(" B.")
    left = live_hand.field("Navn", within=page.get_by_role("group", name="Person 1", exact=True))
    expect(left).to_have_value("Bo B.")
    expect(left).to_be_focused()


def test_row_removed_without_javascript_keeps_the_others(
    plain_page: Page, town: Town, log_in: LogIn, case: Case
) -> None:
    hand = Hand(plain_page, javascript=False)
    open_section(hand, log_in, town, case, "personer")
    number = "Hvor mange er krænket i alt?"
    hand.choose("Er flere end én krænket?", "Ja")
    hand.write(number, "cirka 20")
    for name in ("Alma", "Mads"):
        hand.write("Navn", name, within=hand.add_row("Personer i sagen", "Tilføj en person"))
    hand.press(hand.button("Fjern Person 1"))
    expect(hand.field("Navn")).to_have_count(1)
    expect(hand.field("Navn")).to_have_value("Mads")
    expect(hand.field(number)).to_have_value("cirka 20")


def test_enter_in_a_text_field_saves(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_section(hand, log_in, town, case, "personer")
    field = hand.field("Navn").nth(1)
    field.fill("Mads Prøve")
    field.press("Enter")
    hand.sees_receipt("De involverede")
    assert [row["name"] for row in filed(case, "people")] == [stories.VICTIM, "Mads Prøve"]  # type: ignore[attr-defined]


def test_enter_at_a_choice_files_nothing(live_hand: Hand, town: Town, log_in: LogIn, case: Case) -> None:
    open_section(live_hand, log_in, town, case)
    choice = live_hand.group(REPORTER).get_by_role("radio", name=PUPIL)
    choice.focus()
    live_hand.page.keyboard.press("Space")
    live_hand.page.keyboard.press("Enter")
    expect(live_hand.page.get_by_text("Kladde gemt kl.")).to_be_visible()
    expect(live_hand.page.get_by_role("heading", level=1)).to_have_text(TOLD)
    assert "afdaek" not in read_case(Case.objects.unscoped("browser test").get(pk=case.pk)).steps
