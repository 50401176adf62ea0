"""The body of a form: kinds of question, groups, repeats, and what selects offer."""

import json

import pytest

from surveys.formlogic.syntax import parse
from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.xform import UnsupportedForm, parse_xform
from tests.factories import form_from, rich_form, xform

CHOICES = """
| choices |
|  | list_name | name  | label | region |
|  | town      | ada   | Ada   | north  |
|  | town      | coro  | Coro  | south  |
|  | ticks     | 0     | Low   |        |
|  | ticks     | 10    | High  |        |
"""


def rows(*rows: str, choices: str = CHOICES) -> str:
    headings = "type | name | label | appearance | parameters | choice_filter | repeat_count"
    return f"| survey |\n|  | {headings} |\n" + "".join(f"|  | {r} |\n" for r in rows) + choices


def question(form: FormDef, name: str) -> Question:
    return next(q for q in form.questions if q.name == name)


def group(form: FormDef, path: str) -> Group:
    return next(
        g for top in form.children if isinstance(top, Group) for g in top.groups() if g.path == path
    )


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("text", "text"),
        ("integer", "integer"),
        ("decimal", "decimal"),
        ("range", "range"),
        ("barcode", "barcode"),
        ("date", "date"),
        ("time", "time"),
        ("dateTime", "datetime"),
        ("select_one town", "select_one"),
        ("select_multiple town", "select_multiple"),
        ("rank town", "rank"),
        ("acknowledge", "acknowledge"),
        ("trigger", "acknowledge"),
        ("note", "note"),
        ("image", "image"),
        ("audio", "audio"),
        ("video", "video"),
        ("file", "file"),
        ("geopoint", "geopoint"),
        ("geotrace", "geotrace"),
        ("geoshape", "geoshape"),
    ],
)
def test_every_type_has_its_kind(type_: str, kind: str) -> None:
    assert form_from(rows(f"{type_} | q | Q |")).questions[0].kind == kind


def test_what_only_shows_a_value_is_no_note() -> None:
    table = """
| survey |
|  | type    | name | label | read_only | calculation | default | trigger |
|  | text    | a    | A     | yes       | 1 + 1       |         |         |
|  | text    | b    | B     | yes       |             | fixed   |         |
|  | text    | c    | C     | yes       |             | today() |         |
|  | text    | d    | D     | yes       |             |         |         |
|  | note    | e    | E     |           |             |         |         |
|  | integer | f    | F     | yes       |             |         |         |
|  | note    | g    | G     |           | 1 + 1       |         |         |
"""
    kinds = {q.name: q.kind for q in form_from(table).questions}
    assert kinds == {
        **dict.fromkeys("abcg", "text"),
        **dict.fromkeys("de", "note"),
        "f": "integer",
    }


@pytest.mark.parametrize(
    ("row", "parameters"),
    [
        ("text | q | Q | multiline | rows=5", {"rows": "5"}),
        (
            "range | q | Q | | start=0.5 end=5 step=0.5",
            {"start": "0.5", "end": "5", "step": "0.5"},
        ),
        (
            "range | q | Q | | start=0 end=10 step=1 tick_interval=5 placeholder=5",
            {"start": "0", "end": "10", "step": "1", "tick-interval": "5", "placeholder": "5"},
        ),
        ("image | q | Q | | max-pixels=640", {"max-pixels": "640"}),
        ("audio | q | Q | | quality=low", {"quality": "low"}),
        (
            "geopoint | q | Q | | capture-accuracy=5 warning-accuracy=50 allow-mock-accuracy=true",
            {
                "accuracyThreshold": "5",
                "unacceptableAccuracyThreshold": "50",
                "allow-mock-accuracy": "true",
            },
        ),
        ("geotrace | q | Q | | incremental=true", {"incremental": "true"}),
    ],
)
def test_parameters_are_kept(row: str, parameters: dict[str, str]) -> None:
    assert form_from(rows(row)).questions[0].parameters == parameters


def test_a_range_may_have_words_at_its_ticks() -> None:
    row = "range | q | Q | | start=0 end=10 step=1 tick_labelset=ticks"
    found = form_from(rows(row)).questions[0]
    assert [choice.name for choice in found.choices] == ["0", "10"]


def test_a_whole_list_needs_no_itemset() -> None:
    found = form_from(rows("select_one town | q | Q |")).questions[0]
    assert [choice.name for choice in found.choices] == ["ada", "coro"]
    assert (found.list_name, found.itemset) == ("town", None)
    assert found.choices[0].columns == {"region": "north"}


