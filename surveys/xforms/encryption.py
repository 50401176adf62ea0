"""Encrypted interviews as ODK's devices send them: told from others, and opened with the private key.

The specification is https://getodk.github.io/xforms-spec/encryption: a random AES key a record, itself
encrypted for the survey's RSA key; each file in CFB mode, its start value one step from the last.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hmac import compare_digest

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey as PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.padding import PKCS7

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.tree import Element
from surveys.xforms.instance import Instance, sealed_files

__all__ = [
    "NOT_A_KEY",
    "CannotDecrypt", "Envelope", "KeyRefused", "Opened", "PrivateKey", "envelope_of", "is_public_key",
    "open_envelope", "read_private_key", "sealed_digest", "start_values",
]  # fmt: skip
ENDING = ".enc"
BLOCK = 16  # bytes
SHORTEST_KEY = 2048  # bits
NOT_A_KEY = gettext_noop(
    "The public_key is no RSA key of 2048 bits or more, in base64 without the lines around it. "
    "Devices could not finish an interview."
)
MASKS = (hashes.SHA256, hashes.SHA1)  # of Collect's cryptography, and of Java's own that others use


class KeyRefused(SurveyError):
    """A file that is no key, or none that can be used."""


class CannotDecrypt(SurveyError):
    """An envelope that this key does not open, or whose content is not what was sealed."""


@dataclass(frozen=True)
class Envelope:
    """What an encrypted interview says in clear. `files` are in the order of their encryption, the
    answers last; `signature` is blank where there is none.
    """

    form_id: str
    version: str
    instance_id: str
    key: str
    files: tuple[str, ...]
    signature: str


@dataclass(frozen=True)
class Opened:
    """An interview's XML and those of its files that are here, by their names on the device.

    `is_signed` is None where files that the signature covers are missing, or where there is none.
    """

    xml: bytes
    files: Mapping[str, bytes]
    is_signed: bool | None


def envelope_of(instance: Instance) -> Envelope:
    root = instance.root
    return Envelope(
        form_id=instance.form_id,
        version=instance.version,
        instance_id=instance.instance_id,
        key=_text(root, "base64EncryptedKey"),
        files=tuple(sealed_files(root)),
        signature=_text(root, "base64EncryptedElementSignature"),
    )


def read_private_key(pem: bytes, password: bytes | None = None) -> PrivateKey:
    """The key of a PEM or DER file. Raises KeyRefused."""
    is_pem = b"-----BEGIN" in pem
    load = serialization.load_pem_private_key if is_pem else serialization.load_der_private_key
    try:
        key = load(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyRefused(
            gettext_noop("This is no private key that can be read: %(detail)s"), detail=error
        ) from error
    if not isinstance(key, PrivateKey):
        raise KeyRefused(gettext_noop("This is no RSA key."))
    return key


def is_public_key(text: str) -> bool:
    """Whether a form's `public_key` is one by which devices can encrypt: RSA, in base64."""
    try:
        key = serialization.load_der_public_key(
            base64.b64decode("".join(text.split()), validate=True)
        )
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_KEY


def open_envelope(envelope: Envelope, files: Mapping[str, bytes], key: PrivateKey) -> Opened:
    """The interview inside. Raises CannotDecrypt: another key, files changed, no answers."""
    if not envelope.files or envelope.files[-1] not in files:
        raise CannotDecrypt(gettext_noop("The encrypted answers have not arrived yet."))
    aes = _unwrapped(envelope.key, key)
    starts = start_values(envelope.instance_id, aes)
    opened = {
        name.removesuffix(ENDING): _deciphered(files[name], aes, start)
        for name, start in zip(envelope.files, starts, strict=False)
        if name in files
    }
    is_signed = _is_signed(envelope, opened, key)
    if is_signed is False:
        raise CannotDecrypt(
            gettext_noop("The signature does not fit: what arrived is not what the device sealed.")
        )
    answers = opened.pop(envelope.files[-1].removesuffix(ENDING))
    return Opened(answers, opened, is_signed)


def start_values(instance_id: str, aes: bytes) -> Iterator[bytes]:
    """CFB's start value of each file of a record, in turn, without end."""
    seed = bytearray(hashlib.md5(instance_id.encode() + aes, usedforsecurity=False).digest())
    count = 0
    while True:
        seed[count % BLOCK] = (seed[count % BLOCK] + 1) % 256
        yield bytes(seed)
        count += 1


def sealed_digest(envelope: Envelope, plain: Mapping[str, bytes]) -> bytes:
    """What a device signs: the record's ids and the digests of its files before encryption."""
    said = [envelope.form_id, envelope.version, envelope.key, envelope.instance_id]
    for encrypted in envelope.files:
        name = encrypted.removesuffix(ENDING)
        digest = hashlib.md5(plain[name], usedforsecurity=False).hexdigest()
        said.append(f"{name}::{digest}")
    lines = "".join(f"{line}\n" for line in said if line)
    return hashlib.md5(lines.encode(), usedforsecurity=False).digest()


def _is_signed(envelope: Envelope, plain: Mapping[str, bytes], key: PrivateKey) -> bool | None:
    names = {name.removesuffix(ENDING) for name in envelope.files}
    if not envelope.signature or names != plain.keys():
        return None
    return compare_digest(_unwrapped(envelope.signature, key), sealed_digest(envelope, plain))


def _unwrapped(text: str, key: PrivateKey) -> bytes:
    try:
        wrapped = base64.b64decode(text)
    except ValueError:
        wrapped = b""
    for mask in MASKS:
        scheme = padding.OAEP(padding.MGF1(mask()), hashes.SHA256(), label=None)
        try:
            return key.decrypt(wrapped, scheme)
        except ValueError:
            continue
    raise CannotDecrypt(gettext_noop("The key does not fit: it was encrypted for another one."))


def _deciphered(content: bytes, aes: bytes, start: bytes) -> bytes:
    try:
        decryptor = Cipher(AES256(aes), CFB(start)).decryptor()
        padded = decryptor.update(content) + decryptor.finalize()
        unpadder = PKCS7(BLOCK * 8).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise CannotDecrypt(gettext_noop("The encrypted files are damaged.")) from error


def _text(root: Element, name: str) -> str:
    found = root.child(name)
    return "".join(found.text.split()) if found else ""
