"""Conditions on answers that are read: those in repeats, which are all true of one instance, and those
on answers that are sealed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from surveys.api.conditions import Condition
from surveys.exports.repeats import place_of
from surveys.keys.sealed import readable
from surveys.models import Interview

Keep: TypeAlias = Callable[[Sequence[int]], Collection[int]]
Answers: TypeAlias = Mapping[str, str]


def keeping(conditions: Sequence[Condition], repeats: Collection[str]) -> Keep | None:
    """Of interviews' keys those that fulfil the conditions, as a function; None where there are none.

    Where instances are, and how many, is only in the answers: these are read, not searched by the
    database, as is what it cannot read.
    """
    if not conditions:
        return None
    by_repeat: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_repeat.setdefault(condition.repeat, []).append(condition)
    places = {repeat: _places(repeat, repeats) for repeat in by_repeat}

    def keep(keys: Sequence[int]) -> Collection[int]:
        found = dict(Interview.objects.filter(pk__in=keys).values_list("pk", "answers"))
        return {
            pk
            for pk, answers in zip(found, readable([*found.values()]), strict=True)
            if all(_is_in(answers, places[repeat], own) for repeat, own in by_repeat.items())
        }

    return keep


def _places(repeat: str, repeats: Collection[str]) -> re.Pattern[str]:
    """Of the beginnings of keys that name an instance: `home/member[2]/job[1]`."""
    steps = repeat.split("/")
    paths = ("/".join(steps[: at + 1]) for at in range(len(steps)))
    parts = (
        re.escape(step) + (r"\[[0-9]+\]" if path in repeats else "")
        for step, path in zip(steps, paths, strict=True)
    )
    return re.compile(f"({'/'.join(parts)})/")


def _is_in(answers: Answers, places: re.Pattern[str], conditions: Iterable[Condition]) -> bool:
    """Whether all are true of one instance that has any answer."""
    own = list(conditions)
    if not own[0].repeat:
        return all(one.holds(answers.get(one.column.key, "")) for one in own)
    instances = {match[1] for key in answers if (match := places.match(key))}
    return any(
        all(one.holds(answers.get(place_of(one.column.key, place), "")) for one in own)
        for place in instances
    )
