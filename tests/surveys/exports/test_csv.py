"""CSV that a spreadsheet opens as text and never runs."""

import csv
from pathlib import Path

import pytest

from surveys.exports.csv import guarded, open_csv, unguarded


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-inf", "'-inf"),
        ("-1_000", "'-1_000"),
        ("-17.5", "-17.5"),
        ("+8", "+8"),
        ("-1e-05", "-1e-05"),
        ("17", "17"),
        ("plain = text", "plain = text"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'-5", "''-5"),
        ("'tis", "'tis"),
        ("", ""),
    ],
)
def test_only_formulas_are_guarded(cell: str, written: str) -> None:
    assert guarded(cell) == written
    assert unguarded(written) == cell


@pytest.mark.parametrize("bom", [True, False])
def test_files_are_utf8_and_read_back_as_written(tmp_path: Path, bom: bool) -> None:
    path = tmp_path / "a.csv"
    with open_csv(path, ["姓名", "=x"], bom=bom) as write:
        write(['a "quoted", one', "two\nlines"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") is bom
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["姓名", "'=x"], ['a "quoted", one', "two\nlines"]]
