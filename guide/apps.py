"""The action card: it asks, judges and advises."""

from importlib import import_module

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """Questions, rules and pages of the action card."""

    name = "guide"
    verbose_name = "Handlekort"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for changes to users, and have second factors re-sealed, in every process, not only in web ones."""
        import_module("guide.accounts.second_factor_keys")
        import_module("guide.accounts.sessions")
