"""Cells become published estimates; nothing else is shown or exported.

Sites' cells are added up by stratum first, and only the strata that changed: one more interview costs
as much among a million as among a thousand.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from scoring import cells
from scoring.maths import disclosure, quality, strata
from scoring.maths.cells import ALL, Cell, Cells, Domain, Sums
from scoring.maths.design import Design
from scoring.maths.disclosure import Row
from scoring.maths.estimate import Estimate as Numbers
from scoring.maths.estimate import Totals
from scoring.maths.person import (
    CENSORED,
    OF_CORE,
    OF_ITEM,
    OF_STANDARD,
    UNCENSORED,
    sums,
)
from scoring.maths.strata import Moments, Stratum
from scoring.models import Estimate, EstimateSet, Scheme, SiteCells, StratumCells
from scoring.schemes import spec_of
from surveys.models import Wave, WeightVersion

INTERVIEWS = "interviews"  # the count of people, beside the indicators
NOT_OF_PEOPLE = (ALL, "day", "outcome")  # counts of work, which point at nobody
NOT_PUBLISHED = ("version",)
BY_ITEM = (UNCENSORED, CENSORED, OF_ITEM)
WITHOUT_DEFF = (OF_ITEM, OF_STANDARD, OF_CORE)  # ratios: no simple random sample to compare with
NUMBERS = ("n", "estimate", "se", "deff", "df", "low", "high", "suppressed", "flags")
BATCH = 1000


class Published(NamedTuple):
    """A row to publish: the fields of an `Estimate`."""

    key: Cell
    n: int | None = None
    estimate: float | None = None
    se: float | None = None
    deff: float | None = None
    df: float | None = None
    low: float | None = None
    high: float | None = None
    suppressed: str = ""
    flags: Sequence[str] = ()  # a list, as the database gives it back

    @property
    def numbers(self) -> dict[str, Any]:
        return dict(zip(NUMBERS, self[1:], strict=True))


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


def is_stale(scheme: Scheme, wave: Wave) -> bool:
    """Whether the cells or the kind of sample changed since the estimates were made."""
    made = EstimateSet.objects.filter(scheme=scheme, wave=wave).first()
    return made is None or not _is_current(made)


def _is_current(made: EstimateSet) -> bool:
    return (
        made.built_revision == _built_revision(made.scheme, made.wave)
        and made.is_probability_sample == made.scheme.survey.is_probability_sample
    )


def _built_revision(scheme: Scheme, wave: Wave) -> int:
    total = scheme.sites.filter(wave=wave).aggregate(total=Sum("built_revision"))["total"]
    return total or 0


@transaction.atomic
def refresh(scheme: Scheme, wave: Wave) -> EstimateSet:
    """Replace the estimates of a wave by what its cells say now, unless somebody just did."""
    _, created = EstimateSet.objects.get_or_create(
        scheme=scheme, wave=wave, defaults={"computed_at": timezone.now()}
    )
    sets = EstimateSet.objects.select_for_update(of=("self",)).select_related("scheme__survey")
    made = sets.get(scheme=scheme, wave=wave)
    if created or not _is_current(made):
        _replace(made)
    return made


def _replace(made: EstimateSet) -> None:
    made.built_revision = _built_revision(made.scheme, made.wave)
    made.is_probability_sample = made.scheme.survey.is_probability_sample
    known = _add_up(made.scheme, made.wave)
    _store(made, list(published(made, known)))
    _describe(made, known)
    made.save()


def _add_up(scheme: Scheme, wave: Wave) -> list[StratumCells]:
    """All strata of a wave; those whose sites changed are made anew from their cells."""
    kept = {row.stratum: row for row in scheme.strata.filter(wave=wave)}
    wanted = fingerprints(scheme, wave)
    scheme.strata.filter(wave=wave).exclude(stratum__in=wanted).delete()
    for stratum, fingerprint in wanted.items():
        if stratum not in kept or kept[stratum].fingerprint != fingerprint:
            fields = stratum_cells(scheme, wave, stratum)
            kept[stratum], _ = StratumCells.objects.update_or_create(
                scheme=scheme,
                wave=wave,
                stratum=stratum,
                defaults={"fingerprint": fingerprint, **fields},
            )
    return [kept[stratum] for stratum in sorted(wanted) if kept[stratum].psus]


def fingerprints(scheme: Scheme, wave: Wave) -> dict[str, str]:
    """Of which cells each stratum is made."""
    digests: dict[str, list[str]] = defaultdict(list)
    rows = _summed(scheme, wave).order_by("pk").values_list("stratum", "pk", "built_revision")
    for stratum, pk, revision in rows.iterator():
        digests[stratum].append(f"{pk}:{revision}")
    layout = cells.layout_of(scheme)
    return {
        stratum: hashlib.sha256(" ".join((layout, *parts)).encode()).hexdigest()
        for stratum, parts in digests.items()
    }


def _summed(scheme: Scheme, wave: Wave) -> QuerySet[SiteCells]:
    """The sites of which there is something to add; those summed by another release come later."""
    found = scheme.sites.filter(wave=wave, people__gt=0, layout=cells.layout_of(scheme))
    return found.select_related("scheme")


def stratum_cells(scheme: Scheme, wave: Wave, stratum: str) -> dict[str, object]:
    """A stratum's cells made of its sites': fields of `StratumCells`."""
    sites = list(_summed(scheme, wave).filter(stratum=stratum).order_by("psu", "site__code"))
    by_psu: dict[str, list[SiteCells]] = defaultdict(list)
    for site in sites:
        by_psu[site.psu].append(site)
    psus = [Cells.together([cells.read(site) for site in some]) for some in by_psu.values()]
    if not psus:  # its sites were rebuilt elsewhere since we looked: the next time has none of it
        return {"psus": 0, "domains": [], "moments": cells.packed(np.zeros(0)), "counts": {}}
    made = Stratum.of(psus)
    return {
        "psus": len(psus),
        "domains": [list(domain) for domain in made.domains],
        "moments": cells.packed(made.moments),
        "counts": _counts(by_psu),
    }


def _counts(by_psu: Mapping[str, Sequence[SiteCells]]) -> dict[str, dict[str, list[int]]]:
    """How many interviews, and in how many PSUs."""
    interviews: dict[str, Counter[str]] = defaultdict(Counter)
    psus: dict[str, Counter[str]] = defaultdict(Counter)
    for sites in by_psu.values():
        here: dict[str, Counter[str]] = defaultdict(Counter)
        for site in sites:
            for by, levels in site.counts.items():
                here[by].update(levels)
        for by, counted in here.items():
            interviews[by].update(counted)
            psus[by].update(counted.keys())
    return {
        by: {level: [n, psus[by][level]] for level, n in counted.items()}
        for by, counted in interviews.items()
    }


def sample_of(scheme: Scheme, wave: Wave) -> Sample:
    """The cells of a wave by PSU: for what compares groups, which have PSUs in common.

    Without what is there by item, which nothing compares and is most of it.
    """
    names = cells.variables_of(scheme)
    places = [place for place, name in enumerate(names) if not name.startswith(BY_ITEM)]
    by_psu: dict[tuple[str, str], list[Cells]] = defaultdict(list)
    for site in _summed(scheme, wave).order_by("stratum", "psu", "site__code").iterator(100):
        by_psu[site.stratum, site.psu].append(cells.read(site).only(places))
    return Sample(
        strata=[stratum for stratum, _ in by_psu],
        psus=[psu for _, psu in by_psu],
        cells=[Cells.together(parts) for parts in by_psu.values()],
        variables=[names[place] for place in places],
    )


def published(made: EstimateSet, known: Sequence[StratumCells]) -> Iterator[Published]:
    """The rows to publish: counts of interviews and indicators, without what must not be shown."""
    counted = _counted(known)
    computed = _computed(made, known)
    rows = {key: Row(n, psus) for key, (n, psus) in counted.items() if key.by not in NOT_OF_PEOPLE}
    rows |= {key: Row(row.n, psus, row.estimate) for key, (row, psus) in computed.items()}
    reasons = disclosure.withheld(rows, sums(spec_of(made.scheme)))
    for key, (n, _) in counted.items():
        number = None if key in reasons else n
        yield Published(key, n=number, estimate=number, suppressed=reasons.get(key, ""), flags=[])
    for key, (numbers, _) in computed.items():
        yield _published(key, numbers, reasons.get(key, ""))


def _counted(known: Sequence[StratumCells]) -> dict[Cell, tuple[int, int]]:
    """Interviews, and in how many PSUs, by cell."""
    found: dict[Cell, tuple[int, int]] = {}
    for stratum in known:
        for by, levels in stratum.counts.items():
            for level, (n, psus) in levels.items() if by not in NOT_PUBLISHED else ():
                cell = Cell(by, level, INTERVIEWS)
                before = found.get(cell, (0, 0))
                found[cell] = before[0] + n, before[1] + psus
    return found


def _computed(made: EstimateSet, known: Sequence[StratumCells]) -> dict[Cell, tuple[Numbers, int]]:
    """The estimate of every cell, and in how many PSUs it has anybody."""
    if not known:
        return {}
    read = [_read(made.scheme, stratum) for stratum in known]
    domains, numbers = strata.estimates(read, has_design=made.is_probability_sample)
    keys = [Cell(*domain, name) for domain in domains for name in read[0].variables]
    rows = zip(keys, numbers.rows(), numbers.psus.tolist(), strict=True)
    return {key: (row, psus) for key, row, psus in rows if row.n}


def _read(scheme: Scheme, row: StratumCells) -> Stratum:
    domains = tuple(Domain(*domain) for domain in row.domains)
    names = cells.variables_of(scheme)
    shape = (len(Moments._fields), len(domains), len(names))
    return Stratum(row.psus, names, domains, cells.unpacked(row.moments, shape))


def _published(key: Cell, numbers: Numbers, reason: str) -> Published:
    if reason:
        return Published(key, suppressed=reason, flags=[])
    if key.variable.startswith(WITHOUT_DEFF):
        numbers = replace(numbers, deff=None, n_eff=None)
    doubts = quality.doubts(numbers)
    return Published(
        key,
        n=numbers.n,
        estimate=numbers.estimate,
        se=numbers.se,
        deff=numbers.deff,
        df=numbers.df,
        low=numbers.low,
        high=numbers.high,
        flags=sorted(numbers.flags | doubts),
    )


def _store(made: EstimateSet, rows: Sequence[Published]) -> None:
    """Write the rows that are new or say something else, and remove those that are gone."""
    stored = made.estimates.values_list("pk", "by", "level", "variable", *NUMBERS)
    kept = {Cell(*key): (pk, said) for pk, key, said in ((r[0], r[1:4], r[4:]) for r in stored)}
    gone = kept.keys() - {row.key for row in rows}
    made.estimates.filter(pk__in=[kept[key][0] for key in gone]).delete()
    changed = [row for row in rows if row.key not in kept or kept[row.key][1] != row[1:]]
    Estimate.objects.bulk_create(
        [Estimate(set=made, **row.key._asdict(), **row.numbers) for row in changed],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=("set", "variable", "by", "level"),
        update_fields=NUMBERS,
    )


def _describe(made: EstimateSet, known: Sequence[StratumCells]) -> None:
    """Say what the estimates were made from."""
    everybody = [stratum.counts[ALL][ALL][0] for stratum in known]
    made.interviews = sum(everybody)
    made.psus = sum(stratum.psus for stratum in known)
    made.strata = len(known)
    made.form_versions = sorted({v for row in known for v in row.counts.get("version", ())})
    version = WeightVersion.objects.filter(wave=made.wave, is_current=True).first()
    made.weight_version = version.name if version else ""
    made.computed_at = timezone.now()


def latest_set(scheme: Scheme) -> EstimateSet | None:
    """The estimates of the latest wave that has interviews."""
    made = EstimateSet.objects.filter(scheme=scheme, interviews__gt=0)
    return made.select_related("wave").order_by("-wave__number").first()


def rows_of(scheme: Scheme, by: str = "") -> list[dict[str, object]]:
    """The latest wave's estimates as plain rows, of all disaggregations or of one."""
    rows = Estimate.objects.filter(set=latest_set(scheme)).order_by("by", "level", "variable")
    columns = ("variable", "by", "level", "n", "estimate", "se", "deff", "df", "low", "high")
    found = rows.filter(by=by) if by else rows
    return [{"scheme": scheme.name, **row} for row in found.values(*columns, "suppressed")]
