"""The bounds of the process that draws papers, tried from inside it, and from a server that waits for it in vain."""

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from cases.documents import pdf, pdf_worker
from cases.text.text_rules import MAX_LENGTH
from tests import figures
from tests.cases.documents.test_pdf import flowing
from tests.machine import slowness

ROOT = Path(__file__).resolve().parents[3]
SHEET = b'{"html": "", "css": "", "fonts": {}, "joined": ""}'


def inside(action: str) -> subprocess.CompletedProcess[bytes]:
    """Let the worker do this instead of drawing."""
    code = "import resource, socket, sys; from cases.documents import pdf_worker; "
    code += f"pdf_worker._render = lambda sheet: {action}; sys.exit(pdf_worker.main())"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=SHEET, capture_output=True, check=False)


def test_memory_has_an_end() -> None:
    assert inside(f"len(bytes({pdf_worker.MEMORY_BYTES} + 1))").returncode == pdf_worker.TOO_HEAVY


def test_processor_time_has_an_end() -> None:
    limits = inside(
        "repr([resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_CORE)]).encode()"
    )
    assert limits.stdout == repr([(pdf_worker.CPU_SECONDS, pdf_worker.CPU_SECONDS), (0, 0)]).encode()


def test_pages_go_before_pdfs() -> None:
    lower = min(19, os.nice(0) + pdf_worker.LOWER_PRIORITY)
    assert inside("repr(__import__('os').nice(0)).encode()").stdout == str(lower).encode()


@pytest.mark.parametrize(
    "action", ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('localhost', 80)"]
)
def test_no_socket_opens(action: str) -> None:
    done = inside(action)
    assert done.returncode != 0
    assert b"the PDF worker opens no connection" in done.stderr


class Waiting(BaseHTTPRequestHandler):
    """Notes who asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer anything."""
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server that would be asked, were anything followed."""
    waiting = HTTPServer(("127.0.0.1", 0), Waiting)
    thread = Thread(target=waiting.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{waiting.server_port}"
    waiting.shutdown()
    thread.join()
    waiting.server_close()


def test_nobody_is_asked_for_anything(server: str) -> None:
    markup = (
        f'<html lang="da"><head><title>x</title><link rel="stylesheet" href="{server}/a.css">'
        f"<style>@import url({server}/b.css); p {{ background: url({server}/c.png) }}</style></head>"
        f'<body><p>tekst</p><img src="{server}/d.png" alt=""><object data="{server}/e.svg"></object></body></html>'
    )
    assert io.BytesIO(pdf.render_pdf(markup)).read(5) == b"%PDF-"
    assert Waiting.asked == []


HOSTILE = (
    ("aא", "\u00adא")
    if not figures.LONG
    else ("aא", "\u00adא", "\u00ad ", "a", "aβ", "a\u00a0", "'ا", "क्", "\n", "a😀")
)
"""Parts of text in which breaks, scripts or directions change, or no line may break."""
CHARACTERS = figures.amount(5_000, 10_000)
AT_MOST = 1.4e-3
"""How much more time than an empty sheet each character takes, once in a paragraph and once in a narrow column."""


def time_to_set(text: str) -> float:
    """Return the processor time of a sheet with the text in a paragraph and in a narrow column."""
    cell = f'<td class="pre">{text}</td>' + "<td>x</td>" * 4
    html = f'<html lang="da"><title>x</title><p class="pre">{text}</p><table><tr>{cell}</tr></table></html>'
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    pdf.render_pdf(html)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began.ru_utime


def test_no_text_takes_long_to_set() -> None:
    """Each beside an empty sheet of the same minute, and again where it took long: the machine has other work too."""
    most = 1 + AT_MOST * CHARACTERS
    texts = [(part * CHARACTERS)[:CHARACTERS] for part in HOSTILE]
    assert [text[:5] for text in texts if all(_ratio(text) >= most for _try in range(3))] == []


def _ratio(text: str) -> float:
    return time_to_set(text) / time_to_set("")


def test_short_lines_cost_no_more_than_long_ones() -> None:
    """A dozen texts of one character a line took all the time that a PDF has."""
    count = MAX_LENGTH // 2
    lines = "".join(chr(ord("a") + number % 26) + "\n" for number in range(count))
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    content = pdf.render_pdf(f'<html lang="da"><title>x</title><p class="pre">{lines}</p><p>slut</p></html>')
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.ru_utime - began.ru_utime < 4 * slowness()
    text = "".join(flowing(content).split())
    head, said, rest = text.partition("[Herfraståretlinjeskiftsom¶.]")
    assert said
    assert "¶" not in head
    assert rest.endswith("slut")
    assert (head + rest).replace("¶", "").removesuffix("slut") == "".join(lines.split())
