"""Archives of several files, the same bytes for the same files; what files of tables are called."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from surveys.exports.columns import short_names

INTERVIEWS = "interviews"
COMPRESSED = frozenset({".parquet", ".xlsx"})  # by themselves
READABLE = 0o644 << 16  # by all, as archives note it
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that an archive can hold; equal contents make equal archives


def table_names(layouts: Iterable[str]) -> dict[str, str]:
    """The name of each table's file, without an extension, by the key of its repeat."""
    short = short_names([key for key in layouts if key])
    return {"": INTERVIEWS} | {
        key: f"{INTERVIEWS}-{name.replace('/', '-')}" for key, name in short.items()
    }


def pack(files: Iterable[Path], path: Path) -> None:
    """An archive of files, by their names."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in files:
            add_file(archive, file)


def add_file(archive: ZipFile, file: Path) -> None:
    entry = entry_for(file.name, ZIP_STORED if file.suffix in COMPRESSED else ZIP_DEFLATED)
    with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)


def entry_for(name: str, compress_type: int = ZIP_DEFLATED) -> ZipInfo:
    """Without the moment at which it was written: equal files make equal archives."""
    entry = ZipInfo(name, EARLIEST)
    entry.compress_type = compress_type
    entry.external_attr = READABLE
    return entry
