"""`make simulate`: how often the 95 % intervals of 1,000 samples hold the truth about a population.

The population is known: people in PSUs in strata answer the items of the five standards by a latent
model. What all of them answer, and do not answer, is the truth; each sample is estimated as a survey
is, from its sites' cells. Ends with an error where an interval covers less than 93 % or over 97 %.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import scoring
from scoring.maths.cells import ALL, Cell, Weighed, site_cells
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate
from scoring.maths.matrix import Bytes, Floats, Integers
from scoring.maths.person import score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.scheme import SchemeSpec, parse_scheme
from scoring.maths.strata import by_cell
from tests.bench.house import write

SEED = 20_101_103
SAMPLES = 1_000
LEAST, MOST = 0.93, 0.97
VARIABLES = ("index", "H_1_3", "M0_1_3")
RULES = ("scores", "bands", "by_count", "per_person_bands", "income_ratio")
STRATUM_MEANS = (-0.5, -0.1, 0.2, 0.5)  # of the latent inclination to be integrated
PSU_SD, PERSON_SD = 0.45, 0.6  # against 1 of each single item
SKIPPED, UNANSWERED = 0.06, 0.04
BLOCK = 2**15


@dataclass(frozen=True)
class Plan:
    """How many PSUs there are and are drawn in each stratum, and how many people in each PSU."""

    name: str
    psus: int
    drawn: int
    people: tuple[int, int]  # fewest and most in a PSU
    interviewed: int | None  # None is everybody
    has_fpc: bool


PLANS = (
    Plan("two stages, few of the PSUs", 400, 14, (40, 100), 20, has_fpc=False),
    Plan("whole PSUs, a third of them", 42, 14, (12, 28), None, has_fpc=True),
)


class Population(NamedTuple):
    stratum: Integers  # (PSUs,)
    members: list[Integers]  # of each PSU
    variables: Mapping[str, Floats]  # (people,)

    def truth(self, name: str) -> float:
        return float(np.nanmean(self.variables[name]))


def main() -> None:
    is_covered = [report(plan, number) for number, plan in enumerate(PLANS)]
    sys.exit(0 if all(is_covered) else 1)


def report(plan: Plan, number: int) -> bool:
    rng = np.random.default_rng([SEED, number])
    people = population(plan, rng)
    made = [estimated(people, *drawn) for drawn in samples(plan, people, rng)]
    covered = [
        tell(plan, name, people.truth(name), [row[name] for row in made]) for name in VARIABLES
    ]
    return all(covered)


def tell(plan: Plan, name: str, truth: float, made: list[Estimate]) -> bool:
    """One line of a variable's coverage; whether it is near enough to 95 %."""
    low, high, value, se = (
        np.array([getattr(row, column) for row in made], dtype=np.float64)
        for column in ("low", "high", "estimate", "se")
    )
    coverage = float(((low <= truth) & (truth <= high)).mean())
    write(
        plan=plan.name,
        variable=name,
        coverage=round(coverage, 4),
        samples=len(made),
        seed=SEED,
        truth=round(truth, 5),
        mean_estimate=round(float(value.mean()), 5),
        sd_of_estimates=round(float(value.std(ddof=1)), 5),
        mean_se=round(float(se.mean()), 5),
    )
    return LEAST <= coverage <= MOST


def population(plan: Plan, rng: np.random.Generator) -> Population:
    stratum = np.repeat(np.arange(len(STRATUM_MEANS)), plan.psus)
    sizes = rng.integers(plan.people[0], plan.people[1] + 1, size=len(stratum))
    members = np.split(np.arange(sizes.sum()), np.cumsum(sizes)[:-1])
    of_psu = np.array(STRATUM_MEANS)[stratum] + rng.normal(0, PSU_SD, size=len(stratum))
    inclination = np.repeat(of_psu, sizes) + rng.normal(0, PERSON_SD, size=sizes.sum())
    document = instrument()
    items = answers(document, inclination, rng)
    return Population(stratum, members, variables(parse_scheme(document), items))


def answers(document: Mapping[str, Any], inclination: Floats, rng: np.random.Generator) -> Bytes:
    """Item scores (people, items): the more inclined, the higher the choice among an item's scores."""
    columns = []
    for item in document["items"]:
        possible = scores(item)
        bounds = np.linspace(-1, 1, len(possible) + 1)[1:-1] + rng.normal(0, 0.5)
        latent = inclination + rng.normal(size=len(inclination))
        column = possible[np.searchsorted(bounds, latent)]
        column[rng.random(len(column)) < UNANSWERED] = MISSING
        column[rng.random(len(column)) < SKIPPED] = NOT_APPLICABLE
        columns.append(column)
    return np.stack(columns).T


def scores(item: Mapping[str, Any]) -> Bytes:
    """What an item can be judged, in order."""
    rule = next(item[name] for name in RULES if name in item)
    listed = rule.values() if isinstance(rule, dict) else rule
    numbers = {one[1] if isinstance(one, list) else one for one in listed} - {NOT_APPLICABLE}
    return np.array(sorted(numbers | {0}), dtype=np.uint8)


def variables(scheme: SchemeSpec, items: Bytes) -> dict[str, Floats]:
    parts = [
        score_people(scheme, items[first : first + BLOCK]).variables()
        for first in range(0, len(items), BLOCK)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in VARIABLES}


def samples(
    plan: Plan, people: Population, rng: np.random.Generator
) -> Iterator[tuple[Plan, list[Integers], Integers]]:
    """The people drawn, by PSU, and the PSUs: both without replacement."""
    strata = np.arange(len(people.stratum)).reshape(-1, plan.psus)
    for _ in range(SAMPLES):
        psus = rng.permuted(strata, axis=1)[:, : plan.drawn].ravel()
        yield plan, [interviewed(plan, people.members[psu], rng) for psu in psus], psus


def interviewed(plan: Plan, members: Integers, rng: np.random.Generator) -> Integers:
    if plan.interviewed is None:
        return members
    return rng.permutation(members)[: plan.interviewed]


def estimated(
    people: Population, plan: Plan, drawn: list[Integers], psus: Integers
) -> dict[str, Estimate]:
    sites = []
    for psu, some in zip(psus, drawn, strict=True):
        weight = plan.psus / plan.drawn * len(people.members[psu]) / len(some)
        columns = {name: column[some] for name, column in people.variables.items()}
        sites.append(site_cells([Weighed(columns, np.full(len(some), weight))], {}))
    made = by_cell(sites, design(plan, people.stratum[psus]))
    return {name: made[Cell(ALL, ALL, name)] for name in VARIABLES}


def design(plan: Plan, stratum: Integers) -> Design:
    there = np.full(len(STRATUM_MEANS), float(plan.psus)) if plan.has_fpc else None
    return Design(stratum, np.bincount(stratum), there)


def instrument() -> dict[str, Any]:
    path = Path(scoring.__file__).parent / "instruments" / "five_standards.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    main()
