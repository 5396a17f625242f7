"""One-click login in demo mode, for requests from this machine; otherwise 404."""

import ipaddress
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import User
from guide.accounts.second_factor import DEMO_MARK
from guide.web.redirects import is_local_path


def demo_users() -> QuerySet[User]:
    """Return the users that the login page offers, with school and municipality."""
    return (
        User.objects.filter(is_active=True)
        .select_related("school", "municipality")
        .order_by("school__name", "role", "name")
    )


@login_not_required
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Log in as the user whose public id is posted as `user`; outside a demo on this machine answer 404."""
    if not settings.DEMO or not _from_this_machine(request):
        raise Http404
    try:
        public_id = uuid.UUID(request.POST.get("user", ""))
        user = get_user_model().objects.get(public_id=public_id, is_active=True)
    except (ValueError, User.DoesNotExist):
        raise Http404 from None
    request.session.flush()
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN, by=user, detail="demo")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[DEMO_MARK] = True
    wanted = request.POST.get("next", "")
    return redirect(wanted if is_local_path(wanted) else settings.LOGIN_REDIRECT_URL)


def _from_this_machine(request: HttpRequest) -> bool:
    """Return whether both addresses are loopback and no proxy forwarded the request."""
    forwarded = {"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip"} & set(request.headers)
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return not forwarded and _is_loopback(request.META.get("REMOTE_ADDR", "")) and _is_loopback(host)


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
