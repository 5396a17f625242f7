"""Every limit on guessing at its bound and beyond: from one address, at one account, from a device used before."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from allauth.mfa import app_settings as second_factor_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as product
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from fido2.utils import websafe_decode, websafe_encode

from cases.enums import Role
from cases.models import User
from guide.accounts import guess_limits
from guide.accounts.known_devices import MOST_USERS, KnownDeviceCookie, remember_device
from tests.figures import amount
from tests.guide.accounts.test_login import SECRET, code_now
from tests.guide.accounts.test_login_limits import elsewhere, recovery_code, send_code
from tests.guide.accounts.test_passkeys import added, asked
from tests.guide.conftest import PASSWORD
from tests.guide.web.test_middleware import every_pattern

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

WRONG = "forkert-adgangskode"
NEW = "en-helt-anden-adgangskode"
TOO_OFTEN = "Der er prøvet for mange gange."
SCHOOL = "192.0.2.7"
LOGIN = "/konto/login/"
CODE = "/konto/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None, settings: Any) -> None:
    cache.clear()
    settings.PASSWORD_RESET_SECONDS = 0


@pytest.fixture
def armed(staff: User) -> User:
    """The staff member with a passkey, a phone and recovery codes."""
    staff.key = added(staff)  # type: ignore[attr-defined]  # for the tests only
    TOTP.activate(staff, SECRET)
    RecoveryCodes.activate(staff)
    return staff


def cookie_of(*users: User, old: Client | None = None) -> str:
    """The cookie of a device on which these have logged in wholly."""
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in old.cookies.items()} if old else {}
    for user in users:
        remember_device(request, user)
        response = KnownDeviceCookie(lambda _request: HttpResponse())(request)
        request.COOKIES[product.DEVICE_COOKIE_NAME] = response.cookies[product.DEVICE_COOKIE_NAME].value
    return request.COOKIES[product.DEVICE_COOKIE_NAME]


def on_device(*users: User, address: str = "") -> Client:
    client = Client(REMOTE_ADDR=address) if address else elsewhere()
    client.cookies[product.DEVICE_COOKIE_NAME] = cookie_of(*users)
    return client


def is_refused(response: Any) -> bool:
    return response.status_code == 429 or TOO_OFTEN in response.text


# --- By address ------------------------------------------------------------------------------------------------------

Knock = Callable[..., Any]
BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


BY_ADDRESS: dict[str, tuple[int, Knock]] = {
    "login": (30, lambda client, n, **extra: client.post(LOGIN, {"login": f"a{n}@b.example"}, **extra)),
    "password": (
        10,
        lambda client, n, **extra: client.post(LOGIN, {"login": f"a{n}@b.example", "password": WRONG}, **extra),
    ),
    "passkey": (10, lambda client, n, **extra: client.post("/konto/2fa/webauthn/login/", {"credential": n}, **extra)),
    "reset": (
        20,
        lambda client, n, **extra: client.post("/konto/password/reset/", {"email": f"a{n}@b.example"}, **extra),
    ),
    "reset_link": (
        20,
        lambda client, n, **extra: client.post(f"/konto/password/reset/key/{n}-set-password/", {}, **extra),
    ),
    "passkey_asked": (
        30,
        lambda client, n, **extra: client.get("/konto/2fa/webauthn/login/", headers=BY_SCRIPT, **extra),
    ),
    "sso": (30, lambda client, n, **extra: client.get(("/konto/sso/a/", "/konto/sso/a/retur/")[n % 2], **extra)),
}
# What one line of a customer has: one address of the old kind, or as many of the new kind as it likes.
LINES: dict[str, tuple[Callable[[int], str], str]] = {
    "IPv4": (lambda n: SCHOOL, "192.0.2.8"),
    "IPv4 inside IPv6": (lambda n: (SCHOOL, f"::ffff:{SCHOOL}")[n % 2], "::ffff:192.0.2.8"),
    "IPv6 /64": (lambda n: f"2001:db8:0:1:{n:x}::{n:x}", "2001:db8:0:2::1"),
}


@pytest.mark.both_engines
@pytest.mark.parametrize(("address", "neighbour"), LINES.values(), ids=LINES)
@pytest.mark.parametrize(("bound", "knock"), BY_ADDRESS.values(), ids=BY_ADDRESS)
def test_one_line_is_refused_beyond_the_bound_and_the_next_one_is_not(
    bound: int, knock: Knock, address: Callable[[int], str], neighbour: str
) -> None:
    client = Client()
    answers = [is_refused(knock(client, n, REMOTE_ADDR=address(n))) for n in range(bound + 1)]
    assert answers == [False] * bound + [True]
    assert not is_refused(knock(client, bound + 1, REMOTE_ADDR=neighbour))


@pytest.mark.parametrize(("bound", "knock"), BY_ADDRESS.values(), ids=BY_ADDRESS)
def test_known_device_is_counted_by_itself_where_no_other_account_is_named(
    staff: User, bound: int, knock: Knock
) -> None:
    """Behind an address that is refused it gets its own rounds, and no more of them."""
    client, device = Client(REMOTE_ADDR=SCHOOL), on_device(staff, address=SCHOOL)
    for n in range(bound + 1):
        knock(client, n)
    named = {"login", "password"}
    name = next(name for name, row in BY_ADDRESS.items() if row[1] is knock)
    answers = [is_refused(knock(device, n + 100)) for n in range(bound + 1)]
    assert answers == ([True] * (bound + 1) if name in named else [False] * bound + [True])


def test_wrong_codes_from_one_line_are_counted_together() -> None:
    client = Client()
    for n in range(10):
        assert not send_code(client, n, False, REMOTE_ADDR=f"2001:db8:0:1::{n + 1:x}")
    assert not send_code(client, 10, True, REMOTE_ADDR="2001:db8:0:1:ffff::1")
    assert send_code(client, 11, True, REMOTE_ADDR="2001:db8:0:2::1")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert guess_limits.network(address) == counted


# --- At one account --------------------------------------------------------------------------------------------------

# One guess or wish at the account from this browser; whether the right one was let in.
Guess = Callable[[Client, User, bool], bool]


def guess_password(client: Client, user: User, right: bool) -> bool:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD if right else WRONG})
    return client.get(CODE).status_code == 200


def guess_code(client: Client, user: User, right: bool) -> bool:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(CODE, {"code": code_now() if right else "000000"})
    return "_auth_user_id" in client.session


def guess_recovery_code(client: Client, user: User, right: bool) -> bool:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(CODE, {"code": recovery_code(user) if right else "00000000"})
    return "_auth_user_id" in client.session


def proof(client: Client, user: User, page: str, right: bool) -> dict[str, str]:
    """What a browser sends with the user's passkey, or the same with one byte of the signature changed."""
    signed = user.key.sign(asked(client, page))  # type: ignore[attr-defined]
    if not right:
        signature = websafe_decode(signed["response"]["signature"])
        signed["response"]["signature"] = websafe_encode(signature[:-1] + bytes([signature[-1] ^ 1]))
    return {"credential": json.dumps(signed)}


