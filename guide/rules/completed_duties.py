"""Which duties the answers themselves show to be done: what a step tells need not be ticked off once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guide.rules.enums import NO, YES
from guide.rules.facts import StepAnswers

SHOWN_BY: Final[Mapping[str, Mapping[tuple[str, str], tuple[str, ...]]]] = {
    "leader_now": {("vurder", "leadership"): (YES,)},
    "involve_leadership": {("vurder", "leadership"): (YES,)},
    "ask_ssp": {("vurder", "ssp_asked"): (YES,), ("behandl", "sparring"): (YES,)},
    "secrecy": {("inddrag", "secrecy_told"): (YES,)},
    "inform_parents": {("inddrag", "parents_told"): ("all",)},
    "adult_consent": {("inddrag", "adult_consent"): (YES,)},
    "secure_evidence": {("dokumenter", "helped_to_keep"): (YES,), ("stop", "evidence_secured"): (YES,)},
    "ask_police": {("anmeld", "police_contacted"): (YES,)},
    "approach_police": {("anmeld", "police_contacted"): (YES,)},
    "offender_police": {("anmeld", "police_contacted"): (YES,)},
    "under_15_police": {("anmeld", "police_contacted"): (YES,)},
    "police_report": {("anmeld", "recommended"): (YES,), ("anmeld", "report_decision"): ("reported",)},
    "report_soon": {("anmeld", "recommended"): (YES,), ("anmeld", "report_decision"): ("reported",)},
    "contingency_plan": {("anmeld", "contingency"): (YES,)},
    "notify": {("anmeld", "notification"): ("sent",)},
    "consider_notification": {("anmeld", "notification"): ("sent", "will", NO)},
    "insurance": {("anmeld", "insurance"): (YES,)},
}
"""Duty -> the answers of which one shows that it is done: (step, question) -> values."""


def duties_shown_done(answers: StepAnswers) -> frozenset[str]:
    """The keys of the duties that the answers show to be done."""
    return frozenset(
        duty
        for duty, shown_by in SHOWN_BY.items()
        if any(answers.get(step, {}).get(question) in values for (step, question), values in shown_by.items())
    )


def police_consulted(answers: StepAnswers) -> bool:
    """Whether somebody has talked to the police, by the answers of Anmeld."""
    return answers.get("anmeld", {}).get("police_contacted") == YES
