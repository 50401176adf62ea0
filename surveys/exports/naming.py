"""What the columns of interviews are called that are no answers; questions keep the names they have."""

from collections.abc import Sequence

from surveys.exports.columns import FACTS, Layout, layouts_of, short_names
from surveys.variables.listing import names_of
from surveys.variables.names import Names
from surveys.xforms.definition import FormDef


def count_names(layout: Layout) -> list[str]:
    """What the numbers of instances of the repeats within are called: `member_count`."""
    names = Names(layout.facts)
    short = short_names(layout.repeats)
    return [names.give(key, f"{name}/count") for key, name in short.items()]


def names_beside(forms: Sequence[FormDef]) -> Names:
    """For what stands beside the answers: all names that questions have, whoever may see them."""
    whole = layouts_of(forms, with_people=True)[""]
    keys = [column.key for column in whole.columns]
    return names_of(forms, keys, taken=(*FACTS, *count_names(whole)))
