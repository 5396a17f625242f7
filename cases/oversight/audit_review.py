"""What a leader may review of the access log: who looked at the cases of the own school, and what they did there.

Shown are the events about the school's cases, whoever did them and those erased since included, and the lists that the
school's own people saw while they were the school's. Who reads cases hangs on accounts, so what was changed about them
stands there too: those of everybody at the school, of those who left until they did, of SSP in its municipality, and of
whoever did anything with its cases. So does what an outsider was refused. What people of other schools do at their own
is never part of the query, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import Field, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.access.capabilities import CasesSeen, roles_that_see
from cases.access.permissions import visible_to
from cases.enums import AuditVerb, Role
from cases.models import AuditEvent, User
from cases.retention.due import tombstones_for

LOOKS, DEEDS, DENIED = "opslag", "handlinger", "afvist"
KINDS = {LOOKS: _("Opslag"), DEEDS: _("Handlinger"), DENIED: _("Afviste forsøg")}
_LOOKED = frozenset({AuditVerb.LIST, AuditVerb.OPEN, AuditVerb.SEARCH, AuditVerb.EXPORT, AuditVerb.INSIGHT})
_LISTED = (AuditVerb.LIST, AuditVerb.SEARCH)
_ADMINISTERED = (AuditVerb.ADMIN_ADD, AuditVerb.ADMIN_CHANGE, AuditVerb.ADMIN_DELETE)
_ABOUT = {
    "user": _("brugeren"),
    "singlesignon": _("login hos en udbyder"),
    "authenticator": _("andet trin ved login"),
}
"""What of a person the administration changes, by the model that the event names."""
_KEY = 36
"""Characters of the public id with which such an event begins its detail."""
_ONE_DEED = timedelta(seconds=1)
"""What is changed in one go is logged one field after the other."""
_EVER, _NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_VALUES = dict(Role.choices) | {"true": _("ja"), "false": _("nej")}
"""The values that such an event may tell after it, by their keys (``UserAdmin.value_key``)."""

MONTH, YEAR, ALL = "maaned", "aar", "alt"
PERIODS = {MONTH: _("De seneste 30 dage"), YEAR: _("Det seneste år"), ALL: _("Hele perioden")}
_DAYS = {MONTH: 30, YEAR: 365}


@dataclass(frozen=True)
class AuditFilter:
    """What the leader wants to see. Empty means all of it; nothing here can widen what the school may see."""

    case: UUID | None = None
    person: UUID | None = None
    kind: str = ""
    period: str = MONTH


@dataclass(frozen=True)
class AuditRow:
    """One event in words. ``reference`` is empty where it is about no single case."""

    at: datetime
    who: str | Promise
    role: str | Promise
    what: str | Promise
    reference: str
    case: UUID | None
    denied: bool


def events_of_school(leader: User) -> QuerySet[AuditEvent]:
    """The events that the leader may review, newest first."""
    if leader.school_id is None:
        return AuditEvent.objects.none()
    about_cases = Q(case_public_id__in=visible_to(leader).values("public_id"))
    about_cases |= Q(case_public_id__in=tombstones_for(leader).values("case_public_id"))
    stays = _memberships(leader.school_id)
    own = Q(actor__in=[stay.person for stay in stays if stay.is_whole])
    for stay in (stay for stay in stays if not stay.is_whole):
        own |= Q(actor=stay.person, at__gte=stay.since, at__lt=stay.until)
    lists = Q(case_public_id=None, verb__in=_LISTED) | Q(verb=AuditVerb.LOGIN_CHANGED)
    accounts = _about_accounts(leader, stays, about_cases) & Q(verb__in=_ADMINISTERED)
    events = AuditEvent.objects.annotate(subject=Substr("detail", 1, _KEY))
    return events.filter(about_cases | (own & lists) | accounts).order_by("-seq")


@dataclass(frozen=True)
class _SchoolMembership:
    """That somebody belonged to the school, from and until when."""

    person: UUID
    since: datetime
    until: datetime

    @property
    def is_whole(self) -> bool:
        """Whether nobody moved."""
        return (self.since, self.until) == (_EVER, _NEVER)


def _memberships(school: int) -> list[_SchoolMembership]:
    """Who is or was at the school, by the accounts of today and by what the log says of moves.

    Earlier versions wrote that somebody moved, not from where to where: there the stay begins with the last move.
    """
    members = set(User.objects.filter(school=school).values_list("public_id", flat=True))
    moves = AuditEvent.objects.filter(verb=AuditVerb.ADMIN_CHANGE, step="user_school").order_by("seq")
    here = moves.filter(Q(detail__endswith=f".{school}") | Q(detail__contains=f":{school}."))
    moved: dict[UUID, list[AuditEvent]] = {person: [] for person in members | {UUID(m.detail[:_KEY]) for m in here}}
    for move in moves.annotate(subject=Substr("detail", 1, _KEY)).filter(subject__in=[str(one) for one in moved]):
        moved[UUID(move.detail[:_KEY])].append(move)
    return [
        stay for person, events in moved.items() for stay in _memberships_of(person, events, school, person in members)
    ]


def _memberships_of(
    person: UUID, moves: Sequence[AuditEvent], school: int, is_member: bool
) -> Iterator[_SchoolMembership]:
    since: datetime | None = _EVER
    for move in moves:
        before, _dot, after = _mark(move).partition(".")
        if since and before == str(school):
            yield _SchoolMembership(person, since, move.at)
        since = move.at if after in ("", str(school)) else None
    if since and is_member:
        yield _SchoolMembership(person, since, _NEVER)


def _about_accounts(leader: User, stays: Sequence[_SchoolMembership], about_cases: Q) -> Q:
    """What happened to the accounts that decide who reads the school's cases; of those who left, until they did."""
    ssp = User.objects.filter(role__in=roles_that_see(CasesSeen.REFERRED), municipality__schools=leader.school)
    active = AuditEvent.objects.filter(about_cases, actor__isnull=False).order_by().values_list("actor", flat=True)
    known = {
        *ssp.values_list("public_id", flat=True),
        *active.distinct(),
        *(stay.person for stay in stays if stay.until == _NEVER),
    }
    found = Q(subject__in=[str(person) for person in known])
    for stay in stays:
        if stay.person not in known:
            found |= Q(subject=str(stay.person), at__lt=stay.until + _ONE_DEED)
    return found


