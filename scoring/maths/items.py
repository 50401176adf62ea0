"""One person's answers as item scores and as the levels of every disaggregation."""

from collections.abc import Mapping

from scoring.maths.rules import MISSING, NOT_APPLICABLE, Calculated, number
from scoring.maths.scheme import Disaggregation, ItemSpec, SchemeSpec


def score_items(
    scheme: SchemeSpec,
    answers: Mapping[str, str],
    skipped: frozenset[str],
    reference: Mapping[str, float],
) -> bytes:
    """One uint8 an item, in the scheme's order: 0..12, `NOT_APPLICABLE` or `MISSING`.

    `answers` holds stored texts by question, the codes of a select-multiple parted by spaces;
    blank or absent means not answered. `skipped` names the questions that did not apply, as found
    when the interview came in. `reference` holds the values of the site's city.
    """
    given, implied = _given(scheme, answers, skipped), _implied_scores(scheme, answers)
    return bytes(
        implied[item.name] if item.name in implied else _score(item, given, skipped, reference)
        for item in scheme.items
    )


def levels(
    scheme: SchemeSpec,
    answers: Mapping[str, str],
    skipped: frozenset[str],
    design: Mapping[str, str],
) -> dict[str, str | None]:
    """The person's level by disaggregation; None where it is unknown or does not apply."""
    given = _given(scheme, answers, skipped)
    return {
        by.name: _level(by, (design if by.is_design_column else given).get(by.source, ""))
        for by in scheme.disaggregations
    }


def _given(
    scheme: SchemeSpec, answers: Mapping[str, str], skipped: frozenset[str]
) -> dict[str, str]:
    """The answers that say something: not skipped, blank, unknown or refused."""
    missing = scheme.missing_codes
    return {
        question: answer
        for question, text in answers.items()
        if (answer := text.strip())
        and question not in skipped
        and (missing.isdisjoint(answer.split()) if " " in answer else answer not in missing)
    }


def _implied_scores(scheme: SchemeSpec, answers: Mapping[str, str]) -> dict[str, int]:
    return {
        name: implied.score
        for implied in scheme.implied
        if all(answers.get(question) == answer for question, answer in implied.when.items())
        for name in implied.items
    }


def _score(
    item: ItemSpec,
    given: Mapping[str, str],
    skipped: frozenset[str],
    reference: Mapping[str, float],
) -> int:
    if item.question in skipped or not (item.applies is None or item.applies.holds(given)):
        return NOT_APPLICABLE
    if isinstance(item.rule, Calculated):
        return item.rule.score("", given, reference)
    answer = given.get(item.question)
    return item.rule.score(answer, given, reference) if answer else MISSING


def _level(by: Disaggregation, value: str) -> str | None:
    if not by.bands:
        return value or None
    amount = number(value)
    if amount is None:
        return None
    return next(
        level
        for bound, level in by.bands
        if bound is None or amount * bound.denominator < bound.numerator
    )
