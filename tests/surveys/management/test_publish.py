"""`manage.py publish` as a person types it: one clear line, exit code 1, never a stack trace."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Questionnaire
from tests.factories import SMALL_FORM, make_survey, workbook

pytestmark = pytest.mark.django_db

REPEAT = """
| survey |              |      |       |
|        | type         | name | label |
|        | begin_repeat | r    | R     |
|        | text         | a    | A     |
|        | end_repeat   |      |       |
|        | image        | b    | B     |
"""


def publish(path: Path, survey: str = "ours") -> str:
    out = StringIO()
    call_command("publish", path, survey=survey, stdout=out)
    return out.getvalue()


def test_a_form_is_published(tmp_path: Path) -> None:
    survey = make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(SMALL_FORM))
    assert publish(path) == "Published small 1 in ours: 4 questions, en (en), zh (zh).\n"
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
    path.write_bytes(workbook(REPEAT))
    with pytest.raises(CommandError) as refused:
        publish(path)
    assert "begin_repeat is not supported yet" in str(refused.value)
    assert "image/*" in str(refused.value)


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
