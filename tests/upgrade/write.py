"""Write down what a version keeps: `python -m tests.upgrade.write > tests/upgrade/NAME.json`, run once for each schema.

In a process of its own, on an empty database, by the code of that version. The file is never changed afterwards: it
stands for what lies in somebody's database.
"""

import base64
import json
import sys
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import django
import time_machine

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - Django has to be set up first
from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402
from django.utils import timezone  # noqa: E402

from cases.access import audit_log, paper_log, permissions  # noqa: E402
from cases.enums import (  # noqa: E402
    AuditVerb,
    Document,
    DutyOutcome,
    Recipient,
    ReferralChange,
    ReferralForm,
    Role,
)
from cases.log import case_label, drafts, writer  # noqa: E402
from cases.log.entry_crypto import data_key, open_entry  # noqa: E402
from cases.models import (  # noqa: E402
    Case,
    ClosedDays,
    Entry,
    User,
)
from cases.retention import due, erasure  # noqa: E402
from cases.sharing import actions, sparring  # noqa: E402
from guide.models import LocalContact  # noqa: E402
from tests.factories import add_note, file_step, make_case, make_rule, make_school, make_user, step_content  # noqa: E402

# Rows that a migration puts there itself, or the database.
SEEDED = {"guide.contact", "guide.legalnote", "cases.chainend", "cases.keycheck"}


def live() -> None:
    """A little of everything that can be done."""
    school = make_school()
    staff, leader = make_user(school=school, password="kodeord"), make_user(Role.LEADER, school=school)
    ssp = make_user(Role.SSP, municipality=school.municipality)
    make_user(Role.ADMINISTRATOR, municipality=school.municipality)
    colleague = make_user(school=school)
    LocalContact.objects.create(municipality=school.municipality, key="ssp_konsulent", phone="12345678")
    ClosedDays.objects.create(school=school, first=date(2026, 12, 21), last=date(2027, 1, 3), name="Juleferie")
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    case, closed = make_case(staff), make_case(staff)
    due = timezone.now() + timedelta(days=3)
    first = file_step(case, content=step_content(levels=[1, 4], police_first=True))
    file_step(case, content=step_content(levels=[4], confirmed=3), next_due=due)
    add_note(case, text="Æblegrød på åen, »citat« – 漢字 🙂")
    writer.add_correction(case=case, by=leader, corrects=first.seq, text="Det var i går.", submission_id=uuid4())
    writer.skip_step(case=case, by=staff, step="stop", title="Stop", reason="Ikke endnu.", submission_id=uuid4())
    writer.tick_duty(
        case=case,
        by=staff,
        key="contact_police",
        title="Kontakt politiet",
        outcome=DutyOutcome.NOT_RELEVANT,
        reason="Det har vi gjort.",
        submission_id=uuid4(),
    )
    writer.set_follow_up(
        case=case, by=staff, title="Ring til Almas mor", due=due, owner=staff.name, submission_id=uuid4()
    )
    actions.refer(
        case=case,
        by=staff,
        form=ReferralForm.NAMED,
        purpose="Råd",
        message="Ring gerne.",
        included=[],
        submission_id=uuid4(),
    )
    spar(case, staff, ssp)
    actions.take_case(case=case, by=leader, submission_id=uuid4())
    actions.add_participant(case=case, by=staff, user=colleague)
    actions.tell_leaders(case=case, by=staff, submission_id=uuid4())
    case_label.set_label(case=case, by=staff, label="8.b, Snapchat")
    drafts.save_draft(case=case, by=staff, step="anmeld", data={"text": ["ikke gemt endnu"]}, base_seq=0)
    writer.close_case(case=closed, by=leader, reason="Færdig.")
    writer.reopen_case(case=closed, by=leader, reason="Alligevel ikke.")
    writer.close_case(case=closed, by=leader, reason="Nu er den færdig.")
    stamp = paper_log.ask(case, leader, Document.POLICE_SHEET, Recipient.POLICE)
    paper_log.log_made(stamp, leader, b"%PDF-1.7")
    audit_log.commit_event(AuditVerb.OPEN, by=leader, case=permissions.get_case(leader, case.public_id))
    end(closed, make_case(staff), leader)


def spar(case: Case, staff: User, ssp: User) -> None:
    """A question back, its answer, the level returned, and the case given to a colleague by one who steps aside."""
    second = make_user(Role.SSP, municipality=ssp.municipality)
    lines = [
        (ssp, ReferralChange.ASKED_BACK, "Hvem har set det?"),
        (staff, ReferralChange.REPLIED, "Hele klassen."),
        (ssp, ReferralChange.RETURNED, "Se på truslerne igen."),
    ]
    for by, change, text in lines:
        shown = sparring.Shown(case.head_seq, "3")
        sparring.write_line(case=case, by=by, change=change, text=text, shown=shown, submission_id=uuid4())
    sparring.hand_over(case=case, by=ssp, colleague=second, submission_id=uuid4())
    sparring.step_aside(case=case, by=ssp, submission_id=uuid4())


def end(held: Case, old: Case, leader: User) -> None:
    """One case that is held back, and one that was erased."""
    school = old.school
    make_rule(school.municipality, 24)
    due.set_hold(case=held, by=leader, reason="Der er klaget.")
    with time_machine.travel(timezone.now() - timedelta(days=1000), tick=False):
        writer.close_case(case=old, by=leader, reason="Færdig.")
    due.propose_erasure(case=old, by=leader)
    second = make_user(Role.LEADER, school=school)
    erasure.approve(request=due.requests_for(second).get(), by=second)


def texts() -> dict[str, list[Any]]:
    """What stands in each case, line by line."""
    cases = Case.objects.unscoped("upgrade").order_by("reference")
    return {
        case.reference: [
            open_entry(entry, case_id=case.public_id, key=data_key(case))["content"]
            for entry in Entry.objects.filter(case=case).order_by("seq")
        ]
        for case in cases
    }


def kept() -> list[type[models.Model]]:
    """The tables of the product, those it points at first."""
    found = [model for app in ("cases", "guide", "mfa") for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model._meta.label_lower not in SEEDED]


def rows(model: Any) -> list[dict[str, Any]]:
    """Every row as plain values, by column."""
    fields = model._meta.concrete_fields
    found = model._base_manager.order_by("pk")
    return [{field.attname: plain(field.value_from_object(row)) for field in fields} for row in found]


def plain(value: Any) -> Any:
    """A value as JSON can hold it, and as the field reads it again."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def write() -> dict[str, Any]:
    """Everything, with the migrations that had been made."""
    call_command("migrate", verbosity=0)
    live()
    made = MigrationRecorder(connection).applied_migrations()
    newest = {app: max(name for one, name in made if one == app) for app in ("cases", "guide")}
    return {
        "migrations": newest,
        "rows": {model._meta.label_lower: rows(model) for model in kept()},
        "texts": texts(),
    }


if __name__ == "__main__":
    json.dump(write(), sys.stdout, ensure_ascii=False, indent=1)
