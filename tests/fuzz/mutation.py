"""Something valid becomes something that is not quite: trees of XML, archives, bytes."""

import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import TypeAlias, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

Bytes: TypeAlias = Callable[[bytes, int], bytes]
"""The fuzzer's own mutation, with the most it may give."""

ZIP = b"PK\x03\x04"
DAMAGED = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)
ENCODINGS = ("UTF-8", "UTF-8", "UTF-16", "GB18030")
BYTEWISE = 0.25  # of archives and trees, which then are mostly no archives and trees any more
TEXTS = (
    *("", " ", "0", "-1", "1", "1.5", "1e999", "-0", "NaN", "9" * 400, "99999999999999999999"),
    *("\u202e", "人", "😀", "a" * 5_000, "²", "\u0661", "_x0000_", "_xD800_", "#REF!"),
    *("${a}", "${", ".", "..", "../..", "//*", "a b", "a,b", "=1+1", "'", '"', "<b>", "]]>", "&"),
    *("2026-02-30", "0000-01-01", "9999-12-31T23:59:59+14:00", "24:00", "jr://x", "true()", "None"),
    *("uuid:x", "note", "begin_repeat", "end_repeat", "select_one x", "calculate", "yes"),
    "XFD1048577",
)


def mutated(content: bytes, most: int, seed: int, bytewise: Bytes) -> bytes:
    """Some of the content changed, and no longer than `most`."""
    random = Random(seed)
    changed = _changed(content, most, random, bytewise)
    return changed if len(changed) <= most else bytewise(content, most)


def _changed(content: bytes, most: int, random: Random, bytewise: Bytes) -> bytes:
    if random.random() >= BYTEWISE:
        if content.startswith(ZIP):
            return _archive(content, most, random, bytewise)
        first, last = content.find(b"<"), content.rfind(b">") + 1
        if 0 <= first < last:  # within something else, too
            changed = _document(content[first:last], most, random, bytewise)
            return content[:first] + changed + content[last:]
    return bytewise(content, most)


def _archive(content: bytes, most: int, random: Random, bytewise: Bytes) -> bytes:
    """One part of it changed, as if it had been packed that way."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = [(part, archive.read(part)) for part in archive.infolist()[:200]]
    except DAMAGED:
        return bytewise(content, most)
    at = random.randrange(len(parts)) if parts else 0
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for number, (part, inside) in enumerate(parts):
            entry = ZipInfo(part.filename)
            entry.compress_type = ZIP_DEFLATED
            given = _changed(inside, most, random, bytewise) if number == at else inside
            if number != at or random.random() > 0.02:  # else it is left out
                archive.writestr(entry, given)
    return packed.getvalue()


def _document(content: bytes, most: int, random: Random, bytewise: Bytes) -> bytes:
    """A few of its elements changed, so that it is a document still."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return bytewise(content, most)
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        random.choice(CHANGES)(random.choice(elements), random.choice(elements), random)
    try:
        return cast(bytes, etree.tostring(root, encoding=random.choice(ENCODINGS)))
    except (LookupError, ValueError):
        return bytewise(content, most)


def _say(element: etree._Element, _other: etree._Element, random: Random) -> None:
    element.text = random.choice(TEXTS)


def _say_alike(element: etree._Element, other: etree._Element, _random: Random) -> None:
    element.text = other.text


def _set(element: etree._Element, other: etree._Element, random: Random) -> None:
    """An attribute of its own, or one that another element has."""
    names = [*element.attrib, *other.attrib]
    if names:
        element.set(random.choice(names), random.choice((*TEXTS, *other.attrib.values())))


def _unset(element: etree._Element, _other: etree._Element, random: Random) -> None:
    if element.attrib:
        del element.attrib[random.choice(list(element.attrib))]


def _rename(element: etree._Element, other: etree._Element, _random: Random) -> None:
    element.tag = other.tag


def _drop(element: etree._Element, _other: etree._Element, _random: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(element: etree._Element, other: etree._Element, random: Random) -> None:
    """Itself once more, once or many times, beside it or within another one."""
    written = etree.tostring(element, with_tail=False)
    for _ in range(random.choice((1, 1, 1, 2, 50)) if len(written) < 2_000 else 1):
        other.append(etree.fromstring(written))


def _shuffle(element: etree._Element, _other: etree._Element, random: Random) -> None:
    element[:] = random.sample(list(element), len(element))


CHANGES = (_say, _say, _say_alike, _set, _set, _unset, _rename, _drop, _double, _shuffle)
