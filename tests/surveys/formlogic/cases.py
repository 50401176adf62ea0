"""The cases that every engine of the form language must agree on.

`python -m tests.surveys.formlogic.cases` prints them as questions for an engine that has no parser.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from surveys.engines.questions import Place, Question, World, as_json
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element
from surveys.xforms.instance import find, tree_from_xml

FOLDER = Path(__file__).parents[2] / "cases" / "formlogic"
FORMS = ("logic",)  # suites of whole forms
SUITES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
    if path.stem not in FORMS
}
CASES: list[tuple[str, str, str]] = [
    (name, *case) for name, suite in SUITES.items() for case in suite["cases"]
]


def world_of(suite: dict[str, Any]) -> World:
    instances = {name: tree_of(xml) for name, xml in suite.get("instances", {}).items()}
    return World(
        trees=(tree_of(suite["document"]), *instances.values()),
        now=datetime.fromisoformat(suite["now"]),
        instances={name: (number, ()) for number, name in enumerate(instances, start=1)},
        texts=suite.get("texts", {}),
        choice_labels=suite.get("choice_labels", {}),
    )


def tree_of(xml: str) -> Element:
    return tree_from_xml(xml.encode())


WORLDS = {name: world_of(suite) for name, suite in SUITES.items()}


def question(suite: str, text: str) -> Question:
    world = WORLDS[suite]
    node = find(world.trees[0], SUITES[suite]["context"])
    assert node is not None
    return Question(parse(text), world, place_of(node))


def place_of(node: Element) -> Place:
    if node.parent is None:
        return ()
    return (*place_of(node.parent), node.parent.children.index(node))


def main() -> None:
    questions = as_json([question(suite, text) for suite, text, _ in CASES])
    json.dump({"cases": CASES, **questions}, sys.stdout)


if __name__ == "__main__":
    main()
