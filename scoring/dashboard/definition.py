"""A scheme as a document to read: what is judged, how, by which weights and thresholds."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.dashboard.figures import weight
from scoring.dashboard.names import title_of
from scoring.dashboard.questions import Questions, Wording, questions_of
from scoring.maths.rules import (
    NOT_APPLICABLE,
    SCALE,
    Bands,
    ChoiceScores,
    CountSelected,
    IncomeRatio,
    PerPersonBands,
    Steps,
)
from scoring.maths.scheme import Disaggregation, Implied, ItemSpec, SchemeSpec, StandardSpec
from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.models.named import in_language

OF_ITSELF = frozenset({"name", "question", "standard", "core_content", "cutoff", "applies"})


@dataclass(frozen=True)
class Answer:
    """An answer and what it scores; `is_short` where that is below the item's cutoff."""

    text: str
    score: str
    is_short: bool


@dataclass(frozen=True)
class Item:
    """`how` says what is judged where that is not the answer itself, `applies` an expression for whom."""

    name: str
    question: str
    core_content: str
    cutoff: int
    how: str
    applies: str
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Standard:
    """`percent` is the weight, 0 where the standard stands beside the index."""

    name: str
    title: str
    weight: str
    percent: float
    items: Sequence[Item]


@dataclass(frozen=True)
class Division:
    """A way to divide people, by what, and into which bands."""

    title: str
    source: str
    bands: str


@dataclass(frozen=True)
class Definition:
    title: str
    note: str
    standards: Sequence[Standard]
    scale: int
    thresholds: Sequence[tuple[str, bool]]  # k, and whether it is the headline's
    rules: Sequence[str]
    divisions: Sequence[Division]
    text: str  # the JSON

    @property
    def in_index(self) -> list[Standard]:
        return [standard for standard in self.standards if standard.percent]


def definition_of(scheme: Scheme) -> Definition:
    """Everything the scheme's page says, in the reader's language and the survey's words."""
    spec, asked = spec_of(scheme), questions_of(scheme.survey)
    raw = {item["name"]: item for item in scheme.document["items"]}
    return Definition(
        title=title_of(spec),
        note=in_language(spec.note_en, spec.note_zh),
        standards=[_standard(spec, standard, raw, asked) for standard in spec.standards],
        scale=SCALE,
        thresholds=[(str(k), k == spec.headline_k) for k in spec.k_list],
        rules=list(_rules(spec, asked)),
        divisions=[_division(way, asked) for way in spec.disaggregations],
        text=json.dumps(scheme.document, ensure_ascii=False, indent=1),
    )


def _standard(
    spec: SchemeSpec, standard: StandardSpec, raw: Mapping[str, Any], asked: Questions
) -> Standard:
    core = {each.name: title_of(each) for each in spec.core_contents}
    items = (spec.items[place] for place in spec.items_of[standard.name])
    return Standard(
        name=standard.name,
        title=title_of(standard),
        weight=weight(standard.weight),
        percent=standard.weight / 100,
        items=[_item(item, core[item.core_content], raw[item.name], asked) for item in items],
    )


def _item(item: ItemSpec, core: str, raw: Mapping[str, Any], asked: Questions) -> Item:
    how, scores = _rule(item, raw, asked)
    return Item(
        name=item.name,
        question=asked[item.question].label,
        core_content=core,
        cutoff=item.cutoff,
        how=how,
        applies=raw.get("applies", ""),
        answers=[_answer(text, score, item.cutoff) for text, score in scores],
    )


def _answer(text: str, score: int, cutoff: int) -> Answer:
    if score == NOT_APPLICABLE:
        return Answer(text, _("does not apply"), is_short=False)
    return Answer(text, str(score), is_short=score < cutoff)


