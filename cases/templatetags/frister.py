"""Deadlines in words."""

from django import template

from cases.text.dates import format_deadline

register = template.Library()
register.filter("frist", format_deadline)
