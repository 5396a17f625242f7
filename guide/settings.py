"""Settings of Handlekort. The environment (guide/web/environment.py) decides what differs between machines.

Three ways to run:

- production, when nothing says otherwise: `SECRET_KEY`, `HANDLEKORT_KEYS` and `ALLOWED_HOSTS` are demanded, all goes
  over https.
- demo, with `HANDLEKORT_DEMO=1` (set by `script/demo`): plain http on this machine only, SQLite only, one-click login.
- tests, through `tests/settings.py`, which starts from production and takes away what a test client cannot do.
"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from guide.accounts.sso import providers
from guide.web import environment

# --- Mode, secrets, hosts --------------------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("HANDLEKORT_DATA") or BASE_DIR / "var")
# Locks by which the processes of one machine know how many PDFs are being made (cases.documents.pdf_queue).
PDF_QUEUE_DIR = Path(tempfile.gettempdir()) / f"handlekort-pdf-{os.getuid()}"
DEMO = environment.flag("HANDLEKORT_DEMO")
DEBUG = False
SECRET_KEY = environment.secret_key()
HANDLEKORT_KEYS = environment.master_keys()
ALLOWED_HOSTS = environment.hosts(DEMO)
# The number of own proxies in front of the server. Only with any are X-Forwarded-For and X-Forwarded-Proto used.
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", 0)

# --- Applications, middleware, templates -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "guide",
    "cases",
    "guide.administration.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "guide.web.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guide.web.middleware.Compression",
    "guide.web.middleware.NoStore",
    "guide.web.middleware.OwnShare",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "guide.web.middleware.SessionLimits",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guide.accounts.sessions.NoKeptForm",
    "allauth.account.middleware.AccountMiddleware",
    "guide.accounts.known_devices.KnownDeviceCookie",
    # The next six decide before the view: what may be sent, from where, whether the account is locked, how often, by
    # whom, and whether the session is locked. How much at once, OwnShare has decided.
    "guide.web.middleware.RejectUploads",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guide.accounts.access_lock.AccessLock",
    "guide.accounts.guess_limits.DoorLimits",
    "guide.accounts.login.LoginRequired",
    "guide.accounts.login.SecondFactorRequired",
    "guide.accounts.sessions.LockedSession",
    "guide.accounts.second_factor_audit.SecondFactorChanges",
    "guide.accounts.carried_answers.CarriedAnswers",
    "guide.web.middleware.NotWritten",
]
ROOT_URLCONF = "guide.urls"
WSGI_APPLICATION = "guide.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guide.accounts.context_processors.site_context",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "guide.web.error_pages.csrf_failure"
# The question's words for a field, on pages that return what was typed.
FIELD_LABEL = "guide.wizard.field_labels.field_label"

# --- Database, cache -------------------------------------------------------------------------------------------------

DATABASES = {"default": environment.database(DATA_DIR, DEMO)}
# The web server's role on PostgreSQL; only `migrate` needs it, which grants it its rights.
WEB_ROLE = environment.text("HANDLEKORT_WEB_ROLE")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts of login attempts, in the database and as JSON: Django's own database cache unpickles what it reads.
CACHES = {"default": {"BACKEND": "guide.accounts.json_cache.JsonCache"}}

# --- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Copenhagen"

# --- Static files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("HANDLEKORT_STATIC") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- What a browser may send -----------------------------------------------------------------------------------------

# 1 MB of text is at most 3 MB when a form encodes it; the form's own limit must refuse it, not this one.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# No handler: a file part is skipped and stored nowhere.
FILE_UPLOAD_HANDLERS: list[str] = []

# --- Login -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["guide.accounts.access_lock.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "mine_sager"
LOGOUT_REDIRECT_URL = "start"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# The least time of the response to a forgotten password: longer than the work for an account takes.
PASSWORD_RESET_SECONDS = 0.3

ACCOUNT_ADAPTER = "guide.accounts.login.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "guide.accounts.login.ResetForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An administrator of the municipality enters the addresses and knows whose they are.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Handlekort: "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Limits on guessing (guide/accounts/guess_limits.py): how many in how long, first from a device on which the account
# has not been used, by address (ip) and by account (key), then from one on which it has, by that device and account
# (key). A school has one address, so that limit is the higher one. docs/security.md has the same table.
GUESS_LIMITS = {
    "login": ("30/m/ip", "30/m/key"),
    "password": ("10/m/ip,5/5m/key,50/d/key", "5/5m/key,50/d/key"),
    "code": ("10/m/ip,5/5m/key,50/d/key", "5/5m/key,50/d/key"),
    "passkey": ("10/m/ip", "10/m/key"),
    "reset": ("20/m/ip", "20/m/key"),
    "reset_link": ("20/m/ip", "20/m/key"),
    "passkey_asked": ("30/m/ip", "30/m/key"),
    "sso": ("30/m/ip", "30/m/key"),
}
# allauth counts what only a session that is logged in can do. "": counted by GUESS_LIMITS.
ACCOUNT_RATE_LIMITS = {
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user,50/d/user",
    "login": "",
    "login_failed": "",
    "reset_password": "",
    "reset_password_from_key": "",
}
MFA_RATE_LIMITS = {"webauthn_login": ""}

MFA_ADAPTER = "guide.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "guide.accounts.second_factor.CodeForm",
    "reauthenticate": "guide.accounts.second_factor.CodeAgainForm",
    "activate_totp": "guide.accounts.second_factor.FirstCodeForm",
    "authenticate_webauthn": "guide.accounts.passkeys.KeyForm",
    "login_webauthn": "guide.accounts.passkeys.KeyLoginForm",
    "reauthenticate_webauthn": "guide.accounts.passkeys.KeyAgainForm",
    "add_webauthn": "guide.accounts.passkeys.NewKeyForm",
    "edit_webauthn": "guide.accounts.passkeys.KeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Handlekort"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1

# Empty unless switched on: see the variables in README.md.
SSO_PROVIDERS = providers.from_environment(environment.Variables(), DEMO)

# --- Sessions and cookies --------------------------------------------------------------------------------------------

SESSION_ENGINE = "guide.accounts.session_store"
# Idle limit. guide.web.middleware.SessionLimits renews it while the user works, and enforces the absolute limit.
SESSION_COOKIE_AGE = int(timedelta(minutes=30).total_seconds())
SESSION_ABSOLUTE_AGE = timedelta(hours=10)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
# Lax, not Strict: a request from a link in a mail or from single sign-on must have the session. No GET changes
# anything.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "session" if DEMO else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if DEMO else "__Host-csrf"
DEVICE_COOKIE_NAME = "device" if DEMO else "__Host-device"

# --- Transport and browser rules -------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else int(timedelta(days=730).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
# Browsers' preload lists are a matter of the whole domain: an administrator asks for it.
SECURE_HSTS_PRELOAD = environment.flag("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# A load balancer asks over plain http, and learns nothing but that the server runs.
SECURE_REDIRECT_EXEMPT = [r"^helbred/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing to other sites. Not "no-referrer": with it browsers send forms with `Origin: null`, and the CSRF check
# refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Mail ------------------------------------------------------------------------------------------------------------

# Mail carries only what allauth sends about the login itself. Without a mail server (and in the demo) nothing is sent.
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = (
    f"{'guide.web.background_mail' if EMAIL_HOST and not DEMO else 'django.core.mail.backends.dummy'}.EmailBackend"
)
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "handlekort@localhost")

# --- Logs and error reports: never content ---------------------------------------------------------------------------

DEFAULT_EXCEPTION_REPORTER = "guide.web.error_reporting.MinimalReport"
DEFAULT_EXCEPTION_REPORTER_FILTER = "guide.web.error_reporting.FormDataFilter"
LOG_FORMAT = environment.one_of("HANDLEKORT_LOG", "text", "json")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "guide.web.error_reporting.ContentFreeFormatter"},
        "json": {"()": "guide.web.error_reporting.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "handlekort": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
