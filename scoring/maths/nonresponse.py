"""Weights of respondents raised to stand for those who did not respond, class by class."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.maths.matrix import Booleans, Floats
from scoring.maths.weighting import WeightingError, check_weights
from surveys.errors import gettext_noop


@dataclass(frozen=True)
class ResponseClass:
    """People taken to respond alike: one class, or several that had to be merged."""

    names: tuple[str, ...]
    eligible: int  # people
    responded: int  # people
    factor: float  # sum of weights of the eligible / of the respondents


@dataclass(frozen=True)
class Adjustment:
    weights: Floats  # (people,), 0 for who did not respond; they add up to what they did before
    classes: tuple[ResponseClass, ...]


def adjust(
    weights: Floats,
    classes: Sequence[str],
    responded: Booleans,
    merge_order: Sequence[str] | None = None,
) -> Adjustment:
    """Each respondent's weight x the factor of the class, from all eligible people's (people,).

    Weighting-class adjustment as in Valliant, Dever and Kreuter, Practical Tools for Designing and
    Weighting Survey Samples (2018), chapter 13. A class without respondents is merged with the
    classes after it in `merge_order`, up to the next one with respondents, or with the last such
    one before it. Raises `WeightingError` at such a class where no order is given.
    """
    check_weights(weights)
    names = np.array(classes, dtype=object)
    members = {name: names == name for name in dict.fromkeys(classes)}
    silent = {name for name, who in members.items() if not (weights * (who & responded)).any()}
    groups = _groups(members, silent, merge_order)
    adjusted = np.zeros(len(weights))
    found = []
    for group in groups:
        who = np.logical_or.reduce([members[name] for name in group])
        found.append(_response_class(group, weights, who, responded))
        adjusted += weights * found[-1].factor * (who & responded)
    return Adjustment(adjusted, tuple(found))


def _groups(
    members: Mapping[str, Booleans], silent: set[str], merge_order: Sequence[str] | None
) -> list[list[str]]:
    if len(silent) == len(members):
        raise WeightingError(gettext_noop("Nobody with a weight above 0 responded."))
    if merge_order is not None:
        return _merged(_in_order(members, merge_order), silent)
    for name in sorted(silent):
        raise WeightingError(
            gettext_noop("Class “%(name)s”: nobody responded; merge it with another class."),
            name=name,
        )
    return [[name] for name in sorted(members)]


def _in_order(names: Iterable[str], merge_order: Sequence[str]) -> list[str]:
    for name in sorted(set(names) - set(merge_order)):
        raise WeightingError(
            gettext_noop("Class “%(name)s” has no place in the order of merging."), name=name
        )
    return [name for name in dict.fromkeys(merge_order) if name in names]


def _merged(names: Sequence[str], silent: set[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for name in names:
        groups[-1].append(name)
        if name not in silent:
            groups.append([])
    trailing = groups.pop()
    groups[-1] += trailing
    return groups


def _response_class(
    names: Sequence[str], weights: Floats, who: Booleans, responded: Booleans
) -> ResponseClass:
    eligible, answering = weights[who], weights[who & responded]
    return ResponseClass(
        names=tuple(names),
        eligible=len(eligible),
        responded=len(answering),
        factor=math.fsum(eligible) / math.fsum(answering),
    )
