"""Regular expressions that cannot keep the server busy, and mean the same on every machine.

A pattern is read here, not by Python, and followed along all its ways at once, as sets of places.
Python's own engine is faster but tries one way after another, perhaps exponentially many: it is used
where few ways are open, on what was read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias
from unicodedata import category

from surveys.formlogic.functions.signature import of_texts

MAX_PATTERN = 1_000
MAX_MATCHED = 1_000
MAX_NESTING = 20
MAX_TIMES = 1_000
MAX_TRIED = 4_000_000  # ways that Python's engine may have to try

Places: TypeAlias = set[int]
Way: TypeAlias = Callable[[str, Places], Places]  # from where a part may begin to where it may end
Test: TypeAlias = Callable[[str], bool]
Item: TypeAlias = str | Test  # a character, or whether one is of a class
Matcher: TypeAlias = Callable[[str], bool]

_TIMES = re.compile(r"(?:([*+?])|\{([0-9]+)(,?)([0-9]*)\})\??")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_CATEGORY = re.compile(r"\{(L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)\}")
_PLAIN = re.compile(r"[0-9A-Za-z]")
_WORD = re.compile(r"[0-9A-Za-z_]")
CONTROLS = {"f": "\f", "n": "\n", "r": "\r", "t": "\t"}
CLASSES: Mapping[str, Test] = {
    "d": frozenset("0123456789").__contains__,
    "s": frozenset(" \t\n\r\f\v").__contains__,
    "w": lambda one: _WORD.match(one) is not None,
}


class NotUnderstood(Exception):
    """What is no pattern here."""


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches; a pattern that is none, or too long, matches nothing."""
    matcher = matcher_of(pattern)
    return matcher is not None and len(text) <= MAX_MATCHED and matcher(text)


@lru_cache(maxsize=512)
def matcher_of(pattern: str) -> Matcher | None:
    """None for what is no pattern here, such as one with back-references or named groups."""
    reader = _Pattern(pattern)
    try:
        way = reader.whole()
    except NotUnderstood:
        return None
    if reader.tried <= MAX_TRIED:
        flags = re.ASCII | (re.IGNORECASE if reader.is_caseless else 0)
        compiled = re.compile("".join(reader.source), flags)
        return lambda text: compiled.fullmatch(text) is not None
    return lambda text: len(text) in way(text, {0})


