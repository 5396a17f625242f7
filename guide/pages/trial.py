"""The first questions for anybody, and what to do now. Nothing is stored: each page carries the answers to the next.

No free text, no names, no dates: nothing that could tell who it is about, since it is asked outside any login.
"""

from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.text.form_fields import typed_fields
from guide.directory import is_unchecked
from guide.pages.public import municipality_of
from guide.questionnaire.step_form import StepForm, fields_of
from guide.steps import afdaek
from guide.wizard.first_actions import drawn_actions, rules_beside
from guide.wizard.first_pages import BACK, NOW, neighbour, sections_asked
from guide.wizard.sidebar import build_sidebar

_NAMES = afdaek.STEP.names(afdaek.FIRST)
CHANGE = "ret"
Typed = dict[str, list[str]]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """Ask the questions of one subject, and show at the end what to do."""
    here = request.POST.get("afsnit", "")
    typed = fields_of(_NAMES, typed_fields(request))
    if not here:
        return _ask(request, typed, afdaek.FIRST[0])
    if here not in afdaek.FIRST:
        raise Http404
    asked = sections_asked(_form(typed))
    if request.POST.get("handling") == CHANGE:
        return _ask(request, typed, afdaek.FIRST[0])
    if request.POST.get("handling") == BACK:
        return _ask(request, typed, neighbour(asked, here, -1) or here)
    if request.POST.get("handling") == NOW:
        return _advise(request, typed, here)
    if not _form(typed, here, quiet=False).is_valid():
        return _ask(request, typed, here, quiet=False, status=422)
    following = neighbour(asked, here, 1)
    return _ask(request, typed, following) if following else _advise(request, typed, here)


def _form(typed: Typed, section: str = "", *, quiet: bool = True) -> StepForm:
    sections = [section] if section else afdaek.FIRST
    return StepForm(afdaek.STEP, typed, {}, timezone.now(), quiet=quiet, sections=sections)


def _ask(request: HttpRequest, typed: Typed, section: str, *, quiet: bool = True, status: int = 200) -> HttpResponse:
    step_form = _form(typed, section, quiet=quiet)
    asked = sections_asked(step_form)
    context = {
        "section": afdaek.STEP.section(section),
        "step_form": step_form,
        "panel": build_sidebar(step_form.situation),
        "questions": step_form.questions_with(afdaek.FOLLOW_UPS),
        "carried": _carried(typed, section),
        "number": asked.index(section) + 1 if section in asked else 1,
        "total": len(asked),
        "is_last": asked[-1] == section,
    }
    return render(request, "guide/proev.html", context, status=status)


def _advise(request: HttpRequest, typed: Typed, last: str) -> HttpResponse:
    situation = _form(typed).situation
    actions = drawn_actions(situation, municipality=municipality_of(request))
    context = {
        "actions": actions,
        "rules": rules_beside(situation, actions),
        "panel": build_sidebar(situation),
        "carried": _carried(typed),
        "submission_id": uuid4(),
        "last": last,
        "is_unchecked": is_unchecked(),
    }
    return render(request, "guide/proev_svar.html", context)


def _carried(typed: Typed, section: str = "") -> list[tuple[str, str]]:
    """The answers for hidden fields, without those that the section asks on the page itself."""
    own = afdaek.STEP.names([section])
    shown = fields_of(own, typed)
    return [(name, value) for name, values in typed.items() if name not in shown for value in values]
