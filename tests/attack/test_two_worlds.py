"""What happens at one school leaves every page of another as it was, byte for byte."""

from uuid import uuid4

from django.utils import timezone

from cases.enums import ReferralForm, Role
from cases.log import writer
from cases.models import Case, User
from cases.sharing import actions
from guide.models import LocalContact
from tests.attack import matrix
from tests.attack import world as worlds
from tests.attack.walk import address, ask, seen
from tests.attack.world import World
from tests.factories import make_case, make_school, make_user

MINE = ("anonymous", "owner", "participant", "leader", "ssp_named", "ssp_anonymous")


def pages(world: World, actors: tuple[str, ...] = MINE) -> dict[tuple[str, str], bytes]:
    """Every page that somebody of the first school, or of its SSP, is let in to."""
    return {
        (actor, pattern): seen(ask(world.client(actor), "GET", address(pattern, world.fills(actor))))
        for actor in actors
        for pattern, (_kind, _letters) in matrix.rows().items()
        if matrix.declared(actor)[pattern]["GET"] == "200"
        # A fresh secret to scan, and a fresh challenge, each time; and the page that tells of these visits themselves.
        if not pattern.startswith("konto/2fa/") and pattern != "opslag/"
    }


def live_elsewhere(world: World) -> None:
    """The other school opens a case, fills it, shares it, asks its SSP, hires, and changes its telephone numbers."""
    by = world.users["other_staff"]
    case = make_case(by)
    worlds.fill(case, "Gråspurv")
    colleague = make_user(school=by.school, name="Ny Kollega")
    actions.add_participant(case=case, by=by, user=colleague)
    worlds.refer(case, ReferralForm.NAMED, "Gråspurv")
    writer.close_case(case=case, by=by, reason="Gråspurv", submission_id=uuid4())
    make_user(Role.SSP, municipality=by.school.municipality)
    LocalContact.objects.create(municipality=by.school.municipality, key="ssp_konsulent", phone="99999999")
    User.objects.filter(pk=by.pk).update(name="Et Andet Navn")
    neighbour = make_school(world.municipality, "Naboskolen")
    make_case(make_user(school=neighbour))


def test_another_schools_life_is_not_seen(world: World, time_machine, paper: list[str]) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    pages(world, ("ssp_named", "ssp_anonymous"))  # SSP has seen what waits for it, which the school is told
    paper.clear()
    before, printed = pages(world), list(paper)
    paper.clear()
    live_elsewhere(world)
    after = pages(world)
    assert len(before) > 80
    assert {place for place in before if before[place] != after[place]} == set()
    assert paper == printed


def test_look_ups_elsewhere_are_not_seen(world: World, time_machine) -> None:
    """Nor what the own staff were refused there: that is for the other leader to see."""
    time_machine.move_to(timezone.now(), tick=False)

    def shown() -> list[bytes]:
        """What was done, what was refused, and every look at one case: all but the visits that show it."""
        queries = ("hvad=handlinger", "hvad=afvist", f"sag={world.cases['plain'].public_id}")
        return [seen(ask(world.client("leader"), "GET", f"/opslag/?tid=alt&{query}")) for query in queries]

    before = shown()
    live_elsewhere(world)
    stranger = Case.objects.unscoped("test").filter(school=world.users["other_staff"].school).first()
    assert stranger
    assert ask(world.client("owner"), "GET", f"/sager/{stranger.public_id}/").status_code == 404
    assert shown() == before
    assert ask(world.client("owner"), "GET", f"/sager/{world.cases['plain'].public_id}/").status_code == 200
    assert shown() != before


def test_the_same_change_at_the_own_school_is_seen(world: World, time_machine) -> None:
    """The comparison sees: a case more at the own school changes the leader's list."""
    time_machine.move_to(timezone.now(), tick=False)
    path = "/sager/"
    before = seen(ask(world.client("leader"), "GET", path))
    make_case(world.users["colleague"])
    assert seen(ask(world.client("leader"), "GET", path)) != before
