"""Kept when interviews are erased: a package of nobody, with who stood out in it."""

import hashlib
from datetime import date
from pathlib import Path

from django.core.files import File
from django.db import transaction

from surveys import trail
from surveys.errors import SurveyError, gettext_noop
from surveys.exports import package
from surveys.exports.catalogue import Order
from surveys.exports.interviews import count
from surveys.exports.manifest import faults_in
from surveys.exports.standout import LEAST, report, sensitive_of
from surveys.jobs import Progress
from surveys.models import Deposit, Questionnaire, Survey, TrailEntry

CLOCK = "the clock"  # who does it, in the trail


class DepositDamaged(SurveyError):
    """A package that is not what its own list says, just after it was written."""

    status = 500


def keep(survey: Survey, ends_on: date, folder: Path, progress: Progress) -> None:
    """Make what the survey wants to stay, once for each end of its time; a questionnaire without
    interviews leaves nothing.

    Raises SurveyError, OSError: then nothing may be erased yet.
    """
    for questionnaire in survey.questionnaires.all() if survey.kept_for else ():
        if not questionnaire.deposits.filter(ends_on=ends_on).exists():
            _deposit(survey, questionnaire, ends_on, folder / str(questionnaire.pk), progress)


def _deposit(
    survey: Survey, questionnaire: Questionnaire, ends_on: date, folder: Path, progress: Progress
) -> None:
    order = Order(questionnaire, audience=survey.kept_for, derived=True, is_anonymous=True)
    interviews = count(order)
    if not interviews or order.terms is None:
        return
    folder.mkdir()
    path = folder / f"{survey.code}-{questionnaire.form_id}-{ends_on}.zip"
    package.write(order, path, progress.live)
    if any(faults_in(path)):
        raise DepositDamaged(gettext_noop("The package that is to stay was damaged on the disk."))
    told = report(order, order.terms, LEAST, sensitive_of(questionnaire), progress.live)
    with path.open("rb") as file:
        deposit = Deposit(
            questionnaire=questionnaire,
            ends_on=ends_on,
            audience=str(survey.kept_for),
            sha256=hashlib.file_digest(file, "sha256").hexdigest(),
            interviews=interviews,
            report=told,
        )
        file.seek(0)
        deposit.file.save(path.name, File(file), save=False)
    with transaction.atomic():
        deposit.save()
        trail.append(CLOCK, TrailEntry.Action.CHANGED, "deposit", key=path.name)
