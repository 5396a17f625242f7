"""Deadlines in words."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def frist(due: date | datetime | None) -> str:
    """A deadline as 21-11-2026, or 21-11-2026 kl. 14.30 where the hour counts; empty without one."""
    if due is None:
        return ""
    if isinstance(due, datetime):
        return timezone.localtime(due).strftime(_("%d-%m-%Y kl. %H.%M"))
    return due.strftime("%d-%m-%Y")
