"""The second stage: people taken of those listed at a drawn site."""

from collections.abc import Collection
from dataclasses import dataclass

from surveys.sampling.chance import number


@dataclass(frozen=True)
class Taken:
    """People of a site, by the codes of the list."""

    selected: tuple[str, ...]  # in the order of their numbers
    replacements: tuple[str, ...]  # everybody else who was listed, to be used in this order
    probability: float  # of each, given that the site was drawn

    def weight(self, site_weight: float) -> float:
        """People that each stands for: the site's weight x N / m."""
        return site_weight / self.probability


def take(site: str, listed: Collection[str], people: int, seed: int) -> Taken:
    """Take so many of the listed, all where there are no more: those with the smallest numbers.

    A number is made of `seed|site|code` as in `chance`; a code that is listed twice counts once.
    Raises ValueError where nobody is listed or fewer than 1 are to be taken.
    """
    codes = sorted(set(listed), key=lambda code: (number(seed, site, code), code))
    if not codes or people < 1:
        raise ValueError("Somebody must be listed, and somebody taken.")
    m = min(people, len(codes))
    return Taken(tuple(codes[:m]), tuple(codes[m:]), m / len(codes))
