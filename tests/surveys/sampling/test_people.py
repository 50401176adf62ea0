"""People are taken of those listed at a site, and stand for those who were not."""

import pytest

from surveys.sampling.chance import number
from surveys.sampling.people import take

LISTED = [f"p{n:02}" for n in range(25)]


def test_the_smallest_numbers_are_taken_whatever_the_order_of_the_list() -> None:
    taken = take("s01", LISTED, 10, seed=4)
    assert taken == take("s01", LISTED[::-1], 10, seed=4)
    assert list(taken.selected + taken.replacements) == sorted(
        LISTED, key=lambda code: number(4, "s01", code)
    )
    assert len(taken.selected) == 10


def test_a_weight_is_the_product_of_the_stages() -> None:
    taken = take("s01", LISTED, 10, seed=4)
    assert taken.probability == 0.4
    assert taken.weight(30) == 75


def test_a_small_site_gives_everybody() -> None:
    taken = take("s01", ["a", "b", "b"], 10, seed=4)
    assert sorted(taken.selected) == ["a", "b"]
    assert (taken.replacements, taken.probability) == ((), 1)


@pytest.mark.parametrize(("listed", "people"), [([], 3), (["a"], 0)])
def test_somebody_is_listed_and_somebody_taken(listed: list[str], people: int) -> None:
    with pytest.raises(ValueError, match="Somebody"):
        take("s01", listed, people, seed=4)
