"""A workbook's chosen questions as a short questionnaire: for a second visit with some of them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from types import MappingProxyType

from openpyxl import Workbook

from surveys.xforms.linting.references import references
from surveys.xforms.linting.sheets import Column, Row
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.vocabulary import MEDIA, TRANSLATED
from surveys.xforms.roles import FIRST
from surveys.xforms.table import without_scores
from surveys.xforms.workbook import read_workbook

OUTCOME = "second_visit_outcome"  # whether the person was met
SEEN = "second_visit_seen"  # whether somebody had come before
MET = "met"
IS_MET = f"${{{OUTCOME}}} = '{MET}'"
SETTINGS = (
    "default_language",
    "style",
    "allow_choice_duplicates",
    "clean_text_values",
    "public_key",
)
LEFT_OUT = frozenset({"type", "name", "save_to", "disabled"})  # a second visit changes no list
SHOWN = TRANSLATED["survey"] - MEDIA
ABBREVIATED = "…"  # stands for an answer that is not asked
CHINESE = re.compile(r"zh|[一-鿿]", re.IGNORECASE)
Cells = dict[str, str]  # a row by heading


@dataclass(frozen=True)
class Words:
    english: str
    chinese: str

    def in_language(self, name: str) -> str:
        return self.chinese if CHINESE.search(name) else self.english


OUTCOMES: Mapping[str, Words] = MappingProxyType(
    {
        MET: Words("Yes, and asks again now", "见到了，现在再次访问"),
        "not_found": Words("Not found, or not at home", "没找到，或不在家"),
        "moved": Words("Moved away", "已搬走"),
        "refused": Words("Refuses", "拒绝"),
    }
)
ANSWERS: Mapping[str, Words] = MappingProxyType(
    {"yes": Words("Yes", "是"), "no": Words("No", "否"), "unsure": Words("Not sure", "不确定")}
)
LISTS: Mapping[str, Mapping[str, Words]] = MappingProxyType({OUTCOME: OUTCOMES, SEEN: ANSWERS})
ASKED: Mapping[str, Words] = MappingProxyType(
    {
        OUTCOME: Words(
            "Have you met the person of the first interview?", "见到第一次访谈的那个人了吗？"
        ),
        SEEN: Words(
            "Before today, did somebody visit you for this survey and ask you questions?",
            "在今天之前，有没有人为这项调查来访问过您？",
        ),
    }
)
TITLE = Words("second visit", "回访")


@dataclass(frozen=True)
class Lost:
    """A rule of a question that was left out, because it `needs` questions that are not asked."""

    name: str
    column: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Short:
    workbook: bytes
    lost: tuple[Lost, ...]


def shorten(workbook: bytes, places: Collection[str], form_id: str) -> Short:
    """An .xlsx of the questions at these places below the root, in their groups, under another id.

    Before them it is asked whether the person was met, and whether somebody had come before; who
    is not met is asked nothing else. Rules that need other questions are dropped, in words an
    answer that is not asked becomes "…". Raises FormError where `workbook` is none.
    """
    source = Source(without_scores(read_workbook(workbook)))
    kept = _Kept(source, frozenset(places))
    book = Workbook()
    _write(book, "survey", [*_lead(kept), *_rows(kept)])
    _write(book, "choices", _choices(kept))
    _write(book, "settings", [_settings(source, form_id)])
    book.remove(book.worksheets[0])
    content = BytesIO()
    book.save(content)
    return Short(content.getvalue(), tuple(_lost(kept)))


@dataclass(frozen=True)
class _Kept:
    """The chosen questions with the groups around them."""

    source: Source
    places: frozenset[str]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        chosen = [one for one in self.source.items if _place(one) in self.places]
        paths = {around.path for one in chosen for around in (one, *_around(one))}
        return tuple(one for one in self.source.items if one.path in paths)

    @cached_property
    def names(self) -> frozenset[str]:
        """That rules may ask for."""
        return frozenset(one.name for one in self.items)

    @cached_property
    def labels(self) -> tuple[Column, ...]:
        return self.source.survey.columns_of("label") if self.source.survey else ()

    @cached_property
    def language(self) -> str:
        """Of words without one."""
        said = self.source.setting("default_language") or self.source.setting("form_title")
        return said or "en"

    def worded(self, words: Words, columns: Iterable[Column]) -> Cells:
        return {one.heading: words.in_language(one.language or self.language) for one in columns}

    def needs(self, text: str) -> tuple[str, ...]:
        """Questions that are not asked and that an expression or a text asks for."""
        named = [reference.target for reference in references(text)]
        named += re.findall(rf"/{re.escape(self.source.root)}/(?:[\w.-]+/)*([\w.-]+)", text)
        return tuple(dict.fromkeys(name for name in named if name not in self.names))


def _place(item: Item) -> str:
    return item.path.split("/", 2)[2]


def _around(item: Item) -> Iterator[Item]:
    while item.parent:
        item = item.parent
        yield item


def _lead(kept: _Kept) -> Iterator[Cells]:
    """What is noted and asked before the chosen questions."""
    for name in ("start", "end"):
        yield {"type": name, "name": name}
    yield {"type": "hidden", "name": FIRST}
    for name, words in ASKED.items():
        only = {} if name == OUTCOME else {"relevant": IS_MET}
        yield {
            "type": f"select_one {name}",
            "name": name,
            "required": "yes",
            **only,
            **kept.worded(words, kept.labels),
        }


def _rows(kept: _Kept) -> Iterator[Cells]:
    open_: list[Item] = []
    for item in kept.items:
        while open_ and open_[-1] is not item.parent:
            yield {"type": f"end_{open_.pop().type.base}"}
        yield _row(kept, item)
        if item.is_container:
            open_.append(item)
    for item in reversed(open_):
        yield {"type": f"end_{item.type.base}"}


def _row(kept: _Kept, item: Item) -> Cells:
    cells = {"type": item.row["type"].text, "name": item.name}
    condition = ""
    for column, text in _taken_over(item):
        fitting = _fitting(kept, column, text)
        if column.key == "relevant":
            condition = fitting
        elif fitting:
            cells[column.heading] = fitting
    if item.parent is None:  # nothing is asked of who is not met
        condition = f"{IS_MET} and ({condition})" if condition else IS_MET
    return {**cells, "relevant": condition} if condition else cells


def _fitting(kept: _Kept, column: Column, text: str) -> str:
    """A rule only if all that it needs is asked; words as far as they can be said."""
    needs = kept.needs(text)
    if needs and column.key not in SHOWN:
        return ""
    return _abbreviated(text, needs)


def _taken_over(item: Item) -> Iterator[tuple[Column, str]]:
    for column, cell in item.row.filled():
        if column.key not in LEFT_OUT:
            yield column, cell.text


def _lost(kept: _Kept) -> Iterator[Lost]:
    for item in kept.items:
        for column, text in _taken_over(item):
            if needs := kept.needs(text):
                yield Lost(item.name, column.key or column.heading, needs)


def _abbreviated(text: str, needs: Collection[str]) -> str:
    for one in reversed([*references(text)]):
        if one.target in needs:
            text = text[: one.start] + ABBREVIATED + text[one.end :]
    return text


def _choices(kept: _Kept) -> Iterator[Cells]:
    sheet = kept.source.choices
    for list_name, choices in LISTS.items():
        for name, words in choices.items():
            labels = kept.worded(words, sheet.columns_of("label") if sheet else kept.labels)
            yield {"list_name": list_name, "name": name, **labels}
    used = {one.type.list_name for one in kept.items if one.type.is_from_form}
    for name in sorted(used & kept.source.lists.keys()):
        for row in kept.source.lists[name].rows:
            yield {"list_name": name, "name": row.name, **_filled(row)}


def _filled(row: Row) -> Cells:
    """All other cells, the columns that filters ask for too."""
    return {
        column.heading: cell.text
        for column, cell in row.filled()
        if column.key not in ("list_name", "name")
    }


def _settings(source: Source, form_id: str) -> Cells:
    title = source.setting("form_title") or source.setting("form_id")
    added = TITLE.in_language(source.setting("default_language") or title)
    kept = {key: source.setting(key) for key in SETTINGS if source.setting(key)}
    return {"form_title": f"{title} · {added}", "form_id": form_id, "version": "1", **kept}


def _write(book: Workbook, name: str, rows: Iterable[Cells]) -> None:
    written = list(rows)
    headings = list(dict.fromkeys(heading for row in written for heading in row))
    sheet = book.create_sheet(name)
    sheet.append(headings)
    for row in written:
        sheet.append([row.get(heading) for heading in headings])
