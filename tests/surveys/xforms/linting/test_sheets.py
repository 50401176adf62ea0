"""Headings, lists of choices, languages, settings, and what spreadsheets do to cells."""

from io import BytesIO

import pytest
from openpyxl import Workbook as Made

from surveys.xforms.linting.linter import lint
from surveys.xforms.linting.slips import check_slips
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.translations import numbers
from surveys.xforms.workbook import Sheet, Workbook
from tests.surveys.xforms.books import Rows, from_rows
from tests.surveys.xforms.linting.forms import found, line
from tests.surveys.xforms.sealing import key_pair, public_key

HEADINGS = {  # further heading -> finding about D1, blank for none
    "relevent": "error survey!D1 unknown-column: The column `relevent` is not known. Did you mean `relevant`?",
    "Relevance": "",
    "constraint message": "",
    "label::English": "warning survey!D1 language-code",
    "lable::English (en)": "error survey!D1 unknown-column: The column `lable::English (en)` is not known. Did you mean `label::English (en)`?",
    "hint:English (en)": "",
    "hint ： English (en)": "",
    "my thoughts": "warning survey!D1 unknown-column: The column `my thoughts` is not known and is ignored.",
    "notes": "warning survey!D1 unknown-column: The column `notes` is not known and is ignored.",
    "label": "error survey!D1 column-twice: The column `label` says the same.",
    "caption": "error survey!D1 column-twice: The column `label` says the same.",
    "relevant::English (en)": "error survey!D1 unknown-column: The column `relevant::English (en)` is not known. Did you mean `relevant`?",
    "bind::odk:length": "",
    "ｒｅｌｅｖａｎｔ": "",
}  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_are_known_or_told(heading: str) -> None:
    sentences = found(f"|  | type | name | label | {heading} |\n|  | text | a | A |  |")
    about = [s for s in sentences if s.split()[1] == "survey!D1"]
    expected = HEADINGS[heading]
    assert (about == []) if not expected else about[0].startswith(expected)


def test_a_misspelt_column_beside_the_right_one_is_only_ignored() -> None:
    sentences = found(
        "|  | type | name | label | relevant | relevent |\n|  | text | a | A |  | 1 |"
    )
    assert [s.split()[0] for s in sentences if "unknown-column" in s] == ["warning"]


def test_cells_under_no_heading_are_ignored_loudly() -> None:
    sentences = found(
        "|  | type | name | label |  |\n|  | text | a | A | ? |\n|  | text | b | B | ? |"
    )
    assert sentences == [
        "warning survey!D1 no-heading: The column has no heading, so row 2 and others are ignored."
    ]


