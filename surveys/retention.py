"""How long a survey's interviews are kept: warned of in time, then erased, each with its certificate.

What stays are tombstones, questionnaires, schemes, public pages as they were released, and what KEEPERS
make of the answers before the first of them goes. Nothing is erased before coordinators have been told for two weeks, whatever the days were changed to.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import draft_files, erasure, jobs, letters
from surveys.erasure import NotErasable
from surveys.jobs import Progress
from surveys.letters import Letter
from surveys.models import (
    Attempt,
    Contact,
    Draft,
    Interview,
    Job,
    Membership,
    Role,
    Survey,
    Tombstone,
    User,
)

Keep: TypeAlias = Callable[[Survey, date, Path, Progress], None]

# Make what stays of a survey's interviews, before the first of them is erased.
KEEPERS: list[Keep] = []

KIND = "retention"
NOTICE = timedelta(days=14)
TOGETHER = 100  # keys that are read at one time
LONGEST = timedelta(minutes=15)  # of a job; the clock asks for the next


@dataclass(frozen=True)
class Plan:
    """The last day up to which interviews are kept, and the first on which they are erased."""

    ends_on: date
    erases_on: date


def plan_of(survey: Survey, today: date) -> Plan | None:
    """None where interviews are kept, or while a wave has no last day."""
    if survey.kept_days is None:
        return None
    last_days = list(survey.waves.values_list("ends_on", flat=True))
    known = [day for day in last_days if day is not None]
    if not known or len(known) < len(last_days):
        return None
    ends_on = max(known) + timedelta(days=survey.kept_days)
    told_on = survey.told_on if survey.told_on and survey.told_of == ends_on else today
    return Plan(ends_on, max(ends_on + timedelta(days=1), told_on + NOTICE))


def keep_up(today: date | None = None) -> list[int]:
    """Tell coordinators what will be erased, and begin where they have known for long enough; the keys of
    jobs to be done. Once an hour is often enough, and more often changes nothing.
    """
    today = today or timezone.localdate()
    begun = (_look_after(survey, today) for survey in Survey.objects.exclude(kept_days=None))
    return [job.pk for job in begun if job]


def _look_after(survey: Survey, today: date) -> Job | None:
    plan = plan_of(survey, today)
    if plan is None or today < plan.ends_on - NOTICE or not is_anything_left(survey):
        return None
    if survey.told_of != plan.ends_on:
        _tell(survey, plan, today)
        return None
    if today < plan.erases_on or survey.jobs.filter(kind=KIND, state__in=jobs.UNFINISHED).exists():
        return None
    return jobs.request(KIND, survey, {}, None)


def interviews_of(survey: Survey) -> QuerySet[Interview]:
    return Interview.objects.filter(questionnaire__survey=survey)


def _tell(survey: Survey, plan: Plan, today: date) -> None:
    """Of several workers only the one that changes the row writes to people."""
    untold = Survey.objects.filter(pk=survey.pk).exclude(told_of=plan.ends_on)
    if not untold.update(told_on=today, told_of=plan.ends_on):
        return
    for person in coordinators_of(survey):
        letters.send(person, partial(_letter, survey, plan))


def coordinators_of(survey: Survey) -> QuerySet[User]:
    """Those who can be written to."""
    members = Membership.objects.filter(survey=survey, role=Role.COORDINATOR).values("user")
    return User.objects.filter(pk__in=members, is_active=True).exclude(email="").order_by("pk")


def _letter(survey: Survey, plan: Plan) -> Letter:
    words = {
        "survey": survey,
        "day": date_format(plan.erases_on),
        "count": interviews_of(survey).count(),
        "days": survey.kept_days,
        "stays": _what_stays(survey),
    }
    subject = _("%(survey)s: interviews are erased on %(day)s") % words
    text = _(
        "The %(count)s interviews of %(survey)s may be kept for %(days)s days after its last wave. "
        "On %(day)s they are erased for good, with their files and people's contacts.\n\n"
        "%(stays)s\n\n"
        "A coordinator can change the days on the survey’s page."
    )
    return subject, text % words


def _what_stays(survey: Survey) -> str:
    if survey.kept_for is None:
        return _(
            "Save before then what you are allowed to keep, such as tables and packages without names."
        )
    return _(
        "A package without names stays in the office, as “%(audience)s” would get it, without what "
        "people wrote in their own words."
    ) % {"audience": survey.kept_for}


@jobs.runner(KIND, gettext_lazy("Interviews erased when their time was over"))
def run(job: Job, folder: Path, progress: Progress) -> None:
    """Keep what is to stay, then erase as many as time allows, unless somebody has changed the days
    meanwhile.
    """
    today = timezone.localdate()
    survey = Survey.objects.select_related("kept_for").get(pk=job.survey_id)
    plan = plan_of(survey, today)
    if plan is None or survey.told_of != plan.ends_on or today < plan.erases_on:
        return
    progress.expect(interviews_of(survey).count())
    for keep in KEEPERS:
        keep(survey, plan.ends_on, folder, progress)
    until = timezone.now() + LONGEST
    for key in _keys(survey):
        if timezone.now() > until:
            return
        with suppress(NotErasable):  # it has gone with another
            erasure.erase(key, by=None, reason=Tombstone.Reason.EXPIRED, with_contacts=True)
        progress.advance()
    _forget_rest(survey)


def _keys(survey: Survey) -> Iterator[int]:
    rows = interviews_of(survey).order_by("pk").values_list("pk", flat=True)
    while keys := list(rows[:TOGETHER]):
        yield from keys


def is_anything_left(survey: Survey) -> bool:
    rest = (_contacts(survey), _drafts(survey), survey.import_batches)
    return interviews_of(survey).exists() or any(rows.exists() for rows in rest)


def _contacts(survey: Survey) -> QuerySet[Contact]:
    return Contact.objects.filter(case__wave__survey=survey)


def _drafts(survey: Survey) -> QuerySet[Draft]:
    return Draft.objects.filter(version__questionnaire__survey=survey)


def _forget_rest(survey: Survey) -> None:
    """What says something of people and hangs on no interview."""
    _contacts(survey).delete()
    Attempt.objects.filter(case__wave__survey=survey).exclude(note="").update(note="")
    for draft in _drafts(survey):
        draft_files.drop_all(draft)
        draft.delete()
    for batch in survey.import_batches.all():
        batch.file.delete(save=False)
        batch.delete()
