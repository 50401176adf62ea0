"""The rows of a data file, whatever its format, as long as they are not too many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.errors import gettext_noop
from surveys.formlogic.tree import Element
from surveys.xforms.xlsform import FormError

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 800_000


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


def table_of(name: str, items: Iterable[Mapping[str, str]]) -> DataTable:
    """The table of items that need not have every column. Raises FormError when it gets too large."""
    columns: dict[str, None] = {}
    read: list[Mapping[str, str]] = []
    for item in items:
        columns |= dict.fromkeys(item)
        read.append(item)
        require_fitting(name, len(columns), len(read))
    return DataTable(tuple(columns), [tuple(item.get(c, "") for c in columns) for item in read])


def require_fitting(name: str, columns: int, rows: int) -> None:
    """Raises FormError where a table is too large; to be asked while it is read."""
    if columns > MAX_COLUMNS:
        raise FormError(gettext_noop("%(name)s has more than 200 columns."), name=name)
    if rows > MAX_ROWS:
        raise FormError(
            gettext_noop("%(name)s has more than 50,000 rows. That is too much for a phone."),
            name=name,
        )
    if columns * rows > MAX_CELLS:
        raise too_many_cells(name)


def too_many_cells(name: str) -> FormError:
    return FormError(
        gettext_noop(
            "%(name)s has more than 800,000 cells. Leave out rows and columns that the form does "
            "not use."
        ),
        name=name,
    )


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
