"""Sessions: what their owner sees and ends, and what ends them otherwise."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from cases.access import audit_log
from cases.enums import Role
from cases.models import AuditEvent, Municipality, School, User
from guide.accounts import sessions
from guide.accounts.session_store import SessionStore, row_key
from guide.web.middleware import OPEN_PAGE_LIMIT
from tests.guide.conftest import PASSWORD
from tests.guide.web.test_middleware import every_pattern

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

PAGE = "/konto/her-er-du-logget-ind/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROMEBOOK = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
)


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def opened(staff: User) -> Callable[..., Client]:
    """Open a browser in which somebody, the staff member unless another is given, is logged in."""

    def log_in(user: User = staff) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


def is_in(client: Client) -> bool:
    return client.get("/sager/").status_code == 200


def set_browser(client: Client, name: str) -> None:
    session = client.session
    session["browser"] = name
    session.save()


def handle(client: Client, other: Client) -> str:
    """The name by which `client` may end the session of `other`."""
    request = HttpRequest()
    request.user = User.objects.get(pk=client.session["_auth_user_id"])
    request.session = client.session
    return next(
        one.handle for one in sessions.open_sessions(request) if one.row_key == row_key(other.session.session_key)
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (FIREFOX, "Firefox på Windows"),
        (CHROMEBOOK, "Chrome på Chromebook"),
        (CHROMEBOOK.replace("X11; CrOS x86_64 14541.0.0", "Windows NT 10.0") + " Edg/139.0", "Edge på Windows"),
        (CHROMEBOOK.replace("X11; CrOS x86_64 14541.0.0", "Linux; Android 15") + " OPR/90", "Opera på Android"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1", "Safari på iPad"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604.1", "Safari på iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18.0 Safari/605.1", "Safari på Mac"),
        ("curl/8 (Linux)", "Linux"),
        ("Firefox/140.0", "Firefox"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_browser_named_in_two_words(line: str, name: str) -> None:
    assert sessions.name_browser(line) == name


def test_whole_line_of_the_browser_and_the_address_are_not_kept(staff: User) -> None:
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="10.20.30.40")
    client.post("/konto/login/", {"login": staff.email, "password": PASSWORD})
    data = dict(client.session.items())
    assert data["browser"] == "Firefox på Windows"
    assert "rv:140" not in str(data)
    assert "10.20.30.40" not in str(data)


def test_page_shows_own_sessions_only_and_marks_this_one(
    opened: Callable[..., Client], administrator: User, time_machine
) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    other, foreign = opened(), opened(administrator)
    set_browser(other, "Firefox på Windows")
    set_browser(foreign, "Safari på iPad")
    time_machine.shift(20 * 60)
    client = opened()
    set_browser(client, "Chrome på Chromebook")
    page = client.get(PAGE).text
    assert page.index("Chrome på Chromebook") < page.index("Den, du sidder ved nu") < page.index("Firefox på Windows")
    assert page.count("Den, du sidder ved nu") == 1
    assert "Logget ind 2. marts 2026 kl. 09.00.<br>Sidst brugt 2. marts 2026 kl. 09.00." in page
    assert "Logget ind 2. marts 2026 kl. 09.20." in page
    assert "Safari på iPad" not in page
    for key in (*Session.objects.values_list("session_key", flat=True), client.session.session_key):
        assert key not in page


def test_alone_there_is_nothing_to_end(opened: Callable[..., Client]) -> None:
    page = opened().get(PAGE).text
    assert "Log ud dér" not in page
    assert "Log ud alle andre steder" not in page


def test_one_session_ended_and_no_other(opened: Callable[..., Client], staff: User) -> None:
    client, ended, kept = opened(), opened(), opened()
    assert client.post(PAGE, {"which": handle(client, ended)})["Location"] == PAGE
    assert [is_in(one) for one in (client, ended, kept)] == [True, False, True]
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.verb, event.actor, event.detail) == ("logout", staff.public_id, "ended")


@pytest.mark.both_engines
def test_all_others_ended(opened: Callable[..., Client], administrator: User) -> None:
    client, first, second, foreign = opened(), opened(), opened(), opened(administrator)
    client.post(PAGE, {"which": "others"})
    assert [is_in(one) for one in (client, first, second, foreign)] == [True, False, False, True]


@pytest.mark.parametrize("which", ["", "x", "æ", "\x00", "0" * 64])
def test_what_names_no_session_ends_none(opened: Callable[..., Client], which: str) -> None:
    client, other = opened(), opened()
    assert client.post(PAGE, {"which": which}).status_code == 302
    assert is_in(client)
    assert is_in(other)


def test_nobody_ends_the_session_of_another(opened: Callable[..., Client], administrator: User) -> None:
    client, other, foreign = opened(), opened(), opened(administrator)
    for which in (handle(client, other), row_key(other.session.session_key), other.session.session_key, "others"):
        foreign.post(PAGE, {"which": which})
    assert is_in(client)
    assert is_in(other)


@pytest.mark.both_engines
def test_ending_that_cannot_be_logged_does_not_happen(
    opened: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = opened(), opened()
    which = handle(client, other)

    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "write_event", full)
        client.raise_request_exception = False
        assert client.post(PAGE, {"which": which}).status_code >= 500
    assert is_in(other)


def test_page_needs_login_second_factor_and_token(client: Client, staff: User) -> None:
    assert client.get(PAGE)["Location"].startswith("/konto/login/")
    client.post("/konto/login/", {"login": staff.email, "password": PASSWORD})
    assert client.get(PAGE)["Location"] == "/konto/2fa/"
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(staff)
    assert checked.post(PAGE, {"which": "others"}).status_code == 403
    assert checked.get(PAGE)["Cache-Control"] == "no-store, private"


def test_this_session_is_listed_before_its_beginning_is_stored(opened: Callable[..., Client]) -> None:
    client = opened()
    session = client.session
    del session["began"], session["seen"]
    session.save()
    assert "Den, du sidder ved nu" in client.get(PAGE).text


@pytest.mark.both_engines
def test_session_past_its_ten_hours_is_not_listed(opened: Callable[..., Client], time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client, old = opened(), opened()
    session = old.session
    session["began"] -= 10 * 3600
    session.save()
    set_browser(old, "Opera på Mac")
    assert "Opera på Mac" not in client.get(PAGE).text


def close(user: User) -> None:
    user.is_active = False
    user.save()


def promote(user: User) -> None:
    user.role = Role.LEADER
    user.save()


def move(user: User) -> None:
    user.school = School.objects.create(name="Bakkeskolen", municipality=user.school.municipality)
    user.save(update_fields=["school"])


def hand_to_ssp(user: User) -> None:
    user.role, user.school, user.municipality = Role.SSP, None, Municipality.objects.get()
    user.save()


def readdress(user: User) -> None:
    user.email = "liselotte@sundby.example"
    user.save()


def change_password(user: User) -> None:
    user.set_password("en-helt-anden-adgangskode")
    user.save()


def rename(user: User) -> None:
    user.name = "Lis Å."
    user.save()


def touch(user: User) -> None:
    user.save(update_fields=["last_login"])


@pytest.mark.parametrize("change", [close, promote, move, hand_to_ssp, readdress, change_password])
def test_account_that_changes_ends_its_sessions(
    opened: Callable[..., Client], staff: User, administrator: User, change: Callable[[User], None]
) -> None:
    first, second, foreign = opened(), opened(), opened(administrator)
    rows = [row_key(one.session.session_key) for one in (first, second, foreign)]
    change(User.objects.get(pk=staff.pk))
    assert list(Session.objects.filter(session_key__in=rows).values_list("session_key", flat=True)) == rows[2:]
    assert [is_in(one) for one in (first, second, foreign)] == [False, False, True]


@pytest.mark.parametrize("change", [rename, touch])
def test_account_that_stays_what_it_was_keeps_its_sessions(
    opened: Callable[..., Client], staff: User, change: Callable[[User], None]
) -> None:
    client = opened()
    change(User.objects.get(pk=staff.pk))
    assert is_in(client)


def test_account_opened_again_does_not_bring_its_sessions_back(opened: Callable[..., Client], staff: User) -> None:
    client = opened()
    close(staff)
    staff.is_active = True
    staff.save()
    assert not is_in(client)


def test_administrator_closes_an_account_and_its_sessions_at_once(
    opened: Callable[..., Client], staff: User, administrator: User
) -> None:
    client, office = opened(), opened(administrator)
    form = {"name": staff.name, "email": staff.email, "role": staff.role, "school": staff.school_id}
    response = office.post(f"/admin/cases/user/{staff.pk}/change/", form)
    assert response.status_code == 302, response.text
    assert User.objects.get(pk=staff.pk).is_active is False
    assert Session.objects.count() == 1
    assert not is_in(client)
    assert is_in(office)


def test_password_change_ends_all_sessions_this_one_too(opened: Callable[..., Client]) -> None:
    client, other = opened(), opened()
    new = "en-helt-anden-adgangskode"
    response = client.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 302
    assert not is_in(other)
    assert not is_in(client)


def test_password_reset_ends_all_sessions(
    client: Client, opened: Callable[..., Client], staff: User, mailoutbox
) -> None:
    other = opened()
    client.post("/konto/password/reset/", {"email": staff.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    form = client.get(link)["Location"]
    new = "en-helt-anden-adgangskode"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert User.objects.get(pk=staff.pk).check_password(new)
    assert not is_in(other)
    assert not is_in(client)


def test_password_set_by_command_ends_all_sessions(
    opened: Callable[..., Client], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = opened()
    monkeypatch.setattr("getpass.getpass", lambda prompt: "en-helt-anden-adgangskode")
    call_command("changepassword", staff.email, verbosity=0)
    assert not is_in(client)


def test_logout_ends_the_session_and_is_logged(opened: Callable[..., Client], staff: User) -> None:
    client, other = opened(), opened()
    rows = Session.objects.filter(session_key=row_key(client.session.session_key))
    assert rows.exists()
    client.post("/konto/logout/")
    assert not rows.exists()
    assert is_in(other)
    assert AuditEvent.objects.filter(verb="logout", actor=staff.public_id, detail="").count() == 1


def test_ending_ones_sessions_reads_nobody_elses(
    opened: Callable[..., Client], staff: User, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of an account costs no more where many are logged in."""
    own, others = [opened(), opened()], [opened(administrator) for _number in range(3)]
    read: list[str] = []
    of_row = SessionStore.of_row

    def noted(row: Session) -> dict[str, Any]:
        read.append(row.session_key)
        return of_row(row)

    monkeypatch.setattr(SessionStore, "of_row", noted)
    assert others[0].get(PAGE).status_code == 200
    assert len(read) == len(others)
    read.clear()
    with CaptureQueriesContext(connection) as asked:
        sessions.end_all(staff)
    assert read == []
    assert len(asked) == 1
    assert not any(map(is_in, own))
    assert all(map(is_in, others))


