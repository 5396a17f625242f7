"""Every field name of every model is sent along with every form: only the form's own change happens."""

from collections.abc import Collection
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from tests.attack import snapshot
from tests.attack.actions import ACTIONS, Action, with_few_sections
from tests.attack.walk import fields
from tests.attack.world import WORD, World

# Nothing is kept of these, or only in the session.
CHANGES_NO_ROW = {"try", "give the password again", "give a code again", "show a key again"}


def hostile(world: World) -> dict[str, list[str]]:
    """Name of a model's field -> what somebody would like to see in it."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            for name in (field.name, field.attname):
                found.setdefault(name, [value(field, world)])
    found |= {"role": ["administrator"], "status": ["closed"], "is_staff": ["on"], "groups": ["1"]}
    return found | {
        name: [str(world.users["other_leader"].pk)] for name in ("owner", "owner_id", "by", "by_id", "user")
    }


def value(field: Any, world: World) -> str:
    match field:
        case models.BooleanField():
            return "on"
        case models.UUIDField():
            return str(world.users["other_leader"].public_id)
        case models.DateField():
            return "2000-01-01"
        case models.JSONField():
            return '{"afdaek": "ready"}'
        case models.CharField() | models.TextField() | models.BinaryField():
            return f"{WORD} indsat"
    return "1"


def afterwards(
    world: World, action: Action, body: dict[str, list[str]], known: snapshot.Rows, but: Collection[str]
) -> tuple[int, Any]:
    """Carry the action out, look at everything, and take it back."""
    with transaction.atomic():
        status = action.send(world, body).status_code
        after = snapshot.everything(known, but)
        transaction.set_rollback(True)
    return status, after


@pytest.mark.parametrize("name", with_few_sections("draft", "file"))
@pytest.mark.usefixtures("paper")
def test_only_the_forms_own_change_happens(name: str, world: World, time_machine: Any) -> None:
    action = ACTIONS[name]
    body = action.body(world)
    time_machine.move_to(timezone.now(), tick=False)
    shown = fields(action.page(world).content.decode())
    extra = {field: given for field, given in hostile(world).items() if field not in body and field not in shown}
    # The forms that carry a prefix read only what carries it too.
    prefixes = {field.rpartition("-")[0] for field in body if "-" in field}
    extra |= {f"{prefix}-{field}": given for prefix in prefixes for field, given in extra.items()}
    extra = {field: given for field, given in extra.items() if field not in body}
    # A draft keeps whatever was sent, so that nothing is lost; what counts is that none of it is filed.
    known = snapshot.rows()
    before = known, snapshot.contents(extra)
    plain, as_declared = afterwards(world, action, body, known, extra)
    smuggled, got = afterwards(world, action, {**extra, **body}, known, extra)
    assert len(extra) > 60
    assert (plain, smuggled) == (action.answer, action.answer)
    assert (before != as_declared) == (name not in CHANGES_NO_ROW)
    assert got == as_declared
