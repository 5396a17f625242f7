"""A database with as many cases as wanted, written in bulk: schools, owners, colleagues, referrals and an access log.

Open cases have one entry, sealed as the product seals it, because lists decrypt it. The hashes of entries and events
are no chain: nothing here is verified.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice
from typing import TypeVar
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from cases.access import audit_log
from cases.crypto import encryption
from cases.crypto.hash_chain import GENESIS
from cases.enums import AuditVerb, EntryKind, ReferralForm, Role, Status
from cases.log.entry_crypto import NewEntry, data_key, seal_entry
from cases.models import (
    AuditEvent,
    Case,
    ChainEnd,
    Entry,
    ErasureRequest,
    LegalHold,
    Municipality,
    Participant,
    Referral,
    RetentionRule,
    School,
    User,
)
from cases.operations.access_signing import sign_everything
from tests.engines import as_owner
from tests.factories import make_duty, make_municipality, make_school, make_user, step_content

YEARS = 5
_BATCH = 5_000
_Row = TypeVar("_Row")
_EVENTS = 11
"""Events for each case: ten about a case, and a list that somebody saw."""
_references = count(1)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VERBS = (AuditVerb.OPEN,) * 6 + (AuditVerb.FILE, AuditVerb.NOTE, AuditVerb.EXPORT, AuditVerb.DENIED)


@dataclass(frozen=True)
class Size:
    """How much there is. ``open`` is the share of open cases; one case of ``referred_of`` is referred."""

    cases: int
    schools: int
    municipalities: int
    staff: int
    open: float
    referred_of: int


@dataclass(frozen=True)
class People:
    """One of each role, at the first school and in its municipality. ``colleague`` takes part in others' cases."""

    teacher: User
    colleague: User
    leader: User
    ssp: User
    administrator: User


def fill(size: Size, seed: int = 1) -> People:
    """Add cases and what belongs to them; return people of the first school."""
    chance = random.Random(seed)  # noqa: S311 - a world to measure, no secret
    audit_log.begin_keyed_chains()
    places = [make_municipality() for _number in range(size.municipalities)]
    schools = [make_school(places[number % len(places)]) for number in range(size.schools)]
    staff = {school.pk: [make_user(school=school) for _number in range(size.staff)] for school in schools}
    cases = _cases(size, schools, staff, chance)
    _entries(cases)
    _shares(size, cases, staff, chance)
    _retention(places, cases)
    _events(cases, staff, chance)
    first = schools[0]
    people = People(
        teacher=staff[first.pk][0],
        colleague=staff[first.pk][1],
        leader=make_user(Role.LEADER, school=first),
        ssp=make_user(Role.SSP, municipality=first.municipality),
        administrator=make_user(Role.ADMINISTRATOR, municipality=first.municipality),
    )
    with as_owner():
        sign_everything()
    return people


def analyze() -> None:
    """Let PostgreSQL do what its autovacuum does by itself a little later."""
    if connection.vendor == "postgresql":
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        yield some


def _cases(size: Size, schools: Sequence[School], staff: dict[int, list[User]], chance: random.Random) -> list[Case]:
    now = timezone.now()
    made = [_case(number, size, schools[number % len(schools)], staff, now, chance) for number in range(size.cases)]
    return list(Case._base_manager.bulk_create(made, batch_size=_BATCH))


def _case(
    number: int,
    size: Size,
    school: School,
    staff: dict[int, list[User]],
    now: datetime,
    chance: random.Random,
) -> Case:
    nth = number // size.schools % (size.staff + 2)
    owner = staff[school.pk][max(0, nth - 2)]  # the first of a school has three times as many as the others
    is_open = chance.random() < size.open
    opened = now - timedelta(days=chance.uniform(1, YEARS * 365))
    changed = opened + (now - opened) * chance.random()
    high = chance.choice([None, 1, 2, 3, 4])
    public_id = uuid4()
    key_id, sealed_key = encryption.wrap(encryption.new_data_key(), public_id)
    return Case(
        public_id=public_id,
        reference=_reference(opened.year),
        school=school,
        owner=owner,
        status=Status.OPEN if is_open else Status.CLOSED,
        opened_at=opened,
        opened_by=owner,
        updated_at=changed,
        closed_at=None if is_open else changed,
        closed_by=None if is_open else owner,
        levels=[high] if high else [],
        level_low=high,
        level_high=high,
        confirmed_level=chance.choice([None, high]),
        told_leader_at=changed if is_open and chance.random() < 0.1 else None,
        next_due=now + timedelta(days=chance.randint(-5, 30)) if is_open else None,
        head_seq=1,
        head_hash=GENESIS,
        key_id=key_id,
        sealed_key=sealed_key,
    )


