"""`manage.py lint` as a person, or a program, calls it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.surveys.xforms.linting.forms import of

SOUND = of("|  | type | name | label |\n|  | text | site | Site |")
BAD = of("|  | type | name | label | relevent | appearance |\n|  | image | a | A |  | nonsense |")


def lint(content: bytes, folder: Path, **options: object) -> tuple[int, str]:
    """The exit code and what is printed."""
    path = folder / "form.xlsx"
    path.write_bytes(content)
    out = StringIO()
    try:
        call_command("lint", path, stdout=out, **options)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_sound_form_ends_well(tmp_path: Path) -> None:
    assert lint(SOUND, tmp_path) == (0, "0 errors, 0 warnings, 0 notes\n")


def test_findings_are_printed_by_sheet(tmp_path: Path) -> None:
    code, text = lint(BAD, tmp_path)
    assert code == 1
    assert text.splitlines() == [
        "survey",
        "  ✗ survey!D1 relevent — The column `relevent` is not known. Did you mean `relevant`?",
        "  · survey!A2 type — Photos are sent full size. `max-pixels=1024` makes them small.",
        "  ! survey!E2 appearance — The appearance `nonsense` is not known and is ignored.",
        "",
        "1 error, 1 warning, 1 note",
    ]


def test_a_program_gets_json(tmp_path: Path) -> None:
    code, text = lint(BAD, tmp_path, json=True)
    document = json.loads(text)
    assert code == 1
    assert document["publishable"] is False
    assert document["findings"][0] == {
        "severity": "error",
        "code": "unknown-column",
        "place": "survey!D1",
        "sheet": "survey",
        "row": 1,
        "letter": "D",
        "column": "relevent",
        "name": "",
        "position": None,
        "sentence": "The column `relevent` is not known. Did you mean `relevant`?",
    }


def test_a_file_that_is_no_workbook_is_said_to_be_none(tmp_path: Path) -> None:
    code, text = lint(b"hello", tmp_path)
    assert code == 1
    assert text.startswith("workbook\n  ✗ This file is no Excel workbook.")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing\.xlsx cannot be read: No such file"):
        call_command("lint", tmp_path / "nothing.xlsx")


def test_the_language_can_be_chosen(tmp_path: Path) -> None:
    code, text = lint(SOUND, tmp_path, language="zh-hans")
    assert code == 0
    assert text != ""
