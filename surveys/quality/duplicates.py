"""The same selected unit or the same person interviewed more than once."""

from collections.abc import Iterator

from surveys.quality.arrays import Factor, named
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity, digest


def find(fieldwork: Fieldwork) -> Iterator[Finding]:
    """Of complete interviews; one more of the same is another doubt."""
    complete = fieldwork.complete
    yield from _repeated(complete, complete.case, Check.SAME_CASE, About.CASE)
    yield from _repeated(complete, complete.person, Check.SAME_PERSON, About.PERSON)


def _repeated(
    fieldwork: Fieldwork, factor: Factor, check: Check, about: About
) -> Iterator[Finding]:
    for name, members in zip(factor.names, factor.members(), strict=True):
        if len(members) > 1:
            ids = named(fieldwork.ids, members)
            yield Finding(
                check,
                Severity.ALERT,
                about,
                name,
                ids,
                float(len(ids)),
                1.0,
                2.0,
                doubt=digest(ids),
            )
