"""The sheets of a form with their columns recognised: cells are found by what they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyxform import aliases
from pyxform.constants import EntityColumns
from pyxform.parsing.sheet_headers import process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey

from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.vocabulary import COLUMNS, TRANSLATED
from surveys.xforms.table import HEADING_ROW, IDENTIFIERS, Table, plain

ALIASES = {  # what pyxform looks headings up in
    "survey": (aliases.survey_header, set(MultipleChoiceQuestion.get_slot_names())),
    "choices": (aliases.list_header, set(Option.get_slot_names())),
    "settings": (aliases.settings_header, set(Survey.get_slot_names())),
    "entities": (aliases.entities_header, {column.value for column in EntityColumns}),
}
MEANINGS: Mapping[tuple[str, ...], str] = {  # what pyxform makes of a heading -> its usual name
    ("bind", "relevant"): "relevant",
    ("bind", "required"): "required",
    ("bind", "readonly"): "read_only",
    ("bind", "constraint"): "constraint",
    ("bind", "calculate"): "calculation",
    ("bind", "jr:constraintMsg"): "constraint_message",
    ("bind", "jr:requiredMsg"): "required_message",
    ("bind", "jr:noAppErrorString"): "no_app_error_string",
    ("bind", "entities:saveto"): "save_to",
    ("control", "appearance"): "appearance",
    ("control", "jr:count"): "repeat_count",
    ("control", "autoplay"): "autoplay",
    ("control", "rows"): "rows",
    ("media", "image"): "image",
    ("media", "big-image"): "big-image",
    ("media", "audio"): "audio",
    ("media", "video"): "video",
    ("instance", "odk:tag"): "compact_tag",
    ("list name",): "list_name",
    ("dataset",): "list_name",
    ("title",): "form_title",
    ("id_string",): "form_id",
}
OPEN = frozenset({"bind", "control", "instance", "attribute", "body"})  # take any name after `::`


@dataclass(frozen=True)
class Column:
    """A column: `key` is its usual name, blank where it is not known; `language` as it is typed."""

    number: int
    heading: str
    key: str
    language: str = ""

    @cached_property
    def is_identifier(self) -> bool:
        return self.heading.lower() in IDENTIFIERS


@dataclass(frozen=True)
class Row:
    """A row of a form's sheet."""

    sheet: "FormSheet"
    number: int
    cells: Mapping[int, str]

    @cached_property
    def name(self) -> str:
        return plain(self._text("name"))

    def _text(self, key: str) -> str:
        column = self.sheet.column(key)
        return self.cells.get(column.number, "") if column else ""

    def __getitem__(self, key: str) -> Cell:
        """The cell of a column without a language; blank where there is none."""
        column = self.sheet.column(key)
        return self.cell(column) if column else Cell(self.sheet.name, self.number, name=self.name)

    def cell(self, column: Column) -> Cell:
        """The text is as it was typed, but for types and names."""
        text = self.cells.get(column.number, "")
        return Cell(
            sheet=self.sheet.name,
            row=self.number,
            number=column.number,
            heading=column.heading,
            text=plain(text) if column.is_identifier else text,
            name=self.name,
        )

    def texts(self, key: str) -> dict[str, Cell]:
        """The cells of a translated column that are filled, by language."""
        cells = {column.language: self.cell(column) for column in self.sheet.columns_of(key)}
        return {language: cell for language, cell in cells.items() if cell}

    def filled(self) -> Iterator[tuple[Column, Cell]]:
        for column in self.sheet.columns:
            if column.number in self.cells:
                yield column, self.cell(column)

    def has(self, *keys: str) -> bool:
        """Whether any of the columns is filled, in any language."""
        return any(self.texts(key) for key in keys)


@dataclass(frozen=True)
class FormSheet:
    """The sheet `survey`, `choices`, `settings` or `entities` of a workbook."""

    table: Table
    key: str

    @property
    def name(self) -> str:
        return self.table.sheet.name

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        headings = self.table.headings
        has_double_colon = any("::" in heading for heading in headings.values())
        return tuple(
            Column(number, heading, *meaning_of(self.key, heading, has_double_colon))
            for number, heading in headings.items()
        )

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[Column, ...]]:
        keys = {column.key for column in self.columns if column.key}
        return {key: tuple(c for c in self.columns if c.key == key) for key in keys}

    def columns_of(self, key: str) -> tuple[Column, ...]:
        return self._by_key.get(key, ())

    def column(self, key: str) -> Column | None:
        """The column without a language, else the first."""
        found = self.columns_of(key)
        return next((c for c in found if not c.language), found[0] if found else None)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(Row(self, number, cells) for number, cells in self.table.rows())

    @cached_property
    def cell(self) -> Cell:
        """The sheet itself, for what concerns all of it."""
        return Cell(self.name)

    def heading(self, column: Column) -> Cell:
        return Cell(self.name, HEADING_ROW, column.number, column.heading, column.heading)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """As the headings have them, in their order; blank for columns without one."""
        translated = TRANSLATED.get(self.key, frozenset())
        return tuple(dict.fromkeys(c.language for c in self.columns if c.key in translated))


def meaning_of(sheet: str, heading: str, has_double_colon: bool) -> tuple[str, str]:  # noqa: FBT001
    """The usual name of a heading, blank where it has none, and its language."""
    known, slots = ALIASES[sheet]
    _, tokens = process_header(heading, has_double_colon, known, slots)
    for length in (2, 1):
        key = MEANINGS.get(tokens[:length]) or "".join(tokens[:length]) * (length == 1)
        if key in COLUMNS[sheet] and len(tokens) <= length + (key in TRANSLATED[sheet]):
            return key, "".join(tokens[length:])
    first, _, rest = heading.partition("::")
    return (heading, "") if rest and first.lower() in OPEN else ("", "")
