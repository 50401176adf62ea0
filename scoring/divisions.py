"""The ways in which a table may divide people: a scheme's groups, answers to questions, scores in fifths.

Each number has one way to be divided, so that no two tables differ by the few people between two bounds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from django.db.models.fields.json import KeyTextTransform

from scoring.maths.kinds import INDEX
from scoring.maths.matrix import Booleans, Floats, Integers
from scoring.maths.scheme import SchemeSpec
from scoring.models import EstimateSet, Scheme
from scoring.people import People
from scoring.schemes import questionnaires_of, spec_of
from surveys.asked import Asked, asked_in
from surveys.formlogic.spaces import words_of
from surveys.models import Interview, QuestionnaireVersion
from surveys.quality.fieldwork import Kind as Sort
from surveys.questionnaires import form_of
from surveys.seasons import PERSON
from surveys.xforms.definition import DIRECT, FormDef
from surveys.xforms.instance import relative

CHUNK = 2_000  # interviews read at a time
PARTS = 5  # of a score, and of a number without bands of its own
DIGITS = 2  # of a bound: an exact one is somebody's answer
UNASKED = "-"  # the level of those whom a question was not put to
UNANSWERED = "?"  # and of those who gave no answer
CHOSEN, NOT_CHOSEN = "1", "0"
ABOVE = "+"  # the level of what is above all bounds


class Source(StrEnum):
    """Where a variable is found; what its key begins with."""

    GROUP = "by"
    QUESTION = "q"
    SEVERAL = "some"  # a question of which several choices may be chosen
    SCORE = "score"
    MEAN = "mean"  # a score that is not divided

    def of(self, name: str) -> str:
        return f"{self.value}.{name}"

    def has(self, key: str) -> bool:
        return key.startswith(self.of(""))


def parts_of(key: str) -> tuple[str, str]:
    """Where a variable is found, and its name there."""
    source, _, name = key.partition(".")
    return source, name


@dataclass(frozen=True)
class Division:
    """Where everybody is: `place` (people,) among `levels`; behind those that are answers come the others."""

    levels: tuple[str, ...]
    place: Integers

    @property
    def is_answer(self) -> Booleans:
        """Which levels are answers, array (levels,)."""
        return np.array(
            [level not in (UNASKED, UNANSWERED) for level in self.levels], dtype=np.bool_
        )


@dataclass(frozen=True)
class Catalogue:
    """What a scheme's people can be divided by, in the order to show; questions by their names."""

    spec: SchemeSpec
    questions: Mapping[str, Sequence[Asked]]  # the same question of all versions, the newest first

    @property
    def rows(self) -> list[str]:
        return [*self.columns, *(Source.SEVERAL.of(name) for name in self._named(Sort.CHOICES))]

    @property
    def columns(self) -> list[str]:
        single = self._named(Sort.CHOICE, Sort.NUMBER)
        return [
            *self.segments,
            *(Source.SCORE.of(name) for name in self.scores),
            *(Source.QUESTION.of(name) for name in single),
        ]

    @property
    def means(self) -> list[str]:
        return [Source.MEAN.of(name) for name in self.scores]

    @property
    def segments(self) -> list[str]:
        return [Source.GROUP.of(way.name) for way in self.spec.disaggregations]

    @property
    def scores(self) -> list[str]:
        return [INDEX, *(standard.name for standard in self.spec.standards)]

    @property
    def numbers(self) -> list[str]:
        """Questions that are answered by a number."""
        return self._named(Sort.NUMBER)

    def _named(self, *sorts: Sort) -> list[str]:
        return [name for name, asked in self.questions.items() if asked[0].kind in sorts]


def catalogue_of(scheme: Scheme) -> Catalogue:
    """The questions that are neither of a group already nor name anybody."""
    spec, forms = spec_of(scheme), _forms(scheme)
    taken = {way.source for way in spec.disaggregations} | PERSON
    direct = {
        relative(path) for form in forms for path, tag in form.identifiers.items() if tag == DIRECT
    }
    found: dict[str, list[Asked]] = {}
    for asked in asked_in(forms):
        name = asked.place.rpartition("/")[2]
        if name not in taken and asked.place not in direct and _is_divisible(asked):
            found.setdefault(name, []).append(asked)
    return Catalogue(spec, found)


def _forms(scheme: Scheme) -> list[FormDef]:
    """All versions of what the scheme judges, the newest first."""
    versions = QuestionnaireVersion.objects.light().filter(
        questionnaire__in=questionnaires_of(scheme)
    )
    return [form_of(version) for version in versions.order_by("-published_at", "-pk")]


def _is_divisible(asked: Asked) -> bool:
    return asked.kind is Sort.NUMBER or (
        asked.kind in (Sort.CHOICE, Sort.CHOICES) and bool(asked.codes)
    )


@dataclass(frozen=True)
class Answers:
    """What everybody answered to one question: None was not asked, blank gave no answer."""

    texts: Sequence[str | None]
    asked: Asked


