"""Files that a command imports: the same rows, faults and batches as on the page, all or none."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook
from pytest_django import Settings

from surveys import questionnaires
from surveys.exports.catalogue import EXPORTS, Order
from surveys.imports import applying
from surveys.imports.faults import faults_table
from surveys.imports.table import TableError
from surveys.imports.unattended import Outcome, import_file
from surveys.models import ImportBatch, Interview, Questionnaire, Role, Site
from tests.factories import (
    SMALL_FORM,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys.imports.filed import faults

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
def site(settings: Settings, tmp_path: Path) -> Site:
    settings.MEDIA_ROOT = tmp_path / "media"
    site = make_site(make_survey("ours"), "S1")
    make_version(site.survey)
    return site


def questionnaire_of(site: Site) -> Questionnaire:
    return site.survey.questionnaires.get()


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def imported(site: Site, file: Path, table: str | bytes, *, partial: bool = False) -> Outcome:
    file.write_bytes(table.encode() if isinstance(table, str) else table)
    return import_file(questionnaire_of(site), file, partial=partial)


@pytest.mark.parametrize("column", ["", "| | text | new | New | 新 | yes | | | |"])
def test_the_same_file_again_stores_nothing_under_a_newer_form(
    site: Site, answers: Path, column: str
) -> None:
    imported(site, answers, GOOD)
    newer = SMALL_FORM.replace("| Small        | small   | 1 ", "| Small        | small   | 2 ")
    make_version(site.survey, newer.replace("| choices |", f"{column}\n| choices |", 1).strip())
    again = imported(site, answers, GOOD)
    assert (again.stored, again.known, again.faulty) == (0, 2, 0)
    assert Interview.objects.count() == 2


def test_every_fault_is_named_and_nothing_stored(site: Site, answers: Path) -> None:
    outcome = imported(site, answers, BAD)
    assert faults(outcome.batch) == [
        (3, "age", "The form does not allow 7 here."),
        (4, "", "This survey has no site S9."),
        (5, "age", "It needs an answer."),
        (5, "works", "maybe is not one of the choices."),
        (6, "hours", "It does not apply to this person; leave it empty."),
        (7, "age", "thirty is not of the question's type."),
        (7, "hours", "The form does not allow 127 here."),
    ]
    assert (outcome.faulty, outcome.batch.applied_at) == (5, None)
    assert not Interview.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [("paper-1,S\x0b1,30,no", "psu_id"), ("paper\x01-1,S1,30,no", "interview_id")],
)
def test_an_invisible_character_is_a_fault(
    site: Site, answers: Path, row: str, column: str
) -> None:
    outcome = imported(site, answers, f"interview_id,psu_id,age,works\n{row}\n")
    number, name, said = faults(outcome.batch)[0]
    assert (number, name) == (2, column)
    assert "invisible character" in said
    assert not Interview.objects.exists()


def test_an_id_that_is_too_long_is_a_fault(site: Site, answers: Path) -> None:
    outcome = imported(site, answers, f"interview_id,psu_id,age,works\n{'x' * 300},S1,30,no\n")
    assert [fault[:2] for fault in faults(outcome.batch)] == [(2, "interview_id")]


def test_a_row_without_a_site_is_a_fault(site: Site, answers: Path) -> None:
    outcome = imported(site, answers, "age,works\n30,no\n")
    assert (2, "", "The row names no site.") in faults(outcome.batch)


def test_the_file_of_errors_is_read_back(site: Site, answers: Path) -> None:
    """Corrected and imported again, as often as it takes; the reasons are never answers."""
    left = "".join(faults_table(imported(site, answers, BAD, partial=True).batch))
    again = imported(site, answers, left.replace("S1,7,", "S1,17,"), partial=True)
    assert (again.stored, again.faulty) == (1, 4)
    assert next(faults_table(again.batch)) == "\ufeff"
    assert list(faults_table(again.batch))[1] == "psu_id,age,works,hours,errors\r\n"
    assert imported(site, answers, "psu_id,age,works\nS1,17,yes\n").stored == 1


def test_partial_stores_the_good_rows(site: Site, answers: Path) -> None:
    outcome = imported(site, answers, BAD, partial=True)
    assert outcome.stored == 1
    assert Interview.objects.get().answers["g/age"] == "30"
    left = list(csv.DictReader(list(faults_table(outcome.batch))[1:]))
    assert [row["age"] for row in left] == ["7", "30", "", "30", "thirty"]
    assert left[2]["errors"] == "age: It needs an answer.; works: maybe is not one of the choices."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"psu_id,agee\nS1,30\n", "agee (age?)"),
        (b"psu_id,zzz\nS1,30\n", "not known here: zzz"),
        (b"psu_id,age,age\nS1,30,30\n", "twice: age"),
        (b"psu_id,,age\nS1,,30\n", "Column 2 has no name"),
        (b"psu_id,age\nS1,30,31\n", "Row 2 has 3 cells, but there are headings for 2"),
        (b'psu_id,age\n"S1,30\n', "no CSV table"),
    ],
)
def test_what_is_no_table_of_this_form_is_refused(
    site: Site, answers: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(TableError) as refused:
        imported(site, answers, content)
    assert sentence in str(refused.value)
    assert not ImportBatch.objects.exclude(read_at=None).exclude(checked_at=None).exists()


def test_a_closed_questionnaire_takes_no_table(site: Site, answers: Path) -> None:
    questionnaires.set_state(questionnaire_of(site), Questionnaire.State.CLOSED)
    with pytest.raises(TableError, match="closed"):
        imported(site, answers, GOOD)


def test_columns_that_mean_nothing_may_be_left_out(site: Site, answers: Path) -> None:
    answers.write_text("psu_id,age,works,remark\nS1,30,no,x\n")
    assert import_file(questionnaire_of(site), answers, leave_out=True).stored == 1


def test_any_file_that_the_page_takes_is_imported_and_undone(site: Site, answers: Path) -> None:
    book = Workbook()
    for row in (["Site", "年龄", "Do you work?"], ["S1", 30, "Yes"], ["S1", 31, "否"]):
        book.worksheets[0].append(row)
    book.save(file := answers.with_suffix(".xlsx"))
    outcome = import_file(questionnaire_of(site), file)
    assert outcome.stored == 2
    applying.undo(outcome.batch, make_member(site.survey, Role.COORDINATOR))
    assert {interview.state for interview in Interview.objects.all()} == {"rejected"}


def test_our_own_export_needs_no_leave_for_what_is_beside_the_answers(
    site: Site, answers: Path
) -> None:
    imported(site, answers, GOOD)
    order, file = Order(questionnaire_of(site), derived=True), answers.with_suffix(".dta")
    EXPORTS["submissions_dta"].write(order, file, lambda: None)
    again = import_file(questionnaire_of(site), file)
    assert (again.stored, sum(again.counts.values())) == (0, 2)


def test_full_paths_and_blank_lines_are_understood(site: Site, answers: Path) -> None:
    assert imported(site, answers, "\ufeffpsu_id,g/age,works\nS1,30,no\n\nS1,31,no\n").stored == 2


def test_the_enumerator_of_a_row_is_somebody_who_works_there(site: Site, answers: Path) -> None:
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
    assert imported(place, answers, rows.format("E01")).stored == 1
    assert Interview.objects.get().enumerator is not None
    stranger, nobody = (imported(place, answers, rows.format(name)) for name in ("E02", "E03"))
    assert faults(stranger.batch)[0][2] == "Site S1 is not assigned to E02."
    assert "Nobody called E03" in faults(nobody.batch)[0][2]


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
