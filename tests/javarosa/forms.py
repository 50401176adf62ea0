"""Forms with answers in them, and what is asked in them, for JavaRosa and for our engines."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from pyxform.xls2xform import convert

from surveys.engines import python
from surveys.engines.questions import Question, World
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element
from surveys.xforms.instance import find, tree_from_xml
from tests.surveys.formlogic.cases import CASES, SUITES, place_of

FOLDER = Path(__file__).parent
SHARED = "expressions"
ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=8)))
XFORMS = "{http://www.w3.org/2002/xforms}"
CLOCK_OR_CHANCE = re.compile(r"\b(?:now|today|random|uuid)\(")
PAGE = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>x</h:title><model>
<instance>{document}</instance>{instances}<bind nodeset="{node}"/></model></h:head>
<h:body><input ref="{node}"/></h:body></h:html>"""


@dataclass(frozen=True)
class Asked:
    """An expression at a node of a form, and the text that we say it has."""

    form: str
    node: str
    expression: str
    ours: str


def shared_form(suite: Mapping[str, Any]) -> str:
    """The document of shared cases as a form; JavaRosa wants it to have an id."""
    document = re.sub("^<data>", '<data id="x">', suite["document"])
    instances = "".join(suite.get("instances", {}).values())
    return PAGE.format(document=document, instances=instances, node=suite["context"])


def shared_questions() -> Iterator[Asked]:
    """The shared cases of all kinds; not those of corners, where every engine is alone."""
    for suite, expression, expected in CASES:
        if suite == SHARED and not CLOCK_OR_CHANCE.search(expression):
            yield Asked(suite, SUITES[suite]["context"], expression, expected)


@cache
def household() -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((FOLDER / "household.json").read_text("utf-8"))
    return document


def household_form() -> str:
    """A form as pyxform writes it, with answers in its instance."""
    source = (FOLDER / "household.md").read_text("utf-8")
    made = convert(source, file_type=".md", form_name="h", validate=False).xform
    form = etree.fromstring(made.encode())
    root = next(form.iter(f"{XFORMS}instance"))[0]
    for path, text in household()["answers"].items():
        _child(root, path).text = text
    repeat = root.findall(f"{XFORMS}member")[-1]
    for answers in household()["members"]:
        member = etree.fromstring(etree.tostring(repeat))
        for name, text in answers.items():
            _child(member, name).text = text
        repeat.addprevious(member)
    root.remove(repeat)
    return etree.tostring(form).decode()


def _child(element: etree._Element, path: str) -> etree._Element:
    found = element.find("/".join(f"{XFORMS}{name}" for name in path.split("/")))
    assert found is not None
    return found


def household_questions(form: str) -> Iterator[Asked]:
    world = _world(form)
    for node, expressions in household()["expressions"]:
        at = find(world.trees[0], node)
        assert at is not None
        for expression in expressions:
            (answer,) = python.answers([Question(parse(expression), world, place_of(at))])
            yield Asked("household", node, expression, answer.text)


def _world(form: str) -> World:
    main, *others = list(etree.fromstring(form.encode()).iter(f"{XFORMS}instance"))
    for template in [one for one in main[0] if any("template" in name for name in one.attrib)]:
        main[0].remove(template)
    lists = {str(other.get("id")): _tree(other) for other in others}
    return World(
        trees=(_tree(main[0]), *lists.values()),
        now=NOW,
        instances={name: (number, ()) for number, name in enumerate(lists, start=1)},
    )


def _tree(element: etree._Element) -> Element:
    return tree_from_xml(etree.tostring(element))
