"""Whether somebody proved lately who they are: a paper is not made for whoever finds a computer open."""

import time
from datetime import timedelta
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

LIMIT: Final = timedelta(minutes=10)


def is_recent(request: HttpRequest) -> bool:
    """Return whether the user logged in, or gave password or second factor again, within ``LIMIT``."""
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(time.time() - max(request.session.get("began", 0), *proofs, 0) <= LIMIT.total_seconds())


def ask_again(request: HttpRequest) -> HttpResponse:
    """Return the way to prove it, and back to this address. Without a password or second factor here: a new login."""
    back = {"next": request.get_full_path()}
    if get_reauthentication_flows(request.user):
        return redirect(reverse("account_reauthenticate", query=back))
    logout(request)
    return redirect(reverse("account_login", query=back))


def page_for(request: HttpRequest) -> str:
    """Return the page to prove it on, for whoever has typed something and must not leave it."""
    return reverse("account_reauthenticate" if get_reauthentication_flows(request.user) else "account_logout")
