import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import InvalidToken
from django.contrib.admin import site
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from cases.access import audit_log
from cases.models import AuditEvent, User
from guide.accounts.second_factor import SECOND_FACTOR_MARK, SecondFactorAdapter
from tests.cases.log.test_parallel import at_once
from tests.factories import change
from tests.guide.conftest import PASSWORD

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def give_password(client: Client, user: User, password: str = PASSWORD, **extra: object):
    return client.post("/konto/login/", {"login": user.email, "password": password}, **extra)


def give_password_only_session(client: Client, user: User) -> None:
    client.force_login(user)
    session = client.session
    del session[SECOND_FACTOR_MARK]
    session.save()


def code_now() -> str:
    """The code that the phone shows now: the earlier one, also accepted, may run out before it is sent."""
    _earlier, now, _later = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(SECRET, now))


def set_up(client: Client) -> None:
    """Set up a phone the way the pages ask for it: the password once more, then a code."""
    client.post("/konto/reauthenticate/?next=/konto/2fa/totp/activate/", {"password": PASSWORD})
    client.get("/konto/2fa/totp/activate/")
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    assert client.post("/konto/2fa/totp/activate/", {"code": code_now()})["Location"].startswith("/konto/2fa/")


def test_stranger_sent_to_login_and_back(client: Client) -> None:
    assert client.get("/sager/?side=2")["Location"] == "/konto/login/?next=/sager/%3Fside%3D2"


