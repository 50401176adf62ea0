"""Encrypted interviews are opened by their key, and by nothing else."""

import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from surveys.xforms.encryption import (
    CannotDecrypt,
    KeyRefused,
    Opened,
    envelope_of,
    is_public_key,
    open_envelope,
    read_private_key,
    start_values,
)
from surveys.xforms.instance import read_instance
from tests.surveys.xforms.sealing import Sealed, key_pair, pem, public_key, seal

XML = "<data id='small'><photo>雪.jpg</photo></data>".encode()
SEALED = seal(XML, "uuid:1")
MEDIA = {"雪.jpg": b"\x00\xff" * 4000, "empty.txt": b"", "sixteen": b"0123456789abcdef"}


def opened(sealed: Sealed, key_name: str = "ours") -> Opened:
    return open_envelope(envelope_of(read_instance(sealed.xml)), sealed.files, key_pair(key_name))


@pytest.mark.parametrize("mask", [hashes.SHA256, hashes.SHA1])
def test_what_a_device_seals_is_opened_to_the_byte(mask: type[hashes.HashAlgorithm]) -> None:
    assert opened(seal(XML, "uuid:1", MEDIA, mask=mask)) == Opened(XML, MEDIA, is_signed=True)


def test_an_envelope_is_told_from_an_interview() -> None:
    assert read_instance(seal(XML, "uuid:1").xml).is_encrypted
    plain = b"<data id='f'><meta><instanceID>uuid:1</instanceID></meta></data>"
    assert not read_instance(plain).is_encrypted


def test_twenty_files_have_twenty_start_values() -> None:
    media = {f"{number}.jpg": bytes([number]) * number for number in range(20)}
    assert opened(seal(XML, "uuid:1", media)).files == media


def test_start_values_step_through_the_seed_and_around() -> None:
    starts = start_values("", b"")  # the seed is md5("")
    values = [next(starts) for _ in range(17)]
    assert values[0].hex() == "d51d8cd98f00b204e9800998ecf8427e"
    assert values[1].hex() == "d51e8cd98f00b204e9800998ecf8427e"
    assert values[16].hex() == "d61e8dda9001b305ea810a99edf9437f"


def test_a_form_without_version_is_signed_without() -> None:
    assert opened(seal(XML, "uuid:1", form=("small", ""))).is_signed is True


def test_another_key_opens_nothing() -> None:
    with pytest.raises(CannotDecrypt, match="key does not fit"):
        opened(seal(XML, "uuid:1"), "theirs")


def test_the_signature_may_be_absent() -> None:
    assert opened(seal(XML, "uuid:1", is_signed=False)) == Opened(XML, {}, is_signed=None)


def test_the_answers_are_opened_while_files_are_missing_and_not_without_them() -> None:
    sealed = seal(XML, "uuid:1", MEDIA)
    answers = {"submission.xml.enc": sealed.files["submission.xml.enc"]}
    assert opened(replace(sealed, files=answers)) == Opened(XML, {}, is_signed=None)
    with pytest.raises(CannotDecrypt, match="not arrived yet"):
        opened(replace(sealed, files={"雪.jpg.enc": sealed.files["雪.jpg.enc"]}))


@pytest.mark.parametrize("name", ["雪.jpg.enc", "submission.xml.enc"])
def test_a_changed_file_breaks_the_seal(name: str) -> None:
    sealed = seal(XML, "uuid:1", MEDIA)
    changed = bytearray(sealed.files[name])
    changed[0] ^= 1
    with pytest.raises(CannotDecrypt, match="signature does not fit"):
        opened(replace(sealed, files={**sealed.files, name: bytes(changed)}))


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 16])
def test_a_damaged_file_is_said_to_be(content: bytes) -> None:
    sealed = seal(XML, "uuid:1")
    with pytest.raises(CannotDecrypt, match=r"damaged|signature"):
        opened(replace(sealed, files={"submission.xml.enc": content}))


def test_an_envelope_of_another_interview_does_not_fit() -> None:
    sealed = seal(XML, "uuid:1")
    with pytest.raises(CannotDecrypt):
        opened(replace(sealed, xml=sealed.xml.replace(b"uuid:1", b"uuid:2")))


@given(st.text(alphabet="AZaz09+/=\u96ea", max_size=500))
def test_no_key_in_an_envelope_makes_it_raise_anything_else(text: str) -> None:
    sealed = SEALED
    wrong = re.sub(r"(?<=Key>)[^<]+(?=<)", text, sealed.xml.decode())
    with pytest.raises(CannotDecrypt):
        opened(replace(sealed, xml=wrong.encode()))


def test_keys_are_read_as_openssl_writes_them() -> None:
    key = key_pair()
    numbers = key.private_numbers()
    assert read_private_key(pem(key)).private_numbers() == numbers
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    assert read_private_key(der).private_numbers() == numbers
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"word"),
    )
    assert read_private_key(locked, b"word").private_numbers() == numbers
    for password in (None, b"other"):
        with pytest.raises(KeyRefused):
            read_private_key(locked, password)


@pytest.mark.parametrize("content", [b"", b"\x30", b"-----BEGIN PRIVATE KEY-----\nabc\n"])
def test_what_is_no_key_is_refused(content: bytes) -> None:
    with pytest.raises(KeyRefused):
        read_private_key(content)


def test_a_key_of_another_kind_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(KeyRefused, match="RSA"):
        read_private_key(curve)


def test_public_keys_of_forms_are_told_from_other_texts() -> None:
    key = public_key(key_pair())
    assert is_public_key(key)
    assert is_public_key("\n".join(re.findall(".{1,64}", key)))
    assert not any(map(is_public_key, ("", "k", "abcd", key[:-8], "雪", pem(key_pair()).decode())))
