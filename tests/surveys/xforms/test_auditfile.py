"""audit.csv as pages write it: the columns that the question asks for, in a file that is read back."""

from collections.abc import Mapping

import pytest

from surveys.xforms.audit import read_log
from surveys.xforms.auditfile import columns_of, row
from surveys.xforms.definition import FormDef
from tests.formcases import form_of

ALWAYS = ("event", "node", "start", "end")
PLACES = {"location-priority": "balanced", "location-min-interval": "60", "location-max-age": "120"}
CHANGES = {"track-changes": "true", "track-changes-reasons": "on-form-edit"}


def form(rows: str) -> FormDef:
    return form_of(
        f"| survey |\n| | type | name | label | parameters |\n{rows}| | text | a | A | |\n"
        "| settings |\n| | form_id | version | form_title |\n| | f | 1 | F |"
    )


def test_a_form_says_how_its_log_is_kept() -> None:
    asked = form("| | audit | audit | | track-changes=true identify-user=true |\n")
    assert asked.audit == {"track-changes": "true", "identify-user": "true"}
    assert FormDef.from_json(asked.to_json()).audit == asked.audit
    assert form("| | audit | audit | | |\n").audit == {}
    assert form("").audit is None


@pytest.mark.parametrize(
    ("parameters", "further"),
    [
        ({}, ()),
        ({"track-changes": "false"}, ()),
        (CHANGES, ("old-value", "new-value")),
        (PLACES, ("latitude", "longitude", "accuracy")),
        (
            {"identify-user": "true"} | CHANGES | PLACES,
            ("latitude", "longitude", "accuracy", "old-value", "new-value", "user"),
        ),
    ],
)
def test_columns_are_those_that_are_asked_for(
    parameters: Mapping[str, str], further: tuple[str, ...]
) -> None:
    assert columns_of(parameters) == ALWAYS + further


def test_a_row_holds_any_text() -> None:
    columns = columns_of(CHANGES)
    heading = row(columns, {name: name for name in columns})
    old, new = 'Li, "A"', "two\nlines"
    cells = {"event": "question", "node": "/data/a", "old-value": old, "new-value": new}
    log = read_log((heading + row(columns, cells)).encode())
    assert log.unread == ()
    assert [(e.kind, e.path, e.old, e.new) for e in log.events] == [
        ("question", "/data/a", old, new)
    ]
