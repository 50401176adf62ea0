"""Files of margins become typed values, or are refused with the margin and the class named."""

import pytest

from scoring.maths.margins import parse_margins
from scoring.maths.raking import Margin
from scoring.maths.weighting import WeightingError

EXAMPLE = '{"f": 830000, "m": 1397000}'


def refused(text: str) -> str:
    with pytest.raises(WeightingError) as error:
        parse_margins(text.encode())
    return str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_margins_are_read_in_their_order(encoding: str) -> None:
    text = '{"sex": {"女": 40, "男": 60.5}, "age": {"young": 1e2}}'
    assert parse_margins(text.encode(encoding)) == (
        Margin("sex", {"女": 40.0, "男": 60.5}),
        Margin("age", {"young": 100.0}),
    )


def test_a_number_beyond_all_numbers_is_left_to_raking() -> None:
    margins = parse_margins(b'{"a": {"x": ' + b"9" * 5_000 + b"}}")
    assert margins == (Margin("a", {"x": float("inf")}),)


@pytest.mark.parametrize("people", ['"many"', "null", "true", "[]", "{}"])
def test_what_is_no_number_is_refused_at_its_class(people: str) -> None:
    assert refused(f'{{"a3": {{"m": 1, "f": {people}}}}}') == (
        "Margin “a3”: write how many people class “f” has as a number without quotes, such as 830000."
    )


@pytest.mark.parametrize("classes", ["null", "3", '"f"', '["f", "m"]'])
def test_what_has_no_classes_is_refused_at_its_margin(classes: str) -> None:
    assert refused(f'{{"a3": {classes}}}') == (
        f"Margin “a3”: write its classes with their people: {EXAMPLE}."
    )


@pytest.mark.parametrize("whole", ["null", "3", '"a3"', '["a3"]', "[" * 100_000])
def test_what_has_no_margins_is_refused(whole: str) -> None:
    assert refused(whole) == f'Write margins with their classes, such as {{"a3": {EXAMPLE}}}.'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{}", "Give at least one margin to rake to."),
        ('{"a": {"x": 1}, "a": {"x": 2}}', "Margin “a” is there twice; rename one."),
        ('{"a": {"x": 1, "x": 1}}', "Margin “a”: class “x” is there twice; keep one."),
        ('{\n"a": }', "This is not JSON: something is wrong in line 2, place 6."),
        ("", "This is not JSON: something is wrong in line 1, place 1."),
    ],
)
def test_a_file_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    assert refused(text) == sentence


def test_another_encoding_is_refused() -> None:
    with pytest.raises(WeightingError, match="UTF-8"):
        parse_margins('{"性别": {"女": 1}}'.encode("gb18030"))
