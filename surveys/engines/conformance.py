"""Recorded evaluations put to an engine: what passes, what fails, what is not expected to."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from surveys.engines.questions import Answer, Place, Question, World, kind_of
from surveys.errors import SurveyError
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element
from surveys.formlogic.values import text_of

Vector: TypeAlias = Mapping[str, Any]
Engine: TypeAlias = Callable[[Sequence[Question]], Sequence[Answer]]
EXCLUSIONS = Path(__file__).with_name("conformance_exclusions.json")
EXPECTED_RATE = 0.99
ZONE = timezone(timedelta(hours=-7))  # of Phoenix, where the vectors were recorded
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
    shown: Mapping[int, Any] = field(default_factory=dict)

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


def run(
    name: str, engine: Engine, vectors: Sequence[Vector], exclusions: Mapping[int, str]
) -> Report:
    """Put all vectors to an engine; excluded ones are not asked."""
    now = recorded_at(vectors)
    expected = {at: vector for at, vector in enumerate(vectors) if at not in exclusions}
    asked = {at: _question_or_refusal(vector, now) for at, vector in expected.items()}
    questions = {at: one for at, one in asked.items() if isinstance(one, Question)}
    answers = dict(zip(questions, engine(list(questions.values())), strict=True))
    shown = {at: in_kind(answer, expected[at]["kind"]) for at, answer in answers.items()}
    faults = {at: _fault(expected[at], asked[at], shown.get(at)) for at in expected}
    return Report(
        engine=name,
        passed=tuple(at for at, fault in faults.items() if fault is None),
        failed={at: fault for at, fault in faults.items() if fault is not None},
        excluded={at: why for at, why in exclusions.items() if at < len(vectors)},
        shown=shown,
    )


def disagreements(first: Report, second: Report, vectors: Sequence[Vector]) -> dict[int, str]:
    """Where two engines say something else, whatever was expected."""
    return {
        at: f"{shown!r} in {first.engine}, {second.shown[at]!r} in {second.engine}"
        for at, shown in first.shown.items()
        if not _is_same(shown, second.shown[at]) and vectors[at]["kind"] not in ("match", "strlen")
    }


def _is_same(a: Any, b: Any) -> bool:
    """Of numbers up to the last digits of a sine, which ECMAScript leaves open."""
    if isinstance(a, float):
        return math.isclose(a, b, rel_tol=1e-14) or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


def recorded_at(vectors: Sequence[Vector]) -> datetime:
    """The moment of the recording, which the vectors give away where they ask for now()."""
    texts = [v["expected"] for v in vectors if v["expr"] == "now()" and v["kind"] == "string"]
    moment = datetime.fromisoformat(texts[0]) if texts else datetime(2026, 1, 1, tzinfo=ZONE)
    return moment.astimezone(ZONE)


def _question_or_refusal(vector: Vector, now: datetime) -> Question | SurveyError:
    try:
        node = parse(vector["expr"])
    except SurveyError as error:
        return error
    world = _world(vector["doc"], now)
    place, top = (place_of(world.trees[0], vector[name]) for name in ("ctx", "root"))
    return Question(node, world, place, top)


def _fault(vector: Vector, asked: Question | SurveyError, shown: Any) -> str | None:
    """What came out instead of what was expected; None where they are the same."""
    if isinstance(asked, SurveyError):
        return None if vector["kind"] == "error" else f"refused: {asked}"
    return None if agrees(shown, vector) else f"{shown!r} instead of {vector['expected']!r}"


def in_kind(answer: Answer, kind: str) -> Any:
    if kind == "boolean":
        return answer.boolean
    if kind in ("number", "rounded"):
        return answer.number
    return answer.nodes if kind in ("nodeset", "uset") else answer.text


def agrees(shown: Any, vector: Vector) -> bool:
    kind, expected = vector["kind"], vector["expected"]
    if kind == "number":
        return _is_same(shown, float(expected))
    if kind == "rounded":
        factor = vector["factor"]
        return math.isclose(round(shown * factor), round(expected * factor))
    if kind in ("nodeset", "uset"):
        order = sorted if kind == "uset" else list
        return bool(order(shown) == order(expected))
    if kind == "match":
        return re.search(expected, shown) is not None
    return len(shown) == int(expected) if kind == "strlen" else bool(shown == expected)


@lru_cache(maxsize=256)
def _world(document: str, now: datetime) -> World:
    tree = read_document(document)
    places = {tuple(place): element for place, element in _places(tree)}
    return World(
        trees=(tree,),
        now=now,
        instances={
            element.attributes["id"]: (0, place)
            for place, element in places.items()
            if element.name == "instance" and "id" in element.attributes
        },
        texts=_texts(tree),
    )


def _places(element: Element, at: Place = ()) -> list[tuple[Place, Element]]:
    below = [_places(child, (*at, place)) for place, child in enumerate(element.children)]
    return [(at, element), *[one for found in below for one in found]]


def _texts(document: Element) -> dict[str, str]:
    """The translations of the default language, or else of the first."""
    languages = [element for element in document.iter() if element.name == "translation"]
    chosen = [e for e in languages if "default" in e.attributes] or languages
    return {
        text.attributes.get("id", ""): text_of(value)
        for language in chosen[:1]
        for text in language.children
        for value in text.children
        if value.name == "value" and not value.attributes
    }


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


def place_of(document: Element, path: str) -> Place:
    """Where a path of positions leads, such as `/*[1]/text()[2]` or `/*[1]/@id`."""
    node = document
    place: list[int | str] = []
    for step in path.strip("/").split("/") if path != "/" else ():
        if step.startswith("@"):
            return (*place, step)
        test, _, number = step.rstrip("]").partition("[")
        twins = [at for at, child in enumerate(node.children) if kind_of(child) == test]
        place.append(twins[int(number) - 1])
        node = node.children[twins[int(number) - 1]]
    return tuple(place)
