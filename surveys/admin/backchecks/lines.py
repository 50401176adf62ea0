"""Comparisons as a file, in the columns of `ipabcstats`' sheet of comparisons."""

from collections.abc import Iterator

from surveys.admin.backchecks.words import Wording
from surveys.backchecks.results import Met, met_of, teams_of
from surveys.exports.csv import csv_lines
from surveys.models import BackCheck
from surveys.models.backcheck import SecondVisitQuerySet
from surveys.quality.backchecks import Comparison, Outcome, Value

COLUMNS = (
    "id", "enumerator", "enumteam", "backchecker", "bcteam", "variable", "label", "type", "survey",
    "surveylabel", "backcheck", "backchecklabel", "result", "surveydate", "bcdate", "days",
)  # fmt: skip
RESULTS = {
    Outcome.SAME: "not different",
    Outcome.DIFFERENT: "different",
    Outcome.NOT_COMPARED: "not compared",
}


def lines_of(backcheck: BackCheck, visits: SecondVisitQuerySet, wording: Wording) -> Iterator[str]:
    """All comparisons, line by line, the newest visit first."""
    teams = teams_of(backcheck)
    checkers = backcheck.checkers.values_list("username", "pk")
    team_of = {name: teams.get(pk, "") for name, pk in checkers}
    rows = (
        _cells(met, row, team_of.get(row.backchecker, ""), wording)
        for met in met_of(backcheck, visits, None)
        for row in met.rows
    )
    return csv_lines(COLUMNS, rows)


def _cells(met: Met, row: Comparison, team: str, wording: Wording) -> list[str]:
    first, second = met.days
    return [
        row.id,
        row.enumerator,
        row.team,
        row.backchecker,
        team,
        row.question.rpartition("/")[2],
        wording.question(row.question),
        f"type {int(row.type)}",
        _written(row.first),
        _label(row, row.first, wording),
        _written(row.second),
        _label(row, row.second, wording),
        RESULTS[row.outcome],
        f"{first:%Y-%m-%d}",
        f"{second:%Y-%m-%d}",
        "" if row.days is None else str(row.days),
    ]


def _written(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, int | float) else value


def _label(row: Comparison, value: Value, wording: Wording) -> str:
    """Of a choice; blank of numbers and texts."""
    said = wording.answer(row.question, value) if isinstance(value, str) else ""
    return "" if said == value else said
