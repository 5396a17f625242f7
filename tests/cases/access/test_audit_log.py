from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.transaction import TransactionManagementError

from cases.access import audit_log
from cases.crypto.hash_chain import GENESIS
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, User
from cases.operations import verify


@pytest.mark.django_db(transaction=True)
def test_write_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        audit_log.write_event(AuditVerb.LOGIN, by=None)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_write_goes_with_its_transaction() -> None:
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN, by=None)
        assert AuditEvent.objects.exists()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_write_tells_who_what_and_which(case: Case, staff: User) -> None:
    event = audit_log.write_event(AuditVerb.EXPORT, by=staff, case=case, step="afdaek", detail="pdf")
    assert (event.verb, event.actor, event.role) == ("export", staff.public_id, "staff")
    assert (event.case_public_id, event.case_seq, event.case_hash) == (case.public_id, 1, case.head_hash)
    assert (event.step, event.detail) == ("afdaek", "pdf")


@pytest.mark.django_db
@pytest.mark.parametrize("by", [None, AnonymousUser()])
def test_write_without_a_user(by: AnonymousUser | None) -> None:
    event = audit_log.write_event(AuditVerb.LOGIN_FAILED, by=by)
    assert (event.actor, event.role, event.case_public_id, event.case_seq) == (None, "", None, 0)


def test_write_for_a_case_only_asked_for(staff: User) -> None:
    wanted = uuid4()
    event = audit_log.write_event(AuditVerb.DENIED, by=staff, case=wanted)
    assert (event.case_public_id, event.case_seq, event.case_hash) == (wanted, 0, "")
    assert list(verify.lost_cases()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Ida Hansen", "a b", "linje\nskift", "æ", "x" * 65])
@pytest.mark.parametrize("field", ["step", "detail"])
def test_write_takes_keys_not_text(field: str, text: str) -> None:
    with pytest.raises(ValueError, match="keys"):
        audit_log.write_event(AuditVerb.SEARCH, by=None, **{field: text})


@pytest.mark.django_db
def test_events_form_a_chain() -> None:
    for _number in range(3):
        audit_log.write_event(AuditVerb.LIST, by=None)
    events = list(AuditEvent.objects.order_by("seq"))
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.prev_hash for event in events] == [GENESIS, events[0].hash, events[1].hash]
    assert [audit_log.event_hash(event) for event in events] == [event.hash for event in events]


def test_events_have_no_foreign_key_and_no_long_text() -> None:
    fields = AuditEvent._meta.get_fields()
    assert not [field.name for field in fields if field.is_relation]
    assert not [field.name for field in fields if isinstance(field, models.TextField | models.JSONField)]