@pytest.mark.parametrize(
    ("row", "nodes"),
    [
        (
            "select_one town | q | Q | | | region = ${a}",
            "instance('town')/root/item[region = /data/a]",
        ),
        (
            "select_one town | q | Q | | randomize=true |",
            "randomize(instance('town')/root/item)",
        ),
        (
            "select_one town | q | Q | | randomize=true seed=${a} | region = 'north'",
            "randomize(instance('town')/root/item[region = 'north'], /data/a)",
        ),
    ],
)
def test_filters_and_shuffles_are_itemsets_over_all_choices(row: str, nodes: str) -> None:
    found = question(form_from(rows("integer | a | A |", row)), "q")
    assert found.itemset is not None
    assert (found.itemset.nodes, found.itemset.value) == (parse(nodes), parse("name"))
    assert found.itemset.instance == found.list_name == "town"
    assert [choice.name for choice in found.choices] == ["ada", "coro"]


def test_choices_of_a_file_are_known_when_they_are_asked() -> None:
    row = "select_one_from_file shops.csv | q | Q | | value=code label=title | town = 'ada'"
    form = form_from(rows(row))
    itemset = form.questions[0].itemset
    assert itemset is not None
    assert itemset.nodes == parse("instance('shops')/root/item[town = 'ada']")
    assert (itemset.instance, itemset.columns) == ("shops", ("code", "title"))
    assert (form.questions[0].choices, form.questions[0].list_name) == ((), "")
    assert form.files == {"shops": "shops.csv"}
    assert form.questions[0].offers("anything")


def test_choices_of_a_repeat_are_its_instances() -> None:
    head = question(form_from(rich_form()), "head")
    assert head.itemset is not None
    assert head.itemset.instance == ""
    assert head.itemset.nodes == parse("/data/g_home/member[./m_age >= 18]")
    assert head.itemset.columns == ("m_name", "m_name")


def test_labels_in_languages_are_found_by_their_id() -> None:
    form = form_from(rich_form())
    town = question(form, "town")
    assert town.itemset is not None
    assert town.itemset.label == parse("jr:itext(itextId)")
    assert town.itemset.columns == ("name", "itextId")
    assert town.choices[0].text_id == "town-0"


def test_a_repeat_is_a_group_with_instances() -> None:
    form = form_from(rich_form())
    member, plot = group(form, "/data/g_home/member"), group(form, "/data/g_home/plot")
    assert member.labels["en"] == "Member of the household"
    assert [child.name for child in member.children] == ["m_name", "m_age", "m_works", "m_job"]
    assert (member.is_repeat, member.count) == (True, None)
    assert (plot.count, plot.appearance) == (parse("/data/g_home/plots"), "field-list")
    assert form.repeats == {
        "/data/g_home/member": None,
        "/data/g_home/member/m_job": None,
        "/data/g_home/plot": parse("/data/g_home/plots"),
    }


@pytest.mark.parametrize(
    ("column", "value", "count"),
    [
        ("repeat_count", "3", parse("/data/r_count")),
        ("repeat_count", "${a}", parse("/data/a")),
        ("body::jr:noAddRemove", "true()", parse("1")),
        ("appearance", "field-list", None),
    ],
)
def test_how_many_instances_there_are(column: str, value: str, count: object) -> None:
    table = f"""
| survey |
|  | type         | name | label | {column} |
|  | integer      | a    | A     |          |
|  | begin_repeat | r    | R     | {value}  |
|  | text         | t    | T     |          |
|  | end_repeat   |      |       |          |
"""
    assert form_from(table).repeats == {"/data/r": count}


def test_a_group_may_have_no_words_of_its_own() -> None:
    form = form_from(rows("begin_group | g | | field-list", "text | t | T |", "end_group | |"))
    (found,) = form.children
    assert isinstance(found, Group)
    assert (found.path, found.labels, found.appearance) == ("/data/g", {}, "field-list")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("osm | q | Q |", "geotrace"),
        ("select_one town | q | Q | search('towns.csv')", "select_one_from_file"),
        ("select_one town | q | Q | minimal search('towns.csv')", "select_one_from_file"),
        ("select_one town | q | Q | | | region > ", "choice_filter expression is wrong"),
        ("begin_repeat | q | Q | | | | foo(1)|\n|  | text | t | T |\n|  | end_repeat | |", "foo"),
    ],
)
def test_what_we_would_not_run_is_refused_with_advice(row: str, words: str) -> None:
    with pytest.raises(UnsupportedForm, match=words):
        parse_xform(xform(rows(row)))


def test_the_words_search_in_an_appearance_is_no_function() -> None:
    assert form_from(rows("select_one town | q | Q | search")).questions[0].appearance == "search"


def test_the_rich_form_survives_the_database() -> None:
    form = form_from(rich_form())
    assert FormDef.from_json(json.loads(json.dumps(form.to_json()))) == form
