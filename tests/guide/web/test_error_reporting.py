import logging
import sys

import pytest
from django.test import RequestFactory
from django.views.debug import get_exception_reporter_class

from guide.web.error_reporting import ContentFreeFormatter, FormDataFilter, neutral

CANARY = "kanariefugl-4711"


def record(name: str, message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "/some/module.py", 12, message, args, None, "work")


@pytest.mark.parametrize("name", ["some.library", "django.db.backends", "djangofake.request", "root"])
def test_unknown_logger_names_only_its_place(name: str) -> None:
    line = ContentFreeFormatter().format(record(name, "failed on %s", CANARY))
    assert line.endswith(f"WARNING {name} (module.work:12)")


def test_own_logger_speaks() -> None:
    assert ContentFreeFormatter().format(record("handlekort.start", "ready")).endswith("WARNING handlekort.start ready")


def test_line_cannot_pretend_to_be_two() -> None:
    assert neutral("a\r\nb\x1b[31m\u2028\u202ec") == "a\\r\\nb\\x1b[31m\\u2028\\u202ec"


@pytest.mark.urls("tests.guide.house_urls")
def test_error_report_holds_nothing_typed() -> None:
    request = RequestFactory().post(f"/x/?q={CANARY}", {"text": CANARY}, HTTP_REFERER=f"http://testserver/{CANARY}")
    request.COOKIES["session"] = CANARY
    text = CANARY
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            raise ValueError(text) from error
    except ValueError:
        reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
    assert isinstance(reporter.filter, FormDataFilter)
    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "ValueError" in report
        assert CANARY not in report.replace(f'CANARY = "{CANARY}"', "")
