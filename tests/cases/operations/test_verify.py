"""Tampering by raw SQL, with the triggers lifted as somebody with the database in hand would lift them."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from cases.access import audit_log
from cases.enums import AuditVerb, EntryKind
from cases.log.entry_crypto import NewEntry, data_key, seal_entry
from cases.log.entry_types import NoteContent
from cases.models import AuditEvent, Case, Entry, append_only
from cases.operations import verify
from tests import figures
from tests.built_once import built_once
from tests.factories import add_note, file_step, make_case, make_user

LENGTH = 5


def make_long() -> Case:
    """A case of five lines: status, step, level, two notes; and another that stays sound."""
    case = make_case()
    file_step(case)
    add_note(case, text="Et")
    add_note(case, text="To")
    add_note(make_case(case.owner))
    return case


made = built_once(make_long)


@pytest.fixture
def long(made: Case, db: None) -> Case:
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=made.pk)


def tamper(sql: str, *params: Any) -> None:
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, params)


def faults() -> set[tuple[str, int]]:
    found = [*verify.audit_faults(), *verify.lost_cases()]
    for pk in Case.objects.unscoped("test").values_list("pk", flat=True):
        found += verify.case_faults(pk)
    figures.record("tamperings", bool(found))
    return {(fault.reference, fault.seq) for fault in found}


def test_sound(long: Case) -> None:
    assert faults() == set()


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'participant'",
        "step = 'stop'",
        "entered_at = '2020-01-01 00:00:00+00:00'",
        "happened_at = '2020-01-01 00:00:00+00:00'",
        "hash = prev_hash",
        "prev_hash = hash",
        "body = salt",
        "salt = body",
        "chain_key = NULL",
    ],
)
def test_edited_column(change: str, seq: int, long: Case) -> None:
    tamper(f"UPDATE cases_entry SET {change} WHERE case_id = %s AND seq = %s", long.pk, seq)
    assert (long.reference, seq) in faults()


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
def test_edited_author(seq: int, long: Case) -> None:
    tamper("UPDATE cases_entry SET by_id = %s WHERE case_id = %s AND seq = %s", make_user().pk, long.pk, seq)
    assert faults() == {(long.reference, seq)}


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
def test_altered_byte(seq: int, long: Case) -> None:
    body = bytearray(Entry.objects.get(case=long, seq=seq).body)
    body[20] ^= 1
    tamper("UPDATE cases_entry SET body = %s WHERE case_id = %s AND seq = %s", bytes(body), long.pk, seq)
    assert faults() == {(long.reference, seq)}


@pytest.mark.parametrize("seq", range(1, LENGTH))
def test_bodies_swapped_with_the_next(seq: int, long: Case) -> None:
    this, that = Entry.objects.filter(case=long, seq__in=[seq, seq + 1]).order_by("seq")
    for row, other in ((this, that), (that, this)):
        tamper(
            "UPDATE cases_entry SET body = %s, salt = %s WHERE id = %s", bytes(other.body), bytes(other.salt), row.pk
        )
    assert faults() == {(long.reference, seq), (long.reference, seq + 1)}


@pytest.mark.parametrize("seq", range(1, LENGTH))
def test_lines_swapped_with_the_next(seq: int, long: Case) -> None:
    for of, to in ((seq, 99), (seq + 1, seq), (99, seq + 1)):
        tamper("UPDATE cases_entry SET seq = %s WHERE case_id = %s AND seq = %s", to, long.pk, of)
    assert {(long.reference, seq), (long.reference, seq + 1)} <= faults()


def test_body_of_another_case(long: Case) -> None:
    foreign = Entry.objects.exclude(case=long).get(seq=2)
    tamper(
        "UPDATE cases_entry SET body = %s, salt = %s WHERE case_id = %s AND seq = 2",
        bytes(foreign.body),
        bytes(foreign.salt),
        long.pk,
    )
    assert faults() == {(long.reference, 2)}


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
def test_deleted_line(seq: int, long: Case) -> None:
    tamper("DELETE FROM cases_entry WHERE case_id = %s AND seq = %s", long.pk, seq)
    assert {fault for fault in faults() if fault[0] == long.reference and fault[1] in {seq, seq + 1}}


@pytest.mark.parametrize("last", range(LENGTH))
def test_cut_tail_with_the_head_put_right(last: int, long: Case) -> None:
    """The case itself then agrees with its shorter log; the access log does not."""
    kept = Entry.objects.filter(case=long, seq=last).values_list("hash", flat=True).first() or "0" * 64
    tamper("DELETE FROM cases_entry WHERE case_id = %s AND seq > %s", long.pk, last)
    tamper("UPDATE cases_case SET head_seq = %s, head_hash = %s WHERE id = %s", last, kept, long.pk)
    assert faults() & {(long.reference, last + 1), (long.reference, last)}


def test_line_rewritten_with_the_keys_in_hand(long: Case) -> None:
    """The forged line opens and is well chained, and the case agrees; the access log took the true one down."""
    true = Entry.objects.get(case=long, seq=LENGTH)
    content: NoteContent = {"nature": "fact", "who": "", "where": "", "text": "Falsk"}
    forged = seal_entry(
        NewEntry(EntryKind.NOTE, content, true.submission_id),
        case=long,
        key=data_key(long),
        by=true.by,
        at=true.entered_at,
        seq=LENGTH,
        prev_hash=true.prev_hash,
        chain_key_id=true.chain_key,
    )
    tamper("DELETE FROM cases_entry WHERE id = %s", true.pk)
    forged.save()
    tamper("UPDATE cases_case SET head_hash = %s WHERE id = %s", forged.hash, long.pk)
    assert faults() == {(long.reference, LENGTH)}


def test_inserted_line(long: Case) -> None:
    columns = [field.column for field in Entry._meta.concrete_fields if field.column != "id"]
    fresh = {"seq": "6", "public_id": "%s", "submission_id": "%s"}
    values = ", ".join(fresh.get(column, column) for column in columns)
    ids = [long.public_id.hex, long.public_id.hex] if connection.vendor == "sqlite" else [long.public_id] * 2
    tamper(
        f"INSERT INTO cases_entry ({', '.join(columns)}) "
        f"SELECT {values} FROM cases_entry WHERE case_id = %s AND seq = 5",
        *ids,
        long.pk,
    )
    assert (long.reference, 6) in faults()


def test_key_of_another_case(long: Case) -> None:
    foreign = Case.objects.unscoped("test").exclude(pk=long.pk).get()
    tamper("UPDATE cases_case SET sealed_key = %s WHERE id = %s", bytes(foreign.sealed_key), long.pk)
    assert faults() == {(long.reference, 0)}


def test_case_removed_altogether(long: Case) -> None:
    tamper("DELETE FROM cases_entry WHERE case_id = %s", long.pk)
    tamper("DELETE FROM cases_case WHERE id = %s", long.pk)
    assert faults() == {("", 1)}


@pytest.mark.parametrize(
    "change", ["verb = 'list'", "actor = NULL", "at = '2020-01-01 00:00:00+00:00'", "role = 'ssp'"]
)
@pytest.mark.parametrize("seq", [1, 3, 6])
def test_edited_event(change: str, seq: int, long: Case) -> None:
    tamper(f"UPDATE cases_auditevent SET {change} WHERE seq = %s", seq)
    assert faults() == {("", seq)}


@pytest.mark.parametrize("seq", [1, 3])
def test_deleted_event(seq: int, long: Case) -> None:
    tamper("DELETE FROM cases_auditevent WHERE seq = %s", seq)
    assert ("", seq) in faults()


def test_cut_tail_of_the_access_log(long: Case) -> None:
    tamper("DELETE FROM cases_auditevent WHERE seq >= 4")
    assert (long.reference, LENGTH) in faults()


LOOKS = (
    AuditVerb.OPEN,
    AuditVerb.LIST,
    AuditVerb.SEARCH,
    AuditVerb.EXPORT,
    AuditVerb.DENIED,
    AuditVerb.LOGIN,
    AuditVerb.LOGIN_FAILED,
    AuditVerb.LOGOUT,
)
EVENTS = 6 + len(LOOKS)


@pytest.fixture
def looked_at(long: Case) -> Case:
    """An access log whose last lines tell of no writing: what somebody would cut who has been curious."""
    for verb in LOOKS:
        audit_log.write_event(verb, by=long.owner, case=long if verb in (AuditVerb.OPEN, AuditVerb.EXPORT) else None)
    assert AuditEvent.objects.count() == EVENTS
    assert faults() == set()
    return long


@pytest.mark.parametrize("kept", range(EVENTS))
def test_access_log_cut_anywhere(kept: int, looked_at: Case) -> None:
    tamper("DELETE FROM cases_auditevent WHERE seq > %s", kept)
    assert ("", kept + 1) in faults()


@pytest.mark.parametrize("kept", range(EVENTS))
def test_cut_stays_seen_when_the_log_goes_on(kept: int, looked_at: Case) -> None:
    """The next line follows on the end that was, not on what was left of the log."""
    tamper("DELETE FROM cases_auditevent WHERE seq > %s", kept)
    for _number in range(2):
        audit_log.write_event(AuditVerb.LIST, by=looked_at.owner)
        assert ("", kept + 1) in faults()
    add_note(looked_at)
    assert ("", kept + 1) in faults()


def test_line_put_after_the_end(looked_at: Case) -> None:
    columns = [field.column for field in AuditEvent._meta.concrete_fields if field.column not in {"id", "public_id"}]
    values = ", ".join({"seq": str(EVENTS + 1)}.get(column, column) for column in columns)
    fresh = looked_at.public_id.hex if connection.vendor == "sqlite" else looked_at.public_id
    tamper(
        f"INSERT INTO cases_auditevent (public_id, {', '.join(columns)}) "
        f"SELECT %s, {values} FROM cases_auditevent WHERE seq = {EVENTS}",
        fresh,
    )
    assert ("", EVENTS + 2) in faults()


@pytest.mark.parametrize("change", ["seq = seq - 1", "seq = seq + 1", "hash = ''"])
def test_end_changed(change: str, looked_at: Case) -> None:
    tamper(f"UPDATE cases_chainend SET {change}")
    assert faults() == {("", EVENTS + 1)}


def test_end_taken_away(looked_at: Case) -> None:
    """Found, and nothing is written until somebody has looked: a new line would take the place of the first."""
    tamper("DELETE FROM cases_chainend")
    assert faults() == {("", EVENTS + 1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        audit_log.write_event(AuditVerb.LIST, by=looked_at.owner)


def test_last_look_up_removed_with_its_end_is_found(looked_at: Case) -> None:
    event = AuditEvent.objects.get(seq=EVENTS)
    tamper("DELETE FROM cases_auditevent WHERE seq = %s", event.seq)
    tamper("UPDATE cases_chainend SET seq = %s, hash = %s", event.seq - 1, event.prev_hash)
    assert faults() == {("", EVENTS)}


def test_look_up_added_by_somebody_without_the_key_is_found(looked_at: Case) -> None:
    """With the hashes that can be computed without it: of a version without keys, and of a key of one's own."""
    last = AuditEvent.objects.get(seq=EVENTS)
    for key in (None, uuid4()):
        event = AuditEvent(seq=EVENTS + 1, at=last.at, verb="open", actor=uuid4(), chain_key=None, prev_hash=last.hash)
        event.hash = audit_log.event_hash(event)
        event.chain_key = key
        with transaction.atomic():
            event.save()
            tamper("UPDATE cases_chainend SET seq = %s, hash = %s", event.seq, event.hash)
            assert {("", EVENTS + 1), ("", EVENTS + 2)} <= faults()
            transaction.set_rollback(True)
