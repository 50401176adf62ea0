"""The instance tree that expressions walk: elements with a name, a text and children."""

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet


class Element:
    """A node of an interview. `name` is local, `text` is blank where nothing was answered.

    An instance of a repeat that does not apply is `absent`: it keeps its place, and no step of a
    path leads to it.

    Other kinds of node are elements with a marked name, so that one class serves every axis:
    `@id` is an attribute, `#text`, `#comment` and `#document` are what they say. Forms have answers
    in leaves and no mixed content, hence a leaf's text is kept in the leaf itself.
    """

    __slots__ = ("__weakref__", "absent", "attributes", "children", "name", "parent", "text")

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self.text = text
        self.children: list[Element] = []
        self.parent: Element | None = None
        self.attributes: dict[str, str] = {}
        self.absent = False

    def append(self, child: "Element") -> "Element":
        child.parent = self
        self.children.append(child)
        return child

    def child(self, name: str) -> "Element | None":
        return next((child for child in self.children if child.name == name), None)

    def copy(self) -> "Element":
        """This element and all below it once more, hanging nowhere yet."""
        twin = Element(self.name, self.text)
        twin.attributes = dict(self.attributes)
        for child in self.children:
            twin.append(child.copy())
        return twin

    def iter(self) -> Iterator["Element"]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.iter()

    def path(self, repeats: Collection[str] = ()) -> str:
        """The absolute path with its places, such as `/data/member[2]/age`.

        There is a place for each of `repeats`, and for any others that there are several of.
        """
        return self._path(repeats)[0]

    def _path(self, repeats: Collection[str]) -> tuple[str, str]:
        """The path with places and without."""
        if self.parent is None:
            return f"/{self.name}", f"/{self.name}"
        above, bare = self.parent._path(repeats)
        bare = f"{bare}/{self.name}"
        twins = [child for child in self.parent.children if child.name == self.name]
        has_place = len(twins) > 1 or bare in repeats
        place = f"[{twins.index(self) + 1}]" if has_place and twins else ""
        return f"{above}/{self.name}{place}", bare

    def __repr__(self) -> str:
        return f"<Element {self.path()} {self.text!r}>"


def steps_below(
    element: Element, path: str, repeats: AbstractSet[str]
) -> list[tuple[Element, str, str]]:
    """Each child with its path without places and the step to it, such as `member[2]`.

    `path` is the element's own, without places.
    """
    children = element.children
    names = [child.name for child in children]
    plain = [(child, f"{path}/{child.name}", child.name) for child in children]
    if len(set(names)) == len(names) and repeats.isdisjoint([below for _, below, _ in plain]):
        return plain
    numbers: dict[str, int] = {}
    counts = Counter(names)
    numbered = []
    for child, below, name in plain:
        number = numbers[name] = numbers.get(name, 0) + 1
        has_place = below in repeats or counts[name] > 1
        numbered.append((child, below, f"{name}[{number}]" if has_place else name))
    return numbered


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


def in_document_order(nodes: list[Element]) -> list[Element]:
    """The nodes without duplicates, in the order of their document; of several, one by one."""
    if len(nodes) < 2:
        return nodes
    order = _Order()
    by_key = {order.key(node): node for node in nodes}
    return [by_key[key] for key in sorted(by_key)]


class _Order:
    """Where nodes stand. Trees come as they are met; children are counted once for each parent."""

    def __init__(self) -> None:
        self.trees: dict[Element, int] = {}
        self.places: dict[Element, dict[Element, int]] = {}

    def key(self, node: Element) -> tuple[int, ...]:
        """The tree, then the places from the top down; attributes come before the children."""
        key: list[int] = []
        while node.parent is not None:
            if node.name.startswith("@"):
                key += [list(node.parent.attributes).index(node.name[1:]), -1]
            else:
                key.append(self.place(node, node.parent))
            node = node.parent
        if node.name == "#document":  # which does not show: its root does not know of it
            node = node.children[0]
        else:
            key.append(0)
        key.append(self.trees.setdefault(node, len(self.trees)))
        return tuple(reversed(key))

    def place(self, node: Element, parent: Element) -> int:
        """The text of a leaf is no child of its own."""
        if parent not in self.places:
            self.places[parent] = {child: place for place, child in enumerate(parent.children)}
        return self.places[parent].get(node, 0)
