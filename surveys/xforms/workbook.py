"""Workbooks are read safely: an .xlsx becomes sheets of texts, within limits of size and time."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from unicodedata import normalize
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from surveys.errors import gettext_noop
from surveys.xforms.cells import CellReader, Formats, Limits, date_styles
from surveys.xforms.package import Attributes, FormError, Package, too_large

__all__ = ["FormError", "Sheet", "Workbook", "read_workbook"]

LIMITS: Mapping[str, Limits] = {  # the sheets of a form
    "survey": Limits(rows=5_000, cells=50_000),
    "choices": Limits(rows=30_000, cells=100_000),
    "settings": Limits(rows=1_000, cells=10_000),
    "external_choices": Limits(rows=30_000, cells=100_000),
    "entities": Limits(rows=1_000, cells=10_000),
    "osm": Limits(rows=1_000, cells=10_000),
}
FORM_SHEETS = tuple(LIMITS)
MAX_BYTES = 25_000_000  # of the file; a form has some hundred thousand
MAX_PARTS = 5_000  # of the archive, with every picture in it
PART = b"PK\x01\x02"  # how the archive lists a part
ZIP = b"PK"
COMPOUND = b"\xd0\xcf\x11\xe0"  # how .xls and encrypted .xlsx files begin
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAIN = "xl/workbook.xml"
OTHERS: Mapping[str, str] = {  # a part of the archive -> what made the file instead
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "xl/workbook.bin": "Excel (.xlsb)",
    "content.xml": "OpenDocument",
    "Index/Document.iwa": "Numbers",
}
DAMAGED = (  # what zipfile, expat and our own reading raise on damaged workbooks
    BadZipFile,
    ExpatError,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet that hold text: row -> column -> text, both counted from 1.

    `formulas` are cells that the spreadsheet computes, `dates` those it shows as dates, `broken`
    those without a value, with the error they show. `stopped_at` is where blank rows ended it.
    """

    name: str
    is_hidden: bool = False
    rows: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    broken: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    stopped_at: int | None = None

    @property
    def key(self) -> str:
        """The name as forms know it."""
        return normalize("NFKC", self.name).strip().lower()


@dataclass(frozen=True)
class Workbook:
    """All sheets in order; only those that were asked for have been read."""

    sheets: tuple[Sheet, ...]
    has_macros: bool = False

    def sheet(self, key: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.key == key), None)


def read_workbook(content: bytes, limits: Mapping[str, Limits] = LIMITS) -> Workbook:
    """The sheets of an .xlsx or .xlsm file, read where `limits` has their key.

    Raises FormError saying what to do about any other file.
    """
    _require_workbook(content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _workbook(Package(archive), limits)
    except DAMAGED as error:
        raise FormError(
            gettext_noop(
                "The workbook is damaged or no Excel workbook at all. "
                "Open it in a spreadsheet program, save it as .xlsx and try again."
            )
        ) from error


def _require_workbook(content: bytes) -> None:
    if not content:
        raise FormError(gettext_noop("The file is empty. Choose the form as an .xlsx workbook."))
    if len(content) > MAX_BYTES or content.count(PART) > MAX_PARTS:
        raise too_large()
    if content.startswith(COMPOUND) and ENCRYPTED in content:
        raise FormError(
            gettext_noop("The workbook has a password. Save it as .xlsx without one and try again.")
        )
    if content.startswith(COMPOUND):
        raise FormError(
            gettext_noop("This is an old .xls workbook. Save it as .xlsx and try again.")
        )
    if not content.startswith(ZIP):
        raise FormError(
            gettext_noop("This file is no Excel workbook. Save the form as .xlsx and try again.")
        )


def _workbook(package: Package, limits: Mapping[str, Limits]) -> Workbook:
    _require_excel(package)
    targets = _links(package, "_rels/.rels", "")
    main = targets.get("officeDocument", MAIN)
    folder, _, name = main.rpartition("/")
    links = _links(package, f"{folder}/_rels/{name}.rels", folder)
    tags = package.tags(main)
    is_1904 = any(
        tag == "workbookPr" and attributes.get("date1904") in ("1", "true")
        for tag, attributes in tags
    )
    formats = Formats(
        strings=package.strings(links["sharedStrings"]) if "sharedStrings" in links else [],
        dates=date_styles(package.tags(links["styles"])) if "styles" in links else frozenset(),
        is_1904=is_1904,
    )
    sheets = tuple(
        _sheet(package, attributes, links, formats, limits)
        for tag, attributes in tags
        if tag == "sheet"
    )
    return Workbook(sheets, has_macros="vbaProject" in links)


def _require_excel(package: Package) -> None:
    for part, program in OTHERS.items():
        if part in package.names:
            raise FormError(
                gettext_noop(
                    "This file is a document of %(program)s. Save the form as .xlsx and try again."
                ),
                program=program,
            )


def _links(package: Package, part: str, folder: str) -> dict[str, str]:
    """The parts that another one refers to, by the id and by the kind of the reference."""
    return dict(_references(package, part, folder))


def _references(package: Package, part: str, folder: str) -> Iterator[tuple[str, str]]:
    for tag, attributes in package.tags(part):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            is_absolute = target.startswith("/") or not folder
            place = target.lstrip("/") if is_absolute else f"{folder}/{target}"
            yield attributes.get("Type", "").rpartition("/")[2], place
            yield attributes.get("Id", ""), place


def _sheet(
    package: Package,
    attributes: Attributes,
    links: Mapping[str, str],
    formats: Formats,
    limits: Mapping[str, Limits],
) -> Sheet:
    """A sheet of the workbook, with its cells where it is to be read."""
    is_hidden = attributes.get("state", "visible") != "visible"
    sheet = Sheet(attributes.get("name", ""), is_hidden)
    if sheet.key not in limits:
        return sheet
    reader = CellReader(package, formats, limits[sheet.key])
    package.parse(links[_link(attributes)], reader)
    return Sheet(
        name=sheet.name,
        is_hidden=is_hidden,
        rows=reader.rows,
        formulas=frozenset(reader.formulas),
        dates=frozenset(reader.dates),
        broken=reader.broken,
        merged=tuple(reader.merged),
        stopped_at=reader.stopped_at,
    )


def _link(attributes: Attributes) -> str:
    """The `r:id` of a sheet; the prefix is the program's own."""
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")
