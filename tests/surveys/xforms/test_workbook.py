"""Cells are read as their author saw them; what is no workbook is refused with what to do."""

import zipfile
from datetime import date, datetime, time
from io import BytesIO
from random import Random

import pytest
from openpyxl import Workbook as Made
from openpyxl.comments import Comment

from surveys.xforms.workbook import FormError, Sheet, Workbook, read_workbook
from tests.surveys.xforms.archives import (
    BEGIN,
    END,
    FORM,
    SPREADSHEET,
    archive,
    good,
    repacked,
    row,
    with_sheet,
)
from tests.surveys.xforms.books import from_rows

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

NO_WORKBOOK = {
    "an empty file": (b"", "empty"),
    "text": (b"hello", "no Excel workbook"),
    "CSV renamed to .xlsx": (b"type,name,label\ntext,a,A\n", "no Excel workbook"),
    "a photo": (b"\xff\xd8\xff\xe0" + bytes(400), "no Excel workbook"),
    "a web page": (b"<html><body>Please sign in</body></html>", "no Excel workbook"),
    "a PDF": (b"%PDF-1.7 ...", "no Excel workbook"),
    "noise": (Random(1).randbytes(4000), "no Excel workbook"),
    "an old .xls": (COMPOUND, "old .xls"),
    "a workbook with a password": (
        COMPOUND + "EncryptedPackage".encode("utf-16-le"),
        "has a password",
    ),
    "a Word document": (archive(word__document_xml="<w/>"), "document of Word"),
    "an OpenDocument": (archive(content_xml="<o/>"), "document of OpenDocument"),
    "a binary workbook": (archive(xl__workbook_bin="x"), r"Excel \(.xlsb\)"),
    "a zip of something else": (archive(a="x"), "damaged"),
    "an empty zip": (archive(), "damaged"),
    "half a file": (good()[: len(good()) // 2], "damaged"),
    "a file without its end": (good()[:-30], "damaged"),
    "no workbook part": (repacked({"xl/workbook.xml": None}), "damaged"),
    "a broken workbook part": (repacked({"xl/workbook.xml": b"<workbook"}), "damaged"),
    "a sheet that is not there": (repacked({"sheet1.xml": None}), "damaged"),
    "a broken sheet": (repacked({"sheet1.xml": b"<worksheet"}), "damaged"),
    "a sheet with noise": (repacked({"sheet1.xml": Random(2).randbytes(900)}), "damaged"),
    "broken styles": (repacked({"styles.xml": b"<x"}), "damaged"),
    "a bad place of a cell": (with_sheet(BEGIN, '<row r="x"/>', END), "damaged"),
    "a string that is not there": (
        with_sheet(BEGIN, '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>', END),
        "damaged",
    ),
    "a document type": (with_sheet('<!DOCTYPE x [<!ENTITY a "b">]>', BEGIN, END), "damaged"),
}


@pytest.mark.parametrize(("content", "words"), NO_WORKBOOK.values(), ids=NO_WORKBOOK.keys())
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(FormError, match=words) as refused:
        read_workbook(content)
    assert ".xlsx" in str(refused.value)


def survey(workbook: Workbook) -> Sheet:
    found = workbook.sheet("survey")
    assert found is not None
    return found


def column(content: bytes, number: int = 1) -> list[str]:
    """The texts of a column of the sheet `survey`."""
    return [cells.get(number, "") for cells in survey(read_workbook(content)).rows.values()]


def test_numbers_dates_and_truth_are_texts() -> None:
    values = [1, 2.5, 1e15, 0.1, True, False, " a ", "a\xa0b", date(2026, 1, 31)]
    moments = [datetime(2026, 1, 31, 14, 30), time(8, 15)]  # noqa: DTZ001
    content = from_rows(survey=[(value,) for value in [*values, *moments]])
    assert column(content) == [
        *("1", "2.5", "1000000000000000", "0.1", "TRUE", "FALSE", " a ", "a b"),
        *("2026-01-31", "2026-01-31T14:30:00", "08:15:00"),
    ]
    assert survey(read_workbook(content)).dates == {(9, 1), (10, 1), (11, 1)}


def test_blank_cells_are_not_there() -> None:
    content = from_rows(survey=[("a", None, " ", "", "\n"), (None,), ("b",)])
    assert survey(read_workbook(content)).rows == {1: {1: "a"}, 3: {1: "b"}}


def test_formulas_show_their_last_value_or_none() -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"x"</f><v>x</v></c>'
        '<c r="C1"><f>NOW()</f></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    sheet = survey(read_workbook(with_sheet(BEGIN, f'<row r="1">{cells}</row>', END)))
    assert sheet.rows == {1: {1: "2", 2: "x"}}
    assert sheet.formulas == {(1, 1), (1, 2), (1, 3), (1, 4)}
    assert sheet.broken == {(1, 3): "", (1, 4): "#DIV/0!"}


def test_a_workbook_written_by_a_program_has_formulas_without_values() -> None:
    sheet = survey(read_workbook(from_rows(survey=[("type",), ("=1+1",)])))
    assert sheet.broken == {(2, 1): ""}


def test_merged_and_hidden_sheets_are_told() -> None:
    made = Made()
    sheet = made.active
    assert sheet is not None
    sheet.title = " Survey "
    sheet.append(["type", "name"])
    sheet.merge_cells("A2:B3")
    sheet.sheet_state = "hidden"
    sheet["A1"].comment = Comment("not read", "me")
    made.create_sheet("notes")
    content = BytesIO()
    made.save(content)
    workbook = read_workbook(content.getvalue())
    assert [one.name for one in workbook.sheets] == [" Survey ", "notes"]
    assert survey(workbook).is_hidden
    assert survey(workbook).merged == ("A2:B3",)


def _encoded(parts: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in parts.items()}


def test_rich_texts_are_joined_and_reading_aids_left_out() -> None:
    strings = f'<sst xmlns="{SPREADSHEET}"><si><r><t>a</t></r><r><t>b</t></r>'
    strings += "<rPh><t>x</t></rPh></si></sst>"
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c>'
    cells += '<c t="inlineStr"><is><t>c</t><rPh><t>x</t></rPh></is></c></row>'
    parts = {"sheet1.xml": BEGIN + cells + END, "sheet2.xml": BEGIN + END}
    content = repacked({"sharedStrings.xml": strings.encode()} | _encoded(parts))
    assert survey(read_workbook(content)).rows == {1: {1: "ab", 2: "c"}}


def test_cells_need_not_say_where_they_are() -> None:
    cells = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>"
    assert survey(read_workbook(with_sheet(BEGIN, cells, END))).rows == {
        1: {1: "1", 3: "3"},
        2: {1: "4"},
    }


def test_names_may_have_prefixes() -> None:
    xml = f'<x:worksheet xmlns:x="{SPREADSHEET}"><x:sheetData><x:row r="1"><x:c r="A1">'
    content = with_sheet(xml, "<x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>")
    assert column(content) == ["7"]


def test_escaped_and_control_characters_are_no_part_of_a_text() -> None:
    content = with_sheet(BEGIN, row(1, "a_x000D_\nb", "c_x0008_", "_x0041_"), END)
    assert survey(read_workbook(content)).rows[1] == {1: "a\nb", 2: "c", 3: "A"}


def test_a_workbook_of_an_old_mac_counts_days_from_1904() -> None:
    book = repacked(
        {
            "xl/workbook.xml": (
                f'<workbook xmlns="{SPREADSHEET}" xmlns:r="http://schemas.openxmlformats.org/'
                'officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets>'
                '<sheet name="survey" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ).encode(),
            "styles.xml": (
                f'<styleSheet xmlns="{SPREADSHEET}"><numFmts><numFmt numFmtId="200" '
                'formatCode="yyyy/mm/dd"/></numFmts><cellXfs><xf numFmtId="0"/>'
                '<xf numFmtId="200"/></cellXfs></styleSheet>'
            ).encode(),
            "sheet1.xml": f'{BEGIN}<row r="1"><c r="A1" s="1"><v>1</v></c></row>{END}'.encode(),
        }
    )
    assert column(book) == ["1904-01-02"]


def test_a_number_that_no_calendar_has_stays_a_number() -> None:
    styles = (
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    sheet = f'{BEGIN}<row r="1"><c r="A1"><v>1e30</v></c></row>{END}'
    content = repacked({"styles.xml": styles.encode(), "sheet1.xml": sheet.encode()})
    assert column(content) == [str(int(1e30))]
    assert not survey(read_workbook(content)).dates


def test_reading_ends_after_many_blank_rows() -> None:
    sheet = survey(read_workbook(with_sheet(BEGIN, FORM, '<row r="10002"/>', row(10003, "x"), END)))
    assert max(sheet.rows) == 2
    assert sheet.stopped_at == 10_002


def test_parts_nobody_reads_may_be_missing() -> None:
    assert read_workbook(repacked({"[Content_Types].xml": None, "docProps/app.xml": None}))


def test_macros_are_told_and_never_run() -> None:
    with zipfile.ZipFile(BytesIO(good())) as old:
        relations = old.read("xl/_rels/workbook.xml.rels").decode()
    link = '<Relationship Id="rId99" Type="x/vbaProject" Target="vbaProject.bin"/></Relationships>'
    made = repacked({"workbook.xml.rels": relations.replace("</Relationships>", link).encode()})
    assert read_workbook(made).has_macros
    assert not read_workbook(good()).has_macros


def test_a_sheet_elsewhere_is_found_by_its_address() -> None:
    with zipfile.ZipFile(BytesIO(good())) as old:
        relations = old.read("xl/_rels/workbook.xml.rels").decode()
    moved = relations.replace('"worksheets/sheet1.xml', '"/xl/worksheets/sheet1.xml')
    assert moved != relations
    assert survey(read_workbook(repacked({"workbook.xml.rels": moved.encode()}))).rows
