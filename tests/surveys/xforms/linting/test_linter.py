"""All findings at once, in the order of the workbook; sound forms have none."""

import time
from pathlib import Path

import pytest

from surveys.errors import SurveyError
from surveys.xforms.linting.findings import ERROR, NOTE
from surveys.xforms.linting.linter import lint, review
from tests.surveys.xforms.archives import good
from tests.surveys.xforms.books import from_rows, from_table
from tests.surveys.xforms.linting.forms import found, line, of, reviewed


def test_the_shipped_instrument_has_no_findings() -> None:
    result = review(Path("surveys/instruments/five_standards.xlsx").read_bytes())
    assert result.findings == ()
    assert result.form is not None
    assert result.xml


@pytest.mark.parametrize("name", ["household", "market", "clinic"])
def test_realistic_forms_have_no_errors(name: str) -> None:
    result = reviewed(name)
    assert [line(finding) for finding in result.findings if finding.code not in STATUSES] == []
    assert result.form is not None


STATUSES = {"partly", "ignored"}  # what is not the author's doing


def test_every_mistake_is_named_at_once_and_in_order() -> None:
    result = found(
        """
|  | type | name | label | relevent | required | default |
|  | integer | age | Age |  | maybe | abc |
|  | begin_group | g | G |  |  |  |
|  | select_one yn | works |  |  |  | yess |
|  | end_repeat |  |  |  |  |  |
|  | date | 1st day | Day |  |  | 2020-13-45 |
""",
        "|  | yn | yes | Yes |\n|  | yn | yes | No |",
        "| settings |\n|  | form_id |\n|  | f |",
    )
    assert [sentence.partition(":")[0] for sentence in result if sentence.startswith("error")] == [
        "error survey!D1 unknown-column",
        "error survey!E2 yes-or-no",
        "error survey!F2 bad-default",
        "error survey!A3 not-closed",
        "error survey!B4 no-label",
        "error survey!F4 bad-default",
        "error survey!A5 not-opened",
        "error survey!B6 bad-name",
        "error survey!F6 bad-default",
        "error choices!B3 same-name",
        "error settings!2 no-version",
    ]


def test_a_file_that_is_no_workbook_is_one_error() -> None:
    result = review(b"hello")
    assert [finding.code for finding in result.errors] == ["unreadable"]
    assert result.findings[0].place == ""
    assert result.form is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (from_rows(data=[("a", "b")]), "no-survey"),
        (from_rows(survey=[]), "missing-column"),
        (from_rows(survey=[("type", "name", "label")]), "no-questions"),
        (
            from_rows(survey=[(None,), ("type", "name", "label"), ("text", "a", "A")]),
            "headings-below",
        ),
        (from_rows(survey=[("name", "label"), ("a", "A")]), "missing-column"),
    ],
)
def test_a_workbook_that_is_no_form_is_refused(content: bytes, code: str) -> None:
    assert code in {finding.code for finding in review(content).errors}


def test_many_findings_of_a_kind_are_counted() -> None:
    rows = [("text", f"q{number}", None) for number in range(80)]
    content = from_rows(survey=[("type", "name", "label"), *rows])
    unlabelled = [finding for finding in lint(content) if finding.code == "no-label"]
    assert len(unlabelled) == 51
    assert str(unlabelled[-1]) == "30 more like this are not listed."


def test_a_form_with_errors_is_not_handed_out() -> None:
    result = review(from_table("| survey |\n|  | type | name | label |\n|  | text | a | A |"))
    assert [finding.code for finding in result.errors] == ["no-settings"]
    assert result.form is None
    assert result.xml is None


def test_what_only_the_conversion_knows_is_a_finding_with_its_row() -> None:
    sentences = found(
        """
|  | type | name | label | appearance |
|  | begin_group | g | G | table-list |
|  | select_one a | x | X |  |
|  | select_one b | y | Y |  |
|  | end_group |  |  |  |
""",
        "|  | a | 1 | One |\n|  | b | 1 | One |",
    )
    assert sentences == [
        "error survey!B4 conversion: The form has a mistake: Badly formatted table list, list names "
        "don't match: a vs. b"
    ]


def test_a_remark_of_the_converter_that_we_do_not_know_is_passed_on() -> None:
    sentences = found(
        """
|  | type | name | label |
|  | subscriberid | s |  |
|  | text | a | A |
"""
    )
    assert any("survey!B2 conversion: The converter remarks: subscriberid" in s for s in sentences)


def test_a_refused_feature_is_an_error_in_its_row() -> None:
    sentences = found("|  | type | name | label |\n|  | osm | place | Place |")
    assert sentences == [
        "error survey!A2 unsupported: osm is not supported. Use geopoint, geotrace or geoshape."
    ]


def test_findings_quote_only_what_can_be_stored() -> None:
    content = from_table((Path("tests/data/forms") / "market.md").read_text("utf-8"))
    quoted = [value for finding in lint(content) for value in finding.params.values()]
    assert quoted
    assert {type(value) for value in quoted} <= {str, int, SurveyError}


def test_a_finding_says_where_it_is() -> None:
    (finding,) = lint(of("|  | type | name | label |\n|  | image | house | House |"))
    assert (finding.place, finding.sheet, finding.row, finding.letter) == (
        *("survey!A2", "survey", 2, "A"),
    )
    assert (finding.column, finding.name, finding.severity) == ("type", "house", NOTE)


def test_the_smallest_form_is_sound() -> None:
    assert lint(good()) == ()


def test_five_hundred_questions_take_seconds_at_most() -> None:
    rows: list[tuple[object, ...]] = []
    for group in range(25):
        rows.append(("begin_group", f"g{group}", "G"))
        rows.append(("select_one yn", f"q{group}_0", "Q", None))
        for number in range(1, 20):
            condition = f"${{q{group}_{number - 1}}} != '' and ${{q0_0}} = 'yes'"
            rows.append(("text", f"q{group}_{number}", "Q", condition))
        rows.append(("end_group",))
    content = from_rows(
        survey=[("type", "name", "label", "relevant"), *rows],
        choices=[("list_name", "name", "label"), ("yn", "yes", "Yes"), ("yn", "no", "No")],
        settings=[("form_title", "form_id", "version"), ("F", "f", "1")],
    )
    before = time.process_time()
    assert not any(finding.severity == ERROR for finding in lint(content))
    assert time.process_time() - before < 10
