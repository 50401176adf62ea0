"""The ranks that are open to cities, by what is uncertain: the sample, the method, or both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.utils.translation import gettext as _

from scoring.dashboard.cities import City
from scoring.models import EstimateSet, GroupComparison

Ranks: TypeAlias = Mapping[str, tuple[int, int]]  # level -> best and worst
Open: TypeAlias = Mapping[str, Ranks]  # by the layer of uncertainty


@dataclass(frozen=True)
class Layer:
    """A layer of uncertainty to choose; blank is what overlapping intervals leave open."""

    key: str
    title: str
    is_chosen: bool


def open_ranks(made: EstimateSet, by: str) -> Open:
    """What the comparison of these groups found; nothing where there is none of the same numbers."""
    compared = GroupComparison.objects.filter(
        scheme=made.scheme_id, wave=made.wave_id, by=by, built_revision=made.built_revision
    )
    found = compared.values_list("findings__groups", "findings__layers").first()
    if found is None:
        return {}
    groups, layers = found
    return {
        name: {
            level: (round(low), round(high))
            for level, low, high in zip(groups, ranks["low"], ranks["high"], strict=True)
        }
        for name, ranks in layers.items()
    }


def layers_of(ranks: Open, asked: str) -> list[Layer]:
    """What can be chosen; nothing where there is no comparison."""
    if not ranks:
        return []
    titles = {
        "": _("overlapping intervals"),
        "sampling": _("the sample"),
        "method": _("the method"),
        "both": _("both"),
    }
    chosen = asked if asked in ranks else ""
    return [
        Layer(key, title, key == chosen) for key, title in titles.items() if key in {"", *ranks}
    ]


def with_ranks(cities: Iterable[City], ranks: Ranks) -> Sequence[City]:
    """Cities with other open ranks; those that were not compared have none."""
    return [_with(city, *ranks.get(city.code, (None, None))) for city in cities]


def _with(city: City, best: int | None, worst: int | None) -> City:
    return replace(city, best_rank=best, worst_rank=worst)
