"""Data files are read as people save them, and refused in words that say what to do."""

import json
from pathlib import Path

import pytest

from surveys.xforms.datafiles import table_from_file
from surveys.xforms.xlsform import FormError

MEDIA = Path("tests/data/rich-media")
POINT = {"type": "Point", "coordinates": [7.45, 46.95]}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(geometry: object = POINT, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "id": "a", "geometry": geometry, "properties": properties}


def cells(count: int) -> bytes:
    return b"".join(b"<c%d/>" % number for number in range(count))


@pytest.mark.parametrize(
    "content",
    [
        "name,label\na,北京\n".encode(),
        "name,label\r\na,北京\r\n\r\n".encode("utf-8-sig"),
        "name;label\na;北京".encode("gb18030"),
        "name\tlabel\t\na\t北京\t\n".encode("gbk"),
        'name,label\n a ,"北京"\n,\n'.encode(),
    ],
)
def test_csv_is_read_however_it_was_saved(content: bytes) -> None:
    table = table_from_file("towns.csv", content)
    assert table.to_json() == {"columns": ("name", "label"), "rows": [("a", "北京")]}


def test_cells_may_hold_separators_lines_and_quotes() -> None:
    table = table_from_file("x.csv", b'name,label\na,"Market, ""north""\nside"\nb\n')
    assert table.rows == [("a", 'Market, "north"\nside'), ("b", "")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"name,label\na,b\nc,d,e\nf,g,h", "these rows .*: 3, 4"),
        ("x.csv", b"name\n" + b"a,b\n" * 9, "2, 3, 4, 5, 6, …"),
        ("x.csv", b"name,name\na,b", "column name twice"),
        ("x.csv", b"", "no header row"),
        ("x.csv", b'name\n"a', "line 2: a quote"),
        ("x.csv", b"name\na\0b", "CSV UTF-8"),
        ("x.csv", b"\x89PNG\r\n\x1a\n\xff\xff", "CSV UTF-8"),
        ("x.csv", b"name\n" + b"a\n" * 50_001, "50,000 rows"),
        ("x.csv", b",".join(b"c%d" % n for n in range(100)) + b"\na" * 8_001, "800,000 cells"),
        ("x.csv", b"name\n" + b"\n" * 8_000_000, "8 MB"),
        ("x.csv", b",".join(b"c%d" % n for n in range(201)), "200 columns"),
        ("x.xml", b"<root><item><name>a</name></root>", "broken XML"),
        ("x.xml", b"<!DOCTYPE x><root/>", "document type"),
        ("x.xml", b"<data><item/></data>", "not of the form"),
        ("x.xml", b"<root><item><a/><a/></item></root>", "not of the form"),
        ("x.xml", b"<root><item><a><b/></a></item></root>", "not of the form"),
        ("x.geojson", b"{", "broken JSON"),
        ("x.geojson", b"[" * 100_000, "broken JSON"),
        ("x.xml", b"<root>" + b"<item><a/></item>" * 50_001, "50,000 rows"),
        ("x.xml", b"<root><item>%s</item></root>" % cells(201), "200 columns"),
        (
            "x.xml",
            b"<root><item>%s</item>%s" % (cells(100), b"<item/>" * 8_000),
            "800,000 cells",
        ),
        ("x.geojson", collection(*[0] * 1_500_000), "800,000 cells"),
        ("x.geojson", collection(*(feature(**{f"c{n}": 1}) for n in range(200))), "200 columns"),
        ("x.geojson", b"{}", "FeatureCollection"),
        ("x.geojson", collection(feature(), {"type": "Feature"}), "feature 2"),
        ("x.geojson", collection(feature({"type": "Point", "coordinates": [7.4, 91]})), "feature"),
        ("x.geojson", collection(feature({"type": "Point", "coordinates": ["a", "b"]})), "feature"),
        ("x.geojson", collection(feature({"type": "Point", "coordinates": [1]})), "feature 1"),
        ("x.geojson", collection(feature({"type": "MultiPoint", "coordinates": []})), "feature 1"),
        ("x.xlsx", b"PK", "Use .csv"),
        ("csv", b"name", "Use .csv"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(name: str, content: bytes, words: str) -> None:
    with pytest.raises(FormError, match=words) as refused:
        table_from_file(name, content)
    assert name in str(refused.value)


def test_items_of_xml_need_not_have_every_column() -> None:
    table = table_from_file("x.xml", b"<root><item><a>1</a></item><item><b> 2 </b></item></root>")
    assert table.columns == ("a", "b")
    assert table.rows == [("1", ""), ("", "2")]


@pytest.mark.parametrize(
    ("geometry", "place"),
    [
        (POINT, "46.95 7.45 0 0"),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4, 5]]}, "2 1 0 0; 4 3 0 0"),
        (
            {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]], [[0, 0]]]},
            "2 1 0 0; 4 3 0 0; 2 1 0 0",
        ),
    ],
)
def test_geometries_are_places_as_answers_are_written(geometry: object, place: str) -> None:
    table = table_from_file("x.geojson", collection(feature(geometry)))
    assert table.rows == [("a", place)]
    assert table.columns == ("id", "geometry")


def test_properties_of_features_are_columns() -> None:
    one = feature(title="Bus", lines=3, height=1.50, night=True, note=None, tags=["x"])
    table = table_from_file("x.geojson", collection(one))
    found = dict(zip(table.columns, table.rows[0], strict=True))
    assert (found["title"], found["lines"], found["height"]) == ("Bus", "3", "1.5")
    assert (found["night"], found["note"], found["tags"]) == ("true", "", '["x"]')


def test_an_id_may_be_a_property() -> None:
    one = {"type": "Feature", "geometry": POINT, "properties": {"id": 7}}
    assert "7" in table_from_file("x.geojson", collection(one)).rows[0]


def test_a_file_is_a_root_of_items() -> None:
    root = table_from_file("shops.csv", (MEDIA / "shops.csv").read_bytes()).element()
    assert root.name == "root"
    assert [item.name for item in root.children] == ["item"] * 4
    second = root.children[1]
    assert [(cell.name, cell.text) for cell in second.children] == [
        ("code", "s2"),
        ("title", "Market, north"),
        ("town", "ada"),
        ("rating", "5"),
    ]
    assert second.children[0].path() == "/root/item[2]/code"


@pytest.mark.parametrize("name", ["shops.csv", "prices.csv", "pumps.xml", "stops.geojson"])
def test_the_files_of_the_rich_form_can_be_read(name: str) -> None:
    assert table_from_file(name, (MEDIA / name).read_bytes()).rows
