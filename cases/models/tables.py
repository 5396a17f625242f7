"""The tables of the record: users and their schools, cases, and what was written about them.

No table holds readable text of a case: bodies, salts and drafts are sealed (``cases.crypto.encryption``). ``Case`` has
the levels, dates and step keys that lists show.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import AuditVerb, CaseAction, EntryKind, ReferralChange, ReferralForm, Role, Status
from cases.models.append_only import AppendOnly, AppendOnlyManager
from cases.models.scoped_queryset import ScopedQuerySet
from cases.models.signed_queryset import CoveredQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CaseManager = models.Manager.from_queryset(ScopedQuerySet)
CoveredManager = models.Manager.from_queryset(CoveredQuerySet)


def set_together(first: str, second: str) -> Q:
    """Return the condition that both columns are set or both are empty."""
    return Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )


def case_weight() -> models.Func:
    """Return the level that lists sort by: the confirmed one, else the highest possible, else 0.

    The 0 stands in the text of the query: with a parameter there SQLite does not find the index.
    """
    template = "COALESCE(%(expressions)s, 0)"
    return models.Func("confirmed_level", "level_high", template=template, output_field=models.IntegerField())


def from_administration() -> models.Func:
    """Return the condition for events of the administration, with the verbs in the text like the 0 above."""
    template = "(%(expressions)s IN ('admin_add', 'admin_change', 'admin_delete'))"
    return models.Func("verb", template=template, output_field=models.BooleanField())


class Municipality(models.Model):
    """The authority that SSP works for and that receives notifications."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=100, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """A school; its leader sees all of its cases."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=150)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="schools", verbose_name=_("kommune"))
    phone = models.CharField(_("telefon"), max_length=40, blank=True)

    objects = CoveredManager()

    DECIDES_ACCESS = ("public_id", "municipality_id")

    class Meta:
        ordering = ["name"]
        verbose_name = _("skole")
        verbose_name_plural = _("skoler")
        constraints = [models.UniqueConstraint("municipality", Lower("name"), name="school_name_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates users and finds them by e-mail address."""

    def get_queryset(self) -> CoveredQuerySet[User]:
        """Return the users."""
        return CoveredQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password they log in through a reset link or single sign-on only."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator who may use all of Django's admin, which shows no cases."""
        return self.create_user(email, password, role=Role.ADMINISTRATOR, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address, in upper or lower case. Raises DoesNotExist."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A professional with a login. Pupils, parents and police have none."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("navn"), max_length=150)
    role = models.CharField(_("rolle"), max_length=20, choices=Role)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("skole")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("kommune")
    )
    is_active = models.BooleanField(_("aktiv"), default=True)
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    DECIDES_ACCESS = (
        "public_id", "email", "password", "role", "school_id", "municipality_id", "is_active", "is_superuser",
    )  # fmt: skip

    locked = False
    """Whether the row was changed outside the product, as found at the request; not in the database."""

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=Q(role__in=[Role.STAFF, Role.LEADER], school__isnull=False, municipality__isnull=True)
                | Q(role=Role.SSP, school__isnull=True, municipality__isnull=False)
                | Q(role=Role.ADMINISTRATOR, school__isnull=True),
                name="user_role_belongs",
                violation_error_message=_(
                    "Medarbejdere og ledere hører til en skole, SSP-konsulenter til en kommune. "
                    "Administratorer har ingen skole."
                ),
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False) | Q(role=Role.ADMINISTRATOR), name="user_superuser_is_administrator"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the address in lower case, so that unique addresses are unique users."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Lower the address before a form checks that it is unique."""
        super().clean()
        self.email = self.email.strip().lower()

    @property
    def is_staff(self) -> bool:
        """Return whether the user may open Django's admin."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return True for every administrator."""
        return self.is_staff

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return True for every administrator."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Return True for every administrator."""
        return self.is_staff


class Case(models.Model):
    """One case: its sealed data key, the head of its log, and the columns of lists. No name, and no text but the label,
    which is sealed (``cases.log.case_label``). ``told_leader_at`` is when a colleague told the leaders of it here,
    ``taken_by`` the leader who said to have it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=8, unique=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="cases")
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_cases")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    levels = models.JSONField(default=list)
    level_low = models.PositiveSmallIntegerField(null=True, blank=True)
    level_high = models.PositiveSmallIntegerField(null=True, blank=True)
    confirmed_level = models.PositiveSmallIntegerField(null=True, blank=True)
    police_first = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    in_danger = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    next_due = models.DateTimeField(null=True, blank=True)
    told_leader_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    label = models.BinaryField(default=bytes)
    head_seq = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=32)
    sealed_key = models.BinaryField()

    objects = CaseManager()

    DECIDES_ACCESS = ("public_id", "school_id", "owner_id")

    given_to: User | AnonymousUser | None = None
    """To whom ``permissions.get_case`` gave this case, and what for; not in the database."""
    given_for = CaseAction.READ

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("sag")
        verbose_name_plural = _("sager")
        indexes = [
            models.Index(
                "school",
                "status",
                case_weight().desc(),
                F("updated_at").desc(),
                F("id").desc(),
                name="case_list_by_status",
            ),
            models.Index("school", case_weight().desc(), F("updated_at").desc(), F("id").desc(), name="case_list"),
            models.Index(fields=["school", "status", "next_due"], name="case_overdue"),
            models.Index(fields=["school", "status", "closed_at"], name="case_closed"),
            models.Index(
                fields=["school", "told_leader_at"],
                condition=Q(status=Status.OPEN, told_leader_at__isnull=False),
                name="case_told",
            ),
            models.Index(
                fields=["school", "next_due"],
                condition=Q(status=Status.OPEN, in_danger=True),
                name="case_in_danger",
            ),
            models.Index(fields=["school", "public_id", "reference"], name="case_of_school"),
            models.Index(fields=["owner", "school"], name="case_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.OPEN, closed_at__isnull=True, closed_by__isnull=True)
                | Q(status=Status.CLOSED, closed_at__isnull=False, closed_by__isnull=False),
                name="case_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(level_low__isnull=True, level_high__isnull=True)
                # A comparison with NULL passes, so the condition says that both are set.
                | Q(level_low__isnull=False, level_high__isnull=False)
                & Q(level_low__gte=1, level_low__lte=F("level_high"), level_high__lte=4),
                name="case_levels_in_order",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_level__isnull=True) | Q(confirmed_level__range=(1, 4)),
                name="case_confirmed_level",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Participant(models.Model):
    """A colleague who was given access to a case; the row is kept when the access ends."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="participants")
    user = models.ForeignKey(User, models.PROTECT, related_name="participations")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CoveredManager()

    DECIDES_ACCESS = ("case_id", "user_id", "removed_at")

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], condition=Q(removed_at=None), name="participant_once"),
            models.CheckConstraint(
                condition=set_together("removed_at", "removed_by"), name="participant_removed_whole"
            ),
        ]


