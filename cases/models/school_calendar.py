"""The days on which a school is closed, as the school decides them: holidays of the pupils, days of its staff."""

import uuid
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.tables import School

LOOK_AHEAD = timedelta(days=366)
"""How far ahead closed days are read: no deadline is further away, however long a school is closed."""


class ClosedDays(models.Model):
    """A school is closed from the first day to the last. They move the deadlines that are set afterwards."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="closed_days", verbose_name=_("skole"))
    first = models.DateField(_("første lukkedag"))
    last = models.DateField(
        _("sidste lukkedag"),
        help_text=_(
            "Samme dag, hvis det kun er én. Weekender og helligdage kendes i forvejen. Lukkedage flytter de frister, "
            "der sættes fra nu af."
        ),
    )
    name = models.CharField(_("navn"), max_length=60, help_text=_("Fx efterårsferie. Ingen navne på personer."))

    class Meta:
        ordering = ["-first", "school"]
        verbose_name = _("lukkedage")
        verbose_name_plural = _("lukkedage")
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="closed_days_in_order")]
        indexes = [models.Index(fields=["school", "last"], name="closed_days_of_school")]

    def __str__(self) -> str:
        return f"{self.school}: {self.name}"

    def clean(self) -> None:
        """Raise ValidationError for days in the wrong order, or more of them than a school year has."""
        super().clean()
        if not self.first or not self.last:
            return
        if self.last < self.first:
            raise ValidationError({"last": _("Den sidste dag ligger før den første.")})
        if self.last - self.first >= LOOK_AHEAD:
            raise ValidationError({"last": _("Det er mere end et år. Se efter i årstallet.")})


def closed_days(school: School, since: date) -> frozenset[date]:
    """Return the days on which the school is closed in the year from ``since``."""
    until = since + LOOK_AHEAD
    rows = ClosedDays.objects.filter(school=school, last__gte=since, first__lte=until).values_list("first", "last")
    return frozenset(
        max(first, since) + timedelta(days=days)
        for first, last in rows
        for days in range((min(last, until) - max(first, since)).days + 1)
    )
