"""MACs over the rows that decide access, so that a row changed in the database, without the keys, lets nobody in.

Each MAC is an HMAC under the chain key, in the table ``AccessMac``. It covers one row, or as one bundle all login
methods of a user: there a deleted row must be noticed too. The ``save`` of a covered model signs what it writes, and
signs nothing unless what was stored before was signed: saving a password must not sign a forged role beside it. Models
of ``guide`` are covered by ``cover``, because this module must not import them.

Going back to genuine older rows together with their MACs is not found here (docs/decisions/009-access-macs.md).
"""

import hmac
from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce, wraps
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.signals import post_delete, post_init, pre_delete
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.access.audit_log import recorded_last_event
from cases.access.capabilities import CasesSeen, Visitor, has_case_role, rights_of
from cases.access.chain_keys import chain_key
from cases.crypto.encryption import SealBroken
from cases.crypto.hash_chain import keyed_hash, utc_text
from cases.models import AccessMac, Case, ChainKey, Participant, Referral, School, User
from cases.models.prepared_query import Given, PreparedQuery
from cases.models.signed_queryset import covered_columns

USER: Final = "user"
LOGIN: Final = "login"
"""All login methods of a user; its number is the user's."""

LOCKED: Final = "locked"
"""The detail of the event of a refusal."""

ACCOUNT_LOCKED: Final = _(
    "Kontoen er låst, fordi noget, der afgør dens adgang, er ændret uden om Handlekort. Ring til den, der driver "
    "Handlekort hos jer, og som kan se, hvad der er ændret."
)
CASE_LOCKED: Final = _(
    "Sagen er låst, fordi noget, der afgør, hvem der må se den, er ændret uden om Handlekort. Ring til den, der "
    "driver Handlekort hos jer, og som kan se, hvad der er ændret."
)
_NOT_SAVED: Final = _(
    "Intet er gemt: rækken, der skulle ændres, afgør adgang, og den er ændret uden om Handlekort. »manage.py verify« "
    "viser, hvad der er ændret."
)
_CHANGED_MEANWHILE: Final = _(
    "Intet er gemt: en anden har ændret det samme, siden siden blev åbnet. Hent siden igen, og prøv igen."
)

Rows = dict[str, list[Any]]
"""The covered values of each row, by its table and primary key."""


class AccessChanged(PermissionDenied):
    """A row that decides access is not as the product wrote it. The text is a sentence for the user."""

    def __init__(self, sentence: Promise | str, user: User | None = None) -> None:
        super().__init__(sentence)
        self.user = user


class ChangedMeanwhile(AccessChanged):
    """Somebody else saved the row after it was read. Nothing is wrong with it."""

    def __init__(self) -> None:
        super().__init__(_CHANGED_MEANWHILE)


@dataclass(frozen=True)
class Covered:
    """A model of which some columns decide access. ``bundle`` has the number of a row's bundle."""

    kind: str
    model: type[models.Model]
    columns: tuple[str, ...]
    bundle: str

    def key(self, row: models.Model) -> str:
        """Return the row's key in its bundle."""
        return f"{self.model._meta.db_table}:{row.pk}"

    def values(self, row: models.Model) -> list[Any]:
        """Return the covered values, the same on both engines."""
        return [_plain(self.model._meta.get_field(name), getattr(row, name)) for name in self.columns]

    def saved(self, names: Iterable[str] | None) -> set[str]:
        """Return the covered columns among the fields of a save, all for None."""
        if names is None:
            return set(self.columns)
        return covered_columns(self.model, names, self.columns)


COVERED: dict[type[models.Model], Covered] = {}


def _plain(field: Any, value: Any) -> Any:
    try:
        plain = field.to_python(value)
    except ValidationError:
        # SQLite stores anything in any column; what the product never writes has no right MAC.
        return repr(value)
    match plain:
        case UUID():
            return str(plain)
        case datetime():
            return utc_text(plain)
        case _:
            return plain


def kinds() -> list[str]:
    """Return the kinds of bundles."""
    return list(dict.fromkeys(covered.kind for covered in COVERED.values()))


def of_kind(kind: str) -> list[Covered]:
    """Return the models whose rows make up a bundle of this kind."""
    return [covered for covered in COVERED.values() if covered.kind == kind]


# --- Checking --------------------------------------------------------------------------------------------------------


def is_genuine(kind: str, number: int, rows: Rows, mac: str | None) -> bool:
    """Return whether the product wrote the MAC for these rows."""
    key = (mac or "").partition(":")[0]
    try:
        right = _mac(kind, number, rows, UUID(key))
    except (ValueError, SealBroken, ChainKey.DoesNotExist):
        return False
    return hmac.compare_digest(right.encode(), (mac or "").encode())


