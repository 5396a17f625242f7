"""What script/bench compares with: a bare Django app whose one form, behind login, inserts one row.

`HANDLEKORT_BENCH` names its SQLite file; the settings of SQLite are the product's own. Served as
`script.bench_app:application`.
"""

import os

import django
from django.conf import settings

from guide.web.environment import SQLITE_OPTIONS

SECRET = "only-for-the-bench-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - it guards nothing

settings.configure(
    SECRET_KEY=SECRET,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["HANDLEKORT_BENCH"],
            "OPTIONS": dict(SQLITE_OPTIONS),
            "ATOMIC_REQUESTS": True,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django import forms
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path


class Note(models.Model):
    """One row."""

    title = models.CharField(max_length=200)
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one form."""

    class Meta:
        model = Note
        fields = ("title", "text")


def note(request: HttpRequest) -> HttpResponse:
    """Insert the row and redirect, or say what is wrong."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_json(), status=422)
    form.save()
    return redirect("/")


urlpatterns = [path("", note)]
application = get_wsgi_application()


def prepare() -> str:
    """Make the tables and a user; returns the key of a session that is logged in."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Note)
    user = User.objects.create_user("bench")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    print(prepare())
