import gzip
import logging
import re
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import User
from guide.web.middleware import MOST_AT_ONCE, OPEN_PAGE_LIMIT, PUBLIC_PAGES, SIGNED_OUT_LIMIT, OwnShare
from tests.factories import make_user
from tests.machine import slowness

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

FORM = "application/x-www-form-urlencoded"
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="


@pytest.mark.parametrize("path", ["/", "/sager/", "/nowhere/", "/konto/login/"])
def test_headers_on_every_answer(client: Client, path: str) -> None:
    response = client.get(path)
    got = {
        name: response.headers.get(name) for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")
    }
    assert got == {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
    assert response["Cross-Origin-Opener-Policy"] == response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_headers_on_static_files(client: Client) -> None:
    response = client.get("/static/css/base.css")
    assert (response.status_code, response["Cross-Origin-Resource-Policy"]) == (200, "same-origin")
    assert "public" in response["Cache-Control"] or "max-age" in response["Cache-Control"]
    response.close()


def test_csp_allows_the_site_itself_and_nothing_else(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} == {
        "default-src 'none'",
        "frame-ancestors 'none'",
        *(f"{what}-src 'self'" for what in ("script", "style", "img", "font", "connect")),
        "form-action 'self'",
        "base-uri 'self'",
    }


def test_public_page_may_be_kept_by_a_stranger(client: Client) -> None:
    assert client.get("/")["Cache-Control"] == "no-cache, private"


@pytest.mark.parametrize("path", ["/?q=1", "/proev/", "/sager/", "/nowhere/", "/konto/login/", "/konto/signup/"])
def test_nothing_else_is_kept(client: Client, path: str) -> None:
    assert client.get(path)["Cache-Control"] == "no-store, private"


def test_public_page_not_kept_for_who_is_logged_in(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.get("/")["Cache-Control"] == "no-store, private"


def test_error_page_not_kept(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/broken/")
    assert (response.status_code, response["Cache-Control"]) == (500, "no-store, private")


# All that opens without login. Whatever else has an address asks for one.
OPEN = [
    ("", "start"),
    ("akut/", "akut"),
    ("vejledning/", "vejledning"),
    ("vejledning/<slug:step>/", "trin_vejledning"),
    ("samtaler/", "samtaler"),
    ("vaegkort/", "vaegkort"),
    ("niveauer/", "niveauer"),
    ("kontakter/", "kontakter"),
    ("proev/", "proev"),
    ("tilgaengelighed/", "tilgaengelighed"),
    ("was/", "was"),
    ("databeskyttelse/", "databeskyttelse"),
    ("helbred/", "helbred"),
    ("helbred/klar/", "helbred_klar"),
    # The ways in.
    ("demo/log-ind/", "demo_login"),
    ("admin/login/", "login"),
    ("konto/login/", "account_login"),
    ("konto/logout/", "account_logout"),
    ("konto/inactive/", "account_inactive"),
    ("konto/password/reset/", "account_reset_password"),
    ("konto/password/reset/done/", "account_reset_password_done"),
    ("konto/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", "account_reset_password_from_key"),
    ("konto/password/reset/key/done/", "account_reset_password_from_key_done"),
    ("konto/2fa/authenticate/", "mfa_authenticate"),
    ("konto/2fa/webauthn/login/", "mfa_login_webauthn"),
    ("konto/sso/<slug:provider_key>/", "sso_begin"),
    ("konto/sso/<slug:provider_key>/retur/", "sso_finish"),
    # Closed for everybody: the first of each name answers that there is no such page.
    *[("konto/signup/", "account_signup")] * 2,
    ("konto/email/", "account_email"),
    *[("konto/confirm-email/", "account_email_verification_sent")] * 2,
    ("konto/confirm-email/<str:key>/", "account_confirm_email"),
    (r"konto/^confirm-email/(?P<key>[-:\w]+)/$", "account_confirm_email"),
    *[("konto/login/code/confirm/", "account_confirm_login_code")] * 2,
    ("konto/password/set/", "account_set_password"),
]


def every_pattern(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern, path)
        else:
            yield path, pattern


@pytest.mark.urls(settings.ROOT_URLCONF)
def test_public_list_names_only_open_pages() -> None:
    found = [
        (path, pattern.name)
        for path, pattern in every_pattern(get_resolver())
        if not getattr(pattern.callback, "login_required", True)
    ]
    assert sorted(found) == sorted(OPEN)
    assert {name for _path, name in OPEN} >= PUBLIC_PAGES


def test_logout_clears_the_browser_and_only_logout(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert "Clear-Site-Data" not in client.get("/sager/").headers
    response = client.post("/konto/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/sager/").status_code == 302


def test_session_ends_after_half_an_hour_without_use(client: Client, staff: User, time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client.force_login(staff)
    for _ in range(3):
        time_machine.shift(29 * 60)
        assert client.get("/sager/").status_code == 200
    time_machine.shift(30 * 60 + 1)
    assert client.get("/sager/").status_code == 302


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaaaaaa"', "a", "a" * 33, "A" * 32, "' OR 1=1 --", "\xff" * 32])
def test_key_that_is_none_of_ours_is_not_looked_up(
    client: Client, staff: User, key: str, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/sager/", headers={"Cookie": f"session={key}"})
    assert response["Location"] == "/konto/login/?next=/sager/"


def test_session_ends_after_ten_hours_of_use(client: Client, staff: User, time_machine) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client.force_login(staff)
    assert client.get("/sager/").status_code == 200
    for _ in range(29):
        time_machine.shift(20 * 60)
        assert client.get("/sager/").status_code == 200
    time_machine.shift(20 * 60)
    assert client.get("/sager/").status_code == 302


def test_session_in_use_saved_once_a_minute(
    client: Client, staff: User, time_machine, django_assert_num_queries
) -> None:
    time_machine.move_to("2026-03-02 08:00:00+00:00", tick=False)
    client.force_login(staff)
    client.get("/sager/")
    with django_assert_num_queries(2):  # session, user
        client.get("/sager/")


def test_file_refused_and_text_handed_back(client: Client, staff: User) -> None:
    client.force_login(staff)
    part = encode_multipart(BOUNDARY, {"text": "Hun så det <selv>"}).replace(
        f"--{BOUNDARY}--".encode(),
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="x.png"\r\n'
        f"Content-Type: image/png\r\n\r\nPNGPNG\r\n--{BOUNDARY}--".encode(),
    )
    response = client.generic("POST", "/sager/", part, content_type=MULTIPART_CONTENT)
    assert response.status_code == 400
    assert "Handlekort tager ikke imod filer" in response.text
    assert "Hun så det &lt;selv&gt;" in response.text
    assert "PNGPNG" not in response.text
    assert response["Cache-Control"] == "no-store, private"


def test_multipart_refused_without_a_file_too(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.post("/sager/", {"text": "x"}, content_type=MULTIPART_CONTENT).status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "image/png", "text/plain", "multipart/mixed; boundary=x"])
def test_other_bodies_refused(client: Client, staff: User, content_type: str) -> None:
    client.force_login(staff)
    assert client.post("/sager/", b"x", content_type=content_type).status_code == 400


def test_broken_multipart_refused_quietly(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.post("/sager/", b"x", content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("charset", ["latin-1", "utf-7", "hex", "idna"])
def test_form_in_another_alphabet_refused(client: Client, staff: User, charset: str) -> None:
    client.force_login(staff)
    response = client.generic("POST", "/sager/", b"text=x", content_type=f"{FORM}; charset={charset}")
    assert response.status_code == 400
    assert "Teksten kunne ikke læses" in response.text


@pytest.mark.parametrize("charset", ["utf-7", "hex", "rot13"])
def test_address_is_read_as_utf_8_whatever_is_said(client: Client, charset: str) -> None:
    response = client.generic("GET", "/?q=%2B2AA-", content_type=f"text/plain; charset={charset}")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store, private")
    assert response.wsgi_request.GET["q"] == "+2AA-"


@pytest.mark.parametrize(
    "text",
    [
        PICTURE,
        "se her: DATA:image/jpeg;charset=x;base64,AAAA",
        "data:image/svg+xml,%3Csvg",
        "data:application/pdf;base64,AA",
    ],
)
def test_picture_written_as_text_refused(client: Client, staff: User, text: str) -> None:
    client.force_login(staff)
    response = client.post("/sager/", f"text=Mit+brev&b={text}".replace("+xml", "%2Bxml"), content_type=FORM)
    assert (response.status_code, "Mit brev" in response.text, "base64" in response.text) == (400, True, False)


def test_picture_written_as_the_name_of_a_field_refused(client: Client, staff: User) -> None:
    client.force_login(staff)
    response = client.post("/sager/", {"text": "Mit brev", PICTURE: "x"})
    assert (response.status_code, "Mit brev" in response.text, "base64" in response.text) == (400, True, False)


@pytest.mark.parametrize(
    "text", ["Mødedata: image i gruppen", "data: 3 billeder/video", "data:image", "metadata:x/y;z"]
)
def test_plain_words_about_data_pass(client: Client, staff: User, text: str) -> None:
    client.force_login(staff)
    assert text in client.post("/sager/", f"text={text}", content_type=FORM).text


def test_search_for_pictures_takes_no_time_on_hostile_text(client: Client, staff: User) -> None:
    client.force_login(staff)
    began = time.process_time()
    client.post("/sager/", "text=" + "data:a/b" + "; ; " * 100_000 + "data:" * 50_000, content_type=FORM)
    assert time.process_time() - began < 2


def seconds(client: Client, body: str) -> float:
    """The least processor time that three logins with this body took."""
    times = []
    for _ in range(3):
        began = time.process_time()
        client.post("/konto/login/", body, content_type=FORM)
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize("part", ["data:a/b;", "data:a/b;base64 ", "www.a 0101011234 ", "a=&", "(", "A1b/", "%C3%A6"])
@pytest.mark.parametrize("size", [52_000, OPEN_PAGE_LIMIT - 100, OPEN_PAGE_LIMIT + 1])
def test_a_hostile_login_costs_no_more_than_a_few_ordinary_ones(client: Client, part: str, size: int) -> None:
    ordinary = seconds(client, "login=alma@example.dk&password=wrong")
    hostile = "login=alma@example.dk&password=wrong&text=" + part * (size // len(part))
    assert seconds(client, hostile) < 5 * ordinary + 0.05 * slowness()


@pytest.mark.parametrize(("size", "status"), [(OPEN_PAGE_LIMIT, 200), (OPEN_PAGE_LIMIT + 1, 413)])
def test_form_of_an_open_page_is_small(client: Client, staff: User, size: int, status: int) -> None:
    body = "text=" + "x" * (size - 5)
    assert client.post("/proev/", body, content_type=FORM).status_code == status
    client.force_login(staff)
    assert client.post("/proev/", body, content_type=FORM).status_code == status


@pytest.mark.parametrize(("size", "status"), [(SIGNED_OUT_LIMIT, 403), (SIGNED_OUT_LIMIT + 1, 413)])
def test_form_after_the_session_ended_is_bounded(client: Client, staff: User, size: int, status: int) -> None:
    body = "text=" + "x" * (size - 5)
    response = client.post("/sager/", body, content_type=FORM)
    assert (response.status_code, "x" * (size - 5) in response.text) == (status, status == 403)
    client.force_login(staff)
    assert client.post("/sager/", body, content_type=FORM).status_code == 200


def test_too_large_a_form_is_not_parsed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HttpRequest, "_load_post_and_files", None)
    assert client.post("/konto/login/", "x" * (OPEN_PAGE_LIMIT + 1), content_type=FORM).status_code == 413


def test_refusal_under_htmx_is_a_fragment(client: Client, staff: User) -> None:
    client.force_login(staff)
    response = client.post("/sager/", {"text": PICTURE}, headers={"HX-Request": "true"})
    assert response.status_code == 400
    assert "<html" not in response.text
    assert "Handlekort tager ikke imod filer" in response.text


def test_one_megabyte_of_text_reaches_the_view(client: Client, staff: User) -> None:
    client.force_login(staff)
    response = client.post("/sager/", "text=" + "%C3%A6" * 500_000, content_type=FORM)
    assert "æ" * 500_000 in response.text


@pytest.mark.parametrize("body", ["text=" + "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), "a=&" * 5001])
def test_too_much_gets_a_sentence(client: Client, staff: User, body: str) -> None:
    client.force_login(staff)
    response = client.post("/sager/", body, content_type=FORM)
    assert response.status_code == 413
    assert "Det er for meget på én gang" in response.text


def test_one_user_takes_no_more_than_a_share_of_the_server(rf: RequestFactory, staff: User) -> None:
    share, others = OwnShare(lambda request: HttpResponse("page")), [AnonymousUser(), make_user()]

    def begin(user: User | AnonymousUser, method: str = "GET", session: str = "") -> HttpRequest:
        request = rf.generic(method, "/sager/")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = session or f"own of {user.pk}"
        request.user, request.resolver_match = user, None
        return request

    at_work = [begin(staff, session="another") for _number in range(MOST_AT_ONCE)]
    assert [share.process_view(request, view, (), {}) for request in at_work] == [None] * MOST_AT_ONCE
    refused = begin(staff)
    answer = share.process_view(refused, view, (), {})
    assert answer
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert share.process_view(begin(staff, "POST"), view, (), {}) is None
    assert [share.process_view(begin(user), view, (), {}) for user in others * MOST_AT_ONCE] == [None] * 12
    again = share(begin(staff))
    assert (again.status_code, again["Retry-After"], "Vent et øjeblik" in again.text) == (503, "5", True)
    assert share(begin(staff, "POST")).text == share(begin(staff, session="another")).text == "page"
    share(at_work[0])
    assert share(begin(staff)).text == "page"
    assert share.process_view(begin(staff), view, (), {}) is None


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_old_token_hands_text_back_with_a_fresh_one(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    response = client.post("/sager/", "csrfmiddlewaretoken=old&text=Han+skrev+igen", content_type=FORM)
    assert response.status_code == 403
    assert "Han skrev igen" in response.text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.text)
    assert token is not None
    again = client.post("/sager/", f"csrfmiddlewaretoken={token[1]}&text=Han+skrev+igen", content_type=FORM)
    assert again.text == "private for Lis: Han skrev igen"


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        # A browser from before these headers.
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, False),
        ({}, True),
    ],
    ids=str,
)
def test_words_of_another_site_are_not_handed_back(staff: User, headers: dict[str, str], is_own: bool) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    response = client.post("/sager/", "text=Words", content_type=FORM, headers=headers)
    assert (response.status_code, "Words" in response.text) == (403, is_own)


def test_log_of_an_error_holds_no_content(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.raise_request_exception = False
    client.post("/broken/", "text=hemmeligt", content_type=FORM)
    [record] = [record for record in caplog.records if record.name == "django.request"]
    line = next(h for h in logging.getLogger("django").handlers if h.name == "stderr").format(record)
    assert "hemmeligt" not in line
    assert "Internal Server Error: /broken/" in line
    assert re.search(r"\[builtins\.ValueError at house_urls\.py:\d+ < ", line)


ZIPPED = {"Accept-Encoding": "gzip"}


def test_page_is_compressed_each_time_to_another_length(client: Client) -> None:
    answers = [client.get("/konto/login/", headers=ZIPPED) for _ in range(20)]
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert {b"Log ind" in gzip.decompress(answer.content) for answer in answers} == {True}
    assert len({len(answer.content) for answer in answers}) > 5


@pytest.mark.parametrize("path", ["/konto/login/?next=/sager/", "/static/css/base.css"])
def test_what_the_address_may_have_written_and_files_are_not_compressed_here(client: Client, path: str) -> None:
    answer = client.get(path, headers=ZIPPED)
    assert answer.getvalue()
    assert (answer.status_code, answer.get("Content-Encoding")) == (200, None)


def test_browser_that_does_not_ask_for_it_gets_the_page_as_it_is(client: Client) -> None:
    answer = client.get("/konto/login/")
    assert "Content-Encoding" not in answer
    assert "Accept-Encoding" in answer["Vary"]