def _reference(year: int) -> str:
    number, text = next(_references), ""
    for _position in range(5):
        number, digit = divmod(number, len(_LETTERS))
        text = _LETTERS[digit] + text
    return f"{year % 100:02d}-{text}"


def _entries(cases: Sequence[Case]) -> None:
    due = timezone.localdate().isoformat()
    content = step_content(duties=[{**make_duty("secrecy", due), "urgency": "now"}])
    key = ChainEnd.objects.get().chain_key
    new = NewEntry(EntryKind.STEP, content, uuid4(), step="afdaek")
    rows = (
        seal_entry(
            new,
            case=case,
            key=data_key(case),
            by=case.owner,
            at=case.updated_at,
            seq=1,
            prev_hash=GENESIS,
            chain_key_id=key,
        )
        for case in cases
        if case.status == Status.OPEN
    )
    for some in _batches(rows):
        Entry.objects.bulk_create(some)


def _shares(size: Size, cases: Sequence[Case], staff: dict[int, list[User]], chance: random.Random) -> None:
    """Give the second of each school's staff access to three of five cases of the first, and refer a few cases."""
    shared, referred = [], []
    for number, case in enumerate(cases):
        first, second = staff[case.school_id][:2]
        if (case.owner_id == first.pk and number % 5 < 3) or (number % 50 == 0 and case.owner_id != second.pk):
            shared.append(Participant(case=case, user=second, added_at=case.opened_at, added_by=first))
        if number // size.schools % size.referred_of == 0:
            referred.append(
                Referral(
                    case=case,
                    municipality_id=case.school.municipality_id,
                    form=chance.choice(ReferralForm.values),
                    entry_seq=1,
                    sent_at=case.updated_at,
                    sent_by=case.owner,
                )
            )
    Participant._base_manager.bulk_create(shared, batch_size=_BATCH)
    Referral._base_manager.bulk_create(referred, batch_size=_BATCH)


def _retention(places: Sequence[Municipality], cases: Sequence[Case]) -> None:
    """Let cases fall due four years after they were closed; one of a hundred closed ones is held or proposed."""
    for place in places:
        RetentionRule.objects.create(municipality=place, months=48, basis="Journalplan 4.2")
    closed = [case for case in cases if case.status == Status.CLOSED]
    now = timezone.now()
    LegalHold._base_manager.bulk_create(
        [LegalHold(case=case, set_at=now, set_by=case.owner, reason=b"x") for case in closed[::200]]
    )
    ErasureRequest._base_manager.bulk_create(
        [ErasureRequest(case=case, proposed_at=now, proposed_by=case.owner) for case in closed[7::2000]]
    )


def _events(cases: Sequence[Case], staff: dict[int, list[User]], chance: random.Random) -> None:
    """Add ten events for each case, spread over the years, and a list that somebody saw for every tenth event."""
    end = ChainEnd.objects.get()
    rows = _event_rows(cases, staff, end, chance)
    for some in _batches(rows):
        AuditEvent.objects.bulk_create(some)
    ChainEnd.objects.filter(pk=end.pk).update(seq=end.seq + len(cases) * _EVENTS)


def _event_rows(
    cases: Sequence[Case], staff: dict[int, list[User]], end: ChainEnd, chance: random.Random
) -> Iterator[AuditEvent]:
    total = len(cases) * _EVENTS
    began, whole = timezone.now() - timedelta(days=YEARS * 365), timedelta(days=YEARS * 365)
    for number in range(total):
        case = chance.choice(cases)
        actor = chance.choice(staff[case.school_id])
        is_list = number % _EVENTS == 0
        yield AuditEvent(
            seq=end.seq + number + 1,
            at=began + whole * ((number + 1) / (total + 1)),
            verb=AuditVerb.LIST if is_list else chance.choice(_VERBS),
            actor=actor.public_id,
            role=actor.role,
            case_public_id=None if is_list else case.public_id,
            case_seq=1,
            chain_key=end.chain_key,
            prev_hash=GENESIS,
            hash=GENESIS,
        )
