"""A backup's file: a tar of parts, each with its SHA-256, the list of these, and at the very end the
manifest. Nothing is ever held whole in memory, however large.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BufferedReader, BytesIO
from itertools import count, zip_longest
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Self, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from surveys.backups.envelope import DAMAGED, MAGIC, Opening, is_sealed
from surveys.backups.errors import BackupError, unreadable
from surveys.errors import gettext_noop

CHUNK = 1_000_000
PART = 16_000_000  # of a stream whose length nobody knows beforehand
DATABASE, FILES = "database/", "files/"  # where parts are; then come
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
FORMAT = 1
SEALED = gettext_noop("This backup is sealed. Name the private key with --key.")


@dataclass(frozen=True)
class Manifest:
    """What a backup is. `rows` are by table, `size` is in bytes, `migrations` are `app.name`; `missing` are
    files that the database names and that are nowhere, the first of them; `missing_count` has also those
    that were deleted while the backup was being made. `key_mark` tells whether a SECRET_KEY is the one of
    then, and nothing else about it. `sums` is the SHA-256 of the list.
    """

    format: int
    made_at: str
    engine: str
    versions: dict[str, str]
    migrations: list[str]
    rows: dict[str, int]
    files: int
    size: int
    missing: list[str]
    missing_count: int
    surveys: list[str]
    key_mark: str
    sums: str = ""

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Raises BackupError."""
        try:
            found = json.loads(text)
            if found["format"] != FORMAT:
                raise BackupError(
                    gettext_noop("This backup was made by a newer release. Install that one first.")
                )
            return cls(**found)
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(DAMAGED) from error


class Hashed:
    """A file whose SHA-256 is known once it has been read to its end."""

    def __init__(self, source: IO[bytes], beginning: bytes = b"") -> None:
        self._source, self._beginning = source, beginning
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content, self._beginning = self._beginning[:size], self._beginning[size:]
        if len(content) < size:
            content += self._source.read(size - len(content))
        self._hash.update(content)
        return content

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Packer:
    """Writes a backup, part by part, with the list of its parts in `sums`; `finish` makes it whole."""

    def __init__(self, target: BinaryIO, sums: IO[bytes]) -> None:
        self._archive = tarfile.open(fileobj=target, mode="w|", bufsize=CHUNK)  # noqa: SIM115
        self._sums = sums
        self.bytes = 0

    def add(self, name: str, size: int, content: Hashed) -> None:
        """A part of a known size. Raises OSError if the content is shorter."""
        self._put(name, size, content)
        self._sums.write(line_of(content.sha256, name))
        self.bytes += size

    def add_stream(self, folder: str, source: IO[bytes]) -> None:
        """What comes out of a pipe, in numbered parts."""
        for number in count(1):
            part = source.read(PART)
            if part:
                self.add(f"{folder}{number:06}", len(part), Hashed(BytesIO(part)))
            if len(part) < PART:
                return

    def finish(self, manifest: Manifest) -> None:
        size = self._sums.tell()
        self._sums.seek(0)
        listed = Hashed(self._sums)
        self._put(SUMS, size, listed)
        text = json.dumps({**asdict(manifest), "sums": listed.sha256}, indent=1).encode()
        self._put(MANIFEST, len(text), Hashed(BytesIO(text)))
        self._archive.close()

    def _put(self, name: str, size: int, content: Hashed) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = size
        self._archive.addfile(entry, cast(IO[bytes], content))
        self._archive.members = []  # type: ignore[attr-defined]  # it would remember every one


def line_of(sha256: str, name: str) -> bytes:
    """As `sha256sum` writes it."""
    return f"{sha256}  {name}\n".encode()


@contextmanager
def opened(path: Path, key: RSAPrivateKey | None) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The parts of a backup with their contents, of which each is to be read before the next.

    Raises BackupError: no backup, another key, damaged.
    """
    with unwrapped(path, key) as content:
        try:
            with tarfile.open(fileobj=content, mode="r|", bufsize=CHUNK) as archive:
                yield _parts(archive)
        except tarfile.TarError as error:  # also of who reads the parts
            raise BackupError(DAMAGED) from error


@contextmanager
def unwrapped(path: Path, key: RSAPrivateKey | None) -> Iterator[BinaryIO]:
    """What is in a file, sealed or not. Raises BackupError."""
    with _source(path) as source:
        if not is_sealed(source.peek(len(MAGIC))):
            yield source
        elif key is None:
            raise BackupError(SEALED)
        else:
            yield BufferedReader(Opening(source, key), CHUNK)


def _source(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _parts(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    while (entry := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # it would remember every one
        content = archive.extractfile(entry)
        if content is not None:
            yield entry.name, content


def verify(path: Path, key: RSAPrivateKey | None = None) -> Manifest:
    """Read a backup from end to end. Raises BackupError unless each part is what was written."""
    manifest = None
    with TemporaryFile() as listed, TemporaryFile() as found, opened(path, key) as parts:
        for name, content in parts:
            if name == MANIFEST:
                manifest = Manifest.parse(content.read())
            elif name == SUMS:
                copyfileobj(content, listed, CHUNK)
            else:
                found.write(line_of(hash_of(content), name))
        if manifest is None:
            raise BackupError(DAMAGED)
        _compare(listed, found, manifest)
    return manifest


def _compare(listed: IO[bytes], found: IO[bytes], manifest: Manifest) -> None:
    listed.seek(0)
    if hash_of(listed) != manifest.sums:
        raise BackupError(DAMAGED)
    listed.seek(0)
    found.seek(0)
    for wanted, there in zip_longest(listed, found, fillvalue=b""):
        if wanted != there:
            raise BackupError(
                gettext_noop("This part of the backup is damaged or missing: %(name)s."),
                name=(wanted or there).decode().rstrip("\n")[66:],
            )


def hash_of(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()
