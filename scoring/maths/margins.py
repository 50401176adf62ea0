"""A file of margins as typed values: how many people each class has, such as women and men."""

import json
from typing import TypeAlias

from scoring.maths.raking import Margin
from scoring.maths.weighting import WeightingError
from surveys.errors import gettext_noop

# JSON as it stands: an object is the tuple of its members, so that a name given twice is still there.
Value: TypeAlias = "str | float | list[Value] | tuple[tuple[str, Value], ...] | None"


def parse_margins(content: bytes) -> tuple[Margin, ...]:
    """The margins of a JSON file such as {"a3": {"f": 830000, "m": 1397000}}, in its order.

    Raises `WeightingError` naming the margin and the class of the first fault. Whether the numbers can
    be raked to is said by `rake`.
    """
    margins = _read(content)
    if not isinstance(margins, tuple):
        raise WeightingError(
            gettext_noop("Write margins with their classes, such as %(example)s."),
            example='{"a3": {"f": 830000, "m": 1397000}}',
        )
    if not margins:
        raise WeightingError(gettext_noop("Give at least one margin to rake to."))
    for name in _repeated(margins):
        raise WeightingError(
            gettext_noop("Margin “%(margin)s” is there twice; rename one."), margin=name
        )
    return tuple(_margin(name, classes) for name, classes in margins)


def _read(content: bytes) -> Value:
    try:
        # Every number a float: one of a thousand digits is inf then, and refused like any other.
        value: Value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=tuple, parse_int=float
        )
    except UnicodeDecodeError as error:
        raise WeightingError(
            gettext_noop("This is no text in UTF-8; save the file in that encoding.")
        ) from error
    except json.JSONDecodeError as error:
        raise WeightingError(
            gettext_noop("This is not JSON: something is wrong in line %(line)s, place %(place)s."),
            line=error.lineno,
            place=error.colno,
        ) from error
    except RecursionError:  # lists within lists without end
        return None
    return value


def _margin(name: str, classes: Value) -> Margin:
    if not isinstance(classes, tuple):
        raise WeightingError(
            gettext_noop("Margin “%(margin)s”: write its classes with their people: %(example)s."),
            margin=name,
            example='{"f": 830000, "m": 1397000}',
        )
    for level in _repeated(classes):
        raise WeightingError(
            gettext_noop("Margin “%(margin)s”: class “%(level)s” is there twice; keep one."),
            margin=name,
            level=level,
        )
    return Margin(name, {level: _people(name, level, people) for level, people in classes})


def _people(margin: str, level: str, people: Value) -> float:
    if not isinstance(people, float):  # neither is True, which Python takes for 1
        raise WeightingError(
            gettext_noop(
                "Margin “%(margin)s”: write how many people class “%(level)s” has as a number "
                "without quotes, such as 830000."
            ),
            margin=margin,
            level=level,
        )
    return people


def _repeated(members: tuple[tuple[str, Value], ...]) -> list[str]:
    names = [name for name, _ in members]
    return [name for place, name in enumerate(names) if name in names[:place]]
