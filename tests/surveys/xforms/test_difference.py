"""Two versions of a form compared: what changed, in words, and what that means for answers."""

from functools import cache

import pytest

from surveys.xforms.definition import FormDef
from surveys.xforms.difference import CHANGE, RISK, WORDS, Change, compare
from surveys.xforms.writing import Writer
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import convert_workbook
from tests.surveys.xforms.books import from_table
from tests.surveys.xforms.linting.forms import FORMS

FORM = """
| survey |
|  | type | name | label::English (en) | label::Français (fr) | relevant | constraint | constraint_message::English (en) | calculation | required | appearance | default |
|  | integer | age | Age | Âge |  | . > 0 | More than 0 |  | yes |  |  |
|  | select_one yn | works | Do you work? | Travaillez-vous ? |  |  |  |  |  |  | no |
|  | select_one yn | looks | Do you look for work? | En cherchez-vous ? | ${works} = 'no' |  |  |  |  |  |  |
|  | begin_group | job | Job | Emploi | ${works} = 'yes' |  |  |  |  |  |  |
|  | text | title | Title | Titre |  |  |  |  |  |  |  |
|  | decimal | wage | Wage of ${title} | Salaire de ${title} |  |  |  |  |  |  |  |
|  | end_group |  |  |  |  |  |  |  |  |  |  |
|  | begin_repeat | child | Child | Enfant |  |  |  |  |  |  |  |
|  | text | first_name | Name | Nom |  |  |  |  |  |  |  |
|  | integer | years | Age of ${first_name} | Âge de ${first_name} | ${first_name} != '' |  |  |  |  |  |  |
|  | end_repeat |  |  |  |  |  |  |  |  |  |  |
|  | calculate | double |  |  |  |  |  | ${age} * 2 |  |  |  |
|  | note | bye | Goodbye | Adieu |  |  |  |  |  |  |  |
| choices |
|  | list_name | name | label::English (en) | label::Français (fr) |
|  | yn | yes | Yes | Oui |
|  | yn | no | No | Non |
| settings |
|  | form_title | form_id | version | default_language |
|  | Work | work | 1 | English (en) |
"""


@cache
def form(table: str = FORM) -> FormDef:
    return parse_xform(convert_workbook(from_table(table)).xml)


def changes(*replaced: tuple[str, str]) -> tuple[Change, ...]:
    """What changes when lines of the form are replaced."""
    table = FORM
    for old, new in replaced:
        assert old in table
        table = table.replace(old, new)
    return compare(form(), form(table))


def row(name: str) -> str:
    return next(line for line in FORM.splitlines() if f"| {name} |" in line) + "\n"


def lines(found: tuple[Change, ...]) -> list[str]:
    return [f"{change.severity} {change.code} {change.path}" for change in found]


def test_a_form_does_not_differ_from_itself() -> None:
    assert compare(form(), form()) == ()


