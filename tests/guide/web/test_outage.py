"""What a user sees when something broke: nothing half saved, and every word handed back."""

from unittest.mock import patch

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client

from cases.enums import Role
from cases.models import Entry
from tests.factories import make_case, make_school, make_user

TEXT = "Eleven fortalte om billedet <b>æøå</b>"

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(client: Client) -> str:
    """A section of the logged-in user's own case."""
    owner = make_user(Role.STAFF, school=make_school())
    client.force_login(owner)
    client.raise_request_exception = False
    return f"/sager/{make_case(owner).public_id}/trin/afdaek/fortalt/"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (OperationalError("database is locked"), 503),
        (OperationalError("database or disk is full"), 503),
        (InterfaceError("connection already closed"), 503),
        (DatabaseError("something else"), 500),
        (RuntimeError("a fault of ours"), 500),
    ],
)
def test_a_fault_while_saving_hands_the_text_back(client: Client, address: str, fault: Exception, status: int) -> None:
    entries = Entry.objects.count()
    with patch("cases.access.audit_log.write_event", side_effect=fault):
        answer = client.post(address, {"what_happened": TEXT, "handling": "gem", "base_seq": "0"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert "Intet er gemt" in page
    assert page.count("Eleven fortalte om billedet &lt;b&gt;æøå&lt;/b&gt;") == 2, "in the form and for the eye"
    assert str(fault) not in page
    assert Entry.objects.count() == entries


def test_a_fault_under_htmx_answers_with_a_fragment(client: Client, address: str) -> None:
    with patch("cases.access.audit_log.write_event", side_effect=OperationalError("away")):
        answer = client.post(address, {"what_happened": TEXT}, headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "<html" not in answer.content.decode()
    assert "Det blev ikke gemt" in answer.content.decode()


@pytest.mark.parametrize(("fault", "status"), [(OperationalError("away"), 503), (RuntimeError("ours"), 500)])
def test_a_fault_while_reading_says_so(client: Client, address: str, fault: Exception, status: int) -> None:
    with patch("cases.access.audit_log.write_event", side_effect=fault):
        answer = client.get(address)
    assert answer.status_code == status
    assert "ring 112" in answer.content.decode()


def test_the_page_comes_when_the_session_cannot_be_read(client: Client, address: str) -> None:
    with patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError("away")):
        answer = client.post(address, {"what_happened": TEXT})
    assert answer.status_code == 503
    assert "Eleven fortalte" in answer.content.decode()
