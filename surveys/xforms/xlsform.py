"""A workbook becomes an XForm: pyxform converts, its errors become ours."""

import zlib
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveys.errors import SurveyError, gettext_noop

MAX_UNPACKED = 100 * 1024 * 1024  # bytes; a form has a few hundred thousand
ZIP = b"PK"
COMPOUND = b"\xd0\xcf\x11\xe0"  # how .xls and encrypted .xlsx files begin
UNREADABLE = (  # what zipfile, the XML parsers and openpyxl raise on damaged workbooks
    BadZipFile,
    InvalidFileException,
    ParseError,
    etree.XMLSyntaxError,
    zlib.error,
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
UNCONVERTIBLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # pyxform's slips


class FormError(SurveyError):
    """A workbook that cannot become a form."""

    status = 422


@dataclass(frozen=True)
class Conversion:
    """The XForm of a workbook and what pyxform had to remark."""

    xml: bytes
    warnings: tuple[str, ...]


def convert_workbook(workbook: bytes) -> Conversion:
    """XForm of an .xlsx workbook. Raises FormError in the words of the first fault."""
    _require_workbook(workbook)
    _require_survey_sheet(_open(workbook))
    try:
        result = convert(BytesIO(workbook), validate=False, file_type=".xlsx")
        etree.fromstring(result.xform.encode())
    except PyXFormError as error:
        raise FormError(gettext_noop("The form has a mistake: %(detail)s"), detail=error) from error
    except (*UNCONVERTIBLE, etree.XMLSyntaxError) as error:
        raise FormError(
            gettext_noop(
                "The form cannot be understood (%(detail)s). Look for cells that hold something "
                "else than text, or start from a working form."
            ),
            detail=error,
        ) from error
    return Conversion(result.xform.encode(), tuple(result.warnings))


def _require_workbook(content: bytes) -> None:
    """Raises FormError for what is no .xlsx file, whatever its name says."""
    if not content:
        raise FormError(gettext_noop("The file is empty. Choose the form as an .xlsx workbook."))
    if content.startswith(COMPOUND):
        raise FormError(
            gettext_noop(
                "This is an old .xls workbook, or one with a password. "
                "Save it as .xlsx without a password and try again."
            )
        )
    if not content.startswith(ZIP):
        raise FormError(
            gettext_noop("This file is no Excel workbook. Save the form as .xlsx and try again.")
        )


def _open(content: bytes) -> Workbook:
    try:
        with ZipFile(BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise FormError(gettext_noop("The workbook is too large to be a form."))
        return load_workbook(BytesIO(content), data_only=True)
    except UNREADABLE as error:
        raise FormError(
            gettext_noop(
                "The workbook is damaged or no Excel workbook at all. "
                "Open it in a spreadsheet program, save it as .xlsx and try again."
            )
        ) from error


def _require_survey_sheet(workbook: Workbook) -> None:
    """Raises FormError where the sheet `survey` or its columns are not there."""
    sheets = {sheet.title.strip().lower(): sheet for sheet in workbook.worksheets}
    if "survey" not in sheets:
        raise FormError(
            gettext_noop("This workbook is no XLSForm: it has no sheet `survey`, only %(sheets)s."),
            sheets=", ".join(workbook.sheetnames),
        )
    rows = sheets["survey"].iter_rows(values_only=True)
    header = [str(cell).strip().lower() for cell in next(rows, ()) if cell is not None]
    for column in ("type", "name"):
        if column not in header:
            raise FormError(
                gettext_noop(
                    "This workbook is no XLSForm: the sheet `survey` has no column `%(column)s`."
                ),
                column=column,
            )
    if not any(any(cell not in (None, "") for cell in row) for row in rows):
        raise FormError(gettext_noop("The sheet `survey` has no questions."))
