"""Days and times: picked, and kept as the instance writes them."""

import re
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import AnswerField
from surveys.webform.prompts import Prompt

_TO_THE_MINUTE = len("2026-11-30T14:30")
_MONTH, _YEAR = len("2026-11"), len("2026")


class Day(AnswerField):
    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, type="date")


class Month(AnswerField):
    """A month is kept as its first day."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, type="month")

    def read(self, text: str) -> str:
        return f"{text}-01" if re.fullmatch(r"\d{4}-\d{2}", text) else text

    def prepare_value(self, value: Any) -> Any:
        return value[:_MONTH] if _is_day(value) else value

    def remarks(self) -> list[str]:
        return [_("Year and month, such as 2026-11.")]


class Year(AnswerField):
    """A year is kept as its first day."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, inputmode="numeric", maxlength=10)

    def read(self, text: str) -> str:
        return f"{text}-01-01" if re.fullmatch(r"\d{4}", text) else text

    def prepare_value(self, value: Any) -> Any:
        return value[:_YEAR] if _is_day(value) else value

    def remarks(self) -> list[str]:
        return [_("Year, such as 2026.")]


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value))


class TimeOfDay(AnswerField):
    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, type="time")

    def read(self, text: str) -> str:
        return f"{text}:00.000" if re.fullmatch(r"\d\d:\d\d", text) else text

    def prepare_value(self, value: Any) -> Any:
        return value[:5] if value else value


class Moment(AnswerField):
    """A date with a time: typed in local time, kept with its offset."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, type="datetime-local")

    def read(self, text: str) -> str:
        try:
            moment = parse_datetime(text)
        except ValueError:
            return text
        if moment is None:
            return text
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment.isoformat(timespec="milliseconds")

    def prepare_value(self, value: Any) -> Any:
        return value[:_TO_THE_MINUTE] if value else value
