"""Remove closed accounts that nothing refers to any more, by the controller's rule; the access log tells of each.

An account is kept while a case exists in which its user wrote or that the user looked at, and for ever when a tombstone
names its user. So names stand where somebody may still ask for them.
"""

from datetime import date, datetime

from django.db import models, transaction
from django.db.models.deletion import Collector, ProtectedError
from django.utils import timezone

from cases.access import access_macs, audit_log
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, RetentionRule, User
from cases.models.retention import ACCOUNT
from cases.retention.due import RuleBook, is_rule_logged, months_later, rule_book


def accounts_due(today: date) -> list[User]:
    """Return the closed accounts that may be removed, as far as no row refers to them."""
    book = rule_book()
    closed = User.objects.filter(is_active=False).select_related("school").order_by("pk")
    return [user for user in closed if _is_over(user, book, today) and not _is_named(user)]


def remove_account(user: User) -> None:
    """Delete the account with its login methods, and log that. Raises AccessChanged for one changed in the database."""
    with transaction.atomic():
        audit_log.lock_log()
        access_macs.require_login_genuine(user)
        audit_log.write_event(AuditVerb.ADMIN_DELETE, by=None, step="user", detail=str(user.public_id))
        user.delete()


def _is_over(user: User, book: RuleBook, today: date) -> bool:
    rule = _rule(user, book)
    if rule is None or months_later(timezone.localdate(_last_used(user)), rule.months) > today:
        return False
    return is_rule_logged(rule, user.school_id)


def _rule(user: User, book: RuleBook) -> RetentionRule | None:
    """Return the rule of the user's school, else of the municipality; None for an administrator of all."""
    of_school = book.get(("school", user.school_id, ACCOUNT)) if user.school_id else None
    place = user.school.municipality_id if user.school else user.municipality_id
    return of_school or (book.get(("municipality", place, ACCOUNT)) if place else None)


def _last_used(user: User) -> datetime:
    """Return when the account was closed, as the access log says, or was used last."""
    closings = AuditEvent.objects.filter(
        verb=AuditVerb.ADMIN_CHANGE, step="user_is_active", detail=f"{user.public_id}:true.false"
    )
    closed = closings.aggregate(at=models.Max("at"))["at"]
    return max(at for at in (closed, user.last_login, user.created_at) if at)


def _is_named(user: User) -> bool:
    """Return whether a row refers to the user, or the user did anything with a case that exists."""
    try:
        Collector(using="default").collect([user])
    except ProtectedError:
        return True
    cases = Case.objects.unscoped("retention").values("public_id")
    return AuditEvent.objects.filter(actor=user.public_id, case_public_id__in=cases).exists()
