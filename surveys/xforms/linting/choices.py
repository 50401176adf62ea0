"""The sheet `choices`: whole rows, lists that are used, and filters that leave something over."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pyxform import aliases

from surveys.errors import gettext_noop
from surveys.xforms.linting.expressions import Expression
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.sheets import Row
from surveys.xforms.linting.source import ChoiceList, Item, Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.linting.trees import ITEM, comparison, conjuncts, target

LONG = 200  # choices that people can still scroll through
SEARCHABLE = frozenset({"autocomplete", "search", "minimal"})
SPACELESS = frozenset({"select_multiple", "rank"})  # answers are names with spaces between


def check_choices(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    yield from _check_rows(source)
    texts = [expression.cell.text for expression in expressions]
    texts += [item.row["parameters"].text for item in source.items]
    for list_ in source.lists.values():
        yield from _check_list(source, list_, texts)
    for item in source.items:
        yield from _check_use(source, item)
    for expression in expressions:
        if expression.key == "choice_filter" and expression.node is not None:
            yield from _check_filter(source, expression)


def _check_rows(source: Source) -> Iterator[Finding]:
    for row in source.choices.rows if source.choices else ():
        if not row["list_name"] and (row.name or row.has("label")):
            yield next(cell for _, cell in row.filled()).error(
                "no-list", gettext_noop("This choice belongs to no list. Fill in `list_name`.")
            )
        elif row["list_name"] and not row.name:
            yield row["list_name"].error(
                "no-name", gettext_noop("This choice has no name. Write one, such as `yes`.")
            )


def _check_list(source: Source, list_: ChoiceList, texts: Iterable[str]) -> Iterator[Finding]:
    """`texts` are those that may name a list: `instance('towns')`, `tick_labelset=towns`."""
    users = [item for item in source.items if item.type.list_name == list_.name]
    if not users and not any(list_.name in text for text in texts):
        yield list_.rows[0]["list_name"].warning(
            "unused-list",
            gettext_noop("No question uses the list `%(name)s`."),
            name=list_.name,
        )
    if not aliases.yes_no.get(source.setting("allow_choice_duplicates"), False):
        yield from _check_names(list_)
    yield from _check_labels(source, list_)
    yield from _check_spaces(list_, users)


def _check_names(list_: ChoiceList) -> Iterator[Finding]:
    first: dict[str, Row] = {}
    for row in list_.rows:
        twin = first.setdefault(row.name, row)
        if row.name and twin is not row:
            yield row["name"].error(
                "same-name",
                gettext_noop(
                    "The list `%(list)s` has the choice `%(name)s` already in row %(row)s."
                ),
                list=list_.name,
                name=row.name,
                row=twin.number,
            )


def _check_labels(source: Source, list_: ChoiceList) -> Iterator[Finding]:
    """Choices need words, and different ones; where lists are filtered, the same may come back."""
    if source.choices is None:
        return
    filters = [i.row["choice_filter"] for i in source.items if i.type.list_name == list_.name]
    first: dict[tuple[str, str], Row] = {}
    for row in list_.rows:
        if row.name and source.choices.columns_of("label") and not row.has("label", "image"):
            yield row["name"].warning(
                "no-label",
                gettext_noop("The choice `%(name)s` has no label, so people see its name."),
                name=row.name,
            )
        for language, cell in row.texts("label").items() if not any(filters) else ():
            twin = first.setdefault((language, cell.text.strip()), row)
            if twin is not row and twin.name != row.name:
                yield cell.warning(
                    "same-label",
                    gettext_noop("The choice in row %(row)s has the same label `%(label)s`."),
                    row=twin.number,
                    label=cell.text.strip(),
                )


def _check_spaces(list_: ChoiceList, users: Iterable[Item]) -> Iterator[Finding]:
    bases = {item.type.base for item in users}
    for row in list_.rows:
        if " " not in row.name:
            continue
        if bases & SPACELESS:
            yield row["name"].error(
                "space-in-name",
                gettext_noop(
                    "`%(name)s` has a space, but several choices are stored with spaces between. "
                    "Write `%(better)s`."
                ),
                name=row.name,
                better=row.name.replace(" ", "_"),
            )
        else:
            yield row["name"].warning(
                "space-in-name",
                gettext_noop("`%(name)s` has a space. Better write `%(better)s`."),
                name=row.name,
                better=row.name.replace(" ", "_"),
            )


def _check_use(source: Source, item: Item) -> Iterator[Finding]:
    """Whether the list of a select is there and can be found one's way in."""
    if not item.type.is_from_form:
        return
    name, cell = item.type.list_name, item.row["type"]
    if name not in source.lists:
        yield _no_list(source, cell, name)
        return
    if item.type.has_other:
        yield from _check_other(source, item)
    count = len(source.lists[name].rows)
    is_searchable = SEARCHABLE & set(item.row["appearance"].text.replace("(", " ").split())
    if count > LONG and not item.row["choice_filter"] and not is_searchable:
        yield cell.warning(
            "long-list",
            gettext_noop(
                "People would scroll through %(count)s choices. Give the question the appearance "
                "`autocomplete`, or a choice_filter."
            ),
            count=count,
        )


