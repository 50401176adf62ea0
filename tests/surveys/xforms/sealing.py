"""An encryptor as ODK's specification describes it, for what our own code is to open.

It shares no code with `surveys.xforms.encryption`: https://getodk.github.io/xforms-spec/encryption.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import md5 as _md5

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

ENVELOPE = """<data xmlns="http://opendatakit.org/submissions" id="{form_id}" version="{version}" \
encrypted="yes"><base64EncryptedKey>{key}</base64EncryptedKey>{media}\
<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>{signature}\
<meta xmlns="http://openrosa.org/xforms"><instanceID>{instance_id}</instanceID></meta></data>"""
SIGNATURE = "<base64EncryptedElementSignature>{}</base64EncryptedElementSignature>"
md5 = partial(_md5, usedforsecurity=False)  # the specification has it


@dataclass(frozen=True)
class Sealed:
    """The envelope, and the encrypted files by their names."""

    xml: bytes
    files: Mapping[str, bytes]


def key_pair(name: str = "ours") -> rsa.RSAPrivateKey:
    return _made(name)


@cache
def _made(name: str) -> rsa.RSAPrivateKey:
    """A key of that name, made once: it takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key(key: rsa.RSAPrivateKey) -> str:
    """As the setting `public_key` has it."""
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def seal(
    xml: bytes,
    instance_id: str,
    media: Mapping[str, bytes] | None = None,
    *,
    key: rsa.RSAPrivateKey | None = None,
    mask: type[hashes.HashAlgorithm] = hashes.SHA256,
    form: tuple[str, str] = ("small", "1"),
    is_signed: bool = True,
) -> Sealed:
    """What a device makes of an interview and its files."""
    public = (key or key_pair()).public_key()
    aes = os.urandom(32)
    scheme = padding.OAEP(padding.MGF1(mask()), hashes.SHA256(), None)
    wrapped = base64.b64encode(public.encrypt(aes, scheme)).decode()
    plain = {**(media or {}), "submission.xml": xml}
    seed = list(md5(instance_id.encode() + aes).digest())
    files = {}
    for count, (name, content) in enumerate(plain.items()):
        seed[count % 16] = (seed[count % 16] + 1) & 0xFF
        pad = 16 - len(content) % 16
        encryptor = Cipher(algorithms.AES(aes), CFB(bytes(seed))).encryptor()
        files[f"{name}.enc"] = encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()
    lines = [line for line in (*form, wrapped, instance_id) if line]
    lines += [f"{name}::{md5(content).hexdigest()}" for name, content in plain.items()]
    digest = md5(("\n".join(lines) + "\n").encode()).digest()
    signature = base64.b64encode(public.encrypt(digest, scheme)).decode()
    envelope = ENVELOPE.format(
        form_id=form[0],
        version=form[1],
        key=wrapped,
        media="".join(f"<media><file>{name}.enc</file></media>" for name in media or ()),
        signature=SIGNATURE.format(signature) if is_signed else "",
        instance_id=instance_id,
    )
    return Sealed(envelope.encode(), files)
