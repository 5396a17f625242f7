"""The addresses of the product."""

from django.contrib import admin
from django.urls import include, path

from guide.demo_login import demo_login
from guide.views import case, plan, public, wizard

_case = "sager/<uuid:public_id>/"

urlpatterns = [
    path("", public.start, name="start"),
    path("akut/", public.acute, name="akut"),
    path("vejledning/", public.guidance, name="vejledning"),
    path("vejledning/<slug:step>/", public.step_guidance, name="trin_vejledning"),
    path("niveauer/", public.levels, name="niveauer"),
    path("kontakter/", public.contact_list, name="kontakter"),
    path("proev/", public.trial, name="proev"),
    path("tilgaengelighed/", public.accessibility, name="tilgaengelighed"),
    path("databeskyttelse/", public.privacy, name="databeskyttelse"),
    path("sager/ny/", case.new, name="ny_sag"),
    path(_case, case.overview, name="sag"),
    path(_case + "trin/<slug:step>/", wizard.step_page, name="trin"),
    path(_case + "trin/<slug:step>/kladde/", wizard.draft, name="kladde"),
    path(_case + "trin/<slug:step>/spring-over/", wizard.skip, name="spring_over"),
    path(_case + "plan/", plan.plan, name="plan"),
    path(_case + "plan/<slug:duty>/", plan.tick, name="pligt"),
    path("", include("cases.urls")),
    path("demo/log-ind/", demo_login, name="demo_login"),
    path("konto/", include("guide.account_urls")),
    path("admin/", admin.site.urls),
]

handler500 = "guide.refusals.failed"
