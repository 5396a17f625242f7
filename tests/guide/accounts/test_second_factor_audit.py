"""The pages that change a second factor, and the transaction around them."""

from io import BytesIO

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from guide.accounts.second_factor_audit import SecondFactorChanges
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(BytesIO):
    """A body that notes whether a transaction was open while it was read."""

    held = False

    def read(self, size: int | None = -1) -> bytes:
        Slow.held = Slow.held or connection.in_atomic_block
        return super().read(size)


def test_body_is_read_before_anybody_has_to_wait_for_it() -> None:
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory().post(reverse("mfa_activate_totp"), "code=1", content_type=kind)
    request.user = make_user()
    request._stream = Slow(b"code=1")

    def page(asked: HttpRequest) -> HttpResponse:
        assert connection.in_atomic_block
        return HttpResponse(asked.POST["code"])

    assert SecondFactorChanges(page)(request).content == b"1"
    assert not Slow.held
