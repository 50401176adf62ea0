"""Long work as rows: asked for, claimed once, counted, cancelled, finished or given up loudly."""

import errno
import logging
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from django.conf import settings
from django.core.files import File
from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Job, Survey, User

logger = logging.getLogger(__name__)

SILENT_FOR = timedelta(seconds=60)  # a running job without a sign of life is dead
MAX_ATTEMPTS = 3
BEAT_EVERY = timedelta(seconds=1)
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)
KEPT_FOR = timedelta(days=7)  # then a job's file is deleted
SCRATCH_KEPT_FOR = timedelta(hours=1)  # a dead worker's folder, beside a job without a sign of life
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
BROKE = gettext_noop("Something broke on our side. The administrator finds the cause in the log.")
FULL = gettext_noop(
    "The server’s disk is full: there is no room for this file. Tell the administrator, "
    "and ask for the file again when there is room."
)
DIED = gettext_noop("The worker died each time this was tried. Tell the administrator.")


class UnknownKind(SurveyError):
    """A kind of job that nothing here can run."""


class Cancelled(Exception):
    """Raised in a runner by its next sign of life after the job was cancelled or given away."""


@dataclass
class Progress:
    """A runner's way to say how far it is; raises Cancelled when it should stop."""

    job: Job
    done: int = 0

    def expect(self, total: int) -> None:
        self.beat(total=total)

    def advance(self, count: int = 1) -> None:
        self.done += count
        self.tell(lambda: self.done)

    def live(self) -> None:
        """Say that it goes on, without being further."""
        self.tell(lambda: self.done)

    def tell(self, count: Callable[[], int]) -> None:
        """For work that others share: how much is done in all, counted when it is time to say so."""
        if timezone.now() - (self.job.heartbeat_at or self.job.created_at) >= BEAT_EVERY:
            self.beat(done=count())

    def beat(self, **fields: int) -> None:
        """A sign of life, with what is known by now."""
        self.job.heartbeat_at = timezone.now()
        if not _held(self.job).update(heartbeat_at=self.job.heartbeat_at, **fields):
            raise Cancelled


Runner: TypeAlias = Callable[[Job, Path, Progress], Path | None]
RUNNERS: dict[str, Runner] = {}
TITLES: dict[str, str | Promise] = {}
WITH_FILES: set[str] = set()  # kinds whose files hold answers
QUEUES: dict[str, str] = {}  # by kind
USUAL_QUEUE = "exports"  # where what people ask for stands in line


def runner(
    kind: str,
    title: str | Promise = "",
    *,
    has_answers: bool = False,
    queue: str = USUAL_QUEUE,
) -> Callable[[Runner], Runner]:
    """Register a function `(job, folder, progress)` that does one kind of job.

    It may write a file into the folder and return its path: the job's result. One that
    `has_answers` goes when one of its interviews is erased. Its `queue` is one of the settings'.
    """
    if has_answers:
        WITH_FILES.add(kind)

    def register(function: Runner) -> Runner:
        RUNNERS[kind] = function
        TITLES[kind] = title or kind
        QUEUES[kind] = queue
        return function

    return register


def request(kind: str, survey: Survey, params: Mapping[str, object], by: User | None) -> Job:
    """Ask for a job. The caller nudges a worker; the sweep finds it otherwise."""
    if kind not in RUNNERS:
        raise UnknownKind(gettext_noop("There is no job of the kind %(kind)s."), kind=kind)
    return Job.objects.create(kind=kind, survey=survey, params=dict(params), requested_by=by)


def queue_of(job_id: int) -> str:
    """Where a job's workers look for it; one query."""
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    return QUEUES.get(kind or "", USUAL_QUEUE)


def run(job_id: int) -> None:
    """Do a waiting job; a job that somebody else claimed, or that was cancelled, is left alone."""
    job = _claim(job_id)
    if job is None:
        return
    progress = Progress(job)
    try:
        with TemporaryDirectory(dir=_scratch(), prefix=f"{job.pk}-") as folder:
            result = RUNNERS[job.kind](job, Path(folder), progress)
            progress.beat()  # storing a large file takes its time
            _finish(job, result)
    except Cancelled:
        logger.info("Job %s stopped: it was cancelled, or given to another worker", job.pk)
    except SurveyError as error:
        _fail(job, error)
    except (OperationalError, InterfaceError):
        logger.warning("Job %s lost its database: as a dead worker's, it is tried again", job.pk)
        raise
    except Exception as error:  # whoever waits for the job is told; the log has the rest
        is_full = isinstance(error, OSError) and error.errno in NO_ROOM
        _fail(job, SurveyError(FULL if is_full else BROKE))
        raise


def _claim(job_id: int) -> Job | None:
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, heartbeat_at=now, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if claimed else None


def _held(job: Job) -> QuerySet[Job]:
    """The job's row as long as it is ours: `attempts` tells us from a worker that took over."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


class _Ready(File):  # type: ignore[type-arg]
    """A file that a storage on the same disk may move instead of copying: whole or not at all."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _scratch() -> Path:
    """Where files are made: on the disk where they will be kept, if that is one of ours."""
    folder = Path(settings.VAR_DIR) / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _finish(job: Job, result: Path | None) -> None:
    if result is not None:
        with result.open("rb") as file:
            job.result.save(result.name, _Ready(file), save=False)
    kept = _held(job).update(
        state=Job.State.DONE,
        result=job.result.name or "",
        done=F("total"),
        finished_at=timezone.now(),
    )
    if not kept and result is not None:
        job.result.delete(save=False)


def _fail(job: Job, error: SurveyError) -> None:
    """Keep the sentence and what fills it apart, so that a page can say it in any language."""
    params = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in error.params.items()
    }
    _held(job).update(
        state=Job.State.FAILED,
        error=error.message,
        error_params=params,
        finished_at=timezone.now(),
    )


def cancel(job: Job) -> None:
    """Stop a job that has not ended; a running one stops at its next sign of life."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )


def reap() -> list[int]:
    """Put dead jobs back in line, give up those that died too often; the ids of all waiting.

    Files that were kept long enough are deleted, and what dead workers had begun.
    """
    _discard_files()
    _discard_scratch()
    dead = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_FOR)
    dead.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=Job.State.FAILED,
        error=DIED,
        finished_at=timezone.now(),
    )
    dead.update(state=Job.State.QUEUED)
    return list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True))


def _discard_files() -> None:
    kept_since = timezone.now() - KEPT_FOR
    for job in Job.objects.filter(finished_at__lt=kept_since).exclude(result=""):
        job.result.delete(save=False)
        Job.objects.filter(pk=job.pk).update(result="")


def _discard_scratch() -> None:
    """A folder's name begins with its job's key. A job that works has shown a sign of life."""
    now = timezone.now()
    working = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__gte=now - SILENT_FOR)
    held = {str(key) for key in working.values_list("pk", flat=True)}
    for folder in _scratch().iterdir():
        with suppress(FileNotFoundError):  # its worker, or another sweep, was faster
            is_old = folder.stat().st_mtime < (now - SCRATCH_KEPT_FOR).timestamp()
            if is_old and folder.name.partition("-")[0] not in held:
                shutil.rmtree(folder)
