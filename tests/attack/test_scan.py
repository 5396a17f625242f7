"""Another tool's eyes: the scanner Wapiti let loose on production's own settings, and on the demo as everybody in turn.

The suite scans once, as the owner of a case; `script/prove scan` does the rest.

Needs `HANDLEKORT_WAPITI`, the scanner's program; `script/test` installs it in a venv of its own. It reaches for
nothing but this machine: kinds of attack that need a server of the scanner's makers are left out (XXE, SSRF, Log4Shell:
there is no XML, no fetching of addresses and no Java here). So is LDAP: there is no directory behind the product, and
the scanner takes answers that the limits on guessing give for one. Notes that the scanner itself calls informational
count for nothing.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from tests import figures
from tests.attack.durability.actions import TOKEN
from tests.attack.durability.house import ROOT, House, Server, build, environment

WAPITI = os.environ.get("HANDLEKORT_WAPITI", "")
TO_FIND = 120
"""Seconds for finding pages: more than are needed. The scanner, cut short, at times meets a lock in its own notes."""
DEPTH = figures.amount(2, 5)
"""How many links away from the first page a page may be."""
TO_ATTACK = figures.amount(1, 30)
"""Seconds for each kind of attack."""
STARTS = 4
"""How often the scanner may start, with twice the time, when it ends without a report or did not see enough."""

ATTACKS = (
    *("backup", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "methods", "permanentxss"),
    *("redirect", "sql", "timesql", "upload", "xss"),
)
# The demo is plain http on the machine itself, so its cookies cannot be Secure; production's are looked at apart.
OVER_HTTPS = ("cookieflags", "csp", "http_headers")
# What would end the scan: the way out, and the way in as somebody else.
LEFT_ALONE = ("/konto/logout/", "/konto/her-er-du-logget-ind/", "/konto/skjul/", "/demo/log-ind/")
# Comes last: sending every form of the administration changes accounts, its own included, which ends its session.
MAY_END_ITSELF = "Administrator"
VISITORS = ("", "Leder", "Medarbejder", "SSP-konsulent", MAY_END_ITSELF)

# What the scanner concludes from answers that differ. At the doors they differ by limits on guessing, and by a session
# that ends while it asks: an injection is there again when it is asked for alone.
BY_COMPARING = re.compile(r"SQL Injection: POST /konto/\S+ SQL Injection via injection in the parameter \w+")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WAPITI, reason="the scanner is not here: script/test installs it"),
    pytest.mark.skipif(
        "sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="a scan does not see the engine"
    ),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo as it is served, on a port of its own."""
    folder = tmp_path_factory.mktemp("demo")
    own = {**environment(folder), "HANDLEKORT_DEMO": "1", "ALLOWED_HOSTS": "", "TRUSTED_PROXIES": "0"}
    subprocess.run([sys.executable, "script/prepare_demo.py"], cwd=ROOT, env=own, check=True, capture_output=True)
    with Served(House(folder, own)) as server:
        yield server


class Served(Server):
    """The server, asked as a browser on this machine asks it."""

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/").status_code == 200
        except httpx.HTTPError:
            return False


def cookies_of(address: str, role: str) -> str:
    """Log in by one click as the first person in this role; what the browser then sends along."""
    with httpx.Client(base_url=address) as browser:
        page = browser.get("/konto/login/").text
        offers = re.findall(r'<form[^>]*"/demo/log-ind/".*?</form>', page, re.DOTALL)
        typed = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', next(form for form in offers if role in form)))
        assert browser.post("/demo/log-ind/", data=typed).status_code == 302
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def scan(
    address: str, folder: Path, attacks: tuple[str, ...], role: str, cookies: str, *words: str
) -> tuple[list[str], set[str]]:
    """What the scanner found above informational, and the addresses that it knew of, this visitor's own among them."""
    for start in range(STARTS):
        report, paths, said = _scan_once(address, folder, attacks, cookies, TO_FIND * 2**start, *words)
        if report and reached(role, paths):
            break
    assert report, f"the scanner fell: {said}"
    assert reached(role, paths), sorted(paths)
    found = {**report["vulnerabilities"], **report["anomalies"]}
    return [f"{kind}: {one['method']} {one['path']} {one['info']}" for kind in found for one in found[kind]], paths


