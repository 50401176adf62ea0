"""A table of people as it is read: percentages of rows, columns or all, or means, each as precise as is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from scoring import crosstabs, divisions
from scoring.crosstabs import Found
from scoring.dashboard.crosstab_words import Words
from scoring.dashboard.figures import PERCENT, SCORE, UNLIKELY, Scale, count, p_value
from scoring.dashboard.groups import Group, found, groups_of
from scoring.divisions import Catalogue, Source
from scoring.maths.kinds import INDEX, INTERVIEWS
from scoring.models import EstimateSet
from scoring.tabulation import Asked, Cell, NoSuchTable, Share, Table, Trial
from surveys.errors import SurveyError

ROUND = Scale(100, 0, "%")  # beside what is hidden
ROW, COLUMN, ALL, PEOPLE = "row", "column", "all", "n"
PERCENTAGES = (ROW, COLUMN, ALL, PEOPLE)


class Look(NamedTuple):
    """What a person chose, as addresses name it; `people` is a group's key, blank for everyone."""

    rows: str = ""
    columns: str = ""
    people: str = ""
    percent: str = ""
    missing: str = ""
    intervals: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str], catalogue: Catalogue) -> "Look":
        """With what is shown first where nothing was chosen."""
        given = cls(*(params.get(name, "") for name in cls._fields))
        percent = given.percent if given.percent in PERCENTAGES else ROW
        first = next(iter(catalogue.segments), Source.SCORE.of(INDEX))
        second = Source.MEAN.of(INDEX) if first.startswith("score") else Source.SCORE.of(INDEX)
        rows = given.rows or first
        if percent == ROW and rows.startswith(Source.SEVERAL.of("")):
            percent = COLUMN  # of a choice there is no row that it is a part of
        return given._replace(rows=rows, columns=given.columns or second, percent=percent)

    @property
    def asked(self) -> Asked:
        segment = Source.GROUP.of(self.people) if self.people else ""
        return Asked(self.rows, self.columns, segment, bool(self.missing))

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in self._asdict().items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.chosen)


@dataclass(frozen=True)
class Option:
    key: str
    title: str
    is_chosen: bool


@dataclass(frozen=True)
class Chooser:
    """What can be chosen, under headings."""

    rows: Mapping[str, Sequence[Option]]
    columns: Mapping[str, Sequence[Option]]
    people: Mapping[str, Sequence[Group]]
    percentages: Sequence[Option]


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


@dataclass(frozen=True)
class Page:
    look: Look
    chooser: Chooser
    group: str
    table: ShownTable | None
    made_at: datetime | None = None
    is_old: bool = False
    is_moving: bool = False
    failure: str = ""  # of the job
    refusal: str = ""


def crosstab_page(made: EstimateSet, params: Mapping[str, str]) -> Page:
    """The table that was chosen, or why there is none."""
    catalogue = divisions.catalogue_of(made.scheme)
    words, look = Words.of(made.scheme, catalogue), Look.of(params, catalogue)
    chooser = _chooser(made, words, look)
    group = found(chooser.people, look.people) if look.people else None
    title = group.title if group else _("Everyone")
    try:
        there = crosstabs.find(made, look.asked, catalogue)
    except NoSuchTable as error:
        return Page(look, chooser, title, None, refusal=_in_words(error))
    table = None if there.table is None else shown(there.table, look, words)
    job = there.job
    return Page(
        look,
        chooser,
        title,
        table,
        made_at=there.made_at,
        is_old=there.is_old,
        is_moving=job is not None and job.state in (job.State.QUEUED, job.State.RUNNING),
        failure=_failure(there),
    )


def _failure(there: Found) -> str:
    job = there.job
    if job is None or job.state != job.State.FAILED:
        return ""
    sentence: str = _(job.error) % job.error_params
    return sentence


def _in_words(error: SurveyError) -> str:
    return _(error.message) % error.params


def _chooser(made: EstimateSet, words: Words, look: Look) -> Chooser:
    catalogue = words.catalogue
    told = made.estimates.filter(variable=INTERVIEWS, suppressed="").values_list("by", "level")
    levels: dict[str, list[str]] = {name: [] for name in words.dimensions}
    for by, level in told:
        levels.get(by, []).append(level)
    titles = {
        ROW: _("of the row"),
        COLUMN: _("of the column"),
        ALL: _("of all"),
        PEOPLE: _("none, people only"),
    }
    return Chooser(
        rows=_options(words, catalogue.rows, look.rows),
        columns=_options(words, [*catalogue.means, *catalogue.columns], look.columns),
        people=groups_of(words.dimensions.values(), levels.__getitem__),
        percentages=[Option(key, title, key == look.percent) for key, title in titles.items()],
    )


def _options(words: Words, keys: Iterable[str], chosen: str) -> dict[str, list[Option]]:
    return {
        section: [Option(key, words.short(key), key == chosen) for key in several]
        for section, several in groupby(keys, words.section)
    }


def shown(table: Table, look: Look, words: Words) -> ShownTable:
    """The table in words, its rows and columns in the form's order."""
    down = words.order(look.rows, table.rows)
    across = [0] if table.is_means else words.order(look.columns, table.columns)
    reading = _Reading(table, look)
    several = look.rows.startswith(Source.SEVERAL.of(""))
    return ShownTable(
        row_title=words.title(look.rows),
        column_title=words.title(look.columns),
        columns=[words.level(look.columns, table.columns[place]) for place in across],
        rows=[
            ShownRow(
                words.level(look.rows, table.rows[row]),
                [reading.cell(row, column) for column in across],
                reading.right(row) if table.right else None,
                _p(table.tests[row]) if several else "",
            )
            for row in down
        ],
        below=[reading.below(column) for column in across],
        people=count(table.people),
        test="" if several else _sentence(table.tests[0]),
        test_details="" if several else _details(table.tests[0]),
        has_hidden=reading.has_hidden,
        is_means=table.is_means,
        has_row_tests=several and any(table.tests),
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


CSV_HEADER = (
    *("row", "row_title", "column", "column_title", "n"),
    *(f"{of}_{part}" for of in ("row", "column", "all") for part in ("percent", "low", "high")),
    "note",
)
MEAN_HEADER = ("row", "row_title", "column", "column_title", "n", "mean", "low", "high", "note")


def csv_rows(table: Table, look: Look, words: Words) -> Iterator[Sequence[object]]:
    """The cells as a file has them, with what is hidden on the page hidden; no margins."""
    reading = _Reading(table, look)
    across = [0] if table.is_means else words.order(look.columns, table.columns)
    for row in words.order(look.rows, table.rows):
        for column in across:
            cell, level = table.cells[row][column], table.columns[column]
            about = (
                *(table.rows[row], words.level(look.rows, table.rows[row])),
                *(level, words.level(look.columns, level)),
            )
            shares = (cell.all,) if table.is_means else (cell.row, cell.column, cell.all)
            numbers = [end for share in shares for end in _ends(share, reading.scale)]
            note = _("hidden") if cell.n is None else ""
            yield (*about, "" if cell.n is None else cell.n, *numbers, note)


def _ends(share: Share, scale: Scale) -> list[str]:
    ends = (share.value, share.low, share.high)
    return ["" if end is None else scale.text(scale.rounded(end)) for end in ends]
