"""Long work: claimed once, counted, cancelled, taken over from the dead, failed with a reason."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import jobs
from surveys.errors import SurveyError
from surveys.jobs import MAX_ATTEMPTS, RUNNERS, SILENT_FOR, Progress, UnknownKind
from surveys.models import Job
from tests.factories import make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _runners(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setattr(jobs, "RUNNERS", dict(RUNNERS))
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ask() -> Callable[[jobs.Runner], Job]:
    """Asks for a job that the given function does."""

    def asked(runner: jobs.Runner) -> Job:
        jobs.runner("test")(runner)
        return jobs.request("test", make_survey(), {}, None)

    return asked


def count_to_three(job: Job, folder: Path, progress: Progress) -> Path:
    progress.expect(3)
    for _ in range(3):
        progress.advance()
    path = folder / "three.txt"
    path.write_text("1 2 3")
    return path


def silence(job: Job) -> None:
    """The job's worker died some time ago."""
    long_ago = timezone.now() - SILENT_FOR - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)


def test_a_job_ends_with_its_file(ask: Callable[[jobs.Runner], Job]) -> None:
    job = ask(count_to_three)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts) == ("done", 3, 3, 1)
    assert job.finished_at is not None
    with job.result.open() as file:
        assert file.read() == b"1 2 3"


def test_a_job_is_claimed_once(ask: Callable[[jobs.Runner], Job]) -> None:
    runs: list[int] = []

    def twice(job: Job, folder: Path, progress: Progress) -> None:
        runs.append(job.pk)
        jobs.run(job.pk)  # a second message for the same job

    job = ask(twice)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert runs == [job.pk]


def test_a_cancelled_job_does_not_start(ask: Callable[[jobs.Runner], Job]) -> None:
    job = ask(count_to_three)
    jobs.cancel(job)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)


def test_a_running_job_stops_at_its_next_sign_of_life(ask: Callable[[jobs.Runner], Job]) -> None:
    reached: list[str] = []

    def long_work(job: Job, folder: Path, progress: Progress) -> None:
        progress.expect(2)
        jobs.cancel(job)
        reached.append("before")
        progress.expect(2)
        reached.append("after")

    job = ask(long_work)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert reached == ["before"]


def test_a_file_made_for_nobody_is_not_kept(
    ask: Callable[[jobs.Runner], Job], tmp_path: Path
) -> None:
    def cancelled_at_the_end(job: Job, folder: Path, progress: Progress) -> Path:
        path = count_to_three(job, folder, progress)
        jobs.cancel(job)
        return path

    job = ask(cancelled_at_the_end)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result.name) == ("cancelled", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_dead_workers_job_is_done_by_another(ask: Callable[[jobs.Runner], Job]) -> None:
    job = ask(count_to_three)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1)
    silence(job)
    assert jobs.reap() == [job.pk]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_living_workers_job_is_left_to_it(ask: Callable[[jobs.Runner], Job]) -> None:
    job = ask(count_to_three)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, heartbeat_at=timezone.now())
    assert jobs.reap() == []


def test_a_worker_that_was_only_slow_gives_way(ask: Callable[[jobs.Runner], Job]) -> None:
    """The job was given to another meanwhile: the first one may not finish it as well."""

    def slow(job: Job, folder: Path, progress: Progress) -> Path:
        path = count_to_three(job, folder, progress)
        silence(job)
        jobs.reap()
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=2)
        return path

    job = ask(slow)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result.name) == ("running", 2, "")


def test_a_job_that_kills_its_workers_is_given_up(ask: Callable[[jobs.Runner], Job]) -> None:
    job = ask(count_to_three)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=MAX_ATTEMPTS)
    silence(job)
    assert jobs.reap() == []
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "worker died" in job.error


def test_an_expected_failure_says_why(ask: Callable[[jobs.Runner], Job]) -> None:
    def refused(job: Job, folder: Path, progress: Progress) -> None:
        raise SurveyError("Site %(site)s is gone.", site="S1")

    job = ask(refused)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert (job.error, job.error_params) == ("Site %(site)s is gone.", {"site": "S1"})


def test_a_crash_is_told_in_words_and_logged(ask: Callable[[jobs.Runner], Job]) -> None:
    def broken(job: Job, folder: Path, progress: Progress) -> None:
        raise KeyError("secret detail")

    job = ask(broken)
    with pytest.raises(KeyError):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "broke on our side" in job.error
    assert "secret" not in job.error


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKind):
        jobs.request("nonsense", make_survey(), {}, None)


def test_progress_is_told_at_most_once_a_second(
    ask: Callable[[jobs.Runner], Job], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def many(job: Job, folder: Path, progress: Progress) -> None:
        progress.expect(10_000)
        with django_assert_max_num_queries(2):
            for _ in range(10_000):
                progress.advance()

    job = ask(many)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


class ReapingStorage(InMemoryStorage):
    """Saves so slowly that the sweep comes by meanwhile."""

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        jobs.reap()
        return super().save(name, content, max_length)


def test_storing_a_large_file_is_no_death(
    ask: Callable[[jobs.Runner], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def long_work(job: Job, folder: Path, progress: Progress) -> Path:
        path = count_to_three(job, folder, progress)
        silence(job)
        return path

    monkeypatch.setattr(Job._meta.get_field("result"), "storage", ReapingStorage())
    job = ask(long_work)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


@pytest.mark.parametrize(("days", "kept"), [(6, True), (8, False)])
def test_a_file_is_kept_for_a_week(
    ask: Callable[[jobs.Runner], Job], tmp_path: Path, days: int, kept: bool
) -> None:
    job = ask(count_to_three)
    jobs.run(job.pk)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=days))
    jobs.reap()
    job.refresh_from_db()
    assert bool(job.result) is kept
    assert any(tmp_path.rglob("*.txt")) is kept
    assert job.state == Job.State.DONE


def test_what_dead_workers_leave_is_thrown_away(
    ask: Callable[[jobs.Runner], Job], settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    dead, alive, young = ask(count_to_three), ask(count_to_three), ask(count_to_three)
    now = timezone.now()
    Job.objects.filter(pk=alive.pk).update(state=Job.State.RUNNING, heartbeat_at=now)
    folders = {job.pk: tmp_path / "scratch" / f"{job.pk}-abc" for job in (dead, alive, young)}
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "half.dta").write_text("half")
    long_ago = (now - jobs.SCRATCH_KEPT_FOR).timestamp() - 1
    for job in (dead, alive):
        os.utime(folders[job.pk], (long_ago, long_ago))
    jobs.reap()
    assert sorted((tmp_path / "scratch").iterdir()) == [folders[alive.pk], folders[young.pk]]


def test_a_file_is_moved_to_where_it_is_kept(
    ask: Callable[[jobs.Runner], Job], settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    nodes = []

    def runner(job: Job, folder: Path, progress: Progress) -> Path:
        path = count_to_three(job, folder, progress)
        nodes.append(path.stat().st_ino)
        return path

    job = ask(runner)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert Path(job.result.path).stat().st_ino == nodes[0]
