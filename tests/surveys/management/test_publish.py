"""`manage.py publish` as a person types it: one clear line, exit code 1, never a stack trace."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from surveys import uploads
from surveys.models import Questionnaire
from surveys.wording import in_words
from tests.factories import SMALL_FORM, make_survey, workbook

pytestmark = pytest.mark.django_db

TWO_FAULTS = """
| survey |                  |      |       |                   |
|        | type             | name | label | appearance        |
|        | osm              | a    | A     |                   |
|        | select_one yn    | b    | B     | search('towns')   |
| choices |                 |      |       |                   |
|        | list_name        | name | label |                   |
|        | yn               | yes  | Yes   |                   |
"""
SHOPS = """
| survey |
|  | type                           | name | label |
|  | select_one_from_file shops.csv | shop | Shop |
| settings |
|  | form_id | version |
|  | shops   | 1       |
"""


def publish(path: Path, survey: str = "ours", media: Path | None = None) -> str:
    out = StringIO()
    call_command("publish", path, survey=survey, media=media, stdout=out)
    return out.getvalue()


def test_a_form_is_published(tmp_path: Path) -> None:
    survey = make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(SMALL_FORM))
    assert publish(path).startswith("Published small 1 in ours: 4 questions, en (en), zh (zh).\n")
    assert survey.questionnaires.get().current is not None
    assert publish(path).startswith("Published small 1")  # again: the same version


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("form.xlsx", b"", "The file is empty"),
        ("form.xlsx", b"type,name\n", "no Excel workbook"),
        ("form.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("form.xlsx", b"\xd0\xcf\x11\xe0" + bytes(99), "old .xls workbook"),
        ("form.xlsx", workbook("| data |\n| | a |"), "no sheet `survey`"),
        ("form.xls", b"x", "is no .xlsx file"),
        ("form", b"x", "is no .xlsx file"),
    ],
)
def test_what_is_no_form_is_refused(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    make_survey("ours")
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        publish(path)
    assert sentence in str(refused.value)
    assert not Questionnaire.objects.exists()


def test_every_unsupported_feature_is_listed(tmp_path: Path) -> None:
    make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(TWO_FAULTS))
    with pytest.raises(CommandError) as refused:
        publish(path)
    assert re.search(r"survey!A2 type — .*osm.* is not supported", str(refused.value))
    assert re.search(r"survey!D3 appearance — .*search\(\).* is not supported", str(refused.value))


def test_the_words_are_those_of_the_linter_and_of_the_upload_page(tmp_path: Path) -> None:
    survey = make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(TWO_FAULTS))
    upload = uploads.keep(survey, path.name, path.read_bytes(), {}, by=None)
    on_the_page = [in_words(finding) for finding in uploads.findings_of(upload)]
    with pytest.raises(CommandError) as refused:
        publish(path)
    linted = StringIO()
    with pytest.raises(SystemExit):
        call_command("lint", path, stdout=linted)
    assert len(on_the_page) > 2
    for sentence in on_the_page:
        assert sentence in str(refused.value)
        assert sentence in linted.getvalue()


@pytest.mark.parametrize("folder", ["form-media", "media", "elsewhere"])
def test_files_are_found_beside_the_workbook_or_where_they_are_said_to_be(
    tmp_path: Path, settings: Settings, folder: str
) -> None:
    settings.MEDIA_ROOT = tmp_path / "stored"
    survey = make_survey("ours")
    (tmp_path / "form.xlsx").write_bytes(workbook(SHOPS))
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "shops.csv").write_bytes(b"name,label\na,A")
    (tmp_path / folder / "old.csv").write_bytes(b"")
    (tmp_path / folder / ".hidden").write_bytes(b"")
    said = publish(
        tmp_path / "form.xlsx", media=tmp_path / folder if folder == "elsewhere" else None
    )
    assert said.startswith("Published shops 1 in ours: 1 questions, default, 1 file.\n")
    assert ("Not needed by the form, and not kept: old.csv." in said) == (folder != "media")
    version = survey.questionnaires.get().current
    assert version is not None
    assert version.files.get().name == "shops.csv"


def test_a_missing_list_is_said_with_where_to_put_it(tmp_path: Path) -> None:
    make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(SHOPS))
    with pytest.raises(CommandError, match=r"needs the file shops\.csv.*folder\s+`media`"):
        publish(path)
    with pytest.raises(CommandError, match="nowhere cannot be read"):
        publish(path, media=tmp_path / "nowhere")


def test_a_missing_file_and_an_unknown_survey_are_said(tmp_path: Path) -> None:
    make_survey("ours")
    with pytest.raises(CommandError, match=r"cannot be read: No such file"):
        publish(tmp_path / "missing.xlsx")
    with pytest.raises(CommandError, match=r"There is no survey nope\. There are: ours\."):
        publish(tmp_path / "missing.xlsx", survey="nope")


def test_on_the_console_a_refusal_is_one_line_and_exit_code_1(
    environment: dict[str, str], tmp_path: Path
) -> None:
    make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"no workbook")
    done = subprocess.run(
        [sys.executable, "manage.py", "publish", str(path), "--survey", "ours"],
        env=environment | {"PYTHONWARNINGS": "ignore"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count(os.linesep) == 1
    assert "no Excel workbook" in done.stderr
