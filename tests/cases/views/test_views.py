"""The pages by who asks: whoever a case is hidden from learns nothing, not even that it is there."""

from copy import deepcopy
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.documents import pdf
from cases.enums import AuditVerb, ReferralForm, Role
from cases.models import AuditEvent, Case, Entry, User
from cases.sharing import actions
from tests.built_once import built_once
from tests.factories import add_note, file_step, make_case, make_municipality, make_school, make_user
from tests.papers import ask_for

CANARY = "kanariefugl"
PAGES = ("log", "notat", "ret", "resume", "henvis", "adgang", "status", "ansvarlig")
PDFS = ("kort_pdf", "log_pdf", "resume_pdf", "politiark_pdf", "logark_pdf")


@dataclass
class House:
    """A case with a note in it, and everybody who might ask for it."""

    case: Case
    owner: User
    colleague: User
    stranger: User
    leader: User
    leader_elsewhere: User
    staff_elsewhere: User
    ssp: User
    ssp_elsewhere: User
    administrator: User


@built_once
def built() -> House:
    school = make_school()
    owner = make_user(Role.STAFF, school=school, name="Olga Ejer")
    elsewhere = make_school(school.municipality)
    case = make_case(owner)
    add_note(case, text=f"En {CANARY} i loggen.")
    file_step(case)
    colleague = make_user(Role.STAFF, school=school)
    actions.add_participant(case=case, by=owner, user=colleague)
    return House(
        case=case,
        owner=owner,
        colleague=colleague,
        stranger=make_user(Role.STAFF, school=school),
        leader=make_user(Role.LEADER, school=school),
        leader_elsewhere=make_user(Role.LEADER, school=elsewhere),
        staff_elsewhere=make_user(Role.STAFF, school=elsewhere),
        ssp=make_user(Role.SSP, municipality=school.municipality),
        ssp_elsewhere=make_user(Role.SSP, municipality=make_municipality()),
        administrator=make_user(Role.ADMINISTRATOR, municipality=school.municipality),
    )


