"""A compiled translation is judged by what it says, not by its bytes."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from runpy import run_path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'

pytestmark = pytest.mark.skipif(shutil.which("msgfmt") is None, reason="no gettext here")


@pytest.fixture
def is_compiled() -> Callable[[Path], bool]:
    found: Callable[[Path], bool] = run_path(str(ROOT / "deploy" / "messages.py"))["is_compiled"]
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "django.po"
    path.write_text(HEADER + 'msgid "Day"\nmsgstr "Tag"\n', encoding="utf-8")
    return path


def test_another_gettext_may_order_the_bytes_otherwise(
    source: Path, is_compiled: Callable[[Path], bool]
) -> None:
    compiled = source.with_suffix(".mo")
    subprocess.run(["msgfmt", "--endianness=big", "-o", compiled, source], check=True)
    assert is_compiled(source)


def test_a_changed_sentence_is_noticed(source: Path, is_compiled: Callable[[Path], bool]) -> None:
    subprocess.run(["msgfmt", "-o", source.with_suffix(".mo"), source], check=True)
    source.write_text(source.read_text("utf-8").replace("Tag", "Tage"), encoding="utf-8")
    assert not is_compiled(source)


def test_a_translation_never_compiled_is_noticed(
    source: Path, is_compiled: Callable[[Path], bool]
) -> None:
    assert not is_compiled(source)
