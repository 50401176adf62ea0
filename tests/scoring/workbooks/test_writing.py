"""A scheme goes into a workbook and comes back the same."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from scoring.maths.document import SchemeError
from scoring.maths.scheme import BEGINNINGS, TAKEN, parse_scheme
from scoring.workbooks.reading import read_judgement
from scoring.workbooks.sheets import COLUMNS
from scoring.workbooks.writing import sheets_of, workbook_of
from surveys.xforms.xlsform import convert_workbook
from tests.scoring.maths import golden
from tests.scoring.maths.small import small_document
from tests.scoring.workbooks.books import book, judged, lines
from tests.surveys.xforms.books import from_rows

QUESTIONNAIRE = Path("surveys/instruments/five_standards.xlsx")


def without_scheme() -> bytes:
    """The shipped questionnaire as it was before it said how it is judged."""
    kept = load_workbook(QUESTIONNAIRE)
    for name in [sheet.title for sheet in kept.worksheets if sheet.title in COLUMNS]:
        del kept[name]
    content = BytesIO()
    kept.save(content)
    return content.getvalue()


def test_the_five_standards_come_back_as_they_were() -> None:
    found = read_judgement(workbook_of(golden.document(), without_scheme()))
    assert lines(found) == []
    assert found.document == golden.document()
    for name in golden.document()["weights"]:
        assert parse_scheme(found.document, weights=name) == golden.scheme(name)


def test_the_shipped_questionnaire_holds_the_shipped_scheme() -> None:
    assert read_judgement(QUESTIONNAIRE.read_bytes()).document == golden.document()


def test_the_form_stays_byte_by_byte() -> None:
    written = workbook_of(golden.document(), QUESTIONNAIRE.read_bytes())
    assert convert_workbook(written).xml == convert_workbook(QUESTIONNAIRE.read_bytes()).xml


def test_scores_stand_with_the_choices_where_all_who_use_a_list_agree() -> None:
    document = judged().document
    written = load_workbook(BytesIO(workbook_of(document, book())))
    choices = {
        (row[0].value, row[1].value): row[4].value
        for row in written["choices"].iter_rows(min_row=2)
    }
    assert choices["contract", "open"] == 12
    assert choices["contract", "self"] == "na"
    assert choices["facility", "water"] is None
    assert written["indicators"]["F2"].value is None


def test_other_scores_of_the_same_list_stand_with_the_indicators() -> None:
    document = judged().document
    first = document["items"][0]
    twin = {**first, "name": "secure", "scores": {"open": 12, "fixed": 0, "none": 0, "self": 0}}
    both = {**document, "items": [*document["items"], twin]}
    again = read_judgement(workbook_of(both, book()))
    assert lines(again) == []
    assert again.document == both


def test_a_scheme_without_a_questionnaire_is_its_own_sheets() -> None:
    written = load_workbook(BytesIO(workbook_of(golden.document())))
    assert written.sheetnames == [
        *("scheme", "standards", "core_contents", "indicators", "weights", "disaggregation"),
        "implied",
    ]
    assert written["scheme"]["B9"].data_type == "s"


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": {"a b": 12}},
        {"by_count": [0, 12], "options": ["a b"], "none": "none"},
    ],
)
def test_what_no_cell_can_say_is_refused(changes: dict[str, Any]) -> None:
    document = small_document({"A": 1})
    del document["items"][0]["scores"]
    document["items"][0] |= changes
    with pytest.raises(SchemeError, match="could not be read back"):
        workbook_of(document)


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
free = names.filter(lambda name: name not in TAKEN and not name.startswith(BEGINNINGS))
words = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=8)
points = st.integers(0, 12)
shares = st.sampled_from(["1/5", "1/3", "2/5", "1/2", "2/3", "17/50", "1"])


def bands(what: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    """Rising bounds, of which some are no whole numbers, and what is below each."""
    halves = st.dictionaries(st.integers(-99, 99), what, min_size=1, max_size=3)
    return st.tuples(halves, what).map(
        lambda found: [*([_half(n), found[0][n]] for n in sorted(found[0])), [None, found[1]]]
    )


def _half(halves: int) -> int | str:
    return f"{halves}/2" if halves % 2 else halves // 2


codes = st.lists(names, min_size=1, max_size=3, unique=True)
steps = bands(points)
amounts = st.integers(0, 9999) | st.sampled_from(["1/2", "3/4"])
INCOME = {"average": "average_wage", "minimum": "minimum_wage"}


def of_ratios(found: list[list[Any]]) -> list[list[Any]]:
    return [[None if bound is None else str(bound), score] for bound, score in found]


rules = st.one_of(
    st.fixed_dictionaries(
        {"scores": st.dictionaries(names, points | st.just(254), min_size=1, max_size=3)}
    ),
    st.fixed_dictionaries({"bands": steps}),
    st.fixed_dictionaries({"per_person_bands": steps, "area": names}),
    st.fixed_dictionaries(
        {
            "by_count": st.lists(points, min_size=1, max_size=4),
            "options": codes,
            "none": st.just("none"),
        }
    ),
    st.fixed_dictionaries(
        {
            "income_ratio": steps.map(of_ratios),
            "midpoints": st.dictionaries(names, amounts, min_size=1, max_size=3),
        }
    ).map(lambda rule: rule | INCOME),
    st.just({"expression": "if(. = 'yes', 12, ${q_0} * 2)"}),
    st.fixed_dictionaries({"bands": steps, "applies": st.just("${q_0} > 3")}),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    standards = draw(st.lists(free, min_size=1, max_size=3, unique=True))
    document = small_document(dict.fromkeys(standards, 2))
    for number, item in enumerate(document["items"]):
        del item["scores"]
        item |= {"question": f"q_{number}", "cutoff": draw(points), **draw(rules)}
    by = {"title_en": draw(words), "title_zh": draw(words)}
    k = draw(st.lists(shares, min_size=1, max_size=3, unique=True))
    return document | {
        "disaggregations": [
            {"name": "stratum", "design": "stratum", **by},
            {"name": "q", "question": "q_0", "bands": draw(bands(words)), **by},
        ],
        "met": draw(shares),
        "k": k,
        "headline_k": k[0],
        "missing_codes": draw(st.lists(names, min_size=1, max_size=3, unique=True)),
    }


def questionnaire(document: dict[str, Any]) -> bytes:
    """A form of text questions with the names that the scheme knows."""
    asked = {item["question"] for item in document["items"]}
    asked |= {item["area"] for item in document["items"] if "area" in item}
    rows = [["text", name, name] for name in sorted(asked)]
    settings = [["form_title", "form_id", "version"], ["Form", "form", "1"]]
    return from_rows(survey=[["type", "name", "label"], *rows], settings=settings)


@settings(max_examples=40)
@given(documents())
def test_any_small_scheme_comes_back_as_it_was(document: dict[str, Any]) -> None:
    found = read_judgement(workbook_of(document, questionnaire(document)))
    assert [line for line in lines(found) if line.startswith("error")] == []
    assert found.document == document


@settings(max_examples=40)
@given(documents())
def test_sheets_have_the_columns_that_are_known(document: dict[str, Any]) -> None:
    for key, rows in sheets_of(document, None, {}).items():
        width = len(rows[0])
        assert all(len(row) == width for row in rows)
        assert key in COLUMNS
