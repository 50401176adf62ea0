"""The matrix of features is whole, true, and the same in the documentation."""

from pathlib import Path
from runpy import run_path

import pytest
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2xform import convert

from surveys.formlogic.functions import FUNCTIONS
from surveys.xforms.features import KINDS, STATUSES, features, find, names, refusal
from surveys.xforms.xform import read_xform

ROOT = Path(__file__).parents[3]
LEGACY = {  # older spellings that pyxform still takes
    *("photo", "select one", "select all that apply", "select one external", "location", "gps"),
    *("string", "int", "imei", "datetime", "percentage"),
}
CHOICES = """
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Yes   |
|         | yn        | no   | No    |
"""
NEEDS_MORE = {  # rows for types that are not a row by themselves
    "select_one": "select_one yn | q | Q |",
    "select_multiple": "select_multiple yn | q | Q |",
    "rank": "rank yn | q | Q |",
    "or_other": "select_one yn or_other | q | Q |",
    "select_one_from_file": "select_one_from_file f.csv | q | Q |",
    "select_multiple_from_file": "select_multiple_from_file f.xml | q | Q |",
    "select_one_external": "select_one_external yn | q | Q | | x = 1",
    "calculate": "calculate | q | | 1 + 1 |",
    "audit": "audit | audit | |",
    "background-geopoint": "background-geopoint | q | Q | | | ${a}",
    "begin_group": "begin_group | q | Q |\n| | text | b | B |\n| | end_group | | |",
    "begin_repeat": "begin_repeat | q | Q |\n| | text | b | B |\n| | end_repeat | | |",
    "begin_loop": "begin_loop over yn | q | Q |\n| | text | b | B |\n| | end_loop | | |",
}
EXTERNAL = "| external_choices |\n| | list_name | name | label | x |\n| | yn | a | A | 1 |\n"


def faults_with(row: str) -> list[str]:
    table = (
        "| survey |\n| | type | name | label | calculation | choice_filter | trigger |\n"
        f"| | text | a | A | | | |\n| | {row} |\n{CHOICES}{EXTERNAL}"
    )
    xml = convert(table, validate=False, file_type=".md").xform
    return [str(fault) for fault in read_xform(xml.encode())[1]]


def test_every_feature_is_named_once_and_said_in_known_words() -> None:
    assert len({(f.kind, f.name) for f in features()}) == len(features())
    assert {f.kind for f in features()} == set(KINDS)
    assert {f.status for f in features()} == set(STATUSES)


def test_only_what_works_needs_no_note() -> None:
    assert [f.name for f in features() if f.status != "works" and not f.note] == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "type",
            "text integer decimal range select_one select_multiple select_one_from_file "
            "select_multiple_from_file select_one_external rank note date time dateTime geopoint "
            "geotrace geoshape image audio video file barcode calculate acknowledge trigger hidden "
            "csv-external xml-external osm background-audio background-geopoint start-geopoint "
            "audit start end today deviceid username email phonenumber subscriberid simserial "
            "begin_group begin_repeat begin_loop begin_kobomatrix begin_score begin_rank or_other",
        ),
        (
            "column",
            "relevant constraint constraint_message required required_message calculation trigger "
            "default read_only choice_filter parameters appearance hint guidance_hint label image "
            "audio video big-image repeat_count bind::type",
        ),
        (
            "parameter",
            "randomize seed start end step value label max-pixels capture-accuracy "
            "warning-accuracy allow-mock-accuracy rows location-priority location-min-interval "
            "location-max-age track-changes track-changes-reasons identify-user",
        ),
        (
            "setting",
            "instance_name client_editable allow_choice_duplicates public_key submission_url "
            "auto_send auto_delete style default_language version form_id form_title",
        ),
        ("sheet", "survey choices settings entities external_choices"),
    ],
)
def test_nothing_that_authors_write_is_missing(kind: str, words: str) -> None:
    assert set(words.split()) <= names(kind)


def test_every_type_that_pyxform_knows_is_in_the_matrix() -> None:
    modern = {name for name in QUESTION_TYPE_DICT if " " not in name} - LEGACY
    assert modern - names("type") == set()


def test_the_matrix_and_the_engine_know_the_same_functions() -> None:
    assert names("function", ["works", "partly"]) == set(FUNCTIONS)
    assert names("function", ["refused"]).isdisjoint(FUNCTIONS)


@pytest.mark.parametrize(
    "name",
    sorted(name for name in names("type") if not name.startswith(("end_", "score", "rank__"))),
)
def test_the_reader_takes_the_types_that_work_and_refuses_the_others(name: str) -> None:
    if name in ("begin_kobomatrix", "begin_score", "begin_rank"):
        pytest.skip("pyxform knows no such type")
    faults = faults_with(NEEDS_MORE.get(name, f"{name} | q | Q |"))
    assert faults == ([refusal("type", name)] if refusal("type", name) else [])


@pytest.mark.parametrize(
    ("row", "kind", "name"),
    [
        ("select_one yn | q | Q |", "appearance", "minimal"),
        ("text | q | Q | extract-signed('a', 'b') |", "function", "extract-signed"),
    ],
)
def test_the_note_of_a_refusal_is_what_the_author_reads(row: str, kind: str, name: str) -> None:
    note = refusal(kind, name)
    assert bool(note) == any(note in fault for fault in faults_with(row))


def test_what_is_not_known_is_not_refused() -> None:
    assert find("type", "telepathy") is None
    assert refusal("type", "telepathy") == ""


@pytest.mark.parametrize(
    ("path", "writer"), [("docs/features.md", "page"), ("surveys/xforms/feature_notes.py", "notes")]
)
def test_what_is_written_from_the_matrix_is_up_to_date(path: str, writer: str) -> None:
    program = run_path(str(ROOT / "docs" / "features.py"))
    assert (ROOT / path).read_text("utf-8") == program[writer](), "Run `python docs/features.py`."
