"""The instance tree that expressions walk: elements with a name, a text and children."""

from collections.abc import Iterator


class Element:
    """A node of an interview. `name` is local, `text` is blank where nothing was answered.

    Other kinds of node are elements with a marked name, so that one class serves every axis:
    `@id` is an attribute, `#text`, `#comment` and `#document` are what they say. Forms have answers
    in leaves and no mixed content, hence a leaf's text is kept in the leaf itself.
    """

    __slots__ = ("attributes", "children", "name", "parent", "text")

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self.text = text
        self.children: list[Element] = []
        self.parent: Element | None = None
        self.attributes: dict[str, str] = {}

    def append(self, child: "Element") -> "Element":
        child.parent = self
        self.children.append(child)
        return child

    def child(self, name: str) -> "Element | None":
        return next((child for child in self.children if child.name == name), None)

    def iter(self) -> Iterator["Element"]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.iter()

    def path(self) -> str:
        """The absolute path, such as `/data/member[2]/age`; [n] only where there are several."""
        if self.parent is None:
            return f"/{self.name}"
        twins = [child for child in self.parent.children if child.name == self.name]
        place = f"[{twins.index(self) + 1}]" if len(twins) > 1 else ""
        return f"{self.parent.path()}/{self.name}{place}"

    def __repr__(self) -> str:
        return f"<Element {self.path()} {self.text!r}>"


def document_of(root: Element) -> Element:
    """The invisible parent of a root, from which absolute paths begin; the root is unchanged."""
    if root.name == "#document":
        return root
    document = Element("#document")
    document.children = [root]
    return document


def attribute_of(element: Element, name: str) -> Element:
    attribute = Element(f"@{name}", element.attributes[name])
    attribute.parent = element
    return attribute


def order_key(node: Element) -> tuple[int, ...]:
    """Where a node stands in its document; attributes come before the children."""
    places: list[int] = []
    while node.parent is not None:
        parent = node.parent
        if node.name.startswith("@"):
            places += [list(parent.attributes).index(node.name[1:]), -1]
        elif parent.children:
            places.append(parent.children.index(node))
        else:  # the text of a leaf, which is no child of its own
            places.append(0)
        node = parent
    if node.name != "#document":  # a root, which comes after the document that does not show
        places.append(0)
    return tuple(reversed(places))


def in_document_order(nodes: list[Element]) -> list[Element]:
    """The nodes without duplicates, in the order of their document."""
    if len(nodes) < 2:
        return nodes
    by_place = {order_key(node): node for node in nodes}
    return [by_place[place] for place in sorted(by_place)]
