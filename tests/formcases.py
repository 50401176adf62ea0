"""The shared cases of forms, which Python and JavaScript run: `tests/cases/forms/*.json`.

A case is an XLSForm as a Markdown table, perhaps with `files` as `{columns, rows}` by instance id,
what a page is told of it (`definition`, `blank`), and steps with what is expected after each. `python -m tests.formcases` writes the latter two anew.
"""

import json
from pathlib import Path
from typing import Any

from pyxform.xls2xform import convert

from surveys.webform.definition import page_definition
from surveys.xforms.definition import FormDef
from surveys.xforms.parsing import tree_to_json
from surveys.xforms.xform import parse_xform

FOLDER = Path(__file__).parent / "cases" / "forms"
NOW = "2026-11-23T10:00:00+08:00"  # when all of the cases happen


def read_cases() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def form_of(table: str) -> FormDef:
    """The form of a Markdown table."""
    return parse_xform(convert(table, file_type=".md", validate=False).xform.encode())


def derived(case: dict[str, Any]) -> dict[str, Any]:
    """What follows from the table."""
    form = form_of("\n".join(case["xlsform"]))
    document = {
        "definition": page_definition(form, form.default_language, {}),
        "blank": tree_to_json(form.blank),
    }
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def write(path: Path) -> None:
    """The case with what follows from its table, which comes last."""
    case = json.loads(path.read_text("utf-8"))
    case |= derived(case)
    parts = [
        f'"name": {_line(case["name"])}',
        f'"xlsform": {_lines(case["xlsform"])}',
        *([f'"files": {_line(case["files"])}'] if "files" in case else []),
        f'"steps": {_lines(case["steps"])}',
        f'"definition": {_line(case["definition"])}',
        f'"blank": {_line(case["blank"])}',
    ]
    path.write_text("{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n", "utf-8")


def _lines(items: list[Any]) -> str:
    return "[\n" + ",\n".join(f"    {_line(item)}" for item in items) + "\n  ]"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for one in sorted(FOLDER.glob("*.json")):
        write(one)
