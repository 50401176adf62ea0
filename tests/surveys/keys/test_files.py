"""Files sealed piece by piece: the same bytes again, from wherever, and nothing that was changed."""

from random import Random

import pytest
from django.core.files.base import ContentFile

from surveys.keys import files, store
from surveys.keys.files import HEAD, PIECE, TAG
from surveys.keys.store import Damaged, InterviewKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> InterviewKey:
    return store.made()


def sealed(content: bytes, key: InterviewKey) -> bytes:
    with files.sealed(ContentFile(content, "a"), key) as target:
        return bytes(target.read())


def opened(stored: bytes) -> bytes:
    with files.opened(ContentFile(stored, "a")) as plain:
        return bytes(plain.read())


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_every_length_comes_back(key: InterviewKey, size: int) -> None:
    content = Random(size).randbytes(size)
    stored = sealed(content, key)
    assert opened(stored) == content
    assert files.opened(ContentFile(stored)).size == size
    assert size < 40 or content[:40] not in stored


def test_any_part_is_read(key: InterviewKey) -> None:
    content = Random(1).randbytes(3 * PIECE + 17)
    plain = files.opened(ContentFile(sealed(content, key)))
    for first in (0, 5, PIECE - 3, 2 * PIECE, 3 * PIECE + 10, 3 * PIECE + 17):
        plain.seek(first)
        assert plain.read(9) == content[first : first + 9]
    assert b"".join(plain.chunks(1000)) == content
    plain.close()


def test_what_is_in_clear_is_read_as_it_is() -> None:
    assert opened(b"\xff\xd8 a picture") == b"\xff\xd8 a picture"
    assert opened(b"") == b""


@pytest.mark.parametrize(
    "change",
    [
        lambda stored: stored[:-1],
        lambda stored: stored[: HEAD - 1],
        lambda stored: stored[: HEAD + PIECE + TAG],  # the last piece is missing
        lambda stored: stored[:-20] + bytes(20),
        lambda stored: (
            stored[:HEAD]
            + stored[HEAD + PIECE + TAG : HEAD + 2 * (PIECE + TAG)]
            + stored[HEAD : HEAD + PIECE + TAG]
            + stored[HEAD + 2 * (PIECE + TAG) :]
        ),
    ],
    ids=["shorter", "half of its beginning", "without its end", "changed", "in another order"],
)
def test_what_was_changed_is_noticed(key: InterviewKey, change) -> None:  # type: ignore[no-untyped-def]
    stored = sealed(Random(2).randbytes(2 * PIECE + 100), key)
    with pytest.raises(Damaged):
        opened(change(stored))