CHOICES = {  # choices of list l under list_name, name, label -> finding, blank for none
    "a whole list": ("l | a | A", ""),
    "no list": ("l | a | A\n|  |  | b | B", "error choices!B3 no-list"),
    "no name": ("l | a | A\n|  | l |  | B", "error choices!A3 no-name"),
    "a name twice": ("l | a | A\n|  | l | a | B", "error choices!B3 same-name: The list `l` has the choice `a` already in row 2."),
    "a label twice": ("l | a | A\n|  | l | b | A", "warning choices!C3 same-label"),
    "no label": ("l | a | ", "warning choices!B2 no-label"),
    "a space": ("l | a b | A", "warning choices!B2 space-in-name"),
    "an unused list": ("l | a | A\n|  | other | a | A", "warning choices!A3 unused-list"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHOICES)
def test_lists_are_whole_and_used(name: str) -> None:
    rows, expected = CHOICES[name]
    sentences = found("|  | type | name | label |\n|  | select_one l | q | Q |", f"|  | {rows}")
    assert (sentences == []) if not expected else sentences[0].startswith(expected)


def test_several_choices_have_no_spaces_in_their_names() -> None:
    sentences = found(
        "|  | type | name | label |\n|  | select_multiple l | q | Q |", "|  | l | a b | A |"
    )
    assert sentences == [
        "error choices!B2 space-in-name: `a b` has a space, but several choices are stored with "
        "spaces between. Write `a_b`."
    ]


def test_names_may_come_twice_where_the_settings_allow_it() -> None:
    sentences = found(
        "|  | type | name | label |\n|  | select_one l | q | Q |",
        "|  | l | a | A |\n|  | l | a | B |",
        "| settings |\n|  | form_title | form_id | version | allow_choice_duplicates |\n"
        "|  | F | f | 1 | yes |",
    )
    assert sentences == []


def test_a_workbook_without_choices_is_told_to_add_them() -> None:
    sentences = found("|  | type | name | label |\n|  | select_one l | q | Q |")
    assert "the workbook has no choices" in sentences[0]


@pytest.mark.parametrize("appearance", ["", "autocomplete", "minimal autocomplete"])
def test_long_lists_can_be_searched(appearance: str) -> None:
    rows = "\n".join(f"|  | l | c{number} | C{number} |" for number in range(201))
    sentences = found(
        f"|  | type | name | label | appearance |\n|  | select_one l | q | Q | {appearance} |", rows
    )
    assert [s.split()[2] for s in sentences] == ([] if appearance else ["long-list:"])


CASCADE = """
|  | type | name | label | choice_filter |
|  | select_one region | region | Region |  |
|  | select_one town | town | Town | {filter} |
"""
REGIONS = "|  | region | n | North |  |\n|  | region | s | South |  |\n"


def cascade(filter_: str, towns: str) -> list[str]:
    return found(CASCADE.replace("{filter}", filter_), REGIONS + towns)


def test_a_filter_finds_its_column() -> None:
    towns = "|  | town | a | A | n |\n|  | town | b | B | s |"
    assert cascade("extra = ${region}", towns) == []
    assert cascade("${region} = extra", towns) == []
    assert cascade("name != ${region}", towns) == []
    assert cascade("extr = ${region}", towns) == [
        "error survey!D3 unknown-column: The sheet `choices` has no column `extr`. "
        "Did you mean `extra`?"
    ]
    assert cascade("zzz = ${region}", towns) == [
        "error survey!D3 unknown-column: The sheet `choices` has no column `zzz`."
    ]


def test_choices_that_nobody_is_offered_are_told() -> None:
    towns = "|  | town | a | A | n |\n|  | town | b | B | x |\n|  | town | c | C |  |"
    assert cascade("extra = ${region}", towns) == [
        "note survey!D3 nothing-offered: For some answers to `region` there is no choice left here: s.",
        "warning choices!D5 never-offered: Nobody is ever offered this choice: `x` is no choice of "
        "`region`.",
        "warning choices!B6 never-offered: Nobody is ever offered this choice: its column `extra` is "
        "blank.",
    ]


def test_or_other_stays_english() -> None:
    sentences = found(
        """
|  | type | name | label::English (en) | label::Français (fr) | choice_filter |
|  | select_one l or_other | q | Q | Q | name != '' |
""",
        "|  | l | a | A |",
    )
    codes = {s.split()[2] for s in sentences}
    assert {"other-untranslated:", "other-and-filter:"} <= codes


LANGUAGES = {
    "a text that is missing": (
        "label::English (en) | label::Français (fr)\n|  | text | a | A |",
        "warning survey!D2 missing-text: The text is missing in this language.",
    ),
    "a column that is missing": (
        "label::English (en) | label::Français (fr) | hint::English (en)\n|  | text | a | A | A | H",
        "warning survey!E1 missing-column: There is no column `hint::Français (fr)`.",
    ),
    "a column without a language": (
        "label::English (en) | label\n|  | text | a | A | B",
        "warning survey!D1 no-language: Say in the heading which language this is, such as `label::English (en)`.",
    ),
    "a language without a code": (
        "label::English (en) | label::Martian\n|  | text | a | A | B",
        "warning survey!D1 language-code: The language `Martian` has no known code.",
    ),
    "one language written twice": (
        "label::English (en) | hint::english(en)\n|  | text | a | A | B",
        "error survey!D1 language-twice: `english(en)` and `English (en)` would be two languages.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LANGUAGES)
def test_languages_are_complete(name: str) -> None:
    table, expected = LANGUAGES[name]
    assert expected in [s[: len(expected)] for s in found(f"|  | type | name | {table}")]


def test_many_missing_texts_are_one_finding() -> None:
    rows = "\n".join(f"|  | text | q{number} | Q |  |" for number in range(8))
    sentences = found(
        f"|  | type | name | label::English (en) | label::Français (fr) |\n{rows}\n"
        "|  | text | z | Z | Z |"
    )
    assert sentences == [
        "warning survey!D2 missing-text: 8 texts are missing in this language: rows 2-9."
    ]
    assert numbers(iter([2, 5, 6, 7, 12])) == "2, 5-7, 12"


@pytest.mark.parametrize(
    ("language", "meant"),
    [("English", "English (en)"), ("fr", "Français (fr)"), ("x", "English (en)")],
)
def test_the_default_language_is_one_of_the_form(language: str, meant: str) -> None:
    sentences = found(
        "|  | type | name | label::English (en) | label::Français (fr) |\n|  | text | a | A | A |",
        settings="| settings |\n|  | form_title | form_id | version | default_language |\n"
        f"|  | F | f | 1 | {language} |",
    )
    assert sentences == [
        f"error settings!D2 default-language: No column is in the default language `{language}`. "
        f"Did you mean `{meant}`?"
    ]


def test_columns_without_a_language_are_in_the_default_one() -> None:
    sentences = found(
        "|  | type | name | label | label::Français (fr) |\n|  | text | a | A | A |",
        settings="| settings |\n|  | form_title | form_id | version | default_language |\n"
        "|  | F | f | 1 | Français (fr) |",
    )
    assert [s.split()[2] for s in sentences] == ["no-language:"]


KEY = public_key(key_pair())
THE_SETTINGS = {
    "form_title | version\n|  | F | 1": "error settings!2 no-form-id: Give the form an id",
    "form_title | form_id\n|  | F | f": "error settings!2 no-version: Give the form a version",
    f"form_title | form_id | version\n|  | F | f | {'1' * 250}": "error settings!C2 long-setting",
    "form_title | form_id | version\n|  | F | my form | 1": "warning settings!B2 unusual-id",
    "form_title | form_id | version | name\n|  | F | f | 1 | my data": "error settings!D2 bad-name",
    "form_title | form_id | version\n|  | F | f | 1\n|  | G | g | 2": "warning settings!A3 ignored-row",
    "form_title | form_id | version | verison\n|  | F | f | 1 | 2": "warning settings!D1 unknown-column",
    "form_title | form_id | version | style\n|  | F | f | 1 | pages": "note settings!D1 ignored: `style`",
    "form_title | form_id | version | public_key\n|  | F | f | 1 | k": "error settings!D2 bad-key",
    f"form_title | form_id | version | public_key\n|  | F | f | 1 | {KEY}": "note settings!D1 partly: `public_key`",
    "form_title | form_id | version": "error settings no-settings",
}  # fmt: skip


@pytest.mark.parametrize("table", THE_SETTINGS)
def test_settings_are_whole(table: str) -> None:
    sentences = found(
        "|  | type | name | label |\n|  | text | a | A |", settings=f"| settings |\n|  | {table}"
    )
    assert any(s.startswith(THE_SETTINGS[table]) for s in sentences), sentences


def test_the_name_of_the_form_is_the_root_of_its_paths() -> None:
    sentences = found(
        "|  | type | name | label | relevant |\n|  | text | a | A |  |\n|  | text | b | B | /house/a = '' |",
        settings="| settings |\n|  | form_title | form_id | version | name |\n|  | F | f | 1 | house |",
    )
    assert sentences == []


def test_the_name_of_an_interview_is_an_expression() -> None:
    sentences = found(
        "|  | type | name | label |\n|  | text | a | A |",
        settings="| settings |\n|  | form_title | form_id | version | instance_name |\n"
        "|  | F | f | 1 | concat(${a} |",
    )
    assert sentences == [
        "error settings!D2 expression: The expression ends too early: something is missing."
    ]


SHEETS = {
    "a misspelt sheet": ("survey | choice", "warning choice unknown-sheet: The sheet `choice` is ignored. Did you mean `choices`?"),
    "a sheet of notes": ("survey | _choices | choices", ""),
    "a sheet that is refused": ("survey | osm", "error osm unsupported"),
    "lists to fill": ("survey | entities", "error entities missing-column"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_are_known_or_told(name: str) -> None:
    names, expected = SHEETS[name]
    sheets: dict[str, Rows] = {other: [("a", "b"), ("1", "2")] for other in names.split(" | ")}
    sheets |= {"survey": [("type", "name", "label"), ("text", "a", "A")]}
    sheets |= {"choices": []} if "choices" in names.split(" | ") else {}
    sheets |= {"settings": [("form_title", "form_id", "version"), ("F", "f", "1")]}
    sentences = [line(finding) for finding in lint(from_rows(**sheets))]
    assert (sentences == []) if not expected else any(s.startswith(expected) for s in sentences)


def test_a_sheet_twice_is_an_error() -> None:
    sheets: dict[str, Rows] = {
        "survey": [("type", "name", "label"), ("text", "a", "A")],
        "Survey ": [("x",)],
        "settings": [("form_title", "form_id", "version"), ("F", "f", "1")],
    }
    content = from_rows(**sheets)
    assert [line(finding) for finding in lint(content)] == [
        "error Survey  sheet-twice: There are two sheets `survey`. Delete or rename one."
    ]


def test_what_spreadsheets_do_is_told() -> None:
    made = Made()
    sheet = made.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (
        ("type", "name", "label"),
        ("text", "a", "=1+1"),
        ("text", "b", "B"),
        ("note", "c", "C"),
    ):
        sheet.append(row)
    sheet.merge_cells("C3:C4")
    sheet.sheet_state = "hidden"
    settings = made.create_sheet("settings")
    settings.append(("form_title", "form_id", "version"))
    settings.append(("F", "f", 1.5))
    content = BytesIO()
    made.save(content)
    sentences = [line(finding) for finding in lint(content.getvalue())]
    assert [s.partition(":")[0] for s in sentences] == [
        "note survey hidden-sheet",
        "error survey!B2 no-label",
        "error survey!C2 broken-formula",
        "warning survey!C3 merged-cells",
        "error survey!B4 no-label",
    ]


def test_a_choice_that_became_a_date_is_noticed() -> None:
    made = Made()
    sheet = made.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (("type", "name", "label"), ("select_one l", "q", "Q")):
        sheet.append(row)
    choices = made.create_sheet("choices")
    choices.append(("list_name", "name", "label"))
    choices.append(("l", "a", 45_000))
    choices["C2"].number_format = "d-mmm"
    settings = made.create_sheet("settings")
    settings.append(("form_title", "form_id", "version"))
    settings.append(("F", "f", 45_000))
    settings["C2"].number_format = "yyyy-mm-dd"
    content = BytesIO()
    made.save(content)
    sentences = [line(finding) for finding in lint(content.getvalue())]
    assert [s.partition(":")[0] for s in sentences] == ["warning choices!C2 became-date"]


def test_macros_and_blank_rows_are_told() -> None:
    workbook = Workbook(
        (Sheet("survey", rows={1: {1: "type", 2: "name"}}, stopped_at=10_001),), has_macros=True
    )
    assert [line(finding) for finding in check_slips(Source(workbook))] == [
        "note  macros: The workbook has macros. They are ignored and never run.",
        "warning survey blank-rows: Many blank rows follow. The form ends at row 10001; what is below "
        "is not read.",
    ]


def test_a_formula_that_fails_is_told_with_its_error() -> None:
    broken = Sheet("survey", rows={1: {1: "type"}}, broken={(2, 1): "#REF!"})
    assert [line(finding) for finding in check_slips(Source(Workbook((broken,))))] == [
        "error survey!A2 broken-formula: The formula in this cell fails with #REF!. Type the value "
        "instead."
    ]
