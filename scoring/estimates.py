"""Cells become published estimates; nothing else is shown or exported."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from scoring import strata, weights
from scoring.maths import disclosure, quality
from scoring.maths.cells import ALL, Cell
from scoring.maths.disclosure import Row
from scoring.maths.estimate import Estimate as Numbers
from scoring.maths.kinds import INTERVIEWS, PARTS, beginnings
from scoring.maths.person import sums
from scoring.maths.strata import estimates as estimates_of
from scoring.models import Estimate, EstimateSet, Scheme, StratumCells
from scoring.schemes import spec_of
from surveys.models import Wave

NOT_OF_PEOPLE = (ALL, "day", "outcome")  # counts of work, which point at nobody
NOT_PUBLISHED = ("version",)
WITHOUT_DEFF = beginnings(*PARTS)  # ratios: no simple random sample to compare with
NUMBERS = ("n", "estimate", "se", "deff", "df", "low", "high", "suppressed", "flags")
BATCH = 1000

RENEWED: list[Callable[[EstimateSet], None]] = []  # asked with new numbers that nobody sees yet


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
    known = strata.added_up(made.scheme, made.wave)
    _store(made, list(published(made, known)))
    _describe(made, known)
    made.save()
    for prepare in RENEWED:
        prepare(made)


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
    read = [strata.read(made.scheme, stratum) for stratum in known]
    domains, numbers = estimates_of(read, has_design=made.is_probability_sample)
    keys = [Cell(*domain, name) for domain in domains for name in read[0].variables]
    rows = zip(keys, numbers.rows(), numbers.psus.tolist(), strict=True)
    return {key: (row, psus) for key, row, psus in rows if row.n}


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
    version = weights.current(made.wave)
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
