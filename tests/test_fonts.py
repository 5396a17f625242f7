"""The web fonts and the ranges by which a browser chooses among them belong together."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parent.parent / "static"
FACES = re.findall(
    r'@font-face \{.*?url\("\.\./(fonts/[^"]+)"\).*?unicode-range: ([^;]+);', (STATIC / "css/base.css").read_text()
)


def in_range(written: str) -> set[int]:
    ends = [part.strip().removeprefix("U+").partition("-") for part in written.split(",")]
    return {code for first, _dash, last in ends for code in range(int(first, 16), int(last or first, 16) + 1)}


def characters(file: str) -> set[int]:
    return set(TTFont(STATIC / file).getBestCmap())


@pytest.mark.parametrize(("file", "written"), FACES)
def test_font_has_what_its_range_promises_of_the_typeface(file: str, written: str) -> None:
    style = Path(file).stem.split("-")[1]
    assert characters(file) == characters(f"fonts/IBMPlexSans-{style}.ttf") & in_range(written)


def test_first_parts_have_all_that_danish_and_english_need() -> None:
    assert len(FACES) == 6
    needed = set(map(ord, "abcdefghijklmnopqrstuvwxyzæøåéüöäABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅÉ0123456789»«–—’“”…·§−€•"))
    assert [file for file, written in FACES if "-more" not in file and needed - in_range(written)] == []
