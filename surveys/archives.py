"""Files as people hand them over: one by one, several at once, or packed into a .zip."""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import TypeAlias
from unicodedata import normalize
from zipfile import BadZipFile, ZipFile, ZipInfo

from surveys.errors import SurveyError, gettext_noop

MAX_FILES = 500
MAX_BYTES = 50_000_000  # of all files of a form together, unpacked
LONGEST_NAME = 255
UTF_8 = 0x800  # the flag of an archive's entry
OF_THE_SYSTEM = ("__MACOSX/", "Thumbs.db", "desktop.ini")
DAMAGED = (BadZipFile, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, zlib.error)

Given: TypeAlias = tuple[str, bytes]


class BadFile(SurveyError):
    """A file that cannot go with a form."""

    status = 422


def unpack(given: Iterable[Given]) -> dict[str, bytes]:
    """Content by name, without folders, with what archives hold. Raises BadFile."""
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for name, content in given:
        packed = _members(name, content, left) if name.lower().endswith(".zip") else ()
        for own, found in packed or ((_plain(name), content),):
            left -= len(found)
            files[own] = found
            if left < 0 or len(files) > MAX_FILES:
                raise _too_much()
    return files


def require_fitting(sizes: Iterable[int]) -> None:
    """Raises BadFile where the files are too many or too large to be read at all."""
    given = list(sizes)
    if len(given) > MAX_FILES or sum(given) > MAX_BYTES:
        raise _too_much()


def _members(archive: str, content: bytes, left: int) -> Iterator[Given]:
    try:
        with ZipFile(BytesIO(content)) as opened:
            entries = [entry for entry in opened.infolist() if not _is_noise(entry)]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > left:
                raise _too_much()  # zipfile never unpacks more than an entry says it holds
            for entry in entries:
                yield _plain(_name(entry)), opened.read(entry)
    except DAMAGED as error:
        raise BadFile(
            gettext_noop("%(file)s is damaged or has a password. Pack the files again."),
            file=archive,
        ) from error


def _is_noise(entry: ZipInfo) -> bool:
    name = PurePosixPath(entry.filename)
    return (
        entry.is_dir()
        or entry.filename.startswith(OF_THE_SYSTEM)
        or name.name.startswith(".")
        or name.name in OF_THE_SYSTEM
    )


def _name(entry: ZipInfo) -> str:
    """Programs that do not mark their names as UTF-8 wrote them in it, or in the Chinese code."""
    if entry.flag_bits & UTF_8:
        return entry.filename
    raw = entry.filename.encode("cp437")  # as zipfile read it
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _plain(name: str) -> str:
    plain = normalize("NFC", name.replace("\\", "/")).rpartition("/")[2].strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise BadFile(gettext_noop("A file has no usable name: %(file)s"), file=repr(name)[:80])
    return plain


def _too_much() -> BadFile:
    return BadFile(
        gettext_noop(
            "The files are too many or too large: a form may have %(count)s files and %(megabytes)s "
            "MB in all. Make pictures and recordings smaller and try again."
        ),
        count=MAX_FILES,
        megabytes=MAX_BYTES // 1_000_000,
    )
