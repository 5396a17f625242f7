"""Read HTML and CSS from standard input, write a PDF. Started by ``cases.documents.pdf`` as a process of its own.

It knows no Django, no database and no key. Before it reads its input it lowers its priority, limits its memory and
processor time, and forbids network connections. It opens no file or link named in the input but the fonts, whose paths
come from ``cases.documents.pdf``.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

CANNOT_START = 3
"""Exit code: the libraries that WeasyPrint needs (Pango) are not on this machine."""

TOO_HEAVY = 4
"""Exit code: the page needs more memory than the limit."""

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 90

LONGEST_LINE = 1_000
"""Characters of a text that are laid out to fill one line: thrice as many as apostrophes on a line of A4."""

MOST_BREAKS = 200
"""Line breaks of one text that are printed as such: about as many lines as the longest text has without any."""

BREAK = "¶"
"""What is printed for each further one."""

_BREAKS = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")

LOWER_PRIORITY = 5
"""Pages get three times as much of a busy processor."""


def main() -> int:
    """Read a job as JSON, write the PDF, return the exit code.

    The job is ``{"html", "css", "fonts": {"regular", "italic", "bold"}, "joined"}``; ``joined`` says that from there on
    a line break is printed as ``BREAK``.
    """
    os.nice(LOWER_PRIORITY)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_network)
    sheet = json.load(sys.stdin)
    try:
        pdf = _render(sheet)
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
        raise PermissionError("the PDF worker opens no connection")


def _render(sheet: dict[str, Any]) -> bytes:
    # Here and not above: without Pango the import fails, and the exit code says so.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    _bound_lines()
    nothing = URLFetcher(allowed_protocols=(), allow_redirects=False)
    fonts = FontConfiguration()
    # Only this style sheet of our own may open files: the three fonts.
    faces = CSS(
        string=_font_faces(sheet["fonts"]), font_config=fonts, url_fetcher=URLFetcher(allowed_protocols=("file",))
    )
    style = CSS(string=sheet["css"], font_config=fonts, url_fetcher=nothing)
    document = HTML(string=sheet["html"], url_fetcher=nothing)
    _join_lines(document.etree_element, sheet["joined"])
    pdf: bytes = document.write_pdf(
        stylesheets=[faces, style], font_config=fonts, pdf_variant="pdf/ua-1", finisher=_complete_tags
    )
    return pdf


def _join_lines(root: Any, words: str) -> None:
    """Print the lines of a text beyond a number on as few lines as they fill, with a sign where each ends.

    A line costs as much whether it is full or has one character: a note of nothing but short ones took ten seconds.
    """
    for element in root.iter():
        for place in ("text", "tail"):
            *first, rest = _BREAKS.split(getattr(element, place) or "", maxsplit=MOST_BREAKS)
            if _BREAKS.search(rest):
                joined = _BREAKS.sub(f" {BREAK} ", rest)
                setattr(element, place, "\n".join([*first, f"[{words}] {joined}"]))


def _bound_lines() -> None:
    """Let WeasyPrint lay out no more of a text than fills the next line.

    It lays out all the rest where it finds no break in a sample: for each line of a run without spaces. Pango takes
    more than linear time where scripts or directions alternate, so that one long note took minutes.
    """
    from weasyprint.layout import inline

    split_first_line = inline.split_first_line

    def split_bounded(text: str, style: Any, context: Any, max_width: float | None, *rest: Any, **named: Any) -> Any:
        start = text if max_width is None else text[:LONGEST_LINE]
        layout, length, resume, *sizes = split_first_line(start, style, context, max_width, *rest, **named)
        if resume is None and len(start) < len(text):
            resume = len(start.encode())
        return layout, length, resume, *sizes

    inline.split_first_line = split_bounded


def _complete_tags(_document: Any, pdf: Any) -> None:
    """Complete WeasyPrint's tags before the file is written.

    Every table header gets the scope of a column, which some readers need; no table here has row headers. Content on
    the margins is marked as an artifact: otherwise it is content outside the structure tree.
    """
    parts = {part.reference: part for part in pdf.objects}
    tree = parts[pdf.catalog["StructTreeRoot"]]
    for part in pdf.objects:
        if isinstance(part, dict) and part.get("S") == "/TH":
            part["A"]["Scope"] = "/Column"
    tagged = set(_tagged_content(tree, parts))
    numbers = iter(parts[tree["ParentTree"]]["Nums"])
    for reference, (_number, owners) in zip(pdf.page_references, zip(numbers, numbers, strict=True), strict=False):
        untagged = [mark for mark in range(len(owners)) if (reference, mark) not in tagged]
        for mark in untagged:
            owners[mark] = "null"
        content = parts[parts[reference]["Contents"]]
        content.stream = list(_with_artifacts(content.stream, set(untagged)))


def _tagged_content(tree: Any, parts: Any) -> Iterator[tuple[Any, int]]:
    """Yield page and number of every marked content in the structure tree."""
    pending = [tree]
    while pending:
        part = pending.pop()
        for kid in part.get("K", ()):
            if isinstance(kid, int):
                yield part["Pg"], kid
            else:
                pending.append(parts[kid])


def _with_artifacts(operations: list[Any], untagged: set[int]) -> Iterator[Any]:
    """Yield a page's operations with these marked contents as artifacts: tag, marks, BDC becomes tag, BMC."""
    for index, operation in enumerate(operations):
        ahead = operations[index : index + 2]
        marks = next((part["MCID"] for part in ahead if isinstance(part, dict) and "MCID" in part), None)
        behind = operations[index - 1] if index else None
        if isinstance(behind, dict) and behind.get("MCID") in untagged:
            yield b"BMC"
        elif marks not in untagged:
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
