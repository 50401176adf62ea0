"""Workbooks that are none, and forms with mistakes: one clear sentence each, never a crash."""

import zipfile
from io import BytesIO
from random import Random

import pytest
from openpyxl import Workbook

from surveys.xforms.xlsform import FormError, convert_workbook

HEADER = ("type", "name", "label")


def book(**sheets: list[tuple[object, ...]]) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


GOOD = book(survey=[HEADER, ("text", "a", "A")])


def repacked(**parts: bytes | None) -> bytes:
    """The good workbook with parts replaced, or removed where None; names end as given."""
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(content, "w") as new:
        for entry in old.infolist():
            stem = entry.filename.rpartition("/")[2].partition(".")[0].strip("[]")
            replaced = parts.get(stem, old.read(entry))
            if replaced is not None:
                new.writestr(entry.filename, replaced)
    return content.getvalue()


def archive(**files: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


NO_WORKBOOK = {
    "an empty file": b"",
    "text": b"hello",
    "CSV renamed to .xlsx": b"type,name,label\ntext,a,A\n",
    "a web page": b"<html><body>Please sign in</body></html>",
    "a PDF": b"%PDF-1.7 ...",
    "noise": Random(1).randbytes(4000),
    "an old .xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a zip of something else": archive(a="x"),
    "an empty zip": archive(),
    "half a file": GOOD[: len(GOOD) // 2],
    "a file without its end": GOOD[:-30],
    "a file with noise inside": GOOD[:400] + Random(2).randbytes(400) + GOOD[800:],
    "no workbook part": repacked(workbook=None),
    "no content types": repacked(Content_Types=None),
    "a broken workbook part": repacked(workbook=b"<workbook"),
    "a broken sheet": repacked(sheet1=b"<worksheet"),
    "broken styles": repacked(styles=b"<x"),
}


@pytest.mark.parametrize("content", NO_WORKBOOK.values(), ids=NO_WORKBOOK.keys())
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(FormError) as refused:
        convert_workbook(content)
    sentence = str(refused.value)
    assert ".xlsx" in sentence
    assert "Traceback" not in sentence


NO_FORM = {
    "no sheets of a form": (book(data=[("a", "b"), (1, 2)]), "no sheet `survey`, only data"),
    "an empty survey sheet": (book(survey=[]), "no column `type`"),
    "numbers for headings": (book(survey=[(1, 2, 3), (4, 5, 6)]), "no column `type`"),
    "other columns": (book(survey=[("type", "label"), ("text", "A")]), "no column `name`"),
    "headings only": (book(survey=[HEADER]), "no questions"),
    "an unknown type": (book(survey=[HEADER, ("blah", "a", "A")]), "Unknown question type"),
    "no choices": (book(survey=[HEADER, ("select_one x", "a", "A")]), "choices sheet"),
    "a name twice": (book(survey=[HEADER, ("text", "a", "A"), ("text", "a", "B")]), "[row : 3]"),
    "a bad name": (book(survey=[HEADER, ("text", "a b", "A")]), "[row : 2]"),
    "an open group": (book(survey=[HEADER, ("begin group", "g", "G")]), "begin_group"),
    "an unknown reference": (
        book(survey=[(*HEADER, "relevant"), ("text", "a", "A", "${zz} = 1")]),
        "zz",
    ),
}


@pytest.mark.parametrize(("content", "words"), NO_FORM.values(), ids=NO_FORM.keys())
def test_a_mistake_is_named(content: bytes, words: str) -> None:
    with pytest.raises(FormError) as refused:
        convert_workbook(content)
    assert words in str(refused.value)


def test_a_workbook_that_would_fill_the_memory_is_not_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("surveys.xforms.xlsform.MAX_UNPACKED", 1000)
    with pytest.raises(FormError, match="too large"):
        convert_workbook(GOOD)


def test_a_good_workbook_becomes_an_xform() -> None:
    assert b"<h:title>data</h:title>" in convert_workbook(GOOD).xml
