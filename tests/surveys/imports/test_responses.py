"""Interviews from a table: every row like any other interview, every fault named, all or none."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from surveys import questionnaires
from surveys.imports.responses import Report, errors_table, import_responses
from surveys.imports.table import TableError, read_table
from surveys.models import Interview, Questionnaire, Role, Site, Submission
from tests.factories import (
    SMALL_FORM,
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)

pytestmark = pytest.mark.django_db

GOOD = "psu_id,age,works,hours\nS1,30,yes,40\nS1,41,no,\n"
BAD = """psu_id,age,works,hours
S1,30,yes,40
S1,7,yes,40
S9,30,no,
S1,,maybe,
S1,30,no,40
S1,thirty,yes,127
"""


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey("ours"), "S1")
    make_version(site.survey)
    return site


def questionnaire_of(site: Site) -> Questionnaire:
    return site.survey.questionnaires.get()


def imported(site: Site, table: str, *, partial: bool = False) -> Report:
    questionnaire = questionnaire_of(site)
    read = read_table(table.encode(), questionnaire)
    return import_responses(questionnaire, read, partial=partial)


def test_rows_become_interviews_with_their_xml(site: Site) -> None:
    report = imported(site, GOOD)
    assert (report.stored, report.repeated, report.faults) == (2, 0, [])
    first = Interview.objects.order_by("pk").first()
    assert first is not None
    assert first.answers == {"psu_id": "S1", "g/age": "30", "g/works": "yes", "g/hours": "40"}
    assert (first.site, first.state, first.outcome) == (site, "submitted", "completed")
    assert b"<age>30</age>" in bytes(Submission.objects.order_by("pk")[0].xml)


def test_the_same_file_again_stores_nothing(site: Site) -> None:
    imported(site, GOOD)
    again = imported(site, GOOD)
    assert (again.stored, again.repeated) == (0, 2)
    assert Interview.objects.count() == 2


@pytest.mark.parametrize("column", ["", "| | text | new | New | 新 | yes | | | |"])
def test_the_same_file_again_stores_nothing_under_a_newer_form(site: Site, column: str) -> None:
    imported(site, GOOD)
    newer = SMALL_FORM.replace("| Small        | small   | 1 ", "| Small        | small   | 2 ")
    make_version(site.survey, newer.replace("| choices |", f"{column}\n| choices |", 1).strip())
    again = imported(site, GOOD)
    assert (again.stored, again.repeated, again.faults) == (0, 2, [])
    assert Interview.objects.count() == 2


def test_two_equal_rows_are_two_people(site: Site) -> None:
    assert imported(site, "psu_id,age,works\nS1,30,no\nS1,30,no\n").stored == 2


def test_a_row_may_bring_its_own_id(site: Site) -> None:
    imported(site, "interview_id,psu_id,age,works\npaper-17,S1,30,no\n")
    assert Interview.objects.get().root_uuid == "paper-17"


def test_an_id_that_is_taken_is_a_fault(site: Site) -> None:
    make_interview(site, make_version(site.survey), age="50")
    taken = Interview.objects.get().root_uuid
    report = imported(site, f"interview_id,psu_id,age,works\n{taken},S1,30,no\nnew,S1,31,no\n")
    assert [(fault.number, fault.column) for fault in report.faults] == [(2, "interview_id")]
    assert Interview.objects.count() == 1


def test_every_fault_is_named_and_nothing_stored(site: Site) -> None:
    report = imported(site, BAD)
    assert [(fault.number, fault.column, str(fault.reason)) for fault in report.faults] == [
        (3, "age", "The form does not allow 7 here."),
        (4, "", "This survey has no site S9."),
        (5, "age", "It needs an answer."),
        (5, "works", "maybe is not one of the choices."),
        (6, "hours", "It does not apply to this person; leave it empty."),
        (7, "age", "thirty is not of the question's type."),
        (7, "hours", "The form does not allow 127 here."),
    ]
    assert report.bad_rows == [3, 4, 5, 6, 7]
    assert not Interview.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [("paper-1,S\x0b1,30,no", "psu_id"), ("paper\x01-1,S1,30,no", "interview_id")],
)
def test_an_invisible_character_is_a_fault(site: Site, row: str, column: str) -> None:
    report = imported(site, f"interview_id,psu_id,age,works\n{row}\n")
    assert [(fault.number, fault.column) for fault in report.faults][:1] == [(2, column)]
    assert "invisible character" in str(report.faults[0])
    assert not Interview.objects.exists()


def test_an_id_that_is_too_long_is_a_fault(site: Site) -> None:
    report = imported(site, f"interview_id,psu_id,age,works\n{'x' * 300},S1,30,no\n")
    assert [(fault.number, fault.column) for fault in report.faults] == [(2, "interview_id")]


def test_a_row_without_a_site_is_a_fault(site: Site) -> None:
    report = imported(site, "age,works\n30,no\n")
    assert "The row names no site." in [str(fault) for fault in report.faults]


def test_the_file_of_errors_is_read_back(site: Site) -> None:
    """Corrected and imported again, as often as it takes; the reasons are never answers."""
    left = errors_table(imported(site, BAD, partial=True))
    again = imported(site, left.replace("S1,7,", "S1,17,"), partial=True)
    assert (again.stored, len(again.bad_rows)) == (1, 4)
    assert errors_table(again).splitlines()[0] == "psu_id,age,works,hours,errors"
    assert imported(site, "psu_id,age,works\nS1,17,yes\n").stored == 1


def test_checking_asks_no_questions_a_row(
    site: Site, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = "psu_id,age,works\n" + "S1,7,yes\n" * 50
    imported(site, many)
    with django_assert_max_num_queries(6):
        imported(site, many)


def test_partial_stores_the_good_rows(site: Site) -> None:
    report = imported(site, BAD, partial=True)
    assert report.stored == 1
    assert Interview.objects.get().answers["g/age"] == "30"
    left = list(csv.DictReader(StringIO(errors_table(report))))
    assert [row["age"] for row in left] == ["7", "30", "", "30", "thirty"]
    assert left[2]["errors"] == "age: It needs an answer.; works: maybe is not one of the choices."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"psu_id,agee\nS1,30\n", "agee (age?)"),
        (b"psu_id,zzz\nS1,30\n", "not known here: zzz"),
        (b"psu_id,age,age\nS1,30,30\n", "twice: age"),
        (b"psu_id,,\nS1,30,\n", "Column 2 has no name"),
        (b"psu_id,age\nS1,30,31\n", "Row 2 has 3 cells, but there are 2 columns"),
        ("psu_id,age\n北京,30\n".encode("gbk"), "not UTF-8"),
        (b'psu_id,age\n"S1,30\n', "no CSV table"),
        (b"PK\x03\x04\xff\xfe", "not UTF-8"),
    ],
)
def test_what_is_no_table_of_this_form_is_refused(
    site: Site, content: bytes, sentence: str
) -> None:
    with pytest.raises(TableError) as refused:
        read_table(content, questionnaire_of(site))
    assert sentence in str(refused.value)


def test_a_closed_questionnaire_takes_no_table(site: Site) -> None:
    questionnaire = questionnaire_of(site)
    questionnaires.set_state(questionnaire, Questionnaire.State.CLOSED)
    with pytest.raises(TableError, match="closed"):
        read_table(GOOD.encode(), questionnaire)


def test_full_paths_and_blank_lines_are_understood(site: Site) -> None:
    assert imported(site, "\ufeffpsu_id,g/age,works\nS1,30,no\n\nS1,31,no\n").stored == 2


def test_the_enumerator_of_a_row_is_somebody_who_works_there(site: Site) -> None:
    table = SMALL_FORM.replace("| Site           |", "| Site           |", 1).replace(
        "|        | begin_group  | g ",
        "|        | text         | enumerator_id | You | 您 |  |  |  |  |\n|        | begin_group  | g ",
    )
    survey = make_survey("second")
    place = make_site(survey, "S1")
    make_version(survey, table)
    make_enumerator(place, "E01")
    make_member(survey, Role.ENUMERATOR, "E02")
    rows = "psu_id,enumerator_id,age,works\nS1,{},30,no\n"
    assert imported(place, rows.format("E01")).stored == 1
    assert Interview.objects.get().enumerator is not None
    assert str(imported(place, rows.format("E02")).faults[0]) == "Site S1 is not assigned to E02."
    assert "Nobody called E03" in str(imported(place, rows.format("E03")).faults[0])


def run(path: Path, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(
        "import_responses", path, stdout=out, stderr=err, **{"questionnaire": "small", **options}
    )
    return out.getvalue(), err.getvalue()


def test_the_command_imports(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(GOOD)
    assert run(path)[0] == "2 rows: 2 stored, 0 stored before, 0 wrong.\n"


def test_the_command_lists_every_fault_and_stores_nothing(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(BAD)
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_responses", path, questionnaire="small")
    told = capsys.readouterr().err
    assert "Row 3, age: The form does not allow 7 here." in told
    assert "Row 4: This survey has no site S9." in told
    assert not Interview.objects.exists()


def test_the_command_writes_the_bad_rows_beside_the_file(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(BAD)
    with pytest.raises(CommandError, match=r"5 rows were left out: see .*answers\.errors\.csv"):
        run(path, partial=True)
    assert Interview.objects.count() == 1
    written = (tmp_path / "answers.errors.csv").read_text(encoding="utf-8-sig")
    assert written.splitlines()[0] == "psu_id,age,works,hours,errors"


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("missing.csv", {}, "cannot be read"),
        (
            "answers.csv",
            {"questionnaire": "nope"},
            "Name one questionnaire with --questionnaire and --survey. There are: small in ours.",
        ),
        ("wrong.csv", {}, "not known here: wrong"),
    ],
)
def test_the_command_refuses_in_words(
    site: Site, tmp_path: Path, name: str, options: dict[str, object], sentence: str
) -> None:
    (tmp_path / "answers.csv").write_text(GOOD)
    (tmp_path / "wrong.csv").write_text("wrong\n1\n")
    with pytest.raises(CommandError) as refused:
        run(tmp_path / name, **options)
    assert sentence in str(refused.value)


def test_a_form_id_of_two_surveys_needs_the_survey(site: Site, tmp_path: Path) -> None:
    make_version(make_survey("other"))
    path = tmp_path / "answers.csv"
    path.write_text(GOOD)
    with pytest.raises(CommandError, match=r"There are: small in (ours|other), small in"):
        run(path)
    assert run(path, survey="ours")[0].startswith("2 rows: 2 stored")