def _mac(kind: str, number: int, rows: Rows, key: UUID) -> str:
    return f"{key}:{keyed_hash(chain_key(key), 'access', {'kind': kind, 'number': number, 'rows': rows})}"


def _is_row_genuine(row: models.Model, mac: str | None) -> bool:
    covered = COVERED[type(row)]
    return is_genuine(covered.kind, row.pk, {covered.key(row): covered.values(row)}, mac)


def stored_rows(kind: str, number: int) -> Rows:
    """Return the rows of a bundle as they are in the database."""
    return {
        covered.key(row): covered.values(row) for covered in of_kind(kind) for row in _rows_of(covered)(number=number)
    }


@cache
def _rows_of(covered: Covered) -> PreparedQuery[Any]:
    """The model's rows of the bundle with this ``number``."""
    model = covered.model
    bundle = model._meta.pk if covered.bundle == "pk" else model._meta.get_field(covered.bundle)
    return PreparedQuery(lambda: model._base_manager.filter(**{covered.bundle: Given("number", bundle)}).order_by())


def require_login_genuine(user: User, *used: models.Model) -> None:
    """Raise AccessChanged unless the user, the login methods and those used are as the product wrote them.

    ``used`` are rows as they were read: one that was there only for a moment must not pass for what is stored now.
    """
    account, methods = genuine_rows(USER, user.pk), genuine_rows(LOGIN, user.pk)
    if account is None or methods is None:
        raise AccessChanged(ACCOUNT_LOCKED, user)
    rows = account | methods
    for row in (user, *used):
        covered = COVERED[row._meta.concrete_model or type(row)]
        if rows.get(covered.key(row)) != covered.values(row):
            raise AccessChanged(ACCOUNT_LOCKED, user)


def genuine_rows(kind: str, number: int) -> Rows | None:
    """Return the rows of a bundle as they are stored, None unless they are genuine.

    If not at once, they are read again while nobody saves them.
    """
    mac = AccessMac.objects.filter(kind=kind, number=number).values_list("mac", flat=True).first()
    rows = stored_rows(kind, number)
    if is_genuine(kind, number, rows, mac):
        return rows
    with transaction.atomic():
        locked = lock_mac(kind, number)
        rows = stored_rows(kind, number)
        return rows if is_genuine(kind, number, rows, locked) else None


def lock_mac(kind: str, number: int) -> str | None:
    """Lock the MAC of a bundle, as every save of its rows does, and return it; None where there is none."""
    return next((row.mac for row in _locked_mac(kind=kind, number=number)), None)


@PreparedQuery
def _locked_mac() -> QuerySet[AccessMac]:
    kind, number = (Given(name, AccessMac._meta.get_field(name)) for name in ("kind", "number"))
    return AccessMac.objects.select_for_update().filter(kind=kind, number=number).order_by()


def _mac_of(kind: str, number: str) -> RawSQL:
    """Return the MAC of the row with this number, a column of the query. SQL, since each request builds it anew."""
    sql = f"SELECT mac FROM cases_accessmac WHERE kind = %s AND number = {number}"  # noqa: S608  # nosec B608 - a column
    return RawSQL(sql, [kind], models.CharField())  # noqa: S611  # nosec B611


@PreparedQuery
def user_with_macs() -> QuerySet[User]:
    """The user with this ``pk``, with school and MACs, for ``is_user_genuine``."""
    users = User.objects.filter(pk=Given("pk", User._meta.pk)).order_by().select_related("school")
    return users.annotate(user_mac=_mac_of(USER, "cases_user.id"), school_mac=_mac_of("school", "cases_user.school_id"))


def is_user_genuine(user: User) -> bool:
    """Return whether a user from ``user_with_macs``, and the user's school, are as the product wrote them."""
    macs = vars(user)
    school_is_genuine = user.school is None or _is_row_genuine(user.school, macs["school_mac"])
    return school_is_genuine and _is_row_genuine(user, macs["user_mac"])


def aside_mark(user: int) -> str:
    """Return how ``Referral.aside`` names a user who stepped aside."""
    return f",{user},"


_GIVEN: Final = {
    CasesSeen.OWN: (
        "SELECT given.id || ' ' || mac FROM cases_participant given "
        "LEFT JOIN cases_accessmac ON kind = 'participant' AND number = given.id "
        "WHERE given.case_id = cases_case.id AND user_id = %s AND removed_at IS NULL LIMIT 1"
    ),
    CasesSeen.REFERRED: (
        "SELECT given.id || ' ' || form || ' ' || entry_seq || ' ' || aside || ' ' || mac FROM cases_referral given "
        "LEFT JOIN cases_accessmac ON kind = 'referral' AND number = given.id "
        "WHERE given.case_id = cases_case.id AND municipality_id = %s AND ended_at IS NULL "
        # The referral with names first: it decides the case role.
        "ORDER BY form DESC LIMIT 1"
    ),
}
"""The row that gives a user access to a case, with its MAC; NULL without one."""


