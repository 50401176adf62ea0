"""Who stands out in the data that an audience would get: counted by a worker, kept with its date."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import audiences, jobs
from surveys.disclosure.anonymity import (
    Codebook,
    Codes,
    anonymity,
    cells_of,
    diversity,
    gains,
    recoded,
)
from surveys.disclosure.coarseness import Dates, coarse_moment, coarse_number, coarse_points
from surveys.disclosure.identifiers import tags_of
from surveys.disclosure.terms import MOMENTS, NUMBERS, Terms
from surveys.exports.catalogue import Order, Tick
from surveys.exports.columns import Column, Layout
from surveys.exports.interviews import count, interviews_of, layouts_for
from surveys.exports.rows import rows_of
from surveys.jobs import Progress
from surveys.models import Audience, DisclosureReport, Job, Questionnaire, User
from surveys.xforms.definition import INDIRECT, PLACES

KIND, TITLE = "standout", _("Who stands out in the data")
LEAST = 5  # people of a cell, unless asked otherwise
DIFFERENT = 2  # answers of a cell to what nobody should learn
FIRST_WIDTH = 5.0  # of bands that are proposed
PLACE_FACTS = ("site", "city")  # neighbours know who lives where
COARSER: Mapping[Dates, Dates] = dict(  # the next step
    pairwise((Dates.EXACT, Dates.DAY, Dates.WEEK, Dates.MONTH))
)
OUT = "out"  # the way to leave a question out altogether

Sensitive: TypeAlias = Callable[[Questionnaire], Iterable[str]]
SENSITIVE: list[Sensitive] = []  # packages say the keys of answers that nobody should learn


def sensitive_of(questionnaire: Questionnaire) -> list[str]:
    """The keys of answers that nobody should learn of somebody, unless a person says others."""
    return list(dict.fromkeys(key for find in SENSITIVE for key in find(questionnaire)))


def request(
    audience: Audience,
    questionnaire: Questionnaire,
    by: User | None,
    *,
    least: int = LEAST,
    sensitive: Sequence[str] = (),
) -> Job:
    """Ask for the report. The caller nudges a worker."""
    params = {
        "audience": audience.pk,
        "questionnaire": questionnaire.pk,
        "least": least,
        "sensitive": list(sensitive),
    }
    return jobs.request(KIND, audience.survey, params, by)


def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Nothing where audience or questionnaire have gone meanwhile."""
    audience = Audience.objects.filter(pk=job.params["audience"], survey=job.survey_id).first()
    questionnaire = Questionnaire.objects.filter(
        pk=job.params["questionnaire"], survey=job.survey_id
    ).first()
    if audience is None or questionnaire is None:
        return
    order = Order(questionnaire, audience=audience)
    progress.expect(count(order))
    least, sensitive = job.params["least"], job.params["sensitive"]
    results = report(order, audiences.terms_of(audience), least, sensitive, progress.advance)
    DisclosureReport.objects.update_or_create(
        audience=audience,
        questionnaire=questionnaire,
        defaults={"made_at": timezone.now(), "results": results},
    )


@dataclass(frozen=True)
class Asked:
    """What somebody could be found by, as the audience gets it. `codes` are those of `texts`."""

    key: str  # of a question, or the name of a fact
    kind: str
    codes: Codes
    texts: Sequence[str]


def report(
    order: Order, terms: Terms, least: int, sensitive: Sequence[str], tick: Tick
) -> dict[str, Any]:
    """Numbers of people in cells of fewer than `least`, as JSON, in what the order gives under its
    terms. Reads every interview once.
    """
    layout = layouts_for(order)[""]
    tags = tags_of(order.forms)
    found_by = [column for column in layout.columns if tags.get(column.key) == INDIRECT]
    secret = [column for column in layout.columns if column.key in set(sensitive)]
    people, asked = _read(order, _narrowed(layout, [*found_by, *secret]), tick)
    first_secret = len(asked) - len(secret)
    table, untold = asked[:first_secret], asked[first_secret:]
    columns = [one.codes for one in table]
    cells = cells_of(columns, people)
    ways = [(at, *way) for at, one in enumerate(table) for way in _ways(one, table, terms)]
    given = {column.key for column in layout.columns}
    return {
        "least": least,
        "different": DIFFERENT,
        **anonymity(columns, people, least)._asdict(),
        "found_by": [one.key for one in table],
        "withheld": sorted(
            key for key, tag in tags.items() if tag == INDIRECT and key not in given
        ),
        "gains": [
            {"key": table[gain.place].key, "way": gain.way, **gain.after._asdict()}
            for gain in gains(columns, ways, people, least)
        ],
        "learned": [
            {"key": one.key, **diversity(cells, one.codes, DIFFERENT)._asdict()} for one in untold
        ],
        "terms": told(terms),
    }


def told(terms: Terms) -> dict[str, Any]:
    """The terms as JSON, without the key: for a page to see that they are others by now."""
    return {name: value for name, value in asdict(terms).items() if name != "key"}


def _narrowed(layout: Layout, columns: Sequence[Column]) -> Layout:
    facts = tuple(fact for fact in PLACE_FACTS if fact in layout.facts)
    return replace(layout, facts=facts, columns=tuple(columns), repeats=(), beside=())


def _read(order: Order, layout: Layout, tick: Tick) -> tuple[int, list[Asked]]:
    """The facts and columns of the layout in codes: four bytes an answer, however long it is."""
    width = len(layout.facts) + len(layout.columns)
    books, codes = [Codebook() for _ in range(width)], [array("i") for _ in range(width)]
    people = 0
    for row in rows_of(interviews_of(order), layout, order.layer):
        for book, column, text in zip(books, codes, row, strict=True):
            column.append(book.code(text))
        people += 1
        tick()
    names = [(fact, "fact") for fact in layout.facts]
    names += [(column.key, column.kind) for column in layout.columns]
    return people, [
        Asked(key, kind, np.array(column, np.int32), book.texts)
        for (key, kind), column, book in zip(names, codes, books, strict=True)
    ]


def _ways(asked: Asked, table: Sequence[Asked], terms: Terms) -> Iterator[tuple[str, Codes | None]]:
    """To be left out, and one step coarser where there is one: what it is called, what it becomes.
    While the site is told, the city is too.
    """
    if asked.key != "city" or all(one.key != "site" for one in table):
        yield OUT, None
    if step := _step(asked, terms):
        yield step[0], recoded(asked.codes, asked.texts, step[1])


def _step(asked: Asked, terms: Terms) -> tuple[str, Callable[[str], str]] | None:
    if asked.kind in NUMBERS:
        width = 2 * terms.widths[asked.key] if asked.key in terms.widths else FIRST_WIDTH
        return f"width {width:g}", partial(coarse_number, width=width)
    if asked.kind in MOMENTS:
        dates = COARSER.get(terms.dates)
        return (f"dates {dates}", partial(coarse_moment, dates=dates)) if dates else None
    if asked.kind in PLACES and terms.decimals:
        decimals = terms.decimals - 1
        return f"decimals {decimals}", partial(coarse_points, decimals=decimals)
    return None


def latest(audience: Audience, questionnaire: Questionnaire) -> DisclosureReport | None:
    """The report that was made last, by whatever terms the audience had then."""
    return DisclosureReport.objects.filter(audience=audience, questionnaire=questionnaire).first()


def is_current(report: DisclosureReport) -> bool:
    """Whether the audience still gets data under the terms of the report."""
    now: dict[str, Any] = told(audiences.terms_of(report.audience))
    return bool(report.results["terms"] == now)
