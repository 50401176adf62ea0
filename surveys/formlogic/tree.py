"""The instance tree that expressions walk: elements with a name, a text and children."""

from collections.abc import Iterator


class Element:
    """A node of an interview. `name` is local, `text` is blank where nothing was answered."""

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

    def root(self) -> "Element":
        element = self
        while element.parent is not None:
            element = element.parent
        return element

    def __repr__(self) -> str:
        return f"<Element {self.path()} {self.text!r}>"
