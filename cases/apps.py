"""The record: it remembers, protects and shows."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class CasesConfig(AppConfig):
    """Cases, their sealed entries, and who may see them."""

    name = "cases"
    verbose_name = "Sager"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """The tables of the cases, and those that say how long a case is kept."""
        super().import_models()
        import_module("cases.keeping")

    def ready(self) -> None:
        """Register the checks, and the care for the triggers after each migration."""
        # By name: the checks need Django's registry of models, which is only complete now.
        post_migrate.connect(import_string("cases.checks.guard_again"), sender=self)
