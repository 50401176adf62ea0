"""The cells of a wave by primary sampling unit, for what compares groups."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring import cells, strata
from scoring.maths.cells import Cell, Cells, Domain, Sums
from scoring.maths.design import Design
from scoring.maths.estimate import Totals
from scoring.maths.kinds import Kind, beginnings
from scoring.models import Scheme
from surveys.models import Wave

BY_ITEM = beginnings(Kind.UNCENSORED, Kind.CENSORED, Kind.PART_OF_ITEM)
SITES = 100  # read together


@dataclass(frozen=True)
class Sample:
    """A wave's cells by primary sampling unit (PSU), ordered by stratum and PSU."""

    strata: Sequence[str]  # of each PSU
    psus: Sequence[str]
    cells: Sequence[Cells]
    variables: Sequence[str]

    @cached_property
    def design(self) -> Design:
        """The design that the PSUs themselves tell: their strata, and how many of each there are."""
        _, stratum = np.unique(self.strata, return_inverse=True)
        return Design(stratum.astype(np.int64), np.bincount(stratum).astype(np.int64))

    def totals(self, wanted: Sequence[Cell]) -> Totals:
        """The sums of some cells in every PSU, arrays (PSUs, cells)."""
        place = {name: number for number, name in enumerate(self.variables)}
        sums = np.zeros((len(Sums._fields), len(self.cells), len(wanted)))
        for row, psu in enumerate(self.cells):
            at = {domain: number for number, domain in enumerate(psu.domains)}
            for column, (by, level, variable) in enumerate(wanted):
                domain = at.get(Domain(by, level))
                if domain is not None:
                    sums[:, row, column] = psu.sums[:, domain, place[variable]]
        n, *rest = sums
        return Totals(n.astype(np.int64), *rest)


def sample_of(scheme: Scheme, wave: Wave) -> Sample:
    """The cells of a wave by PSU: for what compares groups, which have PSUs in common.

    Without what is there by item, which nothing compares and is most of it.
    """
    names = cells.variables_of(scheme)
    places = [place for place, name in enumerate(names) if not name.startswith(BY_ITEM)]
    by_psu: dict[tuple[str, str], list[Cells]] = defaultdict(list)
    for site in (
        strata.sites_of(scheme, wave).order_by("stratum", "psu", "site__code").iterator(SITES)
    ):
        by_psu[site.stratum, site.psu].append(cells.read(site).only(places))
    return Sample(
        strata=[stratum for stratum, _ in by_psu],
        psus=[psu for _, psu in by_psu],
        cells=[Cells.together(parts) for parts in by_psu.values()],
        variables=[names[place] for place in places],
    )
