"""A form as its workbook has it, before any conversion: questions within groups, lists of choices."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyxform import aliases

from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.question_types import CONTAINERS, QuestionType, parse_type
from surveys.xforms.linting.sheets import FormSheet, Row
from surveys.xforms.table import Table
from surveys.xforms.workbook import Workbook

ROOT = "data"
OTHER = "other"  # the choice that `or_other` adds
META = ("instanceID", "instanceName", "audit")


@dataclass(frozen=True, eq=False)
class Item:
    """A question, group or repeat. `parent` is the group or repeat around it."""

    row: Row
    type: QuestionType
    name: str
    path: str
    parent: "Item | None"

    @property
    def is_container(self) -> bool:
        return self.type.base in CONTAINERS

    @property
    def cell(self) -> Cell:
        return self.row["name"] or self.row["type"]

    @cached_property
    def is_shown(self) -> bool:
        """Whether people see it; what is computed and has no words is kept out of sight."""
        has_words = self.row.has("label", "hint")
        return self.type.is_shown and (has_words or not self.row.has("calculation", "trigger"))

    @property
    def takes_answer(self) -> bool:
        return self.is_shown and self.type.base != "note"

    @cached_property
    def repeat(self) -> "Item | None":
        """The innermost repeat around it, or itself."""
        if self.type.base in ("repeat", "loop"):
            return self
        return self.parent.repeat if self.parent else None

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1


@dataclass(frozen=True)
class ChoiceList:
    """The rows of the sheet `choices` that belong to one list."""

    name: str
    rows: tuple[Row, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.rows if row.name)


@dataclass(frozen=True)
class Source:
    """The sheets of a form, its items in order and its lists."""

    workbook: Workbook

    @cached_property
    def survey(self) -> FormSheet | None:
        return self._sheet("survey")

    @cached_property
    def choices(self) -> FormSheet | None:
        return self._sheet("choices")

    @cached_property
    def settings(self) -> FormSheet | None:
        return self._sheet("settings")

    @cached_property
    def entities(self) -> FormSheet | None:
        return self._sheet("entities")

    @cached_property
    def sheets(self) -> tuple[FormSheet, ...]:
        own = (self.survey, self.choices, self.settings, self.entities)
        return tuple(sheet for sheet in own if sheet)

    def _sheet(self, key: str) -> FormSheet | None:
        sheet = self.workbook.sheet(key)
        return FormSheet(Table(sheet), key) if sheet else None

    @cached_property
    def setting_row(self) -> Row | None:
        return self.settings.rows[0] if self.settings and self.settings.rows else None

    def setting(self, key: str) -> str:
        return self.setting_row[key].text.strip() if self.setting_row else ""

    @cached_property
    def root(self) -> str:
        return self.setting("name") or ROOT

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the survey that are not disabled."""
        rows = self.survey.rows if self.survey else ()
        return tuple(
            row for row in rows if not aliases.yes_no.get(row["disabled"].text.strip(), False)
        )

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Questions, groups and repeats; rows that close nothing or nothing open are passed over."""
        return tuple(_items(self.rows, self.root))

    @cached_property
    def by_path(self) -> Mapping[str, Item]:
        return {item.path: item for item in reversed(self.items)}

    @cached_property
    def by_name(self) -> Mapping[str, Item]:
        """Items by name; of several with one name, the first."""
        return {item.name: item for item in reversed(self.items) if item.name}

    def first_repeat(self, name: str) -> Item | None:
        found = (i for i in self.items if i.name == name and i.type.base == "repeat")
        return next(found, None)

    @cached_property
    def name_counts(self) -> Counter[str]:
        return Counter(item.name for item in self.items if item.type.base != "audit")

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in the form each path stands."""
        return {item.path: place for place, item in enumerate(self.items)}

    @cached_property
    def paths(self) -> frozenset[str]:
        """All paths of the form's instance, also those that the conversion adds."""
        return frozenset({*self.by_path, f"/{self.root}", *self._added_paths()})

    def _added_paths(self) -> Iterator[str]:
        for name in META:
            yield f"/{self.root}/meta/{name}"
        yield f"/{self.root}/meta"
        for item in self.items:
            if item.type.has_other:
                yield f"{item.path}_other"
            if item.type.base == "repeat":
                yield f"{item.path}_count"

    @cached_property
    def lists(self) -> Mapping[str, ChoiceList]:
        rows: dict[str, list[Row]] = {}
        for row in self.choices.rows if self.choices else ():
            if row["list_name"]:
                rows.setdefault(row["list_name"].text, []).append(row)
        return {name: ChoiceList(name, tuple(of_list)) for name, of_list in rows.items()}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of all sheets, as the headings have them; blank for those without."""
        found = (language for sheet in self.sheets for language in sheet.languages)
        return tuple(dict.fromkeys(found))

    def offered(self, path: str) -> frozenset[str] | None:
        """All names that may be answered there; None where that is not known."""
        item = self.by_path.get(path)
        if item and item.row.has("calculation", "trigger"):
            return None
        if item is None or not item.type.is_from_form or item.type.list_name not in self.lists:
            return None
        names = self.lists[item.type.list_name].names
        return frozenset({*names, OTHER}) if item.type.has_other else frozenset(names)


def _items(rows: tuple[Row, ...], root: str) -> Iterator[Item]:
    open_: list[Item] = []
    for row in rows:
        type_ = parse_type(row["type"].text)
        if type_.step == "end":
            if open_ and open_[-1].type.base == type_.base:
                open_.pop()
            continue
        if type_.base == "setting" or not row["type"]:
            continue
        name = _name(row, type_)
        above = open_[-1].path if open_ else f"/{root}"
        item = Item(row, type_, name, f"{above}/{name}", open_[-1] if open_ else None)
        yield item
        if type_.step == "begin":
            open_.append(item)


def _name(row: Row, type_: QuestionType) -> str:
    """The name, or the one that the conversion gives to a row without."""
    if type_.base == "audit":
        return "audit"
    if not row.name and type_.base == "note":
        return f"generated_note_name_{row.number}"
    return row.name
