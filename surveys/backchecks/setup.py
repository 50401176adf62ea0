"""Setting a back-check up: its questions as a short questionnaire, its people, its seed."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet

from surveys import fieldwork, formfiles, questionnaires
from surveys.backchecks.draw import reassign
from surveys.backchecks.questions import Again, to_json
from surveys.errors import SurveyError, gettext_noop
from surveys.models import (
    BackCheck,
    Membership,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Survey,
    User,
)
from surveys.xforms.shortening import Short, shorten

HIGHEST_SEED = 10**15


class NotPossible(SurveyError):
    """Something stands against a back-check as it was asked for."""

    status = 422


@dataclass(frozen=True)
class Design:
    """`share` of each enumerator's interviews, from 0 to 1, and at least so many; no `seed`: one is
    made.
    """

    questions: tuple[Again, ...]
    share: float
    least: int = 0
    seed: int | None = None


def look(questionnaire: Questionnaire, places: Collection[str]) -> Short:
    """The short questionnaire that the chosen questions make, and the rules that it cannot have.

    Raises NotPossible, or FormError where the workbook cannot be read.
    """
    number = questionnaire.backchecks.count() + 1
    return shorten(_workbook(questionnaire), places, f"{questionnaire.form_id}-again-{number}")


def _workbook(questionnaire: Questionnaire) -> bytes:
    version = questionnaire.current
    if version is None or not version.workbook:
        raise NotPossible(
            gettext_noop(
                "The questionnaire %(title)s has no workbook here. Publish it from its workbook first."
            ),
            title=questionnaire.title,
        )
    return bytes(version.workbook)


@transaction.atomic
def begin(
    questionnaire: Questionnaire, design: Design, checkers: Sequence[User], *, by: User
) -> BackCheck:
    """Publish the short questionnaire and begin to draw for it, in the survey's wave of today.

    Raises NotPossible, or what `questionnaires.publish` raises; nothing is stored then.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=questionnaire.survey_id)
    _require(questionnaire, design, checkers)
    short = look(questionnaire, {one.place for one in design.questions})
    version = questionnaires.publish(
        short.workbook, survey, by=by, files=_files(questionnaire.current)
    )
    version.questionnaire.kind = Questionnaire.Kind.BACK_CHECK
    version.questionnaire.save(update_fields=["kind"])
    backcheck = BackCheck.objects.create(
        questionnaire=questionnaire,
        wave=fieldwork.current_wave(survey),
        short=version.questionnaire,
        questions=[to_json(one) for one in design.questions],
        lost=[asdict(one) for one in short.lost],
        share=design.share,
        least=design.least,
        seed=secrets.randbelow(HIGHEST_SEED) if design.seed is None else design.seed,
        made_by=by,
    )
    backcheck.checkers.set(checkers)
    return backcheck


def _require(questionnaire: Questionnaire, design: Design, checkers: Sequence[User]) -> None:
    if questionnaire.kind == Questionnaire.Kind.BACK_CHECK:
        raise NotPossible(gettext_noop("This questionnaire is one of second visits itself."))
    if not design.questions:
        raise NotPossible(gettext_noop("Choose the questions that are asked again."))
    _require_checkers(questionnaire.survey, checkers)


def _require_checkers(survey: Survey, checkers: Sequence[User]) -> None:
    known = set(possible_checkers(survey).values_list("pk", flat=True))
    if not checkers or any(person.pk not in known for person in checkers):
        raise NotPossible(
            gettext_noop("Choose who visits again: enumerators or supervisors of this survey.")
        )


def _files(version: QuestionnaireVersion | None) -> dict[str, bytes]:
    rows = version.files.all() if version else ()
    return {row.name: formfiles.content_of(row) for row in rows}


def possible_checkers(survey: Survey) -> QuerySet[User]:
    """Who may visit again, by name."""
    roles = (Role.ENUMERATOR, Role.SUPERVISOR)
    members = Membership.objects.filter(survey=survey, role__in=roles)
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("username")


@transaction.atomic
def set_checkers(backcheck: BackCheck, checkers: Sequence[User]) -> None:
    """Let others visit again: what waits for who is not among them goes to the others."""
    _require_checkers(backcheck.questionnaire.survey, checkers)
    backcheck.checkers.set(checkers)
    reassign(backcheck)


def switch(backcheck: BackCheck, *, is_on: bool) -> None:
    """Go on with the draw, or end it; what was drawn can be visited until its questionnaire is
    closed.
    """
    BackCheck.objects.filter(pk=backcheck.pk).update(is_on=is_on)
