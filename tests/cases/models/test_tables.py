from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cases.enums import ReferralForm, Role
from cases.models import AccessMac, Case, ChainEnd, ChainKey, Draft, Entry, KeyCheck, Participant, Referral, User
from tests.factories import behind, make_municipality, make_school, make_user


@pytest.mark.parametrize(
    ("role", "school", "municipality", "whole"),
    [
        (Role.STAFF, True, False, True),
        (Role.STAFF, False, False, False),
        (Role.STAFF, True, True, False),
        (Role.STAFF, False, True, False),
        (Role.LEADER, True, False, True),
        (Role.LEADER, False, False, False),
        (Role.LEADER, True, True, False),
        (Role.SSP, False, True, True),
        (Role.SSP, False, False, False),
        (Role.SSP, True, True, False),
        (Role.SSP, True, False, False),
        (Role.ADMINISTRATOR, False, True, True),
        (Role.ADMINISTRATOR, False, False, True),
        (Role.ADMINISTRATOR, True, False, False),
        (Role.ADMINISTRATOR, True, True, False),
        ("guest", True, False, False),
    ],
)
@pytest.mark.django_db
def test_role_and_where_it_belongs(role: str, school: bool, municipality: bool, whole: bool) -> None:
    place = {"school": make_school() if school else None, "municipality": make_municipality() if municipality else None}
    try:
        with transaction.atomic():
            User.objects.create_user("a@example.dk", role=role, name="A", **place)
    except IntegrityError:
        assert not whole
    else:
        assert whole


@pytest.mark.django_db
def test_email_names_one_person_in_any_case() -> None:
    user = make_user(email=" Ida@Example.DK ")
    assert user.email == "ida@example.dk"
    assert User.objects.get_by_natural_key("IDA@example.dk") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="IDA@EXAMPLE.dk")
    with pytest.raises(IntegrityError), transaction.atomic():
        behind(User).filter(pk=user.pk).update(email="Ida@example.dk")


