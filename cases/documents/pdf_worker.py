"""Read HTML and CSS from standard input, write a PDF. Started by ``cases.documents.pdf`` as a process of its own.

It knows no Django, no database and no key. Before it reads a word it binds itself: so much memory, so much processor
time, no address to connect to, and no file or link to follow from what it is given. The fonts are the exception, and
their paths come from ``cases.documents.pdf`` alone.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

CANNOT_START = 3
"""Exit code: the libraries that draw text (Pango and its kin) are not on this machine."""

TOO_HEAVY = 4
"""Exit code: the page took more memory than there is."""

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 60


def main() -> int:
    """Read ``{"html", "css", "fonts": {"regular", "italic", "bold"}}`` as JSON, write the PDF. Gives the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_network)
    sheet = json.load(sys.stdin)
    try:
        pdf = _draw(sheet)
    except ImportError:
        return CANNOT_START
    except MemoryError:
        return TOO_HEAVY
    except OSError as error:
        if "cannot load library" not in str(error):
            raise
        return CANNOT_START
    sys.stdout.buffer.write(pdf)
    return 0


def _no_network(event: str, args: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("a page that is printed reaches for nothing")


def _draw(sheet: dict[str, Any]) -> bytes:
    # Here and not above: a machine without Pango has to be told so, in words.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    nothing = URLFetcher(allowed_protocols=(), allow_redirects=False)
    fonts = FontConfiguration()
    # Only this sheet of our own making may open a file: the three fonts.
    faces = CSS(
        string=_font_faces(sheet["fonts"]), font_config=fonts, url_fetcher=URLFetcher(allowed_protocols=("file",))
    )
    style = CSS(string=sheet["css"], font_config=fonts, url_fetcher=nothing)
    document = HTML(string=sheet["html"], url_fetcher=nothing)
    pdf: bytes = document.write_pdf(
        stylesheets=[faces, style], font_config=fonts, pdf_variant="pdf/ua-1", finisher=_finish
    )
    return pdf


def _finish(_document: Any, pdf: Any) -> None:
    """Mend what WeasyPrint's tags leave out, before the file is written.

    Every head of a table is said to be a column's: some readers go by that alone, and no table here has heads of rows.
    What stands on the margins of each page is marked as no part of the text: else it is content without a place in it.
    """
    parts = {part.reference: part for part in pdf.objects}
    tree = parts[pdf.catalog["StructTreeRoot"]]
    for part in pdf.objects:
        if isinstance(part, dict) and part.get("S") == "/TH":
            part["A"]["Scope"] = "/Column"
    placed = set(_placed(tree, parts))
    places = iter(parts[tree["ParentTree"]]["Nums"])
    for reference, (_number, owners) in zip(pdf.page_references, zip(places, places, strict=True), strict=False):
        loose = [mark for mark in range(len(owners)) if (reference, mark) not in placed]
        for mark in loose:
            owners[mark] = "null"
        content = parts[parts[reference]["Contents"]]
        content.stream = list(_loosened(content.stream, set(loose)))


def _placed(tree: Any, parts: Any) -> Iterator[tuple[Any, int]]:
    """Page and number of every piece of content that has a place in the tree."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        for kid in part.get("K", ()):
            if isinstance(kid, int):
                yield part["Pg"], kid
            else:
                waiting.append(parts[kid])


def _loosened(operations: list[Any], loose: set[int]) -> Iterator[Any]:
    """The drawing of a page, with these pieces of content begun as artifacts: tag, marks, BDC becomes tag, BMC."""
    for place, operation in enumerate(operations):
        ahead = operations[place : place + 2]
        marks = next((part["MCID"] for part in ahead if isinstance(part, dict) and "MCID" in part), None)
        behind = operations[place - 1] if place else None
        if isinstance(behind, dict) and behind.get("MCID") in loose:
            yield b"BMC"
        elif marks not in loose:
            yield operation
        elif not isinstance(operation, dict):
            yield b"/Artifact"


def _font_faces(paths: dict[str, str]) -> str:
    kinds = {"regular": ("normal", 400), "italic": ("italic", 400), "bold": ("normal", 600)}
    return "\n".join(
        f"@font-face{{font-family:'IBM Plex Sans';font-style:{style};font-weight:{weight};src:url('{paths[name]}')}}"
        for name, (style, weight) in kinds.items()
    )


if __name__ == "__main__":
    sys.exit(main())
