"""The papers of a case: what each is for and which fit now, the one page with names masked, talks, notifications."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.access.current_user import current_user
from cases.access.page_queue import PAGE_QUEUE
from cases.access.paper_log import Stamp
from cases.access.permissions import can, case_view
from cases.documents import pdf
from cases.documents.first_page import build_first_page
from cases.documents.names import initials_of, masks_for, names_masked, with_initials
from cases.documents.notification import NotifiedChild, build_notification
from cases.documents.summary import Sheet, build_summary
from cases.enums import AuditVerb, CaseAction, Document
from cases.log.case_file import CaseFile, read_case, read_current
from cases.log.case_label import read_label
from cases.models import Case
from cases.views.documents import ASKED_FOR, HandOut, hand_out
from guide.directory import contacts_for
from guide.papers.talks import talk_sheets
from guide.questionnaire.rows import WHO
from guide.questionnaire.schema import Situation
from guide.rules.children import PUPIL_KEY, Child
from guide.rules.enums import Flag, FlagState, Words
from guide.rules.facts import OFFENDER_KEY
from guide.rules.flags import state_of
from guide.steps import anmeld
from guide.wizard.case_state import situation_of

PUPIL = "elev"
"""The pupil of the first questions in an address."""
_NAMES, _STAFF = ("navne", "alle"), ("ansatte", "initialer")
"""What a link asks for: all names, and staff by their initials."""


@dataclass(frozen=True)
class Paper:
    """A paper: what it is for, where to read it, its buttons, and why it fits now, or why it does not."""

    title: Words
    use: Words
    links: tuple[tuple[Words, str], ...] = ()
    hand: HandOut | None = None
    fits: Words = ""
    not_now: Words = ""


@require_safe
@case_view(AuditVerb.OPEN)
def papers(request: HttpRequest, case: Case) -> HttpResponse:
    """Every paper that the user may have, those that fit now first."""
    situation = situation_of(read_current(case), timezone.now())
    found = list(_papers(case, situation, lambda action: can(request.user, case, action)))
    context = {
        "case": case,
        "fitting": [paper for paper in found if paper.fits],
        "others": [paper for paper in found if not paper.fits],
    }
    return render(request, "guide/papirer.html", context)


def _papers(case: Case, situation: Situation, may: Callable[[CaseAction], bool]) -> Iterator[Paper]:
    def at(name: str, *more: str) -> str:
        return reverse(name, args=[case.public_id, *more])

    assessment = situation.assessment
    home = state_of(assessment.flags, Flag.HOME) != FlagState.NOT_SET
    if may(CaseAction.PRINT):
        yield Paper(
            _("Kort resumé"),
            _("Til et møde: hele sagen på én side. Andre elevers navne er skjult, til du vælger noget andet."),
            ((_("Se, og vælg navne"), at("kort")),),
            HandOut.of(Document.SHORT, at("kort_pdf")),
            fits=_("Passer altid."),
        )
        yield Paper(
            _("Sagsresumé"),
            _("Til skolens mappe: det korte resumé og alt, der er svaret, med navne."),
            ((_("Se"), at("resume")),),
            HandOut.of(Document.SUMMARY, at("resume_pdf")),
        )
    if may(CaseAction.EXPORT):
        police = assessment.police_first or assessment.police_consulted
        yield Paper(
            _("Faktaark til politiet"),
            _("Når I taler med politiet eller anmelder: det, der er sket, og hvor beviserne er. Uden vurderinger."),
            hand=HandOut.of(Document.POLICE_SHEET, at("politiark_pdf")),
            fits=_("Politiet skal med eller er spurgt.") if police else "",
        )
        decided = decided_children(situation)
        yield Paper(
            _("Udkast til underretning"),
            _("Til kommunen: ét for hvert barn. Læs det igennem, og ret det til, før I sender det."),
            tuple((child.words, at("underretning", child.key or PUPIL)) for child in decided),
            fits=_("I har besluttet at underrette.") if decided else "",
            not_now="" if decided else _("Kommer, når I har besluttet en underretning under »Anmeld«."),
        )
        yield Paper(
            _("Logark til familien"),
            _("Et tomt ark til familiens egne notater. Af sagen står kun nummeret."),
            hand=None if home else HandOut.of(Document.LOG_SHEET, at("logark_pdf")),
            not_now=_("Giv det ikke til familien nu: det kan komme fra hjemmet.") if home else "",
        )
    yield Paper(
        _("Samtaleark"),
        _("Før du taler med eleven, forældrene, den, der har krænket, klassen eller kolleger."),
        ((_("Se og udskriv"), at("sagens_samtaler")),),
        fits=_("Rettet til denne sag."),
    )
    if may(CaseAction.EXPORT):
        yield Paper(
            _("Hele loggen"),
            _("Til domstol, indsigt og arkiv: hver linje, som den blev skrevet."),
            hand=HandOut.of(Document.LOG, at("log_pdf")),
        )
        yield Paper(
            _("Sagsmappe"),
            _("Til et andet system: det korte resumé, loggen som data og det, der viser, at de er ægte. En ZIP-fil."),
            hand=HandOut.of(Document.CASE_FOLDER, at("sagsmappe_zip")),
        )
    yield Paper(
        _("Handlekortet på én side"),
        _("Til væggen på lærerværelset. Uden login og uden noget om sagen."),
        ((_("Se og udskriv"), reverse("vaegkort")),),
    )


@require_safe
@case_view(AuditVerb.OPEN)
def talks(request: HttpRequest, case: Case) -> HttpResponse:
    """The sheets for talks, by the level and the flags of the case."""
    situation = situation_of(read_current(case), timezone.now())
    return render(request, "guide/samtaler.html", {"case": case, "sheets": talk_sheets(situation.assessment)})


# --- The one page -----------------------------------------------------------------------------------------------------


@require_safe
@case_view(AuditVerb.OPEN, action=CaseAction.PRINT)
def first_page(request: HttpRequest, case: Case) -> HttpResponse:
    """The one page as it will be printed, with what is masked."""
    case_file = read_case(case)
    masks = masks_for(case_file, _pupil_name(case_file))
    chosen = [choice for choice in (_NAMES, _STAFF) if _wants(request, choice)]
    context = {
        "case": case,
        "sheet": _first_page(request, case, case_file, timezone.now()),
        "all_names": _NAMES in chosen,
        "initials": _STAFF in chosen,
        "hand": HandOut.of(Document.SHORT, _with(reverse("kort_pdf", args=[case.public_id]), chosen)),
        "other_names": urlencode(_turned(chosen, _NAMES)),
        "other_staff": urlencode(_turned(chosen, _STAFF)),
        "masked": names_masked(case_file, masks),
        "left": masks.shared,
    }
    return render(request, "guide/kort.html", context)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.PRINT)
def first_page_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The one page as a PDF."""

    def draw(stamp: Stamp) -> bytes:
        with PAGE_QUEUE:
            sheet = _first_page(request, case, read_case(case, now=stamp.at), stamp.at)
        return pdf.render_first_page(sheet, stamp)

    return hand_out(request, case, Document.SHORT, "kort-resume", draw)


