"""The files of unfinished interviews: taken in, named, handed on, and thrown away."""

import hashlib
import json
import mimetypes
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from uuid import uuid4

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from surveys.draft_keys import key_of
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, DraftFile
from surveys.sealing import Key
from surveys.xforms import auditfile

MAX_BYTES = 50_000_000  # a few minutes of film
MOST_FILES = 200  # of one interview
LONGEST_STEM = 80
_UNSAFE = re.compile(r"[^\w.-]+")
ACTIVE = frozenset({"image/svg+xml"})  # pictures that can carry scripts


class FileRefused(SurveyError):
    """A file that no interview takes."""

    status = 422


class FileTooLarge(FileRefused):
    status = 413


@dataclass(frozen=True)
class Kept:
    """A file as its draft has it, read with the enumerator's key; the bytes stay sealed."""

    name: str
    size: int
    sha256: str
    row: DraftFile

    def content(self) -> bytes:
        """Its bytes, all at once: one file is one sealed message."""
        with self.row.file.open("rb") as file:
            return _unsealed(self.row, file.read(), "file")


def add(draft: Draft, file: "File[bytes]", kind: str = "file") -> Kept:
    """Keep a file under a name of its own, sealed. `kind` is that of its question: image, audio, ...
    The same file under the same name is kept once: a phone sends again what was not answered.

    Raises FileRefused or FileTooLarge, and keeps nothing then.
    """
    name = _tidy_name(file)
    here = kept(draft)
    _require_acceptable(file, name, kind, len(here))
    content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    if known := next((one for one in here if (one.name, one.sha256) == (name, digest)), None):
        return known
    while True:
        try:
            return _stored(draft, _free_name(draft, name), content, digest)
        except IntegrityError:  # the same name was taken at the same moment
            continue


@transaction.atomic
def _stored(draft: Draft, name: str, content: bytes, digest: str) -> Kept:
    key = key_of(draft)
    mark = _mark(key, draft, name)
    facts = json.dumps({"name": name, "sha256": digest}).encode()
    row = DraftFile.objects.create(
        draft=draft,
        mark=mark,
        facts=key.seal(facts, _label(draft, mark, "facts")),
        file=ContentFile(key.seal(content, _label(draft, mark, "file")), uuid4().hex),
        size=len(content),
    )
    return Kept(name, row.size, digest, row)


def kept(draft: Draft) -> list[Kept]:
    """The draft's files in the order in which they came. Raises what `key_of` raises."""
    return [_opened(row) for row in draft.files.all()]


def find(draft: Draft, name: str) -> Kept | None:
    row = draft.files.filter(mark=_mark(key_of(draft), draft, name)).first()
    return _opened(row) if row else None


def _opened(row: DraftFile) -> Kept:
    facts = json.loads(_unsealed(row, bytes(row.facts), "facts"))
    return Kept(facts["name"], row.size, facts["sha256"], row)


def _unsealed(row: DraftFile, sealed: bytes, part: str) -> bytes:
    return key_of(row.draft).unseal(sealed, _label(row.draft, row.mark, part))


def _mark(key: Key, draft: Draft, name: str) -> str:
    return key.mark(f"{draft.pk} {name}")


def _label(draft: Draft, mark: str, part: str) -> str:
    return f"{draft.pk} {part} {mark}"


def seal(draft: Draft) -> None:
    """Seal the files of a draft from before there were keys, of which the marks are the names.

    One that is not on the disk any more is dropped: it must not keep its owner from signing in.
    """
    for row in draft.files.all():
        try:
            with row.file.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            row.delete()
            continue
        _forget([row])
        _stored(draft, row.mark, content, hashlib.sha256(content).hexdigest())


def drop(draft: Draft, names: Collection[str]) -> None:
    """Throw files away, for good once the transaction is through."""
    key = key_of(draft)
    _forget(draft.files.filter(mark__in=[_mark(key, draft, name) for name in names]))


def drop_all(draft: Draft) -> None:
    """Throw all files of a draft away, whether anybody can open them or not."""
    _forget(draft.files.all())


def _forget(files: Iterable[DraftFile]) -> None:
    for file in files:
        file.delete()
        transaction.on_commit(lambda stored=file.file: stored.delete(save=False))  # type: ignore[misc]


@contextmanager
def opened(draft: Draft, names: Collection[str]) -> Iterator[list["File[bytes]"]]:
    """The files of those names, to be read; in clear on the disk as long as it lasts, not in memory."""
    with ExitStack() as stack:
        yield [
            _in_clear(one, stack.enter_context(TemporaryFile()))
            for one in kept(draft)
            if one.name in names
        ]


def _in_clear(one: Kept, file: IO[bytes]) -> "File[bytes]":
    file.write(one.content())
    file.seek(0)
    return File(file, one.name)


def names_of(draft: Draft) -> frozenset[str]:
    return frozenset(one.name for one in kept(draft))


def media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _require_acceptable(file: "File[bytes]", name: str, kind: str, count: int) -> None:
    if file.size > MAX_BYTES:
        raise FileTooLarge(
            gettext_noop("%(name)s is larger than %(limit)s MB. Make it smaller, then try again."),
            name=name,
            limit=MAX_BYTES // 1_000_000,
        )
    if not file.size:
        raise FileRefused(gettext_noop("%(name)s is empty. Choose another file."), name=name)
    if count >= MOST_FILES:
        raise FileRefused(gettext_noop("This interview has 200 files already."))
    type_ = media_type(name)
    if kind != "file" and (not type_.startswith(f"{kind}/") or type_ in ACTIVE):
        raise FileRefused(_WRONG_KIND[kind], name=name)


_WRONG_KIND = {
    "image": gettext_noop("%(name)s is no picture. Choose a .jpg or .png file."),
    "audio": gettext_noop("%(name)s is no sound. Choose a recording."),
    "video": gettext_noop("%(name)s is no film. Choose a video."),
}


def _tidy_name(file: "File[bytes]") -> str:
    """The name as given, as far as every system can hold it, with an ending."""
    path = PurePosixPath((file.name or "").replace("\\", "/"))
    stem = _UNSAFE.sub("_", path.stem).strip("._")[:LONGEST_STEM] or "file"
    suffix = _UNSAFE.sub("", path.suffix).lower()[:10]
    declared = getattr(file, "content_type", None) or ""
    return stem + (suffix or mimetypes.guess_extension(declared) or "")


def _free_name(draft: Draft, name: str) -> str:
    """`photo-2.jpg` where there is a `photo.jpg`; the name of the log is never free."""
    taken = names_of(draft) | {auditfile.NAME}
    path = PurePosixPath(name)
    names = (f"{path.stem}-{number}{path.suffix}" for number in range(2, MOST_FILES + 3))
    return name if name not in taken else next(free for free in names if free not in taken)
