"""What was made before is not made again, and memory stays bounded."""

from itertools import count

from surveys.variables.memo import MOST, Memo


def test_a_value_that_is_known_is_not_made_again() -> None:
    numbers = count()
    memo = Memo[str, int](lambda _text: next(numbers))
    assert memo.column(["a", "bc", "a", "bc"]) == [0, 1, 0, 1]


def test_only_the_first_short_ones_are_kept() -> None:
    memo = Memo[object, str](str)
    assert memo.column(range(2 * MOST)) == [str(number) for number in range(2 * MOST)]
    assert len(memo) == MOST
    long = Memo[str, str](str.upper)
    assert (long["a" * 65], len(long)) == ("A" * 65, 0)
