"""Bytes that only the right key, password and place open."""

from dataclasses import replace

import pytest

from surveys.sealing import CannotOpen, Key, random_key, unwrap, wrap

KEY = Key(1, random_key())


def test_what_is_sealed_opens_with_the_same_key_under_the_same_label() -> None:
    sealed = KEY.seal(b"answer", "draft 1")
    assert b"answer" not in sealed
    assert KEY.unseal(sealed, "draft 1") == b"answer"
    assert KEY.seal(b"answer", "draft 1") != sealed  # nobody sees that two are the same


@pytest.mark.parametrize(
    ("key", "label", "changed"),
    [
        (Key(1, random_key()), "draft 1", b""),
        (KEY, "draft 2", b""),
        (KEY, "draft 1", b"\x00"),
    ],
)
def test_nothing_else_opens_it(key: Key, label: str, changed: bytes) -> None:
    sealed = KEY.seal(b"answer", "draft 1")
    with pytest.raises(CannotOpen):
        key.unseal(sealed[: len(sealed) - len(changed)] + changed, label)
    with pytest.raises(CannotOpen):
        key.unseal(b"", label)


def test_a_key_opens_by_its_password_alone() -> None:
    wrapped = wrap(KEY.secret, "秘密 word")
    assert unwrap(wrapped, "秘密 word") == KEY.secret
    with pytest.raises(CannotOpen):
        unwrap(wrapped, "other")
    with pytest.raises(CannotOpen):
        unwrap(replace(wrapped, salt=b"another salt 16 "), "秘密 word")


def test_marks_find_the_same_again_and_nothing_else() -> None:
    assert KEY.mark("a.jpg") == KEY.mark("a.jpg") != KEY.mark("b.jpg")
    assert KEY.mark("a.jpg") != Key(2, random_key()).mark("a.jpg")


def test_no_key_is_ever_printed() -> None:
    assert repr(KEY.secret) not in repr(KEY)
