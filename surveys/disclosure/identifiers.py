"""Which answers say who somebody is, over all versions of a form."""

from collections.abc import Iterator, Sequence

from surveys.xforms.definition import DIRECT, FormDef
from surveys.xforms.instance import relative


def tags_of(forms: Sequence[FormDef]) -> dict[str, str]:
    """The tag of each answer's key; `forms` are all versions, the newest first.

    The newest version that asks something decides, also on what was answered before: so a tag can be
    given, and taken back, without changing what is published.
    """
    tags = {
        relative(path): form.identifiers.get(path, "")
        for form in reversed(forms)
        for path in _paths(form)
    }
    return {key: tag for key, tag in tags.items() if tag}


def direct_keys(forms: Sequence[FormDef]) -> frozenset[str]:
    """The keys of answers that name somebody."""
    return frozenset(key for key, tag in tags_of(forms).items() if tag == DIRECT)


def _paths(form: FormDef) -> Iterator[str]:
    asked = (question.path for question in form.questions)
    given = (bind.path for bind in form.binds)
    return (path for path in (*asked, *given) if path.count("/") > 1)
