"""The sheet `indicators`: what is judged, row by row; the columns that are filled say how."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.maths.rules import SCALE
from scoring.maths.scheme import REFERENCES
from scoring.workbooks.choices import Scores, check_codes, left_out, read_lists
from scoring.workbooks.formulas import read_formula
from scoring.workbooks.groups import asked_once, chosen
from scoring.workbooks.notation import amount, bands, pairs, score, whole, words
from scoring.workbooks.sheets import (
    Reading,
    SchemeBook,
    blank,
    filled,
    known,
    named_rows,
    one_of,
    typed,
)
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.sheets import Row
from surveys.xforms.linting.source import ChoiceList
from surveys.xforms.table import JUDGING

INCOME = ("midpoints", "average", "minimum")
KINDS: Mapping[str, tuple[str, ...]] = {  # how an item is scored -> the columns it may fill
    "expression": ("expression",),
    "count": ("count", "none", "scores"),
    "income": (*INCOME, "scores"),
    "area": ("area", "scores"),
    "scores": ("scores",),
    "choices": (),
}
SCORING = tuple(dict.fromkeys(column for columns in KINDS.values() for column in columns))


@dataclass(frozen=True)
class Items:
    """What the rows of the sheet are read against."""

    book: SchemeBook
    standards: Collection[str]
    core_contents: Collection[str]
    missing: Collection[str]
    lists: Mapping[str, Scores]

    def list_of(self, question: str) -> ChoiceList | None:
        """The choices of a question, where they are in the workbook."""
        item = self.book.questions.get(question)
        if item is None or not item.type.is_from_form or item.type.has_other:
            return None
        return self.book.form.lists.get(item.type.list_name)


def read_indicators(
    book: SchemeBook,
    standards: Collection[str],
    core_contents: Collection[str],
    missing: Collection[str],
) -> Reading[list[dict[str, Any]]]:
    rows = yield from named_rows(book, JUDGING)
    used = {_list_name(book, row) for _, row in rows if kind_of(row) == "choices"} - {""}
    lists = yield from read_lists(book, used, missing)
    items = Items(book, standards, core_contents, missing, lists)
    found = []
    for name, row in rows:
        found.append((yield from _item(items, name, row)))
    return found


def _list_name(book: SchemeBook, row: Row) -> str:
    item = book.questions.get(row["question"].text)
    return item.type.list_name if item and item.type.is_from_form else ""


def kind_of(row: Row) -> str:
    """How the item is scored, told by its most telling column that is filled."""
    if row["expression"]:
        return "expression"
    if row["count"] or row["none"]:
        return "count"
    if any(row[column] for column in INCOME):
        return "income"
    if row["area"]:
        return "area"
    return "scores" if row["scores"] else "choices"


def _item(items: Items, name: str, row: Row) -> Reading[dict[str, Any]]:
    question = row["question"].text
    if question:
        yield from asked_once(items.book, row["question"], question)
    else:
        yield blank(row["question"], "question")
    standard = yield from _named(row["standard"], "standard", "standards", items.standards)
    core = yield from _core_content(items, row, standard)
    cutoff = yield from filled(row["cutoff"], whole(0, SCALE), "cutoff")
    rule = yield from _rule(items, row, question)
    item = {
        "name": name,
        "question": question,
        "standard": standard,
        "core_content": core,
        "cutoff": cutoff,
        **rule,
    }
    if row["applies"]:
        item["applies"] = yield from read_formula(items.book, row["applies"], question)
    return item


def _named(cell: Cell, column: str, sheet: str, names: Collection[str]) -> Reading[str]:
    if not cell:
        yield blank(cell, column)
    else:
        yield from known(cell, cell.text, sheet, names)
    return cell.text


def _core_content(items: Items, row: Row, standard: str) -> Reading[str]:
    cell = row["core_content"]
    if not cell and "core_contents" not in items.book.sheets:
        return standard
    return (yield from _named(cell, "core_content", "core_contents", items.core_contents))


def _rule(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    kind = kind_of(row)
    for column in SCORING:
        if row[column] and column not in KINDS[kind]:
            yield row[column].error(
                "too-much",
                gettext_noop("`%(column)s` does not go with `%(other)s`. Empty one of the two."),
                column=column,
                other=kind if kind in SCORING else "midpoints",
            )
    return (yield from RULES[kind](items, row, question))


def _by_expression(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    return {"expression": (yield from read_formula(items.book, row["expression"], question))}


def _by_count(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    options = (yield from filled(row["count"], words, "count")) or []
    scores = yield from filled(row["scores"], _scores_by_count, "scores")
    none = row["none"]
    if not none:
        yield blank(none, "none")
    if question in items.book.questions:
        for option in options:
            yield from chosen(items.book, row["count"], question, option)
        if none:
            yield from chosen(items.book, none, question, none.text)
    return {"by_count": scores, "options": options, "none": none.text}


def _scores_by_count(text: str) -> list[int]:
    """`0 4 8 12`: the scores of none, one, two, and of three or more."""
    return [whole(0, SCALE)(word) for word in words(text)]


def _by_income(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    midpoints = (yield from filled(row["midpoints"], _midpoints, "midpoints")) or {}
    steps = yield from filled(row["scores"], _ratio_bands, "scores")
    for column in ("average", "minimum"):
        if row[column]:
            yield from one_of(row[column], REFERENCES)
        else:
            yield blank(row[column], column)
    yield from check_codes(items.book, row["midpoints"], question, midpoints)
    if without := left_out(items.book, question, midpoints, items.missing):
        yield row["midpoints"].warning(
            "no-midpoint",
            gettext_noop("Without a midpoint, these answers count as missing: %(names)s."),
            names=without,
        )
    return {
        "income_ratio": steps,
        "midpoints": midpoints,
        "average": row["average"].text.strip(),
        "minimum": row["minimum"].text.strip(),
    }


def _midpoints(text: str) -> dict[str, Any]:
    return pairs(text, amount)


def _ratio_bands(text: str) -> list[list[Any]]:
    """Bounds of ratios are texts in documents, as shares are."""
    return [[None if b is None else str(b), s] for b, s in _score_bands(text)]


def _score_bands(text: str) -> list[list[Any]]:
    return bands(text, whole(0, SCALE))


def _by_area(items: Items, row: Row, _question: str) -> Reading[dict[str, Any]]:
    yield from asked_once(items.book, row["area"], row["area"].text)
    steps = yield from filled(row["scores"], _score_bands, "scores")
    return {"per_person_bands": steps, "area": row["area"].text}


def _by_scores(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    """Bands of a number, or a score a choice."""
    cell = row["scores"]
    if not ("=" in cell.text or "＝" in cell.text):
        return {"bands": (yield from typed(cell, _score_bands))}
    scores = (yield from typed(cell, _choice_scores)) or {}
    yield from _one_choice(items, cell, question)
    yield from check_codes(items.book, cell, question, scores)
    if without := left_out(items.book, question, scores, items.missing):
        yield cell.error(
            "no-score",
            gettext_noop(
                "Give these choices a score too, 0 to 12, or `na` where one says that the question "
                "does not apply: %(names)s."
            ),
            names=without,
        )
    return {"scores": scores}


def _choice_scores(text: str) -> dict[str, int]:
    return pairs(text, score)


def _by_choices(items: Items, row: Row, question: str) -> Reading[dict[str, Any]]:
    """The column `score` of the question's list."""
    list_ = items.list_of(question)
    if list_ is None and question in items.book.questions:
        yield row["question"].error(
            "no-rule",
            gettext_noop(
                "`%(name)s` has no list in the sheet `choices` that could hold scores. Write "
                "`scores`, such as `<8:0 <10:6 else:12`, or an `expression`."
            ),
            name=question,
        )
    yield from _one_choice(items, row["question"], question)
    return {"scores": dict(items.lists.get(list_.name, {})) if list_ else {}}


def _one_choice(items: Items, cell: Cell, question: str) -> Reading[None]:
    item = items.book.questions.get(question)
    if item and item.type.base in ("select_multiple", "rank"):
        yield cell.error(
            "several-choices",
            gettext_noop(
                "`%(name)s` may have several choices: fill in `count` with those that count, or "
                "write an `expression`."
            ),
            name=question,
        )


RULES = {
    "expression": _by_expression,
    "count": _by_count,
    "income": _by_income,
    "area": _by_area,
    "scores": _by_scores,
    "choices": _by_choices,
}
