"""Recorded evaluations run against the engine: what passes, what fails, what is not expected to."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from lxml import etree

from surveys.errors import SurveyError
from surveys.formlogic.evaluation import Environment, compile_expression, context_at
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element, attribute_of
from surveys.formlogic.values import Value, nodes_of, to_boolean, to_number, to_text

Vector: TypeAlias = Mapping[str, Any]
EXCLUSIONS = Path(__file__).with_name("conformance_exclusions.json")
EXPECTED_RATE = 0.99
ZONE = ZoneInfo("America/Phoenix")  # where the vectors were recorded
PREFIXES = {
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/2002/xforms": "",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


@dataclass(frozen=True)
class Report:
    """What an engine did with the vectors, by their places in the file."""

    engine: str
    passed: tuple[int, ...]
    failed: Mapping[int, str] = field(default_factory=dict)
    excluded: Mapping[int, str] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        expected = len(self.passed) + len(self.failed)
        return len(self.passed) / expected if expected else 0.0


def read_vectors(path: Path) -> list[Vector]:
    vectors: list[Vector] = json.loads(path.read_text())
    return vectors


def read_exclusions(path: Path = EXCLUSIONS) -> dict[int, str]:
    """The category for each excluded vector, by its place in the file."""
    by_category: dict[str, list[int]] = json.loads(path.read_text())
    return {place: category for category, places in by_category.items() for place in places}


def run(vectors: Sequence[Vector], exclusions: Mapping[int, str]) -> Report:
    """Evaluate all vectors in Python; excluded ones are not evaluated."""
    now = recorded_at(vectors)
    passed: list[int] = []
    failed: dict[int, str] = {}
    for place, vector in enumerate(vectors):
        if place in exclusions:
            continue
        fault = judge(vector, now)
        if fault is None:
            passed.append(place)
        else:
            failed[place] = fault
    within = {place: why for place, why in exclusions.items() if place < len(vectors)}
    return Report("python", tuple(passed), failed, within)


def recorded_at(vectors: Sequence[Vector]) -> datetime:
    """The moment of the recording, which the vectors give away where they ask for now()."""
    texts = [v["expected"] for v in vectors if v["expr"] == "now()" and v["kind"] == "string"]
    moment = datetime.fromisoformat(texts[0]) if texts else datetime(2026, 1, 1, tzinfo=ZONE)
    return moment.astimezone(ZONE)


def judge(vector: Vector, now: datetime) -> str | None:
    """What came out instead of what was expected; None where they are the same."""
    try:
        value = evaluate(vector, now)
    except SurveyError as error:
        return None if vector["kind"] == "error" else f"refused: {error}"
    shown = in_kind(value, vector["kind"], now)
    return None if agrees(shown, vector) else f"{shown!r} instead of {vector['expected']!r}"


def evaluate(vector: Vector, now: datetime) -> Value:
    document = read_document(vector["doc"])
    node, root = (node_at(document, vector[name]) for name in ("ctx", "root"))
    containers = [element for element in document.iter() if element.name == "instance"]
    environment = Environment(
        now,
        instances={e.attributes["id"]: e for e in containers if "id" in e.attributes},
        texts=_texts(document),
    )
    expression = compile_expression(parse(vector["expr"]))
    return expression(context_at(node, root, environment))


def _texts(document: Element) -> dict[str, str]:
    """The translations of the default language, or else of the first."""
    languages = [element for element in document.iter() if element.name == "translation"]
    chosen = [e for e in languages if "default" in e.attributes] or languages
    return {
        text.attributes.get("id", ""): to_text([value])
        for language in chosen[:1]
        for text in language.children
        for value in text.children
        if value.name == "value" and not value.attributes
    }


def in_kind(value: Value, kind: str, now: datetime) -> Any:
    zone = now.tzinfo or ZONE
    if kind == "boolean":
        return to_boolean(value)
    if kind in ("number", "rounded"):
        return to_number(value, zone)
    if kind in ("nodeset", "uset"):
        return [path_of(node) for node in nodes_of(value)]
    return to_text(value)


def agrees(shown: Any, vector: Vector) -> bool:
    kind, expected = vector["kind"], vector["expected"]
    if kind == "number":
        wanted = float(expected)
        return math.isclose(shown, wanted, rel_tol=1e-14) or (shown != shown and wanted != wanted)
    if kind == "rounded":
        factor = vector["factor"]
        return math.isclose(round(shown * factor), round(expected * factor))
    if kind == "uset":
        return sorted(shown) == sorted(expected)
    if kind == "match":
        return re.search(expected, shown) is not None
    if kind == "strlen":
        return len(shown) == int(expected)
    return bool(shown == expected)


@lru_cache(maxsize=256)
def read_document(text: str) -> Element:
    """A tree with its text nodes and comments, and with prefixes in names outside of XForms."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(text.encode(), parser)
    document = Element("#document")
    for node in (*reversed(list(root.itersiblings(preceding=True))), root, *root.itersiblings()):
        document.append(_element(node))
    return document


def _element(node: etree._Element) -> Element:
    if isinstance(node, etree._Comment):
        return Element("#comment", node.text or "")
    if isinstance(node, etree._ProcessingInstruction):
        return Element("#processing-instruction", node.text or "")
    element = Element(_name(str(node.tag), node))
    element.attributes = {_name(str(name), node): str(value) for name, value in node.attrib.items()}
    _append_text(element, node.text)
    for child in node:
        element.append(_element(child))
        _append_text(element, child.tail)
    return element


def _append_text(element: Element, text: str | None) -> None:
    if text:
        element.append(Element("#text", text))


def _name(tag: str, node: etree._Element) -> str:
    name = etree.QName(tag)
    prefixes = {uri: prefix for prefix, uri in node.nsmap.items() if prefix}
    prefix = PREFIXES.get(name.namespace or "", prefixes.get(name.namespace or "", ""))
    return f"{prefix}:{name.localname}" if prefix else name.localname


def node_at(document: Element, path: str) -> Element:
    """The node at a path of positions, such as `/*[1]/text()[2]` or `/*[1]/@id`."""
    node = document
    for step in path.strip("/").split("/") if path != "/" else ():
        if step.startswith("@"):
            return attribute_of(node, step[1:])
        test, _, place = step.rstrip("]").partition("[")
        node = [child for child in node.children if _kind(child) == test][int(place) - 1]
    return node


def path_of(node: Element) -> str:
    if node.parent is None:
        return "/"
    above = path_of(node.parent).rstrip("/")
    if node.name.startswith("@"):
        return f"{above}/{node.name}"
    twins = [child for child in node.parent.children if _kind(child) == _kind(node)]
    return f"{above}/{_kind(node)}[{twins.index(node) + 1}]"


def _kind(node: Element) -> str:
    return f"{node.name[1:]}()" if node.name.startswith("#") else "*"