def with_case_macs(cases: QuerySet[Case], user: Visitor) -> QuerySet[Case]:
    """Return the cases with school, MACs and the row that lets the user in, for ``is_case_genuine``."""
    if not isinstance(user, User):
        return with_macs_for(cases, CasesSeen.NONE, None, None)
    return with_macs_for(cases, rights_of(user).sees, user.pk, user.municipality_id)


def with_macs_for(cases: QuerySet[Case], sees: CasesSeen, user: Any, municipality: Any) -> QuerySet[Case]:
    """Return the same for a user who sees cases by this relation, by the primary keys of user and municipality."""
    cases = cases.select_related("school").annotate(
        case_mac=_mac_of("case", "cases_case.id"), school_mac=_mac_of("school", "cases_case.school_id")
    )
    if sees not in _GIVEN:
        return cases
    whose = user if sees is CasesSeen.OWN else municipality
    return cases.annotate(given=RawSQL(_GIVEN[sees], [whose], models.CharField()))  # noqa: S611  # nosec B611


def is_case_genuine(case: Case, user: Visitor) -> bool:
    """Return whether a case from ``with_case_macs`` and what lets the user in are as the product wrote them."""
    macs = vars(case)
    if not _is_row_genuine(case, macs["case_mac"]) or not _is_row_genuine(case.school, macs["school_mac"]):
        return False
    return not isinstance(user, User) or _is_way_in_genuine(case, user, macs.get("given"))


def _is_way_in_genuine(case: Case, user: User, given: str | None) -> bool:
    """Return whether the user has the case role by what is genuine: columns of the case, or the row that gives access.

    The database found the case and the case role; it is not believed in that either.
    """
    sees = rights_of(user).sees
    is_owner = case.owner_id == user.pk
    row: Participant | Referral | None = None
    match (given or "").split(" "):
        case [pk, mac] if sees is CasesSeen.OWN and not is_owner:
            row = Participant(pk=int(pk), case_id=case.pk, user_id=user.pk)
        case [pk, form, seq, aside, mac] if sees is CasesSeen.REFERRED and aside_mark(user.pk) not in aside:
            row = Referral(pk=int(pk), case_id=case.pk, form=form, entry_seq=int(seq), aside=aside)
            row.municipality_id = user.municipality_id  # type: ignore[assignment]
    if row is not None and not _is_row_genuine(row, mac):
        return False
    is_of_school = case.school_id == user.school_id
    return has_case_role(vars(case)["case_role"], sees, is_of_school=is_of_school, is_owner=is_owner, row=row)


def require_case_genuine(case: Case, user: Visitor) -> None:
    """Raise AccessChanged unless a case from ``with_case_macs`` is genuine for the user."""
    if not is_case_genuine(case, user):
        raise AccessChanged(CASE_LOCKED)


# --- Signing ---------------------------------------------------------------------------------------------------------


def cover(kind: str, model: type[models.Model], columns: Collection[str], bundle: str = "pk") -> None:
    """Sign the rows that ``save`` and ``delete`` of the model write, ``bundle`` by ``bundle``."""
    covered = COVERED[model] = Covered(kind, model, tuple(columns), bundle)
    model.save_base = _signing(covered, model.save_base)  # type: ignore[method-assign]
    model.refresh_from_db = _noting(model.refresh_from_db)  # type: ignore[method-assign]
    post_init.connect(_note_read, sender=model)
    pre_delete.connect(_before_deletion, sender=model)
    post_delete.connect(_after_deletion, sender=model)


def _signing(covered: Covered, save_base: Callable[..., None]) -> Callable[..., None]:
    @wraps(save_base)
    def save(row: models.Model, *args: Any, **kwargs: Any) -> None:
        columns = covered.saved(kwargs.get("update_fields"))
        if not columns:
            save_base(row, *args, **kwargs)
            return
        with transaction.atomic():
            rows = _verified_rows(covered, row)
            _require_unchanged(covered, row, columns, rows)
            is_new = covered.bundle == "pk" and not rows
            is_new_user = covered.kind == USER and is_new
            save_base(row, *args, **kwargs)
            if is_new:
                _require_unused(row)
            # Not what is stored by now: a row that somebody forged meanwhile must not be signed.
            before = rows.get(covered.key(row), covered.values(row))
            named = zip(covered.columns, before, covered.values(row), strict=True)
            rows[covered.key(row)] = [after if name in columns else old for name, old, after in named]
            sign(covered.kind, _number(covered, row), rows)
            row._access_read = deepcopy(rows[covered.key(row)])  # type: ignore[attr-defined]
            if is_new_user:
                # Without any login method, too, a missing MAC is a fault.
                sign(LOGIN, row.pk, {})

    return save


