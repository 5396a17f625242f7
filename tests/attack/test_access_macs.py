"""Every row that decides access, changed, added and deleted behind the product's back, lets nobody in.

Whoever does it has the database and no key. The columns are found from the models: a new one fails here until it is
declared as deciding access (``access_macs.COVERED``) or not, with a reason.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.access import access_macs, permissions
from cases.access.access_macs import COVERED, LOGIN, AccessChanged
from cases.enums import AuditVerb, CaseAction, ReferralForm, Role
from cases.models import AccessMac, AuditEvent, Case, Participant, Referral, School, User, append_only
from cases.models.signed_queryset import BulkWriteRefused
from cases.operations import access_signing, verify
from cases.sharing import actions
from guide.accounts.access_lock import AccountBackend
from guide.models import SingleSignOn
from tests import figures
from tests.attack.world import CHALLENGE, KEY, PASSWORD, SECRET
from tests.built_once import built_once
from tests.factories import behind, change, make_case, make_school, make_user

pytestmark = pytest.mark.django_db

HARMLESS = {
    "cases.user": {
        "id": "other rows and the MAC name it; a moved row has another's MAC, or none",
        "name": "shown, decides nothing",
        "last_login": "part of a mailed link's token only, which a change ends",
        "created_at": "shown in the administration",
    },
    "cases.school": {"id": "as a user's", "name": "shown", "phone": "shown"},
    "cases.case": {
        "id": "as a user's",
        "reference": "shown; compared with tombstones and heads",
        "status": "decides what is written, not who reads; compared with the log by verify",
        "opened_at": "compared with the log",
        "opened_by_id": "compared with the log",
        "updated_at": "compared with the log",
        "closed_at": "compared with the log",
        "closed_by_id": "compared with the log",
        "levels": "shown in lists; compared with the log",
        "level_low": "as levels",
        "level_high": "as levels",
        "confirmed_level": "as levels",
        "police_first": "as levels",
        "late": "shown in lists",
        "in_danger": "orders a list",
        "progress": "shown in lists; compared with the log",
        "next_due": "shown in lists",
        "told_leader_at": "orders a list; compared with the log",
        "taken_by_id": "shown; compared with the log",
        "label": "sealed, and bound to the public id",
        "head_seq": "compared with the log",
        "head_hash": "compared with the log",
        "key_id": "names a key that has to unwrap the sealed key",
        "sealed_key": "sealed, and bound to the public id",
    },
    "cases.participant": {
        "id": "the MAC names it",
        "public_id": "names the row in a form that ends it",
        "added_at": "shown; compared with the log",
        "added_by_id": "shown; compared with the log",
        "removed_by_id": "shown; compared with the log",
    },
    "cases.referral": {
        "id": "the MAC names it",
        "public_id": "names the row",
        "sent_at": "shown; compared with the log",
        "sent_by_id": "shown; compared with the log",
        "ended_by_id": "compared with the log",
        "state": "shown, orders a list; compared with the log",
        "state_since": "shown, orders a list; compared with the log",
        "claimed_by_id": "shown; compared with the log",
    },
    "account.emailaddress": {"id": "part of the bundle"},
    "mfa.authenticator": {"id": "part of the bundle", "created_at": "shown", "last_used_at": "shown"},
    "guide.singlesignon": {"id": "part of the bundle", "created_at": "shown"},
}
"""The columns of covered tables that decide no access, and why."""

NOT_COVERED = {
    "account.emailconfirmation": "its page is closed",
    "admin.logentry": "shown in the administration",
    "auth.group": "has_perm asks the role only",
    "auth.group_permissions": "has_perm asks the role only",
    "auth.permission": "has_perm asks the role only",
    "cases.accessmac": "the MACs",
    "cases.auditevent": "chained under a key",
    "cases.closeddays": "moves deadlines",
    "cases.chainend": "has its own MAC",
    "cases.chainkey": "wrapped, and bound to its id",
    "cases.draft": "sealed under the key of its case, and bound to its user",
    "cases.entry": "chained under a key",
    "cases.erasurerequest": "ends a case, opens none; compared with the access log by verify",
    "cases.keycheck": "sealed",
    "cases.legalhold": "keeps a case, opens none; compared with the access log by verify",
    "cases.municipality": "a name",
    "cases.retentionrule": "ends cases, opens none",
    "cases.tombstone": "its hash is in the access log",
    "cases.user_groups": "has_perm asks the role only",
    "cases.user_user_permissions": "has_perm asks the role only",
    "contenttypes.contenttype": "names models in the administration's history",
    "guide.accessibility": "public text",
    "guide.cachedvalue": "counts of guesses, which bound guessing and let nobody in",
    "guide.contact": "public text",
    "guide.legalnote": "public text",
    "guide.localcontact": "public text",
    "sessions.session": "signed for its row, under a hash of its key",
}
"""The tables of which no column decides access, and why."""


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


@pytest.mark.parametrize("model", COVERED, ids=label)
def test_every_column_is_declared(model: type[models.Model]) -> None:
    columns = {field.attname for field in model._meta.concrete_fields}
    assert sorted(columns) == sorted([*COVERED[model].columns, *HARMLESS[label(model)]])


def test_every_table_is_covered_or_declared() -> None:
    tables = {label(model) for model in apps.get_models(include_auto_created=True)}
    tables = {table for table in tables if not table.startswith("tests.")}
    assert tables == {*NOT_COVERED, *map(label, COVERED)}
    assert set(HARMLESS) == set(map(label, COVERED))


# --- Everything that can be tried ---


@dataclass
class House:
    """Two schools with their people, each with a case, SSP and rows of every covered table."""

    users: dict[str, User]
    case: Case
    foreign: Case
    lonely: dict[type[models.Model], models.Model]
    """Rows to delete, of tables whose other rows are referred to."""


@pytest.fixture
def house(settings: Any, built_house: House) -> House:
    """The house, with rows in hand that no other test has changed."""
    settings.GUESS_LIMITS = {}
    return deepcopy(built_house)


def build_house() -> House:
    school, elsewhere = make_school(), make_school()
    users = {
        "owner": make_user(school=school, password=PASSWORD),
        "participant": make_user(school=school, password=PASSWORD),
        "former": make_user(school=school, password=PASSWORD),
        "colleague": make_user(school=school, password=PASSWORD),
        "leader": make_user(Role.LEADER, school=school, password=PASSWORD),
        "other": make_user(school=elsewhere, password=PASSWORD),
        "other_leader": make_user(Role.LEADER, school=elsewhere, password=PASSWORD),
        "ssp": make_user(Role.SSP, municipality=school.municipality, password=PASSWORD),
        "ssp_elsewhere": make_user(Role.SSP, municipality=elsewhere.municipality, password=PASSWORD),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=school.municipality, password=PASSWORD),
        "inactive": make_user(Role.LEADER, school=school, password=PASSWORD, is_active=False),
    }
    case, foreign = make_case(users["owner"]), make_case(users["other"])
    for who in ("former", "participant"):
        actions.add_participant(case=case, by=users["owner"], user=users[who])
    actions.remove_participant(case=case, by=users["owner"], user=users["former"])
    actions.refer(
        case=case,
        by=users["owner"],
        form=ReferralForm.ANONYMOUS,
        purpose="Råd",
        message="",
        included=[],
        submission_id=uuid4(),
    )
    leader = users["leader"]
    TOTP.activate(leader, SECRET)
    WebAuthn.add(leader, "Nøgle", KEY.register({"publicKey": {"challenge": CHALLENGE, "user": {"id": ""}}}))
    EmailAddress.objects.create(user=leader, email=leader.email, verified=True, primary=True)
    SingleSignOn.objects.create(user=leader, issuer="https://id.example.dk", subject="abc")
    lonely: dict[type[models.Model], models.Model] = {
        User: make_user(school=school),
        School: make_school(),
        Case: make_case(users["other"]),
    }
    return House(users, case, foreign, lonely)


built_house = built_once(build_house)


FORGED_PASSWORD = "angriberens lange kodeord"
Ways = set[tuple[str, ...]]


def ways_in(house: House) -> Ways:
    """Who may what, opens which case in which role, finds it in the list, and passes the password page."""
    names = {user.pk: name for name, user in house.users.items()}
    cases = {house.case.pk: "case", house.foreign.pk: "foreign"}
    found: Ways = set()
    for pk in User.objects.values_list("pk", flat=True):
        user, name = AccountBackend().get_user(pk), names.get(pk, "")
        if user is None or user.locked:
            continue
        found |= {("may", name, str(right)) for right in permissions.rights_of(user).may}
        for case in (house.case, house.foreign):
            try:
                given = permissions.get_case(user, case.public_id, CaseAction.SEE)
            except (Http404, PermissionDenied):
                continue
            found.add(("opens", name, cases[case.pk], str(permissions.case_role_of(user, given))))
        listed = [case for case in permissions.list_cases(user) if case.pk in cases]
        found |= {("lists", name, cases[case.pk]) for case in listed if access_macs.is_case_genuine(case, user)}
    logins = {
        "right": (house.users["leader"].email, PASSWORD),
        "forged": (house.users["leader"].email, FORGED_PASSWORD),
    }
    for what, (email, password) in (logins | {"new": ("angriber@example.dk", FORGED_PASSWORD)}).items():
        if Client().post(reverse("account_login"), {"login": email, "password": password}).status_code == 302:
            found.add(("password", what))
    return found


_BEFORE: Ways = set()


@pytest.fixture
def before(house: House) -> Ways:
    """The ways in while nothing is forged, the same for each house."""
    if not _BEFORE:
        _BEFORE.update(ways_in(house))
    assert {("password", "right"), ("opens", "participant", "case", "participant")} < _BEFORE
    return _BEFORE


def some(house: House, model: type[models.Model]) -> models.Model:
    """The row that is changed."""
    rows: dict[type[models.Model], Callable[[], models.Model]] = {
        User: lambda: house.users["leader"],
        School: lambda: house.case.school,
        Case: lambda: house.foreign,
        Participant: lambda: Participant.objects.get(removed_at=None),
        Referral: lambda: Referral.objects.get(),
        EmailAddress: lambda: EmailAddress.objects.get(),
        Authenticator: lambda: Authenticator.objects.get(type=Authenticator.Type.TOTP),
        SingleSignOn: lambda: SingleSignOn.objects.get(),
    }
    return rows[model]()


Forged = Callable[[House], tuple[models.Model, dict[str, Any]]]

# Where another value of the column opens something, or a constraint would refuse any other.
CHOSEN: dict[tuple[str, str], Forged] = {
    ("cases.user", "password"): lambda house: (house.users["leader"], {"password": make_password(FORGED_PASSWORD)}),
    ("cases.user", "role"): lambda house: (house.users["colleague"], {"role": Role.LEADER}),
    ("cases.user", "school_id"): lambda house: (house.users["other_leader"], {"school_id": house.case.school_id}),
    ("cases.user", "municipality_id"): lambda house: (
        house.users["ssp_elsewhere"],
        {"municipality_id": house.case.school.municipality_id},
    ),
    ("cases.user", "is_active"): lambda house: (house.users["inactive"], {"is_active": True}),
    ("cases.user", "is_superuser"): lambda house: (house.users["administrator"], {"is_superuser": True}),
    ("cases.case", "school_id"): lambda house: (house.foreign, {"school_id": house.case.school_id}),
    ("cases.case", "owner_id"): lambda house: (house.case, {"owner_id": house.users["colleague"].pk}),
    ("cases.participant", "user_id"): lambda house: (
        some(house, Participant),
        {"user_id": house.users["colleague"].pk},
    ),
    ("cases.participant", "case_id"): lambda house: (some(house, Participant), {"case_id": house.lonely[Case].pk}),
    ("cases.participant", "removed_at"): lambda house: (
        Participant.objects.exclude(removed_at=None).get(),
        {"removed_at": None, "removed_by": None},
    ),
    ("cases.referral", "municipality_id"): lambda house: (
        some(house, Referral),
        {"municipality_id": house.foreign.school.municipality_id},
    ),
    ("cases.referral", "case_id"): lambda house: (some(house, Referral), {"case_id": house.foreign.pk}),
    ("cases.referral", "ended_at"): lambda house: (
        some(house, Referral),
        {"ended_at": timezone.now(), "ended_by": house.users["leader"]},
    ),
    ("mfa.authenticator", "type"): lambda house: (
        some(house, Authenticator),
        {"type": Authenticator.Type.RECOVERY_CODES},
    ),
}


def another_value(house: House, field: Any, value: Any) -> Any:
    if field.choices:
        return next(choice for choice, _words in field.choices if choice != value)
    if field.is_relation:
        return field.related_model._base_manager.exclude(pk=value).order_by("-pk").values_list("pk", flat=True)[0]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"x{value}"
        case UUID():
            return uuid4()
        case datetime():
            return None
        case dict():
            return {**value, "secret": "x"}
    raise TypeError(f"no other value for {field}")


COLUMNS = [(model, column) for model, covered in COVERED.items() for column in covered.columns]


def forge(house: House, model: type[models.Model], column: str) -> models.Model:
    """Change the column of a row behind the product's back, and return the row."""
    chosen = CHOSEN.get((label(model), column))
    row = some(house, model)
    field = model._meta.get_field(column)
    row, columns = chosen(house) if chosen else (row, {column: another_value(house, field, getattr(row, column))})
    assert behind(model).filter(pk=row.pk).update(**columns) == 1
    return row


