"""Schools and users from a list that was made in a spreadsheet: what each row would make, and what is wrong with it."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.access import audit_log
from cases.access.capabilities import Capability, CasesSeen, roles_that_see, roles_with
from cases.enums import AuditVerb, Role
from cases.models import Municipality, School, User
from cases.text.text_rules import validate_text

SCHOOL_COLUMNS: Final = ("skole", "telefon")
USER_COLUMNS: Final = ("navn", "e-mail", "rolle", "skole")
MOST_ROWS: Final = 500
"""Whoever else writes waits while a list is made."""
MOST_CHARACTERS: Final = 200_000
_SAME_COLUMN: Final = {"mail": "e-mail", "email": "e-mail", "tlf": "telefon"}
_SEPARATORS: Final = "\t;,"
_MISREAD: Final = ("\ufffd", "Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…")
"""What Danish letters look like in text that was read by the wrong table of characters."""
_ROLES: Final = [role for role in Role if role not in roles_with(Capability.ADMINISTER)]
"""The roles that a list may give: administrators are made one by one."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row, numbered as in the spreadsheet. ``faults`` is empty where it can be made."""

    number: int
    named: tuple[tuple[str, str], ...]
    """Each column with its cell."""
    made: School | User | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffList:
    """The rows of a list of schools or of users, with their columns."""

    columns: tuple[str, ...]
    rows: tuple[ListRow, ...]

    @property
    def faulty(self) -> list[ListRow]:
        """The rows that cannot be made."""
        return [row for row in self.rows if row.faults]

    @property
    def users(self) -> list[User]:
        """The users that it makes."""
        return [row.made for row in self.rows if isinstance(row.made, User)]


def read_list(text: str, municipality: Municipality) -> StaffList:
    """Return the rows of the list as they would be made in the municipality. Writes nothing.

    The first row names the columns, in any order; cells are separated by tabs, semicolons or commas. Raises
    ValidationError for text that is no such list: its sentence names the row or the column.
    """
    if any(sign in text for sign in _MISREAD):
        raise ValidationError(
            _("Æ, ø eller å kan ikke læses. Kopiér rækkerne direkte fra regnearket, eller gem det som »CSV UTF-8«.")
        )
    rows = _cells(text.removeprefix("\ufeff").strip("\r\n"))
    if len(rows) < 2:
        raise ValidationError(_("Der er ingen rækker under overskrifterne."))
    if len(rows) > MOST_ROWS + 1:
        raise ValidationError(_("Der er flere end %(most)d rækker. Del listen.") % {"most": MOST_ROWS})
    columns, order = _columns(rows[0][1])
    make = _user_maker(municipality) if columns == USER_COLUMNS else _school_maker(municipality)
    return StaffList(columns, tuple(_rows(rows[1:], columns, order, make)))


