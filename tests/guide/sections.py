"""Answers sent as the pages send them: each section of a step by itself, in the order of the card."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from cases.models import Case
from guide.questionnaire.step_form import fields_of
from guide.steps import BY_KEY, STEPS
from tests.guide.page_reader import stored

SECTIONS = [(step.key, section.key) for step in STEPS for section in step.sections]
"""Every section of the card with its step."""
IDS = [".".join(pair) for pair in SECTIONS]


def section_of(step: str, name: str) -> str:
    """The section that asks the question, or has the table, of that name."""
    return next(section.key for section in BY_KEY[step].sections if name in BY_KEY[step].names([section.key]))


def by_section(step: str, fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a form by the sections that ask them; those asked along with another are with the other."""
    card = BY_KEY[step]
    parts = {section.key: fields_of(card.names([section.key]), fields) for section in card.sections}
    assert {name for part in parts.values() for name in part} == set(fields)
    sent = {section: part for section, part in parts.items() if part}
    along = {key: card.section(key).along for key in sent if card.section(key).along in sent}
    whole = {section: {**sent.get(along.get(section, ""), {}), **part} for section, part in sent.items()}
    return {section: part for section, part in whole.items() if section not in along.values()}


def file_sections(client: Client, case: Case, step: str = "afdaek", **fields: Any) -> None:
    """File the sections that ask these fields, each on top of what is filed."""
    for section, own in by_section(step, fields).items():
        fresh = {"handling": "gem", "base_seq": str(stored(case).head_seq), "submission_id": str(uuid4())}
        address = reverse("trin", args=[case.public_id, step, section])
        answer = client.post(address, {**fresh, **own})
        assert answer.status_code == 302, (section, answer.status_code)
