"""Forms for the linter's tests, and its findings as short lines."""

from functools import cache
from pathlib import Path

from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.linter import Review, lint, review
from tests.surveys.xforms.books import from_table

FORMS = Path("tests/data/forms")
SETTINGS = """
| settings |
|  | form_title | form_id | version |
|  | Form | form | 1 |
"""
LISTS = """
| choices |
|  | list_name | name | label |
|  | yn | yes | Yes |
|  | yn | no | No |
"""


def of(survey: str, choices: str = "", settings: str = SETTINGS) -> bytes:
    """A workbook of the rows of a survey, and of choices without their heading."""
    lists = f"| choices |\n|  | list_name | name | label | extra |\n{choices}" if choices else ""
    return from_table("\n".join(("| survey |", survey.strip(), lists.strip(), settings.strip())))


def findings_in(survey: str, choices: str = "", settings: str = SETTINGS) -> tuple[Finding, ...]:
    return lint(of(survey, choices, settings))


def found(survey: str, choices: str = "", settings: str = SETTINGS) -> list[str]:
    """Severity, place, code and sentence of every finding."""
    return [line(finding) for finding in findings_in(survey, choices, settings)]


def line(finding: Finding) -> str:
    return f"{finding.severity} {finding.place} {finding.code}: {finding}"


def question(column: str, text: str, type_: str = "text") -> str:
    """A form of an age, a select and one more question with a cell in a column."""
    return (
        f"|  | type | name | label | {column} |\n"
        "|  | integer | age | Age |  |\n"
        "|  | select_one yn | works | Work? |  |\n"
        "|  | begin_repeat | member | Member |  |\n"
        "|  | integer | years | Years |  |\n"
        "|  | end_repeat |  |  |  |\n"
        f"|  | {type_} | q | Question | {text} |"
    )


def of_cell(column: str, text: str, type_: str = "text") -> list[str]:
    """The findings about the last cell of `question`."""
    table = of(question(column, text, type_), "|  | yn | yes | Yes |\n|  | yn | no | No |")
    return [line(finding) for finding in lint(table) if finding.place in ("survey!D7", "survey!A7")]


@cache
def reviewed(name: str) -> Review:
    return review(from_table((FORMS / f"{name}.md").read_text("utf-8")))
