"""What administrators maintain without a release (contacts, legal notes, single sign-on), and the cache."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.tables import CoveredManager
from guide.reference.contacts import CONTACTS, LOCAL_KEYS

LOCAL_CHOICES = [(key, CONTACTS[key].name) for key in LOCAL_KEYS]


class Contact(models.Model):
    """A national service, seeded from guide.reference.contacts. Duties refer to the key, which never changes."""

    key = models.SlugField(_("nøgle"), max_length=50, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=120, help_text=_("En tjenestes navn, aldrig en persons."))
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    url = models.URLField(_("hjemmeside"), blank=True)
    audience = models.CharField(_("for hvem"), max_length=200)
    note = models.TextField(_("bemærkning"), blank=True)
    last_verified = models.DateField(_("sidst kontrolleret"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("kontakt")
        verbose_name_plural = _("kontakter")

    def __str__(self) -> str:
        return self.name


class LegalNote(models.Model):
    """A legal source in plain words, seeded from guide.reference.legal_sources; duties refer to its constant key."""

    key = models.SlugField(_("nøgle"), max_length=50, unique=True, editable=False)
    title = models.CharField(_("lov"), max_length=120)
    paragraph = models.CharField(_("paragraf"), max_length=60, blank=True)
    plain = models.TextField(_("med almindelige ord"))
    last_verified = models.DateField(_("sidst kontrolleret"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["title", "paragraph"]
        verbose_name = _("lovhenvisning")
        verbose_name_plural = _("lovhenvisninger")

    def __str__(self) -> str:
        return f"{self.title} {self.paragraph}".strip()


class LocalContact(models.Model):
    """A municipality's own contact of one kind. Without a row the pages say that it is not filled in."""

    municipality = models.ForeignKey(
        "cases.Municipality", models.CASCADE, related_name="local_contacts", verbose_name=_("kommune")
    )
    key = models.CharField(_("kontakt"), max_length=50, choices=LOCAL_CHOICES)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    url = models.URLField(_("hjemmeside"), blank=True)
    note = models.TextField(_("bemærkning"), blank=True, help_text=_("Åbningstid eller vej ind. Ingen personnavne."))
    last_verified = models.DateField(_("sidst kontrolleret"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["municipality", "key"]
        verbose_name = _("lokal kontakt")
        verbose_name_plural = _("lokale kontakter")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "key"], name="one_local_contact_of_each_kind"),
            models.CheckConstraint(
                condition=~models.Q(phone="", url=""),
                name="local_contact_can_be_reached",
                violation_error_message=_("Skriv et telefonnummer eller en hjemmeside."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.municipality})"


class Accessibility(models.Model):
    """What the law asks a municipality to state of its site's accessibility (act 692 of 2018, order 904 of 2019)."""

    municipality = models.OneToOneField(
        "cases.Municipality", models.CASCADE, related_name="accessibility", verbose_name=_("kommune")
    )
    url = models.URLField(
        _("erklæringen i WAS-Tool"),
        blank=True,
        help_text=_("Fx https://www.was.digst.dk/handlekort-kommune-dk. Den adresse, som WAS-Tool har givet jer."),
    )
    phone = models.CharField(_("telefon"), max_length=40, blank=True, help_text=_("Hertil kan man ringe om fejl."))
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("Hertil kan man skrive om fejl. En fælles postkasse.")
    )
    known_faults = models.TextField(
        _("kendte fejl"), blank=True, help_text=_("Hvad der ikke er tilgængeligt, og hvad man kan gøre i stedet.")
    )
    last_verified = models.DateField(_("sidst gennemgået"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["municipality"]
        verbose_name = _("tilgængelighedserklæring")
        verbose_name_plural = _("tilgængelighedserklæringer")

    def __str__(self) -> str:
        return str(self.municipality)


class SingleSignOn(models.Model):
    """A person at an OpenID provider who is this user. One per user and provider: a second one is another person.

    `issuer` and `subject` are the claims that identify a person permanently (OpenID Connect Core 1.0, section 5.7).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="single_sign_ons", verbose_name=_("bruger")
    )
    issuer = models.CharField(_("udsteder"), max_length=200)
    subject = models.CharField(
        _("kode"),
        max_length=255,
        help_text=_("Koden vises for brugeren efter login. Sikr dig, at det virkelig er brugeren, der giver dig den."),
    )
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)

    objects = CoveredManager()

    DECIDES_ACCESS = ("user_id", "issuer", "subject")

    class Meta:
        ordering: ClassVar = ["user"]
        verbose_name = _("fælles login")
        verbose_name_plural = _("fælles login")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="single_sign_on_names_one_user"),
            models.UniqueConstraint(fields=["user", "issuer"], name="single_sign_on_once_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.issuer})"


class CachedValue(models.Model):
    """A value of Django's cache as JSON, which runs nothing when it is read (``guide.accounts.json_cache``)."""

    key = models.CharField(primary_key=True, max_length=64)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
