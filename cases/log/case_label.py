"""The short label of a case, such as "8.b, Snapchat": sealed with the key of the case, shown in lists, no name in it.

It is no part of the log: it says what the case is called, not what happened. Erasing the case erases it.
"""

from cases.crypto import encryption
from cases.enums import AuditVerb
from cases.log.case_transaction import CaseTransaction
from cases.log.entry_crypto import data_key
from cases.models import Case, User
from cases.text.text_rules import validate_text

LONGEST = 40
"""Characters in a label."""


def read_label(case: Case) -> str:
    """Return the label of the case, "" without one. Raises SealBroken."""
    return str(encryption.unseal_json(data_key(case), case.label, str(case.public_id), "label")) if case.label else ""


def set_label(*, case: Case, by: User, label: str) -> None:
    """Write the label, "" to take it away, and log that. Raises CaseClosed, ValidationError."""
    label = validate_text(label).strip()
    if len(label) > LONGEST:
        raise ValueError("the label is longer than its form allows")
    with CaseTransaction.lock(case, by) as locked:
        locked.require_open()
        sealed = encryption.seal_json(locked.key, label, str(case.public_id), "label") if label else b""
        locked.row.label = case.label = sealed
        locked.row.save(update_fields=["label"])
        locked.log(AuditVerb.LABEL)
