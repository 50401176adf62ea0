"""The page of a comparison: groups in their order, and what that order is worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from scoring import estimates
from scoring.comparisons import TOP
from scoring.contrasts import MANY
from scoring.dashboard.contrast import ContrastPage, PortionRow, contrast_page, portion_rows
from scoring.dashboard.figures import SCORE, UNLIKELY, minus, p_value
from scoring.dashboard.names import Dimension, dimensions_of
from scoring.dashboard.questions import questions_of
from scoring.models import GroupComparison
from scoring.schemes import spec_of


@dataclass(frozen=True)
class Place:
    """A group's place in the order; `ranks` are the open ones by what is uncertain."""

    title: str
    rank: int
    index: str
    ranks: Sequence[str]
    top: str
    shifts: Sequence[str]


@dataclass(frozen=True)
class Choice:
    """How much of the ranks' movement comes from one choice, in percent."""

    title: str
    alone: str
    in_all: str
    interval: str
    share: float


@dataclass(frozen=True)
class Gap:
    """A difference that is more than chance."""

    higher: str
    lower: str
    points: str
    interval: str
    p: str


@dataclass(frozen=True)
class OrderPage:
    layers: Sequence[str]
    standards: Sequence[str]
    places: Sequence[Place]
    choices: Sequence[Choice]
    gaps: Sequence[Gap]
    pairs: int  # compared in all
    portions: Sequence[PortionRow]  # none where the groups are not everybody
    contrast: ContrastPage | None
    many: int  # of more groups only pairs with the first are kept
    is_old: bool  # the estimates have changed since
    has_sampling: bool

    @property
    def has_top(self) -> bool:
        """Whether there are more groups than the first ones that are counted."""
        return len(self.places) > TOP


def order_page(compared: GroupComparison, pair: tuple[str, str] = ("", "")) -> OrderPage:
    """Everything that the page shows, in the reader's language; `pair` are two levels to set apart."""
    found, spec = compared.findings, spec_of(compared.scheme)
    dimensions = dimensions_of(spec, questions_of(compared.scheme.survey))
    dimension = next(each for each in dimensions if each.name == compared.by)
    return OrderPage(
        layers=[_layers()[name] for name in found["layers"]],
        standards=list(found["shifts"]),
        places=sorted(_places(found, dimension), key=lambda place: place.rank),
        choices=list(_choices(found)),
        gaps=list(_gaps(found, dimension)),
        pairs=len(found["differences"]),
        portions=portion_rows(found, dimension),
        contrast=contrast_page(found, spec, dimension, dimensions, pair),
        many=MANY,
        is_old=_is_old(compared),
        has_sampling="sampling" in found["layers"],
    )


def _is_old(compared: GroupComparison) -> bool:
    made = estimates.latest_set(compared.scheme)
    return made is None or made.built_revision != compared.built_revision


def _layers() -> Mapping[str, str]:
    return {"sampling": _("by the sample"), "method": _("by the method"), "both": _("by both")}


def _places(found: Mapping[str, Any], dimension: Dimension) -> Iterator[Place]:
    for at, level in enumerate(found["groups"]):
        layers = list(found["layers"].values())
        yield Place(
            title=dimension.title_of(level),
            rank=found["rank"][at],
            index=SCORE.text(SCORE.rounded(found["index"][at])),
            ranks=[_span(layer["low"][at], layer["high"][at]) for layer in layers],
            top=f"{layers[-1]['top'][at]:.0%}",
            shifts=[_signed(shifts[at]) for shifts in found["shifts"].values()],
        )


def _span(low: float, high: float) -> str:
    ends = [f"{low:.0f}", f"{high:.0f}"]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _signed(shift: int) -> str:
    """Ranks lost or won; blank where nothing moves."""
    return minus(f"{shift:+d}") if shift else ""


def _choices(found: Mapping[str, Any]) -> Iterator[Choice]:
    titles = {
        "weights": _("Weights of the standards"),
        "aggregation": _("How standards are averaged"),
        "normalisation": _("How scores are scaled"),
        "sampling": _("The sample drawn"),
    }
    rows = found["factors"].items()
    for name, factor in sorted(rows, key=lambda row: -(row[1]["total"] or 0.0)):
        if factor["total"] is not None:
            yield Choice(
                title=titles.get(name, name),
                alone=f"{max(factor['first'], 0):.0%}",
                in_all=f"{factor['total']:.0%}",
                interval=f"{max(factor['low'], 0):.0%}–{factor['high']:.0%}",
                share=min(max(factor["total"], 0.0), 1.0),
            )


def _gaps(found: Mapping[str, Any], dimension: Dimension) -> Iterator[Gap]:
    for row in found["differences"]:
        if row["p"] is not None and row["p"] < UNLIKELY:
            is_turned = row["difference"] < 0
            names = (row["b"], row["a"]) if is_turned else (row["a"], row["b"])
            ends = (-row["high"], -row["low"]) if is_turned else (row["low"], row["high"])
            yield Gap(
                higher=dimension.title_of(names[0]),
                lower=dimension.title_of(names[1]),
                points=_points(abs(row["difference"])),
                interval="–".join(map(_points, ends)),
                p=p_value(row["p"]),
            )


def _points(share: float) -> str:
    return SCORE.text(SCORE.rounded(share))
