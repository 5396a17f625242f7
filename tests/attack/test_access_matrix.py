"""Every address × method × actor gives what ``matrix`` declares.

A hidden case answers like a missing one.
"""

import ast
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from tests import figures
from tests.attack import headers, matrix
from tests.attack.actions import ACTIONS, NO_ACTION, object_of
from tests.attack.serial_keys import SIGN
from tests.attack.walk import METHODS, OUTSIDE, address, ask, outcome, patterns, seen, turns
from tests.attack.world import ACTORS, World
from tests.engines import IS_POSTGRESQL

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_pattern_has_a_row_and_every_row_a_pattern() -> None:
    assert {*patterns(), *OUTSIDE} == set(matrix.rows())


def test_every_row_has_a_letter_for_every_actor() -> None:
    known = {*matrix.EVERYWHERE, matrix.HIDDEN, matrix.FORBIDDEN, matrix.READ_ONLY, matrix.WELCOME}
    wrong = [
        pattern
        for pattern, (_kind, letters) in matrix.rows().items()
        if len(letters.replace(" ", "")) != len(ACTORS) or not set(letters) - {" "} <= known
    ]
    assert wrong == []


def test_every_page_that_takes_a_form_has_an_action() -> None:
    """On actions stand the proofs that a form changes only its own, never fails, and leaves a row."""
    takes = {pattern for pattern, (kind, _letters) in matrix.rows().items() if matrix.takes_forms(kind)}
    with_action = {action.pattern for action in ACTIONS.values()}
    assert takes - with_action == set(NO_ACTION)
    assert with_action <= takes


def asked(actor: str, pattern: str) -> tuple[str, ...]:
    """The methods that this actor asks this address with: all of them in the long form (`script/prove access`).

    In the suite everybody reads and sends everywhere on SQLite, and each address is asked with each of the other
    methods by one visitor, at each address another. On PostgreSQL, whose answers differ by the rows alone, every
    visitor reads a quarter of the addresses and sends at another.
    """
    if figures.LONG:
        return METHODS
    place = ACTORS.index(actor) + list(matrix.rows()).index(pattern)
    if IS_POSTGRESQL:
        return (("GET",), ("POST",), (), ())[place % 4]
    return turns(place)[: 3 if place % len(ACTORS) < len(METHODS) - 2 else 2]


def fills(world: World, actor: str, pattern: str) -> dict[str, str]:
    """What goes into the address; each of the administrator's pages shows a row that is there."""
    return {**world.fills(actor), "object_id": object_of(world, pattern)}


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.usefixtures("hushed")
def test_access(actor: str, world: World, paper: list[str]) -> None:
    """What comes back has the headers that every answer has, and names no row by its serial key.

    But in the administration, which names users and schools by their keys, and never a case.
    """
    got: dict[str, dict[str, str]] = {}
    naked: dict[tuple[str, str], list[str]] = {}
    numbered: list[tuple[str, str]] = []
    for pattern in matrix.rows():
        path = address(pattern, fills(world, actor, pattern))
        for method in asked(actor, pattern):
            with transaction.atomic():
                response = headers.send(world, actor, method, path)
                answer = seen(response).decode(errors="replace")
                got.setdefault(pattern, {})[method] = outcome(response)
                if not pattern.startswith("admin/") and SIGN.search(answer):
                    numbered.append((pattern, method))
                if found := headers.faults(response, headers.kept(actor, method, response, path)):
                    naked[pattern, method] = found
                transaction.set_rollback(True)
    expected = matrix.declared(actor)
    wrong = {
        (pattern, method): (got[pattern][method], expected[pattern][method])
        for pattern in expected
        for method in asked(actor, pattern)
        if got[pattern][method] != expected[pattern][method]
    }
    assert wrong == {}
    assert naked == {}
    assert numbered == []
    assert [page for page in paper if SIGN.search(page)] == []
    figures.record("access: requests", sum(len(outcomes) for outcomes in got.values()))


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if matrix.hidden_from(actor)])
@pytest.mark.usefixtures("paper", "hushed")
def test_hidden_case_answers_like_a_missing_one(actor: str, world: World) -> None:
    """Byte for byte, headers included; only the token that is new in every page is left out."""
    wrong, compared = [], 0
    for pattern in matrix.hidden_from(actor):
        known = fills(world, actor, pattern)
        for method, status in matrix.declared(actor)[pattern].items():
            if status != "404" or method not in asked(actor, pattern):
                continue
            answers = []
            part = "proposal_id" if "proposal_id" in pattern else "public_id"
            for public_id in (known[part], str(uuid4())):
                with transaction.atomic():
                    response = ask(world.client(actor), method, address(pattern, {**known, part: public_id}))
                    answers.append((response.status_code, seen(response)))
                    transaction.set_rollback(True)
            compared += 1
            if answers[0] != answers[1] or answers[0][0] != 404 or known[part].encode() in answers[0][1]:
                wrong.append((pattern, method))
    assert wrong == []
    figures.record("access: hidden", compared)


