"""An account of which a row was changed outside the product is locked, and its owner is told whom to call.

The user's row is checked wherever a session's user is read, so on each request; the login methods when one is used.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.access import access_macs, audit_log
from cases.access.access_macs import AccessChanged, ChangedMeanwhile
from cases.enums import AuditVerb
from cases.models import User
from guide.models import SingleSignOn
from guide.web import error_pages
from guide.web.middleware import Middleware, View

LOGIN_METHODS = {
    EmailAddress: ("user_id", "email", "verified", "primary"),
    Authenticator: ("user_id", "type", "data"),
    SingleSignOn: SingleSignOn.DECIDES_ACCESS,
}
"""The columns of login methods that decide access; allauth finds the account of a mail address in both tables."""

for _model, _columns in LOGIN_METHODS.items():
    access_macs.cover(access_macs.LOGIN, _model, _columns, bundle="user_id")


def genuine_addresses(user: User) -> set[str]:
    """Return the addresses by which the account is found, in lower case, as far as the product wrote them."""
    table = EmailAddress._meta.db_table
    rows = access_macs.genuine_rows(access_macs.LOGIN, user.pk) or {}
    place = LOGIN_METHODS[EmailAddress].index("email")
    return {user.email} | {str(values[place]).lower() for key, values in rows.items() if key.startswith(f"{table}:")}


class AccountBackend(AuthenticationBackend):
    """allauth's backend, which reads each user with the MACs of their row and school."""

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session, marked when locked; None for an inactive or missing one."""
        user = next(iter(access_macs.user_with_macs(pk=user_id)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.locked = not access_macs.is_user_genuine(user)
        return user


class AccessLock(Middleware):
    """Ends the session of a locked account, and shows why a row that was changed stops a request."""

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the page of a locked account; public pages treat it as anonymous."""
        user = request.user
        if not isinstance(user, User) or not user.locked:
            return None
        request.user = AnonymousUser()
        if not getattr(view, "login_required", True):
            return None
        request.session.flush()
        return _refuse(request, AccessChanged(access_macs.ACCOUNT_LOCKED, user))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a row that was changed, None for another exception."""
        return _refuse(request, exception) if isinstance(exception, AccessChanged) else None


def _refuse(request: HttpRequest, refusal: AccessChanged) -> HttpResponse:
    if refusal.user is not None:
        audit_log.commit_event(AuditVerb.DENIED, by=refusal.user, detail=access_macs.LOCKED)
    is_conflict = isinstance(refusal, ChangedMeanwhile)
    return error_pages.refuse(
        request,
        status=HTTPStatus.CONFLICT if is_conflict else HTTPStatus.FORBIDDEN,
        title=_("Noget er ændret imens") if is_conflict else _("Adgangen er låst"),
        sentences=[str(refusal)],
        fields=error_pages.typed_text(request),
    )
