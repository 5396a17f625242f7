"""No field of any form makes the server fail, and nothing that is typed comes back as anything but text.

The short form runs in the suite; `script/prove fuzz` runs the long one, a field at a time, and counts what was tried.
"""

from itertools import cycle, islice

import pytest
from django.db import transaction
from django.http import HttpResponse

from guide.questionnaire.fields import TextAnswer
from guide.steps import BY_KEY
from tests.attack import naughty
from tests.attack.actions import ACTIONS, Action, Body, recently, with_few_sections
from tests.attack.fuzzing import VALUES, Alive, chosen, encoded, faults, tried
from tests.attack.naughty import MARKUP
from tests.attack.walk import FORM, ask, fields
from tests.attack.world import World
from tests.engines import IS_POSTGRESQL
from tests.figures import LONG

# How many times each form is sent in the short form; each time every field gets another value.
ROUNDS = len(VALUES) if LONG else 1
# How many rounds lie between two after which every page that shows the case is looked at.
LOOK_EVERY = 12 if LONG else ROUNDS
# What was read from the database is shown in the same way whichever engine it is: the short form looks on one.
LOOKS = LONG or not IS_POSTGRESQL
# How many of its pairs of a field and a value each form is sent in the long form: the choice is even over both.
MOST_PAIRS = 60
# With a submission that was seen before, the record would only give its first answer again.
OWN = {"submission_id", "csrfmiddlewaretoken"}

pytestmark = pytest.mark.usefixtures("paper", "hushed", "counted")


def own_fields(action: Action, world: World) -> list[str]:
    """Every name that the form reads: what it is sent with, and what stands on its page."""
    on_page = fields(action.page(world).content.decode())
    names = dict.fromkeys([*action.body(world), *on_page, "handling", "base_seq", "vist", "q", "next"])
    return [name for name in names if name not in OWN]


def texts(action: Action, world: World) -> list[str]:
    """The fields that take any words."""
    body = action.body(world)
    if section := action.fills.get("section"):
        step = BY_KEY[action.fills.get("step", "afdaek")]
        own = step.names([section])
        cells = {
            f"{table.key}-{row}-{name}"
            for table in step.tables
            if table.key in own
            for row in (0, 1)
            for name, question in table.row.base_fields.items()
            if isinstance(question, TextAnswer)
        }
        asked = [name for name, question in step.form.base_fields.items() if isinstance(question, TextAnswer)]
        return [name for name in asked if name in own] + sorted(cells)
    return [
        name
        for name in body
        if name.rpartition("-")[2]
        in {"reason", "text", "who", "where", "purpose", "message", "necessity", "name", "others"}
    ]


Wrong = list[tuple[str, ...]]


def sent(action: Action, world: World, body: Body, what: str) -> Wrong:
    """Send it, look at the answer, take it back."""
    with transaction.atomic():
        response = ask(action.client(world), "POST", action.path(world), encoded(body))
        wrong = [(what, fault) for fault in faults(response)]
        transaction.set_rollback(True)
    return wrong


SHOWS_WHAT_WAS_KEPT = (
    "plan/",
    "log/?orden=nyeste",
    "resume/",
    "log.pdf",
    "sagsmappe.zip",
    "resume.pdf",
    "politiark.pdf",
    "henvis/",
)
# How many of these the short form looks at, at each form others; the form's own page always.
LOOKED_AT = len(SHOWS_WHAT_WAS_KEPT) if LONG else 2


def shown(action: Action, world: World, body: Body, what: str) -> Wrong:
    """Send it, and look at the pages that show what was kept of it; take it back."""
    if not action.pattern.startswith("sager/<"):
        return []
    case = f"/sager/{action.about(world).public_id}/"
    step, section = action.fills.get("step", "afdaek"), action.fills.get("section", "fare")
    first = list(ACTIONS.values()).index(action)
    wrong: Wrong = []
    with transaction.atomic():
        ask(action.client(world), "POST", action.path(world), encoded(body))
        for page in (f"trin/{step}/{section}/", *islice(cycle(SHOWS_WHAT_WAS_KEPT), first, first + LOOKED_AT)):
            wrong += [(what, page, fault) for fault in faults(looked_at(world, case + page))]
        transaction.set_rollback(True)
    return wrong


def looked_at(world: World, path: str) -> HttpResponse:
    """What the leader gets there: a page, or a paper, which is asked for by a form."""
    client = world.client("leader")
    if not path.endswith((".pdf", ".zip")):
        return ask(client, "GET", path)
    recently(world, client)
    return ask(client, "POST", path, "recipient=selv")


def sheets_are_quiet(paper: list[str]) -> list[str]:
    """The HTML that goes to the press is text as well."""
    found = []
    for sheet in paper:
        reader = Alive()
        reader.feed(sheet)
        found += reader.found
    paper.clear()
    return found


