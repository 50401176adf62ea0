"""What nobody sends who means well: values, queries, bodies and headers, drawn from a seed."""

import json
from random import Random

METHODS = (
    ("GET",) * 6 + ("POST",) * 5 + ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO")
)
VALUES = (
    "",
    "0",
    "-1",
    "1",
    "1.5",
    "1e309",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "%",
    "%00",
    "\x00",
    "'",
    '"',
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "${jndi:ldap://a}",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "//example.org",
    "javascript:alert(1)",
    "\u202e\u0000\ud7ff\uffff",
    "人" * 300,
    "a" * 5000,
    "9" * 400,
    "99999999999999999999",
    "-99999999999999999999",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:59+14:00",
    "2026-11-28T00:00:00",
    "25:61",
    "\u0661\u0662\u0663",
    "²",
    "١",
    "1_000",
    " 1 ",
    "+1",
    "0x1f",
    "1,2,3",
    "a:b:c",
    "uuid:",
    "zh-hans",
    "=1+1",
    "🀄",
)
NAMES = (
    *("survey", "wave", "scheme", "by", "level", "variable", "group", "k", "q", "p", "o"),
    *("page", "e", "after", "before", "since", "until", "limit", "cursor", "next", "action"),
    *("_selected_action", "questionnaire", "audience", "format", "layer", "language", "team"),
    *("site", "state", "verdict", "$top", "$filter", "$select", "$skiptoken", "$count"),
    *("$orderby", "_popup", "_to_field", "all", "term", "app_label", "model_name", "field_name"),
    *("deviceID", "rows", "columns", "test", "day", "csrfmiddlewaretoken", "username"),
    *("password", "reason", "seen", "revision", "tree", "begin"),
)
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 300,
    "text/xml",
    "text/plain; charset=utf-99",
    "application/octet-stream",
    "garbage",
    "",
)
HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Range", "If-Range", "If-None-Match"),
    *("If-Modified-Since", "Authorization", "Cookie", "X-Request-ID", "X-Forwarded-For", "Origin"),
    *("Referer", "X-OpenRosa-Version", "Date", "User-Agent", "Content-Encoding", "HX-Request"),
    *("X-CSRFToken", "OData-Version", "Expect", "Transfer-Encoding", "X-HTTP-Method-Override"),
)
SPECIAL = {
    "Range": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-1,3-4", "bytes=99999999999-", "x=1"),
    "Accept-Language": ("zh-hans", "en;q=2", "*", "zh;q=a", "x" * 600),
    "Authorization": ("Bearer ", "Basic !!", "Basic Og==", "Bearer fst_", "Digest x"),
    "If-None-Match": ('"', "*", 'W/"a"', "a,b"),
    "Cookie": ("sessionid=x", "sessionid", "=", "csrftoken=" + "x" * 500, "django_language=../.."),
}
FORMS = (
    b"",
    b"\x00",
    b"{",
    b"[[[[",
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b"--b\r\n",
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../x"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a"\r\n\r\n<a/>\r\n--b--',
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    b"<a " + b"b='c' " * 500 + b"/>",
    b"PK\x03\x04" + b"\x00" * 200,
    b"\x89PNG\r\n\x1a\n" + b"\xff" * 60,
    b"%PDF-1.7",
    "\ufeff人,人\n1".encode("utf-16"),
    b"a=1&a=2&a[]=3&=4&&%=5",
    b"\xff\xfe\xfd" * 300,
)


def value(random: Random) -> str:
    return random.choice(VALUES)


def query(random: Random) -> dict[str, list[str]]:
    """Names that pages know, and values that they do not expect, some several times."""
    names = random.sample(NAMES, random.choice((0, 0, 1, 1, 2, 4)))
    return {name: [value(random) for _ in range(random.choice((1, 1, 1, 3)))] for name in names}


def body(random: Random) -> bytes:
    """A form of nonsense, the nonsense of a form, or either of them damaged."""
    kind = random.random()
    if kind < 0.4:
        content = random.choice(FORMS)
    elif kind < 0.7:
        content = json.dumps({name: _json(random) for name in random.sample(NAMES, 4)}).encode()
    else:
        pairs = ((name, value(random)) for name in random.sample(NAMES, 6))
        content = "&".join(f"{name}={text}" for name, text in pairs).encode(
            "utf-8", "surrogatepass"
        )
    return damaged(content, random) if content and random.random() < 0.3 else content


def _json(random: Random) -> object:
    return random.choice((value(random), 1, -1, 10**30, 1.5, None, True, [], {}, [[]], {"a": []}))


def damaged(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + random.randbytes(random.choice((0, 1, 8))) + content[at + 1 :]


def headers(random: Random) -> dict[str, str]:
    """What WSGI may be given: without line ends."""
    names = random.sample(HEADERS, random.choice((0, 0, 1, 2, 4)))
    return {name: _latin(random.choice(SPECIAL.get(name, VALUES))) for name in names}


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1").replace("\x00", "")


def content_type(random: Random) -> str:
    return random.choice(TYPES)
