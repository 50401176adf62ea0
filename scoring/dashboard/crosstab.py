"""The page on which people of a wave are made into a table: what can be chosen, and what was made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from scoring import crosstabs, divisions
from scoring.dashboard.crosstab_look import ALL, COLUMN, PEOPLE, ROW, Look
from scoring.dashboard.crosstab_table import ShownTable, shown
from scoring.dashboard.crosstab_words import Words
from scoring.dashboard.groups import Group, chosen, groups_of
from scoring.dashboard.options import Option
from scoring.maths.kinds import INTERVIEWS
from scoring.models import EstimateSet
from scoring.tables import NoSuchTable
from surveys.models import Job
from surveys.wording import in_words


@dataclass(frozen=True)
class Chooser:
    """What can be chosen, under headings."""

    rows: Mapping[str, Sequence[Option]]
    columns: Mapping[str, Sequence[Option]]
    people: Mapping[str, Sequence[Group]]
    percentages: Sequence[Option]


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
    group = chosen(chooser.people, look.people).title
    try:
        there = crosstabs.find(made, look.asked, catalogue)
    except NoSuchTable as error:
        return Page(look, chooser, group, None, refusal=in_words(error))
    table = None if there.table is None else shown(there.table, look, words)
    return Page(
        look,
        chooser,
        group,
        table,
        made_at=there.made_at,
        is_old=there.is_old,
        is_moving=there.is_moving,
        failure=_failure(there.job),
    )


def _failure(job: Job | None) -> str:
    if job is None or job.state != Job.State.FAILED:
        return ""
    return in_words(job.failure)


def _chooser(made: EstimateSet, words: Words, look: Look) -> Chooser:
    catalogue = words.catalogue
    levels: dict[str, list[str]] = {name: [] for name in words.dimensions}
    told = made.estimates.filter(variable=INTERVIEWS, suppressed="", by__in=levels)
    for by, level in told.values_list("by", "level"):
        levels[by].append(level)
    return Chooser(
        rows=_options(words, catalogue.rows, look.rows),
        columns=_options(words, [*catalogue.means, *catalogue.columns], look.columns),
        people=groups_of(words.dimensions.values(), levels.__getitem__),
        percentages=_percentages(look),
    )


def _percentages(look: Look) -> list[Option]:
    titles = {
        ROW: _("of the row"),
        COLUMN: _("of the column"),
        ALL: _("of all"),
        PEOPLE: _("none, people only"),
    }
    return [Option(key, title, key == look.percent) for key, title in titles.items()]


def _options(words: Words, keys: Iterable[str], now: str) -> dict[str, list[Option]]:
    return {
        section: [Option(key, words.short(key), key == now) for key in several]
        for section, several in groupby(keys, words.section)
    }
