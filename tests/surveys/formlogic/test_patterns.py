"""Patterns: the same answers as Python's engine, in a time that nobody can stretch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formlogic.functions.patterns import MAX_MATCHED, _Pattern, matcher_of, matches

PARTS = st.sampled_from(
    [
        "a",
        "b",
        "[ab]",
        "[^a]",
        ".",
        r"\d",
        "a*",
        "b+?",
        "a{1,2}",
        "(a|b)",
        "(a|aa)+",
        "(?:a*b)*",
        "(b*)?",
        "^",
        "$",
        r"\b",
        "(?=a)",
        "(?!b)",
        "(ab?){2,}",
        "|",
    ]
)


@given(st.lists(PARTS, max_size=5).map("".join), st.text("ab1 ", max_size=7))
def test_ways_agree_with_backtracking(pattern: str, text: str) -> None:
    assert matches(text, f"(?:{pattern})+") == bool(re.fullmatch(f"(?:{pattern})+", text))


@given(st.lists(PARTS, max_size=5).map("".join), st.text("aAb1 \n", max_size=7), st.booleans())
def test_the_faster_engine_says_what_the_ways_say(parts: str, text: str, is_caseless: bool) -> None:
    pattern = f"(?i){parts}" if is_caseless else parts
    reader = _Pattern(pattern)
    way = reader.whole()
    assert matches(text, pattern) == (len(text) in way(text, {0}))
    assert reader.tried > 0


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+",
        r"(a|aa)+",
        r"((((a*)*)*)*)*",
        r"(a{0,500}){0,500}",
        r"a*a*a*a*a*b",
        "a{0,999}" * 4 + "b",
        "a?" * 60 + "a" * 60,
        "(a|a)" * 60 + "b",
        "(?=" * 15 + "a" + ".*)" * 15 + "b",
    ],
)
def test_a_costly_pattern_answers_at_once(pattern: str) -> None:
    assert not matches("a" * (MAX_MATCHED - 1) + "c", pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a{2",
        r"(a)\1",
        "(?P<n>a)+",
        "(a{9999})+",
        "(a" * 30,
        "(" * 30 + "a" + ")" * 30 + "+",
        "(a)+)",
    ],
)
def test_what_is_not_understood_matches_nothing(pattern: str) -> None:
    assert not matches("a", pattern)


def test_a_long_text_matches_nothing() -> None:
    assert not matches("a" * (MAX_MATCHED + 1), "a*")
    assert matcher_of("a" * 2000) is None
