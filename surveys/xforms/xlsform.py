"""A workbook becomes an XForm: pyxform converts, its errors become ours."""

from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

from openpyxl.utils.exceptions import InvalidFileException
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveys.errors import SurveyError, gettext_noop


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
    try:
        result = convert(BytesIO(workbook), validate=False, file_type=".xlsx")
    except (PyXFormError, ValueError) as error:
        raise FormError(gettext_noop("The form has a mistake: %(detail)s"), detail=error) from error
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise FormError(
            gettext_noop(
                "This file is not an Excel workbook. Save the form as .xlsx and try again."
            )
        ) from error
    return Conversion(result.xform.encode(), tuple(result.warnings))
