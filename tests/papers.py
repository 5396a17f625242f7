"""A paper of a case is asked for by a form, which says for whom it is."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.models import Case


def ask_for(client: Client, case: Case, name: str, *more: str, query: str = "", **typed: str) -> HttpResponse:
    """Ask for the paper at the address of this name, for oneself where nothing else is typed."""
    address = reverse(name, args=[case.public_id, *more]) + query
    response: HttpResponse = client.post(address, {"recipient": "selv", **typed})
    return response
