"""Single requests to the door for interviews, and what every answer of it must have."""

from lxml import etree

from tests.collect.device import (
    BOUNDARY,
    XML_PART,
    Answer,
    Collect,
    Part,
    Record,
    body_of,
    content_type,
)

ROOT = "{http://openrosa.org/http/response}OpenRosaResponse"
ACCEPTED_BYTES = 100_000_000


def post(collect: Collect, sent: Record, *more: Part) -> Answer:
    """A record in one request, with the files that it has and other parts."""
    xml: Part = (XML_PART, "submission.xml", "text/xml", sent.xml)
    files: list[Part] = [(name, name, "image/jpeg", body) for name, body in sent.files.items()]
    return post_body(collect, body_of([xml, *files, *more]))


def post_body(collect: Collect, body: bytes, type_: str = content_type(BOUNDARY)) -> Answer:
    answer = collect.request("POST", f"{collect.server_url}/submission?deviceID=d", body, type_)
    require_openrosa(answer)
    return answer


def require_openrosa(answer: Answer) -> None:
    """OpenRosa's headers, no way to another address, and a well-formed body with a sentence."""
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert answer.headers["x-openrosa-accept-content-length"] == str(ACCEPTED_BYTES)
    assert "date" in answer.headers
    assert "location" not in answer.headers
    if answer.status != 204:
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert etree.fromstring(answer.body).tag == ROOT
        assert len(answer.sentence) >= len("已收到。")
