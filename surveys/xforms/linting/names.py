"""Names of questions that statistics programs cannot hold, or would take for one."""

from collections.abc import Iterator

from pyxform.parsing.expression import is_xml_tag

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.source import Item, Source

LONGEST = 32  # of Stata; SPSS takes 64
STATA = frozenset(
    {
        *("_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long"),
        *("_n", "_pi", "_pred", "_rc", "_skip", "strl", "using", "with"),
    }
)
SPSS = frozenset(
    {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
)


def check_names(source: Source) -> Iterator[Finding]:
    seen: dict[str, Item] = {}
    for item in source.items:
        if item.is_container or not is_xml_tag(item.row.name):
            continue
        yield from _check_export(item)
        twin = seen.setdefault(item.name.lower(), item)
        if twin.name != item.name:
            yield item.cell.warning(
                "similar-name",
                gettext_noop(
                    "`%(name)s` differs from `%(other)s` in row %(row)s only by capitals. Some "
                    "programs take both for one."
                ),
                name=item.name,
                other=twin.name,
                row=twin.row.number,
            )


def _check_export(item: Item) -> Iterator[Finding]:
    """One remark a name, on what keeps it from being a variable elsewhere."""
    name = item.name
    if not item.takes_answer and item.type.base != "calculate":
        return
    if len(name) > LONGEST:
        yield item.cell.warning(
            "long-name",
            gettext_noop("Stata holds names of %(most)s characters; this one has %(count)s."),
            most=LONGEST,
            count=len(name),
        )
    elif name.lower() in STATA | SPSS:
        yield item.cell.warning(
            "reserved-name",
            gettext_noop("`%(name)s` is a word of Stata or SPSS and cannot be a variable there."),
            name=name,
        )
    elif not name.isidentifier() or name.startswith("_"):
        yield item.cell.warning(
            "unusual-name",
            gettext_noop(
                "Stata and SPSS cannot hold the name `%(name)s`. Begin with a letter, and use "
                "letters, digits and underscores only."
            ),
            name=name,
        )
