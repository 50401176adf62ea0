"""Requests with interviews and files, as devices send them, at the door that takes them.

The first line is the content type, the rest the body.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import Client
from lxml import etree

from surveys.models import Attachment, Finding, Interview, Submission
from tests.collect.device import BOUNDARY, MESSAGE, XML_PART, Part, body_of, content_type
from tests.collect.fieldwork import AUDIT, FORM_ID, begin, photos, record
from tests.fuzz.target import Target, Try

WORDS = (
    *("--", "\r\n", "\r\n\r\n", BOUNDARY, f"--{BOUNDARY}", f"--{BOUNDARY}--", XML_PART),
    "audit.csv",
    *("Content-Disposition: form-data; name=", "filename=", "filename*=UTF-8''", "*copied*"),
    *("Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed", "charset=utf-7"),
    *(FORM_ID, "version=", "encrypted='yes'", "deprecatedID", "uuid:", "multipart/form-data;"),
    *("../..", ";", '"', "\x00", "isIncomplete"),
)
STORED = (201, 202)


def examples() -> Sequence[bytes]:
    records = (
        record(),
        record(photos(2), age="12"),
        record({**photos(1), "audit.csv": AUDIT, "报告.pdf": b"%PDF"}),
        record(instance_id="uuid:1", deprecated_id="uuid:0", form_id="none"),
        record(instance_id="uuid:1", site="S9", version="9"),
    )
    return [sent(one.xml, one.files) for one in records]


def sent(xml: bytes, files: Any) -> bytes:
    parts: list[Part] = [(XML_PART, "a.xml", "text/xml", xml)]
    parts += [(name, name, "application/octet-stream", inside) for name, inside in files.items()]
    return content_type(BOUNDARY).encode() + b"\n" + body_of(parts)


@contextmanager
def opened() -> Iterator[Try]:
    path = f"{begin().server_path}/submission"
    client = Client(headers={"Accept-Language": "en"})

    def tried(content: bytes) -> None:
        type_, _, body = content.partition(b"\n")
        with transaction.atomic():
            before = rows()
            response = client.generic("POST", path, body, type_.decode("latin-1").strip())
            require_whole(response)
            if response.status_code not in STORED:
                assert rows() == before, "refused, and yet something is stored"
            transaction.set_rollback(True)

    yield tried


def rows() -> list[int]:
    return [model.objects.count() for model in (Submission, Interview, Attachment, Finding)]


def require_whole(response: Any) -> None:
    """A sentence in any case; what is said to be stored is there, and once."""
    assert response.status_code < 500, response.content[:300]
    root = etree.fromstring(response.content)
    assert root.findtext(MESSAGE), response.content[:300]
    if response.status_code not in STORED:
        return
    told = root.find("{urn:five-standards:receipt}receipt")
    assert told is not None
    (submission,) = Submission.objects.filter(instance_id=told.attrib["instanceID"])
    assert submission.xml_sha256 == told.attrib["sha256"]
    assert submission.interview.current_id


TARGET = Target(opened, examples, WORDS, is_stored=True, count=3_000)
