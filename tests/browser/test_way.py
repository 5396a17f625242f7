"""The way of a teacher on a telephone, counted: questions, pages and words until the advice, and for the whole case."""

import pytest
from django.conf import LazySettings
from playwright.sync_api import Locator, Page, expect

from cases.models import Case
from tests.browser import test_whole_case as whole_case
from tests.browser.conftest import Town
from tests.browser.hand import DRAWN, Hand
from tests.figures import LONG, record

WIDTH, HEIGHT = 390, 844
QUESTIONS, FOLLOW_UPS, PAGES, WORDS = 10, 4, 5, 350
"""The most until the advice: questions, those that an answer opens, pages with the advice, words before it."""
ALL_QUESTIONS, ALL_WORDS = 45, 2_500
"""The most of a whole case."""
# The words in sight in the page's own part: the frame of the site is the same everywhere.
_WORDS = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const seen = node => node.parentElement.checkVisibility({visibilityProperty: true})
    && node.parentElement.getBoundingClientRect().width > 1;
  let words = 0;
  while (walker.nextNode()) {
    if (seen(walker.currentNode)) words += (walker.currentNode.data.match(/[\p{L}\p{N}]+/gu) || []).length;
  }
  return words;
}"""


class CountingHand(Hand):
    """Counts the questions it answers and the words of each page, as many as were in sight at once."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.questions = 0
        self.pages: list[tuple[str, int]] = []
        self.on_arrival.append(self._read)

    def tick(self, option: Locator) -> None:
        super().tick(option)
        self._read_again()

    def type(self, field: Locator, text: str) -> None:
        super().type(field, text)
        self._read_again()

    def pick(self, question: str, words: str, *, within: Locator | None = None) -> None:
        self.questions += 1
        super().pick(question, words, within=within)

    def _asked(self, target: Locator, question: str) -> Locator:
        self.questions += 1
        return super()._asked(target, question)

    def _read(self, page: Page) -> None:
        heading = page.get_by_role("heading", level=1).inner_text()
        self.pages.append((heading, page.evaluate(_WORDS)))

    def _read_again(self) -> None:
        self.waits_for_questions()
        heading, words = self.pages[-1]
        self.pages[-1] = (heading, max(words, self.page.evaluate(_WORDS)))

    @property
    def words(self) -> int:
        """The words of all pages together."""
        return sum(words for _heading, words in self.pages)


@pytest.fixture
def hand(page: Page, town: Town, settings: LazySettings) -> CountingHand:
    """A teacher who has opened a case from the list of cases, on a telephone."""
    settings.DEMO = True
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    teacher = Hand(page)
    teacher.go("/konto/login/", "Log ind")
    whole_case.by_one_click(teacher, town.staff)
    teacher.arrives("Mine sager")
    teacher.press(teacher.button("Opret en sag").first)
    return CountingHand(page)


def fits_a_telephone(page: Page) -> None:
    """A page is at most two screens long, with its first question in sight."""
    page.evaluate(DRAWN)
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * HEIGHT
    question = page.locator("main .question").first
    if question.count():
        assert question.evaluate("one => one.getBoundingClientRect().bottom") <= HEIGHT


def test_advice_comes_after_ten_questions(hand: CountingHand) -> None:
    hand.on_arrival.append(fits_a_telephone)
    whole_case.first(hand)
    advice = hand.pages.pop()
    assert len(hand.pages) + 1 <= PAGES
    assert hand.questions <= QUESTIONS + FOLLOW_UPS
    assert hand.words <= WORDS, hand.pages
    record("way: questions", hand.questions)
    record("way: pages", len(hand.pages) + 1)
    record("way: words", hand.words)
    record("way: words of the advice", advice[1])


def test_page_for_the_pupil_in_the_room_fits_a_telephone(page: Page, town: Town) -> None:
    """The numbers to call are in sight, on a page of two screens."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto("/akut/")
    fits_a_telephone(page)
    for number in ("112", "114", "70201201"):
        expect(page.locator(f"main a[href='tel:{number}']").first).to_be_visible()


@pytest.mark.skipif(not LONG, reason="the long form counts the whole case")
def test_whole_case_is_asked_in_few_questions(hand: CountingHand) -> None:
    whole_case.first(hand)
    case = Case.objects.unscoped("browser test").get()
    hand.follow("Færdig for nu", f"Sag {case.reference}")
    hand.follow("Fortsæt med »Hvad er der fortalt?«", "Hvad er der fortalt?")
    for step in (whole_case.tell, whole_case.assess, whole_case.involve, whole_case.keep):
        step(hand)
    whole_case.report(hand)
    whole_case.treat(hand)
    whole_case.stop(hand, case)
    assert hand.questions <= ALL_QUESTIONS
    assert hand.words <= ALL_WORDS, hand.pages
    record("way: questions of a whole case", hand.questions)
    record("way: pages of a whole case", len(hand.pages))
    record("way: words of a whole case", hand.words)
