"""Closed accounts are removed by the controller's rule, once nothing refers to them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.access import audit_log
from cases.access.permissions import get_case
from cases.enums import AuditVerb, Role
from cases.log.writer import close_case
from cases.models import AccessMac, AuditEvent, Case, RetentionRule, School, User
from cases.models.retention import ACCOUNT
from cases.operations import verify
from cases.retention import accounts, due, erasure
from tests.factories import add_note, behind, change, make_case, make_rule, make_school, make_user

pytestmark = pytest.mark.django_db(transaction=True)

MONTHS, YEAR = 12, timedelta(days=366)


def set_rule(school: School, months: int = MONTHS, *, own: bool = False) -> None:
    place, of = school.municipality, school if own else None
    make_rule(place, months, school=of, status=ACCOUNT, basis="Kommunens beslutning")


def close(user: User) -> None:
    """As the administration does."""
    change(user, is_active=False)
    detail = f"{user.public_id}:true.false"
    audit_log.commit_event(AuditVerb.ADMIN_CHANGE, by=None, step="user_is_active", detail=detail)


def due_in(wait: timedelta) -> set[User]:
    return set(accounts.accounts_due(timezone.localdate() + wait))


def test_account_without_traces_is_due_after_the_months_of_the_rule(school: School) -> None:
    user = make_user(school=school)
    close(user)
    assert due_in(YEAR) == set()
    set_rule(school)
    assert due_in(YEAR) == {user}
    assert due_in(timedelta(days=360)) == set()


@pytest.mark.parametrize("role", [Role.SSP, Role.ADMINISTRATOR])
def test_rule_holds_for_the_accounts_of_the_municipality(role: Role, school: School) -> None:
    set_rule(school)
    user, elsewhere = make_user(role, municipality=school.municipality), make_user(school=make_school())
    close(user)
    close(elsewhere)
    assert due_in(YEAR) == {user}


def test_rule_of_the_school_goes_first(school: School) -> None:
    set_rule(school, 1)
    set_rule(school, MONTHS, own=True)
    user = make_user(school=school)
    close(user)
    assert due_in(timedelta(days=40)) == set()
    assert due_in(YEAR) == {user}


def test_account_made_due_in_the_database_is_kept(school: School) -> None:
    set_rule(school)
    user = make_user(school=school)
    close(user)
    RetentionRule.objects.update(months=1)
    assert due_in(timedelta(days=60)) == set()
    RetentionRule.objects.update(months=MONTHS)
    assert due_in(YEAR) == {user}


def test_months_run_from_the_last_closing(school: School) -> None:
    set_rule(school)
    user = make_user(school=school)
    close(user)
    with time_machine.travel(timezone.now() + timedelta(days=300)):
        close(user)
    assert due_in(YEAR) == set()


def write(user: User, case: Case) -> None:
    add_note(case, by=user)


def look(user: User, case: Case) -> None:
    audit_log.commit_event(AuditVerb.OPEN, by=user, case=case)


def own(user: User, case: Case) -> None:
    make_case(user)


TRACES: dict[str, Callable[[User, Case], None]] = {"wrote": write, "looked": look, "owns": own}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_account_with_a_trace_in_a_case_is_kept(trace: Callable[[User, Case], None], school: School) -> None:
    set_rule(school)
    user = make_user(Role.LEADER, school=school)
    trace(user, get_case(user, make_case(make_user(school=school)).public_id))
    close(user)
    assert due_in(YEAR) == set()


def test_account_in_use_is_never_due(school: School) -> None:
    set_rule(school)
    make_user(school=school)
    assert due_in(10 * YEAR) == set()


def test_erasing_the_last_case_frees_its_writer_and_not_who_erased_it(school: School) -> None:
    set_rule(school)
    make_rule(school.municipality, 1, basis="Plan")
    first, second = make_user(Role.LEADER, school=school), make_user(Role.LEADER, school=school)
    author = make_user(school=school)
    case = make_case(author)
    with time_machine.travel(timezone.now() - timedelta(days=90)):
        close_case(case=case, by=author, reason="Slut")
    close(author)
    assert due_in(YEAR) == set()
    stored = Case.objects.unscoped("test").select_related("school").get(pk=case.pk)
    erasure.approve(request=due.propose_erasure(case=stored, by=first), by=second)
    close(first)
    close(second)
    assert due_in(YEAR) == {author}


def test_daily_removes_it_with_its_login_methods_and_logs_that(school: School, tmp_path: Path) -> None:
    set_rule(school)
    user, kept = make_user(school=school, name="Vibeke Nørgaard"), make_user(school=school)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    close(user)
    with time_machine.travel(timezone.now() + YEAR):
        call_command("daily", str(tmp_path))
    assert list(User.objects.all()) == [kept]
    assert not EmailAddress.objects.exists()
    assert set(AccessMac.objects.filter(kind__in=["user", "login"]).values_list("number", flat=True)) == {kept.pk}
    event = AuditEvent.objects.get(verb=AuditVerb.ADMIN_DELETE)
    assert (event.actor, event.step, event.detail) == (None, "user", str(user.public_id))
    assert list(verify.all_faults()) == []


def test_account_changed_in_the_database_is_kept_and_named(school: School, tmp_path: Path) -> None:
    set_rule(school)
    user = make_user(school=school)
    close(user)
    behind(User).filter(pk=user.pk).update(role=Role.LEADER)
    with time_machine.travel(timezone.now() + YEAR), pytest.raises(CommandError):
        call_command("daily", str(tmp_path))
    assert User.objects.filter(pk=user.pk).exists()
