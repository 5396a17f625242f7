"""An OpenID provider on loopback, in a process of its own: django-oauth-toolkit, with PKCE demanded and RS256.

    python -m tests.provider FOLDER REDIRECT_URI…

It prints one line of JSON when it serves: its address, its client and its key. Who logs in is named in the address
(`person`), and what the provider then claims about them stands in FOLDER/PERSON.json, `sub` included.
"""

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

CLIENT = "handlekort"
SECRET = "only-for-the-tests"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def new_key() -> str:
    return (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def configure(folder: Path, key: str) -> None:
    settings.configure(
        SECRET_KEY="provider",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.provider.parts",
        USE_TZ=True,
        # The client's secret is checked at every login, and here it is no secret.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "provider.sqlite3",
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        MIGRATION_MODULES={"auth": None, "contenttypes": None, "oauth2_provider": None},
        MIDDLEWARE=["tests.provider.parts.PersonInTheAddress"],
        CLAIMS_FOLDER=folder,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key,
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "openid", "email": "email"},
            "OAUTH2_VALIDATOR_CLASS": "tests.provider.claims.Claims",
        },
    )


def serve(folder: Path, redirect_uris: list[str]) -> None:
    key = new_key()
    configure(folder, key)
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from oauth2_provider.models import Application  # noqa: PLC0415

    Application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        name="Handlekort",
        redirect_uris=" ".join(redirect_uris),
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, QuietHandler)
    line = {"issuer": f"http://127.0.0.1:{server.server_port}/o", "client": CLIENT, "secret": SECRET, "key": key}
    print(json.dumps(line), flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])
