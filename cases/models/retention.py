"""The tables of retention: rules, legal holds, erasure requests and tombstones.

None holds readable text of a case: the reasons of a hold are sealed under the case's data key and deleted with it.
"""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases.enums import Status
from cases.models.append_only import AppendOnly, AppendOnlyManager
from cases.models.tables import Case, Municipality, School, User, set_together

ACCOUNT = "account"
"""The status of a rule for closed accounts."""

LONGEST_MONTHS = 1200
"""A hundred years: a larger number is a typing error."""


class RetentionRule(models.Model):
    """How long closed cases, or closed accounts, are kept, as the controller decided. Without a rule none falls due.

    Open ones have no rule: they are in use. A school that is a controller itself may have rules of its own.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="retention_rules", verbose_name=_("kommune")
    )
    school = models.ForeignKey(
        School,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="retention_rules",
        verbose_name=_("skole"),
        help_text=_("Kun når skolen selv er dataansvarlig og har sin egen frist. Ellers tom: så gælder fristen alle."),
    )
    status = models.CharField(
        _("gælder"),
        max_length=10,
        choices=[(Status.CLOSED.value, _("afsluttede sager")), (ACCOUNT, _("lukkede konti"))],
        default=Status.CLOSED,
    )
    months = models.PositiveSmallIntegerField(
        _("måneder"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)],
        help_text=_(
            "Regnes fra den dag, sagen blev afsluttet eller kontoen lukket. Åbne sager og konti slettes aldrig. En "
            "konto bliver, så længe der er en sag, som den har været inde i."
        ),
    )
    basis = models.CharField(
        _("besluttet hvor"),
        max_length=120,
        help_text=_("Fx journalplanens navn og punkt. Teksten bliver stående, når en sag er slettet. Ingen navne."),
    )

    class Meta:
        ordering = ["municipality", "school", "status"]
        verbose_name = _("opbevaringsfrist")
        verbose_name_plural = _("opbevaringsfrister")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "status"], condition=Q(school=None), name="retention_once_per_municipality"
            ),
            models.UniqueConstraint(
                fields=["school", "status"], condition=Q(school__isnull=False), name="retention_once_per_school"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.CLOSED, ACCOUNT]), name="retention_not_of_open_cases"
            ),
            models.CheckConstraint(condition=Q(months__range=(1, LONGEST_MONTHS)), name="retention_months"),
        ]

    def __str__(self) -> str:
        return f"{self.school or self.municipality}: {self.words}"

    @property
    def words(self) -> str:
        """Return how long, and where that was decided."""
        words = f"{months_in_words(self.months)}: {self.basis}"
        return _("Lukkede konti, %(words)s") % {"words": words} if self.status == ACCOUNT else words

    def clean(self) -> None:
        """Raise ValidationError for a school of another municipality: its cases would not find the rule."""
        super().clean()
        if self.school is not None and self.school.municipality_id != self.municipality_id:
            raise ValidationError({"school": _("Skolen ligger i en anden kommune.")})


class LegalHold(models.Model):
    """Stops the erasure of a case, with a reason. A released hold is kept until the case is erased."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.BinaryField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    release_reason = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["set_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(released_at=None), name="hold_once"),
            models.CheckConstraint(
                condition=set_together("released_at", "released_by") & set_together("released_at", "release_reason"),
                name="hold_released_whole",
            ),
        ]


class ErasureRequest(models.Model):
    """A leader's proposal to erase a case that is due. A refused one is kept until the case is erased."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="erasure_requests")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(refused_at=None), name="erasure_request_once"),
            models.CheckConstraint(condition=set_together("refused_at", "refused_by"), name="erasure_refused_whole"),
        ]


class Tombstone(AppendOnly):
    """What remains of an erased case: its number and dates, the rule, and who proposed and approved.

    The access log holds its hash, so ``verify`` finds one that was changed, forged or deleted.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case_public_id = models.UUIDField(unique=True)
    reference = models.CharField(max_length=8, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="tombstones")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField()
    head_seq = models.PositiveIntegerField()
    head_hash = models.CharField(max_length=64)
    rule_status = models.CharField(max_length=10)
    rule_months = models.PositiveSmallIntegerField()
    rule_basis = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AppendOnlyManager()

    class Meta:
        ordering = ["approved_at", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_by=models.F("approved_by")), name="tombstone_two_persons")
        ]
        indexes = [models.Index(fields=["school", "-approved_at"], name="tombstone_of_school")]

    def __str__(self) -> str:
        return self.reference

    @property
    def rule_words(self) -> str:
        """Return the rule by which the case was erased, as text."""
        return f"{months_in_words(self.rule_months)}: {self.rule_basis}"


def months_in_words(months: int) -> str:
    """Return »5 år efter afslutning« or »18 måneder efter afslutning«."""
    if months % 12 == 0:
        return gettext("%(years)d år efter afslutning") % {"years": months // 12}
    return ngettext("%(months)d måned efter afslutning", "%(months)d måneder efter afslutning", months) % {
        "months": months
    }
