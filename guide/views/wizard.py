"""A step of a case: asked, kept as a draft while it is typed, filed when it is saved, never overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases import record
from cases.access import case_view
from cases.content import FrozenSection
from cases.dossier import Dossier, StepReading
from cases.dossier import read as read_dossier
from cases.models import Case, User
from cases.vocabulary import AuditVerb, Deed, Status
from guide import filing, progress
from guide.forms import SkipForm
from guide.steps import BY_KEY, STEPS
from guide.steps.filled import Filled, data_from_answers, with_row_added, without_row
from guide.steps.layout import Step
from guide.views.panel import panel_of

_CONTROLS = frozenset({"csrfmiddlewaretoken", "handling", "base_seq", "submission_id", "vist"})
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


@dataclass(frozen=True)
class Page:
    """What every way through a step has at hand."""

    request: HttpRequest
    user: User
    case: Case
    step: Step
    dossier: Dossier

    def filled(self, data: Mapping[str, list[str]], *, quiet: bool) -> Filled:
        """The step with ``data``, judged together with the other steps as they are filed."""
        others = {key: answers for key, answers in self.dossier.answers().items() if key != self.step.key}
        return Filled(self.step, data, others, timezone.now(), acted_on=filing.acted_on(self.dossier), quiet=quiet)

    @property
    def filed_data(self) -> dict[str, list[str]]:
        """The newest filed answers as form data."""
        return dict(data_from_answers(self.step, self.dossier.answers().get(self.step.key, {})).lists())

    @property
    def filed(self) -> StepReading | None:
        """The newest filing of this step."""
        return self.dossier.steps.get(self.step.key)

    @property
    def newest_seq(self) -> int:
        """The number of the newest filing of this step; 0 when there is none."""
        return filed.seq if (filed := self.filed) else 0

    def stands_filed(self, filled: Filled) -> bool:
        """Whether the newest filing holds just these answers."""
        return self.filed is not None and self.filed.content["answers"] == filled.answers

    @property
    def url(self) -> str:
        """This step's address."""
        return reverse("trin", args=[self.case.public_id, self.step.key])


