"""Answers in repeats come in under their places, and go out again as they came."""

import csv
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys.imports.catalogue import Catalogue
from surveys.imports.mapping import target_of
from surveys.imports.repeats import is_place
from surveys.imports.table import TableError
from surveys.imports.unattended import Outcome, import_file
from surveys.models import Interview, QuestionnaireVersion, Site
from surveys.questionnaires import form_of
from tests.factories import form_from, make_site, make_survey, make_version, rich_form
from tests.surveys.imports.filed import faults

HOUSEHOLD = """
| survey |
|  | type              | name     | label  | required | choice_filter    | repeat_count |
|  | text              | psu_id   | Site   | yes      |                  |              |
|  | begin_group       | home     | Home   |          |                  |              |
|  | begin_repeat      | member   | Member |          |                  |              |
|  | text              | who      | Who    | yes      |                  |              |
|  | begin_repeat      | job      | Job    |          |                  |              |
|  | text              | kind     | Kind   | yes      |                  |              |
|  | end_repeat        |          |        |          |                  |              |
|  | end_repeat        |          |        |          |                  |              |
|  | end_group         |          |        |          |                  |              |
|  | integer           | plots    | Plots  |          |                  |              |
|  | begin_repeat      | plot     | Plot   |          |                  | ${plots}     |
|  | decimal           | ha       | Ha     |          |                  |              |
|  | end_repeat        |          |        |          |                  |              |
|  | select_one region | region   | Region |          |                  |              |
|  | select_one town   | town     | Town   |          | region=${region} |              |
| choices |
|  | list_name | name  | label | region |
|  | region    | north | North |        |
|  | region    | south | South |        |
|  | town      | ada   | Ada   | north  |
|  | town      | coro  | Coro  | south  |
| settings |
|  | form_id | version |
|  | house   | 1       |
"""


@pytest.fixture
def site(db: None) -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, HOUSEHOLD)


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "answers.csv"


def imported(version: QuestionnaireVersion, file: Path, row: dict[str, str]) -> Outcome:
    with file.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, ["psu_id", *row])
        writer.writeheader()
        writer.writerow({"psu_id": "S1", **row})
    return import_file(version.questionnaire, file)


def test_columns_are_places(version: QuestionnaireVersion, file: Path) -> None:
    row = {
        "home/member[1]/who": "Ann",
        "home/member[2]/who": "Bo",
        "home/member[2]/job[1]/kind": "farm",
        "plots": "2",
        "plot[2]/ha": "1.5",
    }
    outcome = imported(version, file, row)
    assert (outcome.stored, outcome.faulty) == (1, 0)
    assert Interview.objects.get().answers == {"psu_id": "S1", **row}


def test_nobody_is_made_up(version: QuestionnaireVersion, file: Path) -> None:
    assert imported(version, file, {}).stored == 1
    submission = Interview.objects.get().current
    assert submission is not None
    assert b"<member>" not in bytes(submission.xml)
    assert b"<plot>" not in bytes(submission.xml)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"home/member[2]/who": "Bo"}, "home/member[1]/who", "It needs an answer."),
        ({"region": "north", "town": "coro"}, "town", "coro is not one of the choices."),
    ],
)
def test_faults_name_the_place(
    version: QuestionnaireVersion, file: Path, row: dict[str, str], column: str, reason: str
) -> None:
    assert faults(imported(version, file, row).batch) == [(2, column, reason)]


@pytest.mark.parametrize(
    "column", ["home/member/who", "who", "home[1]/member[1]/who", "home/member[0]/who"]
)
def test_a_column_without_its_place_is_unknown(
    version: QuestionnaireVersion, file: Path, column: str
) -> None:
    with pytest.raises(TableError, match="not known here"):
        imported(version, file, {column: "Ann"})


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("g_home/member[1]/m_name", True),
        ("g_home/member[12]/m_job[3]/m_job_kind", True),
        ("g_home/member[1]/m_job/m_job_kind", False),
        ("g_home/member[1000]/m_name", False),
        ("g_home/member[1]/m_name[1]", False),
        ("g_home/member[x]/m_name", False),
        ("g_home/member[1]", False),
        ("name", False),
    ],
)
def test_places_have_numbers_where_repeats_are(name: str, is_one: bool) -> None:
    assert is_place(form_from(rich_form()), name) is is_one


@pytest.mark.parametrize(
    ("name", "repeat", "is_known"),
    [
        ("home/member[2]/who", "", True),
        ("home/member/who", "", False),  # of whom?
        ("home/member/who", "home/member", True),
        ("home/member[2]/who", "home/member", False),
        ("plots", "", True),
        ("plots", "home/member", False),
        ("home[2]/member[1]/who", "", False),
        ("region=north", "", True),
        ("region=west", "", False),
    ],
)
def test_a_column_goes_only_where_its_answers_would_be_kept(
    version: QuestionnaireVersion, name: str, repeat: str, is_known: bool
) -> None:
    catalogue = Catalogue.of(form_of(version), version.questionnaire)
    assert catalogue.is_known(target_of(name), repeat) is is_known
