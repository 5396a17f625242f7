"""The record: it remembers, protects and shows."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class CasesConfig(AppConfig):
    """Cases, their sealed entries, and who may see them."""

    name = "cases"
    verbose_name = "Sager"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and what is done after each migration: triggers and check values of keys."""
        # By name: the checks need Django's registry of models, which is only complete now.
        post_migrate.connect(import_string("cases.operations.startup_checks.reinstall_triggers"), sender=self)
        post_migrate.connect(import_string("cases.operations.startup_checks.store_key_checks"), sender=self)
