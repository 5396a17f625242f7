"""Whoever looks at a case or writes in it leaves a row in the access log; where the row cannot be left, nothing is."""

import logging
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cases.models import AuditEvent, Case, User
from guide.web.error_reporting import ContentFreeFormatter
from tests.attack import matrix, snapshot
from tests.attack.actions import ACTIONS, ON_CASES, with_few_sections
from tests.attack.walk import address, ask, seen
from tests.attack.world import WORD, World
from tests.engines import IS_POSTGRESQL
from tests.factories import behind
from tests.unlogged import WAYS, refuse_rows

_case = "sager/<uuid:public_id>/"
EXPORTS = {_case + "underretning/<slug:child>/"}
# Lists: pages about many cases, or about who looked at them.
LISTS = {"sager/", "statistik/", "opslag/", "opbevaring/"}
# Shows a case of its own, and not the one that the actor asks for otherwise.
PROPOSAL = "opbevaring/<uuid:proposal_id>/"
# Pages under /sager/ that show nothing of any case.
SHOWS_NO_CASE = {"sager/ny/"}

# What an action leaves: what it wrote; a look too where the answer shows something of the case.
LEFT = {
    "open a case": ["begin"],
    **{name: ["file"] for name in ACTIONS if name.startswith("file ")},
    # What was typed for questions that are closed is kept aside.
    **{
        f"file {name}": ["file", "draft"]
        for name in (
            "afdaek.fare",
            "afdaek.spredning",
            "inddrag.hjemmet",
            "inddrag.foraeldre",
            "inddrag.myndig",
            "stop.kendt",
            "stop.naaet",
            "stop.ukendt",
            "anmeld.politi",
            "anmeld.underretning",
        )
    },
    "open a case with answers": ["begin", "draft", "draft", "draft", "draft", "file"],
    "answer the first questions": ["draft", "file"],
    **{name: ["draft"] for name in ACTIONS if name.startswith("draft ")},
    "add a row": ["draft"],
    "take out a row": ["draft"],
    "refresh": ["draft"],
    "throw a draft away": ["drop_draft"],
    "skip a step": ["skip"],
    "tick a duty": ["tick"],
    "set a follow-up": ["follow_up"],
    "tell the leaders": ["tell"],
    "label a case": ["label"],
    "search": ["search", "open"],
    **{name: ["export", "made"] for name in ACTIONS if name.startswith("print ")},
    "print for somebody else": ["note", "export", "made"],
    "note": ["note"],
    "correct": ["correct"],
    "draft a note": ["draft"],
    "draft a correction": ["draft"],
    "refer": ["refer"],
    "ask without names": ["refer"],
    "look at what SSP will read": ["open"],
    "write to SSP": ["spar"],
    "be done with SSP": ["spar"],
    "answer ssp_named": ["spar"],
    "answer ssp_anonymous": ["spar"],
    "claim a referral": ["claim"],
    "hand over a referral": ["claim"],
    "step aside": ["claim"],
    "take a case": ["take"],
    "end a referral": ["end_referral"],
    "let a colleague in": ["add_participant"],
    "end an access": ["remove_participant"],
    "close": ["close"],
    "assign": ["assign"],
    "open again": ["reopen"],
    "hold": ["hold"],
    "release": ["release"],
    "propose to erase": ["propose_erasure"],
    "keep after all": ["open", "refuse_erasure"],
    "erase": ["open", "erase"],
    # It is shown before it is handed out.
    **{name: ["open", "insight", "made"] for name in ("hand out as pdf", "hand out as json")},
}
# PostgreSQL sees of every section the same; `script/prove access` tries all there too.
TRIED = [name for name in with_few_sections("draft", "file") if name in LEFT] if IS_POSTGRESQL else list(LEFT)
pytestmark = pytest.mark.usefixtures("paper")


def pages(actor: str) -> dict[str, str]:
    """Every address of a case that may be looked at, and every list -> what the actor gets there."""
    declared = {pattern: given["GET"] for pattern, given in matrix.declared(actor).items()}
    return {
        pattern: status
        for pattern, status in declared.items()
        if (pattern.startswith("sager/") and status in {"200", "403", "404"} and pattern not in SHOWS_NO_CASE)
        or (pattern == PROPOSAL and status in {"200", "404"})
        or (pattern in LISTS and status == "200")
    }


def left(since: int) -> list[tuple[str, UUID | None, UUID | None]]:
    return list(AuditEvent.objects.filter(seq__gt=since).order_by("seq").values_list("verb", "actor", "case_public_id"))


def last() -> int:
    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True)[0]


@pytest.mark.parametrize(
    "actor", ["owner", "leader", "other_leader", "colleague", "ssp_named", "ssp_anonymous", "administrator"]
)
def test_every_look_and_every_denial_leaves_a_row(actor: str, world: World) -> None:
    got, expected = {}, {}
    case, user = world.case_of(actor).public_id, world.users[actor].public_id
    for pattern, status in pages(actor).items():
        since = last()
        assert ask(world.client(actor), "GET", address(pattern, world.fills(actor))).status_code == int(status)
        got[pattern] = left(since)
        verb = "export" if pattern in EXPORTS else "open"
        shown = world.old["due"].public_id if pattern == PROPOSAL else case
        expected[pattern] = [("denied" if status in {"403", "404"} else verb, user, shown)]
        if pattern in LISTS:
            expected[pattern] = [("list", user, None)]
    assert len(got) >= 12
    assert got == expected


def test_proposal_that_is_not_there_leaves_a_row_without_a_case(world: World) -> None:
    since = last()
    path = address(PROPOSAL, {"proposal_id": str(uuid4())})
    assert ask(world.client("other_leader"), "GET", path).status_code == 404
    assert left(since) == [("denied", world.users["other_leader"].public_id, None)]