@pytest.fixture
def house(built: House, db: None) -> House:
    """The house, with rows in hand that no other test has changed."""
    return deepcopy(built)


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gets a paper is asked here, not how it is drawn."""
    monkeypatch.setattr(pdf, "render_pdf", lambda html: b"%PDF-1.7")


def refer(case: Case, form: ReferralForm, **said: str) -> None:
    said = {"purpose": "Hvad gør vi?", "message": ""} | said
    actions.refer(case=case, by=case.owner, form=form, included=[], submission_id=uuid4(), **said)


def address(name: str, case: Case) -> str:
    return reverse(name, args=[case.public_id, 2] if name == "ret" else [case.public_id])


def outcomes(client: Client, house: House, who: str, names: tuple[str, ...] = PAGES) -> dict[str, int]:
    client.force_login(getattr(house, who))
    return {name: client.get(address(name, house.case)).status_code for name in names}


def papers(client: Client, house: House, who: str) -> dict[str, int]:
    client.force_login(getattr(house, who))
    return {name: ask_for(client, house.case, name).status_code for name in PDFS}


def same(status: int, *but: str, otherwise: int = 403, names: tuple[str, ...] = PAGES) -> dict[str, int]:
    return {name: otherwise if name in but else status for name in names}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("owner", same(200, "status", "ansvarlig")),
        ("colleague", same(200, "status", "ansvarlig", "adgang", "henvis")),
        ("leader", same(200)),
        ("stranger", same(404)),
        ("staff_elsewhere", same(404)),
        ("leader_elsewhere", same(404)),
        ("ssp", same(404)),
        ("ssp_elsewhere", same(404)),
        ("administrator", same(404)),
    ],
)
def test_pages_by_visitor(client: Client, house: House, who: str, expected: dict[str, int]) -> None:
    assert outcomes(client, house, who) == expected


@pytest.mark.parametrize(
    ("form", "who", "expected"),
    [
        (ReferralForm.NAMED, "ssp", same(403, "log", "notat", "ret", "resume", "henvis", otherwise=200)),
        (ReferralForm.ANONYMOUS, "ssp", same(403, "henvis", otherwise=200)),
        (ReferralForm.NAMED, "ssp_elsewhere", same(404)),
        (ReferralForm.ANONYMOUS, "ssp_elsewhere", same(404)),
    ],
)
def test_pages_by_referral(
    client: Client, house: House, form: ReferralForm, who: str, expected: dict[str, int]
) -> None:
    refer(house.case, form)
    assert outcomes(client, house, who) == expected


@pytest.mark.parametrize("who", ["stranger", "staff_elsewhere", "leader_elsewhere", "ssp", "administrator"])
def test_pdfs_are_hidden_with_the_case(client: Client, house: House, who: str) -> None:
    assert papers(client, house, who) == same(404, names=PDFS)


@pytest.mark.usefixtures("press")
@pytest.mark.parametrize(("form", "printed"), [(ReferralForm.NAMED, 200), (ReferralForm.ANONYMOUS, 403)])
def test_ssp_prints_the_summary_of_a_case_with_names(
    client: Client, house: House, form: ReferralForm, printed: int
) -> None:
    refer(house.case, form)
    expected = same(403, names=PDFS) | {"kort_pdf": printed, "resume_pdf": printed}
    assert papers(client, house, "ssp") == expected


@pytest.mark.parametrize("name", [*PAGES, *PDFS, "mine_sager"])
def test_nobody_is_sent_to_log_in(client: Client, house: House, name: str) -> None:
    answer = client.get(reverse(name) if name == "mine_sager" else address(name, house.case))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_a_hidden_case_answers_like_a_missing_one(client: Client, house: House, name: str) -> None:
    client.force_login(house.stranger)
    hidden = client.get(address(name, house.case))
    numbers = [uuid4(), 2] if name == "ret" else [uuid4()]
    missing = client.get(reverse(name, args=numbers))
    assert hidden.status_code == missing.status_code == 404
    assert _without_tokens(hidden.content) == _without_tokens(missing.content)


def _without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrfmiddlewaretoken" not in line]


def test_anonymous_ssp_reads_what_was_sent_and_nothing_else(client: Client, house: House) -> None:
    refer(house.case, ReferralForm.ANONYMOUS, purpose="Kan vi holde klassemøde?", message="Det haster.")
    client.force_login(house.ssp)
    page = client.get(address("henvis", house.case)).content.decode()
    assert "Kan vi holde klassemøde?" in page
    assert "Det haster." in page
    for secret in (CANARY, house.owner.name, house.colleague.name, "Elev A"):
        assert secret not in page
    assert reverse("sag", args=[house.case.public_id]) + '"' not in page


def test_named_ssp_reads_the_case(client: Client, house: House) -> None:
    refer(house.case, ReferralForm.NAMED)
    client.force_login(house.ssp)
    assert CANARY in client.get(address("log", house.case)).content.decode()
    assert CANARY in client.get(address("resume", house.case)).content.decode()


def test_taking_a_referral_back_works_from_the_next_request(client: Client, house: House) -> None:
    refer(house.case, ReferralForm.NAMED)
    client.force_login(house.ssp)
    assert client.get(address("log", house.case)).status_code == 200
    actions.end_referral(case=house.case, by=house.owner, reason="", submission_id=uuid4())
    assert client.get(address("log", house.case)).status_code == 404


@pytest.mark.parametrize("name", ["log", "resume", "logark_pdf"])
def test_each_look_is_logged(client: Client, house: House, name: str) -> None:
    client.force_login(house.owner)
    client.get(address(name, house.case))
    event = AuditEvent.objects.latest("seq")
    told = (event.verb, event.actor, event.case_public_id)
    assert told == (AuditVerb.OPEN, house.owner.public_id, house.case.public_id)


@pytest.mark.parametrize("who", ["stranger", "colleague"])
def test_each_refusal_is_logged(client: Client, house: House, who: str) -> None:
    client.force_login(getattr(house, who))
    client.get(address("adgang", house.case))
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.actor) == (AuditVerb.DENIED, getattr(house, who).public_id)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_never_kept_and_hold_no_serial_key(client: Client, house: House, name: str) -> None:
    User.objects.filter(pk=house.stranger.pk).update(name="Kun Denne")
    client.force_login(house.leader)
    answer = client.get(address(name, house.case))
    assert answer["Cache-Control"] == "no-store, private"
    assert f'value="{house.stranger.pk}"'.encode() not in answer.content


@pytest.mark.parametrize("name", ["notat", "ret", "henvis", "adgang", "status", "ansvarlig"])
def test_a_post_by_somebody_else_changes_nothing(client: Client, house: House, name: str) -> None:
    before = Entry.objects.count()
    for who in ("stranger", "leader_elsewhere", "ssp", "administrator"):
        client.force_login(getattr(house, who))
        sent = {"text": "Nej.", "reason": "Nej.", "nature": "fact", "form": "named", "purpose": "Nej."}
        assert client.post(address(name, house.case), sent).status_code == 404
    assert Entry.objects.count() == before


@pytest.mark.parametrize("who", ["colleague", "ssp"])
def test_a_post_beyond_ones_standing_changes_nothing(client: Client, house: House, who: str) -> None:
    refer(house.case, ReferralForm.NAMED)
    before = Entry.objects.count()
    client.force_login(getattr(house, who))
    for name in ("henvis", "adgang", "status", "ansvarlig", "tag_sag"):
        sent = {"form": "named", "purpose": "Nej.", "reason": "Nej.", "colleague": house.stranger.public_id}
        # What SSP sends there is an answer, and this is none.
        refused = 422 if (who, name) == ("ssp", "henvis") else 403
        assert client.post(address(name, house.case), sent).status_code == refused
    assert Entry.objects.count() == before
