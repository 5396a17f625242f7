"""A person at the screen: finds everything by role and label, with JavaScript or without, by mouse or by keyboard."""

import re
import subprocess
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from guide.steps import BY_KEY

_SECTION = re.compile(r"(?P<case>/sager/[^/]+/)trin/(?P<step>[a-z]+)/(?P<section>[a-z]+)/")
SAVE = "Gem og luk"
DRAWN = """async () => {
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }"""
"""Two frames, in the page's own fonts: by then the page has answered to the width of its window, and scrolled."""
IN_ITS_FONTS = "document.fonts.ready.then(() => true)"
"""The same of a page without JavaScript, which draws no frames that one could wait for."""
MOST_STOPS = 400
"""More tab stops than any page has: whatever is not reached by then is not reached at all."""


class Hand:
    """Fills in the pages of a step as a professional would, and waits for what can be seen, never for a while."""

    def __init__(self, page: Page, *, javascript: bool = True) -> None:
        """``javascript`` false: a question that an answer opens is there after the next save only."""
        self.page, self.javascript = page, javascript
        self.unsaved = False
        self.on_arrival: list[Callable[[Page], None]] = []

    # --- How a hand moves: by mouse ---

    def press(self, target: Locator) -> None:
        """Press a button, follow a link, open a fold."""
        target.click()

    def tick(self, option: Locator) -> None:
        """Choose a radio button or tick a box, on its words: the mark itself is drawn."""
        option.locator("xpath=following-sibling::label").click()
        expect(option).to_be_checked()

    def type(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""
        field.fill(text)

    def select(self, field: Locator, words: str) -> None:
        """Choose in a drop-down."""
        field.select_option(label=words)

    # --- Pages ---

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link by its whole name."""
        return self.page.get_by_role("link", name=name, exact=True)

    def follow(self, name: str, heading: str) -> None:
        """Follow a link to the page with this heading."""
        self.press(self.link(name).first)
        self.arrives(heading)

    def arrives(self, heading: str) -> None:
        """Wait for the page with this heading."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        if self.on_arrival:
            self.page.wait_for_load_state()  # the heading shows before what is below it, and before the fonts
        for look in self.on_arrival:
            look(self.page)

    def go(self, address: str, heading: str = "") -> None:
        """Open an address."""
        self.page.goto(address)
        if heading:
            self.arrives(heading)

    # --- A step ---

    def choose(self, question: str, *answers: str, within: Locator | None = None) -> None:
        """Answer a question by one or several of its choices."""
        group = self._asked((within or self.page).get_by_role("group", name=question, exact=True), question)
        for answer in answers:
            radio = group.get_by_role("radio", name=answer, exact=True)
            self.tick(radio.or_(group.get_by_role("checkbox", name=answer, exact=True)))

    def write(self, question: str, text: str, *, within: Locator | None = None) -> None:
        """Answer a question in words, a date or a number."""
        self.type(self._asked(self.field(question, within=within), question), text)

    def pick(self, question: str, words: str, *, within: Locator | None = None) -> None:
        """Answer a question by a drop-down."""
        self.select((within or self.page).get_by_role("combobox", name=question, exact=True), words)

    def name(self, name: str, *, within: Locator) -> None:
        """Say whom a row is about: choose from the list of people, or write the name where nobody there has it."""
        choice = within.get_by_role("combobox", name="Hvem", exact=True)
        if not choice.count():
            self.write("Hvem", name, within=within)
        elif choice.get_by_role("option", name=name, exact=True).count():
            self.select(choice, name)
        else:
            self.write("Eller skriv et navn", name, within=within)

    def unknown(self, question: str) -> None:
        """Tick "ved ikke endnu" at a question that is answered in words."""
        self.tick(self.page.get_by_role("checkbox", name=f"Ved ikke – {question}", exact=True))

    def field(self, question: str, *, within: Locator | None = None) -> Locator:
        """The text field of a question."""
        return (within or self.page).get_by_role("textbox", name=question, exact=True)

    def group(self, question: str) -> Locator:
        """The choices of a question."""
        return self.page.get_by_role("group", name=question, exact=True)

    def add_row(self, table: str, button: str) -> Locator:
        """Add a row to a table and return it; the button says what one row is called."""
        one = button.removeprefix("Tilføj en ").removeprefix("Tilføj et ").capitalize()
        self._asked(self.button(button), table)
        number = self.page.get_by_role("group", name=re.compile(rf"^{re.escape(one)} \d+$")).count() + 1
        self.press(self.button(button))
        row = self.page.get_by_role("group", name=f"{one} {number}", exact=True)
        expect(row).to_be_visible()
        return row

    def save(self) -> None:
        """Save the section and come back to it."""
        title, address = self.page.get_by_role("heading", level=1).inner_text(), self.page.url
        self.waits_for_questions()
        self.press(self.button(SAVE))
        self.sees_receipt(title)
        self.unsaved = False
        self.page.goto(address.partition("?")[0])

    def sees_receipt(self, title: str) -> None:
        """Wait for the page to say that the section is saved."""
        expect(self.page.get_by_role("status").get_by_text(f"»{title}« er gemt.")).to_be_visible()

    def look_for(self, question: str) -> None:
        """Go to the page of the step that asks this question or has this list; what was filled in is saved first."""
        here = _SECTION.search(self.page.url)
        section = _section_of(here["step"], question) if here else ""
        if here and section and section != here["section"]:
            if self.unsaved:
                self.save()
            self.page.goto(f"{here['case']}trin/{here['step']}/{section}/")

    def send(self, button: str) -> None:
        """Press a button that answers with the section's page drawn anew."""
        number = self.page.locator("#trin-form [name=submission_id]")
        before = number.input_value()
        self.press(self.button(button))
        expect(number).not_to_have_value(before)

    def save_and_go_on(self, heading: str) -> None:
        """Save the section and come to the page with this heading."""
        self.waits_for_questions()
        self.press(self.button("Gem og gå videre"))
        self.arrives(heading)

    def waits_for_questions(self) -> None:
        """Wait until the last answer has opened what it opens: whoever saves before is shown it afterwards."""
        expect(self.page.locator("#trin-form.htmx-request, #trin-form .htmx-request")).to_have_count(0)

    def _asked(self, question: Locator, words: str) -> Locator:
        if question.count() == 0:
            self.look_for(words)
        if not self.javascript and question.count() == 0:
            self.save()
        expect(question).to_be_visible()
        self.unsaved = bool(_SECTION.search(self.page.url))
        return question

    # --- Paper ---

    def pdf(self, button: Locator) -> str:
        """Fetch a PDF and return its words in reading order, each line break a blank."""
        with self.page.expect_download() as coming:
            self.press(button)
        path = coming.value.path()
        words = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
        return " ".join(words.split())


def _section_of(step: str, words: str) -> str:
    """The section of the step that asks this question or has this list; empty where none does."""
    asked = BY_KEY[step]
    for section, names in asked.layout:
        labels = [str(asked.questions[name].label) for name in names] + [str(table.title) for table in section.tables]
        if words in labels:
            return section.key
    return ""


class KeyboardHand(Hand):
    """Uses Tab, Enter, Space and the arrows only, and sees at every stop where it is."""

    def press(self, target: Locator) -> None:
        """Enter on a link or button; a fold opens by Enter too."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def tick(self, option: Locator) -> None:
        """Space ticks a box. Radio buttons are one stop: Space chooses the one reached, arrows go on from there."""
        group = option.locator("xpath=ancestor::fieldset[1]")
        radios = group.get_by_role("radio")
        if option.get_attribute("type") == "radio":
            self.reach(radios)
            self.page.keyboard.press("Space")
            for _ in range(radios.count()):
                if option.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self.reach(option)
            self.page.keyboard.press("Space")
        expect(option).to_be_checked()

    def type(self, field: Locator, text: str) -> None:
        """Mark all and type over it."""
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def select(self, field: Locator, words: str) -> None:
        """Arrow down to the choice."""
        self.reach(field)
        names = field.locator("option").all_inner_texts()
        for _ in range(names.index(words)):
            self.page.keyboard.press("ArrowDown")
        expect(field.locator("option:checked")).to_have_text(words)

    def reach(self, target: Locator) -> None:
        """Tab to the target. Every stop on the way must show that it has the focus."""
        expect(target.first).to_be_attached()
        wanted = target.element_handles()
        for _ in range(MOST_STOPS):
            stop = self.page.evaluate(_STOP, wanted)
            if stop["replaced"]:  # by a fragment that came on the way
                wanted = target.element_handles()
                stop = self.page.evaluate(_STOP, wanted)
            assert stop["shown"], f"The focus cannot be seen on {stop['name']}"
            if stop["reached"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {target}")


# An element with the focus is seen by an outline: its own or its label's.
_STOP = """wanted => {
  const at = document.activeElement;
  const replaced = wanted.some(e => !e.isConnected);
  if (!at || at === document.body) return {shown: true, reached: false, replaced, name: "body"};
  const drawn = e => { if (!e) return false; const s = getComputedStyle(e);
    return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
  const box = at.getBoundingClientRect();
  const shown = at.id === "indhold" || ((drawn(at) || drawn(at.nextElementSibling)) && box.width > 0);
  return {shown, reached: wanted.includes(at), replaced, name: at.outerHTML.slice(0, 160)};
}"""
