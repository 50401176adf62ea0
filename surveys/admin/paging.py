"""Long lists by key: some rows at once, and the last of them where more follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Portion(Generic[Row]):
    """`last` is the row after which more follow, None where these are the last ones."""

    rows: Sequence[Row]
    last: Row | None


def portion_of(rows: QuerySet[Row], most: int) -> Portion[Row]:
    """The first rows; one more is read to see whether there are more."""
    some = list(rows[: most + 1])
    shown = some[:most]
    return Portion(shown, shown[-1] if len(some) > most else None)
