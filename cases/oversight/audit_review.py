"""The events of the access log that a leader may review: who looked at the school's cases, and what they did there.

These are all events about the school's cases, erased ones too, by any actor, and refused attempts; the lists that the
school's people saw while they belonged to it; and changes of the accounts that give access: of everybody at the school,
of those who left until they did, of SSP in its municipality, and of everybody who did anything with its cases.
What people of other schools do at their own is never part of the query, whatever the filter.
"""

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
from cases.access.paper_log import in_groups, paper_of
from cases.access.permissions import visible_to
from cases.enums import AuditVerb, Document, Recipient, Role
from cases.models import AuditEvent, User
from cases.models.tables import from_administration
from cases.retention.due import tombstones_for

LOOKUPS, ACTIONS, DENIED = "opslag", "handlinger", "afvist"
EVENT_KINDS = {LOOKUPS: _("Opslag"), ACTIONS: _("Handlinger"), DENIED: _("Afviste forsøg")}
_LOOKUP_VERBS = frozenset(
    {AuditVerb.LIST, AuditVerb.OPEN, AuditVerb.SEARCH, AuditVerb.EXPORT, AuditVerb.MADE, AuditVerb.INSIGHT}
)
_LIST_VERBS = (AuditVerb.LIST, AuditVerb.SEARCH)
_ADMIN_VERBS = (AuditVerb.ADMIN_ADD, AuditVerb.ADMIN_CHANGE, AuditVerb.ADMIN_DELETE)
_ABOUT = {"user": _("brugeren"), "singlesignon": _("login hos en udbyder"), "authenticator": _("andet trin ved login")}
"""What the administration changes about a person, by the model in the event's ``step``."""
_KEY = 36
"""Characters of the public id at the start of such an event's ``detail``."""
_ONE_CHANGE = timedelta(seconds=1)
"""The fields of one change are logged one after the other, within this time."""
_ALWAYS, _NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_VALUES = dict(Role.choices) | {"true": _("ja"), "false": _("nej")}
"""The values that may follow in ``detail``, by their keys (``UserAdmin.value_key``)."""

MOST = 250
"""The number of events that are found at a time; older ones follow."""

MONTH, YEAR, WHOLE_PERIOD = "maaned", "aar", "alt"
PERIODS = {MONTH: _("De seneste 30 dage"), YEAR: _("Det seneste år"), WHOLE_PERIOD: _("Hele perioden")}
_DAYS = {MONTH: 30, YEAR: 365}


@dataclass(frozen=True)
class AuditFilter:
    """What the leader wants to see; empty means all. It only narrows ``events_of_school``.

    ``before`` is the number of the event that everything shown is older than.
    """

    case: UUID | None = None
    person: UUID | None = None
    kind: str = ""
    period: str = MONTH
    before: int | None = None


@dataclass(frozen=True)
class AuditRow:
    """One event as text. ``reference`` is empty where it is about no single case."""

    at: datetime
    who: str | Promise
    role: str | Promise
    what: str | Promise
    reference: str
    case: UUID | None
    denied: bool


@dataclass(frozen=True)
class _SchoolMembership:
    """A person's time at the school."""

    person: UUID
    since: datetime
    until: datetime

    @property
    def is_permanent(self) -> bool:
        """Return whether the person never moved."""
        return (self.since, self.until) == (_ALWAYS, _NEVER)


@dataclass(frozen=True)
class SchoolEvents:
    """The events that a leader may review, in parts that each have an index and may overlap."""

    about_cases: tuple[QuerySet[AuditEvent], ...]
    others: tuple[QuerySet[AuditEvent], ...]

    def newest(self, wanted: AuditFilter, now: datetime) -> list[int]:
        """Return the numbers of the newest events that the filter selects, newest first, at most ``MOST`` + 1."""
        parts = (filter_events(part, wanted, now) for part in (*self.about_cases, *self.others))
        found = {seq for part in parts for seq in part.order_by("-seq").values_list("seq", flat=True)[: MOST + 1]}
        return sorted(found, reverse=True)[: MOST + 1]

    def people(self) -> list[User]:
        """Return the actors of the events, by name."""
        actors = {actor for part in (*self.about_cases, *self.others) for actor in _actors(part)}
        return list(User.objects.filter(public_id__in=actors).order_by("name", "pk"))


