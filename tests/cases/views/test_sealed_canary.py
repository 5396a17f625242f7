"""A word given to every verb of the record must not stand in the database in the clear.

What people send over HTTP, and where else it might stand: tests/attack/test_canary.py.
"""

from uuid import uuid4

import pytest
from django.db import connection

from cases.access import permissions
from cases.enums import CaseAction, DisclosureBasis, DutyOutcome, NoteNature, ReferralForm
from cases.log import case_file, drafts, writer
from cases.models import Case
from cases.retention import due
from cases.sharing import actions
from tests.factories import add_note, file_step, make_case, make_section, step_content

CANARY = "Kanariefugl"


def sing(case: Case) -> None:
    """Type the word in every field that takes words."""
    by = case.owner
    content = step_content(answers={CANARY: CANARY, "people": [{"name": CANARY}]}, reasons=[CANARY], axis=CANARY)
    content["sections"] = [make_section(CANARY)]
    content["missing"] = [CANARY]
    file_step(case, content=content, level_reason=CANARY)
    add_note(case, text=CANARY, who=CANARY, where=CANARY, nature=NoteNature.OWN_WORDS)
    writer.add_correction(case=case, by=by, corrects=1, text=CANARY, submission_id=uuid4())
    writer.skip_step(case=case, by=by, step="stop", title=CANARY, reason=CANARY, submission_id=uuid4())
    writer.tick_duty(
        case=case, by=by, key="a", title=CANARY, outcome=DutyOutcome.DONE, reason=CANARY, submission_id=uuid4()
    )
    actions.refer(
        case=case,
        by=by,
        form=ReferralForm.NAMED,
        purpose=CANARY,
        message=CANARY,
        included=[CANARY],
        basis=DisclosureBasis.SSP,
        necessity=CANARY,
        submission_id=uuid4(),
    )
    actions.end_referral(case=case, by=by, reason=CANARY, submission_id=uuid4())
    drafts.save_draft(case=case, by=by, step="stop", data={"sted": [CANARY]}, base_seq=0)
    due.set_hold(case=case, by=by, reason=CANARY)
    due.release_hold(case=case, by=by, reason=CANARY)
    writer.close_case(case=case, by=by, reason=CANARY, left_open=[CANARY])


def stored() -> bytes:
    """Everything the database holds about cases: the file itself on SQLite, every row on PostgreSQL."""
    if connection.vendor == "sqlite":
        with open(connection.settings_dict["NAME"], "rb") as file:
            return file.read()
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                parts += [bytes(v) if isinstance(v, memoryview) else str(v).encode() for v in row]
    return b"\n".join(parts)


@pytest.mark.django_db(transaction=True)
def test_canary_is_sealed() -> None:
    case = make_case()
    sing(case)
    connection.close()
    found = stored()
    assert case.reference.encode() in found, "this looks where cases are not"
    assert CANARY.encode() not in found
    assert CANARY.encode("utf-16-le") not in found
    row = Case.objects.unscoped("test").select_related("school", "owner").get()
    read = case_file.read_case(row)
    assert repr(read).count(CANARY) > 18, "the word was typed"
    assert [(hold.reason, hold.release_reason) for hold in due.holds(row)] == [(CANARY, CANARY)]


@pytest.mark.django_db(transaction=True)
def test_participants_name_is_sealed_in_the_log() -> None:
    """The name stands in the table of users, once, and nowhere else."""
    case = make_case()
    case.owner.name = CANARY
    case.owner.save()
    actions.assign_owner(case=case, by=case.owner, owner=case.owner)
    actions.add_participant(case=case, by=case.owner, user=case.owner)
    permissions.can(case.owner, case, CaseAction.READ)
    connection.close()
    assert stored().count(CANARY.encode()) == 1