def test_figures_count_what_is_checked() -> None:
    counted = matrix.figures()
    assert counted["checks"] == len(matrix.rows()) * len(ACTORS) * len(METHODS)
    assert counted["checks"] > 10_000
    assert counted["hidden_compared"] > 100
    figures.record("access: addresses", counted["urls"])
    figures.record("access: visitors", counted["actors"])
    figures.record("access: methods", counted["methods"])


# --- One door, one writer ---------------------------------------------------------------------------------------------

# Who asks the database for cases, and why each may. No page is among them.
ASKS_FOR_CASES = {
    "cases/access/permissions.py": "the door",
    "cases/log/writer.py": "the writer, for a free reference",
    "cases/log/case_transaction.py": "the writer's lock",
    "cases/retention/erasure.py": "the end of a case",
    "cases/retention/due.py": "what falls due: references and days, for those who look after the school's keeping",
    "cases/retention/accounts.py": "whether a closed account did anything with a case that exists",
    "cases/operations/key_rotation.py": "keys",
    "cases/operations/key_checks.py": "keys",
    "cases/operations/verify.py": "verify",
    "cases/management/commands/verify.py": "verify",
    "cases/operations/backup.py": "a restore, into an empty database",
    "cases/operations/database_dump.py": "a backup, of all rows",
}
WRITERS = {
    "cases/log/writer.py",
    "cases/log/case_label.py",
    "cases/log/case_transaction.py",
    "cases/log/drafts.py",
    "cases/sharing/actions.py",
    "cases/sharing/sparring.py",
    "cases/retention/erasure.py",
    "cases/retention/due.py",
    "cases/retention/accounts.py",
    "cases/operations/key_rotation.py",
    "cases/operations/key_checks.py",
    "cases/access/access_macs.py",
    "cases/access/audit_log.py",
    "cases/access/chain_keys.py",
    "cases/operations/access_signing.py",
    "cases/administration/staff_list.py",
    # Where saving itself is defined.
    "cases/models/tables.py",
    "cases/models/append_only.py",
    "cases/models/signed_queryset.py",
    "cases/models/scoped_queryset.py",
}
# What the card writes, none of it cases: second factors under a new key, who somebody is elsewhere, the end of a
# session, the town of the demo, the mail for a forgotten password.
CARD_WRITERS = {
    "guide/accounts/json_cache.py",
    "guide/accounts/login.py",
    "guide/accounts/second_factor_keys.py",
    "guide/accounts/session_store.py",
    "guide/accounts/sessions.py",
    "guide/accounts/sso/views.py",
    "guide/demo/demo_data.py",
}
MANAGERS = {"objects", "_base_manager", "_default_manager"}
WRITING = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "save", "create_user"}
PAGES = [*(ROOT / "guide").rglob("*.py"), *(ROOT / "cases" / "views").rglob("*.py")]
SOURCES = [path for path in [*(ROOT / "cases").rglob("*.py"), *PAGES] if "migrations" not in path.parts]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def managers(path: Path, *models: str) -> set[str]:
    """The models of which this module uses a manager."""
    return {
        node.value.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
        if isinstance(node.value, ast.Name) and node.value.id in models
    }


def test_only_the_door_and_the_writer_ask_for_cases() -> None:
    assert {named(path) for path in SOURCES if managers(path, "Case")} <= set(ASKS_FOR_CASES)


def test_no_page_asks_for_entries_or_drafts_past_the_dossier() -> None:
    assert {named(path): found for path in PAGES if (found := managers(path, "Case", "Entry", "Draft"))} == {}


def test_only_the_writer_writes() -> None:
    """Calls that write a row, by the name of the method. What a queryset updates is looked for in the pages only."""
    found = {
        named(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in WRITING and not ast.unparse(node.func).startswith("request.session")
    }
    assert found - CARD_WRITERS <= WRITERS


def test_no_page_updates_rows() -> None:
    updates = [
        f"{named(path)}: {ast.unparse(node)}"
        for path in PAGES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "raw"}
        if "objects" in ast.unparse(node.func)
    ]
    assert updates == []
