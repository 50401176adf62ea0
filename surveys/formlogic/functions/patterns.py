"""Regular expressions that cannot keep the server busy.

Python's own engine tries one way after another and may need exponential time. It is used only where
no group is repeated; other patterns are followed along all their ways at once, as sets of places.
"""

import re
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

MAX_PATTERN = 1_000
MAX_MATCHED = 1_000
MAX_NESTING = 20
MAX_TIMES = 1_000

Places: TypeAlias = set[int]
Way: TypeAlias = Callable[[str, Places], Places]  # from where a part may begin to where it may end
Matcher: TypeAlias = Callable[[str], bool]

_RISKY = re.compile(r"\)[*+{]|\\[1-9]|\(\?P?[<=]")
_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}")
_ATOM = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\\[\](){}*+?|]|[{}\]]", re.DOTALL)
_TIMES = re.compile(r"(?:([*+?])|\{(\d+)(,?)(\d*)\})[?]?")
_EDGES = {"^": r"\A", "$": r"\Z"}


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches; a pattern that is none, or too long, matches nothing."""
    matcher = matcher_of(pattern)
    return matcher is not None and len(text) <= MAX_MATCHED and matcher(text)


@lru_cache(maxsize=512)
def matcher_of(pattern: str) -> Matcher | None:
    """None for what is no pattern, or has back-references or named groups."""
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        compiled = _compile(pattern)
        if not _RISKY.search(pattern) and len(_UNBOUNDED.findall(pattern)) <= 2:
            return lambda text: compiled.fullmatch(text) is not None
        way = _Pattern(pattern).whole()
    except (re.error, OverflowError, RecursionError):
        return None
    return lambda text: len(text) in way(text, {0})


def _compile(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():  # of sets that may mean something else in a later Python
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern)


class _Pattern:
    """A pattern read from left to right into ways; what is not understood raises re.error."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.nesting = 0

    def whole(self) -> Way:
        way = self.choice()
        if self.place < len(self.text):
            raise re.error("unbalanced")
        return way

    def has(self, text: str) -> bool:
        if not self.text.startswith(text, self.place):
            return False
        self.place += len(text)
        return True

    def choice(self) -> Way:
        ways = [self.sequence()]
        while self.has("|"):
            ways.append(self.sequence())
        return ways[0] if len(ways) == 1 else either(ways)

    def sequence(self) -> Way:
        ways = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            ways.append(self.repeated(self.part()))
        return following(ways)

    def part(self) -> Way:
        for opening, make in (("(?=", ahead), ("(?!", not_ahead), ("(?:", None), ("(", None)):
            if self.has(opening):
                inner = self.group()
                return make(inner) if make else inner
        atom = _ATOM.match(self.text, self.place)
        if atom is None:
            raise re.error("not supported")
        self.place = atom.end()
        return edge(atom[0]) if atom[0] in ("^", "$", "\\b", "\\B") else character(atom[0])

    def group(self) -> Way:
        if self.text.startswith("?", self.place) or self.nesting == MAX_NESTING:
            raise re.error("not supported")
        self.nesting += 1
        inner = self.choice()
        self.nesting -= 1
        if not self.has(")"):
            raise re.error("not closed")
        return inner

    def repeated(self, way: Way) -> Way:
        times = _TIMES.match(self.text, self.place)
        if times is None:
            return way
        self.place = times.end()
        if times[1]:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[times[1]]
        else:
            least = int(times[2])
            most = int(times[4]) if times[4] else None if times[3] else least
        if max(least, most or 0) > MAX_TIMES:
            raise re.error("too often")
        return again(way, least, most)


def character(atom: str) -> Way:
    is_one = lru_cache(maxsize=256)(_compile(atom).fullmatch)
    return lambda text, places: {
        place + 1 for place in places if place < len(text) and is_one(text[place])
    }


def edge(atom: str) -> Way:
    is_there = re.compile(_EDGES.get(atom, atom)).match
    return lambda text, places: {place for place in places if is_there(text, place)}


def following(ways: Iterable[Way]) -> Way:
    steps = tuple(ways)

    def walk(text: str, places: Places) -> Places:
        for way in steps:
            places = way(text, places)
        return places

    return walk


def either(ways: list[Way]) -> Way:
    return lambda text, places: set().union(*[way(text, places) for way in ways])


def ahead(way: Way) -> Way:
    return lambda text, places: {place for place in places if way(text, {place})}


def not_ahead(way: Way) -> Way:
    return lambda text, places: {place for place in places if not way(text, {place})}


def again(way: Way, least: int, most: int | None) -> Way:
    """Repetition ends where nothing new is reached, hence never later than the text does."""

    def walk(text: str, places: Places) -> Places:
        for _ in range(least):
            before, places = places, way(text, places)
            if places == before:
                break
        reached, fresh, times = set(places), places, least
        while fresh and (most is None or times < most):
            fresh = way(text, fresh) - reached
            reached |= fresh
            times += 1
        return reached

    return walk
