"""Schemes in the workbook of a questionnaire: checked with it, and added when it is published."""

from collections.abc import Collection, Iterator, Sequence
from itertools import count

from scoring import schemes
from scoring.maths.scheme import parse_scheme
from scoring.models import Scheme
from scoring.workbooks import writing
from scoring.workbooks.reading import Judgement, read_judgement
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Questionnaire, QuestionnaireVersion, Survey
from surveys.questionnaires import ADDED, ENCLOSURES, Enclosure, form_of
from surveys.xforms.linting.findings import ERROR, Cell, Finding
from surveys.xforms.linting.identifiers import direct_cells
from surveys.xforms.table import JUDGING


class BadJudgement(SurveyError):
    """A workbook that says wrongly how its answers are judged."""

    status = 422


def check(workbook: bytes) -> Sequence[Finding]:
    """What is wrong with the scheme in a workbook, whatever the survey."""
    judgement = read_judgement(workbook)
    return (*judgement.findings, *_identifying(judgement, workbook))


def _identifying(judgement: Judgement, workbook: bytes) -> Iterator[Finding]:
    """Names that are judged: they would be summed like any other answer."""
    for name, cell in direct_cells(workbook).items() if judgement.questions else ():
        if name in judgement.questions:
            yield cell.warning(
                "identifier",
                gettext_noop(
                    "`%(name)s` is tagged `direct`, and a scheme judges it. Scores are given with the "
                    "data: make sure that they give nobody away."
                ),
                name=name,
            )


def compare(workbook: bytes, survey: Survey) -> Sequence[Finding]:
    """Which schemes a workbook adds to a survey, and what keeps it from doing so."""
    judgement = read_judgement(workbook)
    here = {scheme.name: scheme for scheme in survey.schemes.all()}
    found = [*_compared(judgement, here)]
    if any(finding.code == ADDED for finding in found):
        found += _asked_twice(judgement, survey)
    return found


def _compared(judgement: Judgement, here: dict[str, Scheme]) -> Iterator[Finding]:
    for name, heading in judgement.weightings.items():
        if name not in here:
            yield heading.note(
                ADDED, gettext_noop("With the form, the scheme `%(name)s` is added."), name=name
            )
        elif not _is_same(here[name], judgement):
            yield heading.error(
                "scheme-changed",
                gettext_noop(
                    "The survey has a scheme `%(name)s` that judges otherwise, and schemes never "
                    "change. Rename the weighting in the sheet `weights`, such as `%(better)s`."
                ),
                name=name,
                better=_free(name, {*here, *judgement.weightings}),
            )


def _is_same(scheme: Scheme, judgement: Judgement) -> bool:
    """Whether a scheme of the survey says what the workbook says."""
    return schemes.spec_of(scheme) == parse_scheme(judgement.document, weights=scheme.name)


def _free(name: str, taken: Collection[str]) -> str:
    """A name that nothing has: after `equal-v1` comes `equal-v2`."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    stem = stem if digits else f"{name}-v"
    following = (f"{stem}{number}" for number in count(int(digits[:9] or 1) + 1))
    return next(other for other in following if other not in taken)


def _asked_twice(judgement: Judgement, survey: Survey) -> Iterator[Finding]:
    """Questions that another questionnaire of the survey asks too."""
    for form in schemes.forms_of(survey):
        both = judgement.questions & {question.name for question in form.questions}
        if both and form.form_id != judgement.form_id:
            yield Cell(JUDGING).error(
                "asked-twice",
                gettext_noop(
                    "The questionnaire `%(form)s` of this survey asks %(names)s too, and a scheme "
                    "needs to know which answer counts. Rename these questions in one of the two."
                ),
                form=form.form_id,
                names=", ".join(sorted(both)),
            )


def add_schemes(workbook: bytes, survey: Survey) -> None:
    """Give a survey the schemes of a workbook that it has not yet, one a weighting.

    The first is the default one where the survey has none. Raises BadJudgement, SchemeChanged or
    SchemeMisfit, and may have added some by then: call it in a transaction.
    """
    judgement = read_judgement(workbook)
    _require_sound(judgement)
    here = {scheme.name: scheme for scheme in survey.schemes.all()}
    has_default = any(scheme.is_default for scheme in here.values())
    for name in judgement.weightings:
        if name not in here:
            is_default = not has_default and name == judgement.document["default_weights"]
            schemes.add(survey, judgement.document, name, is_default=is_default)
        elif not _is_same(here[name], judgement):
            raise schemes.changed(name)


def _require_sound(judgement: Judgement) -> None:
    error = next((f for f in judgement.findings if f.severity == ERROR), None)
    if error is not None:
        raise BadJudgement(
            gettext_noop("The scheme in the workbook has a mistake in %(place)s: %(detail)s"),
            place=error.place,
            detail=SurveyError(error.message, **error.params),
        )


def workbook_of(scheme: Scheme) -> bytes:
    """A scheme as an .xlsx, in a copy of the workbook of the questionnaire that it judges.

    Of several questionnaires it is the one that asks most of its questions; without any, the
    workbook has the scheme's sheets alone.
    """
    names = schemes.spec_of(scheme).questions
    versions = QuestionnaireVersion.objects.filter(
        pk__in=Questionnaire.objects.main()
        .filter(survey=scheme.survey_id, current__isnull=False)
        .values("current")
    )
    best = max(
        versions,
        key=lambda version: len(names & {question.name for question in form_of(version).questions}),
        default=None,
    )
    return writing.workbook_of(scheme.document, bytes((best and best.workbook) or b""))


ENCLOSURES.append(Enclosure(check, compare, add_schemes))