def _scan_once(
    address: str, folder: Path, attacks: tuple[str, ...], cookies: str, to_find: int, *words: str
) -> tuple[dict[str, dict[str, list[dict[str, str]]]], set[str], str]:
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [WAPITI, "--url", f"{address}/", "--module", ",".join(attacks)]
    command += ["--format", "json", "--output", str(report)]
    command += [
        "--scope",
        "folder",
        "--depth",
        str(DEPTH),
        "--no-bugreport",
        "--dns-endpoint",
        "localhost",
        "--verbose",
        "0",
    ]
    command += ["--max-scan-time", str(to_find), "--max-attack-time", str(TO_ATTACK), "--tasks", "4"]
    command += ["--flush-session", "--store-session", str(folder / "session"), "--store-config", str(folder / "config")]
    command += words
    command += [word for path in LEFT_ALONE for word in ("--exclude", f"{address}{path}")]
    if cookies:
        command += ["--start", f"{address}/sager/", "--cookie-value", cookies]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=7200)
    if not report.exists():
        return {}, set(), done.stdout[-1000:] + done.stderr[-3000:]
    return json.loads(report.read_text(encoding="utf-8")), _found(folder / "session"), ""


def _found(session: Path) -> set[str]:
    with closing(sqlite3.connect(next(session.glob("*.db")))) as kept:
        return {urlsplit(path).path for (path,) in kept.execute("SELECT path FROM paths")}


def reached(role: str, paths: set[str]) -> bool:
    """Whether the scanner saw what only this visitor gets to see: else it was not logged in."""
    wanted = {"": "/konto/password/reset/", "Administrator": "/admin/cases/user/"}
    return any(re.match(wanted.get(role, r"/sager/[0-9a-f-]{36}/"), path) for path in paths)


# Every form and query of the pages of all of them is tried by test_fuzz and test_fuzz_requests.
@pytest.mark.skipif(not figures.LONG, reason="the long form: script/prove scan")
@pytest.mark.parametrize("role", VISITORS, ids=lambda role: role or "stranger")
def test_scan_of_the_demo_finds_nothing(role: str, demo: Server, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{demo.port}"
    cookies = cookies_of(address, role) if role else ""
    found, paths = scan(address, tmp_path, ATTACKS, role, cookies)
    if any(BY_COMPARING.fullmatch(one) for one in found):
        (tmp_path / "again").mkdir()
        again, _paths = scan(address, tmp_path / "again", ("sql",), role, cookies)
        found = [one for one in found if one in again or not BY_COMPARING.fullmatch(one)]
    assert found == []
    assert not demo.errors(), "\n".join(demo.errors())
    if role and role != MAY_END_ITSELF:
        assert httpx.get(f"{address}/sager/", headers={"Cookie": cookies}).status_code == 200, "logged in to the end"
    figures.record("scan: visitors", 1)
    figures.record("scan: pages", len(paths))
    figures.record("scan: findings", 0)


def test_scan_of_production_settings_finds_nothing(tmp_path: Path) -> None:
    """As it stands behind a proxy that speaks https, by the owner of a case."""
    house = build(tmp_path / "house", owners=1)
    own = House(house.folder, {**house.environment, "ALLOWED_HOSTS": f"{house.environment['ALLOWED_HOSTS']},127.0.0.1"})
    cookies = f"__Host-session={house.owners[0].session}; __Host-csrf={TOKEN}"
    with Server(own) as server:
        address = f"http://127.0.0.1:{server.port}"
        headers = ["X-Forwarded-Proto: https", f"Origin: https://127.0.0.1:{server.port}"]
        words = [word for header in headers for word in ("--header", header)]
        found, _paths = scan(address, tmp_path, tuple({*ATTACKS, *OVER_HTTPS}), "Medarbejder", cookies, *words)
        assert not server.errors(), "\n".join(server.errors())
    assert found == []
    with closing(sqlite3.connect(house.database)) as kept:
        assert kept.execute("SELECT count(*) FROM cases_case").fetchone()[0] > 1, "no form of the scanner was taken"
    figures.record("scan: attacks", len({*ATTACKS, *OVER_HTTPS}))
