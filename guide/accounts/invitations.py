"""Tell new users by mail that they have an account, and where they choose a password."""

from collections.abc import Iterable

from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import User


def invite(users: Iterable[User], request: HttpRequest) -> None:
    """Send each of them one mail, in the background (guide/web/background_mail.py). It has no secret in it.

    The page for a forgotten password sends the link that is good for an hour, so an invitation never grows old.
    """
    words = {
        "page": request.build_absolute_uri(reverse("account_reset_password")),
        "start": request.build_absolute_uri(reverse("start")),
    }
    for user in users:
        text = render_to_string("account/email/invitation_message.txt", {**words, "user": user})
        EmailMessage(_("Handlekort: din konto"), text, to=[user.email]).send()
