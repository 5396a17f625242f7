"""A word typed in every text of every form about a case, as people send them, stands nowhere in the clear.

Not in the database file or its journal, not in a session, a mail, or what the server says of a fault.
"""

import importlib
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection, transaction
from django.db.models import F

from cases.access import audit_log
from cases.log.case_file import read_case
from cases.log.drafts import read_draft
from cases.models import Case, Draft
from cases.retention import due
from guide.accounts.session_store import SessionStore
from guide.questionnaire.fields import TextAnswer
from guide.steps import BY_KEY
from guide.web.error_reporting import ContentFreeFormatter
from tests.attack.actions import ACTIONS, ON_CASES, PRINTED, Action, Body
from tests.attack.walk import ask
from tests.attack.world import WORD, World, build
from tests.cases.views.test_sealed_canary import stored
from tests.guide.sections import IDS

CANARY = "Nattergalen"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")

# What ends something comes after what needs it. A proposal is settled once: what keeps the case types nothing.
LAST = ("ask without names", "step aside", "end a referral", "end an access", "assign", "close", "erase")
# A filing takes back the decision that it needs.
FIRST = ("print underretning/<slug:child>/udkast.pdf",)
IN_ORDER = [*FIRST, *(name for name in ON_CASES if name not in (*FIRST, *LAST, "keep after all")), *LAST]


def _asks_for_text(name: str) -> bool:
    """Whether words may be typed in the section."""
    step, _dot, section = name.partition(".")
    own, card = BY_KEY[step].names([section]), BY_KEY[step]
    questions = [question for key, question in card.questions.items() if key in own]
    cells = [column for table in card.tables if table.key in own for column in table.columns.values()]
    return any(isinstance(question, TextAnswer) for question in (*questions, *cells))


# Typed in these are no words of a case.
SAYS_NOTHING = {
    *("open a case", "let a colleague in", "end an access", "assign", "propose to erase", "tell the leaders"),
    "label a case",  # which holds no name of the case, and the word is one: it is looked for by itself
    *("keep after all", "erase"),
    *("ask without names", "look at what SSP will read", "be done with SSP", "claim a referral"),
    *("hand over a referral", "step aside", "take a case"),
    *("open a case with answers", "answer the first questions"),
    *(f"print {name}" for name in PRINTED),
    *(f"{what} {name}" for name in IDS if not _asks_for_text(name) for what in ("file", "draft")),
}


def sung(action: Action, world: World) -> Body:
    """What the form is sent with: the word stands in every text, and the form was never sent before."""
    body = {name: [value.replace(WORD, CANARY) for value in given] for name, given in action.body(world).items()}
    return action.shown(world, body | {name: [str(uuid4())] for name in body if name.endswith("submission_id")})


@pytest.fixture
def town(transactional_db: None, paper: list[str]) -> World:
    """The world, kept as the product keeps it. What the database ships with may be gone after another such test."""
    importlib.import_module("guide.migrations.0002_seed").seed(apps, None)
    return build(CANARY)


@pytest.fixture
def said() -> Iterator[StringIO]:
    """What the product's own handler writes."""
    handler = next(
        one for one in logging.getLogger("django").handlers if isinstance(one.formatter, ContentFreeFormatter)
    )
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def in_the_clear(found: bytes) -> list[str]:
    return [encoding for encoding in ENCODINGS if CANARY.encode(encoding) in found]


def sessions() -> str:
    """Every session, decoded."""
    return repr([SessionStore.of_row(row) for row in Session.objects.all()])


def journal(world: World) -> bytes:
    """What a transaction that goes on has written beside the file: how every page that it changes was before."""
    path = Path(f"{connection.settings_dict['NAME']}-journal")
    leader = world.users["leader"]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A small memory: pages not yet committed go to the file as well.
            cursor.execute("PRAGMA cache_size = 10")
        for case in Case.objects.unscoped("test"):
            due.lock(case)
            audit_log.write_event(audit_log.AuditVerb.OPEN, by=leader, case=case)
        Case.objects.unscoped("test").update(updated_at=F("opened_at"))
        Draft.objects.all().delete()
        found = path.read_bytes() + stored()
        transaction.set_rollback(True)
    return found


def test_word_in_every_text_of_every_form_is_nowhere_in_the_clear(town: World) -> None:
    for name in IN_ORDER:
        action = ACTIONS[name]
        body = sung(action, town)
        assert (CANARY in repr(body)) == (name not in SAYS_NOTHING), name
        assert action.send(town, body).status_code == action.answer, name
    assert ACTIONS["forget a password"].send(town).status_code == 302
    case = town["named"]
    assert repr(read_case(Case.objects.unscoped("test").get(pk=case.pk))).count(CANARY) > 100, "the word was typed"
    drafts = [
        draft.step
        for draft in Draft.objects.select_related("case", "user")
        if CANARY in repr(read_draft(case=draft.case, by=draft.user, step=draft.step))
    ]
    assert {"notat", "ret_1", *(name.replace(".", "_") for name in IDS if _asks_for_text(name))} <= set(drafts)
    assert [CANARY in hold.reason for hold in due.holds(town["held"])] == [True]
    assert ask(town.client("leader"), "GET", f"/sager/{town['held'].public_id}/").status_code == 200
    looked_at = sessions()
    assert str(town.users["leader"].pk) in looked_at
    assert CANARY not in looked_at
    assert mail.outbox
    assert CANARY not in repr([vars(one) for one in mail.outbox])
    if connection.vendor == "sqlite":
        before = journal(town)
        assert case.reference.encode() in before, "this looks where cases are not"
        assert in_the_clear(before) == []
    connection.close()
    found = stored()
    assert case.reference.encode() in found
    assert in_the_clear(found) == []
    assert ACTIONS["label a case"].body(town)["label"][0].encode() not in found


def test_fault_of_every_form_is_told_without_its_words(
    town: World, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault itself quotes all that was sent, as faults like to do."""
    for name, action in ON_CASES.items():
        body = sung(action, town)

        def fail(*args: Any, quoted: str = repr(body), **kwargs: Any) -> None:
            try:
                raise KeyError(quoted)
            except KeyError as fault:
                raise ValueError(quoted) from fault

        with monkeypatch.context() as patched:
            patched.setattr(audit_log, "write_event", fail)
            assert action.send(town, body).status_code == 500, name
    lines = [line for line in said.getvalue().splitlines() if "builtins.ValueError" in line]
    assert len(lines) == len(ON_CASES)
    assert CANARY not in said.getvalue()
    assert mail.outbox == []
