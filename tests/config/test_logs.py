"""No log says a device's token."""

import logging
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client
from gunicorn.config import Config

from config.logs import GunicornLogger, Line, without_tokens
from surveys.models import Role
from tests.factories import make_member, make_survey

TOKEN = "7QK4-M2XD_91TR"


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        (f"GET /key/{TOKEN}/s/river/formList HTTP/1.1", "GET /key/…/s/river/formList HTTP/1.1"),
        (f'"/key/{TOKEN}" 404', '"/key/…" 404'),
        (f"/key/{TOKEN}?deviceID=a", "/key/…?deviceID=a"),
        (f"https://host/key/{TOKEN}/a and /key/{TOKEN}/b", "https://host/key/…/a and /key/…/b"),
        ("GET /s/river/formList", "GET /s/river/formList"),
    ],
)
def test_tokens_are_left_out_of_lines(line: str, logged: str) -> None:
    assert without_tokens(line) == logged


def test_neither_arguments_nor_exceptions_say_a_token() -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Line("%(message)s"))
    logger = logging.Logger("tokens")
    logger.addHandler(handler)
    try:
        raise ValueError(f"/key/{TOKEN}/s/river")
    except ValueError:
        logger.exception("Internal Server Error: %s", f"/key/{TOKEN}/s/river/submission")
    assert "/key/…/s/river/submission" in written.getvalue()
    assert "ValueError: /key/…/s/river" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_who_types_a_new_line_writes_none() -> None:
    line = Line("%(asctime)s %(message)s")
    name = "E01\r\n2026-01-01 INFO root signed in"
    written = line.format(logging.LogRecord("x", 30, "", 1, "Wrong: %s", (name,), None))
    assert len(written.splitlines()) == 1
    assert "E01\\r\\n2026" in written


@pytest.mark.django_db
def test_a_refused_device_is_logged_without_its_token(client: Client) -> None:
    written = StringIO()
    stderr = logging.getLogger().handlers
    ours = next(h for h in stderr if isinstance(h.formatter, Line))
    assert isinstance(ours, logging.StreamHandler)
    before = ours.setStream(written)
    try:
        assert client.get(f"/key/{TOKEN}/s/river/formList").status_code == 403
    finally:
        ours.setStream(before)
    assert "Forbidden: /key/…/s/river/formList" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.django_db
def test_who_may_not_leaves_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    client.force_login(make_member(make_survey(), Role.COORDINATOR))
    assert client.get("/admin/surveys/trailentry/").status_code == 403
    (refused,) = (one for one in caplog.records if one.name == "django.request")
    assert (refused.getMessage()[:9], refused.exc_info) == ("Forbidden", None)


def test_a_fault_leaves_one(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("django.request").error("Broken", exc_info=ValueError())
    assert caplog.records[0].exc_info


def test_gunicorns_logs_leave_tokens_out(tmp_path: Path) -> None:
    config = Config()
    for name in ("accesslog", "errorlog"):
        config.set(name, str(tmp_path / name))
    logger = GunicornLogger(config)
    logger.access_log.info("GET /key/%s/s/river/formList", TOKEN)
    logger.error("Error handling request /key/%s/s/river/submission", TOKEN)
    logger.close_on_exec()
    for handler in (*logger.access_log.handlers, *logger.error_log.handlers):
        handler.close()
    written = "".join((tmp_path / name).read_text("utf-8") for name in ("accesslog", "errorlog"))
    assert written.count("/key/…/s/river/") == 2
    assert TOKEN not in written
