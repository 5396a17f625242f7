"""Server logs and error reports: enough to find the fault, never what anybody typed."""

import json
import logging
import traceback
from collections.abc import ItemsView
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

# Their messages hold a path, a host or a reason, never a form's text. For all others only the source line is logged.
TRUSTED_LOGGERS = ("handlekort", "django.request", "django.security", "django.server")


class FormDataFilter(SafeExceptionReporterFilter):
    """An error report without form data, cookies or the values of variables, whatever DEBUG says."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Return True: values are never shown."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return no form data."""
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """Return no variables: any may hold what was typed."""
        return dict[str, Any]().items()

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """Return no cookie."""
        return {}

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        """Return no headers: query string and referrer may hold a search word."""
        return {}


class MinimalReport(ExceptionReporter):
    """An error report without the request and without the exception's message, which often quotes what was typed."""

    def __init__(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)

    def get_traceback_data(self) -> dict[str, Any]:
        """Return Django's data without the messages of the exceptions."""
        data = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["exc_cause"] = None
        return data | {"exception_value": "(withheld)", "exception_notes": ""}


class ContentFreeFormatter(logging.Formatter):
    """One line per event: time, level, logger, message where it is known to be harmless, for an error its source lines.

    An exception's own message is left out, because it often quotes the value that caused it. Control characters are
    written as escapes, so a line cannot pretend to be two.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as one line of printable characters."""
        return neutral(" ".join(filter(None, self.parts(record).values())))

    def parts(self, record: logging.LogRecord) -> dict[str, str]:
        """Return time, level, logger, message and the places that an exception passed, "" without one."""
        kind, _error, trace = record.exc_info or (None, None, None)
        return {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            "fault": describe(kind, trace) if kind else "",
        }

    def _message(self, record: logging.LogRecord) -> str:
        if any(record.name == name or record.name.startswith(f"{name}.") for name in TRUSTED_LOGGERS):
            return record.getMessage()
        return f"({record.module}.{record.funcName}:{record.lineno})"


class JsonFormatter(ContentFreeFormatter):
    """The same event as one JSON object on a line, with its time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as ASCII."""
        return json.dumps(self.parts(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Return the time in UTC as ISO 8601."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def describe(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Return the kind of an exception and the places it passed, innermost first, without message and source lines."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(trace))]
    return f"[{kind.__module__}.{kind.__qualname__} at {' < '.join(places) or 'an unknown place'}]"


def neutral(text: str) -> str:
    """Return the text with everything that is not printable written as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
