"""How hard each page of a case is to read as it is drawn: its questions, the advice beside them, the guidance folded.

Of a case that has every step filed, and of one in which the home is suspected.
"""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from guide.demo import demo_data
from guide.steps import STEPS, afdaek
from tests.built_once import built_once
from tests.guide.page_reader import logged_in
from tests.guide.reading_ease import MOST, page_lix

pytestmark = pytest.mark.django_db

STORIES = (2, 7)
PAGES = [
    *((name, ()) for name in ("sag", "nu", "plan", "papirer", "sagens_samtaler")),
    *(("foerst", (section,)) for section in afdaek.FIRST),
    *((name, (step.key,)) for step in STEPS for name in ("trin_opgaver", "spring_over")),
    *(("trin", (step.key, section.key)) for step in STEPS for section in step.sections),
]


def demo_cases() -> list[tuple[Case, Client]]:
    users = demo_data._create_users()
    stories = demo_data.stories(timezone.localdate())
    for number in STORIES:
        demo_data._create_case(stories[number - 1], users)
    cases = Case.objects.unscoped("test").filter(owner__in=users.values()).select_related("owner")
    browsers = {user.pk: logged_in(user) for user in users.values()}
    return [(case, browsers[case.owner_id]) for case in cases]


told = built_once(demo_cases)


@pytest.mark.parametrize(("name", "rest"), PAGES, ids=[".".join((name, *rest)) for name, rest in PAGES])
def test_page_of_a_case_is_easy_to_read(name: str, rest: tuple[str, ...], told: list[tuple[Case, Client]]) -> None:
    found = {}
    for case, browser in told:
        page = browser.get(reverse(name, args=[case.public_id, *rest]), follow=True)
        assert page.status_code == 200
        found[case.reference] = page_lix(page.text)
    assert {case: ease for case, ease in found.items() if ease > MOST} == {}
