"""No text that somebody types or sends costs more than linear time.

Found, not listed: every compiled pattern of the product, every pattern written in a call, every pattern of an address
or a validator, and every function that takes one text. What builds patterns while it runs is named in ``BUILT``.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

import cases
import guide
from cases.privacy.masking import Masks
from guide.web.charset import utf_8_only
from tests import linear
from tests.figures import record

ROOT = Path(guide.__file__).parent.parent
BUILT = {
    "guide/accounts/sessions.py": "words of the product's own list",
}
"""Modules that build a pattern from something else than a constant, and from what."""
NOT_SENT = {
    "guide.accounts.sso.oidc",  # what the provider answers, over TLS
    "guide.accounts.sso.views",
    "guide.accounts.sso.providers",  # settings
    "guide.web.environment",
    "guide.questionnaire.field_html",  # the product's own
    "guide.reference.contacts",
    "cases.crypto.encryption",
    "cases.documents.pdf",
    "cases.operations.database_dump",
}
"""Modules whose functions of one text get none that a visitor sent."""


def modules() -> list[ModuleType]:
    names = [
        module.name
        for package in (guide, cases)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    left_out = re.compile(r".*\.(wsgi|settings|migrations(\..*)?)")
    return [importlib.import_module(name) for name in names if not left_out.fullmatch(name)]


def patterns_of(value: object, depth: int = 2) -> Iterator[re.Pattern[str]]:
    """The patterns that a value is, holds, or has as an attribute."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict | list | tuple | set | frozenset):
        for one in value.values() if isinstance(value, dict) else value:
            yield from patterns_of(one, depth - 1)
    elif depth and isinstance(value, type) and value.__module__.startswith(("guide", "cases")):
        for one in list(vars(value).values()):
            yield from patterns_of(one, depth - 1)


