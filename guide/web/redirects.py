"""Where a page may redirect to."""

from django.utils.http import url_has_allowed_host_and_scheme


def is_local_path(url: str | None) -> bool:
    """Return whether the address is a path on this site from its root; `redirect` reads other text as a view."""
    return url is not None and url.startswith("/") and url_has_allowed_host_and_scheme(url, None)