def _note_read(instance: models.Model, **kwargs: Any) -> None:
    """Note the covered values of a row that was read, None for a new or a partly read one."""
    covered = COVERED[type(instance)]
    is_whole = not instance.get_deferred_fields()
    values = deepcopy(covered.values(instance)) if instance.pk and is_whole else None
    instance._access_read = values  # type: ignore[attr-defined]


def _noting(refresh: Callable[..., None]) -> Callable[..., None]:
    @wraps(refresh)
    def refreshed(row: models.Model, *args: Any, **kwargs: Any) -> None:
        refresh(row, *args, **kwargs)
        _note_read(row)

    return refreshed


def _require_unchanged(covered: Covered, row: models.Model, columns: set[str], rows: Rows) -> None:
    """Raise ChangedMeanwhile when a column to be saved was changed in the database since the row was read."""
    read: list[Any] | None = getattr(row, "_access_read", None)
    stored = rows.get(covered.key(row))
    if read is None or stored is None or row._state.adding:
        return
    if any(name in columns and one != other for name, one, other in zip(covered.columns, read, stored, strict=True)):
        raise ChangedMeanwhile


def _require_unused(row: models.Model) -> None:
    """Raise AccessChanged for a new row with the number of a deleted one to which others still point."""
    if type(row)._meta.related_objects and _pointed_at(type(row))(pk=row.pk):
        raise AccessChanged(_NOT_SAVED)


@cache
def _pointed_at(model: type[models.Model]) -> PreparedQuery[Any]:
    """The row with this ``pk`` if another row points to it."""
    pointing = [
        Q(Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})))
        for relation in model._meta.related_objects
    ]
    row = model._base_manager.filter(pk=Given("pk", model._meta.pk)).order_by()
    return PreparedQuery(lambda: row.filter(reduce(or_, pointing)))


def _number(covered: Covered, row: Any) -> int:
    return getattr(row, covered.bundle)  # type: ignore[no-any-return]


def _verified_rows(covered: Covered, row: models.Model) -> Rows:
    """Lock the MAC of the row's bundle and return the bundle's rows. Raises AccessChanged unless they are genuine."""
    if getattr(row, covered.bundle) is None:
        return {}
    number = _number(covered, row)
    mac = lock_mac(covered.kind, number)
    rows = stored_rows(covered.kind, number)
    if covered.bundle == "pk" and mac is None and not rows:
        return {}
    is_known = row._state.adding or covered.key(row) in rows
    if not is_known or not is_genuine(covered.kind, number, rows, mac):
        raise AccessChanged(_NOT_SAVED)
    return rows


def sign(kind: str, number: int, rows: Rows) -> None:
    """Store the MAC of a bundle. Raises IntegrityError in a database without a chain key."""
    mac = signed(kind, number, rows)
    if not AccessMac.objects.filter(kind=kind, number=number).update(mac=mac.mac):
        mac.save()


def signed(kind: str, number: int, rows: Rows) -> AccessMac:
    """Return the MAC of a bundle, not yet stored. Raises IntegrityError in a database without a chain key."""
    key = recorded_last_event().chain_key
    if key is None:
        raise IntegrityError("there is no chain key: run manage.py migrate")
    return AccessMac(kind=kind, number=number, mac=_mac(kind, number, rows, key))


def _before_deletion(instance: models.Model, **kwargs: Any) -> None:
    """Note the rows of the bundle if they are genuine. Others may be deleted too, and stay unsigned."""
    covered = COVERED[type(instance)]
    if covered.bundle != "pk":
        try:
            instance._access_rows = _verified_rows(covered, instance)  # type: ignore[attr-defined]
        except AccessChanged:
            instance._access_rows = None  # type: ignore[attr-defined]


def _after_deletion(instance: models.Model, **kwargs: Any) -> None:
    covered = COVERED[type(instance)]
    number = _number(covered, instance)
    macs = AccessMac.objects.filter(number=number)
    if covered.bundle == "pk":
        macs.filter(kind__in=[USER, LOGIN] if covered.kind == USER else [covered.kind]).delete()
        return
    before: Rows | None = instance._access_rows  # type: ignore[attr-defined]
    if before is not None and macs.filter(kind=covered.kind).exists():
        left = stored_rows(covered.kind, number)
        sign(covered.kind, number, {key: values for key, values in before.items() if key in left})


for _kind, _model in (
    (USER, User),
    ("school", School),
    ("case", Case),
    ("participant", Participant),
    ("referral", Referral),
):
    cover(_kind, _model, _model.DECIDES_ACCESS)
