"""Sites' cells added up by stratum, and only the strata that changed: one more interview costs as much
among a million as among a thousand.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db.models import QuerySet

from scoring import cells
from scoring.maths.cells import Cells, Domain
from scoring.maths.strata import Moments, Stratum
from scoring.models import Scheme, SiteCells, StratumCells
from surveys.models import Wave


def added_up(scheme: Scheme, wave: Wave) -> list[StratumCells]:
    """All strata of a wave; those whose sites changed are made anew from their cells."""
    kept = {row.stratum: row for row in scheme.strata.filter(wave=wave)}
    wanted = fingerprints(scheme, wave)
    scheme.strata.filter(wave=wave).exclude(stratum__in=wanted).delete()
    for stratum, fingerprint in wanted.items():
        if stratum not in kept or kept[stratum].fingerprint != fingerprint:
            fields = summed(scheme, wave, stratum)
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
    rows = sites_of(scheme, wave).order_by("pk").values_list("stratum", "pk", "built_revision")
    for stratum, pk, revision in rows.iterator():
        digests[stratum].append(f"{pk}:{revision}")
    layout = cells.layout_of(scheme)
    return {
        stratum: hashlib.sha256(" ".join((layout, *parts)).encode()).hexdigest()
        for stratum, parts in digests.items()
    }


def sites_of(scheme: Scheme, wave: Wave) -> QuerySet[SiteCells]:
    """The sites of which there is something to add; those summed by another release come later."""
    found = scheme.sites.filter(wave=wave, people__gt=0, layout=cells.layout_of(scheme))
    return found.select_related("scheme")


def summed(scheme: Scheme, wave: Wave, stratum: str) -> dict[str, object]:
    """A stratum's cells made of its sites': fields of `StratumCells`."""
    sites = list(sites_of(scheme, wave).filter(stratum=stratum).order_by("psu", "site__code"))
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


def read(scheme: Scheme, row: StratumCells) -> Stratum:
    """A stratum's cells as they were added up."""
    domains = tuple(Domain(*domain) for domain in row.domains)
    names = cells.variables_of(scheme)
    shape = (len(Moments._fields), len(domains), len(names))
    return Stratum(row.psus, names, domains, cells.unpacked(row.moments, shape))


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
