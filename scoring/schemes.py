"""Schemes: kept as data, found by name, compiled once a process."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from scoring.maths.fit import SchemeMisfit as SchemeMisfit
from scoring.maths.fit import misfits
from scoring.maths.scheme import BASIS_POINTS, SchemeSpec, parse_scheme
from scoring.models import Scheme
from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Questionnaire, QuestionnaireVersion, Survey
from surveys.questionnaires import compiled, form_of
from surveys.xforms.definition import FormDef

NAME = "name"
FIVE_STANDARDS = Path(__file__).parent / "instruments" / "five_standards.json"


class SchemeChanged(SurveyError):
    """A scheme's name with another definition: schemes are never edited."""

    status = 409


class UnknownScheme(SurveyError):
    status = 404


class UnknownDivision(SurveyError):
    """A way to divide people that a scheme does not have."""

    status = 404


class CopyRefused(SurveyError):
    """A copy that cannot be. `place` is what to change: NAME, a standard, or blank for all weights."""

    status = 422

    def __init__(self, message: str, *, place: str = "", **params: object) -> None:
        super().__init__(message, **params)
        self.place = place


def five_standards() -> dict[str, Any]:
    """The scheme document that ships with the five standards' questionnaire."""
    document: dict[str, Any] = json.loads(FIVE_STANDARDS.read_text(encoding="utf-8"))
    return document


