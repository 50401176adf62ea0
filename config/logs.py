"""What is logged, without the tokens that devices carry in their addresses."""

import logging
import re
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django_guid import get_guid
from gunicorn.glogging import Logger
from pythonjsonlogger.json import JsonFormatter

_TOKEN = re.compile(r"(/key/)[^/\s?\"']+")


def without_tokens(line: str) -> str:
    return _TOKEN.sub(r"\1…", line)


class Line(logging.Formatter):
    """Lines, with whatever exception belongs to them, in which no token is readable."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # as logging calls it
        """A line, whatever somebody typed: nobody writes further ones into the log."""
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


class OfRequest(logging.Filter):
    """Tells each record of which request it is, or of which request's task."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = get_guid() or "-"
        return True


class Refusal(logging.Filter):
    """For what Django says of requests: no traceback of what somebody may not do, which is an answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True


class JsonLine(JsonFormatter):
    """The same as an object of JSON a line, for whatever collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


class GunicornLogger(Logger):  # type: ignore[misc] # gunicorn is untyped
    """For `gunicorn --logger-class config.logs.GunicornLogger`: its error and access logs."""

    def _set_handler(
        self, log: Any, output: Any, fmt: logging.Formatter, stream: IO[str] | None = None
    ) -> None:
        super()._set_handler(log, output, Line(fmt._fmt, fmt.datefmt), stream)
