import pytest
from django.db import OperationalError
from django.test import Client

from cases.models import ChainEnd


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/helbred/", "/helbred/klar/"])
def test_answers_in_a_word_and_sets_no_cookie(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain")
    assert not answer.cookies


def test_alive_asks_no_database(client: Client) -> None:
    assert client.get("/helbred/").status_code == 200


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError

    monkeypatch.setattr(ChainEnd.objects, "exists", away)
    answer = client.get("/helbred/klar/")
    assert (answer.status_code, answer.content) == (503, b"no database")


@pytest.mark.django_db
def test_load_balancer_is_not_sent_to_https(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert client.get("/helbred/").status_code == 200
    assert client.get("/akut/").status_code == 301
