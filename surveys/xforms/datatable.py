"""The rows of a data file, whatever its format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys.formlogic.tree import Element


@dataclass(frozen=True)
class DataTable:
    """Every row has a cell for every column, blank where the file says nothing."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def to_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "rows": self.rows}

    def element(self) -> Element:
        """`root` with an `item` a row: what stands under the `<instance>` of the file."""
        root = Element("root")
        for row in self.rows:
            item = root.append(Element("item"))
            item.children = [
                _leaf(name, text, item) for name, text in zip(self.columns, row, strict=True)
            ]
        return root


_NO_CHILDREN: list[Element] = []
_NO_ATTRIBUTES: dict[str, str] = {}


def _leaf(name: str, text: str, parent: Element) -> Element:
    """A cell. There are hundreds of thousands and nothing changes them: they share what is empty,
    which halves the memory.
    """
    leaf = Element(name, text)
    leaf.parent = parent
    leaf.children, leaf.attributes = _NO_CHILDREN, _NO_ATTRIBUTES
    return leaf