@dataclass(frozen=True)
class Difference:
    """A question on which the filed step and the text just sent do not agree."""

    question: str
    filed: str
    yours: str


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.WALK)
def step_page(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Show a step, or do what the pressed button says."""
    page = _page(request, case, step)
    if case.status == Status.CLOSED:
        return redirect("resume", case.public_id)
    if request.method != "POST":
        return _show(page)
    data = _typed(request)
    action, _colon, target = request.POST.get("handling", _unsaid(request)).partition(":")
    if action in (SAVE, SAVE_AND_GO_ON):
        return _save(page, data, go_on=action == SAVE_AND_GO_ON)
    if action == DISCARD:
        record.drop_draft(case=case, by=page.user, step=step)
        return redirect(page.url)
    if action in (ADD, REMOVE):
        data = _with_rows(page.step, data, action, target)
    kept = _with_closed(page, data)
    if not _keep_draft(page, kept):
        return _save(page, data, go_on=False)
    if action == REFRESH:
        return _refreshed(page, kept)
    if action in (ADD, REMOVE):
        return _with_new_rows(page, kept, target.partition(":")[0], added=action == ADD)
    return redirect(_previous(page) if action == BACK else reverse("sag", args=[case.public_id]))


@require_POST
@case_view(AuditVerb.DRAFT, deed=Deed.WALK)
def draft(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Keep what is being typed; answers with nothing."""
    page = _page(request, case, step)
    kept = _keep_draft(page, _with_closed(page, _typed(request)))
    return HttpResponse(status=204 if kept else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.WALK)
def skip(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Pass a step by, with the reason."""
    page = _page(request, case, step)
    if case.status == Status.CLOSED:
        return redirect("resume", case.public_id)
    sent = request.POST if request.method == "POST" else None
    form = SkipForm(sent, initial={"submission_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        record.skip_step(
            case=case,
            by=page.user,
            step=step,
            title=str(page.step.title),
            reason=form.cleaned_data["reason"],
            submission_id=form.cleaned_data["submission_id"],
        )
        return redirect("sag", case.public_id)
    judgement = page.filled(page.filed_data, quiet=True).judgement
    context = {"case": case, "step": page.step, "form": form, "judgement": judgement}
    return render(request, "guide/spring_over.html", context, status=422 if form.is_bound else 200)


def _unsaid(request: HttpRequest) -> str:
    """What a form sent without a button wants: htmx sends it at every change of an answer, the Enter key to save."""
    return REFRESH if request.headers.get("HX-Request") else SAVE


def _page(request: HttpRequest, case: Case, step: str) -> Page:
    if step not in BY_KEY or not isinstance(request.user, User):
        raise Http404
    return Page(request, request.user, case, BY_KEY[step], read_dossier(case))


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    """What the user typed, without the controls of the form."""
    return {name: values for name, values in request.POST.lists() if name not in _CONTROLS}


def _show(page: Page) -> HttpResponse:
    """The step as last filed, or with the reader's own draft on top."""
    kept = record.read_draft(case=page.case, by=page.user, step=page.step.key)
    filled = page.filled(kept.data if kept else page.filed_data, quiet=True)
    differences = _differences(page, filled) if kept and kept.base_seq < page.newest_seq else []
    return _render(page, filled, draft=kept, differences=differences)


def _save(page: Page, data: Mapping[str, list[str]], *, go_on: bool) -> HttpResponse:
    """File the step; what cannot be filed is kept as a draft and shown with what is wrong."""
    filled = page.filled(data, quiet=False)
    if not filled.is_valid():
        _keep_draft(page, _with_closed(page, data))
        return _render(page, filled, status=422)
    try:
        entry = filing.file_step(
            case=page.case,
            by=page.user,
            filled=filled,
            dossier=page.dossier,
            base_seq=_base_seq(page.request),
            submission_id=_submission_id(page.request),
        )
    except record.Stale:
        return _conflict(page, filled, data)
    # Sent before, but with other words: the answer to it was lost, and the user typed on in the same form.
    if entry.seq <= page.newest_seq and not page.stands_filed(filled):
        return _conflict(page, filled, data)
    return redirect(_after_saving(page, filled, go_on=go_on))


def _conflict(page: Page, filled: Filled, data: Mapping[str, list[str]]) -> HttpResponse:
    """Nothing is overwritten: both texts side by side, and the user's own still in the form."""
    _keep_draft(page, _with_closed(page, data))
    return _render(page, filled, differences=_differences(page, filled), conflict=True, status=409)


def _after_saving(page: Page, filled: Filled, *, go_on: bool) -> str:
    """Where to go: on, unless the answers opened questions that stood on no page yet (so it is without JavaScript)."""
    unseen = filled.open_names() - set(page.request.POST.getlist("vist"))
    if any(not filled.answers[name] for name in unseen) and go_on:
        return f"{page.url}?gemt={page.step.key}&nye"
    return f"{_next(page) if go_on else page.url}?gemt={page.step.key}"


def _refreshed(page: Page, data: Mapping[str, list[str]]) -> HttpResponse:
    """What an answer changes: the questions that open or close, and what stands beside them."""
    if not page.request.headers.get("HX-Request"):
        return redirect(page.url)
    filled = page.filled(data, quiet=True)
    seen = set(page.request.POST.getlist("vist"))
    changed = seen ^ filled.open_names()
    sections = list(filled.sections())
    context = {
        "panel": panel_of(filled.situation, page.dossier),
        "case": page.case,
        "form_url": page.url,
        "questions": [q for section in sections for q in section.questions if q.name in changed],
        "tables": [t for section in sections for t in section.tables if t.table.key in changed],
    }
    response = render(page.request, "guide/_opdateret.html", context)
    response["HX-Trigger"] = "kladde-gemt"
    return response


def _with_new_rows(page: Page, data: Mapping[str, list[str]], table: str, *, added: bool) -> HttpResponse:
    """The table with a row more or less: the table alone under htmx, else the whole page again."""
    if not page.request.headers.get("HX-Request"):
        return redirect(f"{page.url}#tabel-{table}-titel")
    filled = page.filled(data, quiet=True)
    shown = next(t for section in filled.sections() for t in section.tables if t.table.key == table)
    if added and shown.rows:
        first = next(iter(shown.rows[-1].form.fields.values()))
        first.widget.attrs["autofocus"] = True
    context = {
        "table": shown,
        "panel": panel_of(filled.situation, page.dossier),
        "case": page.case,
        "form_url": page.url,
    }
    response = render(page.request, "guide/_tabel_opdateret.html", context)
    response["HX-Trigger"] = "kladde-gemt"
    return response


def _with_rows(step: Step, data: Mapping[str, list[str]], action: str, target: str) -> dict[str, list[str]]:
    """The data with a row added or taken out; a table that the step has not is answered as missing."""
    table, _colon, number = target.partition(":")
    if table not in {known.key for known in step.tables}:
        raise Http404
    if action == ADD:
        return with_row_added(data, table)
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return without_row(data, table, int(number))


def _render(
    page: Page,
    filled: Filled,
    *,
    draft: record.DraftReading | None = None,
    differences: list[Difference] | None = None,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    # Whoever has been shown where the newest filing differs builds on it; errors alone show nothing of it.
    base_seq = _base_seq(page.request) if status == 422 else page.newest_seq
    context = {
        "case": page.case,
        "step": page.step,
        "steps": progress.states(page.case, page.dossier, current=page.step.key),
        "filled": filled,
        "sections": list(filled.sections()),
        "panel": panel_of(filled.situation, page.dossier),
        "form_url": page.url,
        "draft": draft,
        "differences": differences,
        "conflict": conflict,
        "filed": page.filed,
        "receipt": progress.receipt(page.dossier, page.request.GET.get("gemt", "")),
        "new_questions": "nye" in page.request.GET,
        "base_seq": base_seq,
        "submission_id": uuid4(),
        "previous": _previous(page),
    }
    return render(page.request, "guide/trin.html", context, status=status)


def _with_closed(page: Page, data: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is typed, with what was typed earlier in questions that are closed now: there again should they open."""
    before = record.read_draft(case=page.case, by=page.user, step=page.step.key)
    shown = set(page.request.POST.getlist("vist"))
    earlier = before.data if before else page.filed_data
    closed = {name: values for name, values in earlier.items() if _is_hidden(page.step, name, shown)}
    return {**closed, **data}


def _keep_draft(page: Page, data: Mapping[str, list[str]]) -> bool:
    """Keep what is typed; False for what may not be kept even as a draft: a file pasted in as text, or sheer size."""
    if _base_seq(page.request) < page.newest_seq:
        # Overtaken by the saving of its own form, a draft holds nothing that is not filed.
        filled = page.filled(data, quiet=False)
        if filled.is_valid() and page.stands_filed(filled):
            return True
    try:
        record.save_draft(case=page.case, by=page.user, step=page.step.key, data=data, base_seq=_base_seq(page.request))
    except ValidationError:
        return False
    return True


def _is_hidden(step: Step, name: str, shown: set[str]) -> bool:
    return any(
        key not in shown and (name in (key, key + "_ved_ikke") or name.startswith(f"{key}-")) for key in step.conditions
    )


def _differences(page: Page, filled: Filled) -> list[Difference]:
    """Question by question where the newest filing and the reader's own text differ."""
    filed = _lines(page.filed.content["sections"]) if page.filed else {}
    yours = _lines(filled.frozen())
    keys = [key for key in {**filed, **yours} if filed.get(key, ("", ""))[1] != yours.get(key, ("", ""))[1]]
    return [
        Difference((yours.get(key) or filed[key])[0], filed.get(key, ("", ""))[1], yours.get(key, ("", ""))[1])
        for key in keys
    ]


def _lines(sections: list[FrozenSection]) -> dict[str, tuple[str, str]]:
    """Key -> (question, answer) of every row and table of the sections."""
    found = {row["key"]: (row["question"], row["answer"]) for section in sections for row in section["rows"]}
    for section in sections:
        for table in section["tables"]:
            rows = "\n".join("; ".join(cell for cell in row if cell) for row in table["rows"])
            found[table["key"]] = (table["title"], rows)
    return found


def _base_seq(request: HttpRequest) -> int:
    """The filing that the form was built on, as the form says."""
    typed = request.POST.get("base_seq", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else 0


def _submission_id(request: HttpRequest) -> UUID:
    """The form's own number, so that a second press files nothing new."""
    try:
        return UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return uuid4()


def _neighbour(page: Page, distance: int) -> str:
    number = STEPS.index(page.step) + distance
    if 0 <= number < len(STEPS):
        return reverse("trin", args=[page.case.public_id, STEPS[number].key])
    return reverse("sag", args=[page.case.public_id])


def _previous(page: Page) -> str:
    return _neighbour(page, -1)


def _next(page: Page) -> str:
    return _neighbour(page, 1)
