"""Second visits as they come: paired by the id of the interview, compared answer by answer."""

from collections.abc import Mapping

from django.db.models import Q

from surveys import readings
from surveys.asked import places_in
from surveys.backchecks.questions import (
    WAS_SEEN,
    Again,
    compared_as,
    kinds_in,
    questions_of,
    value_of,
)
from surveys.keys.sealed import is_readable
from surveys.models import Inspection, Interview, Questionnaire, SecondVisit, Submission
from surveys.quality.backchecks import Comparison, Outcome, Type, Value, Visit, compare
from surveys.quality.fieldwork import Kind
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import relative
from surveys.xforms.shortening import OUTCOME, SEEN


def pair(submission: Submission, questionnaire: Questionnaire) -> None:
    """Put a second visit beside the interview that it names, and compare; again after a correction.

    Nothing for other interviews, nor where it was not drawn for who sends it. In the transaction
    in which the interview was stored.
    """
    if questionnaire.kind != Questionnaire.Kind.BACK_CHECK or submission.version is None:
        return
    interview, form = submission.interview, form_of(submission.version)
    named = interview.answers.get(relative(form.roles.get("first", "")), "")
    drawn = _drawn(questionnaire, named, interview)
    if drawn is None or interview.current_id != submission.pk:
        return
    drawn.visit = interview
    drawn.outcome = interview.answers.get(OUTCOME, "")[:10]
    rows = _compared(drawn, form)
    drawn.compared = {row.question: [row.first, row.second, row.outcome] for row in rows}
    different = [row for row in rows if row.outcome is Outcome.DIFFERENT]
    drawn.differences = len(different)
    drawn.fixed = sum(row.type is Type.FIXED for row in different)
    drawn.is_denied = any(row.question == SEEN for row in different)
    drawn.save()
    _ask_for_checks(drawn)


def _drawn(questionnaire: Questionnaire, named: str, visit: Interview) -> SecondVisit | None:
    if not named:
        return None
    rows = SecondVisit.objects.select_for_update(of=("self",)).select_related(
        "backcheck", "interview", "first__version", "first__interview"
    )
    return rows.filter(
        Q(visit=None) | Q(visit=visit),
        backcheck__short=questionnaire,
        interview__root_uuid=named,
        checker=visit.enumerator_id,
    ).first()


def _compared(drawn: SecondVisit, form: FormDef) -> tuple[Comparison, ...]:
    """What was asked both times; what did not apply once is not compared: that differs already at
    the question that decided it.
    """
    if drawn.visit is None or drawn.first.version is None or not is_readable(drawn.first.xml):
        return ()
    first_form = form_of(drawn.first.version)
    first = readings.evaluation_of(drawn.first)
    kinds = kinds_in([first_form, form])
    unasked = {*first.skipped, *drawn.visit.skipped}
    known = places_in(first_form) | {SEEN}
    asked = [q for q in questions_of(drawn.backcheck) if q.place in known - unasked]
    given = {**first.answers, SEEN: WAS_SEEN}
    found = compare(
        [_visit(drawn, given, asked, kinds)],
        [_visit(drawn, drawn.visit.answers, asked, kinds)],
        [compared_as(question, kinds) for question in asked],
    )
    return found.rows


def _visit(
    drawn: SecondVisit, answers: Mapping[str, str], asked: list[Again], kinds: Mapping[str, Kind]
) -> Visit:
    values: dict[str, Value] = {
        one.place: value_of(answers.get(one.place, ""), kinds.get(one.place, Kind.CHOICE))
        for one in asked
    }
    return Visit(str(drawn.pk), "", answers=values)


def _ask_for_checks(drawn: SecondVisit) -> None:
    """The next look at the interviews' quality knows of it."""
    inspections = Inspection.objects.filter(
        questionnaire=drawn.backcheck.questionnaire_id, wave=drawn.backcheck.wave_id
    )
    inspections.update(seen_until=None)
