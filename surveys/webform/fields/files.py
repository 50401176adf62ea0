"""Pictures, sounds, films and other files: uploaded, shown, and removed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import AnswerField, plainly
from surveys.webform.prompts import Prompt
from surveys.xforms.instance import without_controls

ACCEPTED: Mapping[str, str] = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
DRAWN = frozenset({"signature", "draw", "annotate"})


class FileInput(forms.FileInput):
    """An upload, or the name of a file that was uploaded before."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.get(name) or data.get(name)


class Upload(AnswerField):
    """A file. Cleaning gives an UploadedFile, the name of one that is here, or None for neither."""

    template = "surveys/questions/upload.html"

    def __init__(self, prompt: Prompt, urls: Mapping[str, str]) -> None:
        self.urls = urls
        super().__init__(prompt, FileInput(), **_attrs(prompt))

    def clean(self, value: Any) -> Any:
        if isinstance(value, UploadedFile):
            return value
        return without_controls(value).strip() if value else None

    def remarks(self) -> list[str]:
        is_drawn = not self.prompt.appearances.isdisjoint(DRAWN)
        return [plainly(_("Draw on paper and take a photo of it."))] if is_drawn else []

    def context(self, bound: BoundField) -> dict[str, object]:
        name = bound.initial or ""
        return {"file_name": name, "file_url": self.urls.get(name, "")}


def _attrs(prompt: Prompt) -> dict[str, str]:
    kind = prompt.question.kind
    attrs = {"accept": ACCEPTED[kind]} if kind in ACCEPTED else {}
    if "new-front" in prompt.appearances:
        attrs["capture"] = "user"
    elif "new" in prompt.appearances:
        attrs["capture"] = "environment"
    return attrs
