"""What a demo case consists of. Everybody in the demo is made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cases.vocabulary import DutyOutcome, NoteNature, ReferralForm
from guide.vocabulary import NO

Answers = Mapping[str, object]
Days = Callable[[int], str]

NO_DANGER: Answers = {
    "danger_self_harm": NO,
    "danger_violence": NO,
    "danger_ongoing_abuse": NO,
    "danger_offender_reach": NO,
    "suspicion_home": NO,
}


@dataclass(frozen=True)
class Note:
    """A note for the log; ``days_ago`` and ``clock`` say when it happened."""

    nature: NoteNature
    days_ago: int
    clock: str
    who: str
    where: str
    text: str


@dataclass(frozen=True)
class DemoCase:
    """One case: who owns it, what is filed in each step, and what happened around it."""

    owner: str
    steps: Mapping[str, Answers]
    notes: tuple[Note, ...] = ()
    ticks: Mapping[str, DutyOutcome] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    referral: ReferralForm | None = None
    purpose: str = ""
    closed_because: str = ""


def person(name: str, roles: list[str], age_band: str, relation: str, note: str) -> Answers:
    """A row of the list of people."""
    return {"name": name, "roles": roles, "age_band": age_band, "relation": relation, "note": note}


def evidence(what: str, description: str, platform: str, user_name: str, seen_on: str) -> Answers:
    """A row of the evidence register."""
    return {
        "what": what,
        "description": description,
        "platform": platform,
        "user_name": user_name,
        "seen_on": seen_on,
        "holder": "Eleven",
        "device": "Egen telefon",
    }


def need(name: str, role: str, need: str, offer: str, responsible: str, follow_up: str) -> Answers:
    """A row of the needs and offers."""
    return {
        "name": name,
        "role": role,
        "need": need,
        "offer": offer,
        "responsible": responsible,
        "follow_up": follow_up,
    }
