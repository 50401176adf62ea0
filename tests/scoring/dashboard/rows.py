"""Estimate rows as scoring would publish them, from the golden numbers."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from scoring import schemes
from scoring.maths.scheme import SchemeSpec, parse_scheme
from scoring.models import Estimate, EstimateSet
from surveys.models import Survey, Wave

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "golden_estimates.csv"
SCHEME = schemes.five_standards()
RENAMED = {"index_eq": "index", "poor_": "H_", "ck_": "M0_"}
FIRST_DAY = date(2026, 11, 3)

CITY_FORM = """
| survey  |                 |        |                |                |
|         | type            | name   | label::en (en) | label::zh (zh) |
|         | text            | psu_id | Site           | 地点           |
|         | select_one city | a1     | City           | 城市           |
|         | select_one sex  | a3     | Sex            | 性别           |
| choices |                 |        |                |                |
|         | list_name       | name   | label::en (en) | label::zh (zh) |
|         | city            | c01    | First          | 第一           |
|         | city            | c02    | Second         | 第二           |
|         | sex             | m      | Male           | 男             |
|         | sex             | f      | Female         | 女             |
| settings |                |        |                |
|         | form_title      | form_id | version       | default_language |
|         | Named           | named  | 1              | en (en)        |
"""


def make_set(survey: Survey, weights: str = "equal-v1", *, interviews: int = 1200) -> EstimateSet:
    """A set of estimates without rows."""
    scheme = schemes.add(survey, SCHEME, weights, is_default=weights == "equal-v1")
    wave, _ = Wave.objects.get_or_create(survey=survey, number=1)
    return EstimateSet.objects.create(
        scheme=scheme,
        wave=wave,
        interviews=interviews,
        psus=60,
        strata=4,
        form_versions=["1.0.0"],
        weight_version="golden",
        computed_at=timezone.now(),
    )


def make_golden(survey: Survey) -> EstimateSet:
    """A set of estimates with the golden numbers, kept."""
    made = make_set(survey)
    Estimate.objects.bulk_create(golden(made))
    return made


def golden(made: EstimateSet) -> list[Estimate]:
    return [*_indicators(made), *_interviews(made)]


def _indicators(made: EstimateSet) -> Iterator[Estimate]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Estimate(
                set=made,
                variable=_renamed(row["variable"]),
                by=row["by"],
                level=row["level"],
                n=int(row["n"]),
                estimate=float(row["estimate"]),
                se=_number(row["se"]),
                deff=_number(row["deff"]),
                df=_number(row["df"]),
                low=_number(row["logit_low"]),
                high=_number(row["logit_high"]),
            )


def _renamed(variable: str) -> str:
    for old, new in RENAMED.items():
        variable = variable.replace(old, new)
    return variable


def _number(text: str) -> float | None:
    return None if text in ("", "NA") else float(text)


def _interviews(made: EstimateSet) -> Iterator[Estimate]:
    counts = {("all", "all"): 1200, ("outcome", "completed"): 1179, ("outcome", "partial"): 21}
    for number, n in enumerate((600, 0, 580, 20)):
        if n:
            counts["day", (FIRST_DAY + timedelta(days=number)).isoformat()] = n
    for (by, level), n in counts.items():
        yield Estimate(set=made, variable="interviews", by=by, level=level, n=n, estimate=n)


def spec() -> SchemeSpec:
    return parse_scheme(SCHEME, weights="equal-v1")
