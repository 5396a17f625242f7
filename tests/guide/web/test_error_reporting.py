import json
import logging
import sys

import pytest
from django.test import RequestFactory
from django.views.debug import get_exception_reporter_class

from guide.web.error_reporting import ContentFreeFormatter, FormDataFilter, JsonFormatter, neutral

CANARY = "kanariefugl-4711"


def record(name: str, message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "/some/module.py", 12, message, args, None, "work")


@pytest.mark.parametrize("name", ["some.library", "django.db.backends", "djangofake.request", "root"])
def test_unknown_logger_names_only_its_place(name: str) -> None:
    line = ContentFreeFormatter().format(record(name, "failed on %s", CANARY))
    assert line.endswith(f"WARNING {name} (module.work:12)")


def test_own_logger_speaks() -> None:
    assert ContentFreeFormatter().format(record("handlekort.start", "ready")).endswith("WARNING handlekort.start ready")


def test_event_as_json_is_one_line_and_as_free_of_content() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        fault = record("handlekort", "failed\non %s", "x")
        fault.exc_info = sys.exc_info()
    line = JsonFormatter().format(fault)
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("WARNING", "handlekort", "failed\non x")
    assert told["time"].endswith("+00:00")
    assert "KeyError at test_error_reporting.py" in told["fault"]
    assert "\n" not in line
    assert CANARY not in line


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
