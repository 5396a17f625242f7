"""The user of a request to a page behind login."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from cases.models import User


def current_user(request: HttpRequest) -> User:
    """The user that is logged in. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
