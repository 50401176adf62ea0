"""The column `score` of the sheet `choices`: what each choice of a list is worth."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from scoring.workbooks.groups import chosen
from scoring.workbooks.notation import score
from scoring.workbooks.sheets import Reading, SchemeBook, typed
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.sheets import Column
from surveys.xforms.linting.source import ChoiceList
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.table import SCORE

Scores: TypeAlias = Mapping[str, int]


def read_lists(
    book: SchemeBook, used: Collection[str], missing: Collection[str]
) -> Reading[dict[str, Scores]]:
    """The scores of every list in use. Choices that are missing codes need none."""
    column = book.score_column
    if column is None:
        if used:
            yield _no_column(book)
        return {}
    found: dict[str, Scores] = {}
    for name, list_ in book.scored.lists.items():
        if name in used:
            found[name] = yield from _read_list(list_, column, missing)
        elif any(row.cell(column) for row in list_.rows):
            yield (
                list_.rows[0]
                .cell(column)
                .note(
                    "unused-scores",
                    gettext_noop("No indicator uses the scores of the list `%(name)s`."),
                    name=name,
                )
            )
    return found


def _no_column(book: SchemeBook) -> Finding:
    sheet = book.scored.choices
    cell = sheet.cell if sheet else Cell()
    meant = nearest(SCORE, [c.heading for c in sheet.columns if not c.key] if sheet else ())
    if meant:
        return cell.error(
            "no-scores",
            gettext_noop(
                "The sheet `choices` has no column `score`. Rename `%(meant)s`, or write `scores` "
                "in the sheet `indicators`."
            ),
            meant=meant,
        )
    return cell.error(
        "no-scores",
        gettext_noop(
            "The sheet `choices` has no column `score`. Add it, or write `scores` in the sheet "
            "`indicators`."
        ),
    )


def _read_list(list_: ChoiceList, column: Column, missing: Collection[str]) -> Reading[Scores]:
    scores: dict[str, int] = {}
    for row in list_.rows:
        cell = row.cell(column)
        if cell:
            value = yield from typed(cell, score)
            if value is not None:
                scores[row.name] = value
        elif row.name and row.name not in missing:
            yield _unscored(cell, row.name)
    return scores


def _unscored(cell: Cell, name: str) -> Finding:
    return cell.error(
        "no-score",
        gettext_noop(
            "The choice `%(name)s` has no score. Write 0 to 12, or `na` where it says that the "
            "question does not apply."
        ),
        name=name,
    )


def check_codes(
    book: SchemeBook, cell: Cell, question: str, codes: Iterable[str]
) -> Iterator[Finding]:
    """Whether `yes=12 no=0` names choices of the question."""
    if question in book.questions:
        for code in codes:
            yield from chosen(book, cell, question, code)


def left_out(
    book: SchemeBook, question: str, codes: Collection[str], missing: Collection[str]
) -> str:
    """The choices of a question that `yes=12 no=0` does not name, though they are no missing codes."""
    item = book.questions.get(question)
    offered = (item and book.form.offered(item.path)) or frozenset()
    return ", ".join(sorted(offered.difference(codes, missing)))
