"""Papers that anybody may print: the sheets for talks, blank, and the card on one page for the wall."""

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.models import Municipality
from guide.directory import contacts_for, is_unchecked
from guide.pages.public import municipality_of
from guide.papers.talks import talk_sheets
from guide.reference import contacts
from guide.steps import STEPS
from guide.web.qr_code import qr_code

_CALLED: Final = ("alarm_112", "politi_114", "livslinien", "boernetelefonen")


@login_not_required
@require_safe
def talks(request: HttpRequest) -> HttpResponse:
    """The sheets for talks, for no case."""
    return render(request, "guide/samtaler.html", {"sheets": talk_sheets(), "is_unchecked": is_unchecked()})


@login_not_required
@require_safe
def wall_card(request: HttpRequest) -> HttpResponse:
    """The seven steps, what comes first and whom to call, on one sheet of A4 or A3."""
    municipalities = list(Municipality.objects.order_by("name"))
    municipality = municipality_of(request) or _chosen(municipalities, request.GET.get("kommune", ""))
    context = {
        "steps": STEPS,
        "municipality": municipality,
        "municipalities": municipalities,
        "contacts": contacts_for(None, _CALLED),
        "local_contacts": contacts_for(municipality, contacts.LOCAL_KEYS),
        "qr_code": qr_code(request.build_absolute_uri(reverse("akut"))),
        "is_unchecked": is_unchecked(),
        "is_large": request.GET.get("ark") == "a3",
    }
    return render(request, "guide/vaegkort.html", context)


def _chosen(municipalities: list[Municipality], name: str) -> Municipality | None:
    """Return the one municipality that there is, or the one of this name."""
    if len(municipalities) == 1:
        return municipalities[0]
    return next((one for one in municipalities if one.name == name), None)
