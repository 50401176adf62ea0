"""Whether the columns of a question go together: rules with messages, values for what is shown."""

from collections.abc import Iterator

from pyxform.aliases import yes_no

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.source import Item, Source

SELF_CONSTRAINED = frozenset({"percentage", "phone number"})
UNASKED = frozenset({"note", "calculate", "hidden"})


def check_rules(source: Source) -> Iterator[Finding]:
    for item in source.items:
        if item.type.base:
            yield from _check_constraint(item)
            yield from _check_required(item)
            yield from _check_value(item)
            yield from _check_belonging(item)


def _check_constraint(item: Item) -> Iterator[Finding]:
    row = item.row
    if row["constraint"] and item.is_shown and not row.has("constraint_message"):
        yield row["constraint"].warning(
            "no-message",
            gettext_noop("People are not told what is wrong: add a constraint_message."),
        )
    elif not row["constraint"] and item.type.base not in SELF_CONSTRAINED:
        for cell in list(row.texts("constraint_message").values())[:1]:
            yield cell.warning(
                "no-constraint",
                gettext_noop("There is no constraint to which this message belongs."),
            )


def _check_required(item: Item) -> Iterator[Finding]:
    row, cell = item.row, item.row["required"]
    is_off = yes_no.get(cell.text.strip()) is False
    if cell and not is_off and (item.is_container or item.type.base in UNASKED):
        yield cell.warning(
            "required-unasked",
            gettext_noop("Nothing can be answered here, so it cannot be required."),
        )
    for message in list(row.texts("required_message").values())[:1] if not cell or is_off else ():
        yield message.warning(
            "not-required",
            gettext_noop("The question is not required, so nobody sees this message."),
        )


def _check_value(item: Item) -> Iterator[Finding]:
    row = item.row
    if item.type.base == "calculate" and not row.has("calculation", "default", "trigger"):
        yield item.cell.error(
            "no-calculation",
            gettext_noop("This calculation has nothing in the column calculation."),
        )
    is_fixed = yes_no.get(row["read_only"].text.strip()) is True
    if is_fixed and item.takes_answer and not row.has("calculation", "default", "trigger"):
        yield row["read_only"].warning(
            "no-value",
            gettext_noop(
                "Nobody can fill this in: it is read-only and has no calculation or default."
            ),
        )
    if item.type.base == "background-geopoint" and not row["trigger"]:
        yield row["type"].error(
            "no-trigger", gettext_noop("A `background-geopoint` needs a question in trigger.")
        )


def _check_belonging(item: Item) -> Iterator[Finding]:
    row = item.row
    if row["choice_filter"] and not item.type.is_select and item.type.base != "select_one_external":
        yield row["choice_filter"].warning(
            "misplaced", gettext_noop("Only questions with choices can filter them.")
        )
    if row["repeat_count"] and item.type.base != "repeat":
        yield row["repeat_count"].warning(
            "misplaced", gettext_noop("Only repeats have a repeat_count.")
        )
    if row["trigger"] and "${" not in row["trigger"].text:
        yield row["trigger"].error(
            "bad-trigger", gettext_noop("Write the question that triggers this as `${name}`.")
        )
