"""The record: cases, their log and who may see them."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class CasesConfig(AppConfig):
    """Cases, their sealed entries, and who may see them."""

    name = "cases"
    verbose_name = "Sager"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign what decides access; register the checks, and what is done after each migration."""
        # By name: the checks need Django's registry of models, which is only complete now.
        import_module("cases.access.access_macs")
        steps = ("reinstall_triggers", "store_key_checks", "begin_keyed_chains", "sign_access", "grant_web_role")
        for name in steps:
            post_migrate.connect(import_string(f"cases.operations.startup_checks.{name}"), sender=self)
