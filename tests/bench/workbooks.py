"""The forms whose pages are measured: a rich one, one of 475 rules, one with a long list."""

from collections.abc import Iterator
from typing import Any

from pyxform.xls2xform import convert

from surveys.webform.definition import page_definition
from surveys.xforms.xform import parse_xform

Row = dict[str, str]
MEMBERS = 20
TOWNS = 50_000
SYLLABLES = ("bei", "gui", "lan", "hai", "jin", "lu", "ming", "nan", "ping", "qing", "shan", "tai")


def documents() -> Iterator[dict[str, Any]]:
    """Each form as a page has it, with what is to be measured of it."""
    yield {
        "name": "rich",
        "adds": 3,
        "set": RICH_SETS,
        **_document(_rich_survey(), _rich_choices()),
    }
    yield {
        "name": "large",
        "adds": MEMBERS - 1,
        "set": LARGE_SETS,
        **_document(_large_survey(), []),
    }
    town = {**_document(_town_survey(), []), "files": {"towns": _towns()}}
    yield {"name": "towns", "adds": 0, "set": TOWN_SETS, "search": SEARCHES, **town}


def sheets(name: str) -> tuple[list[Row], list[Row]]:
    """The sheets `survey` and `choices` of a form."""
    return {
        "rich": (_rich_survey(), _rich_choices()),
        "large": (_large_survey(), []),
        "towns": (_town_survey(), []),
    }[name]


RICH_SETS = [["/data/head/head_age", "41"], ["/data/land/area", "12"], ["/data/member[1]/age", "7"]]
LARGE_SETS = [["/data/p3/a3_5", "7"], ["/data/p0/a0_0", "3"], ["/data/member[3]/age", "33"]]
TOWN_SETS = [["/data/province", "p7"], ["/data/town", "t42"]]
SEARCHES = ["s", "sh", "sha", "shan", "shan t", "qing lu", "T499", "nowhere"]


def _document(survey: list[Row], choices: list[Row]) -> dict[str, Any]:
    sheets = {"survey": survey, "choices": choices, "settings": [{"form_id": "f", "name": "data"}]}
    form = parse_xform(convert(sheets, validate=False).xform.encode())
    definition = page_definition(form, form.default_language, {})
    return {"definition": definition}


def _row(type_: str, name: str, **cells: str) -> Row:
    return {"type": type_, "name": name, "label": name.capitalize(), **cells}


def _rich_survey() -> list[Row]:
    """58 questions with a cascade, a repeat, words that repeat answers, and 30 rules."""
    texts = [_row("text", f"note_{at}") for at in range(12)]
    numbers = [
        _row("integer", f"count_{at}", constraint=". >= 0 and . <= 99", required="yes")
        for at in range(12)
    ]
    return [
        _row("begin_group", "place"),
        *(_row("select_one region", name, required="yes") for name in ("region",)),
        _row("select_one district", "district", choice_filter="region = ${region}"),
        _row("select_one village", "village", choice_filter="district = ${district}"),
        _row("end_group", ""),
        _row("begin_group", "head"),
        _row("text", "name", required="yes"),
        _row("date", "born", constraint=". <= today()"),
        _row("integer", "head_age", constraint=". > 10 and . < 120"),
        _row("calculate", "is_old", calculation="if(${head_age} > 60, 1, 0)"),
        _row("select_multiple crop", "crops"),
        _row("text", "crops_other", relevant="selected(${crops}, 'other')"),
        _row("note", "greeting", label="Good day ${name}, of ${village}, ${head_age} years"),
        _row("end_group", ""),
        _row("begin_repeat", "member"),
        _row("text", "first", required="yes"),
        _row("integer", "age", constraint=". >= 0", label="How old is ${first}?"),
        _row("select_one yesno", "school", relevant="${age} >= 6 and ${age} <= 18"),
        _row("text", "why_not", relevant="${school} = 'no'"),
        _row("calculate", "number", calculation="position(..)"),
        _row("end_repeat", ""),
        _row("begin_group", "land", relevant="${crops} != ''"),
        _row("decimal", "area", constraint=". > 0"),
        _row("decimal", "rented", constraint=". <= ${area}"),
        _row("calculate", "own", calculation="${area} - coalesce(${rented}, 0)"),
        _row("calculate", "per_head", calculation="${own} div (count(${member}) + 1)"),
        _row("calculate", "young", calculation="count(${member}[age < 15])"),
        _row("calculate", "mean_age", calculation="sum(${member}/age) div count(${member})"),
        _row("end_group", ""),
        *texts,
        *numbers,
        _row("calculate", "total", calculation=" + ".join(f"${{count_{at}}}" for at in range(12))),
        _row("calculate", "title", calculation="concat(${name}, ' ', ${village})"),
    ]  # fmt: skip


