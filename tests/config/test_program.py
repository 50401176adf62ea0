"""What a process has kept is read by the same program only, wherever it runs."""

from pathlib import Path

import pytest
from django.conf import settings

from config.program import identity


@pytest.fixture
def base(tmp_path: Path) -> Path:
    for name in ("config/a.py", "templates/a.html", "locale/zh/a.mo", "requirements.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    return tmp_path


def test_all_hosts_of_a_release_are_the_same_program() -> None:
    assert identity(settings.BASE_DIR, settings.TIME_ZONE) == settings.PROGRAM


@pytest.mark.parametrize(
    "name", ["config/a.py", "templates/a.html", "locale/zh/a.mo", "requirements.txt"]
)
def test_whatever_makes_another_page_is_another_program(base: Path, name: str) -> None:
    before = identity(base)
    assert identity(base) == before
    (base / name).write_bytes(b"2")
    assert identity(base) != before


def test_another_name_or_setting_is_another_program(base: Path) -> None:
    before = identity(base)
    assert identity(base, "Asia/Urumqi") != before
    (base / "config" / "a.py").rename(base / "config" / "b.py")
    assert identity(base) != before


def test_what_only_browsers_load_changes_no_program(base: Path) -> None:
    before = identity(base)
    (base / "templates" / "a.js").write_bytes(b"1")
    assert identity(base) == before