def write_list(staff_list: StaffList, *, by: User) -> None:
    """Make every row, or none, each with its event in the access log. Raises ValueError for a list with faults.

    Raises IntegrityError where one of the rows was made after the list was read.
    """
    if staff_list.faulty:
        raise ValueError("a list with faults is not written")
    with transaction.atomic():
        audit_log.lock_log()
        for made in (row.made for row in staff_list.rows if row.made is not None):
            made.save()
            kind = f":{made.role}" if isinstance(made, User) else ""
            audit_log.write_event(
                AuditVerb.ADMIN_ADD, by=by, step=str(made._meta.model_name), detail=f"{made.public_id}{kind}"
            )


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, with their numbers."""
    heading = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(_SEPARATORS, key=heading.count), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, row in enumerate(reader, 1):
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                rows.append((number, cells))
    except csv.Error:
        raise ValidationError(
            _("Række %(number)d kan ikke læses. Se efter et anførselstegn for meget.") % {"number": reader.line_num}
        ) from None
    return rows


def _columns(heading: list[str]) -> tuple[tuple[str, ...], list[int]]:
    """Return the columns of the list that the heading is of, and where each stands. Raises ValidationError."""
    named = [_SAME_COLUMN.get(name.casefold(), name.casefold()) for name in heading if name]
    columns = max(SCHOOL_COLUMNS, USER_COLUMNS, key=lambda known: len(set(known) & set(named)))
    for name in named:
        if name not in columns or named.count(name) > 1:
            raise ValidationError(
                _("Kolonnen »%(name)s« passer ikke. %(columns)s") % {"name": name, "columns": _told_columns()}
            )
    missing = [name for name in columns if name not in named]
    if missing:
        raise ValidationError(
            _("Kolonnen »%(name)s« mangler. %(columns)s") % {"name": missing[0], "columns": _told_columns()}
        )
    return columns, [named.index(name) for name in columns]


def _told_columns() -> str:
    return _("En liste over skoler har %(schools)s, en over brugere %(users)s.") % {
        "schools": _(" og ").join(SCHOOL_COLUMNS),
        "users": f"{', '.join(USER_COLUMNS[:-1])}{_(' og ')}{USER_COLUMNS[-1]}",
    }


_Made = School | User
_Maker = Callable[[Mapping[str, str]], tuple[_Made, str]]
"""Makes the row, unsaved, and says what it is known by. Raises ValidationError."""


def _rows(
    rows: Sequence[tuple[int, list[str]]], columns: tuple[str, ...], order: list[int], make: _Maker
) -> Iterator[ListRow]:
    seen: dict[str, int] = {}
    for number, cells in rows:
        told = [cells[place] if place < len(cells) else "" for place in order]
        named = tuple(zip(columns, told, strict=True))
        made, faults = None, []
        try:
            for cell in told:
                validate_text(cell)
            if any(cells[len(order) :]):
                raise ValidationError(_("Der står mere i rækken, end der er kolonner."))
            made, known_by = make(dict(named))
            first = seen.setdefault(known_by, number)
            if first != number:
                raise ValidationError(_("Det samme står i række %(first)d.") % {"first": first})
        except ValidationError as refusal:
            made, faults = None, _told(refusal, User if columns == USER_COLUMNS else School)
        yield ListRow(number, named, made, tuple(faults))


def _told(refusal: ValidationError, model: type[_Made]) -> list[str]:
    """Return what is wrong, by the name of the cell where one is to blame."""
    if not hasattr(refusal, "error_dict"):
        return refusal.messages
    names = {field.name: f"{capfirst(str(field.verbose_name))}: " for field in model._meta.fields}
    return [f"{names.get(field, '')}{message}" for field, told in refusal.message_dict.items() for message in told]


def _schools(municipality: Municipality) -> dict[str, School]:
    return {school.name.casefold(): school for school in School.objects.filter(municipality=municipality)}


def _school_maker(municipality: Municipality) -> _Maker:
    known = _schools(municipality)

    def make(cells: Mapping[str, str]) -> tuple[School, str]:
        if cells["skole"].casefold() in known:
            raise ValidationError(_("Skolen er oprettet i forvejen."))
        school = School(name=cells["skole"], phone=cells["telefon"], municipality=municipality)
        school.full_clean(validate_constraints=False)
        return school, school.name.casefold()

    return make


def _user_maker(municipality: Municipality) -> _Maker:
    schools = _schools(municipality)
    roles = {str(role.label).casefold(): role for role in _ROLES}

    def make(cells: Mapping[str, str]) -> tuple[User, str]:
        role = roles.get(cells["rolle"].casefold())
        if role is None:
            known = ", ".join(str(one.label) for one in _ROLES)
            raise ValidationError(
                _("Rollen »%(role)s« kan ikke bruges her. Skriv en af disse: %(known)s.")
                % {"role": cells["rolle"], "known": known}
            )
        school = schools.get(cells["skole"].casefold())
        if cells["skole"] and school is None:
            raise ValidationError(_("Skolen »%(school)s« er ikke oprettet i kommunen.") % {"school": cells["skole"]})
        town = municipality if role in roles_that_see(CasesSeen.REFERRED) else None
        user = User(name=cells["navn"], email=cells["e-mail"], role=role, school=school, municipality=town)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        return user, user.email

    return make
