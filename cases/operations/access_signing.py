"""Find rows that decide access and are not as the product wrote them, and sign rows that were changed by hand.

A MAC that is missing is a fault. Only the migration that made the table of MACs signed what was there, and only an
administrator signs again, what ``unsigned`` has shown, each time with an event in the access log.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cases.access import access_macs, audit_log
from cases.access.access_macs import LOGIN, Rows
from cases.access.chain_keys import chain_key
from cases.crypto.hash_chain import keyed_hash
from cases.enums import AuditVerb
from cases.models import AccessMac, AuditEvent, User
from cases.operations.access_words import bundle_in_words

_BATCH = 500

_Bundle = tuple[str, int, Rows]


@dataclass(frozen=True)
class AccessFault:
    """A bundle of rows that is not as the product wrote it, with the arguments of ``manage.py sign_access``."""

    kind: str
    number: int
    what: str

    def __str__(self) -> str:
        where = {"kind": self.kind, "number": self.number, "what": self.what}
        return _("Adgang, %(kind)s %(number)d: %(what)s") % where


def access_faults() -> Iterator[AccessFault]:
    """Yield every bundle that was changed, added or deleted outside the product."""
    for kind in access_macs.kinds():
        macs = dict(AccessMac.objects.filter(kind=kind).values_list("number", "mac"))
        suspects = [
            number
            for number, rows in _bundles(kind).items()
            if not access_macs.is_genuine(kind, number, rows, macs.pop(number, None))
        ]
        for number in [*suspects, *macs]:
            # Somebody may have saved meanwhile: looked at once more, while nobody writes.
            if what := _fault(kind, number):
                yield AccessFault(kind, number, what)


def _bundles(kind: str) -> dict[int, Rows]:
    """Return the rows of every bundle; a user without login methods has an empty one."""
    bundles: defaultdict[int, Rows] = defaultdict(dict)
    if kind == LOGIN:
        bundles.update((pk, {}) for pk in User.objects.values_list("pk", flat=True))
        if not bundles:
            return {}
    for covered in access_macs.of_kind(kind):
        for row in covered.model._base_manager.order_by("pk").iterator(_BATCH):
            bundles[getattr(row, covered.bundle)][covered.key(row)] = covered.values(row)
    return bundles


def _exists(kind: str, number: int, rows: Rows) -> bool:
    return bool(rows) or (kind == LOGIN and User.objects.filter(pk=number).exists())


@transaction.atomic
def _fault(kind: str, number: int) -> str:
    """Return what differs in a bundle while nobody saves it, or ""."""
    mac = access_macs.lock_mac(kind, number)
    return _difference(kind, number, access_macs.stored_rows(kind, number), mac)


def _difference(kind: str, number: int, rows: Rows, mac: str | None) -> str:
    if not _exists(kind, number, rows):
        return "" if mac is None else _("er slettet uden om Handlekort")
    if mac is None:
        return _("er lagt ind uden om Handlekort")
    if not access_macs.is_genuine(kind, number, rows, mac):
        return _("er ændret uden om Handlekort")
    return ""


@dataclass(frozen=True)
class Unsigned:
    """What would be signed: the lines to be read first, and the code of exactly these rows."""

    lines: list[str]
    code: str


class NotSeen(Exception):
    """The rows to be signed are not those of the code."""


def unsigned(kind: str, number: int) -> Unsigned | None:
    """Return what is not as the product wrote it in a bundle, in words; None when neither rows nor a MAC are there."""
    mac = AccessMac.objects.filter(kind=kind, number=number).values_list("mac", flat=True).first()
    rows = access_macs.stored_rows(kind, number)
    if mac is None and not _exists(kind, number, rows):
        return None
    return Unsigned(list(_in_words(kind, number, rows, mac)), _code([(kind, number, rows)]))


def all_unsigned() -> Unsigned:
    """Return everything that is not as the product wrote it, in words."""
    bundles = _everything()
    macs = {(kind, number): mac for kind, number, mac in AccessMac.objects.values_list("kind", "number", "mac")}
    found = [(kind, number, rows, macs.pop((kind, number), None)) for kind, number, rows in bundles]
    found += [(kind, number, {}, mac) for (kind, number), mac in macs.items()]
    return Unsigned([line for one in found for line in _in_words(*one)], _code(bundles))


def _in_words(kind: str, number: int, rows: Rows, mac: str | None) -> Iterator[str]:
    if what := _difference(kind, number, rows, mac):
        yield str(AccessFault(kind, number, what))
        yield from bundle_in_words(kind, number, rows, mac)


def _code(bundles: list[_Bundle]) -> str:
    """Return a code that nobody without the key can find other rows for."""
    key = audit_log.recorded_last_event().chain_key
    return keyed_hash(chain_key(key), "seen", {"bundles": bundles})[:12] if key else ""


def _everything() -> list[_Bundle]:
    return [(kind, number, rows) for kind in access_macs.kinds() for number, rows in _bundles(kind).items()]


@transaction.atomic
def sign_again(kind: str, number: int, *, seen: str) -> None:
    """Sign a bundle as it is in the database, or forget a deleted one, and log that.

    Raises NotSeen unless ``seen`` is the code of what is there.
    """
    audit_log.lock_log()
    rows = access_macs.stored_rows(kind, number)
    if seen != _code([(kind, number, rows)]):
        raise NotSeen
    if _exists(kind, number, rows):
        access_macs.sign(kind, number, rows)
    else:
        AccessMac.objects.filter(kind=kind, number=number).delete()
    audit_log.write_event(AuditVerb.ROTATE, by=None, detail=f"access.{kind}:{number}")


def sign_all() -> int:
    """Sign everything that is in the database, log how much, and return it.

    Nothing is signed where the log shows that the rows may have been signed before: it has an event under a key besides
    the first. Otherwise whoever can drop the table of MACs could have a forged row signed.
    """
    first = {"verb": AuditVerb.ROTATE, "detail": audit_log.CHAINS_BEGUN}
    if AuditEvent.objects.exclude(chain_key=None).exclude(**first).exists():
        return 0
    return sign_everything()


@transaction.atomic
def sign_everything(*, seen: str = "") -> int:
    """Sign everything that is in the database, log how much, and return it.

    Raises NotSeen when ``seen`` is the code of other rows.
    """
    audit_log.lock_log()
    bundles = _everything()
    if seen and seen != _code(bundles):
        raise NotSeen
    AccessMac.objects.all().delete()
    new = [access_macs.signed(*bundle) for bundle in bundles]
    AccessMac.objects.bulk_create(new, batch_size=_BATCH)
    if new:
        audit_log.write_event(AuditVerb.ROTATE, by=None, detail=f"access:{len(new)}")
    return len(new)
