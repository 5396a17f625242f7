"""Guessing: how far it gets by account and by address, and what the answers give away."""

import re
import statistics
import threading
import time
from collections.abc import Callable
from itertools import count, cycle
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as product
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import EmailMessage
from django.test import Client

from cases.enums import Role
from cases.models import User
from guide.web import background_mail
from tests.factories import change
from tests.figures import LONG
from tests.guide.accounts.test_login import SECRET, code_now
from tests.guide.conftest import PASSWORD

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

WRONG = "forkert-adgangskode"
_addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


@pytest.fixture(autouse=True)
def _fresh_limits(db: None, settings: Any) -> None:
    cache.clear()
    settings.PASSWORD_RESET_SECONDS = 0


@pytest.fixture
def armed(staff: User) -> User:
    """The staff member with a phone and recovery codes."""
    TOTP.activate(staff, SECRET)
    RecoveryCodes.activate(staff)
    return staff


def elsewhere() -> Client:
    """A browser at an address that no other test or attempt has."""
    return Client(REMOTE_ADDR=next(_addresses))


def recovery_code(user: User) -> str:
    return str(Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0])


def past_the_password(user: User) -> Client:
    client = elsewhere()
    client.post("/konto/login/", {"login": user.email, "password": PASSWORD})
    return client


def inside(user: User) -> Client:
    client = elsewhere()
    client.force_login(user)
    return client


# --- By account ------------------------------------------------------------------------------------------------------


def try_password(user: User, right: bool) -> bool:
    client = elsewhere()
    client.post("/konto/login/", {"login": user.email, "password": PASSWORD if right else WRONG})
    return client.get("/konto/2fa/authenticate/").status_code == 200


def try_password_in_capitals(user: User, right: bool) -> bool:
    client = elsewhere()
    client.post("/konto/login/", {"login": user.email.upper(), "password": PASSWORD if right else WRONG})
    return client.get("/konto/2fa/authenticate/").status_code == 200


def try_code(user: User, right: bool) -> bool:
    client = past_the_password(user)
    client.post("/konto/2fa/authenticate/", {"code": code_now() if right else "000000"})
    return "_auth_user_id" in client.session


def try_recovery_code(user: User, right: bool) -> bool:
    client = past_the_password(user)
    client.post("/konto/2fa/authenticate/", {"code": recovery_code(user) if right else "00000000"})
    return "_auth_user_id" in client.session


def try_password_again(user: User, right: bool) -> bool:
    client = inside(user)
    answer = client.post("/konto/reauthenticate/", {"password": PASSWORD if right else WRONG})
    return answer.status_code == 302


def try_code_again(user: User, right: bool) -> bool:
    client = inside(user)
    answer = client.post("/konto/2fa/reauthenticate/", {"code": code_now() if right else "000000"})
    return answer.status_code == 302


ATTEMPTS = {
    "password": (try_password, 5),
    "password, address in capitals": (try_password_in_capitals, 5),
    "code of the phone": (try_code, 5),
    "recovery code": (try_recovery_code, 5),
    "password once more": (try_password_again, 5),
    "code once more": (try_code_again, 5),
}


