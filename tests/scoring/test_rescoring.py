"""Everybody judged again: shared by workers, seen while it goes on, cancelled, taken over from the dead."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from scoring import cells, estimates, pipeline, rescoring, schemes, scores, tasks, verification
from scoring.models import Estimate, Scheme, SiteCells
from surveys import jobs
from surveys.jobs import MAX_ATTEMPTS, SILENT_FOR
from surveys.models import City, Interview, Job, Nudge, QuestionnaireVersion, Site
from tests.factories import make_city, make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME, index_of

WAGE_SCHEME: dict[str, Any] = {
    **SMALL_SCHEME,
    "items": [
        {
            "name": "w1",
            "question": "works",
            "standard": "W",
            "core_content": "work",
            "cutoff": 6,
            "income_ratio": [["1", 0], ["2", 6], [None, 12]],
            "midpoints": {"yes": 3000, "no": 1000},
            "average": "average_wage",
            "minimum": "minimum_wage",
        }
    ],
}
WAGE, OTHER_WAGE = 2000, 1200  # the average of the city
INDEX, OTHER_INDEX = 0.25, 0.5  # of people of whom half earn 3000, half 1000
SITES, PEOPLE = 4, 4

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_site_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few sites are as many steps."""
    monkeypatch.setattr(cells, "TOGETHER", 1)


@pytest.fixture
def scheme() -> Scheme:
    """People of one city, half of whom earn more than its average wage; they are judged already."""
    survey = make_survey()
    city = make_city(average_wage=WAGE, minimum_wage=500)
    version = make_version(survey)
    for number in range(SITES):
        site = make_site(survey, city=city, stratum="ab"[number % 2])
        for person in range(PEOPLE):
            make_interview(site, version, works=("yes", "no")[person % 2])
    scheme = schemes.add(survey, WAGE_SCHEME, "equal", is_default=True)
    pipeline.catch_up()
    return scheme


def change_wage() -> None:
    City.objects.update(average_wage=OTHER_WAGE)


def everything(scheme: Scheme) -> tuple[list[Any], list[Any]]:
    judged = [scores.stored(cells) for cells in scheme.sites.order_by("site__code")]
    numbers = Estimate.objects.filter(set__scheme=scheme).order_by("variable", "by", "level")
    shown = list(numbers.values_list("variable", "by", "level", *estimates.NUMBERS))
    return judged, shown


def judge_some(scheme: Scheme, sites: int) -> None:
    """A rescore up to its middle."""
    working = rescoring.steps(scheme)
    for _ in range(sites):
        assert next(working) == "site"


def silence(job: Job) -> None:
    """The job's worker died some time ago."""
    long_ago = timezone.now() - SILENT_FOR - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def fresh_scheme(scheme: Scheme) -> Scheme:
    return Scheme.objects.get(pk=scheme.pk)


def test_everybody_is_judged_again_with_equal_scores_and_estimates(scheme: Scheme) -> None:
    before = everything(scheme)
    job = rescoring.request(scheme, None)
    assert cells.expired(scheme).count() == SITES
    jobs.run(job.pk)
    assert fresh(job).state == Job.State.DONE
    assert fresh_scheme(scheme).revision == scheme.revision + 1
    assert not cells.expired(scheme).exists()
    assert everything(scheme) == before


def test_scores_that_somebody_changed_are_put_right(scheme: Scheme) -> None:
    SiteCells.objects.update(items=b"\x0c" * PEOPLE)
    assert list(verification.differences(scheme.survey))
    jobs.run(rescoring.request(scheme, None).pk)
    assert list(verification.differences(scheme.survey)) == []


def test_a_citys_wage_shows_only_after_the_rescore(scheme: Scheme) -> None:
    assert index_of(scheme).estimate == INDEX
    change_wage()
    pipeline.sweep()
    assert index_of(scheme).estimate == INDEX
    jobs.run(rescoring.request(scheme, None).pk)
    assert index_of(scheme).estimate == OTHER_INDEX
    assert list(verification.differences(scheme.survey)) == []


