"""The ZIP of a case: whole, as its schema says, in words that tell how to check it, and the same bytes each time."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.utils import timezone

from cases.access import paper_log
from cases.access.paper_log import Stamp, log_made
from cases.documents.case_folder import build_case_folder
from cases.documents.log_schema import log_schema
from cases.enums import Document, EntryKind, Recipient
from cases.log.case_file import read_case, read_log
from cases.log.writer import add_correction
from cases.models import Case
from cases.sharing.actions import add_participant
from guide.demo import demo_data
from tests.factories import add_note, file_step, make_case, make_user

pytestmark = pytest.mark.django_db

FIRST_PAGE = b"%PDF-one page"


@pytest.fixture
def case() -> Case:
    return corrected_case()


def corrected_case() -> Case:
    case = make_case()
    file_step(case)
    note = add_note(case, text="Æblet faldt i går: »ø«")
    add_correction(case=case, by=case.owner, corrects=note.seq, text="Det var i forgårs.", submission_id=uuid4())
    return case


@pytest.fixture
def stamp(case: Case) -> Stamp:
    return paper_log.ask(case, case.owner, Document.CASE_FOLDER, Recipient.SELF)


def unpacked(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_holds_every_line_as_written(case: Case, stamp: Stamp) -> None:
    files = unpacked(build_case_folder(case, read_log(case), FIRST_PAGE, stamp))
    log, proof = json.loads(files["log.json"]), json.loads(files["verifikation.json"])
    stored, entries = read_case(case), list(case.entries.order_by("seq"))
    assert [entry["content"] for entry in log["entries"]] == json.loads(json.dumps([e.content for e in stored.entries]))
    assert [entry["corrected_by"] for entry in log["entries"]][-2:] == [[len(entries)], []]
    assert log["made"] == {"at": stamp.at.isoformat(), "code": stamp.words, "log_position": len(entries)}
    assert [(row["seq"], row["hash"], row["prev_hash"]) for row in proof["entries"]] == [
        (entry.seq, entry.hash, entry.prev_hash) for entry in entries
    ]
    assert (proof["intact_when_made"], proof["head"]["hash"]) == (True, entries[-1].hash)
    assert files["kort-resume.pdf"] == FIRST_PAGE
    sums = dict(reversed(line.split("  ")) for line in files.pop("sha256.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert stamp.words in files["laes-mig.txt"].decode()


def test_same_state_and_time_give_the_same_bytes(case: Case, stamp: Stamp) -> None:
    made = build_case_folder(case, read_log(case), FIRST_PAGE, stamp)
    assert build_case_folder(case, read_log(case), FIRST_PAGE, stamp) == made
    log_made(stamp, case.owner, made)
    found = paper_log.find_paper(hashlib.sha256(made).hexdigest())
    assert found
    assert (found.document, found.by_file) == (Document.CASE_FOLDER, True)


def test_says_that_the_log_was_altered(case: Case, stamp: Stamp) -> None:
    log = read_log(case)
    log.rows[1].entered_at += timedelta(minutes=1)
    altered = type(log)(log.rows, False, case, log.key)
    files = unpacked(build_case_folder(case, altered, FIRST_PAGE, stamp))
    assert json.loads(files["verifikation.json"])["intact_when_made"] is False
    assert "passede loggen ikke" in files["laes-mig.txt"].decode()


def test_log_is_as_its_schema_says() -> None:
    """Of every story of the demo, and of a case with the two kinds of entries that no story has."""
    demo_data.build()
    case = corrected_case()
    add_participant(case=case, by=case.owner, user=make_user(school=case.school))
    kinds = set()
    for case in Case.objects.unscoped("test"):
        stamp = Stamp(case, Document.CASE_FOLDER, "k7q2m9fx3bcd", timezone.now())
        files = unpacked(build_case_folder(case, read_log(case), FIRST_PAGE, stamp))
        assert json.loads(files["log.schema.json"]) == log_schema()
        log = json.loads(files["log.json"])
        assert faults(log, log_schema()) == []
        kinds |= {entry["kind"] for entry in log["entries"]}
    assert kinds == set(EntryKind.values)
    log["entries"][0]["content"] = {"status": 1}
    assert faults(log, log_schema()) != []


def faults(value: Any, schema: dict[str, Any], place: str = "log") -> list[str]:
    """What is wrong by the words of JSON Schema that ``log_schema`` uses."""
    if "anyOf" in schema:
        found = [faults(value, one, place) for one in schema["anyOf"]]
        return [] if [] in found else min(found, key=len)
    if "const" in schema:
        return [] if value == schema["const"] else [f"{place}: not {schema['const']}"]
    types: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    wanted = schema.get("type")
    fits = type(value) is int if wanted == "integer" else isinstance(value, types.get(wanted or "", object))
    if not fits:
        return [f"{place}: not {wanted}"]
    if wanted == "array":
        return [
            fault for number, one in enumerate(value) for fault in faults(one, schema["items"], f"{place}/{number}")
        ]
    if wanted != "object":
        return []
    known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    wrong = [f"{place}: no {name}" for name in schema.get("required", []) if name not in value]
    for name, one in value.items():
        part = known.get(name, more)
        wrong += [f"{place}: {name}"] if part is False else faults(one, part, f"{place}/{name}")
    return wrong
