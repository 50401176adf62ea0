"""The same case or person twice."""

from surveys.quality import duplicates
from surveys.quality.finding import Check
from tests.surveys.quality.small import make_fieldwork


def test_each_case_and_person_twice_is_found_once() -> None:
    fieldwork = make_fieldwork(
        5,
        case=["c1", "c2", "c1", None, None],
        person=["p1", "p1", "p1", None, None],
    )
    found = list(duplicates.find(fieldwork))
    assert [(one.check, one.name, one.interviews) for one in found] == [
        (Check.SAME_CASE, "c1", ("I0", "I2")),
        (Check.SAME_PERSON, "p1", ("I0", "I1", "I2")),
    ]


def test_a_refusal_before_is_no_duplicate() -> None:
    fieldwork = make_fieldwork(2, case=["c1", "c1"], is_complete=[False, True])
    assert list(duplicates.find(fieldwork)) == []


def test_a_third_one_is_another_doubt() -> None:
    two = next(duplicates.find(make_fieldwork(2, case=["c1", "c1"])))
    three = next(duplicates.find(make_fieldwork(3, case=["c1", "c1", "c1"])))
    assert two.key != three.key
