"""A scheme is read from a workbook, and all that is wrong with it is found with its place."""

import pytest

from scoring.maths.scheme import parse_scheme
from scoring.workbooks.reading import read_judgement
from surveys.xforms.linting.linter import review
from surveys.xforms.xlsform import convert_workbook
from tests.scoring.workbooks.books import book, example, judged, lines
from tests.surveys.xforms.books import from_rows

Sheets = dict[str, list[list[object]] | None]


def test_the_example_of_the_documentation_has_no_faults() -> None:
    found = judged()
    assert lines(found) == []
    assert [item.name for item in parse_scheme(found.document).items] == [
        *("contract", "hours", "home", "space", "facilities", "moves"),
    ]
    assert review(book(), found.findings).findings == ()


def test_every_way_of_scoring_is_read() -> None:
    items = {item["name"]: item for item in judged().document["items"]}
    assert items["contract"]["scores"] == {"open": 12, "fixed": 6, "none": 0, "self": 254}
    assert items["hours"]["bands"] == [[45, 12], [55, 6], [None, 0]]
    assert items["space"]["per_person_bands"] == [[5, 0], [8, 3], [13, 6], [None, 12]]
    assert items["space"]["area"] == "area"
    assert items["facilities"]["by_count"] == [0, 4, 8, 12]
    assert items["facilities"]["options"] == ["water", "toilet", "kitchen"]
    assert items["moves"]["expression"] == "if(. = '', '', 12 - 3 * min(., 4))"
    assert items["moves"]["applies"] == "${home} != 'site'"


def test_a_scheme_needs_no_more_than_three_sheets() -> None:
    document = judged(disaggregation=None).document
    assert document["disaggregations"][0]["design"] == "stratum"
    assert [core["name"] for core in document["core_contents"]] == ["work", "housing"]
    assert document["validity"]["min_standards"] == 1
    assert document["title_en"] == "Work and housing"


def test_settings_say_otherwise() -> None:
    rows: list[list[object]] = [
        ["name", "value"],
        ["name", "work/2"],
        ["title::English (en)", "Work"],
        ["title::中文 (zh)", "工作，与住房"],
        ["note", "A pilot."],
        ["default_weights", "work-first-v1"],
        ["met", "75 %"],
        ["k", "1/4, 0.5"],
        ["headline_k", "1/2"],
        ["missing_codes", "rf"],
    ]
    found = judged(scheme=rows)
    assert lines(found) == []
    assert list(found.weightings) == ["work-first-v1", "equal-v1"]
    said = {
        key: found.document[key] for key in ("name", "title_en", "title_zh", "note_zh", "met", "k")
    }
    assert said == {
        "name": "work/2",
        "title_en": "Work",
        "title_zh": "工作，与住房",
        "note_zh": "A pilot.",
        "met": "3/4",
        "k": ["1/4", "1/2"],
    }


@pytest.mark.parametrize(
    "weights",
    [
        [["work", 6667], ["housing", 3333]],
        [["work", 0.6667], ["housing", 0.3333]],
        [["work", "66.67 %"], ["housing", "33.33%"]],
    ],
)
def test_weights_are_percent_basis_points_or_shares(weights: list[list[object]]) -> None:
    found = judged(weights=[["standard", "w"], *weights])
    assert found.document["weights"] == {"w": {"work": 6667, "housing": 3333}}


def test_full_width_signs_are_read_as_they_are_meant() -> None:
    changes = {
        "indicators!E3": "＜45：12；＜55：6；else：0",
        "indicators!E2": "open＝12，fixed＝6 none=0 self=不适用",
    }
    items = judged(changes).document["items"]
    assert items[1]["bands"] == [[45, 12], [55, 6], [None, 0]]
    assert items[0]["scores"] == {"open": 12, "fixed": 6, "none": 0, "self": 254}


def test_a_workbook_without_indicators_says_nothing_of_judging() -> None:
    assert read_judgement(book(indicators=None)).findings == ()
    assert read_judgement(b"no workbook").findings == ()


FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "weights that are not all": ({"weights!B2": "40"}, "error weights!B1 weights-total: The weights of `equal-v1` add up to 90."),
    "weights too fine": ({"weights!B2": "50.005", "weights!B3": "49.995"}, "error weights!B1 weight: The weight of `work` has more than two"),
    "a weight that is none": ({"weights!B2": "half"}, "error weights!B2 notation: “half” is no number."),
    "a negative weight": ({"weights!B2": "-20", "weights!B3": "120"}, "error weights!B2 notation: Give no weight below zero."),
    "a weighting without a name for links": ({"weights!B1": "same weights"}, "error weights!B1 bad-name: Use 1 to 50 letters"),
    "weights of no standard": ({"weights!A2": "works"}, "error weights!A2 unknown-name: The sheet `standards` has no `works`. Did you mean `work`?"),
    "weights twice": ({"weights!A3": "work"}, "error weights!A3 same-name: The name `work` is taken by row 2."),
    "no weighting": ({"weights!B1": "", "weights!C1": ""}, "error weights no-weighting: Add a column"),
    "an unknown question": ({"indicators!B3": "hour"}, "error indicators!B3 unknown-name: The sheet `survey` has no `hour`. Did you mean `hours`?"),
    "no question": ({"indicators!B3": ""}, "error indicators!B3 blank: Fill in `question`."),
    "an unknown standard": ({"indicators!C3": "wrok"}, "error indicators!C3 unknown-name: The sheet `standards` has no `wrok`. It has: work, housing."),
    "no standard": ({"indicators!C3": ""}, "error indicators!C3 blank: Fill in `standard`."),
    "a cutoff beyond the scale": ({"indicators!D3": "13"}, "error indicators!D3 notation: Write a whole number from 0 to 12, not “13”."),
    "no cutoff": ({"indicators!D3": ""}, "error indicators!D3 blank: Fill in `cutoff`."),
    "a name twice": ({"indicators!A3": "contract"}, "error indicators!A3 same-name: The name `contract` is taken by row 2."),
    "no name": ({"indicators!A3": ""}, "error indicators!A3 blank: Fill in `name`."),
    "bands that fall": ({"indicators!E3": "<55:12 <45:6 else:0"}, "error indicators!E3 notation: The bands must rise: `<45` comes after `<55`."),
    "bands without an end": ({"indicators!E3": "<45:12 <55:6"}, "error indicators!E3 notation: “<45:12 <55:6” are no bands."),
    "a band beyond the scale": ({"indicators!E3": "<45:13 else:0"}, "error indicators!E3 notation: Write a whole number from 0 to 12, not “13”."),
    "a score beyond the scale": ({"choices!E4": "13"}, "error choices!E4 notation: A score is a whole number from 0 to 12, or `na`, not “13”."),
    "a choice without a score": ({"choices!E5": ""}, "error choices!E5 no-score: The choice `fixed` has no score."),
    "no column of scores": ({"choices!E1": "scores"}, "error choices no-scores: The sheet `choices` has no column `score`. Rename `scores`"),
    "scores that nobody uses": ({"choices!E2": "3"}, "note choices!E2 unused-scores: No indicator uses the scores of the list `sex`."),
    "scores of a choice that is not there": ({"indicators!E2": "opn=12 fixed=6 none=0 self=na"}, "error indicators!E2 no-choice: `opn` is no choice of `contract`. Did you mean `open`?"),
    "choices left out": ({"indicators!E2": "open=12 none=0"}, "error indicators!E2 no-score: Give these choices a score too, 0 to 12, or `na` where one says that the question does not apply: fixed, self."),
    "a number without bands": ({"indicators!E3": ""}, "error indicators!B3 no-rule: `hours` has no list in the sheet `choices`"),
    "several choices scored as one": ({"indicators!E6": "", "indicators!F6": "", "indicators!G6": ""}, "error indicators!B6 several-choices: `facilities` may have several choices"),
    "an option that is not there": ({"indicators!F6": "water toilett"}, "error indicators!F6 no-choice: `toilett` is no choice of `facilities`. Did you mean `toilet`?"),
    "options of an unknown question": ({"indicators!B6": "facilitys"}, "error indicators!B6 unknown-name: The sheet `survey` has no `facilitys`. Did you mean `facilities`?"),
    "no choice that says none": ({"indicators!G6": ""}, "error indicators!G6 blank: Fill in `none`."),
    "an area that is not asked": ({"indicators!H5": "ara"}, "error indicators!H5 unknown-name: The sheet `survey` has no `ara`. Did you mean `area`?"),
    "two ways of scoring": ({"indicators!E7": "<3:12 else:0"}, "error indicators!E7 too-much: `scores` does not go with `expression`."),
    "an expression that cannot be read": ({"indicators!I7": "if(. == 1, 12, 0)"}, "error indicators!I7 operator: “==” at character"),
    "an unknown function": ({"indicators!I7": "coalese(., 0)"}, "error indicators!I7 unknown-function: The function coalese() is not known. Did you mean coalesce()?"),
    "an expression of an unknown question": ({"indicators!I7": "${movs} + 1"}, "error indicators!I7 unknown-reference: There is no question `movs`. Did you mean `${moves}`?"),
    "a condition of an unknown choice": ({"indicators!J7": "${home} = 'sit'"}, "error indicators!J7 no-choice: `sit` is no choice of `home` (list home). Did you mean `site`?"),
    "an expression of the day": ({"indicators!I7": "today() - 1"}, "error indicators!I7 expression: today() depends on more than the answers"),
    "an expression of paths": ({"indicators!I7": "/data/moves"}, "error indicators!I7 expression: Write ${name} for the answer to a question, instead of “/data/moves”."),
    "no score, whatever is answered": ({"indicators!I7": "if(1 > 2, 3, 13)"}, "error indicators!I7 no-score-ever: This is the same for all answers, and no number from 0 to 12."),
    "a name of two words": ({"indicators!A3": "two words"}, "error indicators!A3 bad-name: Use 1 to 40 letters a to z, digits, - and _."),
    "a name too long": ({"disaggregation!A2": "x" * 41}, "error disaggregation!A2 bad-name: Use 1 to 40 letters"),
    "an income without a midpoint": (
        {"indicators!E2": "<1:0 else:12", "indicators!K1": "average", "indicators!K2": "average_wage", "indicators!L1": "midpoints", "indicators!L2": "open=1 fixed=2 none=3", "indicators!M1": "minimum", "indicators!M2": "minimum_wage"},
        "warning indicators!L2 no-midpoint: Without a midpoint, these answers count as missing: self.",
    ),
    "yes or no": ({"indicators!I7": ". > 3"}, "error indicators!I7 no-number: This says yes or no."),
    "a score for nothing": ({"indicators!I7": "if(. > 3, 0, 12)"}, "warning indicators!I7 scored-blank: Whoever answers nothing gets the score 12. To leave it out as missing, write `if(. = '', '', …)`."),
    "a score for nothing of another": ({"indicators!I7": "if(${home} = 'own', 12, 0)"}, "warning indicators!I7 scored-blank: Whoever answers nothing gets the score 0. To leave it out as missing, write `if(${home} = '', '', …)`."),
    "weights without a name": ({"weights!C1": ""}, "warning weights!C1 no-heading"),
    "an income without its midpoints": ({"indicators!E2": "<1:0 else:12", "indicators!K1": "average", "indicators!K2": "average_wage"}, "error indicators!2 blank: Fill in `midpoints`."),
    "an income against nothing known": (
        {"indicators!E2": "<1:0 else:12", "indicators!K1": "average", "indicators!K2": "mean_wage", "indicators!L1": "midpoints", "indicators!L2": "open=1 fixed=2 none=3 self=4", "indicators!M1": "minimum", "indicators!M2": "minimum_wage"},
        "error indicators!K2 unknown-name: `mean_wage` is not known here. What may be set: average_wage, minimum_wage.",
    ),
    "no such choice, and nothing like it": ({"indicators!E2": "xyz=12"}, "error indicators!E2 no-choice: `xyz` is no choice of `contract`. Its choices: fixed, none, open, rf, self."),
    "scores for none of the choices": ({f"choices!E{row}": "" for row in range(1, 12)}, "error choices no-scores: The sheet `choices` has no column `score`. Add it"),
    "a pair that is none": ({"indicators!E2": "open=12 fixed="}, "error indicators!E2 notation: “fixed=” is no pair."),
    "a choice scored twice": ({"indicators!E2": "open=12 open=0"}, "error indicators!E2 notation: `open` is there twice."),
    "a band without a name": ({"disaggregation!F3": "<30: else:c"}, "error disaggregation!F3 notation: A band has no name."),
    "a row of weights of nobody": ({"weights!B4": "0"}, "error weights!A4 blank: Fill in `standard`."),
    "a question twice": ({"survey!B4": "age"}, "error disaggregation!D3 ambiguous-question: 2 rows of the sheet `survey` are named `age`."),
    "an expression too long": ({"indicators!I7": f"1 {'+ 1 ' * 600}"}, "error indicators!I7 long-expression"),
    "people divided by nothing": ({"disaggregation!D2": ""}, "error disaggregation!A2 no-source: Fill in `question`"),
    "people divided by an unknown question": ({"disaggregation!D2": "sexx"}, "error disaggregation!D2 unknown-name: The sheet `survey` has no `sexx`. Did you mean `sex`?"),
    "people divided by an unknown column": ({"disaggregation!E4": "strata"}, "error disaggregation!E4 unknown-name: `strata` is not known here. What may be set: stratum."),
    "levels that fall": ({"disaggregation!F3": "<50:a <30:b else:c"}, "error disaggregation!F3 notation: The bands must rise"),
    "a rank that is none": ({"standards!D2": "first"}, "error standards!D2 notation: Write a whole number from 1 to 100"),
    "a standard of nothing": ({"standards!A4": "third"}, "error standards!A4 scheme: standards!A4: give this standard 1 to 26 items."),
    "a misspelt column": ({"indicators!D1": "cutof"}, "error indicators!D1 unknown-column: The column `cutof` is not known. Did you mean `cutoff`?"),
    "a column of one's own": ({"indicators!K1": "remarks by Li"}, "warning indicators!K1 unknown-column: The column `remarks by Li` is not known and is ignored."),
    "a missing column": ({"indicators!A1": "x"}, "error indicators missing-column: The column `name` is missing."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_found_in_their_cells(name: str) -> None:
    changes, expected = FAULTS[name]
    found = judged(changes)
    assert any(line.startswith(expected) for line in lines(found)), lines(found)
    assert bool(found.document) == (not expected.startswith("error"))


SHEETS: dict[str, tuple[Sheets, str]] = {
    "no weights": ({"weights": None}, "error  missing-sheet: To judge answers, the workbook needs a sheet `weights`."),
    "a misspelt sheet": ({"weights": None, "weigths": [["standard", "w"]]}, "error weigths unknown-sheet: The sheet `weigths` is ignored. Did you mean `weights`?"),
    "an empty sheet": ({"standards": [["name", "label"]]}, "error standards empty-sheet"),
    "two sheets of the same": ({" weights": [["standard", "w"], ["work", 100]]}, "error  weights sheet-twice: There are two sheets `weights`."),
    "a column twice": ({"standards": [["name", "label", "label"], ["work", "a", "b"], ["housing", "c", "d"]]}, "error standards!C1 column-twice"),
    "a setting nobody could mean": ({"scheme": [["name", "value"], ["colour", "1"]]}, "error scheme!A2 unknown-name: `colour` is not known here. What may be set: name, title"),
    "a value of nothing": ({"scheme": [["name", "value"], ["", "1"]]}, "error scheme!A2 blank: Fill in `name`."),
    "an unknown setting": ({"scheme": [["name", "value"], ["mett", "1"]]}, "error scheme!A2 unknown-name: `mett` is not known here. Did you mean `met`?"),
    "a setting twice": ({"scheme": [["name", "value"], ["met", "1"], ["met", "1/2"]]}, "error scheme!A3 same-name"),
    "a share of more than all": ({"scheme": [["name", "value"], ["met", "3/2"]]}, "error scheme!B2 notation: “3/2” is no simple share."),
    "a headline that is no threshold": ({"scheme": [["name", "value"], ["headline_k", "3/4"]]}, "error scheme!B2 scheme: scheme!B2: choose one of the list “k”."),
    "too many standards asked for": ({"scheme": [["name", "value"], ["min_standards", 3]]}, "error scheme!B2 scheme: scheme!B2: there are only 2"),
    "an unknown default": ({"scheme": [["name", "value"], ["default_weights", "x"]]}, "error scheme!B2 unknown-name: The sheet `weights` has no `x`."),
    "a missing code of no list": ({"scheme": [["name", "value"], ["missing_codes", "-99 dk rff"]]}, "error scheme!B2 unknown-name: The sheet `choices` has no `rff`."),
    "an implied score of an unknown indicator": (
        {"implied": [["when", "indicators", "score"], ["home=own", "movs", 12]]},
        "error implied!B2 unknown-name: The sheet `indicators` has no `movs`. Did you mean `moves`?",
    ),
    "an implied score by an unknown question": (
        {"implied": [["when", "indicators", "score"], ["hom=own", "moves", 12]]},
        "error implied!A2 unknown-name: The sheet `survey` has no `hom`. Did you mean `home`?",
    ),
    "an implied score of an unknown choice": (
        {"implied": [["when", "indicators", "score"], ["home=owm", "moves", 12]]},
        "error implied!A2 no-choice: `owm` is no choice of `home`. Its choices: dorm, own, rent, site.",
    ),
    "no core content": (
        {"core_contents": [["name", "label"], ["welfare", "Welfare"]]},
        "error indicators!2 blank: Fill in `core_content`.",
    ),
    "an unknown core content": (
        {
            "core_contents": [["name", "label"], ["welfare", "Welfare"]],
            "indicators": [["name", "question", "standard", "core_content", "cutoff"], ["a", "contract", "work", "welfair", 6]],
        },
        "error indicators!D2 unknown-name: The sheet `core_contents` has no `welfair`. Did you mean `welfare`?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_faults_of_whole_sheets_are_found(name: str) -> None:
    sheets, expected = SHEETS[name]
    found = lines(judged(**sheets))
    assert any(line.startswith(expected) for line in found), found


def test_all_faults_come_at_once() -> None:
    changes: dict[str, str] = {}
    for places, _ in (
        FAULTS[name]
        for name in (
            "a cutoff beyond the scale",
            "weights that are not all",
            "a choice without a score",
        )
    ):
        changes |= places
    assert [line.split(" ")[1] for line in lines(judged(changes))] == [
        *("weights!B1", "choices!E5", "indicators!D3"),
    ]


def test_an_answer_of_a_repeat_is_no_answer_of_an_interview() -> None:
    rows = [[*row] for row in example()["survey"]]
    width = len(rows[0])
    begin, end = ["begin_repeat", "job", "Job", "工作"], ["end_repeat", "", "", ""]
    rows[4:5] = [begin[:width], rows[4], end[:width]]
    found = lines(judged(survey=rows))  # type: ignore[arg-type]
    assert any(
        "error indicators!B3 in-repeat: `hours` is asked once in every `job`" in s for s in found
    ), found


def test_devices_get_the_same_form_with_and_without_a_scheme() -> None:
    rows = example()
    form = {name: rows[name] for name in ("survey", "settings")}
    choices = [row[:4] for row in rows["choices"]]
    plain = from_rows(**form, choices=choices)
    assert convert_workbook(book()).xml == convert_workbook(plain).xml


def test_without_indicators_a_column_of_scores_belongs_to_the_form() -> None:
    assert b"<score>" in convert_workbook(book(indicators=None)).xml
    assert b"<score>" not in convert_workbook(book()).xml
