"""The column `identifier`: which answers say who somebody is. Devices never get it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from surveys.errors import gettext_noop
from surveys.xforms.definition import DIRECT, FILES, INDIRECT, PLACES, FormDef
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.references import references
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.table import plain
from surveys.xforms.workbook import FormError, read_workbook

COLUMN = "identifier"
TAGS = (DIRECT, INDIRECT)
TELLING = frozenset({"text", *FILES, *PLACES})  # types of answers that may well name somebody
MOST_NAMED = 8


def check_identifiers(source: Source) -> Iterator[Finding]:
    for item in source.items:
        if cell := item.row[COLUMN]:
            yield from _check_tag(item, cell)
    direct = {item.name for item in source.items if tag_of(item) == DIRECT}
    for item in source.items:
        yield from _check_calculation(item, direct)


def identifiers_of(workbook: bytes) -> dict[str, str]:
    """The tag of each path that has one, of a workbook that makes a form."""
    return {
        path: tag
        for item, tag in _tagged(Source(read_workbook(workbook)))
        for path in (item.path, *([f"{item.path}_other"] if item.type.has_other else []))
    }


def with_identifiers(form: FormDef, workbook: bytes) -> FormDef:
    """The form that the workbook makes, which knows the tags beside it."""
    return replace(form, identifiers=identifiers_of(workbook)) if workbook else form


def direct_cells(workbook: bytes) -> Mapping[str, Cell]:
    """Where names of direct identifiers are tagged; nothing of a workbook that cannot be read."""
    try:
        source = Source(read_workbook(workbook))
    except FormError:
        return {}
    return {item.name: item.row[COLUMN] for item, tag in _tagged(source) if tag == DIRECT}


def tag_of(item: Item) -> str:
    """`direct`, `indirect`, or blank. A group has no answer of its own."""
    tag = plain(item.row[COLUMN].text).lower()
    return tag if tag in TAGS and not item.is_container else ""


def _tagged(source: Source) -> Iterator[tuple[Item, str]]:
    return ((item, tag) for item in source.items if (tag := tag_of(item)))


def _check_tag(item: Item, cell: Cell) -> Iterator[Finding]:
    if plain(cell.text).lower() not in TAGS:
        yield cell.error(
            "identifier",
            gettext_noop(
                "`%(tag)s` is no kind of identifier. Write `direct` for what names somebody, "
                "`indirect` for what helps to guess, or nothing."
            ),
            tag=cell.text,
        )
    elif item.is_container:
        yield cell.error(
            "identifier",
            gettext_noop("A group or repeat has no answer. Tag the questions within."),
        )


def _check_calculation(item: Item, direct: set[str]) -> Iterator[Finding]:
    """What is worked out from a name may hold the name."""
    if tag_of(item) or not direct:
        return
    cell = item.row["calculation"]
    used = {reference.target for reference in references(cell.text)} & direct
    if used:
        yield cell.warning(
            "identifier",
            gettext_noop(
                "This is worked out from %(names)s, which is tagged `direct`. Tag it too if the "
                "result says who somebody is; otherwise it leaves with the data."
            ),
            names=", ".join(f"`{name}`" for name in sorted(used)),
        )


def remind(form: FormDef, cell: Cell) -> Iterator[Finding]:
    """A remark at the cell, once a form, where nothing is tagged although something could be."""
    known = set(form.roles.values())
    names = [f"`{q.name}`" for q in form.questions if q.kind in TELLING and q.path not in known]
    if names and not form.identifiers:
        yield cell.note(
            "no-identifiers",
            gettext_noop(
                "No answer is tagged as an identifier. Do %(names)s say who somebody is? A column "
                "`identifier` with `direct` keeps them from whoever has no right to them."
            ),
            names=", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else ""),
        )