class Referral(models.Model):
    """SSP of a municipality may see a case, in one form; the entry ``entry_seq`` holds the text that was sent.

    ``state`` is what was last written in its thread, ``state_since`` when, ``claimed_by`` who at SSP has it. ``aside``
    has the primary keys of the consultants who stepped aside, each between commas: they do not see it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="referrals")
    form = models.CharField(max_length=10, choices=ReferralForm)
    entry_seq = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, default=ReferralChange.SENT.value)
    state_since = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    aside = models.TextField(blank=True, default="")

    objects = CoveredManager()

    DECIDES_ACCESS = ("case_id", "municipality_id", "form", "entry_seq", "ended_at", "aside")

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "municipality"], condition=Q(ended_at=None), name="referral_active_once"
            ),
            models.CheckConstraint(condition=set_together("ended_at", "ended_by"), name="referral_ended_whole"),
        ]
        indexes = [
            models.Index(fields=["municipality", "case"], condition=Q(ended_at=None), name="referral_active"),
        ]


class Entry(AppendOnly):
    """One entry of a case's log, written once.

    ``body`` is the sealed content with the author's name. Entries of versions without chain keys have the sealed random
    part of their hash in ``salt``. ``duty_hash`` is the same for all answers to one duty of the case.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EntryKind)
    step = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="entries")
    entered_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField()
    duty_hash = models.BinaryField(null=True)
    body = models.BinaryField()
    salt = models.BinaryField(default=bytes)
    chain_key = models.UUIDField(null=True, editable=False)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AppendOnlyManager()

    class Meta:
        ordering = ["case", "seq"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["case", "kind", "step", "duty_hash", "seq"], name="entry_newest")]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="entry_seq_once"),
            models.UniqueConstraint(fields=["case", "submission_id"], name="entry_submission_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_one"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
        ]


class Draft(models.Model):
    """What one user has typed in one step and not filed: sealed, and deleted after ``expires_at``."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    step = models.CharField(max_length=30)
    base_seq = models.PositiveIntegerField()
    body = models.BinaryField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "user", "step"], name="draft_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("saved_at")), name="draft_expires_later"),
        ]


class AuditEvent(AppendOnly):
    """One event of the access log. No text, no name, no foreign key: it is kept when its case is erased."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    verb = models.CharField(max_length=20, choices=AuditVerb)
    actor = models.UUIDField(null=True, blank=True)
    role = models.CharField(max_length=20, blank=True)
    case_public_id = models.UUIDField(null=True, blank=True)
    case_seq = models.PositiveIntegerField(default=0)
    case_hash = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=64, blank=True)
    chain_key = models.UUIDField(null=True, editable=False)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AppendOnlyManager()

    class Meta:
        ordering = ["seq"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(seq__gte=1), name="audit_seq_from_one"),
            models.CheckConstraint(condition=Q(verb__in=AuditVerb.values), name="audit_verb_known"),
        ]
        indexes = [
            models.Index(fields=["case_public_id", "at", "seq", "actor", "verb"], name="audit_of_case"),
            models.Index(fields=["actor", "verb", "seq"], name="audit_of_actor"),
            models.Index(fields=["verb", "seq"], condition=Q(from_administration()), name="audit_of_administration"),
            models.Index(fields=["step"], condition=Q(verb=AuditVerb.MADE), name="audit_paper_code"),
            models.Index(fields=["detail"], condition=Q(verb=AuditVerb.MADE), name="audit_paper_file"),
        ]


class ChainKey(models.Model):
    """A key under which rows of the chains are hashed, wrapped by a master key. Kept as long as the rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(max_length=32)
    sealed_key = models.BinaryField()


class ChainEnd(models.Model):
    """The last event of the access log, in one row that is written with each event; ``mac`` is its hash under the key.

    It shows that events were deleted at the end of the log, which the chain alone does not. ``chain_key`` is the key
    for new rows of all chains.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    chain_key = models.UUIDField(null=True, editable=False)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="chain_end_once")]


class KeyCheck(models.Model):
    """A fixed text sealed under the master key of this name (``cases.operations.key_checks``)."""

    key_id = models.CharField(primary_key=True, max_length=32)
    sealed = models.BinaryField()


class AccessMac(models.Model):
    """The MAC of a row that decides access, or of all login methods of a user (``cases.access.access_macs``).

    ``mac`` is the id of the chain key, a colon, and the HMAC. No foreign key: it shows a deleted row.
    """

    kind = models.CharField(max_length=12)
    number = models.BigIntegerField()
    mac = models.CharField(max_length=101)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="access_mac_once")]
