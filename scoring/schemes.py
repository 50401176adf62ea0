"""Schemes: kept as data, found by name, compiled once a process."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from scoring.maths.scheme import SchemeSpec, parse_scheme
from scoring.models import Scheme
from surveys.errors import SurveyError, gettext_noop
from surveys.models import QuestionnaireVersion, Survey
from surveys.questionnaires import form_of

FIVE_STANDARDS = Path(__file__).parent / "instruments" / "five_standards.json"


class SchemeChanged(SurveyError):
    """A scheme's name with another definition: schemes are never edited."""

    status = 409


class SchemeMisfit(SurveyError):
    """A scheme of other questions than the survey asks."""

    status = 422


class UnknownScheme(SurveyError):
    status = 404


def five_standards() -> dict[str, Any]:
    """The scheme document that ships with the five standards' questionnaire."""
    document: dict[str, Any] = json.loads(FIVE_STANDARDS.read_text(encoding="utf-8"))
    return document


@transaction.atomic
def add(
    survey: Survey, document: Mapping[str, Any], weights: str, *, is_default: bool = False
) -> Scheme:
    """Keep a scheme document under the name of its weights. Raises SchemeError, SchemeMisfit or SchemeChanged."""
    _require_questions(survey, parse_scheme(document, weights=weights))
    digest = hashlib.sha256(
        json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    scheme, created = Scheme.objects.get_or_create(
        survey=survey,
        name=weights,
        defaults={"document": document, "sha256": digest, "is_default": is_default},
    )
    if not created and scheme.sha256 != digest:
        raise SchemeChanged(
            gettext_noop("Scheme %(name)s exists with another definition. Choose a new name."),
            name=weights,
        )
    return scheme


def _require_questions(survey: Survey, spec: SchemeSpec) -> None:
    """Each question that a scheme names is asked, once, by the survey's current forms."""
    current = survey.questionnaires.filter(current__isnull=False).values("current")
    forms = [form_of(v) for v in QuestionnaireVersion.objects.light().filter(pk__in=current)]
    asked = Counter(question.name for form in forms for question in form.questions)
    named = {item.question for item in spec.items}
    named |= {by.source for by in spec.disaggregations if not by.is_design_column}
    wrong = sorted(name for name in named if forms and asked[name] != 1)
    if wrong:
        raise SchemeMisfit(
            gettext_noop("The questionnaire does not ask these questions exactly once: %(names)s"),
            names=", ".join(wrong),
        )


def find(survey: Survey, name: str = "") -> Scheme:
    """The scheme of that name, or the survey's default. Raises UnknownScheme."""
    schemes = survey.schemes.filter(name=name) if name else survey.schemes.filter(is_default=True)
    scheme = schemes.first()
    if scheme is None:
        raise UnknownScheme(
            gettext_noop("Survey %(survey)s has no scheme %(name)s."),
            survey=survey.code,
            name=name or "(default)",
        )
    return scheme


def spec_of(scheme: Scheme) -> SchemeSpec:
    """The scheme as typed values, parsed once a process: schemes never change."""
    return _spec(scheme.pk, scheme.name, scheme.sha256)


@lru_cache(maxsize=64)
def _spec(scheme_id: int, _name: str, _sha256: str) -> SchemeSpec:
    scheme = Scheme.objects.get(pk=scheme_id)
    return parse_scheme(scheme.document, weights=scheme.name)
