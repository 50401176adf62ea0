"""Places on the map, typed: latitude, longitude, and perhaps altitude and accuracy."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import TYPED, AnswerField, plainly
from surveys.webform.prompts import Prompt

_BETWEEN = re.compile(r"[\s,，、°]+")


def _point(text: str) -> str:
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text)).strip()


class Point(AnswerField):
    template = TYPED

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, placeholder="31.2304 121.4737")

    def read(self, text: str) -> str:
        return _point(text)

    def remarks(self) -> list[str]:
        return [plainly(_("Latitude and longitude."))]


class Points(AnswerField):
    """A line or an area: each point on a line of its own. Areas are closed by themselves."""

    template = TYPED

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.Textarea(), rows=4, placeholder="31.2304 121.4737")

    def read(self, text: str) -> str:
        points = [point for line in re.split(r"[;；\n]", text) if (point := _point(line))]
        is_open = len(points) > 2 and points[0] != points[-1]
        if self.prompt.question.kind == "geoshape" and is_open:
            points.append(points[0])
        return ";".join(points)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(part.strip() for part in value.split(";")) if value else value

    def remarks(self) -> list[str]:
        return [plainly(_("Latitude and longitude of each point, on a line of its own."))]
