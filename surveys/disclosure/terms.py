"""The terms under which an audience is given data: what people are called, what is left out, how
coarse the rest is."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from surveys.disclosure.coarseness import Dates, Place, coarse_moment, coarse_number, coarse_points
from surveys.xforms.definition import FILES, PLACES

Coarsen: TypeAlias = Callable[[str], str]

PERSON_KEY = "person_key"  # the column that stands in the place of ids of interviews
LENGTH = 20  # of a pseudonym: 80 bits; of a million people two have the same once in 10^12 files
MOMENTS = frozenset({"date", "datetime"})
NUMBERS = frozenset({"integer", "decimal", "range"})
TIMES = frozenset({"started", "ended", "received"})  # facts of interviews
WHERE = frozenset({"site"})
TEXT = "text"


@dataclass(frozen=True)
class Terms:
    """`decimals` are those of coordinates in degrees, None for no coordinates; `widths` those of the
    bands of numbers, by key of the question.
    """

    key: bytes = field(repr=False)
    dates: Dates = Dates.DAY
    place: Place = Place.SITE
    decimals: int | None = 2
    widths: Mapping[str, float] = field(default_factory=dict)
    texts: bool = True  # written in one's own words: names may be in any

    def pseudonym(self, identity: str) -> str:
        """What an interview, or something else with an id, is called for this audience: always the
        same, and nothing that another audience's name for it could be matched with. Blank for none.
        """
        if not identity:
            return ""
        return hmac.digest(self.key, identity.encode(), "sha256").hex()[:LENGTH]

    def gives_fact(self, name: str) -> bool:
        """Whether a fact of interviews is given at all, however coarse."""
        if name in TIMES:
            return self.dates is not Dates.NONE
        return name not in WHERE or self.place is Place.SITE

    def fact(self, name: str, text: str) -> str:
        """A fact as it is given. Sampling units stay apart where sites are not told: variances
        need to know who is of the same, not which it is.
        """
        if name == PERSON_KEY:
            return self.pseudonym(text)
        if name in TIMES:
            return coarse_moment(text, self.dates)
        if name == "psu" and self.place is not Place.SITE:
            return self.pseudonym(text and f"psu {text}")
        return text

    def gives_answers(self, kind: str, role: str = "") -> bool:
        """Whether answers to a kind of question, in a role for the server, are given at all. The names
        of files would tell which rows of two audiences are the same.
        """
        if kind in FILES or (role == "site" and self.place is not Place.SITE):
            return False
        if kind == TEXT and not role:
            return self.texts
        if kind in MOMENTS:
            return self.dates is not Dates.NONE
        return kind not in PLACES or self.decimals is not None

    def coarsening(self, key: str, kind: str, role: str = "") -> Coarsen | None:
        """How answers that are given become coarser; None where they stay as they are."""
        if role == "first":  # an interview's id
            return self.pseudonym
        if role == "case":
            return self._case
        if kind in MOMENTS and self.dates is not Dates.EXACT:
            return partial(coarse_moment, dates=self.dates)
        if kind in PLACES and self.decimals is not None:
            return partial(coarse_points, decimals=self.decimals)
        if kind in NUMBERS and key in self.widths:
            return partial(coarse_number, width=self.widths[key])
        return None

    def _case(self, identity: str) -> str:
        return self.pseudonym(identity and f"case {identity}")
