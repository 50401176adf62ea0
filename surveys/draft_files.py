"""The files of unfinished interviews: taken in, named, handed on, and thrown away."""

import hashlib
import mimetypes
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath

from django.core.files import File
from django.db import IntegrityError, transaction

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, DraftFile
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


def add(draft: Draft, file: "File[bytes]", kind: str = "file") -> DraftFile:
    """Keep a file under a name of its own. `kind` is that of its question: image, audio, ...
    The same file under the same name is kept once: a phone sends again what was not answered.

    Raises FileRefused or FileTooLarge, and keeps nothing then.
    """
    name = _tidy_name(file)
    _require_acceptable(draft, file, name, kind)
    digest = _sha256(file)
    if known := draft.files.filter(name=name, sha256=digest).first():
        return known
    while True:
        name = _free_name(draft, name)
        try:
            with transaction.atomic():
                return DraftFile.objects.create(
                    draft=draft,
                    name=name,
                    file=File(file.file, name),
                    size=file.size,
                    sha256=digest,
                )
        except IntegrityError:  # the same name was taken at the same moment
            file.seek(0)


def _sha256(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def drop(draft: Draft, names: Collection[str]) -> None:
    """Throw files away, for good once the transaction is through."""
    _forget(draft.files.filter(name__in=names))


def drop_all(draft: Draft) -> None:
    _forget(draft.files.all())


def _forget(files: Iterable[DraftFile]) -> None:
    for file in files:
        file.delete()
        transaction.on_commit(lambda stored=file.file: stored.delete(save=False))  # type: ignore[misc]


@contextmanager
def opened(draft: Draft, names: Collection[str]) -> Iterator[list["File[bytes]"]]:
    """The files of those names, to be read; they are closed at the end."""
    with ExitStack() as stack:
        yield [
            File(stack.enter_context(row.file.open("rb")), row.name)
            for row in draft.files.filter(name__in=names)
        ]


def names_of(draft: Draft) -> frozenset[str]:
    return frozenset(draft.files.values_list("name", flat=True))


def media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _require_acceptable(draft: Draft, file: "File[bytes]", name: str, kind: str) -> None:
    if file.size > MAX_BYTES:
        raise FileTooLarge(
            gettext_noop("%(name)s is larger than %(limit)s MB. Make it smaller, then try again."),
            name=name,
            limit=MAX_BYTES // 1_000_000,
        )
    if not file.size:
        raise FileRefused(gettext_noop("%(name)s is empty. Choose another file."), name=name)
    if draft.files.count() >= MOST_FILES:
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
