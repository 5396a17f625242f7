"""Django's admin as an app of this project. The site itself stands in guide/administration_site.py."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Puts the product's own admin site in the place of Django's."""

    default_site = "guide.administration_site.AdministrationSite"
