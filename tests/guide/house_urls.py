"""A small house for the tests of login and middleware: a public page, one behind login, one that breaks."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from guide.accounts.demo_login import demo_login


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"public for {request.user}")


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"private for {request.user}: {request.POST.get('text', '')}")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("text", "")
    raise ValueError(f"cannot read {typed}")


_ELSEWHERE = (
    "akut", "databeskyttelse", "kontakter", "niveauer", "opbevaring", "opslag", "statistik", "tilgaengelighed",
    "vejledning",
)  # fmt: skip

urlpatterns = [
    path("", public, name="start"),
    path("proev/", public, name="proev"),
    path("sager/", private, name="mine_sager"),
    path("broken/", broken, name="broken"),
    path("demo/log-ind/", demo_login, name="demo_login"),
    path("konto/", include("guide.accounts.urls")),
    path("admin/", admin.site.urls),
    # What the frame of every page leads to beside these, at the addresses of the product.
    *(path(f"{name}/", public, name=name) for name in _ELSEWHERE),
]
