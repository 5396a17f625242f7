"""Answers filed under a question that has another meaning or another place today.

Where an old answer means the same, it stands for the new one until the step is filed again; elsewhere the new question
counts as not answered. So "Kan den, der krænker, opsøge eleven nu?" is left out: it made a classmate an acute danger.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from guide.questionnaire.fields import is_known
from guide.questionnaire.rows import KEY, NAME, WHO, join_people, points
from guide.rules.enums import NO, UNKNOWN, YES, AgeBand, PersonRole, PupilOf, Relation
from guide.rules.facts import (
    ABUSED_TOO,
    BEFORE,
    DANGER_ABUSE,
    DANGER_HARM,
    DANGER_THREATS,
    NAMED,
    OFFENDER_ADULT,
    OFFENDER_KEY,
    OFFENDER_MINOR,
    OFFENDER_PUPIL,
    OFFENDER_STAFF,
    OFFENDER_STRANGER,
    PUPIL_ROW,
    STAFF,
    UNDER_12,
    age_band,
)
from guide.steps import STEPS
from guide.steps.behandl import AudienceRow


class Former(NamedTuple):
    """A question of an earlier card, the one that it stands for, and the answers that mean the same (None: all)."""

    step: str
    question: str
    today: tuple[str, str]
    same: frozenset[str] | None = None


FORMER: Final = (
    Former("afdaek", "shared", ("afdaek", "passed_on"), frozenset({NO})),
    Former("vurder", "special_support", ("vurder", "support_needed"), frozenset({YES})),
    Former("dokumenter", "staff_hold", ("afdaek", "staff_hold")),
    Former("dokumenter", "staff_hold_note", ("afdaek", "staff_hold_note")),
    Former("stop", "evidence_secured", ("dokumenter", "helped_to_keep")),
    Former("behandl", "sparring", ("vurder", "ssp_asked"), frozenset({YES})),
    Former("behandl", "sparring_on", ("vurder", "ssp_asked_on")),
    Former("behandl", "sparring_answer", ("vurder", "ssp_answer")),
    Former("behandl", "same_school", ("afdaek", "offender_near"), frozenset({YES})),
)
_DANGERS: Final = {
    "danger_ongoing_abuse": DANGER_ABUSE,
    "danger_violence": DANGER_THREATS,
    "danger_offender_harm": DANGER_HARM,
}
_SCHOOLS: Final = frozenset({PupilOf.SAME_CLASS, PupilOf.SAME_SCHOOL, PupilOf.OTHER_SCHOOL})
"""Earlier cards had these among the relations."""
_POINTING: Final = [(step.key, table.key) for step in STEPS for table in step.tables if points(table.columns)]
"""The tables whose rows name somebody who is on the list of people."""
_YOUNG: Final = frozenset({UNDER_12, AgeBand.UNDER_15, AgeBand.FROM_15_TO_17})
_OF_THE_ROW: Final = {
    "notification": "decision",
    "notification_by": "by",
    "notification_on": "sent_on",
    "notification_receipt_on": "receipt_on",
    "notification_reason": "reason",
}
_PRESS: Final = "press"
_ASKED_APART: Final = frozenset({"leader", "ssp"})
"""Whether they took part, earlier cards asked twice."""


def current_answers(filed: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the filed answers by step, under the questions of today's card."""
    answers = {step: dict(own) for step, own in filed.items()}
    for former in FORMER:
        given = filed.get(former.step, {}).get(former.question)
        step, question = former.today
        if given and (former.same is None or given in former.same) and question not in filed.get(step, {}):
            answers.setdefault(step, {})[question] = given
    if isinstance(took_part := answers.get("vurder", {}).get("took_part"), list):
        answers["vurder"]["took_part"] = [who for who in took_part if who not in _ASKED_APART]
    answers.get("behandl", {}).update(_press(answers.get("behandl", {})))
    if "afdaek" in answers:
        answers["afdaek"] |= _uncovered(answers["afdaek"])
    if people := join_people(answers, _POINTING):
        answers.setdefault("afdaek", {})["people"] = people
    if "notifications" not in answers.get("anmeld", {}) and (rows := _notified(answers)):
        answers["anmeld"]["notifications"] = rows
    for step, table in (("anmeld", "notifications"), ("vurder", "children")):
        if about_children := answers.get(step, {}).get(table):
            answers[step][table] = _named_since(about_children, answers.get("afdaek", {}))
    return answers


def _press(own: Mapping[str, Any]) -> dict[str, Any]:
    """The press was one of the audiences too: what stood there is what is said to the press."""
    rows = own.get("audiences") or []
    told = [row for row in rows if row.get("audience") == _PRESS]
    if not told:
        return {}
    columns = AudienceRow.base_fields
    said = [
        columns[name].words(value)  # type: ignore[attr-defined]  # each is an Answer
        for row in told
        for name, value in row.items()
        if value and name in columns and name != "audience"
    ]
    plan = [own["press_plan"]] if is_known(own.get("press_plan")) else []
    return {
        "audiences": [row for row in rows if row not in told],
        "press": YES,
        "press_plan": ". ".join(plan + said),
    }


