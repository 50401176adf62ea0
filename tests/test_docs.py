"""The documentation names what exists."""

import re
from pathlib import Path
from pkgutil import walk_packages

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "surveys", "scoring")
ENV_VARIABLE = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z_]+)["']""")


def packages() -> list[str]:
    """Every package of the project, except where Django fixes the name."""
    found = [
        module.name
        for name in PACKAGES
        for module in walk_packages([str(ROOT / name)], f"{name}.")
        if module.ispkg
    ]
    return [
        *PACKAGES,
        *(name for name in found if not re.search(r"\.(migrations|management)", name)),
    ]


def modules_of(package: str) -> list[str]:
    return [m.name for m in walk_packages([str(ROOT / package)], f"{package}.") if not m.ispkg]


def names_in(page: str) -> set[str]:
    """What a page sets as code: `surveys.nudges`, `config/`, `scoring/cells.py`."""
    spans = re.findall(r"`([^`\n]+)`", (ROOT / "docs" / page).read_text("utf-8"))
    return {span.removesuffix(".py").strip("/").replace("/", ".") for span in spans}


def test_every_variable_of_the_settings_is_explained_once_and_no_other() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    explained = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    read = set(ENV_VARIABLE.findall((ROOT / "config" / "settings.py").read_text("utf-8")))
    assert len(read) > 10
    assert len(explained) == len(set(explained))
    assert set(explained) == read


@pytest.mark.parametrize("package", packages())
def test_every_package_is_in_the_architecture(package: str) -> None:
    assert package in names_in("architecture.md")


def test_every_module_of_a_house_is_in_the_architecture() -> None:
    named = names_in("architecture.md")
    direct = [m for name in ("surveys", "scoring") for m in modules_of(name) if m.count(".") == 1]
    by_django = {"apps", "urls", "tasks", "receivers", "signals", "errors", "admin", "models"}
    assert [m for m in direct if m not in named and m.split(".")[1] not in by_django] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = []
    for page in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "tests").glob("*.md"),
    ]:
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8")):
            if not (page.parent / link).exists():
                broken.append(f"{page.name}: {link}")
    assert broken == []