def events_of_school(leader: User) -> SchoolEvents:
    """Return the events that the leader may review."""
    if leader.school_id is None:
        return SchoolEvents((), ())
    about_cases = (
        AuditEvent.objects.filter(case_public_id__in=visible_to(leader).values("public_id")),
        AuditEvent.objects.filter(case_public_id__in=tombstones_for(leader).order_by().values("case_public_id")),
    )
    memberships = _memberships(leader.school_id)
    return SchoolEvents(about_cases, (*_own_lists(memberships), _about_accounts(leader, memberships, about_cases)))


def _own_lists(memberships: Sequence[_SchoolMembership]) -> Iterator[QuerySet[AuditEvent]]:
    """Yield the lists that people saw while they belonged to the school, and the changes of their own logins."""
    lists = AuditEvent.objects.filter(
        Q(case_public_id=None, verb__in=_LIST_VERBS) | Q(verb=AuditVerb.LOGIN_CHANGED),
        verb__in=[*_LIST_VERBS, AuditVerb.LOGIN_CHANGED],
    )
    yield lists.filter(actor__in=[member.person for member in memberships if member.is_permanent])
    for member in (member for member in memberships if not member.is_permanent):
        yield lists.filter(actor=member.person, at__gte=member.since, at__lt=member.until)


def _actors(events: QuerySet[AuditEvent]) -> set[UUID]:
    actors = events.order_by().values_list("actor", flat=True).distinct()
    return {actor for actor in actors if actor}


def _memberships(school: int) -> list[_SchoolMembership]:
    """Return who is or was at the school, by today's accounts and the logged moves.

    Earlier versions logged moves without schools: then the membership starts with the last move.
    """
    members = set(User.objects.filter(school=school).values_list("public_id", flat=True))
    moves = AuditEvent.objects.filter(from_administration(), verb=AuditVerb.ADMIN_CHANGE, step="user_school").order_by(
        "seq"
    )
    here = moves.filter(Q(detail__endswith=f".{school}") | Q(detail__contains=f":{school}."))
    moved: dict[UUID, list[AuditEvent]] = {person: [] for person in members | {UUID(m.detail[:_KEY]) for m in here}}
    for move in moves.annotate(subject=Substr("detail", 1, _KEY)).filter(subject__in=[str(one) for one in moved]):
        moved[UUID(move.detail[:_KEY])].append(move)
    return [
        member
        for person, events in moved.items()
        for member in _memberships_of(person, events, school, person in members)
    ]


def _memberships_of(
    person: UUID, moves: Sequence[AuditEvent], school: int, is_member: bool
) -> Iterator[_SchoolMembership]:
    since: datetime | None = _ALWAYS
    for move in moves:
        before, _dot, after = _values_text(move).partition(".")
        if since and before == str(school):
            yield _SchoolMembership(person, since, move.at)
        since = move.at if after in ("", str(school)) else None
    if since and is_member:
        yield _SchoolMembership(person, since, _NEVER)


def _about_accounts(
    leader: User, memberships: Sequence[_SchoolMembership], about_cases: Sequence[QuerySet[AuditEvent]]
) -> QuerySet[AuditEvent]:
    """Return the events about accounts that give access; of people who left, until they did."""
    ssp = User.objects.filter(role__in=roles_that_see(CasesSeen.REFERRED), municipality__schools=leader.school)
    known = {
        *ssp.values_list("public_id", flat=True),
        *(actor for part in about_cases for actor in _actors(part)),
        *(member.person for member in memberships if member.until == _NEVER),
    }
    found = Q(subject__in=[str(person) for person in known])
    for member in memberships:
        if member.person not in known:
            found |= Q(subject=str(member.person), at__lt=member.until + _ONE_CHANGE)
    changes = AuditEvent.objects.filter(from_administration()).annotate(subject=Substr("detail", 1, _KEY))
    return changes.filter(found)


def filter_events(events: QuerySet[AuditEvent], wanted: AuditFilter, now: datetime) -> QuerySet[AuditEvent]:
    """Return the events that the filter selects."""
    if wanted.case:
        events = events.filter(case_public_id=wanted.case)
    if wanted.person:
        events = events.filter(actor=wanted.person)
    if wanted.before:
        events = events.filter(seq__lt=wanted.before)
    if wanted.period in _DAYS:
        events = events.filter(at__gte=now - timedelta(days=_DAYS[wanted.period]))
    if wanted.kind == LOOKUPS:
        return events.filter(verb__in=_LOOKUP_VERBS)
    if wanted.kind == ACTIONS:
        return events.exclude(verb__in=[*_LOOKUP_VERBS, AuditVerb.DENIED])
    return events.filter(verb=AuditVerb.DENIED) if wanted.kind == DENIED else events


