"""A section as a Django form: questions become fields named by their place in the instance."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from django import forms
from django.core.files.uploadedfile import UploadedFile as AnyUpload
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from surveys.webform.fields import AnswerField, field_for
from surveys.webform.prompts import Prompt

UploadedFile: TypeAlias = "AnyUpload[bytes]"


class SectionForm(forms.Form):
    """Questions at their places. It takes every answer: what is wrong is saved and then told.

    `file_urls` say, by name, where the files of the interview are shown.
    """

    fields: dict[str, AnswerField]  # type: ignore[assignment]

    def __init__(
        self,
        prompts: Iterable[Prompt],
        answers: Mapping[str, str],
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile] | None" = None,
        file_urls: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, files, initial=dict(answers))
        self.fields = {prompt.place: field_for(prompt, file_urls or {}) for prompt in prompts}

    def answers(self, shown: frozenset[str]) -> dict[str, str]:
        """What was typed, by place. What was neither shown nor sent keeps its answer."""
        self.full_clean()
        return {
            place: text
            for place, text in self.cleaned_data.items()
            if isinstance(text, str) and (place in shown or place in self.data)
        }

    def uploads(self) -> dict[str, UploadedFile]:
        """The files that were sent, by place; after `answers`."""
        return {
            place: file for place, file in self.cleaned_data.items() if isinstance(file, AnyUpload)
        }

    def faults(self) -> dict[str, str]:
        """Sentences, by place, about what could not even be saved."""
        return {place: str(errors[0]) for place, errors in self.errors.items()}

    def tell(self, problems: Mapping[str, str]) -> None:
        """Put sentences, by place, beside their questions."""
        for place in problems.keys() & self.fields.keys():
            self.errors[place] = self.error_class([problems[place]])
