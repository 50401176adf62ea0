"""A finding: what is wrong in which cell, in words that edges translate."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from surveys.errors import SurveyError

ERROR = "error"  # keeps the form from being published
WARNING = "warning"  # most likely a mistake
NOTE = "note"  # worth knowing
LONGEST_PARAM = 500


@dataclass(frozen=True)
class Finding:
    """One thing about a form. `message` is a template as in `SurveyError`, filled by `params`.

    `column` is the heading as it was typed, `name` the question, choice or list of the row, and
    `position` the character of the cell's text, from 0, where the trouble begins. What concerns a
    whole sheet has no row, what concerns the whole workbook no sheet.
    """

    severity: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""
    row: int | None = None
    column: str = ""
    letter: str = ""
    name: str = ""
    position: int | None = None

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message

    @property
    def place(self) -> str:
        """As spreadsheets write it: `survey!C12`, `survey!12`, `survey`, or blank."""
        cell = f"{self.letter}{self.row or ''}"
        return f"{self.sheet}!{cell}" if cell else self.sheet


@dataclass(frozen=True)
class Cell:
    """A cell of a form, blank where it holds nothing; it makes the findings about itself."""

    sheet: str = ""
    row: int | None = None
    number: int | None = None  # of the column, from 1
    heading: str = ""
    text: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def error(
        self, code: str, message: str, /, *, at: int | None = None, **params: object
    ) -> Finding:
        return self._finding(ERROR, code, message, at, params)

    def warning(
        self, code: str, message: str, /, *, at: int | None = None, **params: object
    ) -> Finding:
        return self._finding(WARNING, code, message, at, params)

    def note(
        self, code: str, message: str, /, *, at: int | None = None, **params: object
    ) -> Finding:
        return self._finding(NOTE, code, message, at, params)

    def _finding(
        self, severity: str, code: str, message: str, at: int | None, params: Mapping[str, object]
    ) -> Finding:
        return Finding(
            severity=severity,
            code=code,
            message=message,
            params=params,
            sheet=self.sheet,
            row=self.row,
            column=self.heading,
            letter=get_column_letter(self.number) if self.number else "",
            name=self.name,
            position=at,
        )


def to_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is kept and sent: texts, numbers, and sentences that can still be translated."""
    return {**asdict(finding), "params": _params_to_json(finding.params)}


def from_json(document: Mapping[str, Any]) -> Finding:
    return Finding(**{**document, "params": _params_from_json(document["params"])})


def _params_to_json(params: Mapping[str, object]) -> dict[str, object]:
    return {name: _param_to_json(value) for name, value in params.items()}


def _param_to_json(value: object) -> object:
    """Errors that a sentence quotes stay sentences with places."""
    if isinstance(value, SurveyError):
        return {"message": value.message, "params": _params_to_json(value.params)}
    return value if isinstance(value, int | float) else str(value)[:LONGEST_PARAM]


def _params_from_json(params: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: SurveyError(value["message"], **_params_from_json(value["params"]))
        if isinstance(value, dict)
        else value
        for name, value in params.items()
    }
