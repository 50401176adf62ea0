"""A table of people as it is read, on the page and as a file: each number as precise as is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.crosstab_look import ALL, COLUMN, ROW, Look
from scoring.dashboard.crosstab_words import Words
from scoring.dashboard.figures import PERCENT, SCORE, UNLIKELY, Scale, count, p_value
from scoring.tables import Cell, Share, Table, Trial

ROUND = Scale(100, 0, "%")  # beside what is hidden
CSV_HEADER = (
    *("row", "row_title", "column", "column_title", "n"),
    *(f"{of}_{part}" for of in ("row", "column", "all") for part in ("percent", "low", "high")),
    "note",
)
MEAN_HEADER = ("row", "row_title", "column", "column_title", "n", "mean", "low", "high", "note")


@dataclass(frozen=True)
class ShownCell:
    """One cell as read; blank and with a `reason` where it is hidden."""

    text: str
    n: str = ""
    interval: str = ""
    reason: str = ""
    bin: int | None = None  # the tenth of 0..100, for its colour


@dataclass(frozen=True)
class ShownRow:
    title: str
    cells: Sequence[ShownCell]
    total: ShownCell | None
    p: str = ""


@dataclass(frozen=True)
class ShownTable:
    """`has_hidden` says that something is hidden, and percentages are round for that."""

    row_title: str
    column_title: str
    columns: Sequence[str]
    rows: Sequence[ShownRow]
    below: Sequence[ShownCell]
    people: str
    test: str
    test_details: str
    has_hidden: bool
    is_means: bool
    has_row_tests: bool


def shown(table: Table, look: Look, words: Words) -> ShownTable:
    """The table in words, its rows and columns in the form's order."""
    down = words.order(look.rows, table.rows)
    across = _across(table, look, words)
    reading = _Reading(table, look)
    return ShownTable(
        row_title=words.title(look.rows),
        column_title=words.title(look.columns),
        columns=[words.level(look.columns, table.columns[place]) for place in across],
        rows=[
            ShownRow(
                words.level(look.rows, table.rows[row]),
                [reading.cell(row, column) for column in across],
                reading.right(row) if table.right else None,
                _p(table.tests[row]) if look.has_choices else "",
            )
            for row in down
        ],
        below=[reading.below(column) for column in across],
        people=count(table.people),
        test="" if look.has_choices else _sentence(table.tests[0]),
        test_details="" if look.has_choices else _details(table.tests[0]),
        has_hidden=reading.has_hidden,
        is_means=table.is_means,
        has_row_tests=look.has_choices and any(table.tests),
    )


class _Reading:
    """How the numbers of a table are written."""

    def __init__(self, table: Table, look: Look) -> None:
        self.table, self.look = table, look
        lines = (*table.cells, table.right, table.below)
        self.has_hidden = any(cell.n is None for line in lines for cell in line)
        self.scale = SCORE if table.is_means else ROUND if self.has_hidden else PERCENT

    def cell(self, row: int, column: int) -> ShownCell:
        cell = self.table.cells[row][column]
        return self.said(cell, self.share(cell))

    def share(self, cell: Cell) -> Share | None:
        """What is chosen of a cell; None where people only are."""
        if self.table.is_means:
            return cell.all
        of = {ROW: cell.row, COLUMN: cell.column, ALL: cell.all}
        return of.get(self.look.percent)

    def right(self, row: int) -> ShownCell:
        cell = self.table.right[row]
        return self.said(cell, None if self.look.percent == ROW else cell.all)

    def below(self, column: int) -> ShownCell:
        cell = self.table.below[column]
        has_share = self.table.is_means or self.look.percent in (ROW, ALL)
        return self.said(cell, cell.all if has_share else None)

    def said(self, cell: Cell, share: Share | None) -> ShownCell:
        if cell.n is None:
            reason = _("Fewer than 10 people, or another such number could be worked out from it.")
            return ShownCell(_("hidden"), reason=reason)
        if share is None:
            return ShownCell(count(cell.n))
        if share.value is None:
            reason = _("The percentage would tell of few people.")
            return ShownCell("–", n=count(cell.n), reason=reason)
        value = self.scale.rounded(share.value)
        text = self.scale.text(value) + self.scale.unit
        tint = min(9, max(0, int(share.value * 10)))
        return ShownCell(text, count(cell.n), self.interval(share), bin=tint)

    def interval(self, share: Share) -> str:
        if share.low is None or share.high is None:
            return ""
        ends = (self.scale.rounded(share.low), self.scale.rounded(share.high))
        return "–".join(map(self.scale.text, ends))


def _p(test: Trial | None) -> str:
    return p_value(test.p) if test else ""


def _sentence(test: Trial | None) -> str:
    if test is None:
        return ""
    if test.p < UNLIKELY:
        return _("More than chance (p %(p)s).") % {"p": _equal(test.p)}
    return _("May be chance (p %(p)s).") % {"p": _equal(test.p)}


def _equal(p: float) -> str:
    """A p-value with its sign."""
    text = p_value(p)
    return text if text.startswith("<") else f"= {text}"


def _details(test: Trial | None) -> str:
    if test is None:
        return ""
    numbers = {"f": f"{test.f:.2f}", "df": f"{test.df:.2f}", "error": f"{test.df_error:.1f}"}
    if test.chi2 is None:
        return _("Wald test that all groups have one mean: F(%(df)s, %(error)s) = %(f)s.") % numbers
    numbers |= {"chi2": f"{test.chi2:.1f}", "pearson": f"{test.pearson:.1f}"}
    return (
        _(
            "Chi-square corrected for the sample’s design (Rao and Scott, second order): "
            "%(chi2)s, F(%(df)s, %(error)s) = %(f)s. Without the correction it would be %(pearson)s."
        )
        % numbers
    )


def csv_header(table: Table) -> Sequence[str]:
    return MEAN_HEADER if table.is_means else CSV_HEADER


def csv_rows(table: Table, look: Look, words: Words) -> Iterator[list[str]]:
    """The cells as a file has them, with what is hidden on the page hidden; no margins."""
    scale = _Reading(table, look).scale
    for row in words.order(look.rows, table.rows):
        for column in _across(table, look, words):
            cell, level = table.cells[row][column], table.columns[column]
            about = (
                *(table.rows[row], words.level(look.rows, table.rows[row])),
                *(level, words.level(look.columns, level)),
            )
            shares = (cell.all,) if table.is_means else (cell.row, cell.column, cell.all)
            numbers = [end for share in shares for end in _ends(share, scale)]
            n, note = ("", _("hidden")) if cell.n is None else (str(cell.n), "")
            yield [*about, n, *numbers, note]


def _across(table: Table, look: Look, words: Words) -> Sequence[int]:
    """The places of columns in the order to show."""
    return [0] if table.is_means else words.order(look.columns, table.columns)


def _ends(share: Share, scale: Scale) -> list[str]:
    ends = (share.value, share.low, share.high)
    return ["" if end is None else scale.text(scale.rounded(end)) for end in ends]
