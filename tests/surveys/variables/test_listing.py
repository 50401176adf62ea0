"""The variables of a form over its versions."""

from surveys.variables.listing import Several, names_of, variables_of
from surveys.variables.missing import Missing
from surveys.variables.variable import Kind, Variable
from surveys.xforms.definition import FormDef
from tests.factories import form_from

FORM = """
| survey |                       |       |                |                |             |
|        | type                  | name  | label::en (en) | label::zh (zh) | calculation |
|        | begin_group           | a     | A              | 甲             |             |
|        | integer               | age   | Age            | 年龄           |             |
|        | end_group             |       |                |                |             |
|        | begin_group           | b     | B              | 乙             |             |
|        | integer               | age   | Age            | 年龄           |             |
|        | end_group             |       |                |                |             |
|        | select_one yn         | works | Works?         | 工作？         |             |
|        | select_one edu        | edu   | Education      | 学历           |             |
|        | select_multiple tools | tools | Tools          | 工具           |             |
|        | geopoint              | home  | Home           | 住处           |             |
|        | calculate             | older |                |                | 1 + 1       |
| choices |          |       |               |            |
|         | list_name | name | label::en (en) | label::zh (zh) |
|         | yn        | yes  | Yes            | 是         |
|         | yn        | no   | No             | 否         |
|         | yn        | rf   | Refused        | 不愿回答   |
|         | edu       | 3    | Middle         | 初中       |
|         | edu       | 1    | None           | 无         |
|         | tools     | saw  | Saw            | 锯         |
|         | tools     | int  | Int            | 整         |
| settings |         |         |                  |
|          | form_id | version | default_language |
|          | f       | 1       | en (en)          |
"""
KEYS = ["a/age", "b/age", "works", "edu", "tools", "home", "older"]


def listed(
    *forms: FormDef, several: Several = Several.BOTH, keys: list[str] = KEYS
) -> dict[str, Variable]:
    found = variables_of(forms, keys, taken=("interview_id",), several=several)
    assert len({variable.name for variable in found}) == len(found)
    return {variable.name: variable for variable in found}


def codes(variable: Variable) -> dict[str, int]:
    return {value.name: value.code for value in variable.values}


def test_every_key_has_its_variables_in_order() -> None:
    assert list(listed(form_from(FORM))) == [
        "age",
        "b_age",
        "works",
        "edu",
        "tools",
        "tools_saw",
        "tools_int",
        "home_latitude",
        "home_longitude",
        "home_altitude",
        "home_accuracy",
        "older",
    ]


def test_labels_and_values_are_in_every_language() -> None:
    works = listed(form_from(FORM))["works"]
    assert works.labels == {"en": "Works?", "zh": "工作？"}
    assert [dict(value.labels) for value in works.values] == [
        {"en": "Yes", "zh": "是"},
        {"en": "No", "zh": "否"},
    ]
    assert works.unsaid == {Missing.REFUSED: {"en": "Refused", "zh": "不愿回答"}}
    assert listed(form_from(FORM))["tools_saw"].labels["zh"] == "工具 – 锯"


def test_whole_numbers_are_their_own_codes_and_others_are_counted() -> None:
    found = listed(form_from(FORM))
    assert codes(found["edu"]) == {"3": 3, "1": 1}
    assert codes(found["works"]) == {"yes": 1, "no": 2}
    for name in ("1.0", "03", "9999999999", "x"):  # no name of exactly one number
        odd = listed(form_from(FORM.replace("edu       | 3 ", f"edu       | {name} ")))
        assert codes(odd["edu"]) == {name: 1, "1": 2}


def test_a_later_version_renames_and_recodes_nothing() -> None:
    """It asks for an age before all others, and has a choice before all others."""
    old = form_from(FORM)
    new = form_from(
        FORM.replace(
            "|        | begin_group           | a ",
            "|        | begin_group | new | New | 新 | |\n|        | integer | age | Age | 年龄 | |\n"
            "|        | end_group | | | | |\n|        | begin_group           | a ",
        ).replace(
            "|         | yn        | yes ",
            "|         | yn        | some | Some | 有时 |\n|         | yn        | yes ",
        )
    )
    before, after = listed(old), listed(new, old, keys=["new/age", *KEYS])
    assert {name: after[name].key for name in before} == {n: v.key for n, v in before.items()}
    assert after["new_age"].key == "new/age"
    assert codes(after["works"]) == {"yes": 1, "no": 2, "some": 3}


def test_the_newest_wording_is_used() -> None:
    old, new = form_from(FORM), form_from(FORM.replace("| Yes ", "| Sure "))
    assert listed(new, old)["works"].values[0].labels["en"] == "Sure"


def test_what_versions_do_not_agree_on_is_text() -> None:
    old = form_from(FORM)
    for kind, common in (("decimal", Kind.DECIMAL), ("text   ", Kind.TEXT), ("date   ", Kind.TEXT)):
        new = form_from(
            FORM.replace(
                "| integer               | age   | Age            | 年龄",
                f"| {kind} | age | Age | 年龄",
            )
        )
        assert listed(new, old)["age"].kind is common


def test_names_do_not_depend_on_what_is_wanted() -> None:
    form = form_from(FORM)
    names = {several: set(listed(form, several=several)) for several in Several}
    assert names[Several.JOINED] | names[Several.SPLIT] == names[Several.BOTH]
    assert "tools" not in names[Several.SPLIT]


def test_all_names_are_known_also_those_that_are_not_wanted() -> None:
    forms = [form_from(FORM)]
    names = names_of(forms, KEYS, taken=("interview_id",))
    for several in Several:
        for name in listed(*forms, several=several):
            assert names.give(f"another {several} {name}", name, "other") not in (
                name,
                name.lower(),
            )
