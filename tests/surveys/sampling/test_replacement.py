"""The next of the reserve comes in, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.sampling.draws import draw
from surveys.sampling.plan import Method, Plan
from surveys.sampling.replacement import Refusal, Substitution, in_the_field, substitute
from tests.surveys.sampling.frames import frame

DRAW = draw(frame({"a": [1.0] * 8, "b": [1.0] * 4}), Plan(Method.SIMPLE, 6, replacements=2), 1)
A, B = DRAW.strata
FIRST, SECOND = (one.unit.code for one in A.selected[:2])
NEXT, LAST = (one.unit.code for one in A.replacements)


def replaced(*codes: str) -> list[Substitution]:
    """The log after these could not be done, in this order."""
    log: list[Substitution] = []
    for code in codes:
        entry = substitute(DRAW, log, code, "gate closed")
        assert isinstance(entry, Substitution)
        log.append(entry)
    return log


def test_the_first_of_the_stratum_comes_in() -> None:
    assert replaced(FIRST) == [Substitution(FIRST, NEXT, "a", FIRST, "gate closed")]
    assert [entry.by for entry in replaced(SECOND, FIRST)] == [NEXT, LAST]


def test_who_came_in_may_be_replaced_and_stands_for_the_same_unit() -> None:
    assert replaced(FIRST, NEXT)[-1] == Substitution(NEXT, LAST, "a", FIRST, "gate closed")


def test_the_field_has_as_many_units_as_were_drawn() -> None:
    field = [one.unit.code for one in in_the_field(DRAW, replaced(FIRST, NEXT))]
    assert len(field) == 6
    assert LAST in field
    assert not {FIRST, NEXT} & set(field)


@pytest.mark.parametrize(
    ("log", "code", "reason", "refusal"),
    [
        ([], FIRST, " ", Refusal.NO_REASON),
        ([], "c1", "closed", Refusal.NOT_IN_THE_FIELD),
        ([], NEXT, "closed", Refusal.NOT_IN_THE_FIELD),
        ([FIRST], FIRST, "closed", Refusal.REPLACED_ALREADY),
        ([FIRST, NEXT], SECOND, "closed", Refusal.NONE_LEFT),
    ],
)
def test_a_refusal_says_why(log: list[str], code: str, reason: str, refusal: Refusal) -> None:
    assert substitute(DRAW, replaced(*log), code, reason) is refusal


@given(st.lists(st.sampled_from([one.unit.code for one in (*DRAW.selected, *DRAW.replacements)])))
def test_whatever_is_asked_the_reserve_is_used_in_order(asked: list[str]) -> None:
    log: list[Substitution] = []
    for code in asked:
        entry = substitute(DRAW, log, code, "closed")
        log += [entry] if isinstance(entry, Substitution) else []
    for stratum in DRAW.strata:
        came_in = [entry.by for entry in log if entry.stratum == stratum.name]
        assert came_in == [one.unit.code for one in stratum.replacements][: len(came_in)]
    assert len(in_the_field(DRAW, log)) == len(DRAW.selected)
    assert not {entry.by for entry in log} & {one.unit.code for one in DRAW.selected}
