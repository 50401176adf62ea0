"""Files as people have them: encodings, separators, archives, bombs; each read or refused in words."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest
from openpyxl import Workbook

from surveys.imports.files.opening import open_file
from surveys.imports.table import TableError

TABLE = "城市,年龄\n北京,30\n上海市浦东新区,41\n"


def rows(path: Path) -> list[list[str]]:
    folder = path.parent / "inside"
    folder.mkdir(exist_ok=True)
    source = open_file(path, folder).sources[0]
    return [list(source.heading), *(cells for _, cells in source.rows())]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("gb18030", "GB18030")],
)
def test_chinese_is_read_in_each_of_its_encodings(tmp_path: Path, encoding: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode(encoding))
    assert rows(path)[1] == ["北京", "30"]
    assert open_file(path, tmp_path).read_as == f"CSV, {said}"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "shift_jis"])
def test_what_makes_no_sense_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text = "ｶﾀｶﾅ,ｱ" if encoding == "shift_jis" else "Größe,Ort\nfür,Köln Zürich é ü"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(TableError, match="UTF-8"):
        rows(path)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_found(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'a{separator}b\n1{separator}"x{separator}y"\n')
    assert rows(path) == [["a", "b"], ["1", f"x{separator}y"]]


def zipped(path: Path, **parts: bytes) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a__csv=b"a,b\n" + b"0" * 50_000_000)
    with pytest.raises(TableError, match="too large"):
        rows(path)
    assert not list((tmp_path / "inside").iterdir())


def test_an_archive_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table"):
        rows(zipped(tmp_path / "a.zip", a__txt=b"a"))


def test_parts_are_one_table_and_names_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("../../interviews-2.csv", "a\n3\n")
        archive.writestr("interviews-1.csv", "a\n1\n2\n")
        archive.writestr("media/x/other.csv", "z\n9\n")
    assert rows(path) == [["a"], ["1"], ["2"], ["3"]]


def test_parts_of_one_name_in_two_folders_are_both_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("north/answers.csv", "a\n1\n")
        archive.writestr("south/answers.csv", "a\n2\n")
    assert rows(path) == [["a"], ["1"], ["2"]]


def test_what_macos_notes_of_files_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("answers.csv", "a\n1\n")
        archive.writestr("__MACOSX/._answers.csv", b"\x00\x05\x16\x07\xff")
    assert rows(path) == [["a"], ["1"]]


def test_nothing_beside_or_above_a_workbooks_table_is_lost_unseen(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Survey of 2025"], [], ["age", "works"], [30, "no"]):
        book.worksheets[0].append(row)
    book.save(path := tmp_path / "titled.xlsx")
    with pytest.raises(TableError, match="Row 3 has 2 cells, but there are headings for 1"):
        rows(path)


def test_rows_have_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n\n2\n3\n")
    source = open_file(path, tmp_path).sources[0]
    assert list(source.rows()) == [(2, ["1"]), (4, ["2"]), (5, ["3"])]


def test_what_no_database_stores_is_a_control_character_in_names(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["a_xD800_", "_x0000_b"], [1, 2]):
        book.worksheets[0].append(row)
    book.save(path := tmp_path / "escaped.xlsx")
    assert rows(path)[0] == ["a\x01", "\x01b"]


def test_a_text_with_a_nul_is_refused_in_every_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding in ("utf-8", "utf-16", "gb18030"):
        path.write_bytes("城市\x00,年龄\n北京,30\n".encode(encoding))
        with pytest.raises(TableError, match="UTF-8"):
            rows(path)


def test_columns_of_parquet_are_found_by_their_own_names(tmp_path: Path) -> None:
    pl.DataFrame({" a ": ["1"], "b": [2.5]}).write_parquet(path := tmp_path / "a.parquet")
    assert rows(path) == [["a", "b"], ["1", "2.5"]]


def test_damaged_parquet_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    pl.DataFrame({"a": [str(number) for number in range(500)]}).write_parquet(
        path := tmp_path / "a.parquet"
    )
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + b"\xff" * 60 + whole[68:])
    with pytest.raises(TableError, match="damaged"):
        rows(path)


def test_a_table_without_columns_is_empty(tmp_path: Path) -> None:
    pl.DataFrame().write_parquet(path := tmp_path / "a.parquet")
    with pytest.raises(TableError, match="empty"):
        rows(path)
