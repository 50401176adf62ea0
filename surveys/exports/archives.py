"""Interviews with repeats or files as an archive: a table each, and the files as they came."""

import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from surveys.exports.catalogue import Tick
from surveys.exports.columns import Layout, short_names
from surveys.exports.csv import open_csv
from surveys.exports.rows import Rows, pages_of
from surveys.layers import Layer
from surveys.models import Attachment
from surveys.models.interview import InterviewQuerySet

INTERVIEWS = "interviews"
COMPRESSED = frozenset({".parquet", ".xlsx"})  # by themselves
READABLE = 0o644 << 16  # by all, as archives note it
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that an archive can hold; equal contents make equal archives


def write_archive(
    interviews: InterviewQuerySet,
    layouts: dict[str, Layout],
    path: Path,
    tick: Tick,
    *,
    with_files: bool,
    layer: Layer = Layer.CORRECTED,
) -> None:
    """`interviews.csv`, `interviews-member.csv` for a repeat, `media/<interview>/<file>`."""
    names = {key: f"{name}.csv" for key, name in table_names(layouts).items()}
    with (
        ZipFile(path, "w", ZIP_DEFLATED) as archive,
        TemporaryDirectory(dir=path.parent) as folder,
    ):
        with ExitStack() as stack:
            writers = {
                key: stack.enter_context(open_csv(Path(folder) / names[key], layout.header))
                for key, layout in layouts.items()
            }
            for page in pages_of(interviews, layouts, layer):
                files = _files_of(page) if with_files else {}
                for rows in page:
                    for key, write in writers.items():
                        for row in rows.by_repeat[key]:
                            write(row)
                    for file in files.get(rows.pk, ()):
                        _add(archive, file, rows.interview_id)
                    tick()
        for name in names.values():
            add_file(archive, Path(folder) / name)


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
    """Without the moment at which it was written: equal files make equal archives."""
    entry = ZipInfo(file.name, EARLIEST)
    entry.compress_type = ZIP_STORED if file.suffix in COMPRESSED else ZIP_DEFLATED
    entry.external_attr = READABLE
    with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)


def _files_of(page: Sequence[Rows]) -> dict[int, list[Attachment]]:
    """The files that arrived with the current answers, by interview."""
    found: dict[int, list[Attachment]] = {}
    attachments = Attachment.objects.filter(
        submission__current_of__in=[rows.pk for rows in page], file__gt=""
    ).select_related("submission")
    for attachment in attachments.order_by("pk"):
        found.setdefault(attachment.submission.interview_id, []).append(attachment)
    return found


def _add(archive: ZipFile, attachment: Attachment, interview_id: str) -> None:
    """Pictures and sounds are compressed already. A name from a device names no folder."""
    folder = PurePosixPath(interview_id.removeprefix("uuid:").replace("\\", "/")).name
    name = PurePosixPath(attachment.name.replace("\\", "/")).name
    entry = ZipInfo(f"media/{folder}/{name}", EARLIEST)
    entry.compress_type = ZIP_STORED
    with attachment.file.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)
