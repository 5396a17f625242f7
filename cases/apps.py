"""The record: cases, their log and who may see them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class CasesConfig(AppConfig):
    """Cases, their sealed entries, and who may see them."""

    name = "cases"
    verbose_name = "Sager"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and what is done after each migration: triggers, check values of keys, chain keys."""
        # By name: the checks need Django's registry of models, which is only complete now.
        for name in ("reinstall_triggers", "store_key_checks", "begin_keyed_chains"):
            post_migrate.connect(import_string(f"cases.operations.startup_checks.{name}"), sender=self)
