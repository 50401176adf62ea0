"""A season as columns."""

import numpy as np
import pytest

from surveys.quality.arrays import Factor, counts_by, means_by
from surveys.quality.fieldwork import Broken, Kind, State, Whereabouts
from tests.surveys.quality.small import NOON, floats, make_fieldwork, make_question


def test_factors_know_who_is_unknown() -> None:
    factor = Factor.of(["b", None, "a", "", "b"])
    assert factor.names == ("a", "b")
    assert factor.codes.tolist() == [1, -1, 0, -1, 1]
    assert [members.tolist() for members in factor.members()] == [[2], [0, 4]]
    assert counts_by(factor).tolist() == [1, 2]
    assert means_by(factor, floats([1, 9, None, 9, 3])).tolist()[1] == 2


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="q: 2 for 3"):
        make_fieldwork(3, questions=[make_question("q", [0, 1])])
    with pytest.raises(ValueError, match="section b: 1 for 3"):
        make_fieldwork(3, section_s={"section b": floats([1])})
    with pytest.raises(ValueError, match="latitude: 2 for 3"):
        make_fieldwork(3, whereabouts=Whereabouts.unknown(2))
    with pytest.raises(ValueError, match="not unique"):
        make_fieldwork(2, ids=["I0", "I0"])


def test_some_of_the_interviews_keep_all_their_columns() -> None:
    question = make_question(
        "q", [0, None, 2], Kind.NUMBER, {1: State.REFUSED}, seconds=floats([1, 2, 3])
    )
    whole = make_fieldwork(
        3,
        enumerator=["E1", "E2", "E2"],
        questions=[question],
        section_s={"a": floats([10, 20, 30])},
        broken=(Broken("I1", "q", "constraint"), Broken("I2", "q", "required")),
        is_complete=[True, False, True],
    )
    part = whole.complete
    assert part.ids == ("I0", "I2")
    assert part.enumerator.codes.tolist() == [0, 1]
    assert part.questions[0].values.tolist() == [0, 2]
    assert part.questions[0].seconds is not None
    assert part.questions[0].seconds.tolist() == [1, 3]
    assert part.section_s["a"].tolist() == [10, 30]
    assert [one.interview for one in part.broken] == ["I2"]
    assert whole.take(np.array([1])).questions[0].states.tolist() == [State.REFUSED]


def test_the_day_is_that_of_the_survey() -> None:
    late = NOON + 5 * 3_600
    fieldwork = make_fieldwork(2, start=[late, None], end=[late + 60, late], utc_offset_s=8 * 3_600)
    assert (fieldwork.day - 20_000).tolist() == [1, 1]  # one in the morning; the other as received
    assert np.isnan(fieldwork.duration_s).tolist() == [False, True]
