"""Instance XML in and out: the evidence of an interview, read defensively, written once."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from surveys.errors import gettext_noop
from surveys.formlogic.tree import Element, steps_below
from surveys.xforms.definition import FormDef
from surveys.xforms.parsing import InstanceError, tree_from_xml

__all__ = [
    "MAX_BYTES",
    "MAX_ID",
    "Instance",
    "InstanceError",
    "answers_of",
    "blank_instance",
    "elements_at",
    "files_named",
    "fill",
    "find",
    "meta_text",
    "read_instance",
    "relative",
    "sealed_files",
    "set_meta",
    "tree_from_xml",
    "without_controls",
    "write_instance",
]

OPENROSA = "http://openrosa.org/xforms"
MAX_BYTES = 5_000_000
MAX_ID = 249  # OpenRosa's limit for ids and versions
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


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

    @property
    def is_encrypted(self) -> bool:
        """Whether it is only the envelope of answers that nobody here can read."""
        return self.root.attributes.get("encrypted") == "yes"


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


def meta_text(root: Element, name: str) -> str:
    """A value of the `meta` block, or blank."""
    meta = root.child("meta")
    found = meta.child(name) if meta else None
    return found.text if found else ""


def blank_instance(form: FormDef) -> Element:
    """A fresh instance tree of a form, as its author left it."""
    return form.blank.copy()


def fill(root: Element, answers: Mapping[str, str]) -> None:
    """Put answers, keyed by place, into an instance tree; nothing is calculated."""
    for place, text in answers.items():
        found = find(root, place)
        if found is not None:
            found.text = without_controls(text)


def find(root: Element, place: str) -> Element | None:
    """The element at a place, such as `/data/member[2]/age`; without a number, the first one."""
    first, *steps = place.strip("/").split("/")
    element: Element | None = root if root.name == first.partition("[")[0] else None
    for step in steps:
        if element is None:
            return None
        name, _, number = step.partition("[")
        twins = [child for child in element.children if child.name == name]
        at = int(number.rstrip("]")) - 1 if number.rstrip("]").isdecimal() else 0
        element = twins[at] if 0 <= at < len(twins) else None
    return element


def elements_at(top: Element, names: Sequence[str]) -> list[Element]:
    """All elements that steps of these names lead to, through all instances of repeats."""
    found = [top]
    for name in names:
        found = [child for element in found for child in element.children if child.name == name]
    return found


def files_named(form: FormDef, root: Element) -> list[str]:
    """The files that an interview names: pictures, sounds and others, and its audit log."""
    places = (bind.path.split("/")[2:] for bind in form.binds if bind.type == "binary")
    return [found.text for names in places for found in elements_at(root, names) if found.text]


def sealed_files(root: Element) -> list[str]:
    """The encrypted files that an envelope names: pictures and others, then the answers."""
    names = [*elements_at(root, ("media", "file")), *elements_at(root, ("encryptedXmlFile",))]
    return [element.text for element in names if element.text]


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
        written = etree.SubElement(node, inside + child.name, child.attributes)
        if child.children:
            _write_children(child, written, inside)
        elif child.text:
            written.text = child.text


def answers_of(root: Element, repeats: Collection[str] = ()) -> dict[str, str]:
    """Answers by place below the root, such as `g_a/a2` and `member[1]/age`.

    Blanks and the meta block are left out.
    """
    answers = dict(_leaves(root, f"/{root.name}", "", frozenset(repeats)))
    return {place: text for place, text in answers.items() if not place.startswith("meta/")}


def _leaves(
    element: Element, path: str, place: str, repeats: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Place and text of whatever is answered below an element."""
    for child, below, step in steps_below(element, path, repeats):
        if child.children:
            yield from _leaves(child, below, f"{place}{step}/", repeats)
        elif child.text:
            yield place + step, child.text


def relative(path: str) -> str:
    """A path without its root: `/data/g_a/a2` becomes `g_a/a2`."""
    return path[path.index("/", 1) + 1 :]
