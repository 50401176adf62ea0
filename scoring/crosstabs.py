"""Tables that people ask for: made at once of a small wave, else by a worker, and kept by what was asked.

A kept table says of which revision of the data it is.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy

from scoring import divisions
from scoring.divisions import Catalogue, Source
from scoring.models import EstimateSet, KeptTable
from scoring.people import judged
from scoring.tables import NO_GROUP, Asked, NoSuchTable, Table
from scoring.tabulation import tabulate
from surveys import jobs
from surveys.errors import gettext_noop
from surveys.jobs import Progress
from surveys.models import Job, User

KIND = "crosstab"
AT_ONCE = 20_000  # interviews: more take a worker
KEPT = 200  # tables of a scheme
RELEASE = 2  # raise it where tables come out differently


@dataclass(frozen=True)
class Found:
    """A table as there is one: None while it waits for `job`. It is old where data came since."""

    table: Table | None
    made_at: datetime | None = None
    is_old: bool = False
    job: Job | None = None

    @property
    def is_moving(self) -> bool:
        return self.job is not None and self.job.state in jobs.UNFINISHED


def find(made: EstimateSet, asked: Asked, catalogue: Catalogue) -> Found:
    """The table as it is kept; of a small wave it is made at once where it is old. Raises NoSuchTable."""
    check(catalogue, asked)
    kept = KeptTable.objects.filter(
        scheme=made.scheme_id, wave=made.wave_id, content=_content(made, asked)
    ).first()
    is_old = kept is None or kept.built_revision != made.built_revision
    if is_old and made.interviews <= AT_ONCE:
        kept, is_old = make(made, asked, catalogue), False
    job = under_way(made, asked) if is_old else None
    if kept is None:
        return Found(None, job=job)
    return Found(Table.restored(kept.table), kept.computed_at, is_old, job)


def _content(made: EstimateSet, asked: Asked) -> str:
    """The same for the same table of the same kind of sample, made by the same release of this code."""
    parts = [RELEASE, made.is_probability_sample, *asked]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def under_way(made: EstimateSet, asked: Asked) -> Job | None:
    """The job that makes the table, or the last one if it failed."""
    found = Job.objects.filter(kind=KIND, survey=made.scheme.survey_id, params=_params(made, asked))
    last = found.first()
    return last if last and last.state in (*jobs.UNFINISHED, Job.State.FAILED) else None


def request(made: EstimateSet, asked: Asked, catalogue: Catalogue, by: User | None) -> Job:
    """Ask for the table of a large wave, unless that is under way. Raises NoSuchTable."""
    check(catalogue, asked)
    job = under_way(made, asked)
    if job is not None and job.state in jobs.UNFINISHED:
        return job
    return jobs.request(KIND, made.scheme.survey, _params(made, asked), by)


def _params(made: EstimateSet, asked: Asked) -> dict[str, object]:
    return {"scheme": made.scheme_id, "wave": made.wave_id, **asked._asdict()}


@jobs.runner(KIND, gettext_lazy("Table computed"))
def run(job: Job, _folder: Path, _progress: Progress) -> None:
    """Make the table and keep it in the place of an older one."""
    params = dict(job.params)
    scheme, wave = params.pop("scheme"), params.pop("wave")
    sets = EstimateSet.objects.select_related("scheme__survey", "wave")
    made = sets.get(scheme=scheme, wave=wave)
    make(made, Asked(**params), divisions.catalogue_of(made.scheme))


def make(made: EstimateSet, asked: Asked, catalogue: Catalogue) -> KeptTable:
    """Make the table and keep it in the place of an older one. Raises NoSuchTable."""
    kept, is_new = KeptTable.objects.update_or_create(
        scheme=made.scheme,
        wave=made.wave,
        content=_content(made, asked),
        defaults={
            "table": tabulated(made, asked, catalogue).stored(),
            "built_revision": made.built_revision,
            "computed_at": timezone.now(),
        },
    )
    if is_new:
        tables = KeptTable.objects.filter(scheme=made.scheme).order_by("-computed_at", "-pk")
        beyond = list(tables.values_list("pk", flat=True)[KEPT:])
        KeptTable.objects.filter(pk__in=beyond).delete()
    return kept


def check(catalogue: Catalogue, asked: Asked) -> None:
    """Raise NoSuchTable for what is not there, or is asked twice."""
    way = asked.segment.partition("=")[0]
    if asked.rows not in catalogue.rows:
        raise NoSuchTable(
            gettext_noop("What the rows should be is not there: choose it from the list.")
        )
    if asked.columns not in (*catalogue.columns, *catalogue.means):
        raise NoSuchTable(
            gettext_noop("What the columns should be is not there: choose it from the list.")
        )
    if asked.rows == asked.columns:
        raise NoSuchTable(gettext_noop("Rows and columns are the same: choose two different ones."))
    if asked.segment and way not in catalogue.segments:
        raise NoSuchTable(NO_GROUP)
    if way in (asked.rows, asked.columns):
        raise NoSuchTable(
            gettext_noop(
                "The people are chosen by what the table divides them by already: choose everyone, "
                "or another group."
            )
        )


def tabulated(made: EstimateSet, asked: Asked, catalogue: Catalogue) -> Table:
    """The table of a wave's people as they are judged now. Reads every one. Raises NoSuchTable."""
    people = judged(made.scheme, made.wave)
    variables = map(divisions.parts_of, (asked.rows, asked.columns))
    names = [name for source, name in variables if source in (Source.QUESTION, Source.SEVERAL)]
    answers = divisions.read(made, people, catalogue, names)
    return tabulate(people, answers, asked, has_design=made.is_probability_sample)
