"""Instance XML in and out: the evidence of an interview, read defensively, written once."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef

OPENROSA = "http://openrosa.org/xforms"
MAX_BYTES = 5_000_000
MAX_ID = 249  # OpenRosa's limit for ids and versions
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class InstanceError(SurveyError):
    """Bytes that are not an interview."""


@dataclass(frozen=True)
class Instance:
    """An interview as it was sent: `xml` is kept verbatim, the rest is read from it."""

    xml: bytes
    sha256: str
    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    root: Element


def read_instance(xml: bytes) -> Instance:
    """Parse instance XML. Raises InstanceError for anything that is not a whole interview."""
    if len(xml) > MAX_BYTES:
        raise InstanceError(gettext_noop("The interview's XML is too deep or too large."))
    root = tree_from_xml(xml)
    form_id = root.attributes.get("id", "")
    if not form_id:
        raise InstanceError(gettext_noop("The interview does not say which form it belongs to."))
    instance_id = meta_text(root, "instanceID")
    if not instance_id:
        raise InstanceError(gettext_noop("The interview has no instanceID."))
    version, deprecated_id = root.attributes.get("version", ""), meta_text(root, "deprecatedID")
    if max(map(len, (form_id, version, instance_id, deprecated_id))) > MAX_ID:
        raise InstanceError(gettext_noop("An id or version in the interview is too long."))
    return Instance(
        xml=xml,
        sha256=hashlib.sha256(xml).hexdigest(),
        form_id=form_id,
        version=version,
        instance_id=instance_id,
        deprecated_id=deprecated_id,
        root=root,
    )


def tree_from_xml(xml: bytes) -> Element:
    """The element tree of an instance; document types, deep and huge documents are refused."""
    if _FORBIDDEN.search(xml):
        raise InstanceError(gettext_noop("The interview's XML declares a document type."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InstanceError(
            gettext_noop("The interview's XML is broken: %(detail)s"), detail=error
        ) from error
    return _element(root, depth=1, budget=[MAX_ELEMENTS])


def _element(node: etree._Element, depth: int, budget: list[int]) -> Element:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise InstanceError(gettext_noop("The interview's XML is too deep or too large."))
    element = Element(etree.QName(node).localname)
    element.attributes = {
        etree.QName(name).localname: str(value) for name, value in node.attrib.items()
    }
    children = [child for child in node if isinstance(child.tag, str)]
    if not children:
        element.text = "".join(map(str, node.itertext())).strip()
    for child in children:
        element.append(_element(child, depth + 1, budget))
    return element


def meta_text(root: Element, name: str) -> str:
    """A value of the `meta` block, or blank."""
    meta = root.child("meta")
    found = meta.child(name) if meta else None
    return found.text if found else ""


def blank_instance(form: FormDef) -> Element:
    """A fresh instance tree of a form, as its author left it."""
    return tree_from_xml(form.template.encode())


def fill(root: Element, answers: Mapping[str, str]) -> None:
    """Put answers, keyed by absolute path, into an instance tree made from the template."""
    for path, text in answers.items():
        found = find(root, path)
        if found is not None:
            found.text = without_controls(text)


def find(root: Element, path: str) -> Element | None:
    """The element at an absolute path without repeats, such as `/data/g_a/a2`."""
    first, *rest = path.strip("/").split("/")
    element: Element | None = root if root.name == first else None
    for name in rest:
        element = element.child(name) if element else None
    return element


def set_meta(root: Element, name: str, text: str) -> None:
    meta = root.child("meta") or root.append(Element("meta"))
    found = meta.child(name) or meta.append(Element(name))
    found.text = without_controls(text)


def without_controls(text: str) -> str:
    """The text as XML can hold it: control characters, which nobody types, are dropped."""
    return _CONTROLS.sub("", text)


def write_instance(root: Element) -> bytes:
    """Instance XML of a tree: the bytes that are frozen when an interview is finished."""
    node = etree.Element(root.name, nsmap={"orx": OPENROSA})
    for name, value in root.attributes.items():
        node.set(name, value)
    _write_children(root, node, namespace="")
    xml: bytes = etree.tostring(node, xml_declaration=True, encoding="UTF-8")
    return xml


def _write_children(element: Element, node: etree._Element, namespace: str) -> None:
    for child in element.children:
        inside = f"{{{OPENROSA}}}" if child.name == "meta" and element.parent is None else namespace
        written = etree.SubElement(node, inside + child.name)
        if child.children:
            _write_children(child, written, inside)
        elif child.text:
            written.text = child.text


def answers_of(root: Element, skipped: Collection[str] = ()) -> dict[str, str]:
    """Answers by path below the root, such as `g_a/a2`.

    Blanks, the meta block and questions that did not apply are left out.
    """
    leaves = ((element, element.path()) for element in root.iter() if not element.children)
    return {
        relative(path): element.text
        for element, path in leaves
        if element.text and path not in skipped and not path.startswith(f"/{root.name}/meta/")
    }


def relative(path: str) -> str:
    """A path without its root: `/data/g_a/a2` becomes `g_a/a2`."""
    return path.split("/", 2)[2]
