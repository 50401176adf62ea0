"""Writes docs/features.md, and the notes as sentences to translate, from the feature matrix.

`python docs/features.py` after a change of surveys/xforms/features.json.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from surveys.xforms.features import KINDS, Feature, features  # noqa: E402 - needs the path

PAGE = ROOT / "docs" / "features.md"
NOTES = ROOT / "surveys" / "xforms" / "feature_notes.py"
TITLES = {
    "type": "Types",
    "appearance": "Appearances",
    "column": "Columns of the sheets survey and choices",
    "parameter": "Parameters",
    "setting": "Settings",
    "sheet": "Sheets",
    "function": "Functions",
}
PREFACE = """# What of XLSForm works

A status says what the web page and the server do; ODK Collect gets the XForm as it is. What is *refused* stops
publishing, with the sentence given here; what is *ignored* is a remark. Anything that is not listed is unknown
and is remarked as well.

This page is written by `python docs/features.py` from `surveys/xforms/features.json`.
"""


def page() -> str:
    return "\n".join([PREFACE, *(line for kind in KINDS for line in section(kind))])


def section(kind: str) -> Iterator[str]:
    """One kind as a table; neighbours that are said to be the same share a row."""
    yield from (f"## {TITLES[kind]}", "", "| what | status | note |", "|---|---|---|")
    own = [feature for feature in features() if feature.kind == kind]
    for (status, note), group in groupby(own, key=lambda one: (one.status, one.note)):
        yield f"| {', '.join(map(code, group))} | {status} | {note} |"
    yield ""


def code(feature: Feature) -> str:
    return f"`{feature.name}`"


def notes() -> str:
    """A module that marks every note for translation."""
    found = dict.fromkeys(feature.note for feature in features() if feature.note)
    lines = "\n".join(f"    gettext_noop({quoted(note)})," for note in found)
    return (
        '"""The notes of the feature matrix, marked for translation; `docs/features.py` writes this '
        'file."""\n\n'
        "from surveys.errors import gettext_noop\n\n"
        f"# fmt: off\nNOTES = (\n{lines}\n)\n"
    )


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    NOTES.write_text(notes(), encoding="utf-8")
