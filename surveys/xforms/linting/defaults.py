"""Values that questions begin with: of the right type, and on the list."""

from collections.abc import Iterator, Mapping

from pyxform.utils import default_is_dynamic

from surveys.errors import gettext_noop
from surveys.formlogic.answers import is_of_type
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.spelling import nearest

EXAMPLES: Mapping[str, str] = {
    "int": "12",
    "decimal": "1.5",
    "date": "2026-01-31",
    "time": "14:30:00",
    "dateTime": "2026-01-31T14:30:00",
    "geopoint": "31.2 121.5",
    "geotrace": "31.2 121.5; 31.3 121.6",
    "geoshape": "31.2 121.5; 31.3 121.6; 31.2 121.5",
}
MOMENTS: Mapping[str, str] = {"today": "today()", "now": "now()"}


def check_defaults(source: Source) -> Iterator[Finding]:
    for item in source.items:
        cell = item.row["default"]
        text = cell.text.strip()
        if not text or default_is_dynamic(text, item.type.base):
            continue
        if item.type.is_select:
            yield from _check_choices(source, item, cell)
        elif not is_of_type(text, item.type.bind) and item.type.bind in EXAMPLES:
            yield _wrong(cell, text, item.type.bind)


def _wrong(cell: Cell, text: str, bind: str) -> Finding:
    if text.lower() in MOMENTS:
        return cell.error(
            "bad-default",
            gettext_noop("Write `%(right)s` with brackets to begin with the moment."),
            right=MOMENTS[text.lower()],
        )
    return cell.error(
        "bad-default",
        gettext_noop("`%(text)s` cannot be an answer here. Write something like `%(example)s`."),
        text=text,
        example=EXAMPLES[bind],
    )


def _check_choices(source: Source, item: Item, cell: Cell) -> Iterator[Finding]:
    offered = source.offered(item.path)
    if offered is None:
        return
    text = cell.text.strip()
    names = [text] if item.type.base == "select_one" else text.split()
    for name in names:
        if name not in offered:
            meant = nearest(name, offered)
            if meant:
                yield cell.error(
                    "bad-default",
                    gettext_noop(
                        "`%(name)s` is no choice of the list `%(list)s`. Did you mean `%(meant)s`?"
                    ),
                    name=name,
                    list=item.type.list_name,
                    meant=meant,
                )
            else:
                yield cell.error(
                    "bad-default",
                    gettext_noop("`%(name)s` is no choice of the list `%(list)s`."),
                    name=name,
                    list=item.type.list_name,
                )
