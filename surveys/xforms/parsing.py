"""Instance XML becomes a tree, defensively: nothing is fetched, expanded or without end."""

import re
from typing import Any, TypeAlias

from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.tree import Element

MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MOST_TAGS = 3 * MAX_ELEMENTS  # beginnings, ends, and what else may stand between
MOST_ATTRIBUTES = 5_000  # in all: with those of one element, libxml2's time grows by their square
Tree: TypeAlias = list[Any]  # [name, text] or [name, [Tree, ...]], as pages hold an instance
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)  # in most encodings


class InstanceError(SurveyError):
    """Bytes that are not an interview."""


def tree_from_xml(xml: bytes) -> Element:
    """The element tree of an instance; document types, deep and huge documents are refused."""
    if _FORBIDDEN.search(xml):
        raise _has_type()
    if xml.count(b"<") > MOST_TAGS or xml.count(b"=") > MOST_ATTRIBUTES:
        raise _too_large()
    try:
        root = etree.fromstring(xml, strict_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InstanceError(gettext_noop("The interview's XML is broken.")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _has_type()
    return _element(root, depth=1, budget=[MAX_ELEMENTS])


def strict_parser() -> etree.XMLParser:
    """What reads XML that anybody may have made: nothing is fetched, and no entity is expanded."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _has_type() -> InstanceError:
    return InstanceError(gettext_noop("The interview's XML declares a document type."))


def _too_large() -> InstanceError:
    return InstanceError(gettext_noop("The interview's XML is too deep or too large."))


def _element(node: etree._Element, depth: int, budget: list[int]) -> Element:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise _too_large()
    element = Element(_local(node.tag))
    if attributes := node.items():
        element.attributes = {_local(name): str(value) for name, value in attributes}
    if len(node):
        for child in node:
            element.append(_element(child, depth + 1, budget))
    elif node.text:
        element.text = node.text.strip()
    return element


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def tree_from_json(document: object) -> Element:
    """The element tree of `[name, text]` or `[name, [child, ...]]`, under the same limits."""
    return _element_from_json(document, depth=1, budget=[MAX_ELEMENTS])


def _element_from_json(document: object, depth: int, budget: list[int]) -> Element:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise _too_large()
    match document:
        case [str(name), str(text)]:
            return Element(name, text)
        case [str(name), list(children)]:
            element = Element(name)
            for child in children:
                element.append(_element_from_json(child, depth + 1, budget))
            return element
    raise InstanceError(gettext_noop("This is no interview."))


def tree_to_json(element: Element) -> Tree:
    """What `tree_from_json` reads; attributes are left out."""
    if not element.children:
        return [element.name, element.text]
    return [element.name, [tree_to_json(child) for child in element.children]]
