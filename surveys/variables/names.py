"""Names of variables that Stata, SPSS, R and Python take, and that never change again."""

import hashlib
import re
from collections.abc import Iterable

LONGEST = 31  # Stata has 32, but its writer takes no labelled name of 32; SPSS has 64
NUMBERED = 4  # characters kept for `_999`
HASH = 6
RESERVED = frozenset(  # by Stata and by SPSS, whatever their case
    [
        "_all",
        "_b",
        "_coef",
        "_cons",
        "_n",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "alias",
        "byte",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "strl",
        "using",
        "with",
        "all",
        "and",
        "by",
        "eq",
        "ge",
        "gt",
        "le",
        "lt",
        "ne",
        "not",
        "or",
        "to",
    ]
)
_RESERVED_SHAPE = re.compile(r"str\d+")
_SEPARATORS = re.compile(r"[/.\- :]+")
_FOREIGN = re.compile(r"[^A-Za-z0-9_]+")


class Names:
    """Names given out one after the other: who came first keeps a name, whatever comes later.

    To be asked with the oldest version of a form first, and then always for the same things in the
    same order; no difference of case alone, which SPSS does not see.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}
        self._given: dict[str, str] = {}

    def give(self, key: str, *wishes: str) -> str:
        """The name of the thing with that key: the first wish that is free, else a numbered one."""
        if key not in self._given:
            self._given[key] = self._free([valid_name(wish) for wish in wishes])
            self._taken.add(self._given[key].lower())
        return self._given[key]

    def of(self, key: str) -> str:
        """The name that the thing with that key was given."""
        return self._given[key]

    def _free(self, names: list[str]) -> str:
        numbered = (
            f"{names[-1][: LONGEST - NUMBERED]}_{n}" for n in range(2, len(self._taken) + 3)
        )
        return next(name for name in (*names, *numbered) if name.lower() not in self._taken)


def valid_name(wish: str) -> str:
    """A name that follows from the wish alone. Where letters are lost, such as Chinese ones, or the
    end, six characters of a hash tell names apart.
    """
    plain = _SEPARATORS.sub("_", wish).strip("_")
    name = _FOREIGN.sub("", plain).strip("_")
    is_whole = name == plain
    if not name[:1].isalpha():
        name = f"q_{name}" if name else "q"
    if not is_whole or len(name) > LONGEST:
        return f"{name[: LONGEST - HASH - 1].rstrip('_')}_{_hash(wish)}"
    is_reserved = name.lower() in RESERVED or _RESERVED_SHAPE.fullmatch(name.lower())
    return f"{name}_q" if is_reserved else name


def _hash(wish: str) -> str:
    return hashlib.blake2s(wish.encode()).hexdigest()[:HASH]
