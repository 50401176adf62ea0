"""How cells say numbers, scores and bands: `12`, `1/3`, `yes=12 no=0`, `<8:0 <10:6 else:12`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

from scoring.maths.document import FINEST, SchemeError
from scoring.maths.rules import NOT_APPLICABLE, SCALE
from surveys.errors import SurveyError, gettext_noop
from surveys.xforms.table import plain

T = TypeVar("T")
Amount: TypeAlias = int | str  # as documents have numbers: 3, or "1/3"
Bands: TypeAlias = list[list[Any]]  # pairs of an upper bound, None at last, and what is below it

NOT_ASKED = frozenset({"na", "n/a", str(NOT_APPLICABLE), "不适用"})
ELSE = "else"
_NUMBER = re.compile(r"(-?\d{1,12}(?:\.\d{1,12})?)(?:/(\d{1,12}))?(%?)")
_DIGITS = re.compile(r"[0-9]{1,9}")
_BETWEEN = re.compile(r"[\s,;]+")
_AROUND = re.compile(r"\s*=\s*")
_BAND = re.compile(r"(?:^|[\s,;，；])\s*(?:[<＜]\s*([^\s:：]+)|(else))\s*[:：]", re.IGNORECASE)


class NotationError(SurveyError):
    """A cell that does not say what it should; the sentence tells how it is written."""

    status = 422


def fraction(text: str) -> Fraction:
    """An exact number: `3`, `0.6`, `1/3` or `60 %`."""
    match = _NUMBER.fullmatch(plain(text).replace(" ", ""))
    if match is None or (match[2] and not int(match[2])):
        raise NotationError(
            gettext_noop("“%(text)s” is no number. Write one such as `3`, `0.6` or `1/3`."),
            text=text,
        )
    return Fraction(match[1]) / int(match[2] or 1) / (100 if match[3] else 1)


def amount(text: str) -> Amount:
    return as_amount(fraction(text))


def as_amount(number: Fraction) -> Amount:
    return number.numerator if number.denominator == 1 else str(number)


def share(text: str) -> str:
    """Above 0 and at most 1, and simple enough to be compared exactly."""
    number = fraction(text)
    if not 0 < number <= 1 or number.denominator > FINEST:
        raise NotationError(
            gettext_noop("“%(text)s” is no simple share. Write one such as `2/3`, `0.6` or `1`."),
            text=text,
        )
    return str(number)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""

    def read(text: str) -> int:
        number = plain(text)
        if not _DIGITS.fullmatch(number) or not low <= int(number) <= high:
            raise NotationError(
                gettext_noop("Write a whole number from %(low)s to %(high)s, not “%(text)s”."),
                low=low,
                high=high,
                text=text,
            )
        return int(number)

    return read


def score(text: str) -> int:
    """The score of a choice: 0 to 12, or `na` where the choice says that it does not apply."""
    word = plain(text).lower()
    if word in NOT_ASKED:
        return NOT_APPLICABLE
    if not _DIGITS.fullmatch(word) or int(word) > SCALE:
        raise NotationError(
            gettext_noop("A score is a whole number from 0 to 12, or `na`, not “%(text)s”."),
            text=text,
        )
    return int(word)


def words(text: str) -> list[str]:
    """What is parted by spaces, commas or semicolons."""
    return [word for word in _BETWEEN.split(plain(text)) if word]


def pairs(text: str, read: Callable[[str], T]) -> dict[str, T]:
    """`yes=12 no=0`: a value a code."""
    found: dict[str, T] = {}
    for word in words(_AROUND.sub("=", plain(text))):
        code, sign, value = word.partition("=")
        if not (code and sign and value):
            raise NotationError(
                gettext_noop("“%(text)s” is no pair. Write pairs such as `yes=12 no=0`."), text=word
            )
        if code in found:
            raise NotationError(gettext_noop("`%(name)s` is there twice."), name=code)
        found[code] = read(value)
    return found


def bands(text: str, read: Callable[[str], T]) -> Bands:
    """`<8:0 <10:6 else:12`: what applies below rising bounds, and from the last one on."""
    heads = list(_BAND.finditer(text))
    if not heads or heads[0].start() or not heads[-1][2] or any(h[2] for h in heads[:-1]):
        raise NotationError(
            gettext_noop(
                "“%(text)s” are no bands. Write them such as `<8:0 <10:6 else:12`: each is for what "
                "is below its number, and `else` for the rest."
            ),
            text=text,
        )
    ends = [*(head.start() for head in heads[1:]), len(text)]
    found = [
        [amount(head[1]) if head[1] else None, read(text[head.end() : end].strip(" \t\n,;，；"))]
        for head, end in zip(heads, ends, strict=True)
    ]
    _require_rising([head[1] for head in heads[:-1]])
    return found


def _require_rising(bounds: Sequence[str]) -> None:
    for lower, upper in pairwise(bounds):
        if fraction(lower) >= fraction(upper):
            raise NotationError(
                gettext_noop("The bands must rise: `<%(upper)s` comes after `<%(lower)s`."),
                lower=lower,
                upper=upper,
            )


def label(text: str) -> str:
    """The name of a group of people."""
    if not text:
        raise NotationError(gettext_noop("A band has no name. Write bands such as `<30:under 30`."))
    return text


def written_score(number: int) -> str:
    return "na" if number == NOT_APPLICABLE else str(number)


def written_pairs(values: Mapping[str, object]) -> str:
    text = " ".join(f"{code}={value}" for code, value in values.items())
    expected = {code: str(value) for code, value in values.items()}
    return _readable(text, lambda: pairs(text, str) == expected)


def written_bands(pairs_: Iterable[Sequence[Any]]) -> str:
    expected = [[None if bound is None else exact(bound), str(what)] for bound, what in pairs_]
    text = " ".join(
        f"{ELSE}:{what}" if bound is None else f"<{bound}:{what}" for bound, what in expected
    )
    return _readable(text, lambda: bands(text, str) == expected)


def written_words(values: Sequence[str]) -> str:
    text = " ".join(values)
    return _readable(text, lambda: words(text) == list(values))


def exact(value: object) -> Amount:
    """A number of a document, where decimals stand for what they are written as."""
    return as_amount(Fraction(str(value)))


def _readable(text: str, is_same: Callable[[], bool]) -> str:
    try:
        if is_same():
            return text
    except NotationError:
        pass
    raise SchemeError(
        gettext_noop("“%(text)s” could not be read back from a cell: rename what is in it."),
        text=text,
    )
