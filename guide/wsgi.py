"""The WSGI application that a server such as gunicorn imports."""

import os

from django.core.wsgi import get_wsgi_application

from guide.web.charset import utf_8_only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guide.settings")

application = utf_8_only(get_wsgi_application())

from cases.operations.startup_checks import check_before_start  # noqa: E402 - Django has to be set up first

check_before_start()
