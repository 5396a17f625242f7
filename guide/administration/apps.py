"""Django's admin as an app of this project. The site itself is in guide/administration/site.py."""

from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class AdministrationConfig(AdminConfig):
    """Puts the product's own admin site in the place of Django's."""

    default_site = "guide.administration.site.AdministrationSite"

    def ready(self) -> None:
        """Register the pages of both packages, which keep them in a folder of their own."""
        autodiscover_modules("administration.admin")
        super().ready()
