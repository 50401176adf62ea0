"""What an address asks for, read once into typed values; whatever is unknown is named."""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TypeVar

from django.db.models import TextChoices
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from ninja import Schema

from surveys.errors import SurveyError, gettext_noop
from surveys.moments import day_in

Name = TypeVar("Name", bound=StrEnum | TextChoices)
NUL = "\x00"
LOST_PLUS = re.compile(r"(T.*) (\d\d:?\d\d)$")  # an address says a blank with a plus


class UnknownParameter(SurveyError):
    """A parameter that nothing here reads, such as one with a typing mistake."""


class UnknownValue(SurveyError):
    """A value that a parameter does not have."""


def require_known(
    request: HttpRequest, known: type[Schema] | None = None, *, beside: str = ""
) -> None:
    """Raises UnknownParameter: what is not read would be taken to have been respected; UnknownValue,
    Http404 where an address holds what is no text.

    Parameters that begin with `beside` are somebody else's to read.
    """
    names = list(known.model_fields) if known else []
    require_text(request)
    for name in request.GET:
        if name not in names and not (beside and name.startswith(beside)):
            raise UnknownParameter(
                gettext_noop("There is no parameter “%(name)s” here. There are: %(known)s."),
                name=name,
                known=", ".join((*names, *([f"{beside}…"] if beside else []))) or "–",
            )


def require_text(request: HttpRequest) -> None:
    """No NUL, which PostgreSQL does not take. Raises UnknownValue, Http404."""
    if NUL in request.path:
        raise Http404
    for name, values in request.GET.lists():
        if NUL in "".join(values):
            raise _unknown(name, ",".join(values), ())


def choice_in(parameter: str, given: str, choices: type[Name]) -> Name:
    """Raises UnknownValue."""
    require_one_of(parameter, given, [str(choice.value) for choice in choices])
    return choices(given)


def choices_in(parameter: str, given: str, choices: type[Name]) -> list[Name]:
    """Several, with commas between them."""
    return [choice_in(parameter, one, choices) for one in parts_of(given)]


def parts_of(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


def require_one_of(parameter: str, given: str, known: Collection[str]) -> None:
    """Raises UnknownValue."""
    if given not in known:
        raise _unknown(parameter, given, known)


def _unknown(parameter: str, given: str, known: Collection[str]) -> UnknownValue:
    return UnknownValue(
        gettext_noop("“%(given)s” is no value of `%(parameter)s`. Choose one of: %(known)s."),
        given=given,
        parameter=parameter,
        known=", ".join(_some(known)) or "–",
    )


def _some(names: Iterable[str], most: int = 40) -> list[str]:
    found = list(names)
    return found if len(found) <= most else [*found[:most], "…"]


def limit_in(given: str, most: int) -> int:
    """Raises UnknownValue."""
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most):
        raise UnknownValue(
            gettext_noop("`limit` is a whole number from 1 to %(most)s; it is “%(given)s”."),
            most=most,
            given=given,
        )
    return int(given)


def moment_in(parameter: str, given: str) -> datetime:
    """A moment, or the beginning of a day here. Raises UnknownValue."""
    found = _moment(LOST_PLUS.sub(r"\1+\2", given.strip()))
    if found is None:
        raise UnknownValue(
            gettext_noop(
                "`%(parameter)s` must be a moment such as 2026-11-28T06:30:00Z or a day such as "
                "2026-11-28; it is “%(given)s”."
            ),
            parameter=parameter,
            given=given,
        )
    return found


def _moment(text: str) -> datetime | None:
    """In UTC, as the database compares; None also for one that UTC has no year for."""
    try:
        day = day_in(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
        if found is None:
            return None
        aware = found if timezone.is_aware(found) else timezone.make_aware(found)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
