"""The WSGI application that a server such as gunicorn imports."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guide.settings")

application = get_wsgi_application()

from cases.checks import prove_start  # noqa: E402 - Django has to be set up first

prove_start()
