"""A workbook becomes an XForm: pyxform converts, its errors become ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveys.errors import gettext_noop
from surveys.xforms.parsing import strict_parser
from surveys.xforms.table import Table, without_scores
from surveys.xforms.workbook import FORM_SHEETS, FormError, Workbook, read_workbook

__all__ = ["Conversion", "FormError", "convert_workbook"]

NEEDED: Mapping[str, tuple[str, ...]] = {"type": ("command",), "name": ("tag", "value")}
UNCONVERTIBLE = (  # pyxform's slips
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    etree.XMLSyntaxError,
)


@dataclass(frozen=True)
class Conversion:
    """The XForm of a workbook and what pyxform had to remark."""

    xml: bytes
    warnings: tuple[str, ...]


def convert_workbook(workbook: bytes | Workbook) -> Conversion:
    """XForm of an .xlsx workbook. Raises FormError in the words of the first fault."""
    book = read_workbook(workbook) if isinstance(workbook, bytes) else workbook
    book = without_scores(book)
    tables = {sheet.key: Table(sheet) for sheet in book.sheets if sheet.key in FORM_SHEETS}
    _require_survey(book, tables)
    _require_headings(tables)
    try:
        result = convert(_definition(tables), validate=False)
        etree.fromstring(result.xform.encode(), strict_parser())
    except PyXFormError as error:
        raise FormError(gettext_noop("The form has a mistake: %(detail)s"), detail=error) from error
    except UNCONVERTIBLE as error:
        raise FormError(
            gettext_noop(
                "The form cannot be understood (%(detail)s). Look for cells that hold something "
                "else than text, or start from a working form."
            ),
            detail=error,
        ) from error
    return Conversion(result.xform.encode(), tuple(result.warnings))


def _definition(tables: Mapping[str, Table]) -> dict[str, Any]:
    """The sheets as pyxform takes them; the place of a row in its list tells its number."""
    definition: dict[str, Any] = {"sheet_names": list(tables)}
    for key, table in tables.items():
        records = table.records()
        definition[key] = [next(filter(None, records), {})] if key == "settings" else records
        definition[f"{key}_header"] = [dict.fromkeys(table.headings.values())] * bool(
            table.headings
        )
    return definition


def _require_survey(book: Workbook, tables: Mapping[str, Table]) -> None:
    """Raises FormError where the sheet `survey` or its columns are not there."""
    if "survey" not in tables:
        raise FormError(
            gettext_noop("This workbook is no XLSForm: it has no sheet `survey`, only %(sheets)s."),
            sheets=", ".join(sheet.name for sheet in book.sheets),
        )
    survey = tables["survey"]
    headings = {heading.lower() for heading in survey.headings.values()}
    for column, others in NEEDED.items():
        if headings.isdisjoint((column, *others)):
            raise FormError(
                gettext_noop(
                    "This workbook is no XLSForm: the sheet `survey` has no column `%(column)s`."
                ),
                column=column,
            )
    if not any(survey.rows()):
        raise FormError(gettext_noop("The sheet `survey` has no questions."))


def _require_headings(tables: Mapping[str, Table]) -> None:
    """Raises FormError where two columns of a sheet have one heading."""
    for key, table in tables.items():
        for heading in table.repeated_headings:
            raise FormError(
                gettext_noop("The sheet `%(sheet)s` has two columns `%(column)s`."),
                sheet=key,
                column=heading,
            )
