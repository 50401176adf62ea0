"""The conversion as the last check: what pyxform or our reading of its XForm still finds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyxform.errors import PyXFormError

from surveys.errors import gettext_noop
from surveys.xforms.definition import FormDef
from surveys.xforms.linting.findings import ERROR, Cell, Finding
from surveys.xforms.linting.source import Source
from surveys.xforms.xform import Fault, UnsupportedForm, parse_xform
from surveys.xforms.xlsform import Conversion, FormError, convert_workbook

KNOWN_WARNINGS = (  # what the linter says itself, with its place and in the reader's language
    "has no label",
    "'disabled' column",
    "without name, text, or label",
    "is missing the survey column",
    "is missing the choices column",
    "or_other and translations",
    "max-pixels",
    "machine-readable codes",
    "column is missing a label",
    "'label' value is invalid",
    "case-insensitive match",
    "sheets with similar names",
    "will be ignored",
)
RULES: Mapping[str, str] = {"calculate": "calculation", "readonly": "read_only"}
DANGEROUS = frozenset({"too-deep", "long-expression"})  # the conversion would not end well
_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet")
_COLUMN = re.compile(r"the '([^']+)' value")
_NAMED = re.compile(r"(?:named|survey element) '([^']+)'")


@dataclass(frozen=True)
class Converted:
    findings: tuple[Finding, ...] = ()
    xml: bytes | None = None
    form: FormDef | None = None


def converted(source: Source, found: Sequence[Finding]) -> Converted:
    """The form, or the errors that nobody else has found."""
    errors = [finding for finding in found if finding.severity == ERROR]
    if any(error.code in DANGEROUS for error in errors):
        return Converted()
    try:
        conversion = convert_workbook(source.workbook)
    except FormError as error:
        return Converted(tuple(_mistake(source, error, errors)))
    warnings = tuple(_warnings(source, conversion))
    try:
        return Converted(warnings, conversion.xml, parse_xform(conversion.xml))
    except UnsupportedForm as error:
        return Converted((*warnings, *_faults(source, error.faults, errors)))


def _mistake(source: Source, error: FormError, errors: Iterable[Finding]) -> Iterator[Finding]:
    """What pyxform says, unless its row is known to be wrong; it says but one thing a time."""
    detail = error.params.get("detail")
    if not isinstance(detail, PyXFormError):
        if not errors:
            yield Finding(ERROR, "conversion", error.message, error.params)
        return
    cell = _cell_of(source, str(detail))
    known = {(finding.sheet, finding.row) for finding in errors}
    if (cell.row is None and known) or (cell.sheet, cell.row) in known:
        return
    yield cell.error("conversion", error.message, detail=_ROW.sub("", str(detail)))


def _cell_of(source: Source, sentence: str) -> Cell:
    """The cell of which pyxform speaks, as near as its words tell."""
    row, sheet, column, named = (
        pattern.search(sentence) for pattern in (_ROW, _SHEET, _COLUMN, _NAMED)
    )
    if row is None:
        item = source.by_name.get(named[1]) if named else None
        return item.cell if item else Cell()
    key = sheet[1] if sheet else "survey"
    form_sheet = next((s for s in source.sheets if s.key == key), None)
    found = (
        next((r for r in form_sheet.rows if r.number == int(row[1])), None) if form_sheet else None
    )
    if found is None:
        return Cell(form_sheet.name if form_sheet else key, int(row[1]))
    return (found[column[1]] if column else Cell("")) or found["name"] or found["type"]


def _warnings(source: Source, conversion: Conversion) -> Iterator[Finding]:
    for sentence in conversion.warnings:
        if not any(known in sentence for known in KNOWN_WARNINGS):
            yield _cell_of(source, sentence).warning(
                "conversion",
                gettext_noop("The converter remarks: %(detail)s"),
                detail=_ROW.sub("", sentence).strip(),
            )


def _faults(
    source: Source, faults: Iterable[Fault], errors: Sequence[Finding]
) -> Iterator[Finding]:
    known = {(finding.sheet, finding.row, finding.column) for finding in errors}
    for fault in faults:
        cell = _cell_of_fault(source, fault)
        is_general = not cell.sheet and bool(errors)  # such as a circle through a mistyped name
        if not is_general and (cell.sheet, cell.row, cell.heading) not in known:
            yield cell.error("unsupported", fault.message, at=None, **dict(fault.params))


def _cell_of_fault(source: Source, fault: Fault) -> Cell:
    item = source.by_path.get(fault.path)
    if item is None and fault.path.endswith("/instanceName") and source.setting_row:
        return source.setting_row["instance_name"]
    if item is None:
        return Cell()
    column = str(fault.params.get("column", ""))
    key = RULES.get(column, column)
    return (item.row[key] if key else Cell("")) or item.row["type"]
