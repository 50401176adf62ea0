"""Columns of models whose values are sealed: they open by themselves, so that who reads them asks for
nothing, and what must not be opened is not.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any, cast

from django.core.files import File
from django.db import models
from django.db.models.fields.files import FieldFile

from surveys.keys import files
from surveys.keys.sealed import MARK, SEALED, Answers, SealedBytes, unseal_text
from surveys.keys.store import InterviewKey, Unreadable

LOST = "•••"  # what a text that cannot be read is shown as


def as_stored(field: "models.Field[Any, Any]", made: tuple[Any, ...]) -> tuple[Any, ...]:
    """For migrations a field is what the database knows of it."""
    kind = type(field).__mro__[1]
    name, _path, args, kwargs = made
    return name, f"django.db.models.{kind.__name__}", args, kwargs


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes that may be sealed: put in as `sealed.seal` makes them, read with `bytes(...)`."""

    def deconstruct(self) -> Any:
        return as_stored(self, super().deconstruct())

    def from_db_value(self, value: Any, *_: object) -> Any:
        stored = None if value is None else bytes(value)
        return SealedBytes(stored, self.name) if stored and stored.startswith(MARK) else stored

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        stored = value.stored if isinstance(value, SealedBytes) else value
        return super().get_db_prep_value(stored, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        """A dump of rows has them sealed too."""
        value = self.value_from_object(obj)
        return b64encode(value.stored if isinstance(value, SealedBytes) else value).decode("ascii")


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that may be sealed: put in as `sealed.seal_text` makes it, opened when it is loaded, `LOST`
    where nobody can open it.
    """

    def deconstruct(self) -> Any:
        return as_stored(self, super().deconstruct())

    def from_db_value(self, value: Any, *_: object) -> Any:
        try:
            return unseal_text(value) if value else value
        except Unreadable:
            return LOST


class AnswersField(models.JSONField):
    """Answers by place, of which `sealed.with_sealed` may have sealed some."""

    def deconstruct(self) -> Any:
        return as_stored(self, super().deconstruct())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        stored = super().from_db_value(value, expression, connection)
        return Answers(stored) if isinstance(stored, dict) and SEALED in stored else stored

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        stored = value.stored if isinstance(value, Answers) else value
        return super().get_db_prep_value(stored, connection, prepared)

    def value_from_object(self, obj: models.Model) -> Any:
        value = super().value_from_object(obj)
        return value.stored if isinstance(value, Answers) else value


class SealedFieldFile(FieldFile):
    """A stored file that is read as it came, however it is asked for."""

    @FieldFile.file.getter  # type: ignore[untyped-decorator]
    def file(self) -> "File[bytes]":
        if getattr(self, "_file", None) is None:
            self.open()
        return cast("File[bytes]", self.__dict__["_file"])

    @property
    def size(self) -> int:
        """Of what came, not of what is stored."""
        if not self._committed:  # type: ignore[attr-defined]
            return int(self.file.size)
        with files.opened(self.storage.open(str(self.name))) as plain:
            return int(plain.size)

    def open(self, mode: str | None = "rb", *_: Any, **__: Any) -> "SealedFieldFile":
        self._require_file()  # type: ignore[attr-defined]
        self.file = files.opened(self.storage.open(str(self.name), mode or "rb"))
        return self

    def save(self, name: str, content: "File[bytes]", save: bool = True) -> None:  # noqa: FBT001, FBT002
        key = self.field.key_for(self.instance)  # type: ignore[attr-defined]  # of SealedFileField
        if key is None:
            super().save(name, content, save)
            return
        with files.sealed(content, key) as sealed:
            super().save(name, sealed, save)


class SealedFileField(models.FileField):
    """A file that is sealed when it is saved, with the key that `key_for` says its row has, if any."""

    attr_class = SealedFieldFile

    def __init__(
        self, *args: Any, key_for: Callable[[Any], InterviewKey | None] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.key_for = key_for or (lambda _row: None)

    def deconstruct(self) -> Any:
        return as_stored(self, super().deconstruct())
