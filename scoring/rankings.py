"""Weights of standards from a question in which people ranked them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.db.models import TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from scoring.maths import ranking as maths
from scoring.maths.disclosure import FEWEST_AT_EXTREME, FEWEST_PEOPLE
from scoring.maths.matrix import Floats
from scoring.maths.ranking import Agreement, Method
from scoring.maths.scheme import SchemeSpec
from scoring.models import Scheme
from scoring.schemes import forms_of, spec_of
from scoring.weights import by_case, current
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Interview, QuestionnaireVersion, Survey, Wave
from surveys.questionnaires import form_of
from surveys.xforms.definition import Question
from surveys.xforms.instance import relative

RANK = "rank"


class RankingRefused(SurveyError):
    """A question that gives no weights, or not yet."""

    status = 422


class Way(StrEnum):
    """How rankings become weights: of the common order, or as the mean of each person's own."""

    RANK_SUM = "rank_sum"
    CENTROID = "centroid"
    RECIPROCAL = "reciprocal"
    EACH_RANK_SUM = "each_rank_sum"
    EACH_CENTROID = "each_centroid"


@dataclass(frozen=True)
class Ranking:
    """What people ranked in a question. `standards` are in the order of the arrays of `agreement`.

    `weights` are basis points by standard, 10,000 in all.
    """

    question: str
    standards: Sequence[str]
    agreement: Agreement
    weights: Mapping[Way, Mapping[str, int]]


@dataclass(frozen=True)
class _Answers:
    """Rankings (people, standards) with NaN where one was left out, and what each person stands for."""

    ranks: Floats
    weights: Floats


def questions_of(survey: Survey) -> list[Question]:
    """The questions in which people rank something, as the survey asks them now."""
    return [one for form in forms_of(survey) for one in form.questions if one.kind == RANK]


def ranking(scheme: Scheme, wave: Wave, question: str) -> Ranking:
    """How the people of a wave, in interviews that count, ranked the scheme's weighted standards.

    They answer for as many people as for the indicators. Raises RankingRefused where the question ranks
    anything else, or where so few answered that one of them could be recognised.
    """
    asked = next((one for one in questions_of(scheme.survey) if one.name == question), None)
    if asked is None:
        raise RankingRefused(
            gettext_noop("The questionnaire has no question “%(name)s” of the type rank."),
            name=question,
        )
    standards = _standards_of(asked, spec_of(scheme))
    answers = _answers(wave, asked, list(standards))
    agreement = maths.agreement(answers.ranks, answers.weights) if len(answers.ranks) else None
    if agreement is None or _is_telling(agreement):
        raise RankingRefused(
            gettext_noop("Too few people ranked the standards: one of them could be recognised."),
        )
    names = list(standards.values())
    return Ranking(question, names, agreement, _weights(names, answers, agreement))


def _is_telling(agreement: Agreement) -> bool:
    """Whether the numbers would tell what a person answered: few people, or all alike."""
    is_extreme = agreement.people < FEWEST_AT_EXTREME and agreement.w > 1 - 1e-9
    return agreement.people < FEWEST_PEOPLE or is_extreme


def _standards_of(question: Question, spec: SchemeSpec) -> dict[str, str]:
    """The question's choices with the standard that each one names. Raises RankingRefused."""
    standards = {standard.name.casefold(): standard.name for standard in spec.weighted}
    named = {choice.name: standards.get(choice.name.casefold(), "") for choice in question.choices}
    missing = set(standards.values()) - set(named.values())
    if missing or "" in named.values():
        raise RankingRefused(
            gettext_noop(
                "Let the choices of “%(question)s” be named as the standards that have a weight. "
                "Now they are: %(choices)s. Standards that none names: %(missing)s."
            ),
            question=question.name,
            choices=", ".join(f"{choice} → {name or '?'}" for choice, name in named.items()),
            missing=", ".join(sorted(missing)) or "–",
        )
    return named


def _answers(wave: Wave, question: Question, choices: Sequence[str]) -> _Answers:
    """What was answered, without what a device sent that is no ranking of these choices."""
    weights = by_case(current(wave))
    rows = []
    for answer, case, design_weight in _given(wave, question.name):
        chosen = question.chosen(answer)
        if question.offers(answer) and len(set(chosen)) == len(chosen):
            ranks = [chosen.index(one) + 1 if one in chosen else np.nan for one in choices]
            rows.append([*ranks, weights.get(case or 0, design_weight)])
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(choices) + 1)
    return _Answers(table[:, :-1], table[:, -1])


def _given(wave: Wave, name: str) -> Iterator[tuple[str, int | None, float]]:
    """Answer, case and the site's design weight of everybody who answered the question."""
    places = _places(wave.survey, name)
    texts = (KeyTextTransform(place, "answers") for place in places)
    answer = Coalesce(*texts, Value("", TextField()))
    interviews = Interview.objects.counted().filter(wave=wave, site__isnull=False)
    found = interviews.order_by().annotate(ranked=answer).exclude(ranked="")
    return found.values_list("ranked", "case", "site__design_weight").iterator()


def _places(survey: Survey, name: str) -> list[str]:
    """Where the versions of the survey's forms have the question: a new one may have moved it."""
    versions = QuestionnaireVersion.objects.light().filter(questionnaire__survey=survey)
    forms = map(form_of, versions)
    questions = (one for form in forms for one in form.questions if one.name == name)
    return sorted({relative(one.path) for one in questions if one.kind == RANK})


def _weights(
    standards: Sequence[str], answers: _Answers, agreement: Agreement
) -> dict[Way, dict[str, int]]:
    of_order = {
        Way.RANK_SUM: Method.RANK_SUM,
        Way.CENTROID: Method.CENTROID,
        Way.RECIPROCAL: Method.RECIPROCAL,
    }
    of_each = {Way.EACH_RANK_SUM: Method.RANK_SUM, Way.EACH_CENTROID: Method.CENTROID}
    shares = {way: maths.by_rank(how, agreement.mean_ranks) for way, how in of_order.items()}
    shares |= {
        way: maths.of_each(how, answers.ranks, answers.weights) for way, how in of_each.items()
    }
    return {
        way: dict(zip(standards, maths.basis_points(share), strict=True))
        for way, share in shares.items()
    }