def guess_passkey(client: Client, user: User, right: bool) -> bool:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(CODE, proof(client, user, CODE, right))
    return "_auth_user_id" in client.session


def guess_password_again(client: Client, user: User, right: bool) -> bool:
    client.force_login(user)
    answer = client.post("/konto/reauthenticate/", {"password": PASSWORD if right else WRONG})
    return answer.status_code == 302


def guess_code_again(client: Client, user: User, right: bool) -> bool:
    client.force_login(user)
    answer = client.post("/konto/2fa/reauthenticate/", {"code": code_now() if right else "000000"})
    return answer.status_code == 302


def guess_passkey_again(client: Client, user: User, right: bool) -> bool:
    page = "/konto/2fa/webauthn/reauthenticate/"
    client.force_login(user)
    return client.post(page, proof(client, user, page, right))["Location"] == "/sager/"


def guess_new_phone(client: Client, user: User, right: bool) -> bool:
    page = "/konto/2fa/totp/activate/"
    Authenticator.objects.filter(user=user).delete()
    client.force_login(user)
    client.post(f"/konto/reauthenticate/?next={page}", {"password": PASSWORD})
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    client.post(page, {"code": code_now() if right else "000000"})
    return Authenticator.objects.filter(user=user).exists()


BY_ACCOUNT: dict[str, tuple[str, int, Guess]] = {
    "password": ("password", 5, guess_password),
    "code": ("code", 5, guess_code),
    "recovery code": ("code", 5, guess_recovery_code),
    "passkey after the password": ("code", 5, guess_passkey),
    "password once more": ("password", 5, guess_password_again),
    "code once more": ("code", 5, guess_code_again),
    "passkey once more": ("code", 5, guess_passkey_again),
    "new phone": ("code", 5, guess_new_phone),
}
guesses = pytest.mark.parametrize(("bound", "guess"), [row[1:] for row in BY_ACCOUNT.values()], ids=BY_ACCOUNT)


