"""Texts that go with the data, such as scripts that read it: each package adds its own."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from surveys.exports.catalogue import Order

Enclosed: TypeAlias = Callable[[Order], Mapping[str, str]]  # the text by the name of its file

ENCLOSED: list[Enclosed] = []


def add(enclosed: Enclosed) -> None:
    """Put what it makes for an order into every package."""
    ENCLOSED.append(enclosed)


def enclosed_with(order: Order) -> dict[str, str]:
    """All texts that go with an order's data, by the names of their files."""
    return {name: text for make in ENCLOSED for name, text in make(order).items()}
