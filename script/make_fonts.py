"""Makes the web fonts: IBM Plex Sans in two parts each, so that a page loads only the letters that stand on it.

The first part has the characters of Danish and English and the signs that pages use; the second, loaded when a name
asks for one of its letters, all others. The licence reserves the name "Plex" for unchanged files: these have another.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts"
STYLES = ("Regular", "Italic", "SemiBold")
FIRST = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2010, 0x2015), *range(0x2018, 0x201F)}
FIRST |= {0x2022, 0x2026, 0x20AC, 0x2212}
"""`unicode-range` of the first part in static/css/base.css names the same."""
FAMILY = "Handlekort Sans"
_NAMES = {1: FAMILY, 3: "HandlekortSans", 4: FAMILY, 6: "HandlekortSans"}
_FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum"]


def make(style: str, part: str, characters: set[int]) -> None:
    """Write the part of one style that has these characters."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=_FEATURES, name_IDs=[*range(7), 13, 14])
    options.drop_tables += ["meta"]
    font = TTFont(FOLDER / f"IBMPlexSans-{style}.ttf", recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    for record in font["name"].names:
        record.string = _NAMES.get(record.nameID, str(record))
    subset.save_font(font, str(FOLDER / f"HandlekortSans-{style}{part}.woff2"), options)


def main() -> None:
    """Write both parts of each style."""
    for style in STYLES:
        every = set(TTFont(FOLDER / f"IBMPlexSans-{style}.ttf").getBestCmap())
        make(style, "", every & FIRST)
        make(style, "-more", {code for code in every - FIRST if code > 0xFF})


if __name__ == "__main__":
    main()