def case_called(reference: str, leader: User) -> UUID | None:
    """Return the public id of the school's case with this number, an erased one too; None for any other text."""
    called = Q(reference=reference.strip().upper())
    return next(iter(_references(leader, called, called)), None)


def references_of(events: Iterable[AuditEvent], leader: User) -> dict[UUID, str]:
    """Return public id -> reference of the school's cases that the events are about, erased ones too."""
    about = {event.case_public_id for event in events if event.case_public_id}
    return _references(leader, Q(public_id__in=about), Q(case_public_id__in=about))


def _references(leader: User, cases: Q, erased: Q) -> dict[UUID, str]:
    found = visible_to(leader).filter(cases).order_by().values_list("public_id", "reference")
    return dict(found) | dict(tombstones_for(leader).filter(erased).values_list("case_public_id", "reference"))


def events_numbered(numbers: Iterable[int]) -> list[AuditEvent]:
    """Return these events, which ``SchoolEvents`` found, newest first."""
    return list(AuditEvent.objects.filter(seq__in=numbers).order_by("-seq"))


def describe_events(events: Sequence[AuditEvent], references: dict[UUID, str]) -> list[AuditRow]:
    """Return events as text, with the actor's present name and the role at the time."""
    names = _names(person for event in events for person in (event.actor, _subject(event)))
    return [_row(event, names, references) for event in events]


def _names(actors: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {actor for actor in actors if actor}
    return dict(User.objects.filter(public_id__in=wanted).values_list("public_id", "name"))


def _subject(event: AuditEvent) -> UUID | None:
    """Return the public id of the person whom a change in the administration is about, else None."""
    return UUID(event.detail[:_KEY]) if event.verb in _ADMIN_VERBS else None


def _description(event: AuditEvent, names: dict[UUID, str]) -> str | Promise:
    subject = _subject(event)
    if paper := paper_of(event):
        return _paper(event, *paper)
    if event.verb == AuditVerb.EXPORT and event.detail in Document.values:
        what = {"deed": event.get_verb_display(), "what": Document(event.detail).label}
        return gettext("%(deed)s: %(what)s") % what
    if subject is None:
        return event.get_verb_display()
    return gettext("%(deed)s: %(what)s, %(name)s") % {
        "deed": event.get_verb_display(),
        "what": _changed(event),
        "name": names.get(subject, _("Ukendt")),
    }


def _paper(event: AuditEvent, document: Document, code: str) -> str:
    """Return which paper was asked for and for whom, or was made, with its SHA-256."""
    words = {"deed": event.get_verb_display(), "what": document.label, "code": in_groups(code)}
    if event.verb == AuditVerb.MADE:
        return gettext("%(deed)s: %(what)s. Kode %(code)s. SHA-256 %(sha)s") % {**words, "sha": event.detail}
    if event.detail not in Recipient.values:
        return gettext("%(deed)s: %(what)s. Kode %(code)s") % words
    own = event.detail == Recipient.SELF
    words["who"] = gettext("eget brug") if own else Recipient(event.detail).label
    return gettext("Bad om et papir: %(what)s. Til: %(who)s. Kode %(code)s") % words


def _changed(event: AuditEvent) -> str | Promise:
    """Return what was changed about a person, with the values before and after where the event has them."""
    model, _underscore, field = event.step.partition("_")
    what = cast("Field[Any, Any]", User._meta.get_field(field)).verbose_name if field else _ABOUT[model]
    before, _dot, after = _values_text(event).partition(".")
    if before in _VALUES and after in _VALUES:
        words = {"what": what, "before": _VALUES[before], "after": _VALUES[after]}
        return gettext("%(what)s fra »%(before)s« til »%(after)s«") % words
    if before in _VALUES:
        return gettext("%(what)s i rollen »%(role)s«") % {"what": what, "role": _VALUES[before]}
    return what


def _values_text(event: AuditEvent) -> str:
    """Return what follows the public id in such an event's ``detail``."""
    return event.detail[_KEY + 1 :]


def _row(event: AuditEvent, names: dict[UUID, str], references: dict[UUID, str]) -> AuditRow:
    return AuditRow(
        at=event.at,
        who=names.get(event.actor, _("Ukendt")) if event.actor else _("Handlekort selv"),
        role=Role(event.role).label if event.role else "",
        what=_description(event, names),
        reference=references.get(event.case_public_id, "") if event.case_public_id else "",
        case=event.case_public_id,
        denied=event.verb == AuditVerb.DENIED,
    )
