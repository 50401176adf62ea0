"""What questions offer and accept, where it takes more than a list to say."""

from datetime import datetime

import pytest

from surveys.formlogic.tree import Element
from surveys.xforms import filling
from surveys.xforms.environments import environment_for
from surveys.xforms.evaluation import check, evaluate
from surveys.xforms.instance import find
from tests.formcases import NOW, form_of

TOWNS = form_of("""
| survey |
| | type | name | label | choice_filter | calculation | parameters |
| | text | region | Region | | | |
| | select_one_from_file towns.csv | town | Town | region = ${region} | | value=code label=title |
| | select_multiple_from_file towns.csv | visited | Visited | | | value=code label=title |
| | calculate | shown | | | jr:choice-name(${town}, '${town}') | |
| | calculate | people | | | pulldata('towns', 'people', 'code', ${town}) | |
| settings |
| | form_id | version |
| | towns | 1 |
""")
NOW_THERE = datetime.fromisoformat(NOW)


def towns() -> Element:
    root = Element("root")
    for code, title, region, people in (
        ("a", "Alder", "n", "10"),
        ("b", "Birch", "n", "20"),
        ("c", "Cedar", "s", "30"),
        ("", "nameless", "s", "0"),
    ):
        item = root.append(Element("item"))
        cells = {"code": code, "title": title, "region": region, "people": people}
        for name, text in cells.items():
            item.append(Element(name, text))
    return root


ENVIRONMENT = environment_for(TOWNS, NOW_THERE, files={"towns": towns()})


def filled(**answers: str) -> Element:
    root = filling.begin(TOWNS, ENVIRONMENT)
    filling.change(TOWNS, root, {f"/data/{k}": v for k, v in answers.items()}, ENVIRONMENT)
    return root


def text(root: Element, place: str) -> str:
    element = find(root, place)
    assert element is not None
    return element.text


def test_choices_come_from_a_file() -> None:
    root = filled(region="s")
    town = find(root, "/data/town")
    assert town is not None
    offered = filling.offered(TOWNS, TOWNS.by_path["/data/town"], town, ENVIRONMENT)
    assert [(choice.name, TOWNS.text(choice.labels, "")) for choice in offered] == [("c", "Cedar")]


def test_a_file_says_labels_and_numbers() -> None:
    root = filled(region="n", town="b")
    assert (text(root, "/data/shown"), text(root, "/data/people")) == ("Birch", "20")


def test_what_a_file_no_longer_offers_is_blanked() -> None:
    root = filled(region="n", town="b", visited="a c")
    filling.change(TOWNS, root, {"/data/region": "s"}, ENVIRONMENT)
    assert (text(root, "/data/town"), text(root, "/data/visited")) == ("", "a c")


def test_names_are_apart_where_xpath_has_a_space() -> None:
    assert text(filled(visited="a \tb"), "/data/visited") == "a \tb"
    assert text(filled(visited="a\u3000b c"), "/data/visited") == "c"


def test_what_a_device_sent_must_be_in_the_file() -> None:
    root = filled(region="n", visited="a c")
    for place, answer in {"/data/town": "c", "/data/visited": "a z"}.items():
        element = find(root, place)
        assert element is not None
        element.text = answer
    problems = evaluate(TOWNS, root, ENVIRONMENT).problems
    assert {(one.path, one.kind) for one in problems} == {
        ("/data/town", "choice"),
        ("/data/visited", "choice"),
    }


def test_a_file_that_is_not_there_offers_anything() -> None:
    without = environment_for(TOWNS, NOW_THERE)
    root = filling.begin(TOWNS, without)
    filling.change(TOWNS, root, {"/data/town": "z", "/data/visited": "z y"}, without)
    assert text(root, "/data/town") == "z"
    assert check(TOWNS, root, without).problems == ()


def test_a_file_is_laid_out_once() -> None:
    files = {"towns": towns()}
    first, second = (environment_for(TOWNS, NOW_THERE, files=files) for _ in range(2))
    assert first.instances["towns"] is second.instances["towns"]
    assert (
        environment_for(TOWNS, NOW_THERE, files={"towns": towns()}).instances is not first.instances
    )


RANGES = form_of("""
| survey |
| | type | name | label | parameters | constraint |
| | range | a | A | start=1 end=10 step=3 | |
| | range | b | B | start=-1 end=1 step=0.25 | . != 0 |
| settings |
| | form_id | version |
| | ranges | 1 |
""")


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("1", "-1", {}),
        ("10", "1.0", {}),
        ("4", "0.75", {}),
        ("3", "0.3", {"a": "constraint", "b": "constraint"}),
        ("13", "0", {"a": "constraint", "b": "constraint"}),
        ("x", "1E400", {"a": "type", "b": "constraint"}),
        ("", "2.5e-1", {}),
    ],
)
def test_a_range_takes_whole_steps_between_its_ends(a: str, b: str, kinds: dict[str, str]) -> None:
    environment = environment_for(RANGES, NOW_THERE)
    root = filling.begin(RANGES, environment)
    filling.change(RANGES, root, {"/data/a": a, "/data/b": b}, environment)
    problems = check(RANGES, root, environment).problems
    assert {one.path.removeprefix("/data/"): one.kind for one in problems} == kinds


def test_labels_are_in_the_language_of_the_interview() -> None:
    form = form_of("""
| survey |
| | type | name | label::English (en) | label::中文 (zh) | calculation |
| | select_one c | colour | Colour | 颜色 | |
| | calculate | shown | | | jr:choice-name(${colour}, '${colour}') |
| | calculate | same | | | jr:itext(instance('c')/root/item[name = ${colour}]/itextId) |
| choices |
| | list_name | name | label::English (en) | label::中文 (zh) |
| | c | r | Red | 红 |
| | c | g | Green | 绿 |
| settings |
| | form_id | version |
| | colours | 1 |
""")
    for language, label in (("en", "Green"), ("zh", "绿"), ("", "Green")):
        environment = environment_for(form, NOW_THERE, language)
        root = filling.begin(form, environment)
        filling.change(form, root, {"/data/colour": "g"}, environment)
        assert (text(root, "/data/shown"), text(root, "/data/same")) == (label, label)


SCALE = form_of("""
| survey |
| | type | name | label | parameters |
| | range | mood | Mood | start=0 end=10 step=1 |
| settings |
| | form_id | version |
| | scale | 1 |
""")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-inf", "x", "11", "0.5"])
def test_what_is_no_number_of_the_scale_is_a_problem(text: str) -> None:
    root = filling.begin(SCALE, ENVIRONMENT)
    filling.change(SCALE, root, {"/data/mood": text}, ENVIRONMENT)
    assert len(evaluate(SCALE, root, ENVIRONMENT).problems) == 1
