"""Sections of a step: asked, kept as a draft while typed, filed when saved, never overwritten in silence."""

from collections.abc import Mapping
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access.permissions import can, case_view
from cases.enums import AuditVerb, CaseAction, Status
from cases.log import writer
from cases.log.case_transaction import CaseClosed, StaleReading
from cases.log.drafts import DraftReading, became_entry
from cases.models import Case
from cases.sharing.referral_list import referral_status
from cases.views.drafts import CPR_LEFT_OUT_HEADER
from guide.questionnaire.step_form import StepForm, with_row_added, without_row
from guide.steps import BY_KEY
from guide.wizard import changed_parts, drafts, filing, progress
from guide.wizard.answer_differences import AnswerDifference, compare_answers
from guide.wizard.forms import SkipForm
from guide.wizard.sidebar import case_sidebar
from guide.wizard.step_request import StepRequest, read_step_request

SAVE, SAVE_AND_GO_ON, OVERVIEW, REFRESH, ADD, REMOVE, DISCARD = (
    "gem",
    "gem_videre",
    "overblik",
    "opdater",
    "tilfoej",
    "fjern",
    "kasser",
)


@require_safe
@case_view(AuditVerb.OPEN)
def step_tasks(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Go to the tasks of a step on the overview."""
    if step not in BY_KEY:
        raise Http404
    return redirect(f"{reverse('sag', args=[case.public_id])}?trin={step}#trin-{step}")


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def section_page(request: HttpRequest, case: Case, step: str, section: str) -> HttpResponse:
    """Show a section, or do what the pressed button says."""
    page = read_step_request(request, case, step, section)
    if request.method != "POST":
        return redirect("resume", case.public_id) if case.status == Status.CLOSED else _show(page)
    if case.status == Status.CLOSED:
        raise CaseClosed
    action, _colon, target = request.POST.get("handling", _default_action(page)).partition(":")
    if action in (SAVE, SAVE_AND_GO_ON):
        return _save(page, page.typed, go_on=action == SAVE_AND_GO_ON)
    if action == DISCARD:
        drafts.discard_drafts(page)
        return redirect(page.url)
    data = _with_rows(page, action, target) if action in (ADD, REMOVE) else page.typed
    whole = drafts.merge_hidden_answers(page, data)
    changes = action in (REFRESH, ADD, REMOVE)
    step_form = page.step_form(whole, quiet=False) if changes and page.is_fragment else None
    if not drafts.save_step_draft(page, whole, step_form):
        return _save(page, data, go_on=False)
    if step_form:
        step_form.hide_errors()
        table = "" if action == REFRESH else target.partition(":")[0]
        return changed_parts.render_changed_parts(page, step_form, table, added=action == ADD)
    if changes:
        return redirect(page.url if action == REFRESH else f"{page.url}#tabel-{target.partition(':')[0]}-titel")
    return redirect("sag", case.public_id)


@require_POST
@case_view(AuditVerb.DRAFT, action=CaseAction.WALK)
def draft(request: HttpRequest, case: Case, step: str, section: str) -> HttpResponse:
    """Save the draft; the response has only the names of the fields whose CPR number was left out."""
    page = read_step_request(request, case, step, section)
    if not drafts.save_step_draft(page, drafts.merge_hidden_answers(page, page.typed)):
        return HttpResponse(status=422)
    return HttpResponse(status=204, headers={CPR_LEFT_OUT_HEADER: " ".join(drafts.fields_with_cpr(page))})


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def skip(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Skip a step, with the reason."""
    page = read_step_request(request, case, step)
    if case.status == Status.CLOSED:
        if request.method == "POST":
            raise CaseClosed
        return redirect("resume", case.public_id)
    sent = request.POST if request.method == "POST" else None
    form = SkipForm(sent)
    if request.method == "POST" and form.is_valid():
        writer.skip_step(
            case=case,
            by=page.user,
            step=step,
            title=str(page.step.title),
            reason=form.cleaned_data["reason"],
            submission_id=form.cleaned_data["submission_id"],
        )
        return redirect(f"{reverse('sag', args=[case.public_id])}?sprunget={step}")
    assessment = page.step_form({}, quiet=True).assessment
    context = {"case": case, "step": page.step, "form": form, "assessment": assessment}
    return render(request, "guide/spring_over.html", context, status=422 if form.is_bound else 200)


def _default_action(page: StepRequest) -> str:
    """Return the action of a form sent without a button: by htmx on a change, by the Enter key to save."""
    return REFRESH if page.is_fragment else SAVE_AND_GO_ON


def _show(page: StepRequest) -> HttpResponse:
    """The section as last filed, or with the reader's own draft on top, and what a question had that is open again."""
    before = drafts.stored_drafts(page)
    draft = before.get(page.key)
    step_form = page.step_form({**page.closed_data, **drafts.typed_earlier(page, before)}, quiet=True)
    differing = compare_answers(page, step_form) if draft and draft.base_seq < page.section_seq else []
    return _render(page, step_form, draft=draft, differing=differing)


def _save(page: StepRequest, data: Mapping[str, list[str]], *, go_on: bool) -> HttpResponse:
    """File the section; what cannot be filed is kept as a draft and shown with what is wrong."""
    step_form = page.step_form(data, quiet=False)
    if not step_form.is_valid():
        drafts.save_step_draft(page, drafts.merge_hidden_answers(page, data), step_form)
        return _render(page, step_form, status=422)
    before = drafts.stored_drafts(page)
    if page.is_blank(step_form):
        drafts.discard_drafts(page)
        drafts.restore_unfiled_answers(page, step_form, before, page.newest_seq)
        return redirect(f"{_next_url(page, step_form) if go_on else page.url}?tomt={page.name}")
    if page.base_seq < page.section_seq and not became_entry(case=page.case, submission_id=page.submission_id):
        return _conflict(page, step_form, data)
    try:
        entry = filing.save_step(
            case=page.case,
            by=page.user,
            step_form=step_form,
            case_file=page.case_file,
            submission_id=page.submission_id,
            draft_key=page.key,
            afterwards=lambda entry: drafts.restore_unfiled_answers(page, step_form, before, entry.seq),
        )
    except StaleReading:
        # Somebody wrote while the request was read: perhaps another section, which the level counts too.
        return _save(page.reread(), data, go_on=go_on)
    # Sent before, but with other words: the answer to it was lost, and the user typed on in the same form.
    if entry.seq <= page.newest_seq and not page.is_filed(step_form):
        return _conflict(page, step_form, data)
    return redirect(_after_saving(page, step_form, go_on=go_on))


def _conflict(page: StepRequest, step_form: StepForm, data: Mapping[str, list[str]]) -> HttpResponse:
    """Return the section with both answers where they differ; nothing is overwritten."""
    drafts.save_step_draft(page, drafts.merge_hidden_answers(page, data), step_form)
    return _render(page, step_form, differing=compare_answers(page, step_form), conflict=True, status=409)


def _after_saving(page: StepRequest, step_form: StepForm, *, go_on: bool) -> str:
    """Where to go: on, unless the answers opened questions that stood on no page yet (so it is without JavaScript)."""
    unseen = step_form.open_names() - page.shown
    if any(not step_form.answers[name] for name in unseen):
        return f"{page.url}?gemt={page.name}&nye"
    return f"{_next_url(page, step_form) if go_on else reverse('sag', args=[page.case.public_id])}?gemt={page.name}"


def _next_url(page: StepRequest, step_form: StepForm) -> str:
    """Return the address of the next task that is not done, the overview after the last."""
    situation = step_form.situation
    states = progress.step_states(page.case, page.case_file, situation, answers=situation.answers)
    task = progress.next_task(states, situation, after=page.url)
    return task.url if task and task.url != page.url else reverse("sag", args=[page.case.public_id])


def _with_rows(page: StepRequest, action: str, target: str) -> dict[str, list[str]]:
    """The data with a row added or taken out; a table that the section has not is answered as missing."""
    table, _colon, number = target.partition(":")
    if table not in page.names or page.step.table(table) is None:
        raise Http404
    if action == ADD:
        return with_row_added(page.typed, table)
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return without_row(page.typed, table, int(number))


def _render(
    page: StepRequest,
    step_form: StepForm,
    *,
    draft: DraftReading | None = None,
    differing: list[AnswerDifference] | None = None,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    asked = page.request.GET
    context = {
        "case": page.case,
        "step": page.step,
        "section": page.sections[0],
        "steps": progress.step_states(page.case, page.case_file, step_form.situation, current=page.step.key),
        "step_form": step_form,
        "sections": list(step_form.sections()),
        "panel": case_sidebar(step_form.situation, page.case_file, page.case),
        "sparring": referral_status(page.case) if page.sections[0].about_ssp else None,
        "may_refer": can(page.user, page.case, CaseAction.REFER),
        "form_url": page.url,
        "draft": draft,
        "differences": differing,
        "conflict": conflict,
        "filed": page.section_filing,
        "receipt": progress.receipt(page.case_file, asked.get("gemt", "")),
        "nothing_filed": progress.nothing_filed(page.case_file, asked.get("tomt", "")),
        "new_questions": "nye" in asked,
        # Whoever has been shown where the newest filing differs builds on it; errors alone show nothing of it.
        "base_seq": page.base_seq if status == 422 else page.newest_seq,
        "submission_id": uuid4(),
    }
    return render(page.request, "guide/trin.html", context, status=status)
