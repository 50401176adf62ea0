"""XML lists become rows: a `root` of `item`s, each with one element a column."""

import re
from collections.abc import Iterator

from lxml import etree

from surveys.errors import gettext_noop
from surveys.xforms.datatable import DataTable
from surveys.xforms.xlsform import FormError

_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def table_from_xml(name: str, content: bytes) -> DataTable:
    """Rows of `<root><item>…`. Raises FormError in the words of the fault."""
    items = [dict(_cells(name, item)) for item in _items(name, content)]
    columns = tuple(dict.fromkeys(column for item in items for column in item))
    return DataTable(columns, [tuple(item.get(c, "") for c in columns) for item in items])


def _items(name: str, content: bytes) -> list[etree._Element]:
    if _FORBIDDEN.search(content):
        raise FormError(gettext_noop("%(name)s declares a document type."), name=name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormError(
            gettext_noop("%(name)s is broken XML: %(detail)s"), name=name, detail=error
        ) from error
    items = list(root.iterchildren(etree.Element))
    if _local(root) != "root" or any(_local(item) != "item" for item in items):
        raise _misshapen(name)
    return items


def _cells(name: str, item: etree._Element) -> Iterator[tuple[str, str]]:
    seen = set()
    for cell in item.iterchildren(etree.Element):
        column = _local(cell)
        if len(cell) or column in seen:
            raise _misshapen(name)
        seen.add(column)
        yield column, (cell.text or "").strip()


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def _misshapen(name: str) -> FormError:
    return FormError(
        gettext_noop(
            "%(name)s is not of the form <root><item><name>…</name>…</item>…</root>, "
            "with each column once an item."
        ),
        name=name,
    )