def test_stranger_under_htmx_moves_the_whole_browser(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sager/?side=2"}
    response = client.get("/sager/", headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == "/konto/login/?next=/sager/%3Fside%3D2"


@pytest.mark.parametrize("current", ["https://evil.example/x", "//evil.example/x", "javascript:alert(1)", ""])
def test_way_back_never_leaves_the_site(client: Client, current: str) -> None:
    response = client.get("/sager/", headers={"HX-Request": "true", "HX-Current-URL": current})
    assert response["HX-Redirect"] == "/konto/login/?next=/sager/"


def test_form_sent_after_expiry_keeps_its_text(client: Client) -> None:
    response = client.post("/sager/", {"text": "Hun græd & sagde <intet>"})
    assert response.status_code == 403
    assert "Hun græd &amp; sagde &lt;intet&gt;" in response.text
    assert 'action="/sager/"' in response.text


def test_password_alone_reaches_only_the_second_factor(client: Client, staff: User) -> None:
    give_password(client, staff)
    assert client.session["_auth_user_id"] == str(staff.pk)
    assert client.get("/sager/")["Location"] == "/konto/2fa/"
    assert client.post("/sager/", {"text": "x"})["Location"] == "/konto/2fa/"
    assert client.get("/sager/", headers={"HX-Request": "true"})["HX-Redirect"] == "/konto/2fa/"
    assert client.get("/konto/password/change/")["Location"] == "/konto/2fa/"
    assert client.get("/konto/2fa/").status_code == 200
    assert client.get("/konto/2fa/totp/activate/")["Location"].startswith("/konto/reauthenticate/")
    assert client.get("/konto/reauthenticate/").status_code == 200


def test_password_alone_is_a_stranger_on_public_pages(client: Client, staff: User) -> None:
    give_password(client, staff)
    assert client.get("/").text == "public for AnonymousUser"


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_second_factor_opens_the_door(client: Client, staff: User) -> None:
    give_password(client, staff)
    set_up(client)
    assert client.get("/sager/").text == "private for Lis: "


def test_second_factor_asked_at_login(client: Client, staff: User) -> None:
    TOTP.activate(staff, SECRET)
    assert give_password(client, staff)["Location"] == "/konto/2fa/authenticate/"
    assert client.get("/sager/").status_code == 302
    client.post("/konto/2fa/authenticate/", {"code": code_now()})
    assert client.get("/sager/").text == "private for Lis: "


def test_code_works_once(client: Client, staff: User, time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    TOTP.activate(staff, SECRET)
    code = code_now()
    give_password(client, staff)
    assert client.post("/konto/2fa/authenticate/", {"code": code}).status_code == 302
    thief = Client()
    give_password(thief, staff)
    assert thief.post("/konto/2fa/authenticate/", {"code": code}).status_code == 200
    assert thief.get("/sager/").status_code == 302


@pytest.mark.parametrize("late", [31, 59])
def test_used_code_stays_used_for_as_long_as_it_is_good(client: Client, staff: User, time_machine, late: int) -> None:
    """The tolerance for slow clocks keeps a code good for longer than the period it belongs to."""
    start = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    TOTP.activate(staff, SECRET)
    code = code_now()
    give_password(client, staff)
    assert client.post("/konto/2fa/authenticate/", {"code": code}).status_code == 302
    time_machine.move_to(start + timedelta(seconds=late), tick=False)
    for typed in (code, f"{code[:3]} {code[3:]}"):
        thief = Client()
        give_password(thief, staff)
        assert thief.post("/konto/2fa/authenticate/", {"code": typed}).status_code == 200
        assert thief.get("/sager/").status_code == 302


def test_code_that_proved_a_new_phone_is_used(client: Client, staff: User, time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    give_password(client, staff)
    set_up(client)
    thief = Client()
    give_password(thief, staff)
    assert thief.post("/konto/2fa/authenticate/", {"code": code_now()}).status_code == 200
    assert thief.get("/sager/").status_code == 302


@pytest.mark.both_engines
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_code_sent_by_two_at_once_lets_one_in(staff: User) -> None:
    TOTP.activate(staff, SECRET)
    for _round in range(5):
        cache.clear()
        clients = [Client(), Client()]
        for client in clients:
            give_password(client, staff)
        code = code_now()
        at_once(lambda number: clients[number].post("/konto/2fa/authenticate/", {"code": code}), 2)  # noqa: B023
        inside = [client.get("/sager/").status_code for client in clients]
        assert sorted(inside) == [200, 302]


def test_older_password_session_not_lifted_by_the_owners_set_up(client: Client, staff: User) -> None:
    thief = Client()
    give_password(thief, staff)
    client.force_login(staff)
    TOTP.activate(staff, SECRET)
    assert thief.get("/sager/")["Location"] == "/konto/2fa/"
    for path in ("/konto/2fa/webauthn/add/", "/konto/reauthenticate/", "/konto/2fa/"):
        give_password_only_session(thief, staff)
        assert thief.get(path)["Location"] == "/konto/login/"
        assert "_auth_user_id" not in thief.session


def test_mark_of_one_user_does_not_count_for_another(client: Client, staff: User, administrator: User) -> None:
    give_password(client, staff)
    session = client.session
    session[SECOND_FACTOR_MARK] = str(administrator.pk)
    session.save()
    assert client.get("/sager/")["Location"] == "/konto/2fa/"


@pytest.mark.django_db(transaction=True)
def test_taking_the_last_second_factor_away_closes_the_door(client: Client, staff: User) -> None:
    give_password(client, staff)
    set_up(client)
    client.post("/konto/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=staff, type="totp").exists()
    assert client.get("/sager/")["Location"] == "/konto/2fa/"


def test_session_id_changes_at_login(client: Client, staff: User) -> None:
    give_password(client, staff)
    before = client.session.session_key
    TOTP.activate(staff, SECRET)
    client.post("/konto/logout/")
    give_password(client, staff)
    pending = client.session.session_key
    client.post("/konto/2fa/authenticate/", {"code": code_now()})
    assert len({before, pending, client.session.session_key}) == 3


def test_disabled_account_out_from_the_next_request(client: Client, staff: User) -> None:
    client.force_login(staff)
    change(staff, is_active=False)
    assert client.get("/sager/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/konto/signup/", "/konto/email/", "/konto/confirm-email/", "/konto/confirm-email/abc/", "/konto/password/set/"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_makes_or_moves_an_account(client: Client, path: str, method: str) -> None:
    assert getattr(client, method)(path).status_code == 404


def answer_to(client: Client, login: str) -> tuple[int, str]:
    response = client.post("/konto/login/", {"login": login, "password": "forkert-adgangskode"})
    text = re.sub(r'value="[^"]*"', "", response.text)
    return response.status_code, text


def test_unknown_and_known_address_get_the_same_answer(client: Client, staff: User) -> None:
    assert answer_to(client, staff.email) == answer_to(client, "ingen@sundby.example")


def test_reset_answers_the_same_and_writes_to_the_known_only(client: Client, staff: User, mailoutbox: list) -> None:
    answers = [client.post("/konto/password/reset/", {"email": mail}) for mail in (staff.email, "ingen@sundby.example")]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert [mail.to for mail in mailoutbox] == [[staff.email]]


def test_guessing_at_one_account_ends(staff: User) -> None:
    for number in range(5):
        give_password(Client(REMOTE_ADDR=f"10.0.0.{number}"), staff, "forkert-adgangskode")
    late = Client(REMOTE_ADDR="10.0.1.1")
    assert "_auth_user_id" not in (give_password(late, staff), late.session)[1]


def test_guessing_from_one_address_ends_though_it_forges_its_origin(client: Client, staff: User) -> None:
    statuses = [
        client.post(
            "/konto/login/",
            {"login": f"a{number}@sundby.example", "password": "forkert-adgangskode"},
            headers={"X-Forwarded-For": f"10.9.8.{number}"},
        ).status_code
        for number in range(31)
    ]
    assert statuses[-1] == 429


@pytest.mark.both_engines
def test_logins_and_failures_stand_in_the_access_log(client: Client, staff: User) -> None:
    TOTP.activate(staff, SECRET)
    give_password(client, staff, "forkert-adgangskode")
    give_password(client, staff)
    client.post("/konto/2fa/authenticate/", {"code": "000000"})
    client.post("/konto/2fa/authenticate/", {"code": code_now()})
    events = AuditEvent.objects.order_by("seq").values_list("verb", "actor", "detail")
    assert list(events) == [
        ("login_failed", None, "password"),
        ("login_failed", staff.public_id, "second_factor"),
        ("login", staff.public_id, ""),
    ]


@pytest.mark.both_engines
def test_login_that_cannot_be_logged_fails(client: Client, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(audit_log, "write_event", full)
    client.raise_request_exception = False
    assert give_password(client, staff).status_code >= 500
    assert "_auth_user_id" not in client.session


def test_second_factor_secret_sealed_in_the_database(staff: User) -> None:
    stored = TOTP.activate(staff, SECRET).instance.data["secret"]
    assert SECRET not in stored
    assert SecondFactorAdapter().decrypt(stored) == SECRET


def test_second_factor_opens_after_a_new_key_is_put_first(settings, staff: User) -> None:
    sealed = SecondFactorAdapter().encrypt(SECRET)
    old = settings.HANDLEKORT_KEYS
    new = "new:" + "Wlhrd1lPM1R4aGVKYk1nUUxjNTgySG52NktwQWZyc0Q="
    settings.HANDLEKORT_KEYS = f"{new},{old}"
    assert SecondFactorAdapter().decrypt(sealed) == SECRET
    settings.HANDLEKORT_KEYS = new
    with pytest.raises(InvalidToken):
        SecondFactorAdapter().decrypt(sealed)


def test_admin_opens_for_administrators_only(client: Client, staff: User, administrator: User) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/konto/login/?next=/admin/", 302)
    client.force_login(staff)
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(administrator)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/?next=/admin/cases/")["Location"] == "/admin/cases/"
    assert client.get("/admin/login/?next=//evil.example/admin/")["Location"] == "/admin/"


def test_admin_needs_the_second_factor(client: Client, administrator: User) -> None:
    give_password(client, administrator)
    assert client.get("/admin/")["Location"] == "/konto/2fa/"


@pytest.mark.parametrize("ask", [Client.get, Client.post])
def test_admin_has_no_login_form_of_its_own(client: Client, ask: Callable[..., object]) -> None:
    response = ask(client, "/admin/login/")
    assert response.status_code in {302, 403}
    assert response.status_code == 403 or response["Location"].startswith("/konto/login/")


def test_admin_holds_no_case_and_no_secret(client: Client, staff: User, administrator: User) -> None:
    names = {model._meta.label for model in site._registry}
    assert not names & {
        "cases.Case",
        "cases.Entry",
        "cases.Draft",
        "cases.AuditEvent",
        "auth.Group",
        "account.EmailAddress",
    }
    TOTP.activate(staff, SECRET)
    authenticator = Authenticator.objects.get(user=staff)
    client.force_login(administrator)
    page = client.get(f"/admin/mfa/authenticator/{authenticator.pk}/change/")
    assert page.status_code == 200
    assert authenticator.data["secret"] not in page.text