@pytest.mark.django_db
def test_superuser_is_an_administrator() -> None:
    boss = User.objects.create_superuser("a@example.dk", "kodeord", name="A")
    assert (boss.role, boss.is_staff, boss.has_perm("cases.change_user")) == (Role.ADMINISTRATOR, True, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(Role.STAFF, is_superuser=True)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.django_db
def test_admin_opens_for_active_administrators_only(role: Role, active: bool) -> None:
    user = make_user(role, is_active=active)
    opens = role == Role.ADMINISTRATOR and active
    assert (user.is_staff, user.has_perm("cases.add_user"), user.has_perms(["a"]), user.has_module_perms("cases")) == (
        (opens,) * 4
    )


HALF_STATES: dict[str, Callable[[Case], Any]] = {
    "closed without when": lambda case: update(case, status="closed", closed_by=case.owner),
    "closed without whom": lambda case: update(case, status="closed", closed_at=timezone.now()),
    "open yet closed": lambda case: update(case, closed_at=timezone.now(), closed_by=case.owner),
    "unknown status": lambda case: update(case, status="lost"),
    "only lowest level": lambda case: update(case, level_low=1),
    "levels upside down": lambda case: update(case, level_low=3, level_high=2),
    "level five": lambda case: update(case, level_low=3, level_high=5),
    "level nought": lambda case: update(case, level_low=0, level_high=2),
    "confirmed five": lambda case: update(case, confirmed_level=5),
    "removed without whom": lambda case: participant(case, removed_at=timezone.now()),
    "removed without when": lambda case: participant(case, removed_by=case.owner),
    "participant twice": lambda case: (participant(case), participant(case)),
    "referral ended without whom": lambda case: referral(case, ended_at=timezone.now()),
    "referral twice": lambda case: (referral(case), referral(case)),
    "draft expired at birth": lambda case: draft(case),
    "entry nought": lambda case: entry(case, seq=0),
    "entry of no kind": lambda case: entry(case, seq=9, kind="rumour"),
    "entry seq twice": lambda case: entry(case, seq=1),
    "submission twice": lambda case: entry(case, seq=9, submission_id=Entry.objects.get(case=case).submission_id),
}


def update(case: Case, **columns: Any) -> None:
    Case.objects.unscoped("test").filter(pk=case.pk).update(**columns)


def participant(case: Case, **fields: Any) -> None:
    Participant.objects.create(case=case, user=case.owner, added_at=timezone.now(), added_by=case.owner, **fields)


def referral(case: Case, **fields: Any) -> None:
    Referral.objects.create(
        case=case,
        municipality=case.school.municipality,
        form=ReferralForm.NAMED,
        entry_seq=1,
        sent_at=timezone.now(),
        sent_by=case.owner,
        **fields,
    )


def draft(case: Case) -> None:
    now = timezone.now()
    Draft.objects.create(case=case, user=case.owner, step="stop", base_seq=0, body=b"x", saved_at=now, expires_at=now)


def entry(case: Case, **fields: Any) -> None:
    fields = {"kind": "note", "submission_id": uuid4()} | fields
    Entry.objects.create(
        case=case, by=case.owner, entered_at=timezone.now(), body=b"", salt=b"", prev_hash="", hash="", **fields
    )


@pytest.mark.parametrize("name", HALF_STATES)
def test_database_refuses_half_states(name: str, case: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        HALF_STATES[name](case)


SEALED = {
    "Case.sealed_key",
    "Case.label",
    "Entry.body",
    "Entry.salt",
    "ChainKey.sealed_key",
    "Draft.body",
    "LegalHold.reason",
    "LegalHold.release_reason",
    "KeyCheck.sealed",
}
FREE_TEXT = {
    "Municipality.name",
    "School.name",
    "School.phone",
    "ClosedDays.name",
    "User.name",
    "User.email",
    "User.password",
    # Where the controller decided the rule: an administrator's words, who sees no case.
    "RetentionRule.basis",
    "Tombstone.rule_basis",
}
KEYS = {
    "AccessMac.kind",
    "AccessMac.mac",
    "User.role",
    "Case.reference",
    "Case.status",
    "Case.levels",
    "Case.progress",
    "Case.head_hash",
    "Referral.aside",
    "Referral.state",
    "Case.key_id",
    "Entry.kind",
    "Entry.step",
    "Entry.duty_hash",
    "Entry.prev_hash",
    "Entry.hash",
    "Draft.step",
    "Referral.form",
    "RetentionRule.status",
    "Tombstone.reference",
    "Tombstone.head_hash",
    "Tombstone.rule_status",
    "AuditEvent.verb",
    "AuditEvent.role",
    "AuditEvent.case_hash",
    "AuditEvent.step",
    "AuditEvent.detail",
    "AuditEvent.prev_hash",
    "AuditEvent.hash",
    "ChainEnd.hash",
    "ChainEnd.mac",
    "ChainKey.key_id",
    "KeyCheck.key_id",
}
HARMLESS_TYPES = (
    models.BooleanField,
    models.DateField,
    models.ForeignKey,
    models.IntegerField,
    models.UUIDField,
)


def test_every_column_is_sealed_or_declared_harmless() -> None:
    """A new column that could hold words needs a place in one of the lists; none about a case may be in the clear."""
    wordy = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("cases").get_models()
        for field in model._meta.concrete_fields
        if not isinstance(field, HARMLESS_TYPES)
    }
    assert wordy == SEALED | FREE_TEXT | KEYS


def test_every_model_has_a_random_public_id(case: Case) -> None:
    """But those that no page ever names: the end of the log has one row, keys have random ids or names."""
    for model in set(apps.get_app_config("cases").get_models()) - {AccessMac, ChainEnd, ChainKey, KeyCheck}:
        field = model._meta.get_field("public_id")
        assert isinstance(field, models.UUIDField)
        assert (field.unique, field.default) == (True, uuid4)
