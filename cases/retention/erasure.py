"""The only sanctioned deletion: a case that was due, proposed and approved goes, with its key, and a tombstone stays.

Everything that belongs to the case is deleted in one transaction: log, drafts, access, referrals, holds, and the row
with the wrapped key. The access log keeps its lines: they hold no text, and its chain must stay whole. On SQLite what
is deleted is overwritten (``secure_delete``), and the file is built anew afterwards, because pages that were split long
ago keep copies that nothing points at. What a backup from before the erasure still holds is told in the decisions.
"""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.crypto.hash_chain import link_hash, utc_text
from cases.enums import AuditVerb
from cases.log.case_transaction import RecordError
from cases.models import Case, Draft, ErasureRequest, LegalHold, Participant, Referral, Tombstone, User, append_only
from cases.retention.due import demand_erasable, lock, schools_of, still_stands

OUTDATED = _(
    "Sagen er genåbnet eller har haft et slettestop, siden den blev foreslået slettet. Afvis forslaget, eller træk det "
    "tilbage. Så kan sagen foreslås slettet igen."
)
LOCK_WAIT = "5s"
"""How long PostgreSQL waits for the log's table. A backup reads it for longer, and all others would wait in line."""

_log = logging.getLogger("handlekort")


def approve(*, request: ErasureRequest, by: User) -> Tombstone:
    """Erase the case of a proposal that somebody else made.

    Raises PermissionDenied for a user who does not look after the school, RecordError with a sentence for the proposer,
    a settled or outdated proposal, and a case that is no longer due, or is held.
    """
    if not schools_of(by).filter(pk=request.case.school_id).exists():
        raise PermissionDenied
    if by.pk == request.proposed_by_id:
        raise RecordError(_("Du har selv foreslået det. En anden skal godkende, at sagen slettes."), "second_person")
    try:
        return _erase(request, by)
    except OperationalError as error:
        raise RecordError(
            _("Sagen er ikke slettet: databasen er optaget, måske af en sikkerhedskopi. Prøv igen om lidt."), "busy"
        ) from error


@transaction.atomic
def _erase(request: ErasureRequest, by: User) -> Tombstone:
    case = lock(request.case)
    waiting = ErasureRequest.objects.filter(pk=request.pk, refused_at=None).select_related("proposed_by").first()
    if waiting is None:
        raise RecordError(_("Forslaget er allerede afgjort."), "settled")
    term = demand_erasable(case)
    if not still_stands(waiting, term.closed_at):
        raise RecordError(OUTDATED, "outdated")
    grave = Tombstone(
        case_public_id=case.public_id,
        reference=case.reference,
        school=case.school,
        opened_at=case.opened_at,
        closed_at=term.closed_at,
        head_seq=case.head_seq,
        head_hash=case.head_hash,
        rule_status=term.rule.status,
        rule_months=term.rule.months,
        rule_basis=term.rule.basis,
        proposed_at=waiting.proposed_at,
        proposed_by=waiting.proposed_by,
        approved_at=timezone.now(),
        approved_by=by,
    )
    grave.save()
    audit_log.write_event(AuditVerb.ERASE, by=by, case=case, detail=tombstone_hash(grave))
    _delete(case)
    transaction.on_commit(sweep)
    return grave


def tombstone_hash(grave: Tombstone) -> str:
    """What the access log keeps of a tombstone."""
    return link_hash(
        {
            "case": str(grave.case_public_id),
            "reference": grave.reference,
            "school": str(grave.school.public_id),
            "opened_at": utc_text(grave.opened_at),
            "closed_at": utc_text(grave.closed_at),
            "head": [grave.head_seq, grave.head_hash],
            "rule": [grave.rule_status, grave.rule_months, grave.rule_basis],
            "proposed": [utc_text(grave.proposed_at), str(grave.proposed_by.public_id)],
            "approved": [utc_text(grave.approved_at), str(grave.approved_by.public_id)],
        }
    )


def _delete(case: Case) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
    for belonging in (Draft, Participant, Referral, LegalHold, ErasureRequest):
        belonging._base_manager.filter(case=case).delete()
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_entry WHERE case_id = %s", [case.pk])
    Case.objects.unscoped("erasure").filter(pk=case.pk).delete()


def sweep() -> bool:
    """Build the database file anew, so that no copy of what was deleted is left in it. False when it was busy.

    SQLite only; on PostgreSQL freed rows go when the server vacuums, which its keeper has to see to.
    """
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
    except OperationalError:
        _log.warning("the database file was busy after an erasure; run manage.py retention --sweep")
        return False
    return True
