"""The WSGI application that a server such as gunicorn imports."""

import gc
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import reverse

from guide.web.charset import utf_8_only
from guide.web.merge_catalogs import merge_catalogs

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guide.settings")

application = utf_8_only(get_wsgi_application())

from cases.operations.startup_checks import check_before_start  # noqa: E402 - Django has to be set up first

check_before_start()

# A page waits so long for the interpreter after each of its queries, while another thread builds a page of a long case.
sys.setswitchinterval(0.0005)

# Views are imported and templates compiled before a server forks its workers: the first page need not wait for that.
reverse("start")
for template in TEMPLATES.rglob("*.html"):
    get_template(str(template.relative_to(TEMPLATES)))
merge_catalogs(settings.LANGUAGE_CODE)

# All this stays: the collector need not look at it again, which would also copy it into each worker.
gc.collect()
gc.freeze()
