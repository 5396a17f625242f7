"""The JSON Schema of a log that leaves as data, made from the types of its entries so that they never differ. Pure."""

import types
from collections.abc import Mapping
from typing import Any, Final, Union, get_args, get_origin, get_type_hints, is_typeddict

from cases.enums import EntryKind
from cases.log.entries import CONTENTS

_SIMPLE: Final[dict[Any, str]] = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}


def log_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of `log.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Handlekort log",
        **_object(
            case=_object(
                id=_TEXT,
                reference=_TEXT,
                school=_TEXT,
                municipality=_TEXT,
                opened_at=_MOMENT,
                closed_at=_or_null(_MOMENT),
            ),
            made=_object(at=_MOMENT, code=_TEXT, log_position=_NUMBER),
            entries={"type": "array", "items": {"anyOf": [_entry(kind) for kind in EntryKind]}},
        ),
    }


def _entry(kind: EntryKind) -> dict[str, Any]:
    return _object(
        seq=_NUMBER,
        id=_TEXT,
        kind={"const": kind.value},
        step=_TEXT,
        entered_at=_MOMENT,
        happened_at=_or_null(_MOMENT),
        author=_object(id=_TEXT, name=_TEXT),
        corrected_by={"type": "array", "items": _NUMBER},
        content=_schema_of(CONTENTS[kind]),
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _schema_of(kind: Any) -> dict[str, Any]:
    """Return the schema of a type as the entries have them. Raises TypeError for another."""
    if kind is Any:
        return {}
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if is_typeddict(kind):
        properties = {name: _schema_of(part) for name, part in get_type_hints(kind).items()}
        return _object(**properties) | {"required": sorted(kind.__required_keys__), "description": _words(kind)}
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": _schema_of(parts[0])}
    if origin in {dict, Mapping}:
        return {"type": "object", "additionalProperties": _schema_of(parts[1])}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema_of(part) for part in parts]}
    raise TypeError(f"no schema for {kind}")


def _words(kind: Any) -> str:
    return " ".join((kind.__doc__ or "").split())
