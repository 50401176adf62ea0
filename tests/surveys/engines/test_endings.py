"""Interviews of whole questionnaires, which scripts begin, complete and write in the server's bytes."""

import json
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyxform.xls2xform import convert

from surveys.formlogic.tree import Element
from surveys.webform.definition import page_definition
from surveys.xforms import filling
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import check
from surveys.xforms.instance import files_named, fill, write_instance
from surveys.xforms.parsing import tree_to_json
from surveys.xforms.respondent import answer_form
from surveys.xforms.xform import parse_xform
from tests.formcases import DRAWN, END, NOW, ended, world

RUNNER = Path(__file__).parents[2] / "fuzz" / "engines" / "ending.mjs"
QUESTIONNAIRES = (
    "surveys/instruments/five_standards.xlsx",
    "tests/data/rich.md",
    "tests/data/forms/household.md",
    "tests/data/forms/clinic.md",
    "tests/data/forms/market.md",
)
METADATA = {"deviceid": "phone 1", "username": "ann", "email": "a@b.c"}
RESPONDENTS = 3


@pytest.mark.parametrize("path", QUESTIONNAIRES)
def test_scripts_begin_and_end_interviews_in_the_same_bytes(path: str) -> None:
    form = parse_xform(convert(path, validate=False).xform.encode())
    roots = [answered(form, seed) for seed in range(RESPONDENTS)]
    known = {place: f"<{role}>" for role, place in form.roles.items() if role != "consent"}
    said = asked(form, roots, known)
    begun = filling.begin(form, world(form, NOW, {}), METADATA, known)
    assert said["begun"] == tree_to_json(begun)
    for root, end in zip(roots, said["ends"], strict=True):
        environment = world(form, END, {})
        completed = ended(form, root, environment)
        assert end["xml"] == write_instance(completed).decode()
        assert end["files"] == files_named(form, completed)
        problems = {(one.path, one.kind) for one in check(form, completed, environment).problems}
        assert {(one["place"], one["kind"]) for one in end["problems"]} == problems


def answered(form: FormDef, seed: int) -> Element:
    """An interview of somebody who follows the form, with an answer that no longer applies."""
    root = answer_form(form, {}, world(form, NOW, {}), Random(seed))
    skipped = form.logic.relevance(root, world(form, NOW, {}))
    fill(root, {one.path(form.repeats): "left <over>" for one in skipped if not one.children})
    return root


def asked(form: FormDef, roots: list[Element], known: dict[str, str]) -> dict[str, Any]:
    question = {
        "definition": page_definition(form, form.default_language, {}),
        "now": NOW,
        "end": END,
        "drawn": DRAWN,
        "metadata": METADATA,
        "known": known,
        "trees": [tree_to_json(root) for root in roots],
    }
    done = subprocess.run(
        ["node", str(RUNNER)], input=json.dumps(question).encode(), capture_output=True, check=True
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]
