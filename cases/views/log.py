"""The log: read, searched, added to, corrected. Never changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import audit, record
from cases.access import case_view, may
from cases.content import CorrectionContent
from cases.dossier import read as read_dossier
from cases.forms import CorrectionForm, NoteForm
from cases.loglines import LogLine, log_lines, matching
from cases.models import Case
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed, EntryKind, NoteNature, Status

PAGE_SIZE = 50
NEWEST, OLDEST = "nyeste", "aeldste"
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see. The text comes by POST only: it may be a name, and addresses are kept in places."""

    kind: str
    text: str
    order: str
    page: str

    @property
    def is_narrowed(self) -> bool:
        """Whether some lines are left out."""
        return bool(self.kind or self.text)


@dataclass(frozen=True)
class Row:
    """A line of the log with the ways to the lines it belongs to: pairs of number and address."""

    line: LogLine
    corrects: tuple[int, str] | None
    corrected_by: list[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN)
def log(request: HttpRequest, case: Case) -> HttpResponse:
    """The log, a page at a time; POST searches it and writes nothing but that somebody searched."""
    asked = _asked(request)
    if asked.text:
        audit.write(AuditVerb.SEARCH, by=visitor(request), case=case)
    dossier = read_dossier(case)
    lines = log_lines(dossier.entries)
    found = matching(lines, kind=asked.kind, text=asked.text)
    page = Paginator(found if asked.order == OLDEST else found[::-1], PAGE_SIZE).get_page(asked.page)
    shown = {line.entry.seq for line in page.object_list}
    context = {
        "case": case,
        "asked": asked,
        "kinds": EntryKind.choices,
        "page": page,
        "rows": [_row(case, line, shown) for line in page.object_list],
        "total": len(lines),
        "intact": dossier.intact,
        "may_note": may(request.user, case, Deed.NOTE) and case.status == Status.OPEN,
        "may_export": may(request.user, case, Deed.EXPORT),
        "query": f"orden={asked.order}&art={asked.kind}&",
    }
    return render(request, "cases/log.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.NOTE)
def note(request: HttpRequest, case: Case) -> HttpResponse:
    """Write an event or a remark."""
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.carries_out(
        lambda data: record.add_note(
            case=case,
            by=visitor(request),
            nature=NoteNature(data["nature"]),
            happened_at=data["happened_at"],
            who=data["who"],
            where=data["where"],
            text=data["text"],
            submission_id=data["submission_id"],
        )
    ):
        return redirect(_place(case, case.head_seq))
    return render(request, "cases/notat.html", {"case": case, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.NOTE)
def correct(request: HttpRequest, case: Case, seq: int) -> HttpResponse:
    """Write what should stand instead of, or beside, a line. The line itself stays."""
    line = next((line for line in log_lines(read_dossier(case).entries) if line.entry.seq == seq), None)
    if line is None:
        raise Http404(_("Den linje findes ikke i sagens log."))
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.carries_out(
        lambda data: record.correct(
            case=case, by=visitor(request), corrects=seq, text=data["text"], submission_id=data["submission_id"]
        )
    ):
        return redirect(_place(case, case.head_seq))
    context = {"case": case, "form": form, "row": _row(case, line, frozenset())}
    return render(request, "cases/ret.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest) -> Asked:
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("art", "")
    return Asked(
        kind=kind if kind in EntryKind.values else "",
        text=request.POST.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        order=OLDEST if given.get("orden") == OLDEST else NEWEST,
        page=given.get("side", ""),
    )


def _row(case: Case, line: LogLine, shown: frozenset[int] | set[int]) -> Row:
    entry = line.entry
    corrects = None
    if entry.kind == EntryKind.CORRECTION:
        content: CorrectionContent = entry.content  # type: ignore[assignment]  # the kind says which shape it has
        corrects = (content["corrects"], _way(case, content["corrects"], shown))
    return Row(line, corrects, [(seq, _way(case, seq, shown)) for seq in entry.corrected_by])


def _way(case: Case, seq: int, shown: frozenset[int] | set[int]) -> str:
    return f"#nr-{seq}" if seq in shown else _place(case, seq)


def _place(case: Case, seq: int) -> str:
    """The address of a line in the whole log, oldest first: there its page never changes."""
    page = (seq - 1) // PAGE_SIZE + 1
    return f"{reverse('log', args=[case.public_id])}?orden={OLDEST}&side={page}#nr-{seq}"
