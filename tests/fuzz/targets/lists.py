"""Lists beside a form (CSV, XML, GeoJSON), and the logs of devices."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from surveys.xforms.audit import read_log
from surveys.xforms.datafiles import table_from_file
from tests.factories import rich_files
from tests.fuzz.target import Target, Try

LOG = (
    b"event,node,start,end,latitude,longitude,accuracy,old-value,new-value\n"
    b"form start,,1764200000000,1764200000000,,,,,\n"
    b'question,/data/age,1764200000000,1764200009000,1.5,2.5,10,"",30\n'
    b"location tracking enabled,,1764200009000,,,,,,\nform exit,,1764200010000,,,,,,\n"
)
XML = b"<root><item><name>a</name><label>A</label></item><item><name>b</name></item></root>"
WORDS = (
    *("<root>", "<item>", "FeatureCollection", "Feature", "geometry", "coordinates", "Point"),
    *("Polygon", "[[[[", '{"', "1e999", "NaN", "event", "node", "form start", "/data/r[2]/age"),
    *("\ufeff", '"', ",", ";", "\t", "\r\n", "1764200000000", "-1", "99999999999999999999"),
)


def examples() -> Sequence[bytes]:
    lists = [inside for name, inside in rich_files().items() if name.endswith(("csv", "json"))]
    return [LOG, XML, *lists]


@contextmanager
def opened() -> Iterator[Try]:
    yield tried


def tried(content: bytes) -> None:
    log = read_log(content)
    assert log.trail is not None
    table_from_file(f"list{_kind(content.lstrip())}", content).element()


def _kind(content: bytes) -> str:
    return {b"<": ".xml", b"{": ".geojson"}.get(content[:1], ".csv")


TARGET = Target(opened, examples, WORDS, count=30_000)
