"""PDFs never starve pages: one at a time for each user, few on the machine, and a refusal that says what to do."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.documents import pdf, pdf_queue
from cases.documents.pdf_queue import Busy, OwnUnfinished, pdf_place
from cases.models import Case, School, User
from tests.factories import make_case, make_user
from tests.papers import ask_for


@pytest.fixture(autouse=True)
def _drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "render_pdf", lambda html: b"%PDF-1.7")


@contextmanager
def held_elsewhere(user: User) -> Iterator[int]:
    """Another process makes a PDF for the user; yields its id."""
    told, tell = os.pipe()
    process = os.fork()
    if not process:
        with pdf_place(user):
            os.write(tell, b"x")
            signal.pause()
    os.read(told, 1)
    try:
        yield process
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(told)
        os.close(tell)


def taken(held: ExitStack, name: str, count: int) -> None:
    """Take all places of a kind."""
    folder = Path(settings.PDF_QUEUE_DIR)
    folder.mkdir(exist_ok=True)
    for number in range(count):
        assert pdf_queue._take(held, [folder / f"{name}-{number}"])


def ask(client: Client, case: Case) -> Any:
    client.force_login(case.owner)
    return ask_for(client, case, "resume_pdf")


def test_second_pdf_of_a_user_is_refused_at_once(client: Client, case: Case, school: School) -> None:
    """Also by another process of the server; a colleague's is made."""
    with held_elsewhere(case.owner):
        refused = ask(client, case)
        assert ask(client, make_case(make_user(school=school))).status_code == 200
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Du er allerede ved at hente en PDF" in refused.text
    assert f'action="{reverse("resume_pdf", args=[case.public_id])}"' in refused.text
    assert "Content-Disposition" not in refused
    assert ask(client, case).status_code == 200


def test_killed_process_frees_its_places(client: Client, case: Case, school: School) -> None:
    others = [make_user(school=school) for _number in range(pdf_queue.AT_ONCE)]
    with ExitStack() as running:
        processes = [running.enter_context(held_elsewhere(user)) for user in others]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf_queue, "WAIT_LIMIT", 0.1)
            assert ask(client, case).status_code == 503
        os.kill(processes[0], signal.SIGKILL)
        assert ask(client, case).status_code == 200


def test_full_queue_refuses_at_once(client: Client, case: Case) -> None:
    with ExitStack() as held:
        taken(held, "place", pdf_queue.PLACES)
        refused = ask(client, case)
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "Der er kø til at lave PDF’er" in refused.text
    assert ask(client, case).status_code == 200


def test_no_more_wait_than_there_are_places(case: Case, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_queue, "WAIT_LIMIT", 0)
    with ExitStack() as held:
        for _number in range(pdf_queue.AT_ONCE):
            held.enter_context(pdf_place(make_user(school=school)))
        with pytest.raises(Busy):
            held.enter_context(pdf_place(case.owner))
        # The one that waited in vain keeps nothing.
        with pytest.raises(Busy):
            held.enter_context(pdf_place(case.owner))


def test_whoever_waits_gets_the_next_place(client: Client, case: Case) -> None:
    held = ExitStack()
    taken(held, "press", pdf_queue.AT_ONCE)
    Timer(0.3, held.close).start()
    assert ask(client, case).status_code == 200


def test_failed_pdf_frees_its_places(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(html: str) -> bytes:
        raise pdf.TooHeavy

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render_pdf", fail)
        assert ask(client, case).status_code == 503
    assert ask(client, case).status_code == 200


def test_same_user_twice_in_one_process(case: Case) -> None:
    with pdf_place(case.owner), pytest.raises(OwnUnfinished), pdf_place(case.owner):
        pass


def test_folder_of_somebody_else_is_not_used(
    client: Client, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owned the locks could hold up everybody."""
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setattr(settings, "PDF_QUEUE_DIR", tmp_path / "link")
    assert ask(client, case).status_code == 503