def _no_list(source: Source, cell: Cell, name: str) -> Finding:
    if source.choices is None or not source.lists:
        return cell.error(
            "no-list",
            gettext_noop(
                "The list `%(name)s` is not there: the workbook has no choices. Add a sheet "
                "`choices` with the columns list_name, name and label."
            ),
            name=name,
        )
    if meant := nearest(name, source.lists):
        return cell.error(
            "no-list",
            gettext_noop("The sheet `choices` has no list `%(name)s`. Did you mean `%(meant)s`?"),
            name=name,
            meant=meant,
        )
    return cell.error(
        "no-list", gettext_noop("The sheet `choices` has no list `%(name)s`."), name=name
    )


def _check_other(source: Source, item: Item) -> Iterator[Finding]:
    if item.row["choice_filter"]:
        yield item.row["choice_filter"].error(
            "other-and-filter", gettext_noop("`or_other` and a choice_filter do not go together.")
        )
    if any(source.languages):
        yield item.row["type"].warning(
            "other-untranslated",
            gettext_noop(
                "`or_other` adds “Other” and “Specify other.” in English only. Better add a choice "
                "and a text question of your own."
            ),
        )


def _check_filter(source: Source, expression: Expression) -> Iterator[Finding]:
    """Of `column = ${question}`: choices that nobody is offered, and answers without any."""
    item = expression.item
    list_ = source.lists.get(item.type.list_name) if item else None
    if item is None or list_ is None or expression.node is None:
        return
    for node in conjuncts(expression.node):
        found = comparison(node, ITEM, expression.context)
        if found is None or found[0] != "=":
            continue
        here, there = found[1], target(found[2], "", expression.context)
        if not here.startswith(f"{ITEM}/"):
            here, there = there, here
        offered = source.offered(there)
        if offered is not None and here.startswith(f"{ITEM}/"):
            yield from _check_column(expression, list_, here.partition("/")[2], there, offered)


def _check_column(
    expression: Expression, list_: ChoiceList, heading: str, path: str, offered: frozenset[str]
) -> Iterator[Finding]:
    column = next((c for c in list_.rows[0].sheet.columns if c.heading == heading), None)
    if column is None:
        return
    question = path.rpartition("/")[2]
    values: Counter[str] = Counter()
    for row in list_.rows:
        cell = row.cell(column)
        value = cell.text.strip()
        values[value] += 1
        if not value:
            yield row["name"].warning(
                "never-offered",
                gettext_noop(
                    "Nobody is ever offered this choice: its column `%(column)s` is blank."
                ),
                column=heading,
            )
        elif value not in offered:
            yield cell.warning(
                "never-offered",
                gettext_noop(
                    "Nobody is ever offered this choice: `%(value)s` is no choice of `%(question)s`."
                ),
                value=value,
                question=question,
            )
    missing = sorted(name for name in offered if name not in values)
    if missing:
        yield expression.cell.note(
            "nothing-offered",
            gettext_noop(
                "For some answers to `%(question)s` there is no choice left here: %(names)s."
            ),
            question=question,
            names=", ".join(missing),
        )
