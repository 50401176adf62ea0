"""Whatever is uploaded, opened by what it is; archives unpacked within limits."""

import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from surveys.errors import gettext_noop
from surveys.imports.files.source import Opened, Source
from surveys.imports.files.statistics import damaged, open_parquet, open_statistics
from surveys.imports.files.texts import open_text
from surveys.imports.files.trial import READERS, is_readable
from surveys.imports.files.workbooks import open_workbook
from surveys.imports.table import FIRST_ROW, TableError, empty

MAX_BYTES = 100_000_000  # of an upload
MAX_UNPACKED = 1_000_000_000
MOST_PARTS = 10_000
RATIO = 200  # of what is packed; texts of people are packed to a tenth
SMALL = 1_000_000  # bytes, whose ratio is nobody's concern
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORKBOOK = "xl/workbook.xml"
KINDS = (".csv", ".parquet", ".dta", ".sav", ".xlsx")  # of an archive the first that is there
NO_TABLES = {"media", "__MACOSX"}  # folders: pictures and sounds, and what macOS notes of files
PIECE = 1 << 20
OPENED_AFTER_TRIAL = {**dict.fromkeys(READERS, open_statistics), ".parquet": open_parquet}
DAMAGED = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, zlib.error)


def open_file(path: Path, folder: Path) -> Opened:
    """The tables of a file, called by its extension; archives are unpacked into the folder, and what
    is read of them is read there. Raises TableError.
    """
    with path.open("rb") as file:
        begins = file.read(8)
    if not begins:
        raise empty()
    if begins.startswith(COMPOUND):
        raise TableError(
            gettext_noop(
                "This is an old .xls workbook or has a password. Save it as .xlsx without one."
            )
        )
    if begins.startswith(ZIP):
        return _open_zip(path, folder)
    return _open_plain(path, path.stem)


def _open_plain(path: Path, name: str) -> Opened:
    kind = path.suffix.lower()
    opened = OPENED_AFTER_TRIAL.get(kind)
    if opened is None:
        return open_text(path, name)
    if not is_readable(path):
        raise damaged()
    return opened(path, name)


def _open_zip(path: Path, folder: Path) -> Opened:
    try:
        with ZipFile(path) as archive:
            _require_modest(archive.infolist())
            if WORKBOOK in archive.namelist():
                return open_workbook(path)
            files = _unpacked(archive, folder)
    except DAMAGED as error:
        raise damaged() from error
    return _together(files)


def _require_modest(parts: Sequence[ZipInfo]) -> None:
    """Raises TableError for what would become far more than it seems."""
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_bomb = whole > SMALL and whole > RATIO * max(1, packed)
    if is_bomb or whole > MAX_UNPACKED or len(parts) > MOST_PARTS:
        raise TableError(
            gettext_noop("Unpacked, the file would be too large to be read. Divide it.")
        )


def _unpacked(archive: ZipFile, folder: Path) -> list[Path]:
    """The tables of one kind, wherever in the archive they are."""
    parts = [part for part in archive.infolist() if not part.is_dir()]
    by_kind = {kind: [one for one in parts if _kind(one) == kind] for kind in KINDS}
    chosen = next((found for found in by_kind.values() if found), None)
    if chosen is None:
        raise TableError(
            gettext_noop("There is no table in the archive: %(kinds)s."), kinds=", ".join(KINDS)
        )
    return [_extracted(archive, part, folder / str(number)) for number, part in enumerate(chosen)]


def _kind(part: ZipInfo) -> str:
    path = PurePosixPath(part.filename)
    return path.suffix.lower() if NO_TABLES.isdisjoint(path.parts[:-1]) else ""


def _extracted(archive: ZipFile, part: ZipInfo, folder: Path) -> Path:
    """The part as a file, by its name alone; another part of that name is in another folder."""
    folder.mkdir()
    path = folder / PurePosixPath(part.filename).name
    with archive.open(part) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, PIECE)
    return path


def _together(files: Sequence[Path]) -> Opened:
    """One source a table; `interviews-1.dta` and `interviews-2.dta` are one. The shortest name is that
    of the interviews: repeats have theirs behind it.
    """
    named = sorted(files, key=lambda path: (len(_table(path)), _table(path), _part(path)))
    opened = [
        [_opened_part(path, name) for path in group] for name, group in groupby(named, key=_table)
    ]
    sources = [_joined([part.sources[0] for part in parts]) for parts in opened]
    return Opened(f"ZIP: {opened[0][0].read_as}", sources)


def _opened_part(path: Path, name: str) -> Opened:
    return open_workbook(path) if path.suffix.lower() == ".xlsx" else _open_plain(path, name)


def _table(path: Path) -> str:
    name, _, number = path.stem.rpartition("-")
    return name if name and number.isdecimal() else path.stem


def _part(path: Path) -> int:
    number = path.stem.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _joined(parts: Sequence[Source]) -> Source:
    """Tables of the same columns, one below the other. Raises TableError."""
    first = parts[0]
    if len(parts) == 1:
        return first
    if any(part.heading != first.heading for part in parts):
        raise TableError(
            gettext_noop("The parts of table %(name)s have different columns."), name=first.name
        )

    def rows() -> Iterator[tuple[int, list[str]]]:
        every = chain.from_iterable(part.rows() for part in parts)
        yield from enumerate((cells for _, cells in every), start=FIRST_ROW)

    return replace(first, rows=rows)
