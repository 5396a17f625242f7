"""A step of a case: asked, kept as a draft while it is typed, filed when it is saved, never overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases import record
from cases.access import case_view
from cases.models import Case
from cases.views.unfiled import LEFT_OUT
from cases.vocabulary import AuditVerb, Deed, Status
from guide import filing, progress
from guide.forms import SkipForm
from guide.steps.filled import Filled, with_row_added, without_row
from guide.views import fragments, kept
from guide.views.differences import Difference, differences
from guide.views.missing import missing_answers
from guide.views.page import Page, page_of
from guide.views.panel import panel_of

SAVE, SAVE_AND_GO_ON, BACK, OVERVIEW, REFRESH, ADD, REMOVE, DISCARD = (
    "gem",
    "gem_videre",
    "tilbage",
    "overblik",
    "opdater",
    "tilfoej",
    "fjern",
    "kasser",
)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.WALK)
def step_page(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Show a step, or do what the pressed button says."""
    page = page_of(request, case, step)
    if case.status == Status.CLOSED:
        return redirect("resume", case.public_id)
    if request.method != "POST":
        return _show(page)
    action, _colon, target = request.POST.get("handling", _unsaid(page)).partition(":")
    if action in (SAVE, SAVE_AND_GO_ON):
        return _save(page, page.typed, go_on=action == SAVE_AND_GO_ON)
    if action == DISCARD:
        kept.discard(page)
        return redirect(page.url)
    data = _with_rows(page, action, target) if action in (ADD, REMOVE) else page.typed
    whole = kept.with_closed(page, data)
    if not kept.keep(page, whole):
        return _save(page, data, go_on=False)
    if action == REFRESH:
        return fragments.changed(page, whole) if page.is_fragment else redirect(page.url)
    if action in (ADD, REMOVE):
        return _rows_changed(page, whole, target.partition(":")[0], added=action == ADD)
    return redirect(page.previous_url if action == BACK else reverse("sag", args=[case.public_id]))


@require_POST
@case_view(AuditVerb.DRAFT, deed=Deed.WALK)
def draft(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Keep what is being typed; answers with nothing but the names of the fields whose CPR number was left out."""
    page = page_of(request, case, step)
    if not kept.keep(page, kept.with_closed(page, page.typed)):
        return HttpResponse(status=422)
    return HttpResponse(status=204, headers={LEFT_OUT: " ".join(kept.left_out(page))})


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.WALK)
def skip(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Pass a step by, with the reason."""
    page = page_of(request, case, step)
    if case.status == Status.CLOSED:
        return redirect("resume", case.public_id)
    sent = request.POST if request.method == "POST" else None
    form = SkipForm(sent)
    if request.method == "POST" and form.is_valid():
        record.skip_step(
            case=case,
            by=page.user,
            step=step,
            title=str(page.step.title),
            reason=form.cleaned_data["reason"],
            submission_id=form.cleaned_data["submission_id"],
        )
        return redirect(f"{reverse('sag', args=[case.public_id])}?sprunget={step}")
    judgement = page.filled(page.filed_data, quiet=True).judgement
    context = {"case": case, "step": page.step, "form": form, "judgement": judgement}
    return render(request, "guide/spring_over.html", context, status=422 if form.is_bound else 200)


def _unsaid(page: Page) -> str:
    """What a form sent without a button wants: htmx sends it at every change of an answer, the Enter key to save."""
    return REFRESH if page.is_fragment else SAVE


def _show(page: Page) -> HttpResponse:
    """The step as last filed, or with the reader's own draft on top."""
    draft = kept.draft_of(page)
    filled = page.filled(draft.data if draft else page.filed_data, quiet=True)
    differing = differences(page, filled) if draft and draft.base_seq < page.newest_seq else []
    return _render(page, filled, draft=draft, differing=differing)


def _save(page: Page, data: Mapping[str, list[str]], *, go_on: bool) -> HttpResponse:
    """File the step; what cannot be filed is kept as a draft and shown with what is wrong."""
    filled = page.filled(data, quiet=False)
    if not filled.is_valid():
        kept.keep(page, kept.with_closed(page, data))
        return _render(page, filled, status=422)
    before = kept.at_hand(page)
    if page.says_nothing(filled):
        kept.discard(page)
        kept.keep_what_was_not_filed(page, filled, before, page.newest_seq)
        return redirect(f"{page.next_url if go_on else page.url}?tomt={page.step.key}")
    try:
        entry = filing.file_step(
            case=page.case,
            by=page.user,
            filled=filled,
            dossier=page.dossier,
            base_seq=page.base_seq,
            submission_id=page.submission_id,
        )
    except record.Stale:
        return _conflict(page, filled, data)
    # Sent before, but with other words: the answer to it was lost, and the user typed on in the same form.
    if entry.seq <= page.newest_seq and not page.stands_filed(filled):
        return _conflict(page, filled, data)
    kept.keep_what_was_not_filed(page, filled, before, entry.seq)
    return redirect(_after_saving(page, filled, go_on=go_on))


def _conflict(page: Page, filled: Filled, data: Mapping[str, list[str]]) -> HttpResponse:
    """Nothing is overwritten: both texts side by side, and the user's own still in the form."""
    kept.keep(page, kept.with_closed(page, data))
    return _render(page, filled, differing=differences(page, filled), conflict=True, status=409)


def _after_saving(page: Page, filled: Filled, *, go_on: bool) -> str:
    """Where to go: on, unless the answers opened questions that stood on no page yet (so it is without JavaScript)."""
    unseen = filled.open_names() - page.shown
    if any(not filled.answers[name] for name in unseen) and go_on:
        return f"{page.url}?gemt={page.step.key}&nye"
    return f"{page.next_url if go_on else page.url}?gemt={page.step.key}"


def _rows_changed(page: Page, data: Mapping[str, list[str]], table: str, *, added: bool) -> HttpResponse:
    """The table with a row more or less: the table alone under htmx, else the whole page again."""
    if page.is_fragment:
        return fragments.changed(page, data, table, added=added)
    return redirect(f"{page.url}#tabel-{table}-titel")


def _with_rows(page: Page, action: str, target: str) -> dict[str, list[str]]:
    """The data with a row added or taken out; a table that the step has not is answered as missing."""
    table, _colon, number = target.partition(":")
    if table not in {known.key for known in page.step.tables}:
        raise Http404
    if action == ADD:
        return with_row_added(page.typed, table)
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return without_row(page.typed, table, int(number))


def _render(
    page: Page,
    filled: Filled,
    *,
    draft: record.DraftReading | None = None,
    differing: list[Difference] | None = None,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    asked = page.request.GET
    context = {
        "case": page.case,
        "step": page.step,
        "steps": progress.states(page.case, page.dossier, current=page.step.key),
        "filled": filled,
        "sections": list(filled.sections()),
        "panel": panel_of(filled.situation, page.dossier, page.case),
        "form_url": page.url,
        "draft": draft,
        "differences": differing,
        "conflict": conflict,
        "filed": page.filed,
        "receipt": progress.receipt(page.dossier, asked.get("gemt", "")),
        "missing_answers": missing_answers(page.case, page.dossier, asked.get("gemt", ""), here=page.step.key),
        "nothing_filed": progress.nothing_filed(page.dossier, asked.get("tomt", "")),
        "new_questions": "nye" in asked,
        # Whoever has been shown where the newest filing differs builds on it; errors alone show nothing of it.
        "base_seq": page.base_seq if status == 422 else page.newest_seq,
        "submission_id": uuid4(),
    }
    return render(page.request, "guide/trin.html", context, status=status)