@guesses
def test_account_is_guessed_shut_for_strangers_and_not_for_its_own_device(
    armed: User, bound: int, guess: Guess
) -> None:
    device = on_device(armed)
    for _guess in range(bound):
        guess(elsewhere(), armed, False)
    assert not guess(elsewhere(), armed, True)
    assert guess(device, armed, True)


@guesses
def test_known_device_has_the_same_bound_and_shuts_nobody_else_out(armed: User, bound: int, guess: Guess) -> None:
    device, stranger = on_device(armed), elsewhere()
    for _guess in range(bound):
        guess(device, armed, False)
    assert not guess(device, armed, True)
    assert guess(stranger, armed, True)


@pytest.mark.one_engine  # whose device it is stands in the cookie
@guesses
def test_device_of_somebody_else_is_a_stranger(armed: User, administrator: User, bound: int, guess: Guess) -> None:
    for _guess in range(bound):
        guess(on_device(administrator), armed, False)
    assert not guess(on_device(administrator), armed, True)


def test_known_devices_of_one_account_are_counted_apart(armed: User) -> None:
    device, other = on_device(armed), on_device(armed)
    for _guess in range(5):
        guess_password(device, armed, False)
    assert guess_password(other, armed, True)


@pytest.mark.both_engines
def test_patient_guessing_on_a_known_device_ends_after_fifty_a_day(armed: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    device = on_device(armed)
    for _round in range(10):
        for _guess in range(5):
            guess_password(device, armed, False)
        time_machine.shift(301)
    assert not guess_password(device, armed, True)
    time_machine.shift(24 * 3600)
    assert guess_password(device, armed, True)


def test_old_password_is_guessed_five_times_a_minute_at_most(armed: User) -> None:
    client = elsewhere()
    client.force_login(armed)
    form = {"oldpassword": WRONG, "password1": NEW, "password2": NEW}
    answers = [client.post("/konto/password/change/", form).status_code for _guess in range(6)]
    assert answers == [200] * 5 + [429]


def test_old_password_is_guessed_fifty_times_a_day_at_most(armed: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    form = {"oldpassword": WRONG, "password1": NEW, "password2": NEW}
    answers = []
    for n in range(51):
        client = elsewhere()
        client.force_login(armed)
        answers.append(client.post("/konto/password/change/", form).status_code)
        time_machine.shift(61 if n % 5 == 4 else 0)
    assert answers == [200] * 50 + [429]


# --- As it happens ---------------------------------------------------------------------------------------------------


def log_in_wholly(client: Client, user: User, code: str) -> bool:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(CODE, {"code": code})
    return "_auth_user_id" in client.session


@pytest.mark.both_engines
def test_ten_wrong_guesses_from_the_school_refuse_no_colleague_who_was_there_before(armed: User) -> None:
    colleague = Client(REMOTE_ADDR=SCHOOL)
    assert log_in_wholly(colleague, armed, recovery_code(armed))
    colleague.post("/konto/logout/")
    pupil = Client(REMOTE_ADDR=SCHOOL)
    for n in range(10):
        pupil.post(LOGIN, {"login": f"a{n}@sundby.example", "password": WRONG})
    assert is_refused(pupil.post(LOGIN, {"login": armed.email, "password": PASSWORD}))
    assert log_in_wholly(colleague, armed, recovery_code(armed))


def test_six_addresses_do_not_lock_the_leader_out_of_her_own_machine(armed: User) -> None:
    own = elsewhere()
    assert log_in_wholly(own, armed, recovery_code(armed))
    own.post("/konto/logout/")
    for _address in range(60):
        elsewhere().post(LOGIN, {"login": armed.email, "password": WRONG})
    assert is_refused(elsewhere().post(LOGIN, {"login": armed.email, "password": PASSWORD}))
    assert log_in_wholly(own, armed, recovery_code(armed))


def test_patient_stranger_does_not_keep_the_owner_from_a_new_device(
    armed: User, mailoutbox: list[EmailMessage], time_machine: Any
) -> None:
    """All night wrong passwords and wishes for a new one, and wrong passwords again right after the new one.

    Once the fifty guesses of a day are used up, the short form guesses and wishes once in five minutes.
    """
    time_machine.move_to("2026-03-02 00:00:05+00:00", tick=False)

    def guess_and_wish(times: int = 6) -> None:
        for _guess in range(times):
            elsewhere().post(LOGIN, {"login": armed.email, "password": WRONG})
            elsewhere().post("/konto/password/reset/", {"email": armed.email.upper()})

    for round_ in range(96):
        guess_and_wish(6 if round_ < 11 else amount(1, 6))
        time_machine.shift(301)
    assert 10 < len(mailoutbox) <= 17
    own = elsewhere()
    assert is_refused(own.post(LOGIN, {"login": armed.email, "password": PASSWORD}))
    assert own.post("/konto/password/reset/", {"email": armed.email}).status_code == 302
    link = next(word for word in str(mailoutbox[-1].body).split() if "/key/" in word)
    own.post(own.get(link)["Location"], {"password1": NEW, "password2": NEW})
    guess_and_wish()
    own.post(LOGIN, {"login": armed.email, "password": NEW})
    own.post(CODE, {"code": recovery_code(armed)})
    assert own.session["_auth_user_id"] == str(armed.pk)


def test_right_code_of_an_own_account_wipes_no_count_of_wrong_passwords(armed: User) -> None:
    for n in range(9):
        Client(REMOTE_ADDR=SCHOOL).post(LOGIN, {"login": f"a{n}@b.example", "password": WRONG})
    assert log_in_wholly(Client(REMOTE_ADDR=SCHOOL), armed, recovery_code(armed))
    form = {"login": "b@b.example", "password": WRONG}
    answers = [is_refused(Client(REMOTE_ADDR=SCHOOL).post(LOGIN, form)) for _guess in range(2)]
    assert answers == [False, True]


def test_password_alone_makes_no_known_device(armed: User) -> None:
    client = elsewhere()
    client.post(LOGIN, {"login": armed.email, "password": PASSWORD})
    client.post(CODE, {"code": "000000"})
    assert product.DEVICE_COOKIE_NAME not in client.cookies


def test_new_password_ends_the_known_device(armed: User) -> None:
    device = on_device(armed)
    armed.set_password(NEW)
    armed.save()
    for _guess in range(5):
        guess_password(elsewhere(), armed, False)
    assert is_refused(device.post(LOGIN, {"login": armed.email, "password": NEW}))


def test_shared_computer_knows_its_ten_latest_users(armed: User) -> None:
    others = [
        User.objects.create_user(f"c{n}@sundby.example", PASSWORD, name="C", role=Role.ADMINISTRATOR)
        for n in range(MOST_USERS)
    ]
    for _guess in range(5):
        guess_password(elsewhere(), armed, False)
    assert guess_password(on_device(armed, *others[1:], others[1]), armed, True)
    assert not guess_password(on_device(armed, *others), armed, True)


@pytest.mark.one_engine  # the same
@pytest.mark.parametrize(
    "bend", [str.upper, lambda text: text[:-1], lambda text: "x" + text, lambda text: "", str.title]
)
def test_cookie_that_is_not_the_products_is_none(armed: User, bend: Callable[[str], str]) -> None:
    device = on_device(armed)
    device.cookies[product.DEVICE_COOKIE_NAME] = bend(cookie_of(armed))
    for _guess in range(5):
        guess_password(elsewhere(), armed, False)
    assert not guess_password(device, armed, True)


def test_cookie_of_half_a_year_ago_is_none(armed: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    device = on_device(armed)
    time_machine.shift(181 * 24 * 3600)
    for _guess in range(5):
        guess_password(elsewhere(), armed, False)
    assert not guess_password(device, armed, True)


def test_cookie_names_nobody(armed: User) -> None:
    armed.name = "Lis Kristoffersen"  # long: three letters stand in one of some hundred cookies by chance
    armed.save()
    value = cookie_of(armed)
    for word in (armed.email, armed.name, str(armed.public_id), armed.public_id.hex, armed.password):
        assert word.lower() not in value.lower()


@pytest.mark.both_engines
@pytest.mark.parametrize("typed", ["\x00", "a\x00@b.example", "\ud800@b.example", "a" * 5000, "'--", ""])
def test_odd_account_from_a_known_device_is_no_fault(armed: User, typed: str) -> None:
    for path, field in ((LOGIN, "login"), ("/konto/password/reset/", "email")):
        body = {field: typed.encode("utf-8", "replace"), "password": WRONG}
        assert on_device(armed).post(path, body).status_code in {200, 302}


# --- Nothing is left out ---------------------------------------------------------------------------------------------

# The pages of the login that take something which could be guessed, and those that do not.
GUARDED = {
    *guess_limits.DOORS,
    *("account_reauthenticate", "account_change_password", "mfa_authenticate", "mfa_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_activate_totp"),
}
NOTHING_TO_GUESS = {
    # Closed.
    *("account_signup", "account_email", "account_email_verification_sent", "account_confirm_email"),
    *("account_confirm_login_code", "account_set_password"),
    # Say something only.
    *("account_inactive", "account_reset_password_done", "account_reset_password_from_key_done", "mfa_index"),
    # Of a whole login's own account.
    *("bliv", "skjul"),
    *("account_logout", "own_sessions", "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_download_recovery_codes"),
    *("mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_remove_webauthn"),
    "mfa_view_recovery_codes",
}


def names(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and (before + str(pattern.pattern)).startswith("konto/"):
            yield str(pattern.name)


def test_every_page_of_the_login_has_its_place() -> None:
    assert set(names(get_resolver("guide.urls").url_patterns)) == GUARDED | NOTHING_TO_GUESS
    assert not GUARDED & NOTHING_TO_GUESS


@pytest.mark.urls("guide.urls")
def test_open_page_makes_a_session_only_where_it_is_counted() -> None:
    found = set()
    for route, pattern in every_pattern(get_resolver()):
        if getattr(pattern.callback, "login_required", True):
            continue
        path = re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>", "a", route).replace("^", "").replace("$", "")
        for send, counted in ((Client.get, guess_limits.BY_GET), (Client.post, guess_limits.DOORS)):
            for headers in ({}, BY_SCRIPT):
                send(Client(raise_request_exception=False), f"/{path}", headers=headers)
                if Session.objects.exists():
                    found.add(pattern.name)
                    assert pattern.name in counted, path
                    Session.objects.all().delete()
    assert found == {"mfa_login_webauthn"}


def test_every_limit_is_tried_here() -> None:
    assert {*BY_ADDRESS, *(row[0] for row in BY_ACCOUNT.values())} == set(product.GUESS_LIMITS)
    closed = {"signup", "manage_email", "change_phone", "verify_phone", "confirm_email", "request_login_code"}
    counted = {name for name, rates in account_settings.RATE_LIMITS.items() if rates} - closed
    assert counted == {"reauthenticate", "change_password"}
    assert not any(second_factor_settings.RATE_LIMITS.values())
