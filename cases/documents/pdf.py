"""Render HTML as PDF in a process of its own that gets the text only.

The process has a time limit and a memory limit, no network, no keys and no database (see
``cases.documents.pdf_worker``). A page that cannot be rendered in time is refused with a sentence and does not stop
the server. Tagged as PDF/UA-1.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.access.page_queue import PAGE_QUEUE
from cases.access.paper_log import Stamp
from cases.documents.police_sheet import PoliceSheet
from cases.documents.summary import LogPrint, Sheet

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""The Debian packages that WeasyPrint needs."""

TIME_LIMIT = 180.0
"""Seconds that one PDF may take, most of them waiting for pages on a busy machine; a usual long case takes three."""

LONGEST = 2_000
"""The entries of the longest case of which it is tested that it prints.

That took 270 pages, 850 MB and 35 seconds of a processor that others used too; the limits of the worker have room for
as much again. Sixty notes of full length print too, whatever the length of their lines.
"""

_JOINED = _("Herfra står et linjeskift som ¶.")

WORKER = Path(__file__).with_name("pdf_worker.py")
_CANNOT_START, _TOO_HEAVY = 3, 4
_FONTS = {"regular": "Regular", "italic": "Italic", "bold": "SemiBold"}
_log = logging.getLogger("handlekort")


class PdfError(Exception):
    """No PDF was made. ``title`` and ``sentences`` say why, for the person who asked; they hold no text of the case.

    ``status`` is that of the answer; ``retry_after`` the seconds after which it is worth asking again, 0 for never.
    """

    title: str | Promise = _("PDF’en kunne ikke laves")
    sentences: tuple[str | Promise, ...] = (
        _("Der gik noget galt, mens siderne blev sat op. Sagen er uberørt."),
        _("Prøv igen, eller udskriv sagsresuméet fra skærmen."),
    )
    status = 503
    retry_after = 0


class LibrariesMissing(PdfError):
    """The machine lacks the libraries that WeasyPrint needs."""

    title = _("Denne maskine kan ikke lave PDF endnu")
    sentences = (
        _("Der mangler nogle Debian-pakker. Den, der driver maskinen, installerer dem sådan:"),
        f"apt-get install {PACKAGES}",
        _("Indtil da kan sagsresuméet udskrives fra skærmen."),
    )


class TooHeavy(PdfError):
    """The page took too long, or too much memory."""

    title = _("Sagen er for lang til en PDF")
    sentences = (
        _("Siderne kunne ikke sættes op i tide. Sagen er uberørt."),
        _("Hent det korte resumé i stedet, eller udskriv sagsresuméet og loggen fra skærmen."),
    )


def render_summary(sheet: Sheet, stamp: Stamp) -> bytes:
    """Return the summary as PDF. Raises PdfError."""
    return render_pdf(_html("resume", {"sheet": sheet, "stamp": stamp}))


def render_first_page(sheet: Sheet, stamp: Stamp) -> bytes:
    """Return the first page of the summary as PDF. Raises PdfError."""
    return render_pdf(_html("kort", {"sheet": sheet, "stamp": stamp}))


def render_log(log: LogPrint, stamp: Stamp) -> bytes:
    """Return the whole log as PDF. Raises PdfError."""
    return render_pdf(_html("log", {"sheet": log, "stamp": stamp}))


def render_police_sheet(sheet: PoliceSheet, stamp: Stamp) -> bytes:
    """Return the police sheet as PDF. Raises PdfError."""
    return render_pdf(_html("politiark", {"police": sheet, "sheet": sheet.sheet, "stamp": stamp}))


def render_notification(context: dict[str, Any], stamp: Stamp) -> bytes:
    """Return the draft of a notification as PDF. Raises PdfError."""
    return render_pdf(_html("underretning", {**context, "stamp": stamp}))


def render_log_sheet(reference: str, school: str, contact: str) -> bytes:
    """Return an empty log sheet for the family's own notes as PDF. Raises PdfError."""
    context = {"reference": reference, "school": school, "contact": contact, "rows": range(20)}
    return render_pdf(_html("logark", context))


def _html(name: str, context: dict[str, Any]) -> str:
    """Return the paper as HTML, written in turn with the pages of cases: that of a long case is as much work."""
    with PAGE_QUEUE:
        return render_to_string(f"pdf/{name}.html", context)


def render_pdf(html: str) -> bytes:
    """Return an HTML document as PDF. Raises TooHeavy, LibrariesMissing, or PdfError for any other failure."""
    css = (_static() / "pdf.css").read_text(encoding="utf-8")
    job = {"html": html, "css": css, "fonts": _font_paths(), "joined": str(_JOINED)}
    return _run(json.dumps(job).encode("ascii"))


def _run(job: bytes) -> bytes:
    try:
        # -I and an own environment: the server's holds the master keys.
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-I", str(WORKER)],
            input=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooHeavy from error
    if done.returncode == 0 and done.stdout.startswith(b"%PDF"):
        return done.stdout
    if done.returncode == _CANNOT_START:
        raise LibrariesMissing
    _log.error("the PDF worker ended with code %d", done.returncode)
    if done.returncode < 0 or done.returncode == _TOO_HEAVY:
        raise TooHeavy
    raise PdfError


def _font_paths() -> dict[str, str]:
    return {name: (_static() / "fonts" / f"IBMPlexSans-{face}.ttf").as_uri() for name, face in _FONTS.items()}


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"
