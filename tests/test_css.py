"""Every class of the stylesheets is given somewhere, and every class that a template gives means something."""

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"

_NAME = r"-?[A-Za-z_][\w-]*"


def texts(folder: Path, pattern: str) -> Iterable[str]:
    return (path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern)))


def classes_of(stylesheet: str) -> set[str]:
    """Return the classes of all selectors."""
    rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", stylesheet, flags=re.S)
    return {name for head in re.findall(r"([^{}]*)\{", rules) for name in re.findall(rf"\.({_NAME})", head)}


def given(template: str) -> tuple[set[str], set[str]]:
    """Return the classes that a template gives, and the beginnings of those that end in a variable."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for value in re.findall(r"\bclass=\"((?:{%.*?%}|{{.*?}}|[^\"{])*)\"", re.sub(r"{#.*?#}", "", template)):
        beginnings |= set(re.findall(rf"({_NAME}){{{{", value))
        words |= set(re.sub(r"\S*{{.*?}}|{%.*?%}", " ", value).split())
    words |= set(re.findall(r"(?:_class=['\"]|_class\|default:['\"]|{% block kind %})([\w-]+)", template))
    return words, beginnings


def given_anywhere() -> tuple[set[str], set[str]]:
    found = [given(text) for text in texts(ROOT / "templates", "*.html")]
    in_code = {
        name
        for package in ("guide", "cases")
        for text in texts(ROOT / package, "*.py")
        for value in re.findall(r"(?:\"class\": |\blook=|\bcss=)\"([^\"]*)\"", text)
        for name in value.split()
    }
    in_script = {
        name for text in STATIC.glob("*.js") for name in re.findall(rf"[\" .]({_NAME})(?=[\" .])", text.read_text())
    }
    written_in_code = {
        name
        for text in texts(ROOT / "guide", "*.py")
        for value in re.findall(r"\"class\": f\"([^\"]*)\"", text)
        for name in value.split()
    }
    begun_in_code = {name.partition("{")[0] for name in written_in_code if "{" in name}
    return (
        set().union(*(words for words, _ in found), in_code, in_script, written_in_code),
        set().union(*(beginnings for _, beginnings in found), begun_in_code),
    )


def own() -> set[str]:
    return classes_of(
        "".join(path.read_text(encoding="utf-8") for path in [*STATIC.glob("css/*.css"), STATIC / "pdf.css"])
    )


def test_every_class_of_a_stylesheet_is_given_somewhere() -> None:
    words, beginnings = given_anywhere()
    assert len(words) > 200
    assert {name for name in own() - words if not name.startswith(tuple(beginnings))} == set()


def test_every_class_of_a_template_means_something() -> None:
    known = own() | classes_of((STATIC / "vendor/dkfds/dkfds.css").read_text(encoding="utf-8"))
    asked_for = (STATIC / "handlekort.js").read_text(encoding="utf-8") + "".join(texts(ROOT / "tests", "*.py"))
    words = set().union(*(given(text)[0] for text in texts(ROOT / "templates", "*.html")))
    assert {name for name in words - known if name not in asked_for} == set()
