"""The first ten minutes: a few questions, one subject a page, and then what to do now.

Each page keeps its answers as a draft of its section; the last one files all of them together.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.access.current_user import current_user
from cases.access.permissions import can, case_view
from cases.enums import AuditVerb, CaseAction, Status
from cases.log.case_file import read_current
from cases.log.case_transaction import CaseClosed, StaleReading
from cases.log.drafts import DraftReading, forget_draft, read_drafts
from cases.models import Case
from guide.questionnaire.step_form import StepForm, fields_of
from guide.steps import afdaek
from guide.wizard import drafts, filing
from guide.wizard.case_state import situation_of
from guide.wizard.first_actions import drawn_actions, rules_beside
from guide.wizard.sidebar import case_sidebar
from guide.wizard.step_request import StepRequest, draft_key, read_step_request, section_url
from guide.wizard.telling import form_to_tell, page_as_qr_code

BACK, NOW = "tilbage", "nu"
_WITH_ERRORS = "ret"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def first_page(request: HttpRequest, case: Case, section: str) -> HttpResponse:
    """Ask the questions of one subject; with the last of them, file all."""
    if section not in afdaek.FIRST:
        raise Http404
    page = read_step_request(request, case, afdaek.KEY, section)
    if request.method != "POST":
        return redirect("resume", case.public_id) if case.status == Status.CLOSED else _show(page)
    if case.status == Status.CLOSED:
        raise CaseClosed
    kept = drafts.save_step_draft(page, drafts.merge_hidden_answers(page, page.typed))
    typed = _typed(page, _drafts(page), page.typed)
    whole = page.of_sections(*afdaek.FIRST)
    step_form = whole.step_form(typed, quiet=False, only=section)
    asked = sections_asked(step_form)
    if request.POST.get("handling") == BACK and kept:
        return redirect("foerst", case.public_id, neighbour(asked, section, -1) or section)
    if not kept or not step_form.is_valid():
        return _render(page, step_form, page.base_seq, status=422)
    following = neighbour(asked, section, 1)
    if following and request.POST.get("handling") != NOW:
        return redirect("foerst", case.public_id, following)
    return _file(page, page.typed, page.submission_id)


@require_safe
@case_view(AuditVerb.OPEN)
def now(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what to do now."""
    case_file = read_current(case)
    situation = situation_of(case_file, timezone.now())
    settled = filing.settled_duty_keys(case, case_file)
    actions = drawn_actions(situation, settled, case.school.municipality)
    context = {
        "case": case,
        "is_answered": afdaek.KEY in case_file.steps,
        "actions": actions,
        "rules": rules_beside(situation, actions),
        "panel": case_sidebar(situation, case_file, case),
        "may_walk": can(request.user, case, CaseAction.WALK) and case.status == Status.OPEN,
        "tell_form": form_to_tell(current_user(request), case),
        "qr_code": page_as_qr_code(request, case),
    }
    return render(request, "guide/nu.html", context)


def file_first_answers(request: HttpRequest, case: Case) -> HttpResponse | None:
    """File the first sections with the answers that the form carries; None where it carries none."""
    page = read_step_request(request, case, afdaek.KEY, *afdaek.FIRST)
    typed = page.typed
    if not any(any(values) for values in typed.values()):
        return None
    for key in afdaek.FIRST:
        own = page.of_sections(key)
        drafts.save_step_draft(own, fields_of(own.names, typed))
    # The number of the form is that of the entry that opened the case.
    return _file(page, typed, uuid5(page.submission_id, "first answers"))


def sections_asked(whole: StepForm) -> list[str]:
    """The first sections that have a question in this situation."""
    return [key for key in afdaek.FIRST if whole.step.names([key]) & set(whole.answers)]


def neighbour(asked: Sequence[str], here: str, distance: int) -> str:
    """The section that many places behind this one, which need not be asked itself; empty where there is none."""
    order = [key for key in afdaek.FIRST if key == here or key in asked]
    place = order.index(here) + distance
    return order[place] if 0 <= place < len(order) else ""


