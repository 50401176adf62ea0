"""What a package says of how its data came about: each package of the project adds its own."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from surveys.exports.catalogue import Order

Told: TypeAlias = Callable[[Order], Mapping[str, Any]]  # as JSON, by the name of the part

TOLD: list[Told] = []


def add(told: Told) -> None:
    """Put what it tells of an order into every manifest."""
    TOLD.append(told)


def provenance_of(order: Order) -> dict[str, Any]:
    return {name: part for tell in TOLD for name, part in tell(order).items()}
