"""What is wrong with the sheet `entities` and with what is saved to lists, by cell."""

import pytest

from surveys.xforms.linting.linter import lint, review
from tests.surveys.xforms.books import from_table
from tests.surveys.xforms.linting.forms import SETTINGS

READING = "|  | select_one_from_file people.csv | person | Who |  |\n"


def book(entities: str, *, save_to: str = "", more: str = "", headings: str = "") -> bytes:
    """A form that saves one question, with rows of the sheet `entities`."""
    heading = headings or "list_name | label | entity_id | create_if | update_if"
    sheet = f"| entities |\n|  | {heading} |\n{entities}\n" if entities else ""
    return from_table(
        "| survey |\n|  | type | name | label | save_to |\n"
        f"|  | text | phone | Phone | {save_to} |\n{READING}{more}{sheet}{SETTINGS.strip()}"
    )


def errors(entities: str, **more: str) -> list[tuple[str, str]]:
    return [(f.place, f.code) for f in lint(book(entities, **more)) if f.severity == "error"]


@pytest.mark.parametrize(
    "row",
    [
        "|  | people | ${phone} |  |  |  |",
        "|  | people |  | ${person} |  |  |",
        "|  | people | ${phone} | ${person} | ${phone} != '' | ${phone} = '' |",
        "|  | cases |  | ${person} |  |  |",
    ],
)
def test_forms_create_and_change_entries(row: str) -> None:
    more = "|  | csv-external | cases |  |  |\n"
    reviewed = review(book(row, save_to="phone", more=more))
    assert reviewed.errors == ()
    assert reviewed.form is not None
    assert reviewed.form.entities[0].saves == {"phone": "/data/phone"}


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ("|  |  | ${phone} |  |  |  |", "entities!A2", "no-list"),
        ("|  | a.b | ${phone} |  |  |  |", "entities!A2", "bad-list"),
        ("|  | __a | ${phone} |  |  |  |", "entities!A2", "bad-list"),
        (f"|  | {'l' * 101} | ${{phone}} |  |  |  |", "entities!A2", "long-list"),
        ("|  | people | ${phone} |  |  | ${phone} = '' |", "entities!E2", "no-entity-id"),
        ("|  | people | ${phone} | ${person} | ${phone} = '' |  |", "entities!D2", "no-update-if"),
        ("|  | people |  |  |  |  |", "entities!A2", "no-label"),
        ("|  | cases | ${phone} |  |  |  |", "entities!A2", "kept-list"),
        ("|  | trees |  | ${person} |  |  |", "entities!C2", "list-not-read"),
        ("|  | people | ${phon} |  |  |  |", "entities!B2", "unknown-reference"),
    ],
)
def test_a_row_that_says_too_little_is_named(row: str, place: str, code: str) -> None:
    assert errors(row) == [(place, code)]


@pytest.mark.parametrize(
    ("save_to", "code"),
    [
        ("name", "bad-property"),
        ("Label", "bad-property"),
        ("__version", "bad-property"),
        ("two words", "bad-property"),
        ("peopel#phone", "unknown-list"),
    ],
)
def test_a_property_must_have_a_name_of_its_own(save_to: str, code: str) -> None:
    found = errors("|  | people | ${phone} |  |  |  |", save_to=save_to)
    assert found == [("survey!D2", code)]


def test_what_the_survey_keeps_is_not_for_forms_to_say() -> None:
    found = errors(
        "|  | cases |  | ${person} |  |  |",
        save_to="outcome",
        more="|  | csv-external | cases |  |  |\n",
    )
    assert found == [("survey!D2", "kept-property")]


def test_saving_needs_a_list_and_one_question_each() -> None:
    assert errors("", save_to="phone") == [("survey!D2", "no-entities")]
    row = "|  | people | ${phone} |  |  |  |"
    twice = "|  | text | other | Other | phone |\n"
    assert errors(row, save_to="phone", more=twice) == [("survey!D4", "saved-twice")]
    two = f"{row}\n|  | children | ${{phone}} |  |  |  |"
    assert errors(two, save_to="phone") == [("survey!D2", "which-list")]
    same = f"{row}\n{row}"
    assert errors(same) == [("entities!A3", "list-twice")]
    group = (
        "|  | begin_group | g | G | phone |\n|  | text | a | A |  |\n|  | end_group |  |  |  |\n"
    )
    assert errors(row, more=group) == [("survey!D4", "save-to-group")]


def test_headings_of_the_sheet_are_checked_too() -> None:
    heading = "list_name | lable | entity_id | create_if | update_if"
    assert ("entities!B1", "unknown-column") in errors(
        "|  | people | ${phone} | ${person} |  |  |", headings=heading
    )