CASES = {
    "a question is gone": (
        [(row("age"), ""), (row("double"), "")],
        ["risk question-removed /data/age", "risk logic /data/double"],
    ),
    "a note is gone": ([(row("bye"), "")], ["words note-removed /data/bye"]),
    "a question is new": (
        [(row("age"), row("age") + "|  | text | more | More | Plus |\n")],
        ["change question-added /data/more"],
    ),
    "a note is new": (
        [(row("age"), row("age") + "|  | note | more | More | Plus |\n")],
        ["words note-added /data/more"],
    ),
    "a group is new": (
        [
            (
                row("bye"),
                "|  | begin_group | g | G | G |\n|  | text | x | X | X |\n|  | end_group |  |  |  |\n"
                + row("bye"),
            )
        ],
        ["change group-added /data/g", "change question-added /data/g/x"],
    ),
    "a question has another name": (
        [("| works |", "| employed |"), ("${works}", "${employed}")],
        ["risk renamed /data/employed"],
    ),
    "a question is in another group": (
        [(row("title"), ""), (row("age"), row("age") + row("title"))],
        ["risk regrouped /data/title"],
    ),
    "a group is dissolved": (
        [
            (row("job"), ""),
            ("|  | end_group |  |  |  |  |  |  |  |  |  |  |\n", ""),
        ],
        [
            "change group-removed /data/job",
            "risk regrouped /data/title",
            "risk regrouped /data/wage",
        ],
    ),
    "a question is later": (
        [(row("age"), ""), (row("looks"), row("looks") + row("age"))],
        ["change moved /data/age"],
    ),
    "a question is first in its group": (
        [(row("bye"), ""), (row("age"), row("bye") + row("age"))],
        ["change moved /data/bye"],
    ),
    "a type is another one": (
        [("| decimal | wage |", "| integer | wage |")],
        ["risk type /data/job/wage"],
    ),
    "a group is a repeat": (
        [
            ("| begin_group | job |", "| begin_repeat | job |"),
            ("| end_group |", "| end_repeat |"),
        ],
        ["risk type /data/job"],
    ),
    "a label in one language": (
        [("| Âge |", "| Votre âge |")],
        ["words reworded /data/age"],
    ),
    "a message": ([("More than 0", "Above 0")], ["words reworded /data/age"]),
    "a label with an answer in it": (
        [("Wage of ${title} |", "Pay of ${title} |")],
        ["words reworded /data/job/wage"],
    ),
    "a choice is gone": (
        [("|  | yn | no | No | Non |\n", "")],
        ["risk choice-removed /data/works"],
    ),
    "a choice is new": (
        [("|  | yn | no | No | Non |\n", "|  | yn | no | No | Non |\n|  | yn | dk | ? | ? |\n")],
        ["change choice-added /data/works"],
    ),
    "a choice is stored otherwise": (
        [("| yn | yes |", "| yn | y |")],
        ["risk choice-renamed /data/works"],
    ),
    "a choice in other words": (
        [("| Oui |", "| Si |")],
        ["words choice-reworded /data/works"],
    ),
    "a condition": (
        [("${works} = 'no'", "${works} != 'yes'")],
        ["change logic /data/looks"],
    ),
    "a constraint is gone": (
        [("| . > 0 | More than 0 |", "|  |  |")],
        ["words reworded /data/age", "change logic /data/age"],
    ),
    "no longer required": ([("| yes |  |  |\n", "|  |  |  |\n")], ["change logic /data/age"]),
    "another default": (
        [("|  |  |  |  |  |  | no |\n", "|  |  |  |  |  |  | yes |\n")],
        ["change logic /data/works"],
    ),
    "a calculation": ([("${age} * 2", "${age} * 3")], ["change logic /data/double"]),
    "a look": (
        [("|  |  |  |  |  |  | no |\n", "|  |  |  |  |  | minimal | no |\n")],
        ["words appearance /data/works"],
    ),
    "the title": ([("| Work | work |", "| Working | work |")], ["words title "]),
    "a language": (
        [("Français (fr)", "Español (es)")],
        ["change language-removed ", "words language-added "],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_once(name: str) -> None:
    replaced, expected = CASES[name]
    found = lines(changes(*replaced))
    if name == "a language":
        assert found[:2] == expected
    else:
        assert found == expected


def test_the_words_before_and_after_are_given_as_their_author_wrote_them() -> None:
    (change,) = changes(("${works} = 'no'", "${works} != 'yes' and ${age} > 15"))
    assert (change.before, change.after) == ("${works} = 'no'", "${works} != 'yes' and ${age} > 15")
    assert str(change) == "`looks` has another relevant."
    (change,) = changes(("Wage of ${title} |", "Pay of ${title} |"))
    assert (change.language, change.before, change.after) == (
        "en",
        "Wage of ${title}",
        "Pay of ${title}",
    )


def test_a_new_name_is_no_change_of_what_refers_to_it() -> None:
    (change,) = changes(("| first_name |", "| given_name |"), ("${first_name}", "${given_name}"))
    assert (change.code, change.path) == ("renamed", "/data/child/given_name")
    assert str(change) == (
        "`first_name` is now called `given_name`. Answers so far stay in the column `first_name`."
    )


def test_two_questions_with_the_same_words_are_not_confused() -> None:
    twins = (
        row("age"),
        row("age") + "|  | text | x1 | Same | Même |\n|  | text | x2 | Same | Même |\n",
    )
    others = (
        row("age"),
        row("age") + "|  | text | y1 | Same | Même |\n|  | text | y2 | Same | Même |\n",
    )
    found = compare(form(FORM.replace(*twins)), form(FORM.replace(*others)))
    assert sorted(lines(found)) == [
        "change question-added /data/y1",
        "change question-added /data/y2",
        "risk question-removed /data/x1",
        "risk question-removed /data/x2",
    ]


def test_parameters_filters_counts_and_defaults_are_compared() -> None:
    table = (FORMS / "household.md").read_text("utf-8")
    other = table.replace("${size} |", "${size} + 1 |").replace(
        "| region = ${region} |", "| region != ${region} |"
    )
    found = [f"{c.code} {c.path} {c.params['column']}" for c in compare(form(table), form(other))]
    assert found == [
        "logic /data/place/district choice_filter",
        "logic /data/house/member repeat_count",
    ]
    market = (FORMS / "market.md").read_text("utf-8")
    steps = market.replace("start=0 end=1 step=0.1", "start=0 end=1 step=0.2")
    (change,) = compare(form(market), form(steps))
    assert (change.code, change.before) == ("parameters", "start=0 end=1 step=0.1")


def test_severities_say_what_happens_to_answers() -> None:
    found = changes(
        ("| works |", "| employed |"), ("${works}", "${employed}"), ("| Âge |", "| Â |")
    )
    assert {change.severity for change in found} == {RISK, WORDS}
    assert CHANGE not in {change.severity for change in found}


def test_an_expression_is_written_with_names() -> None:
    writer = Writer(form())
    assert writer.expression(None, "/data/age") == ""
    assert writer.expression(["call", "true", []], "/data/age") == "yes"
    here = ["path", None, [["self", "node()", []]]]
    assert writer.expression([">", here, ["num", 1.0]], "/data/age") == ". > 1"
    sibling = ["path", None, [["parent", "node()", []], ["child", "works", []]]]
    assert writer.expression(sibling, "/data/age") == "${works}"
