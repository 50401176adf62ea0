"""How far a published share may be trusted, by the presentation standard for proportions of the US
National Center for Health Statistics (2017): annotated for staff, hidden from the public.
"""

from scoring.maths.estimate import Estimate

FEWEST_PEOPLE = 30  # and effective people
WIDEST, NARROWEST = (
    0.30,
    0.05,
)  # interval widths: too wide whatever the share, and always narrow enough
WIDEST_PART = 1.30  # of the estimate, for widths between the two
FEWEST_DF = 8

FEW_PEOPLE, WIDE, FEW_DF = "few_people", "wide", "few_df"


def doubts(numbers: Estimate) -> frozenset[str]:
    """What speaks against relying on an estimate that lies in [0, 1]; empty where nothing does."""
    found = {
        FEW_PEOPLE: min(numbers.n, numbers.n_eff or numbers.n) < FEWEST_PEOPLE,
        WIDE: _is_wide(numbers),
        FEW_DF: numbers.df is not None and numbers.df < FEWEST_DF,
    }
    return frozenset(name for name, holds in found.items() if holds)


def _is_wide(numbers: Estimate) -> bool:
    if numbers.low is None or numbers.high is None or numbers.estimate is None:
        return False
    width = numbers.high - numbers.low
    if width >= WIDEST:
        return True
    return width > NARROWEST and width > WIDEST_PART * numbers.estimate
