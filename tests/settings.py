"""Settings of the test suite: production's own, less what a test client over plain http cannot do."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for _name in ("HANDLEKORT_DEMO", "TRUSTED_PROXIES", "EMAIL_HOST"):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
os.environ["HANDLEKORT_KEYS"] = "test:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"

from guide.settings import *  # noqa: E402, F403
from guide.settings import BASE_DIR, DATABASES, STORAGES  # noqa: E402
from guide.web.compile_translations import compile_translations  # noqa: E402

compile_translations(BASE_DIR / "locale")  # before anything is said

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
DEVICE_COOKIE_NAME = "device"

# Static files straight from their folders: no collectstatic before a test.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
_SCRATCH = Path(tempfile.mkdtemp(prefix="handlekort-test-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)
PDF_QUEUE_DIR = _SCRATCH / "pdf"
STATIC_ROOT = _SCRATCH / "static"
STATIC_ROOT.mkdir()
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

# A file, not memory: each thread of a test then has a connection of its own, as it has in the product. In a folder of
# the process's own, so that two runs at once do not meet and nothing stays behind.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": _SCRATCH / "test.sqlite3"}
    # A commit that waits for the disk takes twenty times as long. What a power cut leaves is shown by processes under
    # production's own settings (tests/attack/durability). PostgreSQL's server of the suite waits for no disk either.
    _options = DATABASES["default"]["OPTIONS"]
    _options = _options | {"init_command": f"{_options['init_command']} PRAGMA synchronous=OFF;"}
    DATABASES["default"]["OPTIONS"] = _options
