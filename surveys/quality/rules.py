"""Rules of the form that stored interviews break, as the form's own judgement has it."""

from collections.abc import Iterator

from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity


def find(fieldwork: Fieldwork) -> Iterator[Finding]:
    """A finding an interview, question and rule, in the order in which they were judged."""
    for broken in fieldwork.broken:
        yield Finding(
            Check.BROKEN_RULE,
            Severity.WATCH,
            About.INTERVIEW,
            broken.interview,
            (broken.interview,),
            question=broken.question,
            doubt=broken.rule,
        )
