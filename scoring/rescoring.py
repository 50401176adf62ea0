"""All interviews of a survey judged again: work on sites, which any number of workers share.

What is done is counted in the database, so that a worker may die at any moment, and several may work
at once: each takes a site that nobody else has in hand. Sites wait to be judged again as long as a job
wants them to, and no longer: who cancels one, or reads that it failed, knows that nothing goes on.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy

from scoring import cells, estimates, scores
from scoring.models import Scheme, SchemeQuerySet
from surveys import jobs
from surveys.jobs import Progress
from surveys.models import Job, User, Wave

KIND = "rescore"
AT_ONCE = 50  # sites looked up together
SLICE_S = 1.0  # a helper's turn: an interview that comes in meanwhile waits no longer for a worker
PAUSE_S = 0.2


@transaction.atomic
def request(scheme: Scheme, by: User | None) -> Job:
    """Ask for all interviews to be judged again; the old scores stand until the new ones are there."""
    scores.mark_waiting(scheme)
    scores.expire(scheme)
    return jobs.request(KIND, scheme.survey, {"scheme": scheme.pk}, by)


@jobs.runner(KIND, gettext_lazy("Interviews judged again"), queue="scoring")
def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Judge what is left, and renew the estimates."""
    scheme = Scheme.objects.select_related("survey").get(pk=job.params["scheme"])
    total = scheme.sites.count()
    progress.expect(total)
    for _ in steps(scheme):
        progress.tell(lambda: max(0, total - cells.expired(scheme).count()))  # new sites come too


def steps(scheme: Scheme) -> Iterator[str]:
    """What is left of a rescore, one step at a time; others may be at it too."""
    while cells.expired(scheme).exists():
        yield from work(scheme)
        yield "pause"
    for wave in Wave.objects.filter(survey=scheme.survey_id):
        estimates.refresh(scheme, wave)
        yield "estimate"


def work(scheme: Scheme) -> Iterator[str]:
    """Judge some of the sites that are left, in no order, so that workers rarely meet."""
    left = list(cells.expired(scheme).order_by("?").values_list("pk", flat=True)[:AT_ONCE])
    done = 0
    for ids in cells.batches(left):
        for _ in cells.rebuild(cells.expired(scheme).filter(pk__in=ids)):
            done += 1
            yield "site"
    if left and not done:
        time.sleep(PAUSE_S)  # the last ones are in other hands


def lend_a_hand(scheme_id: int) -> bool:
    """Judge sites for a moment, if a job wants them judged; whether some are left."""
    scheme = under_way().filter(pk=scheme_id).first()
    if scheme is None:
        return False
    until = time.monotonic() + SLICE_S
    for _ in work(scheme):
        if time.monotonic() > until:
            break
    return cells.expired(scheme).exists()


def under_way() -> SchemeQuerySet:
    """The schemes whose interviews are being judged again, or soon will be."""
    wanted = Job.objects.filter(kind=KIND, state__in=jobs.UNFINISHED)
    return Scheme.objects.filter(pk__in=[job.params["scheme"] for job in wanted])


def settle() -> None:
    """Let sites keep the scores that they have where no job wants them judged any more.

    The revisions are read first: what is asked for meanwhile has a higher one.
    """
    schemes = list(Scheme.objects.all())
    wanted = set(under_way().values_list("pk", flat=True))
    for scheme in schemes:
        if scheme.pk not in wanted:
            _leave(scheme)


@transaction.atomic
def _leave(scheme: Scheme) -> None:
    """Sites at 0 have other answers than those that were judged: these are not left."""
    left = scheme.sites.filter(judged_revision__gt=0, judged_revision__lt=scheme.revision)
    left.held().update(judged_revision=scheme.revision)
