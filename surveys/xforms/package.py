"""The parts of an .xlsx archive, parsed as a stream and within limits, whoever made the file."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from surveys.errors import SurveyError, gettext_noop

MAX_UNPACKED = 64_000_000  # bytes of all that is read
MAX_ELEMENTS = 2_000_000  # of XML; each takes about two microseconds
MAX_TEXT = 20_000_000  # characters that are kept
MAX_CELL = 40_000  # characters; spreadsheet programs allow 32,767
MAX_PIECES = 1_000  # in which the parser hands over the text of a cell
CHUNK = 1 << 16
MAX_TOKEN = 4 * CHUNK  # bytes without the end of a tag; the longest cell takes half of that

Attributes: TypeAlias = Mapping[str, str]
Tag: TypeAlias = tuple[str, Attributes]


class FormError(SurveyError):
    """A workbook that cannot become a form."""

    status = 422


class Ended(Exception):
    """A handler has seen enough of a part."""


def too_large() -> FormError:
    return FormError(
        gettext_noop(
            "The workbook is too large to be a form. Copy the filled cells of its sheets into a "
            "new workbook, save it as .xlsx and try again."
        )
    )


class Handler:
    """What is done with the XML of a part; names come without their prefix."""

    def start(self, tag: str, attributes: Attributes) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class Package:
    """An open archive and what may still be spent on it."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.names = frozenset(archive.namelist())
        self.bytes_left = MAX_UNPACKED
        self.elements_left = MAX_ELEMENTS
        self.text_left = MAX_TEXT

    def parse(self, part: str, handler: Handler) -> None:
        """Raises KeyError where there is no such part, ExpatError or FormError for a bad one."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._counted(handler.start)
        parser.EndElementHandler = lambda name: handler.end(_local(name))
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in self._chunks(part):
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
        except Ended:
            pass

    def _counted(self, start: Callable[[str, Attributes], None]) -> Callable[..., None]:
        def counted(name: str, attributes: Attributes) -> None:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise too_large()
            start(_local(name), attributes)

        return counted

    def _chunks(self, part: str) -> Iterator[bytes]:
        entry = self.archive.getinfo(part)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise KeyError(part)  # other methods may ask for gigabytes of memory
        without_end = 0
        with self.archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                self.bytes_left -= len(chunk)
                without_end = 0 if b">" in chunk else without_end + len(chunk)
                if self.bytes_left < 0 or without_end > MAX_TOKEN:
                    raise too_large()
                yield chunk

    def keep(self, parts: list[str]) -> str:
        """The parts of a text as one, paid for."""
        text = "".join(parts)
        self.text_left -= len(text)
        if self.text_left < 0:
            raise too_large()
        return text

    def tags(self, part: str) -> list[Tag]:
        """All elements of a small part in order."""
        collected = _Collected()
        self.parse(part, collected)
        return collected.tags

    def strings(self, part: str) -> list[str]:
        """The shared strings, without the reading aids of Japanese and Chinese."""
        table = _Strings(self)
        self.parse(part, table)
        return table.strings


def add_to(parts: list[str], text: str) -> None:
    """One more part of a cell's text, which comes in pieces and must not be endless."""
    parts.append(text)
    if len(parts) > MAX_PIECES or sum(map(len, parts)) > MAX_CELL:
        raise too_large()


class _Collected(Handler):
    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        self.tags.append((tag, attributes))


class _Strings(Handler):
    def __init__(self, package: Package) -> None:
        self.package = package
        self.strings: list[str] = []
        self.parts: list[str] = []
        self.is_text = False
        self.is_aid = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self.is_text = tag == "t" and not self.is_aid
        self.is_aid = self.is_aid or tag == "rPh"

    def end(self, tag: str) -> None:
        self.is_text = False
        if tag == "rPh":
            self.is_aid = False
        elif tag == "si":
            self.strings.append(self.package.keep(self.parts))
            self.parts = []

    def text(self, text: str) -> None:
        if self.is_text:
            add_to(self.parts, text)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise FormError(
        gettext_noop(
            "The workbook is damaged or no Excel workbook at all. "
            "Open it in a spreadsheet program, save it as .xlsx and try again."
        )
    )
