"""XML lists become rows: a `root` of `item`s, each with one element a column."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from surveys.errors import gettext_noop
from surveys.xforms.datatable import DataTable, require_fitting, table_of
from surveys.xforms.xlsform import FormError

SHAPES = (["root"], ["root", "item"])  # what cells are in
CHUNK = 100_000  # bytes
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def table_from_xml(name: str, content: bytes) -> DataTable:
    """Rows of `<root><item>…`. Raises FormError in the words of the fault."""
    if _FORBIDDEN.search(content):
        raise FormError(gettext_noop("%(name)s declares a document type."), name=name)
    try:
        return table_of(name, _items(name, content))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormError(
            gettext_noop("%(name)s is broken XML: %(detail)s"), name=name, detail=error
        ) from error


def _items(name: str, content: bytes) -> Iterator[dict[str, str]]:
    """The cells of one item after the other, each forgotten as soon as it is read."""
    above: list[str] = []
    cells: dict[str, str] = {}
    for event, element in _events(content):
        tag = _local(element)
        if event == "start":
            above.append(tag)
            if above[:2] not in SHAPES or len(above) > 3 or (len(above) == 3 and tag in cells):
                raise _misshapen(name)
            continue
        above.pop()
        if len(above) == 2:
            cells[tag] = (element.text or "").strip()
            require_fitting(name, len(cells), 1)
        elif len(above) == 1:
            yield cells
            cells = {}
        element.clear()


def _events(content: bytes) -> Iterator[tuple[str, Any]]:
    parser = etree.XMLPullParser(
        ("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for at in range(0, len(content), CHUNK):
        parser.feed(content[at : at + CHUNK])
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


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
