"""Dull rows for tests: each call makes one thing, whole, with as little as it needs."""

from datetime import date, datetime
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model, QuerySet

from cases.access import access_macs
from cases.enums import NoteNature, Role, StepStatus
from cases.log import writer
from cases.log.duty_status import moment_due
from cases.log.entry_types import FrozenAssessment, FrozenDuty, FrozenFlag, FrozenSection, FrozenTable, StepContent
from cases.models import Case, Entry, Municipality, RetentionRule, School, User
from cases.retention import due
from guide.steps import STEPS

_numbers = count(1)


def make_municipality(name: str = "") -> Municipality:
    """A municipality."""
    return Municipality.objects.create(name=name or f"Kommune {next(_numbers)}")


def make_school(municipality: Municipality | None = None, name: str = "") -> School:
    """A school, in a municipality of its own unless one is given."""
    return School.objects.create(
        municipality=municipality or make_municipality(), name=name or f"Skole {next(_numbers)}"
    )


def make_user(
    role: Role = Role.STAFF,
    *,
    school: School | None = None,
    municipality: Municipality | None = None,
    password: str | None = None,
    **fields: Any,
) -> User:
    """A user with what the role needs: a school for staff and leader, a municipality for the others."""
    number = next(_numbers)
    fields = {"email": f"bruger{number}@example.dk", "name": f"Bruger {number}"} | fields
    if role in {Role.STAFF, Role.LEADER}:
        return User.objects.create_user(password=password, role=role, school=school or make_school(), **fields)
    return User.objects.create_user(
        password=password, role=role, municipality=municipality or make_municipality(), **fields
    )


def change(row: Model, **columns: Any) -> None:
    """Change a stored row by its ``save``, as the product does; the object in hand stays as it is."""
    stored = type(row)._base_manager.get(pk=row.pk)
    for name, value in columns.items():
        setattr(stored, name, value)
    stored.save()


class _Unsigned(QuerySet[Any]):
    def delete(self) -> tuple[int, dict[str, int]]:
        return self._raw_delete(self.db), {}


def behind(model: type[Model]) -> QuerySet[Any]:
    """The rows of a table, to be changed behind the product's back: by one statement, and nothing signs them."""
    return _Unsigned(model)


def change_quietly(row: Model, **columns: Any) -> None:
    """Change a stored row and sign it, without the signals of its ``save``, which may end sessions."""
    behind(type(row)).filter(pk=row.pk).update(**columns)
    kind = access_macs.COVERED[type(row)].kind
    access_macs.sign(kind, row.pk, access_macs.stored_rows(kind, row.pk))


def make_rule(municipality: Municipality, months: int, **columns: Any) -> RetentionRule:
    """A rule for keeping closed cases, unless told otherwise, logged as the administration does."""
    columns = {"basis": "Journalplan 4.2"} | columns
    rule = RetentionRule.objects.create(municipality=municipality, months=months, **columns)
    with transaction.atomic():
        due.log_rule(rule, by=None)
    return rule


def make_case(owner: User | None = None) -> Case:
    """An open case at the owner's school, made by the product's own verb."""
    owner = owner or make_user()
    return writer.create_case(by=owner, school=cast(School, owner.school))


def make_flag(key: str = "threat", state: str = "set") -> FrozenFlag:
    """A flag as frozen."""
    return {"key": key, "title": "Trusler", "state": state, "reason": "Der er truet."}


def make_duty(key: str = "contact_police", due: str | None = None) -> FrozenDuty:
    """A duty as frozen."""
    return {
        "key": key,
        "title": "Kontakt politiet",
        "text": "Ring 114.",
        "why": "Der er truet.",
        "urgency": "today",
        "due": due,
        "source": "Straffeloven § 266",
        "contact": "114",
        "step": "anmeld",
    }


def make_assessment(**fields: Any) -> FrozenAssessment:
    """A judgement as frozen: level 2, nothing confirmed, unless other fields are given."""
    assessment: dict[str, Any] = {
        "levels": [2],
        "confirmed": None,
        "axis": "Trusler afgør niveauet.",
        "reasons": ["Der er truet."],
        "tipping": [],
        "flags": [make_flag()],
        "duties": [make_duty()],
        "police_first": False,
        "police_first_reason": "",
        "deviations": [],
        "rules": [],
    }
    return cast(FrozenAssessment, assessment | fields)


def make_section(answer: str = "Nej") -> FrozenSection:
    """A section with one row and one table."""
    return {
        "key": "hvad",
        "title": "Hvad er der sket?",
        "rows": [{"key": "shared", "question": "Er billedet delt?", "answer": answer, "known": True}],
        "tables": [
            {"key": "people", "title": "Personer", "columns": ["Navn", "Rolle"], "rows": [["Elev A", "Udsat"]]},
        ],
    }


def make_table(key: str, **cells: str) -> FrozenTable:
    """A table of the card as cards before 2026-11-28 froze it, with one row; ``cells`` by the names of its columns."""
    table = next(found for step in STEPS if (found := step.table(key)))
    row = [cells.get(name, "") for name in table.columns]
    frozen = {
        "key": key,
        "title": str(table.title),
        "columns": [str(column.label) for column in table.columns.values()],
        "rows": [row],
    }
    return cast(FrozenTable, frozen)


def step_content(step: str = "afdaek", *, answers: dict[str, Any] | None = None, **assessment: Any) -> StepContent:
    """A step as frozen; further keywords go into its judgement."""
    return {
        "step": step,
        "title": step.capitalize(),
        "card_version": "2026-1",
        "language": "da",
        "answers": answers if answers is not None else {"shared": "nej"},
        "sections": [make_section()],
        "judgement": make_assessment(**assessment),
        "missing": [],
    }


def file_step(
    case: Case,
    by: User | None = None,
    content: StepContent | None = None,
    *,
    read_to: int | None = None,
    submission_id: UUID | None = None,
    status: StepStatus = StepStatus.BEGUN,
    next_due: date | datetime | None = None,
    is_urgent: bool = True,
    level_reason: str = "",
) -> Entry:
    """A step filed by the case's owner, who has read all that there is."""
    if read_to is None:
        read_to = Case.objects.unscoped("test").get(pk=case.pk).head_seq
    return writer.append_step(
        case=case,
        by=by or case.owner,
        content=content or step_content(),
        read_to=read_to,
        submission_id=submission_id or uuid4(),
        status=status,
        next_due=None if next_due is None else moment_due(next_due),
        is_urgent=is_urgent,
        level_reason=level_reason,
    )


def add_note(case: Case, by: User | None = None, text: str = "Vi talte sammen.", **fields: Any) -> Entry:
    """A note by the case's owner."""
    fields = {
        "nature": NoteNature.FACT,
        "happened_at": None,
        "who": "",
        "where": "",
        "submission_id": uuid4(),
    } | fields
    return writer.add_note(case=case, by=by or case.owner, text=text, **fields)
