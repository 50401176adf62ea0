"""The blank instance of a form, and of each of its repeats."""

from collections.abc import Collection, Iterable

from surveys.formlogic.tree import Element
from surveys.xforms.parsing import tree_from_xml

TEMPLATE = "template"  # jr:template, which marks what new instances of a repeat are copied from


def blank_of(template: str, counted: Collection[str]) -> Element:
    """The instance as the author left it; `counted` repeats have no instance yet."""
    root = tree_from_xml(template.encode())
    return _tidy(root, f"/{root.name}", counted)


def templates_of(
    template: str, repeats: Iterable[str], counted: Collection[str]
) -> dict[str, Element]:
    """What is added to each repeat; of each other repeat within, there is one instance."""
    root = tree_from_xml(template.encode())
    found = {path: _template_at(root, path.split("/")[2:]) for path in repeats}
    return {
        path: _tidy(element, path, counted)
        for path, element in found.items()
        if element is not None
    }


def order_of(template: str) -> dict[str, tuple[str, ...]]:
    """The names below each path, in the order in which the form has them."""
    root = tree_from_xml(template.encode())
    names: dict[str, dict[str, None]] = {}
    _note(root, f"/{root.name}", names)
    return {path: tuple(below) for path, below in names.items()}


def attributes_of(template: str) -> dict[str, dict[str, str]]:
    """The attributes at each path that has any, as its first element has them."""
    root = tree_from_xml(template.encode())
    found: dict[str, dict[str, str]] = {}
    _note_attributes(root, f"/{root.name}", found)
    return found


def _note_attributes(element: Element, path: str, found: dict[str, dict[str, str]]) -> None:
    if attributes := _own_attributes(element):
        found.setdefault(path, attributes)
    for child in element.children:
        _note_attributes(child, f"{path}/{child.name}", found)


def _own_attributes(element: Element) -> dict[str, str]:
    return {name: text for name, text in element.attributes.items() if name != TEMPLATE}


def _note(element: Element, path: str, names: dict[str, dict[str, None]]) -> None:
    for child in element.children:
        names.setdefault(path, {})[child.name] = None
        _note(child, f"{path}/{child.name}", names)


def _template_at(element: Element | None, names: list[str]) -> Element | None:
    """Marked elements go before others, at every step of the path."""
    for name in names:
        twins = [child for child in element.children if child.name == name] if element else []
        marked = (twin for twin in twins if TEMPLATE in twin.attributes)
        element = next(marked, None) or next(iter(twins), None)
    return element


def _tidy(element: Element, path: str, counted: Collection[str]) -> Element:
    """A copy in which templates are instances where there is none, and are gone where there is."""
    copy = Element(element.name, element.text)
    copy.attributes = _own_attributes(element)
    written = {child.name for child in element.children if TEMPLATE not in child.attributes}
    for child in element.children:
        below = f"{path}/{child.name}"
        is_template = TEMPLATE in child.attributes and child.name in written
        if below not in counted and not is_template:
            copy.append(_tidy(child, below, counted))
    return copy