def read(
    made: EstimateSet, people: People, catalogue: Catalogue, names: Iterable[str]
) -> dict[str, Answers]:
    """The answers of judged people to some questions, in one pass over the wave's interviews."""
    wanted = {name: catalogue.questions[name] for name in dict.fromkeys(names)}
    if not wanted:
        return {}
    places = [asked.place for several in wanted.values() for asked in several]
    columns = {
        f"a{number}": KeyTextTransform(place, "answers") for number, place in enumerate(places)
    }
    rows = Interview.objects.filter(wave=made.wave_id).order_by().annotate(**columns)
    at = {int(key): number for number, key in enumerate(people.interviews.tolist())}
    texts: dict[str, list[str | None]] = {name: [""] * len(people) for name in wanted}
    named = [name for name, several in wanted.items() for _ in several]
    for key, skipped, *found in rows.values_list("pk", "skipped", *columns).iterator(CHUNK):
        if key in at:
            _put(texts, at[key], zip(named, places, found, strict=True), frozenset(skipped))
    return {name: Answers(texts[name], several[0]) for name, several in wanted.items()}


def _put(
    texts: Mapping[str, list[str | None]],
    person: int,
    found: Iterable[tuple[str, str, str | None]],
    skipped: frozenset[str],
) -> None:
    for name, place, text in found:
        if place in skipped:
            texts[name][person] = texts[name][person] or None
        elif text:
            texts[name][person] = text


def divided(people: People, key: str, answers: Mapping[str, Answers]) -> Division:
    """By a group, a score in fifths, or a question of which one answer is given."""
    source, name = parts_of(key)
    if source == Source.GROUP:
        return _of_names([level or None for level in people.levels(name).tolist()])
    if source == Source.SCORE:
        return _of_score(score(people, name))
    found = answers[name]
    if found.asked.kind is Sort.NUMBER:
        return _of_numbers(found, people.spec.missing_codes)
    offered = found.asked.codes or {}
    return _of_names([t if t is None or t in offered else UNANSWERED for t in found.texts])


def chosen(answers: Answers) -> dict[str, Division]:
    """By each choice of a question of which several may be chosen: whether it was."""
    offered = answers.asked.codes or {}
    said = [None if text is None else set(words_of(text)) for text in answers.texts]

    def level(names: set[str] | None, choice: str) -> str | None:
        if names is None:
            return None
        if names.isdisjoint(offered):
            return UNANSWERED
        return CHOSEN if choice in names else NOT_CHOSEN

    return {choice: _of_names([level(names, choice) for names in said]) for choice in offered}


def score(people: People, name: str) -> Floats:
    """A standard or the index of everybody, from 0 to 1; NaN where it could not be scored."""
    if name == INDEX:
        return people.scores.index
    names = [standard.name for standard in people.spec.standards]
    return people.scores.standards[:, names.index(name)]


def _of_score(values: Floats) -> Division:
    edge = 100 // PARTS
    levels = [f"{part * edge}-{(part + 1) * edge}" for part in range(PARTS)]
    part = np.minimum(np.nan_to_num(values) * PARTS, PARTS - 1).astype(np.int64)
    return _placed(levels, np.where(np.isnan(values), len(levels) + 1, part))


def _of_numbers(answers: Answers, missing: Collection[str]) -> Division:
    """In fifths of all people, the bounds rounded."""
    numbers = np.array([_number(text, missing) for text in answers.texts])
    known = numbers[~np.isnan(numbers)]
    cuts = np.quantile(known, np.arange(1, PARTS) / PARTS) if len(known) else np.zeros(0)
    bounds = sorted({float(f"{cut:.{DIGITS}g}") for cut in cuts.tolist()})
    levels = [
        f"{'' if low is None else f'{low:g}'}<{high:g}" for low, high in pairwise([None, *bounds])
    ]
    place = np.searchsorted(bounds, numbers, side="left")
    unasked = np.array([text is None for text in answers.texts], dtype=np.bool_)
    nowhere = np.where(unasked, len(bounds) + 1, len(bounds) + 2)
    levels.append(f"{bounds[-1]:g}<" if bounds else ABOVE)
    return _placed(levels, np.where(np.isnan(numbers), nowhere, place))


def _number(text: str | None, missing: Collection[str]) -> float:
    if not text or text in missing:
        return np.nan
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _of_names(names: Sequence[str | None]) -> Division:
    """By names; None is not asked."""
    levels = sorted({name for name in names if name and name != UNANSWERED})
    places = {name: place for place, name in enumerate([*levels, UNASKED, UNANSWERED])}
    place = [places[UNASKED if name is None else name] for name in names]
    return _placed(levels, np.array(place, dtype=np.int64))


def _placed(levels: Sequence[str], place: Integers) -> Division:
    """With the levels that are no answer, as far as anybody is in them."""
    behind = [
        (level, len(levels) + number)
        for number, level in enumerate((UNASKED, UNANSWERED))
        if (place == len(levels) + number).any()
    ]
    moved = place.copy()
    for number, (_, old) in enumerate(behind):
        moved[place == old] = len(levels) + number
    return Division((*levels, *(level for level, _ in behind)), moved)
