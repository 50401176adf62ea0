"""Pictures, sounds and other files of interviews, put into an archive as the interviews are read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

from surveys.exports.archives import entry_for
from surveys.exports.rows import Page
from surveys.exports.sinks import TableCells, Written
from surveys.keys import store
from surveys.keys.store import Unreadable
from surveys.models import Attachment

FOLDER = "media"
IN_MEMORY = 1 << 20  # bytes of a file that is looked through
CHUNK = 1 << 16


@dataclass
class Media:
    """`media/<interview>/<file>` in an archive; `listed` describes what was put there, `left_out` what
    nobody can open.
    """

    archive: ZipFile
    listed: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def take(self, page: Page, _: TableCells) -> None:
        files = _files_of(page.keys)
        for pk, interview_id in zip(page.keys, page.interview_ids, strict=True):
            for attachment in files.get(pk, ()):
                self._take(attachment, interview_id)

    def finish(self) -> list[Written]:
        return []

    def _take(self, attachment: Attachment, interview_id: str) -> None:
        """A name from a device names no folder."""
        folder = PurePosixPath(interview_id.removeprefix("uuid:").replace("\\", "/")).name
        name = PurePosixPath(attachment.name.replace("\\", "/")).name
        path = f"{FOLDER}/{folder}/{name}"
        with SpooledTemporaryFile(IN_MEMORY) as whole:
            try:  # whole first: nothing that breaks off gets into the archive
                with attachment.file.open("rb") as source:
                    copyfileobj(source, whole)
            except Unreadable as error:
                self.left_out.append({"name": path, "because": str(error)})
                return
            whole.seek(0)
            self.listed.append(self._add(path, whole))

    def _add(self, path: str, source: IO[bytes]) -> dict[str, Any]:
        """Pictures and sounds are compressed already."""
        entry, digest = entry_for(path, ZIP_STORED), sha256()
        with self.archive.open(entry, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        return {"name": entry.filename, "bytes": entry.file_size, "sha256": digest.hexdigest()}


def _files_of(interviews: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files that arrived with the current answers, by interview."""
    found: dict[int, list[Attachment]] = {}
    attachments = (
        Attachment.objects.filter(submission__current_of__in=interviews, file__gt="")
        .select_related("submission")
        .order_by("pk")
    )
    store.fetch([one.submission.key for one in attachments if one.submission.key])
    for attachment in attachments:
        found.setdefault(attachment.submission.interview_id, []).append(attachment)
    return found
