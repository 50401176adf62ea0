"""A download that broke off goes on where it was; nobody is given a part of something else."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys.exports import catalogue
from surveys.exports.catalogue import Order
from surveys.models import Job, Role
from tests.factories import make_member, make_survey, make_version

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(100))


@pytest.fixture
def job(settings: Settings, tmp_path: Path) -> Job:
    settings.MEDIA_ROOT = tmp_path
    questionnaire = make_version(make_survey()).questionnaire
    analyst = make_member(questionnaire.survey, Role.ANALYST)
    job = catalogue.request(catalogue.EXPORTS["submissions_csv"], Order(questionnaire, analyst))
    job.state = Job.State.DONE
    job.result.save("file.csv", ContentFile(CONTENT))  # and the job
    return job


def download(client: Client, job: Job, **headers: str) -> Any:
    assert job.requested_by
    client.force_login(job.requested_by)
    return client.get(reverse("admin:surveys_job_download", args=(job.pk,)), headers=headers)


def test_the_whole_file_says_that_it_can_be_resumed(client: Client, job: Job) -> None:
    answer = download(client, job)
    assert (answer.status_code, b"".join(answer)) == (200, CONTENT)
    assert (answer["Accept-Ranges"], answer["ETag"]) == ("bytes", f'"job-{job.pk}"')


@pytest.mark.parametrize(
    ("asked", "expected", "told"),
    [
        ("bytes=40-", CONTENT[40:], "bytes 40-99/100"),
        ("bytes=10-19", CONTENT[10:20], "bytes 10-19/100"),
        ("bytes=90-500", CONTENT[90:], "bytes 90-99/100"),
        ("bytes=-7", CONTENT[-7:], "bytes 93-99/100"),
    ],
    ids=["from", "between", "beyond", "of the end"],
)
def test_a_part(client: Client, job: Job, asked: str, expected: bytes, told: str) -> None:
    answer = download(client, job, Range=asked)
    assert (answer.status_code, b"".join(answer)) == (206, expected)
    assert (answer["Content-Range"], answer["Content-Length"]) == (told, str(len(expected)))
    assert "file.csv" in answer["Content-Disposition"]


def test_a_part_only_of_the_same_file(client: Client, job: Job) -> None:
    same = {"Range": "bytes=40-", "If-Range": f'"job-{job.pk}"'}
    other = same | {"If-Range": '"job-0"'}
    answers = [download(client, job, **headers) for headers in (same, other)]
    assert [b"".join(answer) for answer in answers] == [CONTENT[40:], CONTENT]


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=1-2,4-5", "lines=1-2", f"bytes={'9' * 5000}-"])
def test_what_is_no_range_is_the_whole(client: Client, job: Job, asked: str) -> None:
    assert b"".join(download(client, job, Range=asked)) == CONTENT


def test_a_part_beyond_the_end_is_refused(client: Client, job: Job) -> None:
    answer = download(client, job, Range="bytes=100-")
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")
