"""What was made of values before: a data set is millions of answers, and they are among few."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

MOST = 1_000  # that are kept
SHORT = 64  # characters of a text that is kept

Asked = TypeVar("Asked", bound=Hashable)
Made = TypeVar("Made")


class Memo(dict[Asked, Made]):
    """A function's results by its argument: `memo[value]` calls it for values that are new.

    The first short ones are kept and all others made each time, so that memory stays bounded. The
    function must be pure, and must tell equal arguments from each other in nothing.
    """

    def __init__(self, make: Callable[[Asked], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, asked: Asked) -> Made:
        made = self._make(asked)
        if len(self) < MOST and not (isinstance(asked, str) and len(asked) > SHORT):
            self[asked] = made
        return made

    def column(self, values: Iterable[Asked]) -> list[Made]:
        """Of many values at once."""
        return [self[value] for value in values]