def written_in_calls() -> Iterator[tuple[str, str | None]]:
    """(file, pattern) of every call of a function of ``re``; None for a pattern that is no constant."""
    for path in sorted([*ROOT.glob("guide/**/*.py"), *ROOT.glob("cases/**/*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for call in (node for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)):
            name = call.func
            if not (isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name) and name.value.id == "re"):
                continue
            if name.attr != "escape":
                first = call.args[0]
                yield str(path.relative_to(ROOT)), str(first.value) if isinstance(first, ast.Constant) else None


def of_addresses(resolver: URLResolver) -> Iterator[re.Pattern[str]]:
    for one in resolver.url_patterns:
        yield re.compile(one.pattern.regex.pattern)
        if isinstance(one, URLResolver):
            yield from of_addresses(one)
        assert isinstance(one, URLPattern | URLResolver)


def own_forms(parent: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in parent.__subclasses__():
        if form.__module__.startswith(("guide.", "cases.", "allauth.")):
            yield form
        yield from own_forms(form)


def of_validators() -> Iterator[re.Pattern[str]]:
    fields = [field for form in own_forms() for field in form.base_fields.values()]
    columns = [column for model in apps.get_models() for column in model._meta.get_fields()]
    for validator in (one for field in [*fields, *columns] for one in getattr(field, "validators", ())):
        for name in dir(validator):
            value = getattr(validator, name, None)
            if isinstance(value, re.Pattern):
                yield value


def all_patterns() -> list[re.Pattern[str]]:
    found = [pattern for module in modules() for value in list(vars(module).values()) for pattern in patterns_of(value)]
    found += [re.compile(text) for _path, text in written_in_calls() if text is not None]
    found += [*of_addresses(get_resolver()), *of_validators()]
    found += [re.compile(f"^{converter.regex}$") for converter in get_converters().values()]
    unique = {(pattern.pattern, pattern.flags): pattern for pattern in found if isinstance(pattern.pattern, str)}
    return list(unique.values())


def uses(pattern: re.Pattern[str]) -> list[Callable[[str], object]]:
    return [lambda text: sum(1 for _match in pattern.finditer(text)), pattern.fullmatch]


def one_text(function: object) -> bool:
    """Whether a function needs one argument and that is a text."""
    if not inspect.isfunction(function):
        return False
    needed = [
        one
        for one in inspect.signature(function).parameters.values()
        if one.default is one.empty and one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}
    ]
    return [str(one.annotation) for one in needed] in (["str"], ["<class 'str'>"], ["str | None"])


def parsers() -> dict[str, Callable[[str], object]]:
    found = {
        f"{module.__name__}.{name}": value
        for module in modules()
        if module.__name__ not in NOT_SENT
        for name, value in vars(module).items()
        if one_text(value) and value.__module__ == module.__name__
    }
    return {name: (lambda text, call=call: _drained(call(text))) for name, call in found.items()}


def _drained(result: Any) -> None:
    if inspect.isgenerator(result):
        for _one in result:
            pass


def faults(name: str, reads: list[Callable[[str], object]], makers: Iterator[Callable[[int], str]]) -> list[str]:
    tried = 0
    try:
        for make in makers:
            for read in reads:
                tried += 1
                if fault := linear.fault(read, make):
                    return [f"{name}: {make(48)[:60]!r}: {fault}"]
    finally:
        record("linear: readings", tried)
    return []


def test_every_built_pattern_is_known() -> None:
    assert {path for path, text in written_in_calls() if text is None} == set(BUILT)


def test_every_pattern() -> None:
    found = all_patterns()
    assert len(found) > 60
    record("linear: patterns", len(found))
    assert [fault for one in found for fault in faults(f"{one.pattern[:60]!r}", uses(one), linear.hostile(one))] == []


def test_every_parser() -> None:
    found = parsers()
    assert found.keys() >= {"cases.text.cpr_numbers.find_cpr", "cases.text.text_rules.validate_text"}
    assert found.keys() >= {"cases.privacy.person_names.proper_names", "cases.text.dates.read_day"}
    record("linear: parsers", len(found))
    assert [fault for name, read in found.items() for fault in faults(name, [read], linear.hostile())] == []


def test_every_field_of_every_form() -> None:
    found = {}
    for form in own_forms():
        for field in form.base_fields.values():
            found.setdefault((type(field), field.max_length if hasattr(field, "max_length") else None), field)
    assert len(found) > 15
    assert [fault for key, field in found.items() for fault in faults(str(key), [field.clean], linear.hostile())] == []


NAMES = ["Alma Berg (7.b)", "Mor til Emil Holm", "B", "E.H.", "Anne-Marie", "Alma Sten", "til til", "Bo og Liv, 7.b"]


def test_masks() -> None:
    masks = Masks("Alma Berg", NAMES, ["@alma_b"])
    assert faults("masks", [masks.text], linear.hostile()) == []


def test_masks_of_hostile_names() -> None:
    """Names by the hundred, in a text of nothing else."""

    def read(text: str) -> None:
        names = text.splitlines()
        masks = Masks("Alma Berg", names)
        masks.text(text)
        for name in names:
            masks.label(name)

    parts = ["Alma {}\n", "{} Berg\n", "Mor til {}\n", "N{}\n", "{}\n"]

    def numbered(part: str) -> Callable[[int], str]:
        return lambda size: "".join(part.format(_letters(number)) for number in range(size // 40))

    assert faults("names", [read], map(numbered, parts)) == []


def _letters(number: int) -> str:
    return "".join("ABCDEFGHIK"[int(digit)] + "aeiouyaeio"[int(digit)] for digit in str(number))


def test_charset_of_a_request() -> None:
    application = utf_8_only(lambda environ, start_response: [])
    reads: list[Callable[[str], object]] = [lambda text: application({"CONTENT_TYPE": text}, print)]
    assert faults("charset", reads, linear.hostile()) == []


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"\s+x"])
def test_a_superlinear_pattern_is_seen(pattern: str) -> None:
    compiled = re.compile(pattern)
    assert faults(pattern, uses(compiled), linear.hostile(compiled)) != []


def test_superlinear_work_is_seen() -> None:
    """As the search for CPR numbers was: every match against every web address."""

    def compare(text: str) -> None:
        links = [match.span() for match in re.finditer(r"www\.\S+", text)]
        for match in re.finditer(r"\d{10}", text):
            any(left <= match.start() <= right for left, right in links)

    assert faults("links", [compare], linear.hostile()) != []
