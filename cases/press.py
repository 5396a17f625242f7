"""The printing press: HTML and CSS in on standard input, a PDF out. Started by ``cases.pdf`` as a process of its own.

It knows no Django, no database and no key. Before it reads a word it binds itself: so much memory, so much processor
time, no address to connect to, and no file or link to follow from what it is given. The fonts are the exception, and
their paths come from ``cases.pdf`` alone.
"""

from __future__ import annotations

import json
import resource
import sys
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
    pdf: bytes = document.write_pdf(stylesheets=[faces, style], font_config=fonts, pdf_variant="pdf/ua-1")
    return pdf


def _font_faces(paths: dict[str, str]) -> str:
    kinds = {"regular": ("normal", 400), "italic": ("italic", 400), "bold": ("normal", 600)}
    return "\n".join(
        f"@font-face{{font-family:'IBM Plex Sans';font-style:{style};font-weight:{weight};src:url('{paths[name]}')}}"
        for name, (style, weight) in kinds.items()
    )


if __name__ == "__main__":
    sys.exit(main())