@pytest.mark.parametrize(("attempt", "allowed"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_guessing_at_one_account_ends_wherever_it_comes_from(
    armed: User, attempt: Callable[[User, bool], bool], allowed: int
) -> None:
    for _ in range(allowed):
        attempt(armed, False)
    assert not attempt(armed, True)


@pytest.mark.parametrize(("attempt", "allowed"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_owner_who_slips_a_little_gets_in(armed: User, attempt: Callable[[User, bool], bool], allowed: int) -> None:
    for _ in range(allowed - 1):
        attempt(armed, False)
    assert attempt(armed, True)


def test_guessing_at_one_account_leaves_the_others_alone(armed: User, administrator: User) -> None:
    for _ in range(6):
        try_password(armed, False)
    client = elsewhere()
    client.post("/konto/login/", {"login": administrator.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(administrator.pk)


def test_patient_guessing_ends_after_fifty_a_day(armed: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    for _ in range(10):
        for _ in range(5):
            try_password(armed, False)
        time_machine.shift(301)
    assert not try_password(armed, True)
    time_machine.shift(24 * 3600)
    assert try_password(armed, True)


def test_counts_are_not_crowded_out(armed: User) -> None:
    """A thousand fresh counts, such as a stranger makes by naming a thousand accounts, push none of the others out."""
    while try_password(armed, right=True):
        try_password(armed, right=False)
    for number in range(1000):
        cache.set(f"zz{number}", 1, 300)
    assert not try_password(armed, right=True)


def test_reset_opens_an_account_that_somebody_has_guessed_shut(staff: User, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(6):
        try_password(staff, False)
    client = elsewhere()
    client.post("/konto/password/reset/", {"email": staff.email})
    link = next(word for word in str(mailoutbox[0].body).split() if "/key/" in word)
    form = client.get(link)["Location"]
    client.post(form, {"password1": "en-helt-anden-kode", "password2": "en-helt-anden-kode"})
    client.post("/konto/login/", {"login": staff.email, "password": "en-helt-anden-kode"})
    assert client.session["_auth_user_id"] == str(staff.pk)


def test_code_of_the_phone_works_once_for_anything(armed: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    assert try_code(armed, True)
    assert not try_code(armed, True)
    assert not try_code_again(armed, True)


def test_recovery_code_works_once(armed: User) -> None:
    code = recovery_code(armed)
    for expected in (True, False):
        client = past_the_password(armed)
        client.post("/konto/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in client.session) is expected


# --- By address ------------------------------------------------------------------------------------------------------

KNOCKS: dict[str, tuple[Callable[..., Any], int]] = {
    "login": (
        lambda client, n, **extra: client.post(
            "/konto/login/", {"login": f"a{n}@sundby.example", "password": WRONG}, **extra
        ),
        30,
    ),
    "reset": (
        lambda client, n, **extra: client.post("/konto/password/reset/", {"email": f"a{n}@sundby.example"}, **extra),
        20,
    ),
    "reset link": (
        lambda client, n, **extra: client.post(f"/konto/password/reset/key/{n}-set-password/", {}, **extra),
        20,
    ),
    "passkey": (lambda client, n, **extra: client.post("/konto/2fa/webauthn/login/", {"credential": n}, **extra), 10),
}
# What the attacker sends, and what the house's own proxy makes of it: it adds the address that it really sees.
ORIGINS: dict[str, tuple[int, Callable[[int], dict[str, Any]]]] = {
    "plain": (0, lambda n: {}),
    "forged, no proxy": (0, lambda n: {"headers": {"X-Forwarded-For": f"10.9.8.{n}"}}),
    "forged twice, no proxy": (0, lambda n: {"headers": {"X-Forwarded-For": f"10.9.8.{n}, 10.9.7.{n}"}}),
    "other headers, no proxy": (
        0,
        lambda n: {"headers": {"X-Real-Ip": f"10.9.8.{n}", "Forwarded": f"for=10.9.8.{n}", "Client-Ip": f"10.9.8.{n}"}},
    ),
    "forged, one proxy": (1, lambda n: {"headers": {"X-Forwarded-For": f"10.9.8.{n}, 192.0.2.7"}}),
    "forged twice, one proxy": (1, lambda n: {"headers": {"X-Forwarded-For": f"10.9.8.{n},10.9.7.{n},192.0.2.7"}}),
    "odd words, one proxy": (1, lambda n: {"headers": {"X-Forwarded-For": f"{n}'\"<>, 192.0.2.7"}}),
    "straight past the proxy": (1, lambda n: {}),
}
# The suite tries each kind of knock from two origins; `script/prove rooms` tries all from all, on PostgreSQL.
ALL = [(where, what) for where in ORIGINS for what in KNOCKS]
KNOCKS_FROM = ALL if LONG else list(zip(ORIGINS, cycle(KNOCKS), strict=False))


@pytest.mark.one_engine  # what counts as one address is decided before; test_guess_limits counts on both
@pytest.mark.parametrize(("where", "what"), KNOCKS_FROM)
def test_guessing_from_one_address_ends_whatever_it_says_it_is(settings: Any, where: str, what: str) -> None:
    (proxies, origin), (knock, allowed) = ORIGINS[where], KNOCKS[what]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = elsewhere()
    statuses = [knock(client, n, **origin(n)).status_code for n in range(allowed + 1)]
    assert 429 not in statuses[:-1]
    assert statuses[-1] == 429


@pytest.mark.parametrize("knock", [knock for knock, _allowed in KNOCKS.values()], ids=KNOCKS)
def test_request_past_one_of_the_proxies_is_refused(settings: Any, knock: Callable[..., Any]) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client = Client(raise_request_exception=False)
    assert knock(client, 1, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 400


@pytest.mark.parametrize(("knock", "allowed"), KNOCKS.values(), ids=KNOCKS)
def test_neighbours_behind_the_proxy_have_limits_of_their_own(
    settings: Any, knock: Callable[..., Any], allowed: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = elsewhere()
    for n in range(allowed + 1):
        knock(client, n, headers={"X-Forwarded-For": "192.0.2.7"})
    assert knock(client, 999, headers={"X-Forwarded-For": "192.0.2.8"}).status_code != 429


def test_ten_wrong_passwords_from_one_address_stop_the_right_one(staff: User) -> None:
    client = elsewhere()
    for n in range(10):
        client.post("/konto/login/", {"login": f"a{n}@sundby.example", "password": WRONG})
    client.post("/konto/login/", {"login": staff.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def send_code(client: Client, n: int, right: bool, **extra: Any) -> bool:
    """Send a code for account number n, whose password is known, from the client's address; whether that let in."""
    user = User.objects.create_user(f"b{n}@sundby.example", PASSWORD, name="B", role=Role.ADMINISTRATOR)
    TOTP.activate(user, SECRET)
    client.cookies = past_the_password(user).cookies
    client.post("/konto/2fa/authenticate/", {"code": code_now() if right else "000000"}, **extra)
    return "_auth_user_id" in client.session


# Which address counts is read in one place for all that is counted; the test above tries it from all of them.
CODES_FROM = list(ORIGINS) if LONG else ["forged, no proxy", "forged, one proxy"]


@pytest.mark.one_engine  # the same
@pytest.mark.parametrize(("proxies", "origin"), [ORIGINS[where] for where in CODES_FROM], ids=CODES_FROM)
def test_wrong_codes_from_one_address_stop_the_right_one_whatever_it_says_it_is(
    settings: Any, proxies: int, origin: Callable[[int], dict[str, Any]]
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = elsewhere()
    for n in range(10):
        assert not send_code(client, n, False, **origin(n))
    assert not send_code(client, 10, True, **origin(10))


def test_right_code_of_an_own_account_opens_no_new_round_of_guesses() -> None:
    client = elsewhere()
    for n in range(9):
        send_code(client, n, False)
    assert send_code(client, 9, True), "nine are allowed, and this one is right"
    assert not send_code(client, 10, False)
    assert not send_code(client, 11, True)


def test_wrong_codes_leave_neighbours_behind_the_proxy_alone(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = elsewhere()
    for n in range(11):
        send_code(client, n, False, headers={"X-Forwarded-For": "192.0.2.7"})
    assert send_code(client, 11, True, headers={"X-Forwarded-For": "192.0.2.8"})


# --- What answers give away ------------------------------------------------------------------------------------------


@pytest.fixture
def people(staff: User) -> dict[str, str]:
    """Addresses of every sort: in use, closed, without a password, never heard of."""
    closed = User.objects.create_user(
        "bo@sundby.example", PASSWORD, name="Bo", role=Role.ADMINISTRATOR, is_active=False
    )
    bare = User.objects.create_user("eva@sundby.example", None, name="Eva", role=Role.ADMINISTRATOR)
    armed = User.objects.create_user("ali@sundby.example", PASSWORD, name="Ali", role=Role.ADMINISTRATOR)
    TOTP.activate(armed, SECRET)
    return {
        "in use": staff.email,
        "closed": closed.email,
        "without a password": bare.email,
        "with a phone": armed.email,
        "never heard of": "nan@sundby.example",
    }


def seen(response: Any, address: str) -> tuple[Any, ...]:
    """All that a stranger can see of an answer, less what differs each time and the address that was typed."""
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", response.text).replace(address, "@")
    headers = {
        name: value for name, value in response.items() if name not in {"Content-Length", "Set-Cookie", "Expires"}
    }
    return response.status_code, body, headers, sorted(response.cookies)


def test_wrong_password_gets_the_same_answer_for_every_address(people: dict[str, str]) -> None:
    answers = []
    for address in people.values():
        client = elsewhere()
        rounds = [client.post("/konto/login/", {"login": address, "password": WRONG}) for _ in range(7)]
        answers.append([seen(answer, address) for answer in rounds])
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] != answers[0][-1]  # the limit, too, comes for all


def test_closed_account_with_its_right_password_answers_as_an_unknown_one(people: dict[str, str]) -> None:
    answers = [
        seen(elsewhere().post("/konto/login/", {"login": people[kind], "password": PASSWORD}), people[kind])
        for kind in ("closed", "never heard of")
    ]
    assert answers[0] == answers[1]


def test_reset_gets_the_same_answer_for_every_address(people: dict[str, str], mailoutbox: list[EmailMessage]) -> None:
    answers = []
    for address in people.values():
        client = elsewhere()
        rounds = []
        for _ in range(6):
            answer = client.post("/konto/password/reset/", {"email": address})
            rounds.append(seen(answer, address))
            rounds.append(seen(client.get("/konto/password/reset/done/"), address))
        answers.append(rounds)
    assert all(answer == answers[0] for answer in answers)
    told = {recipient for mail in mailoutbox for recipient in mail.to}
    assert told == {people["in use"], people["without a password"], people["with a phone"]}


@pytest.fixture
def real_hashes(settings: Any, people: dict[str, str]) -> None:
    """The product's own slow hashes, on which the time of an answer really depends."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.GUESS_LIMITS = {}
    for user in User.objects.exclude(email=people["without a password"]):
        change(user, password=make_password(PASSWORD))


def medians(
    ask: Callable[[str], object], people: dict[str, str], rounds: int, clock: Callable[[], float]
) -> dict[str, float]:
    taken: dict[str, list[float]] = {kind: [] for kind in people}
    for _ in range(rounds):
        for kind, address in people.items():
            began = clock()
            ask(address)
            taken[kind].append(clock() - began)
    return {kind: statistics.median(times) for kind, times in taken.items()}


@pytest.mark.one_engine  # the time goes into the hash
@pytest.mark.usefixtures("real_hashes")
def test_wrong_password_takes_as_long_for_every_address(people: dict[str, str]) -> None:
    client = elsewhere()
    # The work, not the clock on the wall: other processes must not decide.
    found = medians(
        lambda address: client.post("/konto/login/", {"login": address, "password": WRONG}),
        people,
        rounds=7,
        clock=time.process_time,
    )
    assert max(found.values()) / min(found.values()) < 1.6, found


class OwnTime(threading.local):
    """The processor time of a thread and what it chose to sleep: other work on the machine must not decide."""

    slept = 0.0

    def monotonic(self) -> float:
        return time.thread_time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.mark.one_engine  # the time goes into the mail
@pytest.mark.usefixtures("real_hashes")
def test_reset_takes_as_long_for_every_address_though_mail_is_slow(
    people: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mails get through only once every answer has been given."""
    sent: list[str] = []
    answered, own = threading.Event(), OwnTime()

    def slow(backend: SmtpBackend, messages: list[EmailMessage]) -> int:
        assert answered.wait(30), "the answer waits for the mail"
        sent.extend(recipient for message in messages for recipient in message.to)
        return len(messages)

    monkeypatch.setattr(SmtpBackend, "send_messages", slow)
    monkeypatch.setattr("guide.accounts.login.time", own)
    settings.EMAIL_BACKEND = "guide.web.background_mail.EmailBackend"
    settings.PASSWORD_RESET_SECONDS = 0.3
    client = elsewhere()
    found = medians(lambda address: client.post("/konto/password/reset/", {"email": address}), people, 3, own.monotonic)
    answered.set()
    background_mail._executor.submit(lambda: None).result()
    assert set(sent) == {people["in use"], people["without a password"], people["with a phone"]}
    assert min(found.values()) >= 0.3, found
    assert max(found.values()) / min(found.values()) < 2, found


def test_mail_that_does_not_get_through_is_noted_without_its_address(
    settings: Any, caplog: pytest.LogCaptureFixture, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "guide.web.background_mail.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    monkeypatch.setattr("guide.web.background_mail._log.propagate", True)
    assert elsewhere().post("/konto/password/reset/", {"email": staff.email}).status_code == 302
    background_mail._executor.submit(lambda: None).result()
    [line] = [record.getMessage() for record in caplog.records if record.name == "handlekort.mail"]
    assert line == "A mail about a login was not sent: ConnectionRefusedError."


# --- Where it leads, and what lets in --------------------------------------------------------------------------------

TRICKY = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "\x00//evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "https:/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
    "//testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://testserver@evil.example/",
    "https://[::1",
]


WAYS_ON = ["login", "code", "already in", "logout", "once more", "password set"]
# One function judges where they all lead. The short form goes each way with every third address, and with each address
# two ways.
LEADING = [(way, to) for n, way in enumerate(WAYS_ON) for m, to in enumerate(TRICKY) if LONG or n % 3 == m % 3]


@pytest.mark.one_engine  # where it leads is judged before a row is read
@pytest.mark.parametrize(("way", "wanted"), LEADING)
def test_way_on_never_leaves_the_site(staff: User, way: str, wanted: str) -> None:
    data = {"next": wanted}
    client = elsewhere()
    if way == "code":
        TOTP.activate(staff, SECRET)
    if way in {"login", "code"}:
        answer = client.post("/konto/login/", data | {"login": staff.email, "password": PASSWORD})
        if way == "code":
            answer = client.post("/konto/2fa/authenticate/", data | {"code": code_now()})
    else:
        client.force_login(staff)
        if way == "already in":
            answer = client.get("/konto/login/", data)
        elif way == "logout":
            answer = client.post("/konto/logout/", data)
        elif way == "once more":
            answer = client.post("/konto/reauthenticate/", data | {"password": PASSWORD})
        else:
            new = {"oldpassword": PASSWORD, "password1": "en-helt-anden-kode", "password2": "en-helt-anden-kode"}
            answer = client.post("/konto/password/change/", data | new)
    if wanted.startswith("data:") and way != "already in":
        assert (answer.status_code, answer.get("Location")) == (400, None)  # refused as a file
        return
    if "\x00" in wanted and way == "already in":
        assert (answer.status_code, answer.get("Location")) == (400, None)  # refused in any address
        return
    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[a-z0-9/?=&%.-]*", answer["Location"]), answer["Location"]
    assert "evil" not in answer["Location"]


def test_way_on_is_kept_when_it_stays(staff: User) -> None:
    data = {"login": staff.email, "password": PASSWORD, "next": "/sager/?side=2"}
    assert elsewhere().post("/konto/login/", data)["Location"] == "/sager/?side=2"


def test_every_cookie_of_a_login_is_bound_to_the_host(armed: User, settings: Any) -> None:
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        setattr(settings, f"{name}_COOKIE_SECURE", True)
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.DEVICE_COOKIE_NAME = "__Host-device"
    client = Client(REMOTE_ADDR=next(_addresses))
    answers = [
        client.get("/konto/login/", secure=True),
        client.post("/konto/login/", {"login": armed.email, "password": PASSWORD}, secure=True),
        client.post("/konto/2fa/authenticate/", {"code": code_now()}, secure=True),
        client.get("/konto/her-er-du-logget-ind/", secure=True),
        client.post("/konto/her-er-du-logget-ind/", {"which": "others"}, secure=True),
    ]
    cookies = [morsel for answer in answers for morsel in answer.cookies.values()]
    assert {morsel.key for morsel in cookies} == {"__Host-session", "__Host-csrf", "__Host-device"}
    for morsel in cookies:
        found = (morsel["secure"], morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"])
        assert found == (True, True, "Lax", "/", ""), morsel.key
        assert bool(morsel["max-age"]) is (morsel.key == "__Host-device"), morsel.key


@pytest.mark.urls("guide.urls")
def test_page_about_data_names_every_cookie(client: Client, settings: Any) -> None:
    names = {name for name in dir(product) if name.endswith("_COOKIE_NAME")} - {"LANGUAGE_COOKIE_NAME"}
    assert names == {"SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"}
    page = client.get("/databeskyttelse/").text
    assert [name for name in names if f"»{getattr(settings, name)}«" not in page] == []


# --- The administration ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/cases/user/", "/admin/guide/singlesignon/", "/admin/jsi18n/"])
@pytest.mark.parametrize(
    ("role", "standing", "status"),
    [
        (Role.ADMINISTRATOR, "whole", 200),
        (Role.ADMINISTRATOR, "password only", 302),
        (Role.ADMINISTRATOR, "closed", 302),
        (Role.STAFF, "whole", 302),
        (Role.LEADER, "whole", 302),
        (Role.SSP, "whole", 302),
        (Role.LEADER, "password only", 302),
        (None, "stranger", 302),
    ],
)
def test_administration_opens_for_a_whole_login_of_an_administrator_only(
    staff: User, path: str, role: Role | None, standing: str, status: int
) -> None:
    client = elsewhere()
    if role is not None:
        place = {"school": staff.school} if role in {Role.STAFF, Role.LEADER} else {}
        if role == Role.SSP:
            place = {"municipality": staff.school.municipality}
        user = User.objects.create_user("x@sundby.example", PASSWORD, name="X", role=role, **place)
        if standing == "password only":
            client.post("/konto/login/", {"login": user.email, "password": PASSWORD})
        else:
            client.force_login(user)
        change(user, is_active=standing != "closed")
    assert client.get(path).status_code == status
    answer = client.get(path, follow=True)
    assert (answer.wsgi_request.path == path) is (status == 200)
