"""The log: read and searched. Never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.access import audit_log
from cases.access.current_user import current_user
from cases.access.page_queue import PAGE_QUEUE
from cases.access.permissions import can, case_view
from cases.enums import AuditVerb, CaseAction, EntryKind, Status
from cases.log import drafts
from cases.log.case_file import StoredLog, read_log
from cases.log.drafts import NOTE_KEY
from cases.log.entries import CorrectionEntry
from cases.log.entry_text import LogLine, log_lines, search_lines
from cases.models import Case, Entry
from cases.views import receipts
from cases.views.receipts import receipt_of

ENTRIES_PER_PAGE = 50
NEWEST, OLDEST = "nyeste", "aeldste"
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class LogFilter:
    """What the reader asks for. ``text`` is sent by POST only: it may be a name, and addresses are logged."""

    kind: str
    text: str
    order: str
    page: str

    @property
    def is_narrowed(self) -> bool:
        """Whether some entries are left out."""
        return bool(self.kind or self.text)


@dataclass(frozen=True)
class LogRow:
    """An entry, and number and address of the entries it corrects or is corrected by."""

    line: LogLine
    corrects: tuple[int, str] | None
    corrected_by: list[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN)
def log(request: HttpRequest, case: Case) -> HttpResponse:
    """The log, a page at a time; POST searches it and writes only an audit event."""
    asked = _filter_of(request)
    if asked.text:
        audit_log.commit_event(AuditVerb.SEARCH, by=current_user(request), case=case)
    with PAGE_QUEUE:
        return render(request, "cases/log.html", _context(request, case, asked))


def _context(request: HttpRequest, case: Case, asked: LogFilter) -> dict[str, Any]:
    stored = read_log(case)
    page = Paginator(_found(stored, asked), ENTRIES_PER_PAGE).get_page(asked.page)
    lines = log_lines(stored.open(page.object_list))
    shown = {line.entry.seq for line in lines}
    return {
        "case": case,
        "asked": asked,
        "kinds": EntryKind.choices,
        "page": page,
        "rows": [row_of(case, line, shown, asked.order) for line in lines],
        "total": len(stored.rows),
        "intact": stored.intact,
        "may_note": can(request.user, case, CaseAction.NOTE) and case.status == Status.OPEN,
        "may_export": can(request.user, case, CaseAction.EXPORT),
        "done": receipt_of(request, receipts.NOTED, receipts.CORRECTED),
        "has_draft": NOTE_KEY in drafts.drafts_of(case=case, by=current_user(request)),
        "query": f"orden={asked.order}&art={asked.kind}&",
    }


def _filter_of(request: HttpRequest) -> LogFilter:
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("art", "")
    return LogFilter(
        kind=kind if kind in EntryKind.values else "",
        text=request.POST.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        order=OLDEST if given.get("orden") == OLDEST else NEWEST,
        page=given.get("side", ""),
    )


def _found(stored: StoredLog, asked: LogFilter) -> list[Entry]:
    rows = [row for row in stored.rows if asked.kind in ("", row.kind)]
    if asked.text:
        found = {line.entry.seq for line in search_lines(log_lines(stored.open(rows)), asked.text)}
        rows = [row for row in rows if row.seq in found]
    return rows if asked.order == OLDEST else rows[::-1]


def row_of(case: Case, line: LogLine, shown: Collection[int] = (), order: str = NEWEST) -> LogRow:
    """Return the entry with links: on the same page to those ``shown``, else into the whole log."""
    entry = line.entry
    corrects = None
    if isinstance(entry, CorrectionEntry):
        number = entry.content["corrects"]
        corrects = (number, _link(case, number, shown, order))
    return LogRow(line, corrects, [(seq, _link(case, seq, shown, order)) for seq in entry.corrected_by])


def _link(case: Case, seq: int, shown: Collection[int], order: str) -> str:
    if seq in shown:
        return f"#nr-{seq}"
    before = seq - 1 if order == OLDEST else case.head_seq - seq
    return f"{reverse('log', args=[case.public_id])}?orden={order}&side={before // ENTRIES_PER_PAGE + 1}#nr-{seq}"