def _named_since(rows: list[dict[str, Any]], told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was answered about the pupil or whoever violates stands for the only one who is listed by name since."""
    further = {row.get(WHO) for row in told.get("victims", ())}
    people = told.get("people", ())
    victims = [row for row in people if PersonRole.VICTIM in row.get("roles", ()) and row[KEY] not in further]
    offenders = [row for row in people if PersonRole.OFFENDER in row.get("roles", ())]
    for unlisted, listed in ((PUPIL_ROW, victims), (OFFENDER_KEY, offenders)):
        if len(listed) == 1 and all(row.get(WHO) != listed[0][KEY] for row in rows):
            name = {WHO: listed[0][KEY], NAME: listed[0].get(NAME, "")}
            rows = [{**row, **name} if row.get(WHO) == unlisted else row for row in rows]
    return rows


def _notified(answers: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One answer about notification stood for every child: without a pupil under 18, for the only young offender."""
    own, told = answers.get("anmeld", {}), answers.get("afdaek", {})
    grown = told.get("victim_is") == STAFF or age_band(told.get("victim_age")) == AgeBand.ADULT
    young = [
        row for row in told.get("people", ()) if "offender" in row.get("roles", ()) and row.get("age_band") in _YOUNG
    ]
    if not (grown and own.get("notification") and len(young) == 1):
        return []
    given = {column: own.get(question) or "" for question, column in _OF_THE_ROW.items()}
    return [{WHO: young[0][KEY], NAME: young[0].get(NAME, ""), **given}]


def _uncovered(own: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that today's questions of Afdæk have from several earlier ones."""
    found: dict[str, Any] = {}
    if isinstance(people := own.get("people"), list):
        found["people"] = [_person(row) for row in people]
    if isinstance(victims := own.get("victims"), list):
        found["victims"] = [{"recognised": _recognised(row), **row} for row in victims]
    if "abuse" not in own:
        found |= _abuse(own if "danger_now" in own else {**own, **_danger(own)})
    if "recognised" not in own and (recognised := _recognised(own)):
        found["recognised"] = recognised
    if "offender_is" not in own and (kinds := _offenders(own, found.get("people", []))):
        found["offender_is"] = kinds
    return found


def _danger(own: Mapping[str, Any]) -> dict[str, Any]:
    """Three questions became one: what endangers the pupil now."""
    told = {kind: own.get(question) for question, kind in _DANGERS.items()}
    if YES in told.values():
        doubt = [] if set(told.values()) <= {YES, NO} else [UNKNOWN]
        return {"danger_now": YES, "danger_what": [kind for kind, answer in told.items() if answer == YES] + doubt}
    if set(told.values()) == {NO}:
        return {"danger_now": NO}
    return {"danger_now": UNKNOWN} if any(told.values()) else {}


def _abuse(own: Mapping[str, Any]) -> dict[str, Any]:
    """Danger now and violence or abuse earlier are one question today: a yes stays, a no to one is no answer."""
    now, before = own.get("danger_now"), own.get("abuse_before")
    if now == YES:
        also = {YES: [ABUSED_TOO], NO: []}.get(str(before), [UNKNOWN])
        return {"abuse": YES, "danger_what": list(dict.fromkeys([*own.get("danger_what", ()), *also]))}
    if before == YES:
        return {"abuse": BEFORE}
    if now == NO and before == NO:
        return {"abuse": NO}
    return {"abuse": UNKNOWN} if now == UNKNOWN else {}


def _recognised(row: Mapping[str, Any]) -> str:
    """Two questions are one today; where one of them was open, so is this."""
    if row.get("identity_published") == YES:
        return NAMED
    return str(row.get("recognisable", "")) if row.get("identity_published") == NO else ""


def _offenders(own: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who violates was told by the list of people alone."""
    known = own.get("offender_known")
    told = [kind for row in people if "offender" in row.get("roles", ()) for kind in _kind_of_offender(row)]
    if known in ("some", "none"):
        told.append(OFFENDER_STRANGER)
    elif known != "all":
        told.append(UNKNOWN)
    return list(dict.fromkeys(told)) if known else []


def _kind_of_offender(row: Mapping[str, Any]) -> Iterator[str]:
    if row.get("relation") == Relation.STAFF:
        yield OFFENDER_STAFF
    elif row.get("age_band") == AgeBand.ADULT:
        yield OFFENDER_ADULT
    elif row.get("pupil_of") in (PupilOf.SAME_CLASS, PupilOf.SAME_SCHOOL):
        yield OFFENDER_PUPIL
    elif row.get("age_band") in _YOUNG:
        yield OFFENDER_MINOR
    else:
        yield UNKNOWN


def _person(row: Mapping[str, Any]) -> dict[str, Any]:
    relation = row.get("relation")
    if relation not in _SCHOOLS or "pupil_of" in row:
        return dict(row)
    return {**row, "relation": "", "pupil_of": relation}