def filter_events(events: QuerySet[AuditEvent], asked: AuditFilter, now: datetime) -> QuerySet[AuditEvent]:
    """Those of the events that were asked for."""
    if asked.case:
        events = events.filter(case_public_id=asked.case)
    if asked.person:
        events = events.filter(actor=asked.person)
    if asked.period in _DAYS:
        events = events.filter(at__gte=now - timedelta(days=_DAYS[asked.period]))
    match asked.kind:
        case "opslag":
            return events.filter(verb__in=_LOOKED)
        case "handlinger":
            return events.exclude(verb__in=[*_LOOKED, AuditVerb.DENIED])
        case "afvist":
            return events.filter(verb=AuditVerb.DENIED)
    return events


def cases_in(leader: User) -> dict[UUID, str]:
    """Public id -> reference of the school's cases, the erased ones last."""
    told = dict(visible_to(leader).order_by("-opened_at").values_list("public_id", "reference"))
    return told | dict(tombstones_for(leader).values_list("case_public_id", "reference"))


def people_in(events: QuerySet[AuditEvent]) -> list[User]:
    """Everybody who did any of this, by name."""
    return list(User.objects.filter(public_id__in=events.order_by().values("actor")).order_by("name", "pk"))


def describe_events(events: Sequence[AuditEvent], references: dict[UUID, str]) -> list[AuditRow]:
    """A page of events, with names. Who did it is named as they are called today, in the role of that day."""
    names = _names(person for event in events for person in (event.actor, _subject(event)))
    return [_in_words(event, names, references) for event in events]


def _names(actors: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {actor for actor in actors if actor}
    return dict(User.objects.filter(public_id__in=wanted).values_list("public_id", "name"))


def _subject(event: AuditEvent) -> UUID | None:
    """Whom a change in the administration was about."""
    return UUID(event.detail[:_KEY]) if event.verb in _ADMINISTERED else None


def _deed(event: AuditEvent, names: dict[UUID, str]) -> str | Promise:
    subject = _subject(event)
    if subject is None:
        return event.get_verb_display()
    return gettext("%(deed)s: %(what)s, %(name)s") % {
        "deed": event.get_verb_display(),
        "what": _changed(event),
        "name": names.get(subject, _("Ukendt")),
    }


def _changed(event: AuditEvent) -> str | Promise:
    """What of a person was changed, and from what to what where the event tells it."""
    model, _underscore, field = event.step.partition("_")
    what = cast("Field[Any, Any]", User._meta.get_field(field)).verbose_name if field else _ABOUT[model]
    before, _dot, after = _mark(event).partition(".")
    if before in _VALUES and after in _VALUES:
        words = {"what": what, "before": _VALUES[before], "after": _VALUES[after]}
        return gettext("%(what)s fra »%(before)s« til »%(after)s«") % words
    if before in _VALUES:
        return gettext("%(what)s i rollen »%(role)s«") % {"what": what, "role": _VALUES[before]}
    return what


def _mark(event: AuditEvent) -> str:
    """What such an event tells after the person's public id."""
    return event.detail[_KEY + 1 :]


def _in_words(event: AuditEvent, names: dict[UUID, str], references: dict[UUID, str]) -> AuditRow:
    return AuditRow(
        at=event.at,
        who=names.get(event.actor, _("Ukendt")) if event.actor else _("Handlekort selv"),
        role=Role(event.role).label if event.role else "",
        what=_deed(event, names),
        reference=references.get(event.case_public_id, "") if event.case_public_id else "",
        case=event.case_public_id,
        denied=event.verb == AuditVerb.DENIED,
    )
