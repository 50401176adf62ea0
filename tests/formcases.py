"""The shared cases of forms, which Python and JavaScript run: `tests/cases/forms/*.json`.

A case is an XLSForm as a Markdown table, perhaps with `files` as `{columns, rows}` by instance id and
what is known when the interview begins, what a page is told of it (`definition`), steps with what is
expected after each, and the interview at its `end`. `python -m tests.formcases` writes the definition
and the end anew.
"""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from pyxform.xls2xform import convert

from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.webform.definition import page_definition
from surveys.xforms import filling
from surveys.xforms.datatable import DataTable
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.instance import tree_from_xml, write_instance
from surveys.xforms.xform import parse_xform

FOLDER = Path(__file__).parent / "cases" / "forms"
NOW = "2026-11-23T10:00:00.000+08:00"  # when all of the cases happen,
END = "2026-11-23T10:25:30.125+08:00"  # and come to their end
DRAWN = 0.3  # whatever is drawn


class Drawn(Random):
    """Draws the same each time, and makes of it what scripts do."""

    def random(self) -> float:
        return DRAWN

    def randrange(self, start: int, *_: Any) -> int:
        return int(DRAWN * start)

    def getrandbits(self, k: int, /) -> int:
        """The bits of a UUID of version 4."""
        digit, variant = f"{int(DRAWN * 16):x}", f"{8 + int(DRAWN * 4):x}"
        return int(f"{digit * 12}4{digit * 3}{variant}{digit * 15}", 16)


def read_cases() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def form_of(table: str) -> FormDef:
    """The form of a Markdown table."""
    return parse_xform(convert(table, file_type=".md", validate=False).xform.encode())


def world(form: FormDef, now: str, files: dict[str, Any]) -> Environment:
    """What a case's expressions may know, at a moment."""
    tables = {name: DataTable(one["columns"], one["rows"]).element() for name, one in files.items()}
    environment = environment_for(form, datetime.fromisoformat(now), files=tables)
    return replace(environment, random=Drawn())


def begun(case: dict[str, Any], form: FormDef, environment: Environment) -> Element:
    return filling.begin(form, environment, case.get("metadata", {}), case.get("known", {}))


def take(step: dict[str, Any], form: FormDef, root: Element, environment: Environment) -> None:
    if "set" in step:
        place, text = step["set"]
        filling.change(form, root, {place: text}, environment)
    if "add" in step:
        filling.add(form, root, step["add"], environment)
    if "remove" in step:
        filling.remove(form, root, step["remove"], environment)


def ended(form: FormDef, root: Element, environment: Environment) -> Element:
    """The interview at its end, as the server brings a draft there."""
    draft = tree_from_xml(write_instance(root))
    filling.complete(form, draft, environment)
    return draft


def derived(case: dict[str, Any]) -> dict[str, Any]:
    """What follows from the table and the steps."""
    form, files = form_of("\n".join(case["xlsform"])), case.get("files", {})
    environment = world(form, NOW, files)
    root = begun(case, form, environment)
    for step in case["steps"]:
        take(step, form, root, environment)
    document = {
        "end": write_instance(ended(form, root, world(form, END, files))).decode(),
        "definition": page_definition(form, form.default_language, {}),
    }
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def write(path: Path) -> None:
    """The case with what follows from it, which comes last."""
    case = json.loads(path.read_text("utf-8"))
    given = [name for name in ("files", "metadata", "known") if name in case]
    found = derived(case)
    parts = [
        f'"name": {_line(case["name"])}',
        f'"xlsform": {_lines(case["xlsform"])}',
        *(f'"{name}": {_line(case[name])}' for name in given),
        f'"steps": {_lines(case["steps"])}',
        *(f'"{name}": {_line(found[name])}' for name in ("end", "definition")),
    ]
    path.write_text("{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n", "utf-8")


def _lines(items: list[Any]) -> str:
    return "[\n" + ",\n".join(f"    {_line(item)}" for item in items) + "\n  ]"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for one in sorted(FOLDER.glob("*.json")):
        write(one)
