"""One person's answers as item scores and as the levels of every disaggregation."""

from collections.abc import Mapping

from scoring.maths.rules import MISSING, NOT_APPLICABLE, number
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
    implied = _implied_scores(scheme, answers)
    return bytes(
        implied[item.name]
        if item.name in implied
        else _score(scheme, item, answers, skipped, reference)
        for item in scheme.items
    )


def levels(
    scheme: SchemeSpec,
    answers: Mapping[str, str],
    skipped: frozenset[str],
    design: Mapping[str, str],
) -> dict[str, str | None]:
    """The person's level by disaggregation; None where it is unknown or does not apply."""
    return {
        by.name: _level(
            by,
            design.get(by.source, "")
            if by.is_design_column
            else _answer(scheme, by.source, answers, skipped),
        )
        for by in scheme.disaggregations
    }


def _implied_scores(scheme: SchemeSpec, answers: Mapping[str, str]) -> dict[str, int]:
    return {
        name: implied.score
        for implied in scheme.implied
        if all(answers.get(question) == answer for question, answer in implied.when.items())
        for name in implied.items
    }


def _score(
    scheme: SchemeSpec,
    item: ItemSpec,
    answers: Mapping[str, str],
    skipped: frozenset[str],
    reference: Mapping[str, float],
) -> int:
    if item.question in skipped:
        return NOT_APPLICABLE
    answer = _answer(scheme, item.question, answers, skipped)
    return item.rule.score(answer, answers, reference) if answer else MISSING


def _answer(
    scheme: SchemeSpec, question: str, answers: Mapping[str, str], skipped: frozenset[str]
) -> str:
    """The answer, or an empty text where there is none: skipped, blank, unknown, refused."""
    answer = "" if question in skipped else answers.get(question, "").strip()
    return answer if scheme.missing_codes.isdisjoint(answer.split()) else ""


def _level(by: Disaggregation, value: str) -> str | None:
    if not by.bands:
        return value or None
    amount = number(value)
    if amount is None:
        return None
    return next(level for bound, level in by.bands if bound is None or amount < bound)
