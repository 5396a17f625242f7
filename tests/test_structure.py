"""Holds the shape of the house: the order of modules, what pure ones may know, what no committed file may name."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for package in ("guide", "cases") for path in (ROOT / package).rglob("*.py"))
# Rules and words of the card: they know neither database nor request nor clock nor settings.
PURE = ("vocabulary", "facts", "severity", "flags", "duties", "judgement", "law", "contacts")
# WeasyPrint only: the app must start on a machine without Pango.
LATE_IMPORTS = {("cases/pdf.py", "weasyprint"), ("cases/press.py", "weasyprint")}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every module that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def calls_itself_a_leaf(path: Path) -> bool:
    return "A leaf" in (ast.get_docstring(tree(path)) or "")


# Leaves of the record: everything may import them, they import nothing of the project but each other.
LEAVES = [path.stem for path in SOURCES if path.parent.name == "cases" and calls_itself_a_leaf(path)]


def belongs(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_inside_a_function(path: Path) -> None:
    late = {
        (str(path.relative_to(ROOT)), name)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."])
    }
    assert {entry for entry in late if (entry[0], entry[1].split(".")[0]) not in LATE_IMPORTS} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_relative_import(path: Path) -> None:
    assert [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.level] == []


def test_record_does_not_know_the_card() -> None:
    found = {
        str(path.relative_to(ROOT)): module
        for path in SOURCES
        if path.is_relative_to(ROOT / "cases")
        for _, module in imported(path)
        if belongs(module, "guide")
    }
    assert found == {}


@pytest.mark.parametrize("name", PURE)
def test_pure_module_knows_no_machinery(name: str) -> None:
    allowed = ("django.utils.translation", "django.utils.functional", "django_stubs_ext")
    wrong = [
        module
        for _, module in imported(ROOT / "guide" / f"{name}.py")
        if (module.split(".")[0] in {"django", "django_stubs_ext", "cases", "os", "time"})
        and not any(belongs(module, good) for good in allowed)
        and module != "django.utils.text.format_lazy"
    ]
    assert wrong == []


@pytest.mark.parametrize("name", PURE)
def test_pure_module_knows_only_pure_modules(name: str) -> None:
    """Follow the card's own imports as far as they go: none may end at a model, a form or a view."""
    seen: set[str] = set()
    todo = [f"guide.{name}"]
    while todo:
        module = todo.pop()
        path = ROOT / (module.replace(".", "/") + ".py")
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for _, inner in imported(path):
            todo += [inner, inner.rpartition(".")[0]]
    assert (
        seen & {"guide.models", "guide.settings", "guide.filing", "guide.forms", "cases.models", "cases.record"}
        == set()
    )


@pytest.mark.parametrize("name", PURE)
def test_pure_module_reads_no_clock(name: str) -> None:
    clock = {"now", "today", "localtime", "localdate", "time", "monotonic"}
    calls = [
        ast.unparse(node)
        for node in ast.walk(tree(ROOT / "guide" / f"{name}.py"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clock
    ]
    assert calls == []


@pytest.mark.parametrize("name", LEAVES)
def test_leaf_of_the_record_stands_alone(name: str) -> None:
    leaves = {f"cases.{leaf}" for leaf in LEAVES}
    wrong = [
        module
        for _, module in imported(ROOT / "cases" / f"{name}.py")
        if belongs(module, "cases") and not any(belongs(module, leaf) for leaf in leaves)
    ]
    assert wrong == []


def test_leaves_are_those_that_say_so() -> None:
    assert LEAVES == [
        "append_only",
        "card",
        "chain",
        "content",
        "dates",
        "freetext",
        "scope",
        "strongbox",
        "vault",
        "vocabulary",
    ]


def committed() -> list[Path]:
    """Return the files that git keeps or would keep; without git, all that do not lie in a folder the scripts make."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        made = {".git"} | {line.strip("/") for line in ignored if line.endswith("/")}
        return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


# Written in pieces, so that this file does not name what it looks for.
FORBIDDEN = {
    "a folder of one machine": re.compile("/" + r"(?:work|root|home/\w+|Users/\w+|opt/(?:pypi|wheels))/"),
    "a package registry": re.compile(
        r"(?:"
        + "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.org", "deb" + r"\.debian\.org"])
        + ")"
    ),
    "a secret": re.compile("-----BEGIN " + r"(?:RSA |EC |OPENSSH )?PRIVATE KEY"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_names(what: str) -> None:
    found = {
        str(path.relative_to(ROOT)): hit[0] for path in committed() if (hit := FORBIDDEN[what].search(text_of(path)))
    }
    assert found == {}


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    silent = [one for one in wanted if not re.search(rf'^ +"{re.escape(one)}", +# \w.+$', text, re.MULTILINE)]
    assert len(wanted) > 20
    assert silent == []


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements-postgres.txt", "requirements-dev.txt", "requirements-scan.txt"]
)
def test_lock_holds_names_and_hashes_only(lock: str) -> None:
    lines = [
        line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    wrong = [
        line
        for line in lines
        if not re.fullmatch(
            r"[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; [^\\]+)? \\| {4}--hash=sha256:[0-9a-f]{64}( \\)?", line
        )
    ]
    assert wrong == []


def test_locks_agree_on_every_version() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==[^ ]+", (ROOT / name).read_text(encoding="utf-8"), re.M))

    whole = versions("requirements-dev.txt")
    assert versions("requirements.txt") <= versions("requirements-postgres.txt") <= whole


def test_no_inline_script_or_style_in_templates() -> None:
    inline = re.compile(
        r"<style\b|<script\b(?![^>]*\b(?:src=|type=\"application/json\"))|\sstyle=|\son[a-z]+=\"|javascript:"
    )
    found = {
        str(path.relative_to(ROOT)): hit[0]
        for path in (ROOT / "templates").rglob("*.html")
        if (hit := inline.search(re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text_of(path), flags=re.S)))
    }
    assert found == {}
