"""Files as they are handed over: one by one, in archives, with the names of every system."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from surveys import archives
from surveys.archives import BadFile, unpack


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def stored_as(raw_name: bytes, content: bytes) -> bytes:
    """An archive whose one name is written in a code of its own, unmarked."""
    crc, size = zlib.crc32(content), len(content)
    head = (20, 0, 0, 0, 33, crc, size, size, len(raw_name), 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *head) + raw_name + content
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *head, 0, 0, 0, 0, 0) + raw_name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end


def test_files_come_with_those_in_archives() -> None:
    archive = zipped({"media/ward.csv": b"name", "media/": b"", "map.png": b"png"})
    given = [("flag.jpg", b"jpg"), ("media.ZIP", archive)]
    assert unpack(given) == {"flag.jpg": b"jpg", "ward.csv": b"name", "map.png": b"png"}


def test_what_systems_leave_in_archives_is_passed_over() -> None:
    noise = {"__MACOSX/._a.png": b"", "a/.DS_Store": b"", "a/Thumbs.db": b"", "a/a.png": b"1"}
    assert unpack([("all.zip", zipped(noise))]) == {"a.png": b"1"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_names_are_read_whatever_packed_them(encoding: str) -> None:
    assert unpack([("a.zip", stored_as("地图.png".encode(encoding), b"1"))]) == {"地图.png": b"1"}


def test_a_name_is_never_a_place() -> None:
    archive = zipped({"../../etc/passwd": b"1", "C:\\windows\\b.png": b"2"})
    assert set(unpack([("a.zip", archive)])) == {"passwd", "b.png"}
    assert set(unpack([("/etc/shadow", b"1")])) == {"shadow"}


@pytest.mark.parametrize("name", ["", "a\x00.png", "x" * 300])
def test_a_name_that_nobody_can_use_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="no usable name"):
        unpack([(name, b"1")])


def test_a_damaged_archive_is_refused_by_its_name() -> None:
    for content in (b"", b"no archive", zipped({"a.csv": b"1" * 99})[:-30]):
        with pytest.raises(BadFile, match=r"all\.zip"):
            unpack([("all.zip", content)])


def test_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({f"{number}.csv": bytes(10_000_000) for number in range(6)})
    assert len(bomb) < 100_000
    with pytest.raises(BadFile, match="too many or too large"):
        unpack([("bomb.zip", bomb)])
    many = zipped({f"{number}.csv": b"" for number in range(archives.MAX_FILES + 1)})
    with pytest.raises(BadFile, match="too many or too large"):
        unpack([("many.zip", many)])
    with pytest.raises(BadFile, match="too many or too large"):
        unpack((f"{number}.csv", b"") for number in range(archives.MAX_FILES + 1))
