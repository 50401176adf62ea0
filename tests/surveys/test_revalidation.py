"""Stored interviews are judged again: what changed is put right, in however many processes."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import jobs, revalidation
from surveys.models import Finding, Interview, Job, Submission
from surveys.signals import answers_changed
from tests.factories import make_interview, make_site, make_survey, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def interviews() -> list[Interview]:
    site = make_site(make_survey("waves"))
    version = make_version(site.survey)
    return [make_interview(site, version, age=str(20 + number)) for number in range(6)]


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The submissions that changed."""
    ids: list[int] = []

    def hear(submission_ids: list[int], **_: object) -> None:
        ids.extend(submission_ids)

    answers_changed.connect(hear)
    yield ids
    answers_changed.disconnect(hear)


def judged_again(processes: int = 1) -> Job:
    questionnaire = Interview.objects.all()[0].questionnaire
    job = revalidation.request(questionnaire, None, processes)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def current(interview: Interview) -> Submission:
    assert interview.current is not None
    return interview.current


def spoil(interview: Interview) -> None:
    """Store what an older release might have found."""
    Interview.objects.filter(pk=interview.pk).update(
        answers={"g/age": "7"}, skipped=[], outcome="partial", ended_at=None
    )
    Finding.objects.create(
        submission=current(interview), kind="constraint", path="g/age", value="7"
    )


def state() -> list[object]:
    fields = ("answers", "skipped", "outcome", "started_at", "ended_at", "state")
    findings = Finding.objects.order_by("submission", "kind", "path")
    return [
        *Interview.objects.order_by("pk").values_list(*fields),
        *findings.values_list("submission", "kind", "path", "value"),
    ]


def test_what_did_not_change_is_left_alone(interviews: list[Interview], heard: list[int]) -> None:
    before = state()
    with CaptureQueriesContext(connection) as queries:
        job = judged_again()
    assert (job.state, job.done, job.total, job.params["changed"]) == ("done", 6, 6, 0)
    assert (state(), heard) == (before, [])
    written = [
        q["sql"] for q in queries if "surveys_interview" in q["sql"] and "UPDATE" in q["sql"]
    ]
    assert written == []


def test_what_changed_is_put_right(interviews: list[Interview], heard: list[int]) -> None:
    before = state()
    spoil(interviews[2])
    Finding.objects.create(submission=current(interviews[3]), kind="edit")
    doubted = [*before, (current(interviews[3]).pk, "edit", "", "")]
    job = judged_again()
    assert job.params["changed"] == 1
    assert heard == [current(interviews[2]).pk]
    assert state() == doubted
    assert judged_again().params["changed"] == 0


def test_findings_come_again(interviews: list[Interview]) -> None:
    submission = Submission.objects.get(pk=current(interviews[0]).pk)
    xml = bytes(submission.xml).replace(b"<age>20</age>", b"<age>7</age>")
    Submission.objects.filter(pk=submission.pk).update(xml=xml)
    assert judged_again().params["changed"] == 1
    assert list(submission.findings.values_list("kind", "path", "value")) == [
        ("constraint", "g/age", "7")
    ]
    assert Interview.objects.get(current=submission).answers["g/age"] == "7"


def test_interviews_of_unknown_versions_are_left_alone(interviews: list[Interview]) -> None:
    Submission.objects.filter(pk=current(interviews[0]).pk).update(version=None)
    spoil(interviews[0])
    before = state()
    assert judged_again().total == 5
    assert state() == before


def test_a_job_that_was_cut_off_goes_on_where_it_was(
    interviews: list[Interview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revalidation, "BATCH", 2)
    spoil(interviews[1])
    spoil(interviews[5])
    upto = current(interviews[5]).pk
    job = revalidation.request(interviews[0].questionnaire, None)
    job.params |= {"spans": [[current(interviews[3]).pk, upto]], "changed": 4}
    job.save()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.done, job.params["changed"], job.params["spans"]) == (6, 5, [[upto, upto]])
    assert Interview.objects.get(pk=interviews[1].pk).answers == {"g/age": "7"}


def test_a_job_stops_when_it_is_cancelled(
    interviews: list[Interview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revalidation, "BATCH", 1)
    monkeypatch.setattr(jobs, "BEAT_EVERY", timedelta())
    spoil(interviews[5])
    job = revalidation.request(interviews[0].questionnaire, None)

    def cancel(submission_ids: list[int], **_: object) -> None:
        jobs.cancel(job)

    spoil(interviews[0])
    answers_changed.connect(cancel)
    jobs.run(job.pk)
    answers_changed.disconnect(cancel)
    assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED
    assert Interview.objects.get(pk=interviews[5].pk).answers == {"g/age": "7"}


def test_no_interviews_are_soon_judged() -> None:
    version = make_version(make_survey())
    job = revalidation.request(version.questionnaire, None)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total) == ("done", 0)


def test_the_command_says_what_it_did(
    interviews: list[Interview], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(interviews[2])
    call_command("revalidate", survey="waves", processes=1)
    assert "6 interviews judged again in" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no survey elsewhere"):
        call_command("revalidate", survey="elsewhere")


def test_two_processes_share_the_work(
    environment: dict[str, str], interviews: list[Interview], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "KEYS_URL", "VAR_DIR"):
        monkeypatch.setenv(name, environment.get(name, os.environ.get(name, "")))
    monkeypatch.setattr(revalidation, "ALONE", 2)
    before = state()
    for interview in interviews:
        spoil(interview)
    job = judged_again(processes=2)
    assert (job.state, job.done, job.params["changed"]) == ("done", 6, 6)
    assert [after for after, _ in job.params["spans"]] == [
        current(interviews[2]).pk,
        current(interviews[5]).pk,
    ]
    assert state() == before


def test_a_process_that_breaks_fails_the_job(
    environment: dict[str, str],
    interviews: list[Interview],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'nothing.sqlite3'}")
    monkeypatch.setattr(revalidation, "ALONE", 2)
    questionnaire = interviews[0].questionnaire
    job = revalidation.request(questionnaire, None, 2)
    with pytest.raises(Exception, match="revalidate"):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", jobs.BROKE)