@pytest.mark.parametrize("actor", ["owner", "leader", "ssp_named", "administrator"])
def test_whoever_is_turned_away_by_the_role_alone_leaves_a_row(actor: str, world: World) -> None:
    """Not the administrator's own pages: what they lack there (adding, deleting) nobody has, and no case is near."""
    user = world.users[actor].public_id
    refused = [
        pattern
        for pattern, given in matrix.declared(actor).items()
        if given["GET"] == "403"
        and "public_id" not in pattern
        and not (actor == "administrator" and "admin/" in pattern)
    ]
    got = {}
    for pattern in refused:
        since = last()
        assert ask(world.client(actor), "GET", address(pattern, world.fills(actor))).status_code == 403
        got[pattern] = left(since)
    assert got == {pattern: [("denied", user, None)] for pattern in refused}
    assert refused


def test_every_action_is_told(world: World) -> None:
    assert set(LEFT) == set(ON_CASES)


@pytest.mark.parametrize("name", TRIED)
def test_every_action_leaves_its_rows(name: str, world: World) -> None:
    action = ACTIONS[name]
    since, about = last(), action.about(world).public_id
    assert action.send(world).status_code == action.answer
    found = left(since)
    assert [verb for verb, _actor, _case in found] == LEFT[name]
    assert {actor for _verb, actor, _case in found} == {world.users[action.actor].public_id}
    if not name.startswith("open a case"):
        assert {case for _verb, _actor, case in found} == {about}


@pytest.mark.parametrize("name", sorted(set(TRIED) - {"open a case", "open a case with answers"}))
def test_every_refusal_of_a_closed_case_leaves_a_row(name: str, world: World) -> None:
    """The answer says that the case is closed. A redirection, and a draft that is not kept, say nothing."""
    action, about = ACTIONS[name], ACTIONS[name].about(world)
    closed = {"status": "closed", "closed_at": timezone.now(), "closed_by": world.users["leader"]}
    behind(Case).filter(pk=about.pk, closed_at=None).update(**closed)
    since, status = last(), action.send(world).status_code
    assert status < 500
    told = {case for _verb, _actor, case in left(since)}
    assert told == {about.public_id} or (status in {204, 302} and not told)


# --- When the row cannot be written -------------------------------------------------------------------------------


@pytest.fixture(params=WAYS)
def no_row(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no row can be added to the access log."""
    refuse_rows(request.param, monkeypatch)


@pytest.mark.usefixtures("no_row")
def test_nothing_is_shown_without_a_row(world: World, paper: list[str]) -> None:
    secret = [WORD, *(case.reference for case in (world.cases | world.old).values())]
    for actor in ("owner", "leader", "ssp_named", "ssp_anonymous", "administrator"):
        for pattern in pages(actor):
            with transaction.atomic():
                response = ask(world.client(actor), "GET", address(pattern, world.fills(actor)))
                answer = seen(response).decode()
                transaction.set_rollback(True)
            assert response.status_code == 500, (actor, pattern)
            assert [word for word in secret if word in answer] == [], (actor, pattern)
    assert paper == []


@pytest.mark.parametrize("name", [name for name in with_few_sections("draft", "file") if name in LEFT])
def test_nothing_is_saved_without_a_row(name: str, world: World, no_row: None) -> None:
    before = snapshot.everything()
    assert ACTIONS[name].send(world).status_code == 500
    assert snapshot.everything() == before


@pytest.mark.usefixtures("no_row")
def test_nobody_gets_in_without_a_row(world: World) -> None:
    client = world.client("anonymous")
    typed = ACTIONS["log in"].body(world)
    response: HttpResponse = client.post("/konto/login/", typed)
    assert response.status_code == 500
    assert ask(client, "GET", "/sager/").status_code == 302


OWN_LOGIN = {
    "change a password": "password",
    "choose a new password": "password",
    "set up a telephone": "totp_added",
    "give up a telephone": "totp_removed",
    "make recovery codes": "codes_renewed",
    "set up a key": "key_added",
    "give up a key": "key_removed",
}


@pytest.mark.parametrize("name", OWN_LOGIN)
def test_every_change_of_an_own_login_leaves_a_row(name: str, world: World) -> None:
    before = set(AuditEvent.objects.filter(verb="login_changed").values_list("pk", flat=True))
    assert ACTIONS[name].send(world).status_code == ACTIONS[name].answer
    row = AuditEvent.objects.exclude(pk__in=before).get(verb="login_changed")
    assert row.detail == OWN_LOGIN[name]


@pytest.mark.parametrize("name", OWN_LOGIN)
def test_no_own_login_is_changed_without_a_row(name: str, world: World, no_row: None) -> None:
    def kept() -> list[object]:
        factors = Authenticator.objects.order_by("pk").values_list("pk", "type", "data")
        return [*factors, *User.objects.order_by("pk").values_list("pk", "password")]

    action = ACTIONS[name]
    before = kept()
    assert action.send(world).status_code == 500
    assert kept() == before


@pytest.mark.usefixtures("no_row")
def test_a_rule_for_keeping_is_not_changed_without_a_row(world: World) -> None:
    action = ACTIONS["change cases/retentionrule"]
    before = snapshot.rows()
    assert action.send(world).status_code == 500
    assert snapshot.rows() == before


# --- Lines of the server's log ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/x%0d%0aERROR forged", "/x%1b[31m", "/x%e2%80%a8y", "/x%00", "/x%e2%80%aey"])
def test_an_address_cannot_forge_a_line(path: str, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        client.get(path)
    lines = [ContentFreeFormatter().format(record) for record in caplog.records if record.name == "django.request"]
    assert len(lines) == 1
    assert lines[0].isprintable()
