"""The tables of a page as files: what the page holds, and nothing that it hides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.http import Http404, HttpResponse
from django.utils import timezone

from scoring.dashboard.composition import Composition
from scoring.dashboard.figures import Figure
from scoring.dashboard.page import Page
from surveys.downloads import download
from surveys.exports.csv import csv_lines

Row: TypeAlias = Sequence[object]
NUMBER = ("value", "low", "high", "n", "note")


@dataclass(frozen=True)
class Table:
    """Columns that say what each row is about, then those of its number."""

    about: Sequence[str]
    rows: Callable[[Page], Iterator[Row]]
    number: Sequence[str] = NUMBER


@dataclass(frozen=True)
class FileNames:
    """What files of a page are called: the survey, the scheme, what it is, of whom, of which day."""

    stem: str
    tail: str

    @classmethod
    def of(cls, survey: str, scheme: str, page: Page) -> "FileNames":
        people = page.group.key.replace("=", "-") or "everyone"
        day = timezone.localtime(page.provenance.computed_at).date()
        return cls(f"{survey}_{scheme}", f"{people}_{day.isoformat()}")

    def named(self, what: str) -> str:
        return f"{self.stem}_{what}_{self.tail}"


def csv_answer(page: Page, what: str, files: FileNames) -> HttpResponse:
    """One table of the page as a CSV file. Raises Http404 where the page has no such table."""
    table = TABLES.get(what)
    rows = list(table.rows(page)) if table else []
    if table is None or not rows:
        raise Http404
    cells = (["" if cell is None else str(cell) for cell in row] for row in rows)
    text = "".join(csv_lines((*table.about, *table.number), cells))
    return download(text, f"{files.named(what)}.csv")


def _number(figure: Figure) -> Row:
    """What NUMBER names; of a hidden number only why it is hidden."""
    return (figure.value, figure.low, figure.high, figure.n, figure.reason or figure.remark)


def _profile(page: Page) -> Iterator[Row]:
    for standard in page.standards:
        about = (standard.name, standard.title)
        yield (page.group.key, *about, *_number(standard.score))
        if page.beside and standard.beside:
            yield (page.beside.key, *about, *_number(standard.beside))


def _thresholds(page: Page) -> Iterator[Row]:
    for each in page.thresholds:
        numbers = {"H": each.headcount, "M0": each.breadth, "A": each.intensity}
        for name, figure in numbers.items():
            yield (page.group.key, each.title, name, *_number(figure))


def _composition(page: Page) -> Iterator[Row]:
    if page.composition is None or not page.composition.is_known:
        return
    for *about, figure in _parts(page.composition):
        yield (page.group.key, *about, *_number(figure))


def _parts(made: Composition) -> Iterator[tuple[str, str, str, str, Figure]]:
    """`k` is blank beside what is the same at every cutoff."""
    for part in (*made.standards, *made.core_contents):
        yield ("M0 share", part.name, part.title, made.k, part.figure)
    for gap in made.gaps:
        yield ("gap", gap.name, gap.title, "", gap.figure)
    for item in made.items:
        yield ("lacking", item.name, item.question, "", item.lacking)
        yield ("counted", item.name, item.question, made.k, item.counted)
        yield ("M0 share", item.name, item.question, made.k, item.share)


def _cities(page: Page) -> Iterator[Row]:
    for city in page.cities:
        yield (
            city.code,
            city.title,
            city.rank,
            city.best_rank,
            city.worst_rank,
            *_number(city.index),
        )


def _heat(page: Page) -> Iterator[Row]:
    for city in page.cities:
        for standard, figure in zip(page.in_index, city.standards, strict=True):
            yield (city.code, city.title, standard.name, *_number(figure))


def _groups(page: Page) -> Iterator[Row]:
    for grouping in page.groupings:
        for level in grouping.levels:
            yield (grouping.name, level.title, *_number(level.index))


def _trend(page: Page) -> Iterator[Row]:
    for wave in page.trend:
        yield (page.group.key, wave.key, wave.title, *_number(wave.index))


def _days(page: Page) -> Iterator[Row]:
    for day in page.days:
        yield (day.date.isoformat(), day.interviews)


TABLES: Mapping[str, Table] = {
    "profile": Table(("group", "standard", "title"), _profile),
    "thresholds": Table(("group", "k", "variable"), _thresholds),
    "composition": Table(("group", "what", "name", "title", "k"), _composition),
    "cities": Table(("city", "title", "rank", "best_rank", "worst_rank"), _cities),
    "heat": Table(("city", "title", "standard"), _heat),
    "groups": Table(("by", "level"), _groups),
    "trend": Table(("group", "wave", "title"), _trend),
    "days": Table(("day",), _days, ("interviews",)),
}
