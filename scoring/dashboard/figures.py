"""One number as it is shown: rounded, with how many people and how uncertain, or why it is hidden."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from scoring.maths import disclosure, publicity, quality
from scoring.models import Estimate


@dataclass(frozen=True)
class Scale:
    """How a stored number becomes one to read."""

    factor: float
    digits: int
    unit: str = ""

    def rounded(self, stored: float) -> float:
        return round(stored * self.factor, self.digits)

    def text(self, value: float) -> str:
        return f"{value:.{self.digits}f}"

    def shown(self, stored: float) -> str:
        return self.text(self.rounded(stored)) + self.unit

    def signed(self, stored: float) -> str:
        """A difference, with its sign; without the unit, which is that of points."""
        text = f"{self.rounded(stored):+.{self.digits}f}"
        return minus(text) if float(text) else self.text(0.0)

    def apart(self, stored: float) -> str:
        """How far two such numbers lie from each other: percent and scores in points."""
        text = self.text(self.rounded(stored))
        if self.factor == 1:
            return text
        points = _("%(number)s percentage points") if self.unit else _("%(number)s points")
        return points % {"number": text}


SCORE = Scale(100, 1)
PERCENT = Scale(100, 1, "%")
SHARE = Scale(1, 3)
UNLIKELY = 0.05  # a p below it is taken for more than chance


@dataclass(frozen=True)
class Figure:
    """A number as precise as it is shown: two exact means tell what the person between them said.

    Where it is hidden, `reason` says why and nothing else is there.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    n: int | None = None
    people: str = ""
    deff: str = ""
    df: int | None = None
    remark: str = ""
    reason: str = ""
    query: str = ""  # by which its explanation is found: variable, by, level

    @property
    def bin(self) -> int:
        """The tenth of 0..100 that a score lies in, for the colours of the heat table."""
        return min(9, max(0, int((self.value or 0) // 10)))

    @property
    def margin(self) -> str:
        """Half the interval."""
        if self.low is None or self.high is None:
            return ""
        return f"±{(self.high - self.low) / 2:.0f}"


def count(number: int) -> str:
    return number_format(number, force_grouping=True)


def minus(text: str) -> str:
    """With a minus that is no hyphen."""
    return text.replace("-", "−")


def p_value(p: float | None) -> str:
    if p is None:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def weight(basis_points: int) -> str:
    """A standard's share of the index; blank where it stands beside it."""
    return f"{basis_points / 100:g}%" if basis_points else ""


def figure(row: Estimate | None, scale: Scale, *, has_interval: bool = True) -> Figure:
    """The row as shown; `has_interval` False is a sample that supports no inference."""
    query = query_of(row) if row is not None else ""
    if row is not None and row.suppressed:
        return Figure(hidden_text(row.suppressed), reason=reason(row.suppressed), query=query)
    if row is None or row.estimate is None or row.n is None:
        text = _("Nobody was asked, or too little was answered.")
        return Figure(text="–", reason=text, query=query)
    low, high = (row.low, row.high) if has_interval else (None, None)
    limits = () if low is None or high is None else (scale.rounded(low), scale.rounded(high))
    value = scale.rounded(row.estimate)
    return Figure(
        text=scale.text(value) + scale.unit,
        value=value,
        low=limits[0] if limits else None,
        high=limits[1] if limits else None,
        interval="–".join(map(scale.text, limits)),
        n=row.n,
        people=f"n {count(row.n)}",
        deff=f"{row.deff:.1f}" if has_interval and row.deff is not None else "",
        df=int(row.df) if has_interval and row.df is not None else None,
        remark=remark(row.flags, row.n),
        query=query,
    )


def query_of(row: Estimate) -> str:
    """Which number of a scheme it is, for addresses."""
    return _written(row.variable, row.by, row.level)


@lru_cache(maxsize=2048)  # a page has 250 of them, the same each time
def _written(variable: str, by: str, level: str) -> str:
    return urlencode({"variable": variable, "by": by, "level": level})


def remark(flags: Collection[str], n: int) -> str:
    """What to bear in mind when reading the number, or blank; n_eff is what `n` people are worth."""
    if quality.FEW_PEOPLE in flags:
        few = _("n<%(people)s") if n < quality.FEWEST_PEOPLE else _("n_eff<%(people)s")
        return few % {"people": quality.FEWEST_PEOPLE}
    return _("wide") if quality.WIDE in flags else ""


def hidden_text(suppressed: str) -> str:
    """What stands in the place of a hidden number."""
    if suppressed == publicity.UNRELIABLE:
        return _("not reliable")
    return suppressed if suppressed.startswith("n<") else _("hidden")


def reason(suppressed: str) -> str:
    """Why a number is hidden, in a sentence."""
    kind, _sign, bound = suppressed.partition("<")
    if kind == "n":
        return _("Fewer than %(people)s people: one of them could be recognised.") % {
            "people": bound
        }
    if kind == "psu":
        return _("Fewer than %(areas)s sampling areas: one of them could be recognised.") % {
            "areas": bound
        }
    if kind == "poor":
        return _(
            "Those not integrated are fewer than %(people)s people: one of them could be recognised."
        ) % {"people": bound}
    if kind == disclosure.BESIDE:
        return _("Another number that is hidden could be worked out from it.")
    if kind == publicity.UNRELIABLE:
        return _("It rests on too few people, or is too uncertain, to be relied on.")
    if kind == disclosure.EXTREME:
        return _("All of a few people have the same result: the number would tell each one's.")
    return _("Hidden because somebody could be recognised.")