def test_logout_ends_the_session_though_it_cannot_be_logged(
    opened: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = opened()

    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "write_event", full)
        client.raise_request_exception = False
        assert client.post("/konto/logout/").status_code >= 500
    assert not is_in(client)


@pytest.mark.both_engines
def test_ended_session_is_not_brought_back_by_a_request_on_its_way(opened: Callable[..., Client], staff: User) -> None:
    client = opened()
    late = client.session
    late["seen"] = 1
    sessions.end_all(staff)
    with pytest.raises(UpdateError):
        late.save()
    assert not is_in(client)


def test_limit_of_ten_hours_runs_from_login(client: Client, staff: User, time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client.get("/konto/login/")
    time_machine.shift(29 * 60)
    client.post("/konto/login/", {"login": staff.email, "password": PASSWORD})
    assert client.session["began"] == client.session["seen"] == 1772440140


# --- A hidden screen ---

HIDE = "/konto/skjul/"
PROVE = "/konto/reauthenticate/?next=%2Fsager%2F"


def test_hidden_page_says_nothing_of_who_is_there(opened: Callable[..., Client], staff: User) -> None:
    page = opened().get(HIDE).content.decode()
    assert "Skærmen er skjult" in page
    assert staff.name not in page


def test_hiding_alone_locks_nothing(opened: Callable[..., Client]) -> None:
    client = opened()
    client.get(HIDE)
    assert is_in(client)


def test_locked_session_shows_nothing_before_the_password(opened: Callable[..., Client]) -> None:
    client = opened()
    assert client.post(HIDE).status_code == 204
    assert client.get("/sager/")["Location"] == PROVE
    assert client.get(HIDE)["Location"] == "/konto/reauthenticate/?next=%2Fkonto%2Fskjul%2F"
    assert client.get("/sager/", headers={"HX-Request": "true"})["HX-Redirect"] == "/konto/reauthenticate/"
    assert client.get("/").status_code == 200
    assert "Adgangskode" in client.get(PROVE).content.decode()
    client.post(PROVE, {"password": "forkert"})
    assert not is_in(client)
    assert client.post(PROVE, {"password": PASSWORD})["Location"] == "/sager/"
    assert is_in(client)
    assert client.get(HIDE).status_code == 200


@pytest.mark.both_engines
def test_request_that_began_before_the_lock_does_not_take_it_away(
    opened: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It saves the session afterwards, because that was not saved for a while."""
    slow, hiding = opened(), Client()
    session = slow.session
    session["seen"] = 0
    session.save()
    hiding.cookies = slow.cookies
    shown = sessions.open_sessions

    def hidden_meanwhile(request: HttpRequest) -> list[sessions.OpenSession]:
        assert hiding.post(HIDE).status_code == 204
        return shown(request)

    with monkeypatch.context() as patched:
        patched.setattr(sessions, "open_sessions", hidden_meanwhile)
        assert slow.get(PAGE).status_code == 200
    assert slow.session["seen"] > 0
    assert not is_in(slow)


def test_password_given_before_the_lock_does_not_open_it(opened: Callable[..., Client]) -> None:
    client = opened()
    client.post(PROVE, {"password": PASSWORD})
    client.post(HIDE)
    assert not is_in(client)


def test_form_sent_from_another_tab_comes_back_with_its_text(opened: Callable[..., Client]) -> None:
    client = opened()
    client.post(HIDE)
    answer = client.post("/sager/", {"text": "Hun kom selv i går."})
    assert answer.status_code == 403
    assert "Hun kom selv i går." in answer.content.decode()
    assert client.post("/konto/her-er-du-logget-ind/").status_code == 403


def test_user_without_a_password_here_logs_in_anew(opened: Callable[..., Client], staff: User) -> None:
    staff.set_unusable_password()
    staff.save()
    client = opened()
    assert client.post(HIDE).status_code == 204
    assert client.get(HIDE)["Location"] == f"/konto/login/?next={HIDE}"


def test_lock_is_of_one_session(opened: Callable[..., Client]) -> None:
    one, other = opened(), opened()
    one.post(HIDE)
    assert (is_in(one), is_in(other)) == (False, True)


def test_staying_renews_the_idle_limit(opened: Callable[..., Client], time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client = opened()
    time_machine.shift(30)
    assert client.post("/konto/bliv/").status_code == 204
    time_machine.shift(30 * 60 - 1)
    assert is_in(client)
    time_machine.shift(30 * 60 + 1)
    assert client.post("/konto/bliv/").status_code == 403


def account_pages() -> list[str]:
    """The address of every page of login and account, with something for each part that varies."""
    routes = [route for route, _pattern in every_pattern(get_resolver("guide.urls")) if route.startswith("konto/")]
    filled = [re.sub(r"<int:\w+>", "1", route) for route in routes]
    varying = r"\(\?P<\w+>[^)]*\)|<\w+:\w+>|[\^$]"
    return ["/" + re.sub(varying, lambda part: "a" if len(part[0]) > 1 else "", route) for route in filled]


def test_form_of_an_account_is_small(opened: Callable[..., Client]) -> None:
    client, pages = opened(), account_pages()
    body = "name=" + "x" * OPEN_PAGE_LIMIT
    form = "application/x-www-form-urlencoded"
    assert len(pages) > 30
    assert {client.post(path, body, content_type=form).status_code for path in pages} == {413}


def test_no_form_is_kept_in_the_session(opened: Callable[..., Client]) -> None:
    """Nor is the cookie, which allauth keeps with it where it asks for the password first."""
    asked = 0
    for path in account_pages():
        client = opened()
        answer = client.post(path, {"name": "Kanariefugl", "code": "Kanariefugl"})
        asked += answer.headers.get("Location", "").startswith("/konto/reauthenticate/")
        kept = str(dict(client.session.items()))
        assert "Kanariefugl" not in kept, path
        assert str(client.session.session_key) not in kept, path
    assert asked >= 3


def test_page_that_asked_for_the_password_is_shown_after_it(opened: Callable[..., Client]) -> None:
    client = opened()
    asked = client.post("/konto/2fa/webauthn/add/", {"name": "Ny"})
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/konto/2fa/webauthn/add/"
    assert client.get("/konto/2fa/webauthn/add/").status_code == 200
