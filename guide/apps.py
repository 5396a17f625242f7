"""The action card: questions, rules and advice."""

from importlib import import_module

from django.apps import AppConfig

from guide.web.quick_texts import shorten_way_to_texts


class GuideConfig(AppConfig):
    """Questions, rules and pages of the action card."""

    name = "guide"
    verbose_name = "Handlekort"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Know the card, sign login methods, follow changes to users and re-seal second factors in every process."""
        shorten_way_to_texts()
        import_module("guide.accounts.access_lock")
        import_module("guide.accounts.second_factor_keys")
        import_module("guide.accounts.sessions")
        import_module("guide.steps")
