"""The settings as a fresh process meets them: what starts, and the sentence when it does not."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KEY = base64.b64encode(bytes(range(32))).decode()
SOUND = {
    "SECRET_KEY": "Zq3-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "HANDLEKORT_KEYS": f"first:{KEY}",
    "ALLOWED_HOSTS": "handlekort.example",
}
DEMO = {**SOUND, "ALLOWED_HOSTS": "", "HANDLEKORT_DEMO": "1"}


def start(environment: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def read(environment: dict[str, str], *names: str) -> list[object]:
    code = f"import json, guide.settings as s; print(json.dumps([getattr(s, n) for n in {names!r}], default=str))"
    result = start(environment, code)
    assert result.stderr == ""
    values: list[object] = json.loads(result.stdout)
    return values


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing. Set it to at least 50 random characters."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak."),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too weak."),
        ({"SECRET_KEY": "django-insecure-" + SOUND["SECRET_KEY"]}, "SECRET_KEY is too weak."),
        ({"HANDLEKORT_KEYS": ""}, "HANDLEKORT_KEYS is missing."),
        ({"HANDLEKORT_KEYS": KEY}, "not 32 bytes"),
        ({"HANDLEKORT_KEYS": f":{KEY}"}, "needs a name of its own for each key"),
        ({"HANDLEKORT_KEYS": f"a:{KEY},a:{KEY}"}, "needs a name of its own for each key"),
        ({"HANDLEKORT_KEYS": "a:not base64"}, "the key named 'a' is not 32 bytes in base64"),
        (
            {"HANDLEKORT_KEYS": "a:" + base64.b64encode(b"x" * 31).decode()},
            "the key named 'a' is not 32 bytes in base64",
        ),
        ({"HANDLEKORT_KEYS": f"a:{KEY},b:" + base64.b64encode(b"x" * 32).decode()}, "the key named 'b' is too weak"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not hold *."),
        ({"HANDLEKORT_DEMO": "maybe"}, "HANDLEKORT_DEMO is 'maybe'. Use 1 or 0."),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is '-1'. Use a whole number."),
        ({"HANDLEKORT_LOG": "xml"}, "HANDLEKORT_LOG is 'xml'. Use text or json."),
        ({"DATABASE_URL": "mysql://u@h/d"}, "DATABASE_URL must name PostgreSQL or SQLite."),
        ({"HANDLEKORT_DEMO": "1"}, "Demo mode answers on this machine only."),
        ({"HANDLEKORT_DEMO": "1", "ALLOWED_HOSTS": "localhost,10.0.0.5"}, "Demo mode answers on this machine only."),
        (
            {"HANDLEKORT_DEMO": "1", "ALLOWED_HOSTS": "", "DATABASE_URL": "postgres://u@h/d"},
            "Demo mode keeps its data in SQLite.",
        ),
    ],
)
def test_start_refused_with_a_sentence(change: dict[str, str], sentence: str) -> None:
    result = start(SOUND | change, "import guide.settings")
    assert result.returncode == 1
    assert f"ImproperlyConfigured: {sentence}".partition(": ")[0] in result.stderr.splitlines()[-1]
    assert sentence in result.stderr.splitlines()[-1]


def test_secrets_never_shown_when_refused() -> None:
    weak = base64.b64encode(b"hemmelig-noegle").decode()
    assert weak not in start(SOUND | {"HANDLEKORT_KEYS": f"a:{weak}"}, "import guide.settings").stderr


def test_production_is_what_happens_by_default() -> None:
    names = ("DEBUG", "DEMO", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")
    assert read(SOUND, *names) == [False, False, True, True, "__Host-session", "__Host-csrf"]
    assert read(SOUND, "ALLOWED_HOSTS", "SECURE_PROXY_SSL_HEADER") == [["handlekort.example"], None]


@pytest.mark.parametrize("name", ["DEBUG", "DJANGO_DEBUG", "HANDLEKORT_DEBUG"])
@pytest.mark.parametrize("mode", [SOUND, DEMO], ids=["production", "demo"])
def test_nothing_switches_debug_on(mode: dict[str, str], name: str) -> None:
    assert read(mode | {name: "1"}, "DEBUG") == [False]


def test_djangos_own_check_finds_nothing_in_production(tmp_path: Path) -> None:
    """As `manage.py check --deploy` does before a release, where a warning counts as a fault."""
    code = """
import django; django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
"""
    strong = {"SECRET_KEY": SOUND["SECRET_KEY"] + "abcdefghijklmnopqrstuvwxyz", "HANDLEKORT_DATA": str(tmp_path)}
    result = start(SOUND | strong | {"DJANGO_SETTINGS_MODULE": "guide.settings"}, code)
    assert (result.returncode, result.stderr) == (0, "")


def test_demo_speaks_plain_http_to_this_machine_only() -> None:
    names = ("DEBUG", "DEMO", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS")
    assert read(DEMO, *names) == [False, True, False, False, 0, ["127.0.0.1", "::1", "[::1]", "localhost"]]


def test_settings_come_from_the_service_managers_credentials(tmp_path: Path) -> None:
    (tmp_path / "SECRET_KEY").write_text(SOUND["SECRET_KEY"] + "\n")
    (tmp_path / "HANDLEKORT_KEYS").write_text(SOUND["HANDLEKORT_KEYS"])
    given = {"ALLOWED_HOSTS": SOUND["ALLOWED_HOSTS"], "CREDENTIALS_DIRECTORY": str(tmp_path)}
    names = ("SECRET_KEY", "HANDLEKORT_KEYS")
    assert read(given, *names) == [SOUND["SECRET_KEY"], SOUND["HANDLEKORT_KEYS"]]
    assert read(given | {"SECRET_KEY": "x" + SOUND["SECRET_KEY"]}, *names)[0] == "x" + SOUND["SECRET_KEY"]
    (tmp_path / "SECRET_KEY").write_bytes(b"\xff\xfe")
    assert "The credential SECRET_KEY cannot be read" in start(given, "import guide.settings").stderr


def test_forwarded_headers_believed_only_behind_a_proxy() -> None:
    names = ("ALLAUTH_TRUSTED_PROXY_COUNT", "SECURE_PROXY_SSL_HEADER")
    assert read(SOUND | {"TRUSTED_PROXIES": "2"}, *names) == [2, ["HTTP_X_FORWARDED_PROTO", "https"]]


def test_sqlite_file_lies_in_the_data_folder(tmp_path: Path) -> None:
    [databases] = read(SOUND | {"HANDLEKORT_DATA": str(tmp_path)}, "DATABASES")
    assert isinstance(databases, dict)
    assert databases["default"]["NAME"] == str(tmp_path / "handlekort.sqlite3")


def test_sqlite_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    code = """
import django, json; django.setup()
from django.db import connection
ask = lambda name: connection.cursor().execute(f"PRAGMA {name}").fetchone()[0]
names = ("journal_mode", "synchronous", "secure_delete", "recursive_triggers", "foreign_keys")
print(json.dumps([ask(name) for name in names]))
"""
    result = start(SOUND | {"HANDLEKORT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "guide.settings"}, code)
    assert json.loads(result.stdout) == ["truncate", 3, 1, 1, 1], result.stderr
