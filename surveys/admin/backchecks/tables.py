"""The tables of a back-check's page: how many visits were made, what differs, what the tests say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.admin.backchecks import rates
from surveys.admin.backchecks.words import SHORT, TYPES, Wording
from surveys.backchecks import results
from surveys.backchecks.questions import questions_of
from surveys.backchecks.results import Coverage
from surveys.models import BackCheck
from surveys.models.backcheck import SecondVisitQuerySet
from surveys.quality.backchecks import Comparison
from surveys.quantities import share


@dataclass(frozen=True)
class Covered:
    """An enumerator's coverage; `is_short` where fewer were drawn than the least number."""

    coverage: Coverage
    share: str
    is_short: bool


def shown(backcheck: BackCheck, visits: SecondVisitQuerySet, wording: Wording) -> dict[str, Any]:
    """What the page shows of the visits that its reader sees."""
    by_enumerator = _looked_at(
        results.coverage_by(visits, "interview__enumerator"), results.looked_at(backcheck)
    )
    compared = [row for met in results.met_of(backcheck, visits) for row in met.rows]
    whole = results.in_all(by_enumerator)
    return {
        "questions": [
            (wording.question(one.place), str(TYPES[one.type])) for one in questions_of(backcheck)
        ],
        "share": share(backcheck.share),
        "coverage": whole,
        "is_cut": whole.met > results.MOST,
        "most": results.MOST,
        "enumerators": [_covered(one, backcheck.least) for one in by_enumerator],
        "checkers": results.coverage_by(visits, "checker"),
        "types": list(SHORT.values()),
        "rates": rates.by_type(compared),
        "by_question": rates.by_question(compared, questions_of(backcheck), wording),
        "by_enumerator": rates.by_person(compared, _enumerator),
        "by_checker": rates.by_person(compared, _checker),
        "tests": rates.tested(results.tests_of(backcheck, compared), wording),
    }


def _looked_at(rows: Sequence[Coverage], counts: dict[str, int]) -> list[Coverage]:
    return [replace(row, looked_at=counts.get(row.name, 0)) for row in rows]


def _covered(one: Coverage, least: int) -> Covered:
    part = share(one.drawn / one.looked_at) if one.looked_at else ""
    return Covered(one, part, one.drawn < min(least, one.looked_at))


def _enumerator(row: Comparison) -> str:
    return row.enumerator


def _checker(row: Comparison) -> str:
    return row.backchecker
