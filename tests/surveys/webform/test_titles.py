"""What sections are called, and the mark they go by."""

import pytest

from surveys.webform.titles import _CODE


@pytest.mark.parametrize(
    ("label", "mark", "text"),
    [
        ("A. Work", "A", "Work"),
        ("3、工作", "3", "工作"),
        ("（二）工作", "二", "工作"),
        ("十一、工作", "十一", "工作"),
        ("甲、个人情况", "甲", "个人情况"),
        ("B) Home", "B", "Home"),
    ],
)
def test_a_mark_is_taken_from_the_label(label: str, mark: str, text: str) -> None:
    match = _CODE.fullmatch(label)
    assert match is not None
    assert match.groups() == (mark, text)


@pytest.mark.parametrize("label", ["Work", "A lot of work", "100. Work", "一起工作"])
def test_other_labels_have_no_mark(label: str) -> None:
    assert _CODE.fullmatch(label) is None
