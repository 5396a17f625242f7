"""All that the database holds, so that what a request changed can be told by comparing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from cases.log.case_file import read_case
from cases.log.drafts import read_draft
from cases.models import AccessMac, AuditEvent, Case, Draft, Entry
from guide.models import CachedValue

# New in every run, and told by other columns: hashes hang on times, sealed bodies on chance; both are opened below.
_BY_CHANCE = {
    "public_id",
    "submission_id",
    "reference",
    "hash",
    "prev_hash",
    "head_hash",
    "case_hash",
    "password",
    "key",
    "mac",
}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BY_CHANCE_IN_PAPERS = re.compile(r"(?<=_)[2-9b-z]{12}$|^[0-9a-f]{64}$")
"""The code of a paper, and the SHA-256 of its file."""
_FLEETING = models.DateTimeField | models.BinaryField
_NOT_COMPARED = (Session, CachedValue)  # both say only who has tried to log in
_SECRETS = {"secret", "seed", "used_mask"}
_opened: dict[str, list[Any]] = {}


def rows(known: Rows | None = None) -> Rows:
    """Every row of every table. What points at a row that ``known`` has not says "new" instead of its number."""
    here = {model: _read(model) for model in apps.get_models(include_auto_created=True) if model not in _NOT_COMPARED}
    earlier = known or here
    numbers = {model._meta.label: {row["pk"] for row in earlier.get(model, [])} for model in here}
    ids = {row["public_id"] for found in earlier.values() for row in found if "public_id" in row}
    return {model: [_plain(model, row, numbers, ids) for row in found] for model, found in here.items()}


def _read(model: type[models.Model]) -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, _FLEETING)]
    manager: Any = model._base_manager
    if model is Case:
        manager = Case.objects.unscoped("snapshot")
    return [row | {"pk": row[model._meta.pk.attname]} for row in manager.order_by("pk").values(*names)]


def _plain(
    model: type[models.Model], row: dict[str, Any], numbers: dict[str, set[Any]], ids: set[UUID]
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.attname in row and field.attname not in _BY_CHANCE:
            value = row[field.attname]
            if isinstance(value, UUID) and value not in ids:
                value = "new"
            if model is AuditEvent and field.attname == "detail":
                value = _ID.sub(lambda found: found[0] if UUID(found[0]) in ids else "new", value)
            if model is AuditEvent and field.attname in {"step", "detail"}:
                value = _BY_CHANCE_IN_PAPERS.sub("new", value)
            target = field.related_model if field.is_relation else model if field.primary_key else None
            is_new = target is not None and value is not None and value not in numbers[target._meta.label]
            plain[field.attname] = "new" if is_new else value
    if model is Authenticator:
        # Secrets are sealed anew each time, and new ones come by chance.
        plain["data"] = {name: value for name, value in row["data"].items() if name not in _SECRETS}
    if model is LogEntry and row["object_id"] not in _as_text(numbers, row["content_type_id"]):
        plain["object_id"] = "new"
    if model is AccessMac and row["pk"] not in numbers[model._meta.label]:
        plain["number"] = "new"
    if row["pk"] in numbers[model._meta.label]:
        plain |= {name: row[name] for name in ("pk", "public_id") if name in row}
    return plain


def _as_text(numbers: dict[str, set[Any]], content_type: int) -> set[str]:
    """The admin's own log names a row by its number as text, and PostgreSQL never gives a number twice."""
    target = ContentType.objects.get_for_id(content_type).model_class()
    return {str(number) for number in numbers[target._meta.label]} if target else set()


Rows = dict[type[models.Model], list[dict[str, Any]]]


def contents(but: Collection[str] = ()) -> list[Any]:
    """The words of every case, and of every draft; ``but`` are names in drafts that are left out."""
    cases = list(Case.objects.unscoped("snapshot").select_related("school", "owner").order_by("pk"))
    entries = [line for case in cases for line in _lines(case)]
    drafts = [
        (draft.step, draft.base_seq, {name: typed for name, typed in _typed(draft).items() if name not in but})
        for draft in Draft.objects.select_related("case", "user").order_by("case", "user", "step")
    ]
    return [entries, drafts]


def _lines(case: Case) -> list[Any]:
    """The lines of the case as people read them. What is stored as it was before is not opened again."""
    own_row = Case.objects.unscoped("snapshot").filter(pk=case.pk).values_list()
    stored = repr([*own_row, *Entry.objects.filter(case=case).order_by("seq").values_list()])
    if stored not in _opened:
        lines = [(entry.seq, entry.kind, entry.step, entry.by_name, entry.content) for entry in read_case(case).entries]
        _opened[stored] = lines
    return _opened[stored]


def _typed(draft: Draft) -> Mapping[str, list[str]]:
    reading = read_draft(case=draft.case, by=draft.user, step=draft.step)
    return reading.data if reading else {}


def everything(known: Rows | None = None, but: Collection[str] = ()) -> tuple[Rows, list[Any]]:
    """Rows and words."""
    return rows(known), contents(but)
