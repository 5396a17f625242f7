"""What is taken away is gone from the next request, at every address of the case, in a session that goes on."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import transaction

from cases.enums import ReferralForm, Role
from cases.models import Case, Draft, Entry, User
from cases.sharing import actions
from tests.attack import matrix
from tests.attack import world as worlds
from tests.attack.walk import METHODS, address, ask, outcome, seen
from tests.attack.world import World
from tests.factories import change_quietly
from tests.figures import LONG


def change(actor: str, **fields: object) -> Callable[[World], None]:
    """Change the row past the product, whose signals would end the session: the door alone must see it."""
    return lambda world: change_quietly(world.users[actor], **fields)


def end_referral(world: World) -> None:
    actions.end_referral(case=world.cases["named"], by=world.users["owner"], reason="", submission_id=uuid4())


def ask_anonymously(world: World) -> None:
    worlds.refer(world.cases["named"], ReferralForm.ANONYMOUS, "Råd")


def take_out(world: World) -> None:
    actions.remove_participant(case=world.cases["named"], by=world.users["owner"], user=world.users["participant"])


def hand_over(world: World) -> None:
    actions.assign_owner(case=world.cases["named"], by=world.users["owner"], owner=world.users["colleague"])


def move(actor: str) -> Callable[[World], None]:
    return lambda world: change(actor, school=world.users["other_staff"].school)(world)


def move_ssp(world: World) -> None:
    change("ssp_named", municipality=world.users["ssp_elsewhere"].municipality)(world)


def demote(world: World) -> None:
    change("leader", role=Role.STAFF)(world)


def leave_the_school(actor: str) -> Callable[[World], None]:
    return lambda world: change(actor, role=Role.ADMINISTRATOR, school=None, municipality=None)(world)


# What happens -> who it happens to, and whose answers they get from then on.
REVOKED: dict[str, tuple[Callable[[World], None], str, str]] = {
    "owner deactivated": (change("owner", is_active=False), "owner", "disabled"),
    "participant deactivated": (change("participant", is_active=False), "participant", "disabled"),
    "leader deactivated": (change("leader", is_active=False), "leader", "disabled"),
    "SSP deactivated": (change("ssp_named", is_active=False), "ssp_named", "disabled"),
    "participant taken out": (take_out, "participant", "colleague"),
    "case handed over": (hand_over, "owner", "colleague"),
    "referral ended": (end_referral, "ssp_named", "ssp_ended"),
    "asked anonymously instead": (ask_anonymously, "ssp_named", "ssp_anonymous"),
    "owner at another school": (move("owner"), "owner", "other_staff"),
    "participant at another school": (move("participant"), "participant", "other_staff"),
    "leader at another school": (move("leader"), "leader", "other_leader"),
    "leader no longer": (demote, "leader", "colleague"),
    "SSP in another municipality": (move_ssp, "ssp_named", "ssp_elsewhere"),
    "owner made administrator": (leave_the_school("owner"), "owner", "administrator"),
    "leader made administrator": (leave_the_school("leader"), "leader", "administrator"),
}
# The other methods are refused whoever asks, which test_access_matrix holds; the long form asks with them too.
ASKED = METHODS if LONG else ("GET", "POST")
ADDRESSES = [pattern for pattern in matrix.rows() if pattern.startswith("sager/")]


def answers(world: World, actor: str) -> dict[str, dict[str, str]]:
    """What the actor's session gets now, from every address of the case."""
    got: dict[str, dict[str, str]] = {}
    for pattern in ADDRESSES:
        for method in ASKED:
            with transaction.atomic():
                response = ask(world.client(actor), method, address(pattern, world.fills(actor)))
                seen(response)
                got.setdefault(pattern, {})[method] = outcome(response)
                transaction.set_rollback(True)
    return got


@pytest.mark.parametrize("what", REVOKED)
@pytest.mark.usefixtures("paper", "hushed")
def test_taken_away_from_the_next_request(what: str, world: World) -> None:
    revoke, actor, like = REVOKED[what]
    welcome = ask(world.client(actor), "GET", f"/sager/{world.cases['named'].public_id}/plan/")
    assert welcome.status_code == 200
    revoke(world)
    declared = matrix.declared(like)
    assert answers(world, actor) == {
        pattern: {method: declared[pattern][method] for method in ASKED} for pattern in ADDRESSES
    }


def test_administrators_change_ends_the_session(world: World) -> None:
    """Through the page that an administrator uses: the session itself is gone, not only the case."""
    owner = world.users["owner"]
    page = f"/admin/cases/user/{owner.pk}/change/"
    typed = {"name": owner.name, "email": owner.email, "role": "staff", "school": owner.school_id, "municipality": ""}
    mine = world.client("owner")
    assert ask(mine, "GET", "/sager/").status_code == 200
    body = "&".join(f"{name}={value}" for name, value in typed.items())
    assert ask(world.client("administrator"), "POST", page, body).status_code == 302
    assert User.objects.get(pk=owner.pk).is_active is False
    assert outcome(ask(mine, "GET", "/sager/")) == "302:account_login"


@pytest.mark.parametrize("moved", [False, True], ids=["colleague's now", "at another school"])
def test_form_that_opened_a_case_writes_nothing_in_it_later(moved: bool, world: World) -> None:
    """Sent again, it gives the case that it opened the first time: by then perhaps another's."""
    opener, sent = world.client("owner"), f"submission_id={uuid4()}"
    assert ask(opener, "POST", "/sager/ny/", sent).status_code == 302
    case = Case.objects.unscoped("test").latest("pk")
    actions.assign_owner(case=case, by=world.users["leader"], owner=world.users["colleague"])
    if moved:
        move("owner")(world)
    lines = Entry.objects.filter(case=case).count()
    refused = ask(opener, "POST", "/sager/ny/", f"{sent}&danger_self_harm=nej&suspicion_home=nej&base_seq=99")
    assert (refused.status_code, Entry.objects.filter(case=case).count()) == (404, lines)
    assert not Draft.objects.filter(case=case).exists()