WITH_A_KEY = ("log in with a password and a key", "log in with a key", "show a key again", "set up a key")


@pytest.mark.one_engine  # an answer is taken apart before a row is read
@pytest.mark.parametrize("name", WITH_A_KEY)
def test_broken_answers_of_passkeys(name: str, world: World) -> None:
    """In the short form each answer goes two of the four ways."""
    action, wrong = ACTIONS[name], []
    body = action.body(world)
    answers = list({**naughty.CREDENTIALS, **VALUES}.items())
    for what, credential in answers if LONG else answers[WITH_A_KEY.index(name) % 2 :: 2]:
        wrong += sent(action, world, {**body, "credential": [credential]}, what)
        tried["inputs"] += 1
    assert wrong == []


# PostgreSQL sees of every section the same: one sealed text.
FORMS = with_few_sections("draft", "file") if IS_POSTGRESQL else with_few_sections("draft")


@pytest.mark.parametrize("name", FORMS)
def test_every_field_of_every_form(name: str, world: World, paper: list[str]) -> None:
    """Every field at once, each with another value, and so on round by round; long: until each has had every value."""
    action = ACTIONS[name]
    own, words, body = own_fields(action, world), texts(action, world), action.body(world)
    wrong: Wrong = []
    values, filed = (
        list(VALUES.values()),
        [value for value in (VALUES if LONG else MARKUP).values() if may_be_filed(value)],
    )
    for turn in range(ROUNDS):
        # The rounds of the short form are spread over the values, and begin elsewhere for every form.
        start = turn * len(values) // ROUNDS + len(name)
        picked = {field: [value] for field, value in zip(own, islice(cycle(values), start, None), strict=False)}
        wrong += sent(action, world, picked, f"all, round {turn}")
        begun = turn * max(len(words), len(filed) // ROUNDS) + len(name)
        hostile = {field: [value] for field, value in zip(words, islice(cycle(filed), begun, None), strict=False)}
        tried["inputs"] += len(picked) + len(hostile)
        if hostile:
            # The rest as it should be, so that what can be kept is kept, and shown.
            wrong += sent(action, world, action.shown(world, {**body, **hostile}), f"texts, round {turn}")
            if LOOKS and turn % LOOK_EVERY == 0:
                wrong += shown(action, world, {**body, **hostile}, f"shown, round {turn}")
    assert wrong == []
    assert sheets_are_quiet(paper) == []


def may_be_filed(value: str) -> bool:
    return "\x00" not in value and len(value) <= 200 and not any("\ud800" <= char <= "\udfff" for char in value)


@pytest.mark.skipif(not LONG, reason="the long form: script/prove fuzz")
@pytest.mark.parametrize("name", ACTIONS)
def test_one_field_at_a_time(name: str, world: World) -> None:
    """Any value, the huge ones included, in any field, the rest as it should be; of many pairs an even choice."""
    action = ACTIONS[name]
    wrong: Wrong = []
    body = action.body(world)
    for field, (what, value) in chosen(own_fields(action, world), {**VALUES, **naughty.HUGE}, MOST_PAIRS):
        with transaction.atomic():
            response = ask(world.client(action.actor), "POST", action.path(world), encoded({**body, field: [value]}))
            wrong += [(field, what, fault) for fault in faults(response)]
            transaction.set_rollback(True)
        tried["inputs"] += 1
    assert wrong == []


@pytest.mark.one_engine  # how a body is read and how long a text may be is decided before a row is read or written
@pytest.mark.parametrize("name", with_few_sections("draft", "file"))
def test_huge_texts_and_odd_bodies(name: str, world: World) -> None:
    action = ACTIONS[name]
    wrong: Wrong = []
    words = (texts(action, world) or own_fields(action, world))[:2]
    # In the short form each form gets every tenth of them, and is sent without one field; the next form has others.
    place, odd = with_few_sections("draft", "file").index(name), list(naughty.BODIES.items())
    bodies: dict[str, str | bytes] = dict(odd if LONG else odd[place % 10 :: 10])
    huge = list(naughty.HUGE.items())
    for field, (what, value) in zip(words, huge if LONG else huge[len(name) % 2 :][:1], strict=False):
        bodies[what] = encoded({**action.body(world), field: [value]})
    bodies["every key twice"] = encoded({field: [*values, *values] for field, values in action.body(world).items()})
    left_out = action.body(world)
    for field in left_out if LONG else islice(cycle(left_out), place, place + 1):
        bodies[f"without {field}"] = encoded({name: values for name, values in left_out.items() if name != field})
    client = world.client(action.actor)
    for what, body in bodies.items():
        with transaction.atomic():
            response = client.generic("POST", action.path(world), body, content_type=FORM)
            wrong += [(what, fault) for fault in faults(response)]
            transaction.set_rollback(True)
    tried["inputs"] += len(bodies)
    assert wrong == []
