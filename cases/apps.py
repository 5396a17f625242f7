"""The record: it remembers, protects and shows."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases, their sealed entries, and who may see them."""

    name = "cases"
    verbose_name = "Sager"
    default_auto_field = "django.db.models.BigAutoField"
