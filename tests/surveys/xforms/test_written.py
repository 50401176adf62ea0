"""Instances as XML: the shared cases, which the page writes in the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from surveys.formlogic.tree import Element
from surveys.xforms.instance import write_instance

CASES = json.loads((Path(__file__).parents[2] / "cases" / "instances.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_tree_is_written_as_the_case_says(case: dict[str, Any]) -> None:
    assert write_instance(element(*case["tree"])) == case["xml"].encode()


def element(
    name: str, content: str | list[Any], attributes: dict[str, str] | None = None
) -> Element:
    """The element that scripts write as `[name, content, attributes]`."""
    made = Element(name, content if isinstance(content, str) else "")
    made.attributes = attributes or {}
    for child in content if isinstance(content, list) else ():
        made.append(element(*child))
    return made
