"""Levels in words."""

from collections.abc import Sequence

from django import template

from cases.log.entry_text import format_levels

register = template.Library()


@register.filter
def niveauer(levels: Sequence[int]) -> str:
    """Levels as "2", "2 eller 4" or "1, 2, 3 eller 4"."""
    return format_levels(levels)