@transaction.atomic
def add(
    survey: Survey, document: Mapping[str, Any], weights: str, *, is_default: bool = False
) -> Scheme:
    """Keep a scheme document under the name of its weights. Raises SchemeError, SchemeMisfit or SchemeChanged."""
    _require_fit(survey, parse_scheme(document, weights=weights))
    digest = hashlib.sha256(
        json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    scheme, created = Scheme.objects.get_or_create(
        survey=survey,
        name=weights,
        defaults={"document": document, "sha256": digest, "is_default": is_default},
    )
    if not created and scheme.sha256 != digest:
        raise changed(weights)
    return scheme


def changed(name: str) -> SchemeChanged:
    return SchemeChanged(
        gettext_noop("Scheme %(name)s exists with another definition. Choose a new name."),
        name=name,
    )


@transaction.atomic
def copy(scheme: Scheme, name: str, weights: Mapping[str, int]) -> Scheme:
    """The same definition under weights of another name: basis points by standard, 10,000 in all.

    A standard without a weight stands beside the index. The copy's document knows its own weights and
    no others, so that it says the same wherever it is read. Raises CopyRefused, SchemeMisfit where the
    questionnaire has moved on, or SchemeError.
    """
    for refusal in refusals(scheme, name, weights):
        raise refusal
    given = {standard: points for standard, points in weights.items() if points}
    document = {**scheme.document, "weights": {name: given}, "default_weights": name}
    return add(scheme.survey, document, name)


def refusals(scheme: Scheme, name: str, weights: Mapping[str, int]) -> list[CopyRefused]:
    """Everything for which a copy under this name and these weights would be refused."""
    return [*_refused_name(scheme.survey, name), *_refused_weights(spec_of(scheme), weights)]


def _refused_name(survey: Survey, name: str) -> Iterator[CopyRefused]:
    try:
        Scheme._meta.get_field("name").clean(name, None)
    except ValidationError:
        text = gettext_noop("Use 1 to 50 letters a to z, digits, - and _.")
        yield CopyRefused(text, place=NAME)
    if survey.schemes.filter(name=name).exists():
        text = gettext_noop("There is a scheme “%(name)s” already. Choose another name.")
        yield CopyRefused(text, place=NAME, name=name)


def _refused_weights(spec: SchemeSpec, weights: Mapping[str, int]) -> Iterator[CopyRefused]:
    for standard, points in weights.items():
        if points < 0:
            yield CopyRefused(gettext_noop("Give no weight below zero."), place=standard)
    total, least = sum(weights.values()), spec.validity.min_standards
    if total != BASIS_POINTS:
        text = gettext_noop("The weights add up to %(total)s %%. Make it 100.00 %%.")
        yield CopyRefused(text, total=f"{total / 100:.2f}")
    if sum(map(bool, weights.values())) < least:
        text = gettext_noop("Give at least %(count)s standards a weight: an index needs that many.")
        yield CopyRefused(text, count=least)


@transaction.atomic
def make_default(scheme: Scheme) -> None:
    """Let the dashboard and exports take this scheme first, and no other of its survey."""
    Survey.objects.select_for_update().get(pk=scheme.survey_id)  # one at a time
    others = Scheme.objects.filter(survey=scheme.survey_id, is_default=True)
    others.exclude(pk=scheme.pk).update(is_default=False)
    Scheme.objects.filter(pk=scheme.pk).update(is_default=True)


def forms_of(survey: Survey) -> list[FormDef]:
    """The survey's questionnaires as they are now, by their names."""
    return [compiled(*version) for version in versions_of(survey)]


def versions_of(survey: Survey) -> tuple[tuple[int, str], ...]:
    """Keys and hashes of the survey's questionnaires as they are now, in the order of their names."""
    main = Questionnaire.objects.main().filter(survey=survey, current__isnull=False)
    return tuple(main.order_by("form_id").values_list("current", "current__xml_md5"))


def questionnaires_of(scheme: Scheme) -> list[int]:
    """The questionnaires that ask what the scheme judges; a survey may have others beside them. Those
    of second visits ask it of people who were asked before.
    """
    asked = spec_of(scheme).questions
    main = Questionnaire.objects.main().filter(survey=scheme.survey_id)
    versions = QuestionnaireVersion.objects.light().filter(questionnaire__in=main)
    return sorted(
        {
            version.questionnaire_id
            for version in versions
            if not asked.isdisjoint(question.name for question in form_of(version).questions)
        }
    )


def judged_in(surveys: QuerySet[Survey]) -> dict[int, list[int]]:
    """The questionnaires that the first scheme of each survey judges; surveys without one are left out."""
    first: dict[int, Scheme] = {}
    for scheme in Scheme.objects.filter(survey__in=surveys).defer("document"):
        first.setdefault(scheme.survey_id, scheme)
    return {survey: questionnaires_of(scheme) for survey, scheme in first.items()}


fieldwork.JUDGES.append(judged_in)


def _require_fit(survey: Survey, spec: SchemeSpec) -> None:
    """The survey's current forms ask what a scheme judges, and offer the choices that it scores."""
    for misfit in misfits(spec, forms_of(survey)):
        raise misfit


def default_of(survey: Survey) -> Scheme | None:
    return survey.schemes.filter(is_default=True).first()


def find(survey: Survey, name: str = "") -> Scheme:
    """The scheme of that name, or the survey's default. Raises UnknownScheme."""
    scheme = survey.schemes.filter(name=name).first() if name else default_of(survey)
    if scheme is None:
        raise UnknownScheme(
            gettext_noop("Survey %(survey)s has no scheme %(name)s."),
            survey=survey.code,
            name=name or "(default)",
        )
    return scheme


def require_division(scheme: Scheme, by: str, besides: Collection[str] = ()) -> None:
    """Raises UnknownDivision where the scheme does not divide people so; `besides` is there anyway."""
    names = [*(way.name for way in spec_of(scheme).disaggregations), *besides]
    if by not in names:
        raise UnknownDivision(
            gettext_noop(
                "There is no way to divide people called “%(name)s”. There are: %(names)s."
            ),
            name=by,
            names=", ".join(names),
        )


def spec_of(scheme: Scheme) -> SchemeSpec:
    """The scheme as typed values, parsed once a process: schemes never change."""
    return _spec(scheme.pk, scheme.name, scheme.sha256)


@lru_cache(maxsize=64)
def _spec(scheme_id: int, _name: str, _sha256: str) -> SchemeSpec:
    scheme = Scheme.objects.get(pk=scheme_id)
    return parse_scheme(scheme.document, weights=scheme.name)