def _rich_choices() -> list[Row]:
    regions = [f"r{at}" for at in range(4)]
    districts = [(f"{region}d{at}", region) for region in regions for at in range(4)]
    villages = [(f"{district}v{at}", district) for district, _ in districts for at in range(4)]
    return [
        *(_choice("region", name) for name in regions),
        *(_choice("district", name, region=region) for name, region in districts),
        *(_choice("village", name, district=district) for name, district in villages),
        *(_choice("crop", name) for name in ("rice", "wheat", "maize", "other")),
        *(_choice("yesno", name) for name in ("yes", "no")),
    ]


def _choice(list_name: str, name: str, **cells: str) -> Row:
    return {"list_name": list_name, "name": name, "label": name.upper(), **cells}


def _large_survey() -> list[Row]:
    """475 rules; those of the repeat are asked of 20 members."""
    rows: list[Row] = []
    for part in range(11):
        rows.append(_row("begin_group", f"p{part}"))
        rows += (_large_question(part, at) for at in range(20))
        rows.append(_row("calculate", f"sum{part}", calculation=_sum_of(part)))
        rows.append(_row("end_group", ""))
    rows += [
        _row("begin_repeat", "member"),
        _row("integer", "age", constraint=". >= 0", required="yes", label="Age of ${nick}"),
        _row("text", "nick", constraint="string-length(.) < 30"),
        _row("calculate", "number", calculation="position(..)"),
        _row("calculate", "grade", calculation="if(${age} > 17, 0, ${age} - 5)"),
        _row("text", "job", relevant="${age} > 15", required="${age} > 20"),
        _row("integer", "hours", relevant="${job} != ''", constraint=". <= 80 + ${age}"),
        _row("end_repeat", ""),
        _row("calculate", "members", calculation="count(${member})"),
        _row("calculate", "ages", calculation="sum(${member}/age)"),
        _row("calculate", "oldest", calculation="max(${member}/age)"),
    ]  # fmt: skip
    return rows


def _large_question(part: int, at: int) -> Row:
    cells = {"constraint": f". < 1000 + {at}"}
    if at % 2:
        cells["relevant"] = f"${{a{part}_{at - 1}}} != '' and ${{a{part}_{at - 1}}} > {at}"
    if at % 3 == 0:
        cells["required"] = f"string-length(${{a{part}_{(at + 7) % 20}}}) > 1"
    return _row("integer", f"a{part}_{at}", **cells)


def _sum_of(part: int) -> str:
    return " + ".join(f"coalesce(${{a{part}_{at}}}, 0)" for at in range(20))


def _town_survey() -> list[Row]:
    return [
        _row("select_one_from_file towns.csv", "any"),
        _row("text", "province"),
        _row("select_one_from_file towns.csv", "town", choice_filter="province = ${province}"),
        _row(
            "calculate",
            "people",
            calculation="instance('towns')/root/item[name = ${town}]/people",
        ),
    ]


def _towns() -> dict[str, Any]:
    rows = [[f"t{at}", _town_name(at), f"p{at % 34}", str(at * 37 % 9000)] for at in range(TOWNS)]
    return {"columns": ["name", "label", "province", "people"], "rows": rows}


def _town_name(number: int) -> str:
    parts = []
    for _ in range(4):
        parts.append(SYLLABLES[number % len(SYLLABLES)])
        number //= len(SYLLABLES)
    return f"{parts[0]}{parts[1]} {parts[2]}{parts[3]}".title()
