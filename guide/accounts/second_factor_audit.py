"""Write changes of a second factor to the access log."""

from http import HTTPStatus
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import User
from guide.web.middleware import Middleware


class SecondFactorChanges(Middleware):
    """Middleware that runs the pages that change a second factor, and their audit event, in one transaction.

    allauth sends its signals after the commit, too late for that.
    """

    PAGES: Final = {
        "mfa_activate_totp": "totp_added",
        "mfa_deactivate_totp": "totp_removed",
        "mfa_generate_recovery_codes": "codes_renewed",
        "mfa_add_webauthn": "key_added",
        "mfa_remove_webauthn": "key_removed",
    }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response; roll back the change when the event cannot be written or the page fails."""
        change, user = self._change(request), request.user
        if change is None or not isinstance(user, User):
            return self.get_response(request)
        # The transaction keeps every other writer waiting: a body that comes slowly is read before it begins.
        request.POST  # noqa: B018
        with transaction.atomic():
            before = _second_factors_of(user)
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            elif _second_factors_of(user) != before:
                audit_log.write_event(AuditVerb.LOGIN_CHANGED, by=user, detail=change)
        return response

    def _change(self, request: HttpRequest) -> str | None:
        """Return the event's detail for a request of such a page, else None."""
        if request.method != "POST":
            return None
        try:
            return self.PAGES.get(resolve(request.path_info).url_name or "")
        except Resolver404:
            return None


def _second_factors_of(user: User) -> set[int]:
    return set(Authenticator.objects.filter(user=user).values_list("pk", flat=True))