def assert_named(row: models.Model, pk: int | None = None) -> None:
    """``verify`` names the row's bundle."""
    covered = COVERED[type(row)]
    number = pk or getattr(row, covered.bundle)
    found = {(fault.kind, fault.number) for fault in access_signing.access_faults()}
    figures.record("tamperings", (covered.kind, number) in found)
    assert (covered.kind, number) in found


@pytest.mark.one_engine  # `script/prove tampering` tries each on both; here each table is tried on both below
@pytest.mark.parametrize(("model", "column"), COLUMNS, ids=lambda part: part if isinstance(part, str) else label(part))
def test_changed_column_lets_nobody_in(model: type[models.Model], column: str, house: House, before: Ways) -> None:
    row = forge(house, model, column)
    assert ways_in(house) <= before
    assert_named(row)


def copy_of(house: House, model: type[models.Model]) -> models.Model:
    """A new row that gives somebody more than they have, not yet in the database."""
    leader, case, now = house.users["leader"], house.case, timezone.now()
    match model:
        case _ if model is User:
            return User(
                email="angriber@example.dk",
                name="Angriber",
                role=Role.LEADER,
                school=case.school,
                password=make_password(FORGED_PASSWORD),
            )
        case _ if model is School:
            return School(name="Forfalsket Skole", municipality=case.school.municipality)
        case _ if model is Case:
            forged = Case.objects.unscoped("test").get(pk=case.pk)
            forged.pk, forged.public_id, forged.reference = None, uuid4(), "26-XXXXX"
            return forged
        case _ if model is Participant:
            return Participant(case=case, user=house.users["colleague"], added_at=now, added_by=leader)
        case _ if model is Referral:
            return Referral(
                case=case,
                municipality=house.foreign.school.municipality,
                form=ReferralForm.NAMED,
                entry_seq=1,
                sent_at=now,
                sent_by=leader,
            )
        case _ if model is EmailAddress:
            return EmailAddress(user=leader, email="angriber@example.dk", verified=True, primary=False)
        case _ if model is Authenticator:
            data = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).data
            return Authenticator(user=leader, type=Authenticator.Type.WEBAUTHN, data={**data, "name": "Angriber"})
        case _:
            return SingleSignOn(user=leader, issuer="https://forged.example.dk", subject="angriber")