def test_progress_is_what_all_have_done(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BEAT_EVERY", timedelta(0))
    seen: list[tuple[int, int]] = []
    rebuild = cells.rebuild

    def watched(wanted: QuerySet[SiteCells]) -> list[int]:
        seen.append(Job.objects.values_list("done", "total").get())
        return rebuild(wanted)

    job = rescoring.request(scheme, None)
    rescoring.lend_a_hand(scheme.pk)
    some = scheme.sites.order_by("pk").values_list("pk", flat=True)[:3]
    scheme.sites.filter(pk__in=list(some)).update(judged_revision=1)
    monkeypatch.setattr(cells, "rebuild", watched)
    jobs.run(job.pk)
    assert seen == [(0, SITES), (2, SITES), (3, SITES)]
    assert (fresh(job).done, fresh(job).total) == (SITES, SITES)


def test_sites_that_come_up_meanwhile_fail_no_rescore(
    scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BEAT_EVERY", timedelta(0))
    rebuild = cells.rebuild

    def imported(wanted: QuerySet[SiteCells]) -> list[int]:
        site = make_site(scheme.survey)
        make_interview(site, QuestionnaireVersion.objects.get())
        if scheme.sites.count() < 3 * SITES:
            scores.mark_waiting(scheme)
        return rebuild(wanted)

    job = rescoring.request(scheme, None)
    monkeypatch.setattr(cells, "rebuild", imported)
    jobs.run(job.pk)
    assert fresh(job).state == Job.State.DONE


def test_a_site_is_judged_by_one_of_those_who_looked(scheme: Scheme) -> None:
    rescoring.request(scheme, None)
    slow = rescoring.work(scheme)
    assert next(slow) == "site"
    assert len(list(rescoring.work(scheme))) == SITES - 1
    assert list(slow) == []


def test_cancelled_in_the_middle_the_rest_keeps_its_scores(
    scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BEAT_EVERY", timedelta(0))
    change_wage()
    job = rescoring.request(scheme, None)
    rebuild = cells.rebuild

    def cancelled_at_once(wanted: QuerySet[SiteCells]) -> list[int]:
        jobs.cancel(job)
        return rebuild(wanted)

    monkeypatch.setattr(cells, "rebuild", cancelled_at_once)
    jobs.run(job.pk)
    monkeypatch.undo()
    assert fresh(job).state == Job.State.CANCELLED
    tasks.sweep()
    assert not cells.expired(scheme).exists()
    assert index_of(scheme).estimate == pytest.approx(INDEX + (OTHER_INDEX - INDEX) / SITES)
    assert not rescoring.lend_a_hand(scheme.pk)


def test_nobody_helps_with_a_job_that_was_cancelled_before_it_began(scheme: Scheme) -> None:
    change_wage()
    jobs.cancel(rescoring.request(scheme, None))
    assert not rescoring.lend_a_hand(scheme.pk)
    tasks.sweep()
    assert not cells.expired(scheme).exists()
    assert index_of(scheme).estimate == INDEX


def test_a_job_given_up_leaves_nothing_waiting(scheme: Scheme) -> None:
    job = rescoring.request(scheme, None)
    Job.objects.update(state=Job.State.RUNNING, attempts=MAX_ATTEMPTS)
    silence(job)
    jobs.reap()
    tasks.sweep()
    assert fresh(job).state == Job.State.FAILED
    assert not cells.expired(scheme).exists()


def test_answers_that_changed_are_judged_whatever_is_cancelled(scheme: Scheme) -> None:
    interview = Interview.objects.order_by("pk")[0]
    interview.answers["g/works"] = "rf"
    interview.save(update_fields=["answers"])
    scores.expire_of([interview.current_id or 0])
    jobs.cancel(rescoring.request(scheme, None))
    rescoring.settle()
    assert [row.site for row in cells.expired(scheme)] == [interview.site]
    pipeline.sweep()
    assert index_of(scheme).n == SITES * PEOPLE - 1


def test_a_second_request_outlives_the_first(scheme: Scheme) -> None:
    first = rescoring.request(scheme, None)
    judge_some(scheme, 2)
    change_wage()
    second = rescoring.request(scheme, None)
    jobs.cancel(first)
    rescoring.settle()
    assert cells.expired(scheme).count() == SITES
    jobs.run(second.pk)
    assert index_of(scheme).estimate == OTHER_INDEX


def test_two_jobs_at_once_both_end(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    change_wage()
    first, second = (rescoring.request(scheme, None) for _ in range(2))
    work = rescoring.work

    def interrupted(scheme: Scheme) -> Any:
        monkeypatch.undo()
        yield next(working := work(scheme))
        jobs.run(second.pk)
        yield from working

    monkeypatch.setattr(rescoring, "work", interrupted)
    jobs.run(first.pk)
    assert (fresh(first).state, fresh(second).state) == (Job.State.DONE, Job.State.DONE)
    assert index_of(scheme).estimate == OTHER_INDEX
    assert list(verification.differences(scheme.survey)) == []


def test_a_new_interview_does_not_wait_for_a_rescore(scheme: Scheme) -> None:
    rescoring.request(scheme, None)
    judge_some(scheme, 1)
    site = Site.objects.order_by("-pk")[0]
    make_interview(site, QuestionnaireVersion.objects.get(), works="yes")
    pipeline.catch_up()
    assert cells.expired(scheme).count() >= SITES - 2
    assert index_of(scheme).n == SITES * PEOPLE + 1


def test_a_dead_workers_rescore_is_finished_by_another(scheme: Scheme) -> None:
    change_wage()
    job = rescoring.request(scheme, None)
    Job.objects.update(state=Job.State.RUNNING, attempts=1)
    judge_some(scheme, 2)
    silence(job)
    assert jobs.reap() == [job.pk]
    jobs.run(job.pk)
    assert (fresh(job).state, fresh(job).attempts) == (Job.State.DONE, 2)
    assert index_of(scheme).estimate == OTHER_INDEX


def test_a_lost_database_is_no_failure(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(_: int) -> bool:
        raise OperationalError("the database system is shutting down")

    job = rescoring.request(scheme, None)
    monkeypatch.setattr(cells, "rebuild", lose)
    with pytest.raises(OperationalError):
        jobs.run(job.pk)
    monkeypatch.undo()
    assert fresh(job).state == Job.State.RUNNING
    silence(job)
    assert jobs.reap() == [job.pk]
    jobs.run(job.pk)
    assert fresh(job).state == Job.State.DONE


def test_a_hand_helps_whoever_runs_the_job(scheme: Scheme) -> None:
    change_wage()
    rescoring.request(scheme, None)
    while rescoring.lend_a_hand(scheme.pk):
        pass
    pipeline.catch_up()
    assert index_of(scheme).estimate == OTHER_INDEX


def test_a_hand_finds_nothing_to_do(scheme: Scheme) -> None:
    assert not rescoring.lend_a_hand(scheme.pk)
    assert not rescoring.lend_a_hand(scheme.pk + 1)  # a scheme that is gone


def test_the_sweep_asks_for_hands_again(
    scheme: Scheme,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr("scoring.tasks.help_rescoring.delay", lambda *hand: asked.append(hand))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert asked == []
    rescoring.request(scheme, None)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sweep()
    assert asked == [(scheme.pk, hand) for hand in range(tasks.HANDS)]
    assert Nudge.objects.count() == tasks.HANDS


def test_the_command_judges_everybody_again(
    scheme: Scheme, capsys: pytest.CaptureFixture[str]
) -> None:
    change_wage()
    call_command("rescore", survey=scheme.survey.code)
    assert f"{SITES} sites judged" in capsys.readouterr().out
    assert index_of(scheme).estimate == OTHER_INDEX
    assert Job.objects.get().state == Job.State.DONE


def test_the_command_says_what_is_not_there(scheme: Scheme) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("rescore", survey="nowhere")
    with pytest.raises(CommandError, match="other"):
        call_command("rescore", survey=scheme.survey.code, scheme="other")
