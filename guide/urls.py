"""The addresses of the product."""

from django.contrib import admin
from django.urls import include, path

from guide.accounts.demo_login import demo_login
from guide.pages import health, public, trial
from guide.papers import case_papers, open_papers
from guide.wizard import first_pages, follow_up, overview, plan, telling, views

_case = "sager/<uuid:public_id>/"

urlpatterns = [
    path("", public.start, name="start"),
    path("akut/", public.acute, name="akut"),
    path("vejledning/", public.guidance, name="vejledning"),
    path("vejledning/<slug:step>/", public.step_guidance, name="trin_vejledning"),
    path("samtaler/", open_papers.talks, name="samtaler"),
    path("vaegkort/", open_papers.wall_card, name="vaegkort"),
    path("niveauer/", public.levels, name="niveauer"),
    path("kontakter/", public.contact_list, name="kontakter"),
    path("proev/", trial.trial, name="proev"),
    path("tilgaengelighed/", public.accessibility, name="tilgaengelighed"),
    path("was/", public.statement_address, name="was"),
    path("databeskyttelse/", public.privacy, name="databeskyttelse"),
    path("helbred/", health.alive, name="helbred"),
    path("helbred/klar/", health.ready, name="helbred_klar"),
    path("sager/ny/", overview.new, name="ny_sag"),
    path(_case, overview.overview, name="sag"),
    path(_case + "foerst/<slug:section>/", first_pages.first_page, name="foerst"),
    path(_case + "nu/", first_pages.now, name="nu"),
    path(_case + "nu/ledelsen/", telling.tell, name="sig_til_ledelsen"),
    path(_case + "kendetegn/", overview.label, name="kendetegn"),
    path(_case + "trin/<slug:step>/", views.step_tasks, name="trin_opgaver"),
    path(_case + "trin/<slug:step>/spring-over/", views.skip, name="spring_over"),
    path(_case + "trin/<slug:step>/<slug:section>/", views.section_page, name="trin"),
    path(_case + "trin/<slug:step>/<slug:section>/kladde/", views.draft, name="kladde"),
    path(_case + "papirer/", case_papers.papers, name="papirer"),
    path(_case + "kort/", case_papers.first_page, name="kort"),
    path(_case + "kort.pdf", case_papers.first_page_pdf, name="kort_pdf"),
    path(_case + "samtaler/", case_papers.talks, name="sagens_samtaler"),
    path(_case + "underretning/<slug:child>/", case_papers.notification, name="underretning"),
    path(_case + "underretning/<slug:child>/udkast.pdf", case_papers.notification_pdf, name="underretning_pdf"),
    path(_case + "plan/", plan.plan, name="plan"),
    path(_case + "plan/<slug:duty>/", plan.tick, name="pligt"),
    path(_case + "opfoelgning/", follow_up.follow_up, name="opfoelgning"),
    path("", include("cases.urls")),
    path("demo/log-ind/", demo_login, name="demo_login"),
    path("konto/", include("guide.accounts.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "guide.web.error_pages.failed"
