"""`${name}` in cells: whether it is written well and who it means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyxform.parsing.expression import RE_PYXFORM_REF_INNER

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.spelling import nearest

LAST_SAVED = "last-saved#"
ALWAYS_THERE = frozenset({"instanceID"})
NOT_READ = frozenset({"type", "name"})  # columns without references
_REFERENCE = re.compile(r"\$\{([^}]*)(\}?)")
_LINK = re.compile(r"\[[^\[\]\n]+\]\((?:https?://|mailto:|tel:)[^\s()$]*\$\{[^\s()]*\)")


@dataclass(frozen=True)
class Reference:
    """`${name}` in a text; `name` is as it stands between the braces."""

    name: str
    start: int
    end: int
    is_closed: bool

    @property
    def target(self) -> str:
        return self.name.strip().removeprefix(LAST_SAVED)

    @property
    def is_last_saved(self) -> bool:
        return self.name.startswith(LAST_SAVED)

    @property
    def is_well_formed(self) -> bool:
        return self.is_closed and bool(RE_PYXFORM_REF_INNER.fullmatch(self.name))


def references(text: str) -> Iterator[Reference]:
    for match in _REFERENCE.finditer(text):
        yield Reference(match[1], match.start(), match.end(), bool(match[2]))


def check_references(source: Source) -> Iterator[Finding]:
    """Every reference in every cell that may have one."""
    for row in source.rows:
        for column, cell in row.filled():
            if column.key not in NOT_READ:
                yield from check_cell(source, cell, is_trigger=column.key == "trigger")
    for row in source.choices.rows if source.choices else ():
        for column, cell in row.filled():
            if column.key in ("label", "image", "audio", "video", "big-image"):
                yield from check_cell(source, cell)
    for _, cell in source.setting_row.filled() if source.setting_row else ():
        yield from check_cell(source, cell)


def check_cell(source: Source, cell: Cell, *, is_trigger: bool = False) -> Iterator[Finding]:
    """The references in one cell, of the form or about it."""
    if link := _LINK.search(cell.text):
        yield cell.warning(
            "answer-in-link",
            gettext_noop(
                "`%(link)s` stays text on the web page: the address of a link cannot hold answers."
            ),
            at=link.start(),
            link=link[0],
        )
    for reference in references(cell.text):
        if not reference.is_well_formed:
            yield _malformed(cell, reference)
        elif reference.target not in ALWAYS_THERE:
            yield from _check_target(source, cell, reference, is_trigger=is_trigger)


def _malformed(cell: Cell, reference: Reference) -> Finding:
    name = reference.name.strip()
    if not reference.is_closed:
        return cell.error(
            "bad-reference",
            gettext_noop("`${` at character %(place)s has no closing `}`."),
            at=reference.start,
            place=reference.start + 1,
        )
    if name != reference.name and RE_PYXFORM_REF_INNER.fullmatch(name):
        return cell.error(
            "bad-reference",
            gettext_noop("Write `${%(name)s}` without spaces between the braces."),
            at=reference.start,
            name=name,
        )
    return cell.error(
        "bad-reference",
        gettext_noop("`${%(name)s}` holds no name of a question."),
        at=reference.start,
        name=name,
    )


def _check_target(
    source: Source, cell: Cell, reference: Reference, *, is_trigger: bool
) -> Iterator[Finding]:
    name = reference.target
    count = source.name_counts[name]
    if count > 1:
        yield cell.error(
            "ambiguous-reference",
            gettext_noop("`${%(name)s}` may be any of %(count)s rows with that name. Rename some."),
            at=reference.start,
            name=name,
            count=count,
        )
    elif not count:
        yield _unknown(cell, reference, nearest(name, source.name_counts))
    elif is_trigger and not source.by_name[name].is_shown:
        yield cell.error(
            "bad-trigger",
            gettext_noop("`${%(name)s}` is seen by nobody, so no answer to it can trigger this."),
            at=reference.start,
            name=name,
        )


def _unknown(cell: Cell, reference: Reference, meant: str) -> Finding:
    if meant:
        return cell.error(
            "unknown-reference",
            gettext_noop("There is no question `%(name)s`. Did you mean `${%(meant)s}`?"),
            at=reference.start,
            name=reference.target,
            meant=meant,
        )
    return cell.error(
        "unknown-reference",
        gettext_noop("There is no question `%(name)s`."),
        at=reference.start,
        name=reference.target,
    )
