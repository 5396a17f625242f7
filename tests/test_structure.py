"""What no committed file may name, what the locks hold, what templates leave out. Linters hold the rest."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-postgres.txt", "requirements-dev.txt")


def committed() -> list[Path]:
    """Return the files that git keeps or would keep; without git, all that do not lie in a folder the scripts make."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        made = {".git"} | {line.strip("/") for line in ignored if "*" not in line}
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


def test_every_server_is_started_without_a_control_socket() -> None:
    start = re.compile(r'"-m", "gunicorn"|-m gunicorn|gunicorn guide\.wsgi')
    texts = {str(path.relative_to(ROOT)): text_of(path) for path in committed()}
    starts = {name: len(found) for name, text in texts.items() if (found := start.findall(text))}
    del starts["tests/test_structure.py"]
    assert len(starts) >= 5
    off = re.compile(r"--no-control-socket[\s\"]|--config script/gunicorn\.conf\.py")
    assert [name for name, count in starts.items() if len(off.findall(texts[name])) < count] == []
    assert "\ncontrol_socket_disable = True\n" in texts["script/gunicorn.conf.py"]


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    silent = [one for one in wanted if not re.search(rf'^ +"{re.escape(one)}", +# \w.+$', text, re.MULTILINE)]
    assert len(wanted) > 20
    assert silent == []


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-scan.txt"])
def test_lock_holds_names_and_hashes_only(lock: str) -> None:
    lines = [
        line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    wrong = [
        line
        for line in lines
        if not re.fullmatch(
            r"[a-z0-9._-]+(\[[a-z, ]+\])?==[^ ]+( ; [^\\]+)? \\| {4}--hash=sha256:[0-9a-f]{64}( \\)?", line
        )
    ]
    assert wrong == []


def locked(lock: str) -> dict[str, set[str]]:
    """Return the packages that a lock names, each with its extras."""
    lines = re.findall(r"^([a-z0-9._-]+)(?:\[([a-z, ]+)\])?==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    return {name: set(re.split(r", ?", extras)) if extras else set() for name, extras in lines}


def extras_left_out(locks: dict[str, set[str]]) -> list[str]:
    """Return what an installed package of the lock asks for by an extra that the lock does not name."""
    left_out = []
    for name, extras in locks.items():
        try:
            asked = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue  # For another system than this.
        for one in asked:
            wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in {*extras, ""})
            known = locks.get(re.sub(r"[-_.]+", "-", one.name).lower())
            if wanted and known is not None and not one.extras <= known:
                left_out.append(f"{name} asks for {one}")
    return left_out


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_every_extra_that_a_package_asks_for(lock: str) -> None:
    """pip before 23.3 refuses a locked package without its extra as soon as a newer release is out."""
    assert extras_left_out(locked(lock)) == []


def test_extra_that_is_not_named_is_noticed() -> None:
    found = extras_left_out(locked("requirements.txt") | {"fonttools": set()})
    assert [line.partition("[")[0] for line in found] == ["weasyprint asks for fonttools"]


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


def lines_of_templates(wrong: Callable[[str], object]) -> set[str]:
    """Return the places of the lines of templates that are wrong, and hold that templates are looked at."""
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    assert len(templates) > 100
    return {
        f"{path.relative_to(ROOT)}:{number}"
        for path in templates
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if wrong(line)
    }


def test_no_line_of_a_template_is_longer_than_120_characters() -> None:
    """djhtml indents and breaks no line, since white space beside a word is part of the page."""
    assert lines_of_templates(lambda line: len(line) > 120) == set()


def test_every_tag_and_comment_of_a_template_ends_on_its_line() -> None:
    """Django shows one that is broken over two lines as text."""
    begun = re.compile(r"\{(?:%(?!.*%\})|#(?!.*#\})|\{(?!.*\}\}))")
    assert lines_of_templates(lambda line: begun.search(re.sub(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", "", line))) == set()


def test_no_cache_without_bound_is_kept_over_what_somebody_typed() -> None:
    """Its entries stay as long as the process, in the clear: only what is finite may be its key."""
    typed = {"Victim", "Offender", "Facts", "Answers", "Given", "Reading", "Situation", "Mapping", "object"}
    found = {}
    for path in [*Path("guide").rglob("*.py"), *Path("cases").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "cache" in map(ast.unparse, node.decorator_list):
                takes = {name.id for one in node.args.args if one.annotation for name in ast.walk(one.annotation)
                         if isinstance(name, ast.Name)}  # fmt: skip
                if takes & typed:
                    found[node.name] = takes & typed
    # Of a victim only what is finite: `_rated` leaves out names and ages.
    rated = ("_levels_of", "_axis_levels", "_completions", "_calm_level", "_alone", "_image_levels")
    assert found == {name: {"Victim"} for name in rated}
