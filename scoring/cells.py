"""Sites that changed: their people judged, and summed to cells, which are replaced as a whole."""

import hashlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import numpy as np
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from scoring import scores
from scoring.maths.cells import ALL, Cells, Domain, Weighed, site_cells
from scoring.maths.matrix import Floats
from scoring.maths.person import score_people, variable_names
from scoring.models import Scheme, SiteCells
from scoring.schemes import spec_of
from scoring.scores import Judged, Met
from surveys.models import Weight, WeightVersion

TOGETHER = 20  # sites in a transaction
FORMULAS = "1"  # raised when what a variable means changes: all cells are rebuilt then
SUMS = 5  # a cell's, as `maths.cells.Sums`
EMPTY: dict[str, object] = {"domains": [], "sums": b"", "counts": {}}
Levels: TypeAlias = Mapping[str, str | None]
Counts: TypeAlias = dict[str, dict[str, int]]  # by -> level -> interviews


def dirty(scheme: Scheme) -> QuerySet[SiteCells]:
    """The sites whose cells no longer match their people, their weights or their design."""
    current = WeightVersion.objects.filter(wave=OuterRef("wave"), is_current=True).values("pk")
    return (
        scheme.sites.annotate(current=Coalesce(Subquery(current), 0))
        .annotate(used=Coalesce("weights_id", 0))
        .filter(
            Q(revision__gt=F("built_revision"))
            | ~Q(used=F("current"))
            | ~Q(stratum=F("site__stratum"))
            | ~Q(psu=F("site__psu"))
            | ~Q(design_weight=F("site__design_weight"))
            | ~Q(layout=layout_of(scheme))
        )
        .order_by("pk")
    )


def expired(scheme: Scheme) -> QuerySet[SiteCells]:
    """The sites whose people wait to be judged again."""
    return scheme.sites.exclude(judged_revision=F("scheme__revision")).order_by("pk")


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many sites as are rebuilt in one transaction."""
    return (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER))


@transaction.atomic
def rebuild(wanted: QuerySet[SiteCells]) -> list[int]:
    """Judge the people of some `dirty` or `expired` sites of a scheme, and replace their cells.

    Returns whose. Doing it twice changes nothing. Those that somebody else has in hand, or has done
    since we looked, are left out.
    """
    rows = wanted.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("site", "scheme").defer("sums", "domains", "counts")
    sites = list(rows.order_by("pk"))
    if not sites:
        return []
    met = scores.met_in(sites)
    people = scores.judge_sites(sites, met)
    _take_design(sites)
    for cells, fields in zip(sites, summed(sites, met, people), strict=True):
        cells.judged_revision = cells.scheme.revision
        cells.revision = max(cells.revision, cells.built_revision + 1)  # a new design counts too
        cells.built_revision = cells.revision
        for name, value in fields.items():
            setattr(cells, name, value)
        cells.save()
    return [cells.pk for cells in sites]


def _take_design(sites: Iterable[SiteCells]) -> None:
    """The design that the sites have now, and the weights that are current."""
    current = {
        version.wave_id: version for version in WeightVersion.objects.filter(is_current=True)
    }
    for cells in sites:
        cells.weights = current.get(cells.wave_id)
        cells.stratum, cells.psu = cells.site.stratum, cells.site.psu
        cells.design_weight = cells.site.design_weight


def summed(
    sites: Sequence[SiteCells], met: Mapping[int, Met], people: Sequence[Sequence[Judged]]
) -> Iterator[dict[str, object]]:
    """What the cells of sites hold if these are their people: fields of `SiteCells`, by site."""
    scheme, everybody = sites[0].scheme, list(chain.from_iterable(people))
    columns: list[Weighed] = []
    if everybody:
        weights = _weights(sites, met, people)
        items = scores.item_matrix([person.items for person in everybody])
        columns = score_people(spec_of(scheme), items).weighed(weights)
    last = 0
    for cells, here in zip(sites, people, strict=True):
        first, last = last, last + len(here)
        fields = {**scores.columns(here), "layout": layout_of(scheme)}
        some = [weighed.of(slice(first, last)) for weighed in columns]
        yield fields | (_summed(cells, met, here, some) if here else EMPTY)


def _summed(
    cells: SiteCells, met: Mapping[int, Met], people: Sequence[Judged], weighed: Sequence[Weighed]
) -> dict[str, object]:
    spec = spec_of(cells.scheme)
    design = {by.name: cells.stratum for by in spec.disaggregations if by.is_design_column}
    levels: list[Levels] = [{**person.levels, **design} for person in people]
    columns = {by.name: [person.get(by.name) for person in levels] for by in spec.disaggregations}
    made = site_cells(weighed, columns)
    return {
        "domains": [list(domain) for domain in made.domains],
        "sums": packed(made.sums),
        "counts": _counts([met[person.interview] for person in people], levels),
    }


def read(cells: SiteCells) -> Cells:
    """A site's cells as they were summed."""
    domains = tuple(Domain(*domain) for domain in cells.domains)
    names = variables_of(cells.scheme)
    return Cells(names, domains, unpacked(cells.sums, (SUMS, len(domains), len(names))))


def packed(sums: Floats) -> bytes:
    """Numbers as the database keeps them: little-endian floats, deflated."""
    return zlib.compress(sums.astype("<f8").tobytes(), level=1)


def unpacked(stored: bytes | memoryview, shape: tuple[int, ...]) -> Floats:
    return np.frombuffer(inflated(stored), dtype="<f8").reshape(shape)


def inflated(stored: bytes | memoryview) -> bytes:
    return zlib.decompress(stored)


def variables_of(scheme: Scheme) -> tuple[str, ...]:
    """The variables of a scheme's cells, in their order."""
    return _variables(scheme.pk, scheme.name, scheme.sha256)


def layout_of(scheme: Scheme) -> str:
    """Changes when a release computes other variables, or others by the same names: `FORMULAS`."""
    names = " ".join((FORMULAS, *variables_of(scheme)))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def _variables(scheme_id: int, _name: str, _sha256: str) -> tuple[str, ...]:
    return variable_names(spec_of(Scheme.objects.get(pk=scheme_id)))


def _weights(
    sites: Sequence[SiteCells], met: Mapping[int, Met], people: Sequence[Sequence[Judged]]
) -> Floats:
    """Everybody's weight: of the case in the site's version, else the site's design weight."""
    rows = Weight.objects.filter(
        version__in={cells.weights_id for cells in sites},
        case__in={one.case for one in met.values()},
    ).values_list("version", "case", "value")
    known: dict[tuple[int | None, int | None], float] = {
        (version, case): value for version, case, value in rows
    }
    return np.array(
        [
            known.get((cells.weights_id, met[person.interview].case), cells.design_weight)
            for cells, here in zip(sites, people, strict=True)
            for person in here
        ]
    )


def _counts(done: Sequence[Met], levels: Sequence[Levels]) -> Counts:
    """How many interviews: in all, by the disaggregations, by day, outcome and form version."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    here = timezone.get_current_timezone()
    for one, person in zip(done, levels, strict=True):
        day = one.received_at.astimezone(here).date().isoformat()
        known = {ALL: ALL, "day": day, "outcome": one.outcome, "version": one.version}
        for by, level in {**known, **person}.items():
            if level:
                counts[by][level] += 1
    return {by: dict(sorted(counted.items())) for by, counted in sorted(counts.items())}
