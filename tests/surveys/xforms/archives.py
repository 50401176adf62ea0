"""Workbooks made of raw XML, for what no spreadsheet program writes on purpose."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO

from xlsxwriter import Workbook

GOOD = {
    "survey": [("type", "name", "label"), ("text", "a", "A")],
    "settings": [("form_title", "form_id", "version"), ("Form", "form", "1")],
}
SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BEGIN = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'
END = "</sheetData></worksheet>"


@cache
def good() -> bytes:
    """The smallest form without findings, written as spreadsheet programs do: texts are shared."""
    content = BytesIO()
    with Workbook(content) as made:
        for name, rows in GOOD.items():
            sheet = made.add_worksheet(name)
            for number, texts in enumerate(rows):
                sheet.write_row(number, 0, texts)
    return content.getvalue()


def repacked(replaced: Mapping[str, bytes | Iterable[bytes] | None]) -> bytes:
    """The good workbook with parts replaced, or removed where None, by the end of their name."""
    content = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(good())) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            part = next((key for key in replaced if entry.filename.endswith(key)), None)
            body = replaced[part] if part else old.read(entry)
            if body is not None:
                with new.open(entry.filename, "w", force_zip64=True) as stream:
                    stream.writelines([body] if isinstance(body, bytes) else body)
    return content.getvalue()


def with_sheet(*parts: str | Iterable[str]) -> bytes:
    """The good workbook with other XML as its sheet `survey`."""
    return repacked({SHEET: _encoded(parts)})


def _encoded(parts: Iterable[str | Iterable[str]]) -> Iterator[bytes]:
    for part in parts:
        for text in [part] if isinstance(part, str) else part:
            yield text.encode()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *texts: str) -> str:
    cells = "".join(cell(f"{chr(65 + at)}{number}", text) for at, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


FORM = row(1, "type", "name", "label") + row(2, "text", "a", "A")


def archive(**files: str) -> bytes:
    """A zip of something else; `__` in a name stands for a slash, `_` for a dot."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), text)
    return content.getvalue()
