"""An account or case that was changed behind the product's back: what its people see, and what the access log has."""

import base64
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from cases.access import access_macs
from cases.access.access_macs import ACCOUNT_LOCKED, CASE_LOCKED, ChangedMeanwhile
from cases.enums import ReferralForm, Role
from cases.models import AccessMac, AuditEvent, Case, Participant, Referral, School, User
from cases.operations import access_signing, key_rotation
from cases.sharing import actions
from guide.accounts.access_lock import AccessLock
from tests.attack.walk import seen
from tests.factories import behind, make_case, make_user
from tests.guide.accounts.test_login import SECRET, code_now, give_password, give_password_only_session, set_up
from tests.guide.accounts.test_passkeys import added, asked_at_login
from tests.guide.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def last_event() -> tuple[str, str, Any]:
    event = AuditEvent.objects.latest("seq")
    return event.verb, event.detail, event.actor


def make_leader(user: User) -> None:
    assert behind(User).filter(pk=user.pk).update(role=Role.LEADER) == 1


# --- On every request ---


def test_open_session_ends_with_a_sentence(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.get("/sager/").status_code == 200
    make_leader(staff)
    page = client.get("/sager/")
    assert page.status_code == 403
    assert str(ACCOUNT_LOCKED) in page.text
    assert last_event() == ("denied", "locked", staff.public_id)
    assert client.get("/sager/")["Location"] == "/konto/login/?next=/sager/"


def test_typed_text_is_handed_back(client: Client, staff: User) -> None:
    client.force_login(staff)
    make_leader(staff)
    assert "Hun græd" in client.post("/sager/ny/", {"text": "Hun græd"}).text


def test_help_for_everybody_is_there_for_a_locked_account(client: Client, staff: User) -> None:
    client.force_login(staff)
    make_leader(staff)
    page = client.get(reverse("akut"))
    assert page.status_code == 200
    assert staff.name not in page.text


def test_school_moved_to_another_municipality_locks_its_people(client: Client, staff: User) -> None:
    client.force_login(staff)
    elsewhere = make_user(Role.SSP).municipality
    behind(School).filter(pk=staff.school_id).update(municipality=elsewhere)
    assert str(ACCOUNT_LOCKED) in client.get("/sager/").text


def test_administration_is_closed_to_a_forged_administrator(client: Client, staff: User) -> None:
    client.force_login(staff)
    behind(User).filter(pk=staff.pk).update(role=Role.ADMINISTRATOR, school=None)
    assert client.get("/admin/cases/user/").status_code == 403


# --- At login ---


def test_forged_password_is_refused_with_the_sentence(client: Client, staff: User) -> None:
    behind(User).filter(pk=staff.pk).update(password=make_password("angriberens lange kodeord"))
    page = give_password(client, staff, "angriberens lange kodeord")
    assert str(ACCOUNT_LOCKED) in page.text
    assert "_auth_user_id" not in client.session
    assert last_event() == ("login_failed", "locked", staff.public_id)
    assert str(ACCOUNT_LOCKED) not in give_password(client, staff, "noget helt andet").text


def test_weak_hash_of_a_forged_row_is_not_renewed_and_signed(client: Client, staff: User) -> None:
    behind(User).filter(pk=staff.pk).update(role=Role.LEADER)
    hashers = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        assert give_password(client, staff).status_code == 200
    assert "_auth_user_id" not in client.session
    assert [fault.kind for fault in access_signing.access_faults()] == ["user"]


def test_weak_hash_of_a_genuine_row_is_renewed_and_signed(client: Client, staff: User) -> None:
    hashers = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        assert give_password(client, staff).status_code == 302
    staff.refresh_from_db()
    assert staff.password.startswith("pbkdf2_")
    assert staff.last_login is not None
    assert list(access_signing.access_faults()) == []


def test_second_factor_that_was_taken_away_lets_nobody_set_up_another(client: Client, staff: User) -> None:
    TOTP.activate(staff, SECRET)
    behind(Authenticator).filter(user=staff).delete()
    assert str(ACCOUNT_LOCKED) in give_password(client, staff).text
    give_password_only_session(client, staff)
    with pytest.raises(AssertionError):
        set_up(client)
    assert not Authenticator.objects.exists()


def test_second_factor_forged_between_password_and_code(client: Client, staff: User) -> None:
    TOTP.activate(staff, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    assert give_password(client, staff)["Location"] == "/konto/2fa/authenticate/"
    mine = make_user()
    TOTP.activate(mine, SECRET)
    behind(Authenticator).filter(user=staff).update(data=Authenticator.objects.get(user=mine).data)
    page = client.post("/konto/2fa/authenticate/", {"code": code_now()})
    assert page.status_code == 403
    assert str(ACCOUNT_LOCKED) in page.text
    assert last_event() == ("denied", "locked", staff.public_id)
    assert "_auth_user_id" not in client.session


def test_forged_passkey_is_refused(client: Client, staff: User) -> None:
    victim = make_user(Role.LEADER, school=staff.school)
    key = added(staff)
    behind(Authenticator).filter(user=staff).update(user=victim)
    proof = key.sign(asked_at_login(client))
    page = client.post("/konto/2fa/webauthn/login/", {"credential": json.dumps(proof)})
    assert "_auth_user_id" not in client.session
    assert page.status_code in (302, 403)


def test_passkey_copied_to_another_user_is_refused(client: Client, staff: User) -> None:
    """The user handle that the key has sent is part of the data that was copied."""
    key = added(staff)
    behind(User).filter(pk=staff.pk).update(role=Role.LEADER)
    proof = key.sign(asked_at_login(client))
    page = client.post("/konto/2fa/webauthn/login/", {"credential": json.dumps(proof)})
    assert str(ACCOUNT_LOCKED) in page.text
    assert client.get("/sager/").status_code == 302


def test_forged_address_is_sent_no_link(client: Client, staff: User, mailoutbox: list[EmailMessage]) -> None:
    behind(EmailAddress).bulk_create([EmailAddress(user=staff, email="angriber@example.dk", verified=True)])
    answer = client.post("/konto/password/reset/", {"email": "angriber@example.dk"})
    assert mailoutbox == []
    assert last_event() == ("denied", "locked", staff.public_id)
    unknown = client.post("/konto/password/reset/", {"email": "ingen@example.dk"})
    assert (answer.status_code, answer["Location"]) == (unknown.status_code, unknown["Location"])


def test_link_sets_no_password_of_a_locked_account(client: Client, staff: User, mailoutbox: list[EmailMessage]) -> None:
    client.post("/konto/password/reset/", {"email": staff.email})
    link = re.search(r"https?://[^/]+(/konto/password/reset/key/\S+)", str(mailoutbox[0].body))
    assert link is not None
    form = client.get(link[1])["Location"]
    make_leader(staff)
    page = client.post(form, {"password1": "angriberens lange kodeord", "password2": "angriberens lange kodeord"})
    assert page.status_code == 403
    assert str(ACCOUNT_LOCKED) in page.text
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_a_whole_life_of_login_methods_stays_signed(client: Client, staff: User) -> None:
    """Set-up, use, recovery codes seen and used, a key named anew, a new password, removal: as the pages do it."""
    give_password(client, staff)
    set_up(client)
    assert client.get("/konto/2fa/recovery-codes/").status_code == 200
    codes = Authenticator.objects.get(user=staff, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    other = Client()
    give_password(other, staff)
    other.post("/konto/2fa/authenticate/", {"code": codes[0]})
    assert other.get("/sager/").status_code == 200
    assert list(access_signing.access_faults()) == []
    new = "et nyt og endnu kedeligere kodeord"
    changed = other.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed.status_code == 302
    other = Client()
    give_password(other, staff, new)
    other.post("/konto/2fa/authenticate/", {"code": codes[1]})
    other.post("/konto/reauthenticate/", {"password": new})
    assert other.post("/konto/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert list(access_signing.access_faults()) == []


@pytest.mark.both_engines
def test_rotation_signs_second_factors_again_and_leaves_locked_ones(staff: User, settings: Any) -> None:
    other = make_user()
    for user in (staff, other):
        TOTP.activate(user, SECRET)
    behind(Authenticator).filter(user=other).update(type=Authenticator.Type.RECOVERY_CODES)
    macs = set(AccessMac.objects.exclude(kind="login").values_list("number", "mac"))
    settings.HANDLEKORT_KEYS = f"ny:{base64.b64encode(bytes(range(32))).decode()},{settings.HANDLEKORT_KEYS}"
    access_macs.chain_key.cache_clear()
    assert [owner.key for owner, _done in key_rotation.rotate()] == ["chains", "second_factors"]
    assert [(fault.kind, fault.number) for fault in access_signing.access_faults()] == [("login", other.pk)]
    assert set(AccessMac.objects.exclude(kind="login").values_list("number", "mac")) == macs


# --- A case ---


@pytest.fixture
def case(staff: User) -> Case:
    return make_case(staff)


def test_case_with_another_owner_is_locked(client: Client, staff: User, case: Case) -> None:
    colleague = make_user(school=staff.school)
    behind(Case).filter(pk=case.pk).update(owner=colleague)
    client.force_login(colleague)
    page = client.get(f"/sager/{case.public_id}/")
    assert page.status_code == 403
    assert str(CASE_LOCKED) in page.text
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.detail, event.case_public_id) == ("denied", "locked", case.public_id)


def test_stranger_gets_the_answer_for_a_missing_case(client: Client, staff: User, case: Case) -> None:
    """Whether or not the case is locked."""
    behind(Case).filter(pk=case.pk).update(owner=make_user(school=staff.school))
    client.force_login(make_user())
    foreign, missing = (client.get(f"/sager/{number}/") for number in (case.public_id, uuid4()))
    assert (foreign.status_code, seen(foreign)) == (404, seen(missing))


def test_forged_participant_sees_no_case_in_the_list(client: Client, staff: User, case: Case) -> None:
    colleague = make_user(school=staff.school)
    actions.add_participant(case=case, by=staff, user=colleague)
    actions.remove_participant(case=case, by=staff, user=colleague)
    own = make_case(colleague)
    behind(Participant).update(removed_at=None, removed_by=None)
    client.force_login(colleague)
    page = client.get("/sager/")
    assert own.reference in page.text
    assert case.reference not in page.text
    assert "1 sag er låst og vises ikke" in page.text
    assert client.get(f"/sager/{case.public_id}/").status_code == 403
    client.force_login(staff)
    assert client.get(f"/sager/{case.public_id}/").status_code == 200


def test_anonymous_referral_made_one_with_names(client: Client, staff: User, case: Case) -> None:
    actions.refer(
        case=case, by=staff, form=ReferralForm.ANONYMOUS, purpose="Råd", message="", included=[], submission_id=uuid4()
    )
    client.force_login(make_user(Role.SSP, municipality=case.school.municipality))
    assert client.get(f"/sager/{case.public_id}/henvis/").status_code == 200
    behind(Referral).update(form=ReferralForm.NAMED)
    assert client.get(f"/sager/{case.public_id}/henvis/").status_code == 403
    assert case.reference not in client.get("/sager/").text


def test_saving_a_forged_row_in_the_administration_says_why(client: Client, staff: User) -> None:
    administrator = make_user(Role.ADMINISTRATOR, municipality=staff.school.municipality if staff.school else None)
    client.force_login(administrator)
    behind(User).filter(pk=staff.pk).update(role=Role.LEADER)
    page = client.post(
        f"/admin/cases/user/{staff.pk}/change/",
        {"name": "Ny", "email": staff.email, "role": "leader", "school": staff.school_id, "is_active": "on"},
    )
    assert page.status_code == 403
    assert "Intet er gemt" in page.text
    assert User.objects.get(pk=staff.pk).name != "Ny"


def test_what_somebody_else_saved_meanwhile_is_told_as_that(rf: RequestFactory) -> None:
    request = rf.post("/admin/cases/user/1/change/", {"name": "Lis"})
    request.user = AnonymousUser()
    page = AccessLock(lambda _request: HttpResponse()).process_exception(request, ChangedMeanwhile())
    assert page is not None
    assert page.status_code == 409
    assert "Noget er ændret imens" in page.text
    assert "låst" not in page.text
