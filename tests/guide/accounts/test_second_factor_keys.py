"""Second factors follow the master key."""

import base64
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken

from cases.models import User
from cases.operations import key_rotation
from guide.accounts.second_factor_keys import SecondFactors

OLD, NEW = (f"{name}:{base64.b64encode(bytes(range(seed, seed + 32))).decode()}" for name, seed in (("a", 1), ("b", 9)))


@pytest.fixture
def factors(staff: User, settings: Any) -> list[Authenticator]:
    """A telephone, recovery codes, older codes and a security key, sealed under the old key."""
    settings.HANDLEKORT_KEYS = OLD
    TOTP.activate(staff, "HEMMELIG")
    RecoveryCodes.activate(staff)
    other = User.objects.create_user("bo@sundby.example", name="Bo", role="staff", school=staff.school)
    migrated = {"migrated_codes": [encrypt("11111111"), encrypt("22222222")]}
    Authenticator.objects.create(user=other, type=Authenticator.Type.RECOVERY_CODES, data=migrated)
    Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data={"credential": {"id": "x"}})
    return list(Authenticator.objects.order_by("pk"))


def codes() -> list[Any]:
    rows = list(Authenticator.objects.order_by("pk"))
    return [decrypt(rows[0].data["secret"]), RecoveryCodes(rows[1]).generate_codes(), RecoveryCodes(rows[2]).generate_codes()]  # fmt: skip  # noqa: E501


def test_secrets_follow_the_key_and_stay_the_same(factors: list[Authenticator], settings: Any) -> None:
    before = codes()
    settings.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    assert SecondFactors().usage() == key_rotation.KeyUsage(0, 3, 0)
    assert [(owner.key, done) for owner, done in key_rotation.rotate(2)] == [
        ("second_factors", 2),
        ("second_factors", 1),
    ]
    assert SecondFactors().usage() == key_rotation.KeyUsage(3, 0, 0)
    settings.HANDLEKORT_KEYS = NEW
    assert codes() == before
    assert before[0] == "HEMMELIG"
    settings.HANDLEKORT_KEYS = OLD
    with pytest.raises(InvalidToken):
        codes()
    assert Authenticator.objects.get(type="webauthn").data == {"credential": {"id": "x"}}


def test_lost_secrets_are_counted_and_left_alone(factors: list[Authenticator], settings: Any) -> None:
    settings.HANDLEKORT_KEYS = NEW
    assert SecondFactors().usage() == key_rotation.KeyUsage(0, 0, 3)
    assert list(key_rotation.rotate()) == []
    assert [row.data for row in Authenticator.objects.order_by("pk")] == [row.data for row in factors]
