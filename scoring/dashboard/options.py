"""Something to choose on a page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """Something to choose, and whether it is chosen."""

    key: str
    title: str
    is_chosen: bool