def _drafts(page: StepRequest) -> dict[str, DraftReading]:
    """The user's drafts of the first sections."""
    names = {draft_key(afdaek.KEY, key): key for key in afdaek.FIRST}
    return {names[name]: draft for name, draft in read_drafts(case=page.case, by=page.user, steps=names).items()}


def _typed(
    page: StepRequest, found: Mapping[str, DraftReading], sent: Mapping[str, list[str]] = MappingProxyType({})
) -> dict[str, list[str]]:
    """The first sections as sent, else as drafts where there are some, else as filed."""
    whole = page.of_sections(*afdaek.FIRST)
    data = {**whole.closed_data, **whole.filed_data}
    for key, draft in found.items():
        own = page.step.names([key])
        data = {name: values for name, values in data.items() if name not in fields_of(own, data)}
        data |= fields_of(own, draft.data)
    return {**data, **sent}


def _file(page: StepRequest, sent: Mapping[str, list[str]], submission_id: UUID) -> HttpResponse:
    """File the first sections together. Where one of them was filed meanwhile, show it with both answers."""
    typed = _typed(page, _drafts(page), sent)
    whole = page.of_sections(*afdaek.FIRST)
    step_form = whole.step_form(typed, quiet=False)
    if not step_form.is_valid():
        wrong = reverse("foerst", args=[page.case.public_id, _first_wrong(page, typed)])
        return redirect(f"{wrong}?{_WITH_ERRORS}")
    filed = page.case_file.sections.get(afdaek.KEY, {})
    # Each page was opened at a time of its own: its draft says on which filing it was built.
    newer = [key for key, draft in _drafts(page).items() if key in filed and filed[key].seq > draft.base_seq]
    if newer and not whole.is_filed(step_form):
        return redirect(section_url(page.case, afdaek.KEY, newer[0]))
    if whole.is_blank(step_form) or whole.is_filed(step_form):
        return redirect("nu", page.case.public_id)
    try:
        filing.save_step(
            case=page.case,
            by=page.user,
            step_form=step_form,
            case_file=page.case_file,
            submission_id=submission_id,
            draft_key=draft_key(afdaek.KEY, afdaek.FIRST[0]),
            afterwards=lambda _entry: _forget_drafts(page),
        )
    except StaleReading:
        return _file(page.reread(), sent, submission_id)
    return redirect("nu", page.case.public_id)


def _first_wrong(page: StepRequest, typed: Mapping[str, list[str]]) -> str:
    whole = page.of_sections(*afdaek.FIRST)
    forms = ((key, whole.step_form(typed, quiet=False, only=key)) for key in afdaek.FIRST)
    return next((key for key, step_form in forms if not step_form.is_valid()), afdaek.FIRST[0])


def _forget_drafts(page: StepRequest) -> None:
    for key in afdaek.FIRST:
        forget_draft(case=page.case, by=page.user, step=draft_key(afdaek.KEY, key))


def _show(page: StepRequest) -> HttpResponse:
    """The questions of the page with what was answered. A draft stays built on the filing that it was built on."""
    found = _drafts(page)
    draft = found.get(page.sections[0].key)
    whole = page.of_sections(*afdaek.FIRST)
    quiet = _WITH_ERRORS not in page.request.GET
    step_form = whole.step_form(_typed(page, found), quiet=quiet, only=page.sections[0].key)
    if not quiet:
        step_form.is_valid()
    return _render(page, step_form, draft.base_seq if draft else page.newest_seq)


def _render(page: StepRequest, step_form: StepForm, base_seq: int, *, status: int = 200) -> HttpResponse:
    here = page.sections[0].key
    asked = sections_asked(step_form)
    context = {
        "case": page.case,
        "section": page.sections[0],
        "step_form": step_form,
        "panel": case_sidebar(step_form.situation, page.case_file, page.case),
        "questions": step_form.questions_with(afdaek.FOLLOW_UPS),
        "number": asked.index(here) + 1 if here in asked else 1,
        "total": len(asked),
        "is_last": asked[-1] == here,
        "base_seq": base_seq,
        "submission_id": uuid4(),
    }
    return render(page.request, "guide/foerst.html", context, status=status)
