"""Levels in words."""

from django import template

from cases.log.entry_text import format_levels

register = template.Library()
register.filter("niveauer", format_levels)
