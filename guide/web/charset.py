"""Wraps Django: a request that names another charset than UTF-8 would fail before any middleware.

Django reads the address in whatever ``charset`` the content type names, "hex" and "rot13" among them, and that as soon
as the request is made.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_FOREIGN: Final = re.compile(r"""charset(?!\s*=\s*"?utf-?8"?\s*(?:;|$))""", re.IGNORECASE)


def utf_8_only(application: Application) -> Application:
    """Wrap a WSGI application: the word ``charset`` is renamed, so that guide.web.middleware can refuse it."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _FOREIGN.sub("charset-not-read", environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return guarded
