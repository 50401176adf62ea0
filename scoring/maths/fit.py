"""Whether a scheme and the forms whose answers it judges go together: questions, and their choices."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from scoring.maths.document import SchemeError
from scoring.maths.rules import ChoiceScores, CountSelected, IncomeRatio, number
from scoring.maths.scheme import ItemSpec, SchemeSpec
from surveys.errors import gettext_noop
from surveys.xforms.definition import SEVERAL, FormDef, Question

USUAL_MISSING = ("dk", "rf")  # no mistake where no list has them


class SchemeMisfit(SchemeError):
    """A scheme of other questions or choices than the survey asks."""

    status = 422


def misfits(spec: SchemeSpec, forms: Sequence[FormDef]) -> Iterator[SchemeMisfit]:
    """What keeps a scheme from judging the answers to these forms, each with its place in the document.

    Questions that are not asked exactly once come first and together, with nothing else: of their
    choices nothing can be said. Without any form, nothing is wrong yet.
    """
    if not forms:
        return
    asked = Asked(forms)
    wrong = sorted(name for name in _named(spec) if asked.counts[name] != 1)
    if wrong:
        yield SchemeMisfit(
            gettext_noop("The questionnaire does not ask these questions exactly once: %(names)s"),
            names=", ".join(wrong),
        )
        return
    yield from _of_missing(spec.missing_codes, asked)
    for at, item in enumerate(spec.items):
        yield from _of_item(item, f"/items/{at}", asked, spec.missing_codes)
    for at, implied in enumerate(spec.implied):
        for name, answer in implied.when.items():
            place = f"/implied/{at}/when/{name}"
            yield from _unknown(place, [answer], name, asked.choices(name))


def _named(spec: SchemeSpec) -> frozenset[str]:
    """All questions that a scheme speaks of."""
    dividing = (by.source for by in spec.disaggregations if not by.is_design_column)
    return spec.questions.union(dividing, *(implied.when for implied in spec.implied))


@dataclass(frozen=True)
class Asked:
    """The questions of some forms, by name."""

    forms: Sequence[FormDef]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(question.name for form in self.forms for question in form.questions)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return {question.name: question for form in self.forms for question in form.questions}

    @cached_property
    def computed(self) -> Set[str]:
        """The paths whose answers may be other ones than choices: expressions give them."""
        binds = {bind.path for form in self.forms for bind in form.binds if bind.calculate}
        return binds | {action.path for form in self.forms for action in form.actions}

    def choices(self, name: str) -> tuple[str, ...] | None:
        """What a question offers, in order; None where that is not known, or anything may be typed."""
        question = self.questions[name]
        if not question.choices or question.path in self.computed:
            return None
        return tuple(dict.fromkeys(choice.name for choice in question.choices))


def _of_item(item: ItemSpec, place: str, asked: Asked, missing: Set[str]) -> Iterator[SchemeMisfit]:
    question, offered = item.question, asked.choices(item.question)
    match item.rule:
        case ChoiceScores(scores=scores):
            if asked.questions[question].kind in SEVERAL:
                yield _several(f"{place}/scores", question)
            yield from _unknown(f"{place}/scores", scores, question, offered)
            yield from _left_out(f"{place}/scores", scores, offered, missing)
        case CountSelected(options=options, none=none):
            yield from _unknown(f"{place}/options", sorted(options), question, offered)
            yield from _unknown(f"{place}/none", [none], question, offered)
        case IncomeRatio(midpoints=midpoints):
            yield from _unknown(f"{place}/midpoints", midpoints, question, offered)


def _several(place: str, question: str) -> SchemeMisfit:
    return SchemeMisfit(
        gettext_noop(
            "%(place)s: “%(name)s” may have several choices. Score it with “by_count” or an “expression”."
        ),
        place=place,
        name=question,
    )


def _unknown(
    place: str, codes: Iterable[str], question: str, offered: Sequence[str] | None
) -> Iterator[SchemeMisfit]:
    if offered is None:
        return
    for code in codes:
        if code not in offered:
            yield SchemeMisfit(
                gettext_noop(
                    "%(place)s: “%(code)s” is no choice of “%(name)s”. Its choices: %(names)s."
                ),
                place=place,
                code=code,
                name=question,
                names=", ".join(offered),
            )


def _left_out(
    place: str, scores: Mapping[str, int], offered: Sequence[str] | None, missing: Set[str]
) -> Iterator[SchemeMisfit]:
    left_out = [code for code in offered or () if code not in scores and code not in missing]
    if left_out:
        yield SchemeMisfit(
            gettext_noop(
                "%(place)s: give these choices a score, 0 to 12, or 254 where the question does not "
                "apply: %(names)s."
            ),
            place=place,
            names=", ".join(left_out),
        )


def _of_missing(codes: Set[str], asked: Asked) -> Iterator[SchemeMisfit]:
    """Numbers may be typed, and what lists from files offer is not known here."""
    offers = [
        asked.choices(name) for name, question in asked.questions.items() if question.is_select
    ]
    if None in offers or not offers:
        return
    known = frozenset[str]().union(*(each or () for each in offers), USUAL_MISSING)
    for code in sorted(codes - known):
        if number(code) is None:
            yield SchemeMisfit(
                gettext_noop(
                    "%(place)s: no question offers the choice “%(code)s”. Correct it, or delete it."
                ),
                place="/missing_codes",
                code=code,
            )
