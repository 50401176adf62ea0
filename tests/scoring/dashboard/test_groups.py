"""Groups to choose from, in the order of their names, and the one that was chosen."""

import pytest

from scoring.dashboard.groups import Group, chosen, everyone, groups_of
from scoring.dashboard.names import Dimension

SEX = Dimension("a3", "Sex", {"m": "Male", "f": "Female"})
AGE = Dimension("age", "Age", {"<30": "under 30"})
GROUPS = groups_of([SEX, AGE], {"a3": ["f", "m", "x"], "age": []}.__getitem__)


def test_those_that_have_numbers_in_the_order_of_the_form() -> None:
    assert [group.title for group in GROUPS["Sex"]] == ["Male", "Female", "x"]
    assert GROUPS["Age"] == []


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("", everyone()),
        ("a3=f", Group("a3", "f", "Female")),
        ("a3=nobody", everyone()),
        ("age=<30", everyone()),  # it has no numbers
    ],
)
def test_a_group_is_found_by_its_key(key: str, group: Group) -> None:
    assert chosen(GROUPS, key) == group
    assert group.key in (key, "")