def _rule(
    item: ItemSpec, raw: Mapping[str, Any], asked: Questions
) -> tuple[str, Iterable[tuple[str, int]]]:
    """What is judged, in words, and what it scores. A rule not known here is shown as it is written."""
    wording = asked[item.question]
    match item.rule:
        case ChoiceScores(scores):
            return "", _in_order(scores, wording)
        case Bands(steps):
            return "", _bands(steps)
        case PerPersonBands(area, steps):
            how = _("The answer to “%(question)s”, divided by the number of people.")
            return how % {"question": asked[area].label}, _bands(steps)
        case CountSelected():
            return _counted(item.rule, wording), _counts(item.rule.scores)
        case IncomeRatio(_midpoints, _average, _minimum, steps):
            how = _(
                "The middle of the income band, in percent of the city's average wage. "
                "Below the city's minimum wage it scores 0."
            )
            return how, _bands(steps, factor=100, unit="%")
    return _as_written(raw), ()


def _in_order(scores: Mapping[str, int], wording: Wording) -> list[tuple[str, int]]:
    """As the form lists the choices, the best first where it has none: a database keeps no order."""
    place = {code: number for number, code in enumerate(wording.choices)}
    codes = sorted(
        scores, key=lambda code: (place.get(code, len(place)), _worst(scores[code]), code)
    )
    return [(wording.choice(code), scores[code]) for code in codes]


def _worst(score: int) -> int:
    return SCALE - score if score <= SCALE else score


def _as_written(raw: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in raw.items() if key not in OF_ITSELF}
    return "; ".join(f"{key}: {_plain(value)}" for key, value in rest.items())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bands(steps: Steps, factor: int = 1, unit: str = "") -> list[tuple[str, int]]:
    bounds = [f"{float(bound * factor):g}{unit}" for bound in steps.bounds]
    if not bounds:
        return [(_("any number"), steps.scores[0])]
    texts = [_("below %(bound)s") % {"bound": bounds[0]}]
    for low, high in pairwise(bounds):
        texts.append(_("%(low)s to below %(high)s") % {"low": low, "high": high})
    texts.append(_("%(bound)s or more") % {"bound": bounds[-1]})
    return list(zip(texts, steps.scores, strict=True))


def _counted(rule: CountSelected, wording: Wording) -> str:
    options = [name for name in wording.choices if name in rule.options]
    options += sorted(rule.options.difference(options))
    how = _("How many of these are chosen: %(options)s.")
    return how % {"options": " · ".join(map(wording.choice, options))}


def _counts(scores: Sequence[int]) -> list[tuple[str, int]]:
    last = len(scores) - 1
    texts = [*map(str, range(last)), _("%(bound)s or more") % {"bound": last}]
    return list(zip(texts, scores, strict=True))


def _rules(spec: SchemeSpec, asked: Questions) -> Iterator[str]:
    """How much must be answered and what counts as what, a sentence each."""
    validity = spec.validity
    yield _(
        "A person has a score in a standard when at least %(share)s of its questions that apply are answered."
    ) % {"share": validity.min_answered_items}
    yield ngettext(
        "A person has an index with a score in at least %(count)s standard that has a weight.",
        "A person has an index with scores in at least %(count)s standards that have a weight.",
        validity.min_standards,
    ) % {"count": validity.min_standards}
    yield _(
        "A person is counted as integrated or not when at least %(share)s of the weight of all questions that apply is answered."
    ) % {"share": validity.min_answered_weight}
    yield _("A standard is met from a score of %(share)s on.") % {"share": spec.met}
    yield _("These answers are no answers: %(codes)s.") % {
        "codes": ", ".join(sorted(spec.missing_codes))
    }
    yield from (_implied(each, asked) for each in spec.implied)


def _implied(implied: Implied, asked: Questions) -> str:
    said = (
        f"“{asked[question].label}”: {asked[question].choice(answer)}"
        for question, answer in implied.when.items()
    )
    return _("Whoever answers %(answers)s scores %(score)s in %(items)s without being asked.") % {
        "answers": ", ".join(said),
        "score": implied.score,
        "items": ", ".join(sorted(implied.items)),
    }


def _division(way: Disaggregation, asked: Questions) -> Division:
    column = _("the site's %(column)s") % {"column": way.source}
    return Division(
        title=title_of(way),
        source=column if way.is_design_column else asked[way.source].label,
        bands=" · ".join(level for _bound, level in way.bands),
    )
