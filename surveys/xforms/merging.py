"""Changes of one entity by several devices: what each builds on, and where they contradict each other.

As the entities specification of ODK has it: a device that works offline counts on by itself, in a
branch of its own (`branchId`) that began at a version of the server's (`trunkVersion`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SOFT, HARD = "soft", "hard"


@dataclass(frozen=True)
class Claim:
    """What a change builds on, as its device counts; `trunk` is None where the device created it."""

    base: int | None
    trunk: int | None
    branch: str


@dataclass(frozen=True)
class Version:
    """An entity after one of its changes; `values` hold the label too.

    What `is_upkeep` is the survey's own, of properties that nobody else changes.
    """

    number: int
    values: Mapping[str, str]
    claim: Claim
    is_upkeep: bool = False


@dataclass(frozen=True)
class Merge:
    """What an entity becomes. `conflicts` are the values that somebody else had set otherwise."""

    values: Mapping[str, str]
    conflict: str = ""
    conflicts: tuple[str, ...] = ()


def foundation(claim: Claim, versions: Sequence[Version]) -> Version | None:
    """The version that a change was made on, or None while that has not arrived."""
    if not claim.branch or claim.base == claim.trunk or (claim.trunk is None and claim.base == 1):
        number = claim.base or 1
        return next((version for version in versions if version.number == number), None)
    before = (claim.base or 1) - 1
    return next(
        (v for v in versions if v.claim.branch == claim.branch and v.claim.base == before), None
    )


def merge(
    received: Mapping[str, str], claim: Claim, base: Version | None, versions: Sequence[Version]
) -> Merge:
    """The entity after a change of its latest version: what was received wins.

    It is a hard conflict where both said something else of one property since `base`, a soft one
    where both changed the entity at all. Without a base, all that is there is somebody else's.
    """
    current = versions[-1]
    values = {**current.values, **received}
    theirs = {
        name: text
        for name, text in current.values.items()
        if base is None or base.values.get(name, "") != text
    }
    conflicts = tuple(name for name, text in received.items() if theirs.get(name, text) != text)
    if conflicts:
        return Merge(values, HARD, conflicts)
    return Merge(values, SOFT if _is_interrupted(claim, base, versions) else "")


def _is_interrupted(claim: Claim, base: Version | None, versions: Sequence[Version]) -> bool:
    """Whether somebody else changed the entity since `base`, or since an offline branch began."""
    since = base.number if base else 0
    if claim.branch:
        since = min(since, claim.trunk or 1)
    return any(
        version.number > since
        and not version.is_upkeep
        and not (claim.branch and version.claim.branch == claim.branch)
        for version in versions
    )


def worse(one: str, other: str) -> str:
    """Of two conflicts the one that needs a person."""
    return max(one, other, key=("", SOFT, HARD).index)
