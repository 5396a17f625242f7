from django.http import HttpResponse
from django.urls import path


def later(request, **kw):
    return HttpResponse("later")


urlpatterns = [path("sager/", later, name="mine_sager")] + [
    path(f"sager/<uuid:public_id>/{n}/", later, name=n)
    for n in (
        "log",
        "notat",
        "resume",
        "resume_pdf",
        "politiark_pdf",
        "logark_pdf",
        "henvis",
        "adgang",
        "status",
        "ansvarlig",
    )
]