class _Pattern:
    """A pattern read from left to right into ways.

    `source` is how Python writes it, `tried` how many ways its engine may have to try.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.nesting = 0
        self.source: list[str] = []
        self.tried = 1.0
        self.is_caseless = self.has("(?i)")

    @property
    def next(self) -> str:
        return self.text[self.place : self.place + 1]

    def take(self) -> str:
        if self.place >= len(self.text):
            raise NotUnderstood
        self.place += 1
        return self.text[self.place - 1]

    def has(self, text: str) -> bool:
        is_there = self.text.startswith(text, self.place)
        self.place += len(text) if is_there else 0
        return is_there

    def whole(self) -> Way:
        if len(self.text) > MAX_PATTERN:
            raise NotUnderstood
        way = self.choice()
        if self.next:
            raise NotUnderstood
        return way

    def choice(self) -> Way:
        ways = [self.sequence()]
        while self.has("|"):
            self.source.append("|")
            self.tried *= 2
            ways.append(self.sequence())
        return ways[0] if len(ways) == 1 else either(ways)

    def sequence(self) -> Way:
        ways = []
        while self.next and self.next not in "|)":
            ways.append(self.repeated(*self.part()))
        return following(ways)

    def part(self) -> tuple[Way, bool]:
        """A part and whether it is a group."""
        for opening, make in _GROUPS:
            if self.has(opening):
                inner = self.group("(?:" if opening == "(" else opening)
                return (make(inner) if make else inner), True
        for mark, source, is_there in _EDGES:
            if self.has(mark):
                self.source.append(source)
                return edge(is_there), True
        return character(self.test()), False

    def group(self, opening: str) -> Way:
        if self.next == "?" or self.nesting == MAX_NESTING:
            raise NotUnderstood
        self.nesting += 1
        self.source.append(opening)
        inner = self.choice()
        self.source.append(")")
        self.nesting -= 1
        if not self.has(")"):
            raise NotUnderstood
        return inner

    def test(self) -> Test:
        """Whether a character is the one, or one of those, that come next."""
        if self.has("."):
            self.source.append(r"[^\n]")
            return lambda one: one != "\n"
        if self.has("["):
            return self.set()
        if self.next in "*+?":
            raise NotUnderstood
        self.source.append("[")
        is_one = self.one_of([self.item()])
        self.source.append("]")
        return is_one

    def set(self) -> Test:
        """What stands between [ and ]; a ] that comes first is one of the characters."""
        is_negated = self.has("^")
        self.source.append("[^" if is_negated else "[")
        items = [self.range(self.item())]
        while not self.has("]"):
            items.append(self.range(self.item()))
        self.source.append("]")
        is_in = self.one_of(items)
        return lambda one: is_in(one) != is_negated

    def range(self, first: Item) -> Item:
        after = self.text[self.place + 1 : self.place + 2]
        if self.next != "-" or after in ("", "]"):
            return first
        self.take()
        self.source.append("-")
        last = self.item()
        if not isinstance(first, str) or not isinstance(last, str) or first > last:
            raise NotUnderstood
        return lambda one: first <= one <= last

    def item(self) -> Item:
        one = self.take()
        if one == "\\":
            return self.escaped(self.take())
        self.source.append(re.escape(one))
        return one

    def escaped(self, letter: str) -> Item:
        if letter in "pP":
            return self.category(is_negated=letter == "P")
        if letter.lower() in CLASSES:
            test = CLASSES[letter.lower()]
            self.source.append(f"\\{letter}")
            return test if letter in CLASSES else lambda one: not test(one)
        if letter in "xu":
            one = self.numbered(2 if letter == "x" else 4)
        elif letter in CONTROLS or not _PLAIN.match(letter):
            one = CONTROLS.get(letter, letter)
        else:
            raise NotUnderstood
        self.source.append(re.escape(one))
        return one

    def numbered(self, length: int) -> str:
        digits = "".join([self.take() for _ in range(length)])
        if not _HEX.fullmatch(digits):
            raise NotUnderstood
        return chr(int(digits, 16))

    def category(self, *, is_negated: bool) -> Test:
        r"""`\p{L}`, `\p{Lu}`: Unicode's general categories, which Python's engine does not have."""
        found = _CATEGORY.match(self.text, self.place)
        if found is None:
            raise NotUnderstood
        self.place = found.end()
        self.tried = MAX_TRIED + 1.0
        return lambda one: category(one).startswith(found[1]) != is_negated

    def one_of(self, items: list[Item]) -> Test:
        characters = frozenset(item for item in items if isinstance(item, str))
        tests = [item for item in items if not isinstance(item, str)]

        def is_in(one: str) -> bool:
            return one in characters or any(test(one) for test in tests)

        if not self.is_caseless:
            return is_in
        return lambda one: is_in(one) or (one.isascii() and is_in(one.swapcase()))

    def repeated(self, way: Way, is_group: bool) -> Way:  # noqa: FBT001
        times = _TIMES.match(self.text, self.place)
        if times is None:
            return way
        self.place = times.end()
        mark, least_text, comma, most_text = times.groups()
        if mark:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
        else:
            least = int(least_text)
            most = int(most_text) if most_text else None if comma else least
        if max(least, most or 0) > MAX_TIMES or (most is not None and most < least):
            raise NotUnderstood
        self.source.append(f"{{{least},{'' if most is None else most}}}")
        self.tried *= MAX_MATCHED if most is None else most - least + 1
        if is_group and (least, most) != (0, 1):
            self.tried = MAX_TRIED + 1.0
        return again(way, least, most)


def character(is_one: Test) -> Way:
    return lambda text, places: {
        place + 1 for place in places if place < len(text) and is_one(text[place])
    }


def edge(is_there: Callable[[str, int], bool]) -> Way:
    return lambda text, places: {place for place in places if is_there(text, place)}


def is_border(text: str, place: int) -> bool:
    before, after = text[max(place - 1, 0) : place], text[place : place + 1]
    return bool(_WORD.match(before)) != bool(_WORD.match(after))


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
    """Asked once for each place of a text, so that one within another stays cheap."""
    holds = lru_cache(maxsize=MAX_MATCHED + 1)(lambda text, place: bool(way(text, {place})))
    return lambda text, places: {place for place in places if holds(text, place)}


def not_ahead(way: Way) -> Way:
    is_ahead = ahead(way)
    return lambda text, places: places - is_ahead(text, places)


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


_GROUPS: tuple[tuple[str, Callable[[Way], Way] | None], ...] = (
    ("(?=", ahead),
    ("(?!", not_ahead),
    ("(?:", None),
    ("(", None),
)
_EDGES: tuple[tuple[str, str, Callable[[str, int], bool]], ...] = (
    ("^", r"(?:\A)", lambda text, place: place == 0),
    ("$", r"(?:\Z)", lambda text, place: place == len(text)),
    (r"\b", r"(?:\b)", is_border),
    (r"\B", r"(?!\b)", lambda text, place: not is_border(text, place)),
)
FUNCTIONS = {"regex": of_texts(2, matches)}
