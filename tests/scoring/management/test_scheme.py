"""`manage.py scheme` says what is wrong with the file that it is given."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_survey

pytestmark = pytest.mark.django_db


def refused(file: Path) -> str:
    with pytest.raises(CommandError) as error:
        call_command("scheme", str(file), "--survey", make_survey().code, stdout=StringIO())
    return str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "nofile.json"
    assert refused(file) == f"There is no file {file}."


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} cannot be read: Is a directory."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON: Expecting property name"),
        ("{}", "/: add “default_weights”."),
        ("[]", "/: give names with values."),
    ],
)
def test_a_file_that_is_no_scheme_is_refused_in_words(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "scheme.json"
    file.write_text(text, "utf-8")
    assert said in refused(file)
