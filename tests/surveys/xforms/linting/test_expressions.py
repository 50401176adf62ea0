"""Expressions: broken ones with their place in the cell, and those that mean something else."""

import pytest

from surveys.xforms.linting.linter import lint
from tests.surveys.xforms.linting.forms import found, of, of_cell, question

BROKEN = {  # expression -> code, character of the fault from 0, words
    "${age} > and 3": ("expression", 13, "“3” at character 14"),
    "${age} >= 5 and (${works}": ("expression", 25, "ends too early"),
    "${works} = 'yes": ("expression", 11, "no closing quote"),
    "foo(${age}) = 1": ("unknown-function", 0, "foo()"),
    "${age} > 1 and slected(${works}, 'yes')": ("unknown-function", 15, "mean selected()?"),
    "Selected(${works}, 'yes')": ("unknown-function", 0, "mean selected()?"),
    "selected(${works})": ("wrong-count", 0, "takes 2 values; here are 1"),
    "if(${age} > 1, 2)": ("wrong-count", 0, "takes 3 values"),
    "round() = 1": ("wrong-count", 0, "1 to 2 values"),
    "concat-all() = 1": ("unknown-function", 0, "concat-all()"),
    "coalesce() = 1": ("wrong-count", 0, "values or more"),
    "${age} == 5": ("operator", 7, "write “=” instead"),
    "${age} <> 5": ("operator", 7, "write “!=” instead"),
    "${age} => 5": ("operator", 7, "write “>=” instead"),
    "${age} > 5 && ${works} = 'yes'": ("operator", 11, "write “and” instead"),
    "if(${age}; 1; 2)": ("operator", 9, "write “,” instead"),
    "!(${age})": ("operator", 0, "not(…)"),
    "${age} / 2 = 3": ("operator", 9, "`div`"),
    "${age}/${works}": ("operator", 7, "`div`"),
    "${age} > 5 AND ${works} = 'yes'": ("operator", 11, "“and” in small letters"),
    "${age} ＞ 5": ("full-width", 7, "type “>”"),
    "if(${age} > 5， 1, 2)": ("full-width", 13, "type “,”"),
    "$age > 5": ("expression", 0, "${name}"),
    "${age}${works}": ("missing-operator", 6, "character 7"),
    "not ${age} = 3": ("missing-operator", 4, "character 5"),
    "age::x > 5": ("expression", 0, "axis"),
    "lang('en')": ("unsupported", 0, "not supported"),
    "x" * 6000: ("long-expression", None, "too long"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_expression_is_named_with_its_place(text: str) -> None:
    code, position, words = BROKEN[text]
    (finding,) = [
        finding
        for finding in lint(of(question("relevant", text), "|  | yn | yes | Yes |"))
        if finding.place == "survey!D7"
    ]
    assert (finding.severity, finding.code, finding.position) == ("error", code, position)
    assert words in str(finding)


REFERENCES = {
    "${agee} > 3": ("unknown-reference", 0, "Did you mean `${age}`?"),
    "1 + ${zzzzz} > 3": ("unknown-reference", 4, "no question `zzzzz`"),
    "${ age } > 3": ("bad-reference", 0, "without spaces"),
    "${age > 3": ("bad-reference", 0, "no closing"),
    "${a b} > 3": ("bad-reference", 0, "no name"),
    "${last-saved#age} > 3": ("unsupported", None, "last-saved"),
}


@pytest.mark.parametrize("text", REFERENCES)
def test_a_reference_must_be_to_a_question(text: str) -> None:
    code, position, words = REFERENCES[text]
    findings = lint(of(question("relevant", text), "|  | yn | yes | Yes |"))
    assert [(f.code, f.position) for f in findings if f.severity == "error"] == [(code, position)]
    assert words in str(next(f for f in findings if f.severity == "error"))


def test_references_are_checked_in_every_cell() -> None:
    sentences = found(
        """
|  | type | name | label | hint | constraint | constraint_message | remarks |
|  | text | a | ${x1} | ${x2} | . != '' | ${x3} | ${x4} |
|  | select_one l | b | B |  |  |  |  |
""",
        "|  | l | 1 | ${x5} | ${ignored} |",
        "| settings |\n|  | form_title | form_id | version | instance_name |\n"
        "|  | F | f | 1 | ${x6} |",
    )
    assert [s.split()[1] for s in sentences if "unknown-reference" in s] == [
        *("survey!C2", "survey!D2", "survey!F2", "survey!G2", "choices!C2", "settings!D2"),
    ]


def test_an_address_cannot_hold_answers() -> None:
    sentences = found(
        """
|  | type | name | label |
|  | text | a | A |
|  | note | b | ${a}: [map](https://m.example/?q=${a}), [home](https://m.example/) |
"""
    )
    assert sentences == [
        "warning survey!C3 answer-in-link: `[map](https://m.example/?q=${a})` stays text on the web "
        "page: the address of a link cannot hold answers."
    ]


def test_a_name_that_several_rows_have_cannot_be_meant() -> None:
    sentences = found(
        """
|  | type | name | label | relevant |
|  | begin_group | g | G |  |
|  | text | a | A |  |
|  | end_group |  |  |  |
|  | text | a | A |  |
|  | text | b | B | ${a} = '' |
"""
    )
    assert sentences == [
        "error survey!D6 ambiguous-reference: `${a}` may be any of 2 rows with that name. Rename some."
    ]


MEANING = {  # column, text -> finding, blank for none
    ("relevant", "age > 5"): "error bare-name: To mean the answer of a question, write `${age}`.",
    ("relevant", "${works} = yes"): "error bare-name: `yes` means nothing here",
    ("relevant", "../age > 5"): "",
    ("relevant", "/data/age > 5"): "",
    ("relevant", "/data/agee > 5"): "error unknown-path: There is nothing at /data/agee",
    ("required", "maybe"): "error yes-or-no: `maybe` is neither `yes` nor `no`",
    ("required", "yes"): "",
    ("required", "${age} > 5"): "",
    ("read_only", "perhaps"): "error yes-or-no: `perhaps` is neither",
    ("relevant", "${works} = 'yess'"): "error no-choice: `yess` is no choice of `works` (list yn). "
    "Did you mean `yes`?",
    ("relevant", "'maybe' != ${works}"): "error no-choice: `maybe` is no choice",
    ("relevant", "selected(${works}, 'perhaps')"): "error no-choice: `perhaps` is no choice",
    ("relevant", "${works} = 1"): "error no-choice: `1` is no choice",
    ("relevant", "${works} = ''"): "",
    ("relevant", "${works} = ${age}"): "",
    ("relevant", "${works} = ‘yes’"): "warning curly-quotes: The quotes at character 12",
    ("relevant", "${age} > '2020-01-01'"): "warning date-as-text: Write `date('2020-01-01')`",
    ("relevant", "${age} > date('2020-13-01')"): "error no-date: There is no day `2020-13-01`.",
    ("relevant", "${age} > date('2020-1-1')"): "",
    ("relevant", "regex(${age}, '(a')"): "error bad-pattern: The pattern `(a` is broken",
    ("relevant", "regex(${age}, '^a+$')"): "",
    ("calculation", "format-date(today(), '%b %Y')"): "note named-month: ODK Collect writes",
    ("calculation", "format-date(today(), '%Y')"): "",
    ("calculation", "random()"): "warning unsteady: random() comes out anew",
    ("calculation", "once(random())"): "",
    ("relevant", "${years} > 5"): "warning outside-repeat: `years` is asked once in every `member`",
    ("relevant", "sum(${years}) > 5"): "",
    ("relevant", "count(${member}) > 5"): "",
    ("relevant", "1 = 2"): "warning never-true: This condition can never hold",
    ("relevant", "true()"): "warning always-true: This condition always holds",
    ("relevant", "not(false()) and 1 < 2"): "warning always-true",
    ("relevant", "${works} = 'yes' and ${works} = 'no'"): "warning never-true",
    ("relevant", "${works} = 'yes' or ${works} = 'no'"): "",
    ("relevant", "${age} > 18 and ${age} < 5"): "warning never-true",
    ("relevant", "5 > ${age} and ${age} >= 5"): "warning never-true",
    ("relevant", "${age} >= 5 and ${age} <= 5"): "",
    ("relevant", "${age} > -1 and ${age} < 0.5"): "",
    ("relevant", "${age} > 'x' and ${age} < 3"): "",
    ("constraint", ". > 10 and . < 5"): "warning never-true: No answer can meet this constraint.",
    ("constraint", ". > 5 and . < 10"): "",
}


@pytest.mark.parametrize(("column", "text"), MEANING)
def test_what_an_expression_means_is_looked_at(column: str, text: str) -> None:
    sentences = [s for s in of_cell(column, text) if "no-message" not in s]
    expected = MEANING[column, text]
    if not expected:
        assert sentences == []
        return
    severity, _, rest = expected.partition(" ")
    assert len(sentences) == 1
    assert sentences[0].startswith(f"{severity} survey!D7 {rest}")


def test_several_choices_are_not_compared_as_one() -> None:
    sentences = found(
        """
|  | type | name | label | relevant |
|  | select_multiple l | m | M |  |
|  | text | a | A | ${m} = 'x' |
""",
        "|  | l | x | X |",
    )
    assert sentences == [
        "warning survey!D3 several-choices: `m` may have several choices: write "
        "`selected(${m}, 'x')`."
    ]


def test_conditions_on_several_choices_or_many_answers_may_all_hold() -> None:
    sentences = found(
        """
|  | type | name | label | relevant |
|  | select_multiple l | m | M |  |
|  | text | a | A | selected(${m}, 'x') and selected(${m}, 'y') |
""",
        "|  | l | x | X |\n|  | l | y | Y |",
    )
    assert sentences == []


def test_numbers_are_compared_as_numbers() -> None:
    table = """
|  | type | name | label | relevant |
|  | select_one l | m | M |  |
|  | text | a | A | ${m} = 1 or ${m} = 2.5 |
|  | text | b | B | ${m} = 3 |
"""
    sentences = found(table, "|  | l | 01 | X |\n|  | l | 2.50 | Y |")
    assert [s.split()[1] for s in sentences] == ["survey!D4"]


def test_answers_that_are_computed_may_be_anything() -> None:
    sentences = found(
        """
|  | type | name | label | relevant | calculation |
|  | select_one l | m | M |  | 'z' |
|  | text | a | A | ${m} = 'z' |  |
""",
        "|  | l | x | X |",
    )
    assert sentences == []


def test_a_list_that_an_expression_names_is_used() -> None:
    sentences = found(
        """
|  | type | name | label | calculation |
|  | text | a | A |  |
|  | calculate | b |  | instance('l')/root/item[name = ${a}]/label |
""",
        "|  | l | x | X |",
    )
    assert sentences == []


def test_the_choice_that_or_other_adds_is_on_the_list() -> None:
    sentences = found(
        """
|  | type | name | label | relevant |
|  | select_one l or_other | m | M |  |
|  | text | a | A | ${m} = 'other' |
""",
        "|  | l | x | X |",
    )
    assert sentences == []


CIRCLES = {
    "a reads b reads a": (
        """
|  | type | name | label | relevant |
|  | text | a | A | ${c} = '1' |
|  | text | b | B | ${a} = '1' |
|  | text | c | C | ${b} = '1' |
|  | text | d | D | ${a} = '1' |
""",
        ["error survey!D2 circle: These questions depend on each other in a circle: a → c → b → a"],
    ),
    "two circles": (
        """
|  | type | name | calculation |
|  | calculate | a | ${b} |
|  | calculate | b | ${a} |
|  | calculate | c | ${d} |
|  | calculate | d | ${c} |
""",
        [
            "error survey!C2 circle: These questions depend on each other in a circle: a → b → a",
            "error survey!C4 circle: These questions depend on each other in a circle: c → d → c",
        ],
    ),
    "itself": (
        "|  | type | name | label | relevant |\n|  | text | a | A | ${a} = '' |",
        ["error survey!D2 circle: `a` depends on itself. Leave it out of its own condition."],
    ),
    "its own value, once": (
        "|  | type | name | calculation |\n|  | calculate | a | once(random()) |",
        [],
    ),
    "a group that asks for what is in it": (
        """
|  | type | name | label | relevant |
|  | begin_group | g | G | ${a} = '1' |
|  | text | a | A |  |
|  | end_group |  |  |  |
""",
        ["error survey!D2 circle: These questions depend on each other in a circle: g → a → g"],
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_circles_are_told_in_full(name: str) -> None:
    table, expected = CIRCLES[name]
    assert [s for s in found(table) if s.startswith("error")] == expected


def test_a_condition_on_a_later_question_is_worth_a_note() -> None:
    sentences = found(
        """
|  | type | name | label | relevant |
|  | text | a | A | ${b} = '1' |
|  | text | b | B |  |
"""
    )
    assert sentences == ["note survey!D2 asked-later: `b` is asked later, in row 3."]


def test_too_much_logic_is_refused_before_it_takes_minutes() -> None:
    condition = " or ".join(f"${{a}} = '{number}'" for number in range(150))
    rows = "\n".join(f"|  | text | b{number} | B | {condition} |" for number in range(100))
    sentences = found(f"|  | type | name | label | relevant |\n|  | text | a | A |  |\n{rows}")
    assert {s.split()[2] for s in sentences} == {"long-expression:"}
