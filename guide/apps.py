"""The action card: it asks, judges and advises."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """Questions, rules and pages of the action card."""

    name = "guide"
    verbose_name = "Handlekort"
    default_auto_field = "django.db.models.BigAutoField"
