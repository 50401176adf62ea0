"""Where the interviews of a form belong: what is said of one that asks for no site."""

from collections.abc import Iterator

from surveys.errors import gettext_noop
from surveys.xforms.definition import FormDef
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.roles import ROLES_BY_NAME

_NAMES = ", ".join(f"`{name}`" for name, role in ROLES_BY_NAME.items() if role == "site")


def check_site(form: FormDef, cell: Cell) -> Iterator[Finding]:
    """A remark at the cell where no question says the site; our own page knows it without."""
    if "site" in form.roles:
        return
    if _chooses(form):
        yield cell.note(
            "no-site",
            gettext_noop(
                "No question asks for the site (%(names)s). An interview from ODK Collect belongs "
                "to the site of the case or entry that is chosen; where none is, it waits in "
                "quarantine."
            ),
            names=_NAMES,
        )
        return
    yield cell.warning(
        "no-site",
        gettext_noop(
            "No question asks for the site (%(names)s), and no case or entry is chosen that has "
            "one. Interviews from ODK Collect will wait in quarantine. Add a question of one of "
            "these names, or a choice from `sites.csv` or `cases.csv`."
        ),
        names=_NAMES,
    )


def _chooses(form: FormDef) -> bool:
    """Whether an interview may name an entry of a list, outside of repeats."""
    return any(
        question.itemset
        and question.itemset.instance in form.files
        and not form.repeat_around(question.path)
        for question in form.questions
    )
