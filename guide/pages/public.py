"""The pages without a login: guidance, acute help, contacts."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases.models import Municipality, User
from guide.directory import accessibility_statements, contacts_for, is_unchecked, legal_notes
from guide.reference import contacts, legal_sources
from guide.steps import BY_KEY, STEPS

ACUTE_CONTACTS = ("alarm_112", "politi_114", "livslinien", "boernetelefonen", "offerraadgivningen")


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return render(request, "guide/start.html", {"steps": STEPS, "is_unchecked": is_unchecked()})


@login_not_required
@require_safe
def acute(request: HttpRequest) -> HttpResponse:
    """ "Eleven sidder her nu": the first five minutes on one page."""
    local = contacts_for(municipality_of(request), contacts.LOCAL_KEYS)
    alarm, police, lifeline, *others = contacts_for(None, ACUTE_CONTACTS)
    context = {
        "calls": (alarm, police),
        "lifeline": lifeline,
        "contacts": (alarm, police, lifeline, *others),
        "local_contacts": local,
        "is_unchecked": is_unchecked(),
    }
    return render(request, "guide/akut.html", context)


@login_not_required
@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """The seven steps at a glance."""
    return render(request, "guide/vejledning.html", {"steps": STEPS, "is_unchecked": is_unchecked()})


@login_not_required
@require_safe
def step_guidance(request: HttpRequest, step: str) -> HttpResponse:
    """What one step is about."""
    if step not in BY_KEY:
        raise Http404
    number = list(BY_KEY).index(step)
    context = {
        "step": BY_KEY[step],
        "number": number + 1,
        "total": len(STEPS),
        "previous": STEPS[number - 1] if number else None,
        "next": STEPS[number + 1] if number + 1 < len(STEPS) else None,
        "is_unchecked": is_unchecked(),
    }
    return render(request, "guide/trin_vejledning.html", context)


@login_not_required
@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """How the level is found, what it never decides, and what differs from the booklet."""
    context = {
        "notes": legal_notes(legal_sources.SOURCES),
        "guidance_only": legal_sources.GUIDANCE_ONLY,
        "is_unchecked": is_unchecked(),
    }
    return render(request, "guide/niveauer.html", context)


@login_not_required
@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    """Everybody to call, the municipality's own first."""
    national = [key for key in contacts.CONTACTS if key not in contacts.LOCAL_KEYS]
    municipality = municipality_of(request)
    context = {
        "municipality": municipality,
        "local_contacts": contacts_for(municipality, contacts.LOCAL_KEYS),
        "contacts": contacts_for(None, national),
        "is_unchecked": is_unchecked(),
    }
    return render(request, "guide/kontakter.html", context)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: the product's part, and what the municipality has filled in."""
    statements = accessibility_statements(municipality_of(request))
    return render(request, "guide/tilgaengelighed.html", {"statements": statements, "is_unchecked": is_unchecked()})


@login_not_required
@require_safe
def statement_address(request: HttpRequest) -> HttpResponse:
    """The short address by which the law has the statement found: on to the municipality's own, or the page here."""
    addresses = {card.url for card in accessibility_statements(municipality_of(request))}
    alone = addresses.pop() if len(addresses) == 1 else ""
    return redirect(alone or "tilgaengelighed")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored about whom, who sees it, and for how long."""
    return render(request, "guide/databeskyttelse.html", {"is_unchecked": is_unchecked()})


def municipality_of(request: HttpRequest) -> Municipality | None:
    """Whose local contacts to show: the reader's own, when somebody is logged in."""
    user = request.user
    if not isinstance(user, User):
        return None
    return user.school.municipality if user.school else user.municipality
