"""The collected static files are complete: whatever a page, a module or a style names is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from config.storage import StaticStorage
from surveys.offline import shell

IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""")
IN_TEMPLATES = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
IN_PYTHON = re.compile(r"""\bstatic\(["']([^"']+)["']\)""")
PACKAGES = ("config", "surveys", "scoring")


class Uncompressed(StaticStorage):
    """The storage of production without what takes most of its time and changes no name."""

    def compress_files(self, paths: object) -> Iterator[tuple[str, str]]:
        return iter(())


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Original names and the hashed names that the production storage gave them."""
    root = tmp_path_factory.mktemp("static")
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "tests.test_static.Uncompressed"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert isinstance(staticfiles_storage, StaticStorage)
        yield dict(staticfiles_storage.hashed_files)


def own_files(ending: str) -> Iterator[Path]:
    for folder in ("templates", *PACKAGES):
        yield from (Path(settings.BASE_DIR) / folder).rglob(f"*{ending}")


def test_every_module_finds_what_it_imports(collected: dict[str, str]) -> None:
    missing = []
    for hashed in (new for old, new in collected.items() if re.match(r"js/.*\.m?js$", old)):
        source = Path(staticfiles_storage.path(hashed)).read_text("utf-8")
        for name in IMPORT.findall(source):
            target = normpath(f"{dirname(hashed)}/{name}")
            if target not in collected.values():
                missing.append(f"{hashed}: {name}")
    assert not missing


@pytest.mark.parametrize(("ending", "pattern"), [(".html", IN_TEMPLATES), (".py", IN_PYTHON)])
def test_every_file_that_is_named_is_collected(
    ending: str, pattern: re.Pattern[str], collected: dict[str, str]
) -> None:
    named = {
        (path.name, name)
        for path in own_files(ending)
        for name in pattern.findall(path.read_text("utf-8"))
    }
    assert sorted(pair for pair in named if pair[1] not in collected) == []


def test_the_shell_of_the_service_worker_names_what_is_collected(collected: dict[str, str]) -> None:
    page, *files = shell.shell().files
    assert page == "/offline/"
    assert {file.removeprefix(settings.STATIC_URL) for file in files} <= set(collected.values())


def test_no_script_or_style_points_to_a_missing_map(collected: dict[str, str]) -> None:
    for hashed in (new for old, new in collected.items() if old.startswith("vendor/")):
        source = Path(staticfiles_storage.path(hashed)).read_text("utf-8")
        assert "sourceMappingURL" not in source
