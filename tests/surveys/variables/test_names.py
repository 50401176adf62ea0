"""Names of variables: valid everywhere, and the same for ever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.variables.names import LONGEST, RESERVED, Names, valid_name

VALID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("age", "age"),
        ("A2_b", "A2_b"),
        ("home/age", "home_age"),
        ("my-name.1", "my_name_1"),
        ("_hidden", "hidden"),
        ("1st", "q_1st"),
        ("int", "int_q"),
        ("WITH", "WITH_q"),
        ("str20", "str20_q"),
        ("a" * 31, "a" * 31),
    ],
)
def test_what_can_stay_stays(wish: str, name: str) -> None:
    assert valid_name(wish) == name


@pytest.mark.parametrize("wish", ["年龄", "年龄2", "age年", "a" * 33, "…"])
def test_what_cannot_stay_ends_in_a_hash(wish: str) -> None:
    assert re.fullmatch(r"[a-z0-9_]+_[0-9a-f]{6}", valid_name(wish))


def test_chinese_names_differ() -> None:
    assert len({valid_name(wish) for wish in ("年龄", "姓名", "年龄2", "姓名2")}) == 4
    assert valid_name("年龄") == valid_name("年龄")


@given(st.text(min_size=1, max_size=60))
def test_every_name_is_valid_in_stata_and_spss(wish: str) -> None:
    name = valid_name(wish)
    assert VALID.fullmatch(name)
    assert len(name) <= LONGEST
    assert not name.endswith("_")
    assert name.lower() not in RESERVED


@given(st.lists(st.text(alphabet="aAb/年", min_size=1, max_size=4), unique=True, max_size=40))
def test_every_thing_has_a_name_of_its_own_whatever_its_case(keys: list[str]) -> None:
    names = Names(["a"])
    given_ = [names.give(key, key) for key in keys]
    assert len({name.lower() for name in given_} | {"a"}) == len(keys) + 1
    assert given_ == [names.give(key, "something else") for key in keys]


def test_who_comes_first_keeps_the_name() -> None:
    names = Names()
    keys = ("first/age", "second/age", "third/second/age", "second_age")
    assert [names.give(key, key.rpartition("/")[2], key) for key in keys] == [
        "age",
        "second_age",
        "third_second_age",
        "second_age_2",
    ]