@pytest.mark.parametrize("model", COVERED, ids=label)
def test_forged_row_lets_nobody_in(model: type[models.Model], house: House, before: Ways) -> None:
    behind(model).bulk_create([forged := copy_of(house, model)])
    assert ways_in(house) <= before
    assert_named(forged)


@pytest.mark.parametrize("model", COVERED, ids=label)
def test_deleted_row_lets_nobody_in(model: type[models.Model], house: House, before: Ways) -> None:
    row = house.lonely.get(model) or some(house, model)
    pk, number = row.pk, getattr(row, COVERED[model].bundle)
    with append_only.lifted(connection), connection.cursor() as cursor:
        if model is Case:
            cursor.execute("DELETE FROM cases_entry WHERE case_id = %s", [pk])
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [pk])
    assert ways_in(house) <= before
    assert_named(row, number)


OPENS = [
    (User, "password"),
    (User, "role"),
    (User, "school_id"),
    (User, "municipality_id"),
    (User, "is_active"),
    (Case, "school_id"),
    (Case, "owner_id"),
    (Participant, "user_id"),
    (Participant, "removed_at"),
    (Referral, "case_id"),
    (Referral, "municipality_id"),
    (Referral, "form"),
]


@pytest.mark.one_engine
@pytest.mark.parametrize(("model", "column"), OPENS, ids=lambda part: part if isinstance(part, str) else label(part))
def test_without_the_check_it_lets_somebody_in(
    model: type[models.Model], column: str, house: House, before: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is tried above opens cases where nothing is checked."""
    forge(house, model, column)
    monkeypatch.setattr(access_macs, "is_genuine", lambda *bundle: True)
    assert not ways_in(house) <= before


# --- MACs are no way in either ---


def test_mac_that_is_made_up_copied_or_taken_away(house: House) -> None:
    colleague, leader = house.users["colleague"], house.users["leader"]
    macs = AccessMac.objects
    right = macs.get(kind="user", number=leader.pk).mac
    behind(User).filter(pk=colleague.pk).update(role=Role.LEADER)
    key = right.partition(":")[0]
    for mac in (right, f"{key}:{'0' * 64}", f"{key}:", f"{uuid4()}:{'0' * 64}", "", "æ:ø", f":{'0' * 64}"):
        macs.filter(kind="user", number=colleague.pk).update(mac=mac)
        user = AccountBackend().get_user(colleague.pk)
        assert user is not None
        assert user.locked, mac
    macs.all().delete()
    assert ways_in(house) == set()
    counts = {kind: sum(fault.kind == kind for fault in access_signing.access_faults()) for kind in access_macs.kinds()}
    assert counts["user"] == counts[LOGIN] == User.objects.count()


def test_key_that_somebody_brought_signs_nothing(house: House) -> None:
    """A case's wrapped key, copied to the table of chain keys, unwraps; who copied it does not know it."""
    connection.check_constraints()
    behind(User).filter(pk=house.users["colleague"].pk).update(role=Role.LEADER)
    AccessMac.objects.filter(kind="user").update(mac=f"{house.case.public_id}:{'0' * 64}")
    user = AccountBackend().get_user(house.users["colleague"].pk)
    assert user is not None
    assert user.locked


# --- What is saved beside a forged row is not signed ---


def test_saving_something_else_does_not_sign_a_forged_row(house: House) -> None:
    colleague = house.users["colleague"]
    behind(User).filter(pk=colleague.pk).update(role=Role.LEADER)
    forged = User.objects.get(pk=colleague.pk)
    forged.set_password(PASSWORD)
    for fields in (["password"], None):
        with pytest.raises(AccessChanged):
            forged.save(update_fields=fields)
    forged.save(update_fields=["last_login"])
    assert_named(forged)


def test_saving_from_an_object_read_before_does_not_sign_a_forged_row(house: House) -> None:
    colleague = house.users["colleague"]
    behind(User).filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(AccessChanged):
        colleague.save()


def test_new_login_method_does_not_sign_a_forged_one(house: House) -> None:
    behind(SingleSignOn).bulk_create([copy_of(house, SingleSignOn)])
    with pytest.raises(AccessChanged):
        EmailAddress.objects.create(user=house.users["leader"], email="ny@example.dk")
    with pytest.raises(AccessChanged):
        WebAuthn.add(
            house.users["leader"], "To", KEY.register({"publicKey": {"challenge": CHALLENGE, "user": {"id": ""}}})
        )


def test_row_forged_while_another_is_saved_is_not_signed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the check of the bundle and its new MAC."""
    sign = access_macs.sign

    def forge_first(kind: str, number: int, rows: access_macs.Rows) -> None:
        behind(SingleSignOn).bulk_create([copy_of(house, SingleSignOn)])
        behind(User).filter(pk=house.users["leader"].pk).update(is_superuser=True, role=Role.ADMINISTRATOR, school=None)
        sign(kind, number, rows)

    monkeypatch.setattr(access_macs, "sign", forge_first)
    EmailAddress.objects.create(user=house.users["leader"], email="ny@example.dk")
    with pytest.raises(AccessChanged):
        access_macs.require_login_genuine(house.users["leader"])


def test_deleting_one_login_method_does_not_sign_a_forged_one(house: House) -> None:
    leader = house.users["leader"]
    behind(SingleSignOn).bulk_create([copy_of(house, SingleSignOn)])
    Authenticator.objects.get(user=leader, type=Authenticator.Type.TOTP).delete()
    assert_named(SingleSignOn.objects.latest("pk"))
    SingleSignOn.objects.latest("pk").delete()
    with pytest.raises(AccessChanged):
        access_macs.require_login_genuine(leader)


def test_login_method_moved_to_another_user_is_not_signed(house: House) -> None:
    tie = SingleSignOn.objects.get()
    tie.user = house.users["colleague"]
    with pytest.raises(AccessChanged):
        tie.save()


# --- What the product does stays signed ---


def test_every_row_of_the_house_is_genuine(house: House) -> None:
    assert list(access_signing.access_faults()) == []
    kinds = set(AccessMac.objects.values_list("kind", flat=True))
    assert kinds == {"user", "login", "school", "case", "participant", "referral"}


def test_deletions_of_several_at_once_stay_signed(house: House) -> None:
    Authenticator.objects.filter(user=house.users["leader"]).delete()
    assert list(access_signing.access_faults()) == []
    access_macs.require_login_genuine(house.users["leader"])
    SingleSignOn.objects.all().delete()
    house.lonely[User].delete()
    house.lonely[School].delete()
    assert list(access_signing.access_faults()) == []


def test_refused_save_leaves_the_mac_as_it_was(house: House) -> None:
    user = house.users["colleague"]
    with pytest.raises(IntegrityError), transaction.atomic():
        change(user, role=Role.SSP)
    assert list(access_signing.access_faults()) == []


def test_admin_created_by_command_is_signed() -> None:
    User.objects.create_superuser("rod@example.dk", PASSWORD, name="Rod")
    assert list(access_signing.access_faults()) == []


@pytest.mark.parametrize(
    "write",
    [
        lambda house: User.objects.update(role=Role.LEADER),
        lambda house: User.objects.filter(pk=1).update(school=house.case.school),
        lambda house: User.objects.bulk_create([copy_of(house, User)]),
        lambda house: User.objects.bulk_update([house.users["leader"]], ["is_active"]),
        lambda house: User.objects.filter(pk=1)._raw_delete("default"),
        lambda house: School.objects.update(municipality=house.case.school.municipality),
        lambda house: Case.objects.unscoped("test").update(owner=house.users["leader"]),
        lambda house: Case.objects.unscoped("test").bulk_create([copy_of(house, Case)]),
        lambda house: Participant.objects.update(removed_at=None),
        lambda house: Participant.objects.bulk_create([copy_of(house, Participant)]),
        lambda house: Referral.objects.update(form=ReferralForm.NAMED),
        lambda house: SingleSignOn.objects.update(subject="angriber"),
        lambda house: SingleSignOn.objects.bulk_create([copy_of(house, SingleSignOn)]),
    ],
)
def test_bulk_write_is_refused(write: Callable[[House], object], house: House) -> None:
    with pytest.raises(BulkWriteRefused):
        write(house)
    assert list(access_signing.access_faults()) == []


def test_bulk_write_of_what_decides_nothing(house: House) -> None:
    assert User.objects.filter(pk=house.users["leader"].pk).update(name="Ny") == 1
    house.users["leader"].name = "Nyere"
    assert User.objects.bulk_update([house.users["leader"]], ["name"]) == 1


# --- Signed by hand, and at the upgrade ---


def told() -> set[str]:
    return {str(fault) for fault in verify.all_faults()}


def test_verify_names_the_row_and_the_command_signs_it(house: House) -> None:
    colleague = house.users["colleague"]
    behind(User).filter(pk=colleague.pk).update(role=Role.LEADER)
    assert told() == {f"Adgang, user {colleague.pk}: er ændret uden om Handlekort"}
    with pytest.raises(CommandError, match="1 fejl"):
        call_command("verify")
    assert sign_as_shown("user", str(colleague.pk)) == [
        f"Adgang, user {colleague.pk}: er ændret uden om Handlekort",
        f"  Ændret: cases_user:{colleague.pk}, role: var »Medarbejder«, er »Leder«",
        *as_it_is(colleague, role="Leder"),
    ]
    assert told() == set()
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.detail) == (AuditVerb.ROTATE, f"access.user:{colleague.pk}")
    assert ("opens", "colleague", "case", "leader") in ways_in(house)


def as_it_is(user: User, role: str = "Medarbejder") -> list[str]:
    return [
        f"  Bliver godkendt: cases_user:{user.pk}",
        f"    public_id: »{user.public_id}«",
        f"    email: »{user.email}«",
        "    password: vises ikke",
        f"    role: »{role}«",
        f"    school_id: »{user.school}« ({user.school_id})",
        "    municipality_id: tom",
        "    is_active: ja",
        "    is_superuser: nej",
    ]


def show(*args: str) -> tuple[list[str], str]:
    """What the command shows when it is not yet told to sign, and the code that it asks for."""
    out = StringIO()
    with pytest.raises(CommandError, match=r"Intet er godkendt.*--seen") as refusal:
        call_command("sign_access", *args, stdout=out)
    return out.getvalue().splitlines(), str(refusal.value).rpartition(" ")[2]


def sign_as_shown(*args: str) -> list[str]:
    shown, code = show(*args)
    call_command("sign_access", *args, "--seen", code, stdout=StringIO())
    return shown


def test_command_forgets_a_deleted_row_and_knows_no_other(house: House) -> None:
    row = Participant.objects.get(removed_at=None)
    behind(Participant).filter(pk=row.pk).delete()
    with pytest.raises(CommandError, match="findes ikke"):
        call_command("sign_access", "participant", "999999")
    fault = f"Adgang, participant {row.pk}: er slettet uden om Handlekort"
    assert fault in told()
    assert sign_as_shown("participant", str(row.pk)) == [fault, "  Der er ingen rækker tilbage"]
    assert not [text for text in told() if text.startswith("Adgang")]


def test_command_signs_nothing_that_was_not_shown(house: House) -> None:
    leader = house.users["leader"]
    with pytest.raises(CommandError, match="intet at godkende"):
        call_command("sign_access", "user", str(leader.pk))
    behind(User).filter(pk=leader.pk).update(email="ny@example.dk\x1b[1m\u202e")
    shown, code = show("user", str(leader.pk))
    assert r"    email: »ny@example.dk\u001b[1m\u202e«" in shown
    behind(User).filter(pk=leader.pk).update(role=Role.ADMINISTRATOR, school=None)
    before = AccessMac.objects.get(kind="user", number=leader.pk).mac
    for again in (["user", str(leader.pk)], ["all"]):
        with pytest.raises(CommandError, match="Intet er godkendt"):
            call_command("sign_access", *again, "--seen", code, stdout=StringIO())
    assert AccessMac.objects.get(kind="user", number=leader.pk).mac == before


SIMPLE_CHANGES: dict[str, tuple[type[models.Model], dict[str, Any], str]] = {
    "role and school": (User, {"role": Role.ADMINISTRATOR, "school": None}, "school_id: var »"),
    "superuser": (User, {"role": Role.ADMINISTRATOR, "school": None, "is_superuser": True}, "is_superuser: var nej"),
    "a verified address": (EmailAddress, {"verified": False}, "verified: var ja, er nej"),
    "another owner": (Case, {"owner": ("users", "colleague")}, "owner_id: var »"),
    "an ended access": (
        Participant,
        {"removed_at": datetime(2026, 1, 1, tzinfo=UTC), "removed_by": ("users", "owner")},
        "removed_at: var tom, er »",
    ),
    "another case": (Participant, {"case": ("foreign",)}, "case_id: var »"),
    "names": (Referral, {"form": ReferralForm.NAMED}, "form: var »Anonymt«"),
    "an added key": (Authenticator, {}, "blev lagt til"),
    "a key moved away": (Authenticator, {"user": ("users", "owner")}, "kan ikke ses af det, der er gemt"),
    "another key": (Authenticator, {"data": {"secret": "hemmelig"}}, "kan ikke ses af det, der er gemt"),
}


@pytest.mark.parametrize("name", SIMPLE_CHANGES)
def test_command_says_what_was_changed_where_the_mac_tells(name: str, house: House) -> None:
    model, columns, words = SIMPLE_CHANGES[name]
    there = {("users", who): user for who, user in house.users.items()} | {("foreign",): house.foreign}
    columns = {key: there[value] if isinstance(value, tuple) else value for key, value in columns.items()}
    row: Any = {
        User: house.users["colleague"],
        Case: house.case,
        Participant: Participant.objects.filter(removed_at=None).first(),
        Authenticator: Authenticator.objects.filter(type="totp").first(),
    }.get(model) or model._base_manager.first()
    if columns:
        behind(model).filter(pk=row.pk).update(**columns)
    else:
        behind(model).bulk_create([Authenticator(user=row.user, type="webauthn", data={"secret": "hemmelig"})])
    shown, _code = show(COVERED[model].kind, str(getattr(row, COVERED[model].bundle)))
    assert words in "\n".join(shown)
    assert "hemmelig" not in "\n".join(shown)


def test_command_shows_all_that_it_would_sign(house: House) -> None:
    colleague, row = house.users["colleague"], Participant.objects.get(removed_at=None)
    behind(User).filter(pk=colleague.pk).update(is_active=False)
    behind(Participant).filter(pk=row.pk).delete()
    shown = sign_as_shown("all")
    assert [text for text in shown if not text.startswith(" ")] == [
        f"Adgang, user {colleague.pk}: er ændret uden om Handlekort",
        f"Adgang, participant {row.pk}: er slettet uden om Handlekort",
    ]
    assert f"  Ændret: cases_user:{colleague.pk}, is_active: var ja, er nej" in shown
    assert list(access_signing.access_faults()) == []


def test_upgrade_signs_what_is_there_once_and_says_how_much(house: House) -> None:
    AccessMac.objects.all().delete()
    signed = access_signing.sign_everything()
    assert signed == AccessMac.objects.count() > 20
    assert AuditEvent.objects.latest("seq").detail == f"access:{signed}"
    assert list(access_signing.access_faults()) == []


def test_table_that_was_dropped_and_made_again_is_not_signed(house: House) -> None:
    """The log has events under a key: somebody may have signed the rows, and forged one since."""
    behind(User).filter(pk=house.users["colleague"].pk).update(role=Role.LEADER)
    AccessMac.objects.all().delete()
    assert access_signing.sign_all() == 0
    assert AccessMac.objects.count() == 0


def test_login_method_that_was_there_for_a_moment_is_not_used(house: House) -> None:
    """Read by the login, and gone again before it is checked: what is stored is genuine, what was used is not."""
    leader = house.users["leader"]
    forged = Authenticator(pk=999_999, user=leader, type="webauthn", data={"name": "x"})
    access_macs.require_login_genuine(leader)
    with pytest.raises(AccessChanged):
        access_macs.require_login_genuine(leader, forged)
    leader.password = "forged"
    with pytest.raises(AccessChanged):
        access_macs.require_login_genuine(leader)


def test_save_signs_nothing_that_was_changed_since_the_row_was_read(house: House) -> None:
    colleague = house.users["colleague"]
    behind(User).filter(pk=colleague.pk).update(role=Role.LEADER)
    read = User.objects.get(pk=colleague.pk)
    behind(User).filter(pk=colleague.pk).update(role=Role.STAFF)
    with pytest.raises(AccessChanged, match="siden"):
        read.save()
    assert User.objects.get(pk=colleague.pk).role == Role.STAFF
    read.refresh_from_db()
    read.save()


def test_number_of_a_deleted_row_is_not_used_again(house: House) -> None:
    """What still points to it would be that of the next account that an administrator makes."""
    left = EmailAddress(user_id=999_999, email="gammel@example.dk")
    EmailAddress.objects.bulk_create([left])
    with pytest.raises(AccessChanged):
        make_user(id=999_999)
    EmailAddress.objects.filter(user_id=999_999)._raw_delete("default")
    make_user(id=999_999)


@pytest.mark.parametrize(
    ("who", "claimed", "believed"),
    [
        ("leader", "leader", True),
        ("other_leader", "leader", False),
        ("owner", "owner", True),
        ("colleague", "owner", False),
        ("participant", "participant", True),
        ("participant", "owner", False),
        ("colleague", "participant", False),
        ("ssp", "ssp_anonymous", True),
        ("ssp", "ssp_named", False),
        ("ssp_elsewhere", "ssp_anonymous", False),
    ],
)
def test_case_role_of_the_database_is_not_believed(who: str, claimed: str, believed: bool, house: House) -> None:
    user = house.users[who]
    cases = Case.objects.unscoped("test").filter(pk=house.case.pk).annotate(case_role=models.Value(claimed))
    assert access_macs.is_case_genuine(access_macs.with_case_macs(cases, user).get(), user) is believed


def test_migrating_again_signs_nothing(house: House) -> None:
    AccessMac.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert AccessMac.objects.count() == 0
