"""Erase a case that is due, proposed and approved, with its data key, and write a tombstone.

All rows of the case are deleted in one transaction: log, drafts, access, referrals, holds, and the row with the wrapped
key. The access log keeps its events: they hold no text, and its chain must stay whole. SQLite overwrites deleted rows
(``secure_delete``), and the file is rebuilt afterwards, because pages that were split earlier keep unreferenced copies.
docs/decisions/021 says what backups from before the erasure hold.
"""

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
from cases.retention.due import is_current, lock, logged_proposal, require_erasable, schools_of

OUTDATED = _(
    "Sagen er genåbnet eller har haft et slettestop, siden den blev foreslået slettet. Afvis forslaget, eller træk det "
    "tilbage. Så kan sagen foreslås slettet igen."
)
_NOT_LOGGED = _(
    "Adgangsloggen kender ikke forslaget, som det står her: det kan være skrevet uden om Handlekort. Afvis forslaget, "
    "og ring til den, der driver Handlekort hos jer. Sagen kan foreslås slettet igen."
)
LOCK_WAIT = "5s"
"""How long PostgreSQL waits for the entries' table. A backup reads it for longer, and other writers would queue."""

_log = logging.getLogger("handlekort")


def approve(*, request: ErasureRequest, by: User) -> Tombstone:
    """Erase the case of a request that somebody else made.

    Raises PermissionDenied for a user who does not manage the school's retention, RecordError with a sentence for the
    proposer, a decided or outdated request or one that the access log does not have, and a case that is no longer due
    or is held.
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
    open_request = ErasureRequest.objects.filter(pk=request.pk, refused_at=None).select_related("proposed_by").first()
    if open_request is None:
        raise RecordError(_("Forslaget er allerede afgjort."), "settled")
    term = require_erasable(case)
    if not is_current(open_request, term.closed_at):
        raise RecordError(OUTDATED, "outdated")
    event = logged_proposal(open_request, case.public_id)
    if event is None or not audit_log.is_genuine(event):
        raise RecordError(_NOT_LOGGED, "not_logged")
    tombstone = Tombstone(
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
        proposed_at=open_request.proposed_at,
        proposed_by=open_request.proposed_by,
        approved_at=timezone.now(),
        approved_by=by,
    )
    tombstone.save()
    audit_log.write_event(AuditVerb.ERASE, by=by, case=case, detail=tombstone_hash(tombstone))
    _delete(case)
    transaction.on_commit(rebuild_file)
    return tombstone


def tombstone_hash(tombstone: Tombstone) -> str:
    """Return the hash of a tombstone that the access log holds."""
    return link_hash(
        {
            "case": str(tombstone.case_public_id),
            "reference": tombstone.reference,
            "school": str(tombstone.school.public_id),
            "opened_at": utc_text(tombstone.opened_at),
            "closed_at": utc_text(tombstone.closed_at),
            "head": [tombstone.head_seq, tombstone.head_hash],
            "rule": [tombstone.rule_status, tombstone.rule_months, tombstone.rule_basis],
            "proposed": [utc_text(tombstone.proposed_at), str(tombstone.proposed_by.public_id)],
            "approved": [utc_text(tombstone.approved_at), str(tombstone.approved_by.public_id)],
        }
    )


def _delete(case: Case) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
    for model in (Draft, Participant, Referral, LegalHold, ErasureRequest):
        model._base_manager.filter(case=case).delete()
    append_only.erase_entries(connection, case.pk)
    Case.objects.unscoped("erasure").filter(pk=case.pk).delete()


def rebuild_file() -> bool:
    """Rebuild SQLite's file, so that it holds no copy of deleted rows; return False when it was busy.

    On PostgreSQL deleted rows are removed by the server's vacuum, which its administrator configures.
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
