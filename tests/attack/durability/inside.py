"""What goes on in a process of its own, under the product's own settings: `python -m tests.attack.durability.inside`.

`build` makes tables, owners, a case and a session for each, and prints them. `grow` makes a case long, for all of them
to read. `save` saves steps and notes through the product's own views, and notes each one in a file once its answer is
there. `judge` reads names of database files and says of each what it holds and whether it is whole.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.contrib.sessions.models import Session  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from cases.crypto.encryption import SealBroken  # noqa: E402
from cases.log.entry_crypto import data_key, open_entry  # noqa: E402
from cases.models import Case, Entry, User  # noqa: E402
from cases.sharing.actions import add_participant  # noqa: E402
from guide.accounts.second_factor import SECOND_FACTOR_MARK  # noqa: E402
from tests.attack.durability.actions import HOST, Action, actions  # noqa: E402
from tests.factories import add_note, file_step, make_case, make_school, make_user  # noqa: E402


def build(owners: int) -> list[dict[str, str]]:
    """Make the tables and a school with so many owners."""
    call_command("migrate", verbosity=0)
    _name_static_files(Path(settings.STATIC_ROOT))
    school = make_school()
    made = []
    for _number in range(owners):
        owner = make_user(school=school)
        client = Client()
        client.force_login(owner)
        session = client.session
        session[SECOND_FACTOR_MARK] = str(owner.pk)
        session.save()
        made.append({"session": session.session_key, "case": str(make_case(owner).public_id)})
    # Copies of the house are used until the last test: longer than a session lies unused.
    Session.objects.update(expire_date=timezone.now() + settings.SESSION_ABSOLUTE_AGE)
    return made


def grow(case: str, entries: int) -> None:
    """Write notes and filings until the case has so many entries, and give each colleague access to it."""
    found = Case.objects.unscoped("test").select_related("owner", "school").get(public_id=case)
    for colleague in User.objects.filter(school=found.school).exclude(pk=found.owner_id):
        add_participant(case=found, by=found.owner, user=colleague)
    while found.head_seq < entries:
        if found.head_seq % 10:
            add_note(found, text="Vi talte sammen om det, der er sket. " * 6)
        else:
            file_step(found)


def _name_static_files(folder: Path) -> None:
    """What `collectstatic` would write for the pages to name; nobody fetches the files themselves here."""
    names = {name: name for finder in get_finders() for name, _storage in finder.list([])}
    folder.mkdir()
    (folder / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": names, "hash": ""}))


def save(session: str, case: str, name: str, count: int, receipts: Path) -> None:
    """Save so many times. The receipt comes after the answer: only then does anybody believe that it is kept."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    other = _other_process()
    paper = os.open(receipts, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for number, action in enumerate(actions(case, name)):
        if number == count:
            break
        _send(client, action)
        os.write(paper, json.dumps({"submission": action.submission, "text": action.text}).encode() + b"\n")
    if other:
        other.close()


def _other_process() -> sqlite3.Connection | None:
    """The file is open elsewhere too, as it is in a server with several processes: no close is the last one."""
    if connection.vendor != "sqlite":
        return None
    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    other.execute("SELECT count(*) FROM cases_case").fetchall()
    return other


def _send(client: Client, action: Action) -> None:
    answer = client.post(
        action.path, action.body, "application/x-www-form-urlencoded", secure=True, headers={"host": HOST}
    )
    # The server gives each request a connection of its own.
    connection.close()
    if answer.status_code != 302:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:2000].decode()}")


def judge(path: str) -> dict[str, Any]:
    """What a database holds: texts by submission, and all that is wrong with it. Empty: the one of the environment."""
    connection.close()
    if path:
        connection.settings_dict["NAME"] = path
    try:
        faults = _faults()
        return {"faults": faults, "texts": {} if faults else dict(_texts())}
    except (DatabaseError, SealBroken, ValueError) as error:
        return {"faults": [f"{type(error).__name__}: {error}"], "texts": {}}
    finally:
        connection.close()


def _faults() -> list[str]:
    faults = []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            faults = [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
    said = StringIO()
    try:
        call_command("verify", stdout=StringIO(), stderr=said)
    except CommandError:
        faults += said.getvalue().splitlines()
    return faults


def _texts() -> Iterator[tuple[str, str]]:
    """Each submission with what was typed in it."""
    for case in Case.objects.unscoped("test"):
        key = data_key(case)
        for entry in Entry.objects.filter(case=case):
            content: Any = open_entry(entry, case_id=case.public_id, key=key)["content"]
            text = content.get("text") or content.get("answers", {}).get("what_happened")
            if text:
                yield str(entry.submission_id), text


def main(what: str, *words: str) -> None:
    """Do what the command line says."""
    match what:
        case "build":
            sys.stdout.write(json.dumps(build(int(words[0]))))
        case "grow":
            grow(words[0], int(words[1]))
        case "save":
            session, case, name, count, receipts = words
            save(session, case, name, int(count), Path(receipts))
        case "judge":
            for line in sys.stdin:
                sys.stdout.write(json.dumps(judge(json.loads(line))) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
