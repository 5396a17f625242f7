"""Two addresses for load balancers and monitors: whether the server runs, and whether it can serve pages now."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cases.models import ChainEnd


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Return 200 for as long as the process answers; the database is not asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Return 200 when the database answers and has its tables, 503 when it does not."""
    try:
        ChainEnd.objects.exists()
    except Error:
        connection.close()
        return HttpResponse("no database", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
