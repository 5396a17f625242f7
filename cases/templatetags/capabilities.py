"""What the visitor's role allows, for templates: ``user|can:"statistics"``, ``user|sees:"school"``."""

from django import template

from cases.access import permissions
from cases.access.capabilities import Capability, CasesSeen, Visitor, rights_of

register = template.Library()


@register.filter
def can(user: Visitor, capability: str) -> bool:
    """Whether the user has the capability. Raises ValueError for a capability that does not exist."""
    return permissions.can(user, Capability(capability))


@register.filter
def sees(user: Visitor, cases: str) -> bool:
    """Whether the user sees cases by this relation. Raises ValueError for a relation that does not exist."""
    return rights_of(user).sees is CasesSeen(cases)
