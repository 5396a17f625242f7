"""django-allauth's pages without those that create an account or change its address.

Beside them single sign-on and the list of one's own sessions.
"""

from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.urls import include, path

from guide.accounts import sessions
from guide.accounts.sso import views


@login_not_required
def closed(request: HttpRequest, **kwargs: Any) -> NoReturn:
    """Raise Http404: administrators manage accounts and addresses."""
    raise Http404


# Closed pages come first and keep allauth's names, because allauth's pages link to them.
urlpatterns = [
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", closed, name="account_confirm_email"),
    path("login/code/confirm/", closed, name="account_confirm_login_code"),
    path("password/set/", closed, name="account_set_password"),
    path("sso/<slug:provider_key>/", views.begin, name="sso_begin"),
    path("sso/<slug:provider_key>/retur/", views.finish, name="sso_finish"),
    path("her-er-du-logget-ind/", sessions.own, name="own_sessions"),
    path("bliv/", sessions.stay, name="bliv"),
    path("skjul/", sessions.hide, name="skjul"),
    path("", include("allauth.urls")),
]