def _first_page(request: HttpRequest, case: Case, case_file: CaseFile, now: datetime) -> Sheet:
    label = read_label(case) if can(request.user, case, CaseAction.EXPORT) else ""
    if _wants(request, _STAFF):
        case_file = with_initials(case_file)
    sheet = build_summary(case, case_file, current_user(request), now, label)
    if _wants(request, _STAFF):
        sheet = replace(sheet, printed_by=initials_of(sheet.printed_by))
    if _wants(request, _NAMES):
        return sheet
    mask = masks_for(case_file, _pupil_name(case_file)).text
    return replace(sheet, label=mask(label), first=build_first_page(case_file, mask))


def _with(address: str, chosen: list[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(chosen)}" if chosen else address


def _turned(chosen: list[tuple[str, str]], choice: tuple[str, str]) -> list[tuple[str, str]]:
    return [one for one in (_NAMES, _STAFF) if (one in chosen) is not (one == choice)]


def _wants(request: HttpRequest, choice: tuple[str, str]) -> bool:
    name, value = choice
    return request.GET.get(name) == value


def _pupil_name(case_file: CaseFile) -> str:
    return situation_of(case_file, timezone.now()).assessment.facts.victims[0].name


# --- Notifications ----------------------------------------------------------------------------------------------------


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT, detail=Document.NOTIFICATION)
def notification(request: HttpRequest, case: Case, child: str) -> HttpResponse:
    """The draft of a notification about one child, to copy. Raises Http404 for one not decided on."""
    chosen = [_NAMES] if _wants(request, _NAMES) else []
    address = _with(reverse("underretning_pdf", args=[case.public_id, child]), chosen)
    context = _notification(request, case, child, timezone.now()) | {
        "all_names": bool(chosen),
        "other_names": urlencode(_turned(chosen, _NAMES)),
        "hand": HandOut.of(Document.NOTIFICATION, address),
    }
    return render(request, "guide/underretning.html", context)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.EXPORT)
def notification_pdf(request: HttpRequest, case: Case, child: str) -> HttpResponse:
    """The draft as a PDF. Raises Http404 for a child not decided on."""

    def draw(stamp: Stamp) -> bytes:
        with PAGE_QUEUE:
            context = _notification(request, case, child, stamp.at)
        return pdf.render_notification(context | {"printed_by": current_user(request).name}, stamp)

    return hand_out(request, case, Document.NOTIFICATION, "underretning", draw)


def _notification(request: HttpRequest, case: Case, child: str, now: datetime) -> dict[str, Any]:
    case_file = read_case(case, now=now)
    situation = situation_of(case_file, now)
    about = next((one for one in decided_children(situation) if (one.key or PUPIL) == child), None)
    if about is None:
        raise Http404
    notified = NotifiedChild(
        key=child, name=about.words, is_pupil=about.key == PUPIL_KEY, violated=about.part == OFFENDER_KEY
    )
    (receiver,) = contacts_for(case.school.municipality, ["underretning_modtagelse"])
    draft = build_notification(case_file, notified, all_names=_wants(request, _NAMES))
    return {"case": case, "draft": draft, "receiver": receiver}


def decided_children(situation: Situation) -> list[Child]:
    """Return the children about whom it is decided to notify, or who were notified about."""
    decided = {str(row.get(WHO, "")) for row in _decisions(situation) if row.get("decision") in anmeld.DECIDED}
    if situation.get(anmeld.KEY, "notification") in anmeld.DECIDED:
        decided.add(PUPIL_KEY)
    return [child for child in situation.assessment.children if child.key in decided]


def _decisions(situation: Situation) -> list[dict[str, object]]:
    rows = situation.get(anmeld.KEY, "notifications")
    return rows if isinstance(rows, list) else []
