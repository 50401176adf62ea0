"""How far a share may be trusted."""

from dataclasses import replace

import pytest

from scoring.maths.estimate import Estimate
from scoring.maths.quality import doubts

GOOD = Estimate(
    n=500, estimate=0.5, se=0.02, deff=2.0, df=20, low=0.46, high=0.54, t_low=0.46, t_high=0.54, n_eff=250.0
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, set()),
        ({"n": 29, "n_eff": None}, {"few_people"}),
        ({"n_eff": 29.9}, {"few_people"}),
        ({"low": 0.35, "high": 0.65}, {"wide"}),
        ({"estimate": 0.05, "low": 0.02, "high": 0.10}, {"wide"}),  # 160 % of the estimate
        ({"estimate": 0.01, "low": 0.0, "high": 0.05}, set()),  # narrow enough whatever the share
        ({"df": 7}, {"few_df"}),
        ({"se": None, "df": None, "low": None, "high": None}, set()),
    ],
)
def test_doubts(changes: dict[str, float | None], found: set[str]) -> None:
    assert doubts(replace(GOOD, **changes)) == found  # type: ignore[arg-type]
