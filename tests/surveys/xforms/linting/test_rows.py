"""Rows, names, types, groups, defaults, looks and rules of the sheet `survey`."""

import pytest

from tests.surveys.xforms.linting.forms import found, of_cell

ROWS = {  # rows under type, name, label -> findings
    "a type that is not known": ("txt | a | A", "error survey!A2 unknown-type: The type `txt` is not known. Did you mean `text`?"),
    "a type of another program": ("number | a | A", "Did you mean `integer`?"),
    "a type of another program, with its list": ("dropdown l | a | A", "Did you mean `select_one l`?"),
    "a type nobody can guess": ("xyzzy | a | A", "error survey!A2 unknown-type: The type `xyzzy` is not known."),
    "a type in capitals": ("Select_One l | a | A", "Did you mean `select_one l`?"),
    "a select without a list": ("select_one | a | A", "error survey!A2 no-list: Write the name of a list behind `select_one`"),
    "a list that is not there": ("select_one ll | a | A", "error survey!A2 no-list: The sheet `choices` has no list `ll`."),
    "a type that is refused": ("begin_kobomatrix | a | A", "error survey!A2 unsupported: begin_kobomatrix"),
    "no type": (" | a | A", "error survey!B2 no-type"),
    "a label without a type": (" |  | A", "error survey!C2 no-type"),
    "no name": ("text |  | A", "error survey!A2 no-name"),
    "a note without a name": ("note |  | A", ""),
    "no label": ("text | a | ", "error survey!B2 no-label"),
    "a name with a space": ("text | a b | A", "error survey!B2 bad-name: `a b` is no valid name. Names begin with a letter and hold letters, digits and underscores: `a_b`."),
    "a name that begins with a digit": ("text | 1a | A", "error survey!B2 bad-name"),
    "a name that is taken": ("text | meta | A", "error survey!B2 bad-name: The name `meta` is taken"),
    "an audit with a name": ("audit | log | ", "error survey!B2 bad-name: A question of type `audit`"),
    "a repeat called like the form": ("begin_repeat | data | A\n|  | text | a | A\n|  | end_repeat", "error survey!B2 bad-name: A repeat cannot have"),
    "a name for Stata too long": (f"text | {'a' * 33} | A", "warning survey!B2 long-name"),
    "a word of SPSS": ("text | with | A", "warning survey!B2 reserved-name"),
    "a name with a hyphen": ("text | a-b | A", "warning survey!B2 unusual-name"),
    "a name with an underscore first": ("text | _a | A", "warning survey!B2 unusual-name"),
    "a name twice": ("text | a | A\n|  | text | a | B", "error survey!B3 same-name: The name `a` is taken by row 2."),
    "a name twice but for capitals": ("text | a | A\n|  | text | A | B", "warning survey!B3 similar-name"),
    "a repeat name twice": (
        "begin_group | g | G\n|  | begin_repeat | r | R\n|  | text | a | A\n|  | end_repeat\n|  | end_group\n"
        "|  | begin_repeat | r | R\n|  | text | b | B\n|  | end_repeat",
        "error survey!B7 same-name: The repeat in row 3 has the name `r` too.",
    ),
    "an empty group": ("begin_group | g | G\n|  | end_group\n|  | text | a | A", "warning survey!B2 empty-group"),
    "a repeat without a label": ("begin_repeat | r | \n|  | text | a | A\n|  | end_repeat", "note survey!B2 no-label"),
    "an open group": ("begin_group | g | G\n|  | text | a | A", "error survey!A2 not-closed: This group is never closed."),
    "an end too many": ("text | a | A\n|  | end_repeat", "error survey!A3 not-opened: This row ends a repeat, but none is open"),
    "ends in the wrong order": (
        "begin_group | g | G\n|  | begin_repeat | r | R\n|  | text | a | A\n|  | end_group\n|  | end_repeat\n|  | end_group",
        "error survey!A5 not-opened: This row ends a group, but the last one opened is the repeat `r` in row 3.",
    ),
    "full-width characters": ("ｔｅｘｔ | ａ | A", "note survey!A2 rewritten"),
    "spaces that are none": ("text\u3000 | a\u200b | A", "note survey!B2 rewritten"),
    "a photo": ("image | a | A", "note survey!A2 large-photo"),
    "a disabled row of nonsense": ("text | a | A", ""),
    "a title among the questions": ("form_title | Old style | \n|  | text | a | A", ""),
    "a background-geopoint without a trigger": ("background-geopoint | a | A", "error survey!A2 no-trigger"),
    "a calculation without one": ("calculate | a | ", "error survey!B2 no-calculation"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_whole_and_well_named(name: str) -> None:
    rows, expected = ROWS[name]
    sentences = found(f"|  | type | name | label |\n|  | {rows}", "|  | l | x | X |")
    sentences = [s for s in sentences if "unused-list" not in s]
    if not expected:
        assert sentences == []
    else:
        assert any(s.startswith(expected) or expected in s for s in sentences), sentences


def test_a_row_of_remarks_is_ignored_loudly() -> None:
    sentences = found(
        "|  | type | name | label | hint |\n|  | text | a | A | |\n|  |  |  |  | look |"
    )
    assert sentences == [
        "warning survey!D3 ignored-row: This row has no type, name or label and is ignored."
    ]


def test_disabled_rows_are_not_looked_at() -> None:
    sentences = found(
        "|  | type | name | label | disabled |\n|  | text | a | A |  |\n|  | x | y | | yes |"
    )
    assert [s for s in sentences if "survey!A3" in s or "survey!B3" in s] == []


def test_groups_may_not_be_within_each_other_without_end() -> None:
    begins = "\n".join(f"|  | begin_group | g{number} | G |" for number in range(25))
    ends = "\n".join("|  | end_group |  |  |" for _ in range(25))
    sentences = found(f"|  | type | name | label |\n{begins}\n|  | text | a | A |\n{ends}")
    assert {s.split()[2] for s in sentences} == {"too-deep:"}


DEFAULTS = {  # type, default -> words, blank for none
    ("integer", "3"): "",
    ("integer", "three"): "cannot be an answer here. Write something like `12`",
    ("integer", "1.5"): "`12`",
    ("decimal", "1,5"): "`1.5`",
    ("date", "2026-01-31"): "",
    ("date", "2020-13-45"): "`2026-01-31`",
    ("date", "today"): "Write `today()`",
    ("date", "today()"): "",
    ("dateTime", "now"): "Write `now()`",
    ("time", "8 o'clock"): "",  # dynamic for the converter; the expression is broken, see below
    ("time", "25:00"): "`14:30:00`",
    ("geopoint", "somewhere"): "`31.2 121.5`",
    ("select_one yn", "yes"): "",
    ("select_one yn", "yess"): "no choice of the list `yn`. Did you mean `yes`?",
    ("select_one yn", "perhaps"): "no choice of the list `yn`.",
    ("select_multiple yn", "yes no"): "",
    ("select_multiple yn", "yes perhaps"): "`perhaps` is no choice",
    ("text", "anything"): "",
    ("text", "${age}"): "",
    ("range", "5"): "",
}


@pytest.mark.parametrize(("type_", "default"), DEFAULTS)
def test_a_default_could_be_answered(type_: str, default: str) -> None:
    sentences = [s for s in of_cell("default", default, type_) if "survey!D7" in s]
    expected = DEFAULTS[type_, default]
    if default == "8 o'clock":
        assert "error survey!D7" in sentences[0]
    elif not expected:
        assert sentences == []
    else:
        assert len(sentences) == 1
        assert sentences[0].startswith("error survey!D7 bad-default")
        assert expected in sentences[0]


PARAMETERS = {
    ("range", "start=1 end=5 step=1"): "",
    ("range", "start = 1, end = 5; step = 1"): "",
    ("range", "start=1 end=5 stp=1"): "error survey!D7 bad-parameters: The parameter `stp` is not known. Did you mean `step`?",
    ("range", "start=one"): "`start=one` is not right. Write something like `start=0`.",
    ("range", "start=1 end=5 step=0"): "The step 0 does not fit between 1 and 5.",
    ("range", "start=1 end=5 step=9"): "The step 9 does not fit",
    ("range", "end"): "`end` is not understood",
    ("image", "max-pixels=1024"): "",
    ("image", "max-pixels=large"): "`max-pixels=large` is not right",
    ("select_one yn", "randomize=yes"): "`randomize=true`",
    ("select_one yn", "seed=1"): "`seed` needs `randomize=true`",
    ("select_one yn", "randomize=true seed=${age}"): "",
    ("text", "rows=5"): "",
    ("text", "colour=red"): "not known here, only rows",
    ("integer", "rows=5"): "warning survey!D7 bad-parameters: Questions of this type take no parameters.",
}  # fmt: skip


@pytest.mark.parametrize(("type_", "text"), PARAMETERS)
def test_parameters_belong_to_their_type(type_: str, text: str) -> None:
    sentences = [s for s in of_cell("parameters", text, type_) if "survey!D7" in s]
    expected = PARAMETERS[type_, text]
    assert (sentences == []) if not expected else any(expected in s for s in sentences)


APPEARANCES = {
    ("text", "multiline"): "",
    ("text", "minimal"): "The appearance `minimal` is not one of this type and is ignored.",
    ("text", "multilin"): "Did you mean `multiline`?",
    ("text", "sparkling"): "The appearance `sparkling` is not known and is ignored.",
    ("select_one yn", "minimal autocomplete"): "",
    ("select_one yn", "columns-3"): "",
    ("text", "ex:org.example.app(x='1')"): "note survey!D7 partly: `ex`",
    ("select_one yn", "search('towns')"): "error survey!D7 unsupported: The appearance search()",
    ("text", "${age}"): "",
}


@pytest.mark.parametrize(("type_", "text"), APPEARANCES)
def test_appearances_belong_to_their_type(type_: str, text: str) -> None:
    sentences = [s for s in of_cell("appearance", text, type_) if "survey!D7" in s]
    expected = APPEARANCES[type_, text]
    assert (sentences == []) if not expected else any(expected in s for s in sentences)


RULES = {
    "a constraint without a message": (
        "type | name | label | constraint\n|  | integer | a | A | . > 1",
        "warning survey!D2 no-message",
    ),
    "a message without a constraint": (
        "type | name | label | constraint_message\n|  | integer | a | A | No",
        "warning survey!D2 no-constraint",
    ),
    "a required note": (
        "type | name | label | required\n|  | note | a | A | yes",
        "warning survey!D2 required-unasked",
    ),
    "a required group": (
        "type | name | label | required\n|  | begin_group | g | G | yes\n|  | text | a | A\n|  | end_group",
        "warning survey!D2 required-unasked",
    ),
    "a message for what is not required": (
        "type | name | label | required | required_message\n|  | text | a | A | no | Please",
        "warning survey!E2 not-required",
    ),
    "nothing to show read-only": (
        "type | name | label | read_only\n|  | text | a | A | yes",
        "warning survey!D2 no-value",
    ),
    "a filter of no choices": (
        "type | name | label | choice_filter\n|  | text | a | A | x = 1",
        "warning survey!D2 misplaced: Only questions with choices",
    ),
    "a count of no repeat": (
        "type | name | label | repeat_count\n|  | text | a | A | 3",
        "warning survey!D2 misplaced: Only repeats",
    ),
    "a trigger that is no reference": (
        "type | name | label | trigger | calculation\n|  | text | a | A |  |\n|  | text | b | B | a | 1",
        "error survey!D3 bad-trigger: Write the question",
    ),
    "a trigger that nobody sees": (
        "type | name | label | trigger | calculation\n|  | calculate | a |  |  | 1\n|  | text | b | B | ${a} | 2",
        "error survey!D3 bad-trigger: `${a}` is seen by nobody",
    ),
    "a big image alone": (
        "type | name | label | big-image\n|  | text | a | A | x.png",
        "error survey!D2 no-image",
    ),
    "reasons in an audit log": (
        "type | name | label | parameters\n"
        "|  | audit |  |  | track-changes=true track-changes-reasons=on-form-edit\n|  | text | a | A",
        "note survey!D2 ignored: `track-changes-reasons`",
    ),
    "a column without an effect": (
        "type | name | label | autoplay\n|  | text | a | A | audio",
        "warning survey!D1 ignored: `autoplay`",
    ),
    "a column of the XForm without an effect": (
        "type | name | label | body::foo\n|  | text | a | A | x",
        "warning survey!D1 ignored: `body::`",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_columns_of_a_row_go_together(name: str) -> None:
    table, expected = RULES[name]
    sentences = found(f"|  | {table}")
    assert any(s.startswith(expected) for s in sentences), sentences
