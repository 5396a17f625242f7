"""What is written down before a paper of a case leaves, and how a paper is found again.

Asking for a paper and having it are two events of the access log: the first is there before anything is read, the
second, with the SHA-256 of the file, before its first byte leaves. Both have the code that stands on each page.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.access import audit_log
from cases.enums import AuditVerb, Document, Recipient
from cases.models import AuditEvent, Case, User
from cases.text.dates import format_moment

USUAL: Final = {
    Document.SHORT: (Recipient.MEETING, Recipient.SELF),
    Document.SUMMARY: (Recipient.FOLDER, Recipient.SELF),
    Document.LOG: (Recipient.SELF,),
    Document.CASE_FOLDER: (Recipient.FOLDER, Recipient.SELF),
    Document.POLICE_SHEET: (Recipient.POLICE, Recipient.SELF),
    Document.LOG_SHEET: (Recipient.HOME,),
    Document.NOTIFICATION: (Recipient.MUNICIPALITY, Recipient.SELF),
}
"""For whom each paper usually is: one press each."""

_ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxyz"
"""Without signs that are mistaken for each other, and without vowels, so that no code is a word."""
_GROUPS, _GROUP = 3, 4
_CODE: Final = re.compile(f"[{_ALPHABET}]{{{_GROUPS * _GROUP}}}")
_SHA_256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stamp:
    """What stands on each page of a paper: its code, how far the log had come, and when it was asked for."""

    case: Case
    document: Document
    code: str
    at: datetime

    @property
    def position(self) -> int:
        """Return the number of the last line of the log, as it was read for the paper."""
        return self.case.head_seq

    @property
    def words(self) -> str:
        """Return the code in groups."""
        return in_groups(self.code)

    @property
    def printed(self) -> str:
        """Return the time as text."""
        return format_moment(self.at)


@dataclass(frozen=True)
class Found:
    """A paper that was made: which, of which case, when it was asked for, and how far the log had come."""

    case: str
    document: Document
    code: str
    at: datetime
    position: int
    by_file: bool
    """Whether the file itself was asked about: it is as it was made."""

    @property
    def made(self) -> str:
        """Return the time as text, as it stands on the paper."""
        return format_moment(self.at)


def in_groups(code: str) -> str:
    """Return the code as it is read aloud."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def ask(case: Case, by: User, document: Document, recipient: Recipient) -> Stamp:
    """Log that the paper is asked for, and for whom, and return what stands on it. Before anything of it is read."""
    return _asked(AuditVerb.EXPORT, case, by, document, recipient)


def ask_for_insight(case: Case, by: User, kind: str) -> Stamp:
    """Log that subject access is given as a file of this kind, and return what stands on it."""
    return _asked(AuditVerb.INSIGHT, case, by, Document.INSIGHT, kind)


def _asked(verb: AuditVerb, case: Case, by: User, document: Document, detail: str) -> Stamp:
    code = "".join(secrets.choice(_ALPHABET) for _place in range(_GROUPS * _GROUP))
    event = audit_log.commit_event(verb, by=by, case=case, step=_step(document, code), detail=detail)
    return Stamp(case, document, code, event.at)


def log_made(stamp: Stamp, by: User, content: bytes) -> None:
    """Log that the paper was made, with the SHA-256 of the file. Before the first byte of it leaves."""
    step, sha_256 = _step(stamp.document, stamp.code), hashlib.sha256(content).hexdigest()
    audit_log.commit_event(AuditVerb.MADE, by=by, case=stamp.case, step=step, detail=sha_256)


def find_paper(typed: str) -> Found | None:
    """Return the paper with this code, or whose file has this SHA-256; None for what the product did not make."""
    wanted = re.sub(r"[\s-]", "", typed).lower()
    made = AuditEvent.objects.filter(verb=AuditVerb.MADE).order_by("-seq")
    if _SHA_256.fullmatch(wanted):
        return _found(made.filter(detail=wanted).first(), by_file=True)
    if _CODE.fullmatch(wanted):
        steps = [_step(document, wanted) for document in Document]
        return _found(made.filter(step__in=steps).first(), by_file=False)
    return None


def paper_of(event: AuditEvent) -> tuple[Document, str] | None:
    """Return which paper an event is about, and its code; None for any other event, as those of earlier versions."""
    document, _underscore, code = event.step.rpartition("_")
    return (Document(document), code) if document in Document.values and _CODE.fullmatch(code) else None


def _step(document: Document, code: str) -> str:
    return f"{document}_{code}"


def _found(event: AuditEvent | None, *, by_file: bool) -> Found | None:
    paper = paper_of(event) if event else None
    if event is None or paper is None or not audit_log.is_genuine(event):
        return None
    about = AuditEvent.objects.filter(case_public_id=event.case_public_id, step=event.step)
    asked = about.order_by("seq").first() or event
    return Found(str(event.case_public_id), *paper, asked.at, event.case_seq, by_file)
