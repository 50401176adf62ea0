"""Instances as XML: the shared cases, which the page writes in the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from surveys.xforms.instance import write_instance
from surveys.xforms.parsing import tree_from_json

CASES = json.loads((Path(__file__).parents[2] / "cases" / "instances.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_tree_is_written_as_the_case_says(case: dict[str, Any]) -> None:
    root = tree_from_json(case["tree"])
    root.attributes = case["attributes"]
    assert write_instance(root) == case["xml"].encode()
