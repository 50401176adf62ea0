"""Pages of imports: a file, its columns, its rows; imported, undone, thrown away."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import jobs
from surveys.imports import batches, works
from surveys.models import ImportBatch, Interview, Job, QuestionnaireVersion, Role
from tests.factories import make_member, make_site, make_survey, make_version

ROWS = "psu_id,Alter,works,remark\nS1,30,no,x\nS1,7,N,y\n"


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_version(make_site(make_survey("ours"), "S1").survey)


@pytest.fixture
def office(version: QuestionnaireVersion) -> Client:
    client = Client()
    client.force_login(make_member(version.questionnaire.survey, Role.COORDINATOR, "C01"))
    return client


def upload(client: Client, version: QuestionnaireVersion, content: str = ROWS) -> ImportBatch:
    file = SimpleUploadedFile("old.csv", content.encode())
    sent = client.post(
        reverse("admin:surveys_importbatch_file"), {"version": version.pk, "file": file}
    )
    batch = ImportBatch.objects.latest("pk")
    assert sent.headers["Location"] == page(batch)
    return batch


def page(batch: ImportBatch) -> str:
    return reverse("admin:surveys_importbatch_change", args=[batch.pk])


def mapped(client: Client, batch: ImportBatch, work: str = "check", **said: str) -> int:
    address = reverse("admin:surveys_importbatch_mapping", args=[batch.pk])
    return client.post(address, {"work": work, **said}).status_code


def work(client: Client, batch: ImportBatch, name: str) -> None:
    client.post(reverse("admin:surveys_importbatch_work", args=[batch.pk]), {"work": name})


def chips(client: Client, batch: ImportBatch) -> str:
    return client.get(page(batch)).content.decode()


def test_from_a_file_to_interviews_and_back(office: Client, version: QuestionnaireVersion) -> None:
    batch = upload(office, version)
    assert 'value="psu_id"' in chips(office, batch)
    assert mapped(office, batch, "look", **{"to-0-1": "g/age"}) == 302
    assert "1 not known" in chips(office, batch)  # N
    mapped(office, batch, **{"value-0-2-1": "no", "to-0-2": "g/works"})
    shown = chips(office, batch)
    assert "1 row ready" in shown
    assert "The form does not allow 7 here." in shown
    assert not Interview.objects.exists()
    work(office, batch, "apply")
    assert Interview.objects.get().answers["g/age"] == "30"
    assert "1 row imported" in chips(office, batch)
    work(office, batch, "undo")
    assert Interview.objects.get().state == "rejected"
    assert "1 interview rejected again" in chips(office, batch)


def test_rows_with_a_fault_are_a_file_that_is_read_again(
    office: Client, version: QuestionnaireVersion
) -> None:
    batch = upload(office, version)
    mapped(office, batch, **{"to-0-1": "g/age", "to-0-2": "g/works"})
    address = reverse("admin:surveys_importbatch_faults", args=[batch.pk])
    sent = office.get(address)
    text = b"".join(sent).decode("utf-8-sig")
    assert text.splitlines() == [
        "psu_id,Alter,works,remark,errors",
        "S1,7,N,y,Alter: The form does not allow 7 here.; works: N is not one of the choices.",
    ]
    again = upload(office, version, text.replace("S1,7,N", "S1,17,no"))
    mapped(office, again)
    assert "1 row ready" in chips(office, again)


def test_a_column_that_goes_nowhere_is_said_at_the_column(
    office: Client, version: QuestionnaireVersion
) -> None:
    batch = upload(office, version)
    address = reverse("admin:surveys_importbatch_mapping", args=[batch.pk])
    sent = office.post(address, {"work": "check", "to-0-1": "g/agee"})
    assert sent.status_code == 422
    assert "There is no question g/agee." in sent.content.decode()
    assert batch.rows.filter(state="waiting").count() == 2


def test_a_file_that_is_none_leaves_nothing(office: Client, version: QuestionnaireVersion) -> None:
    file = SimpleUploadedFile("old.csv", b"")
    address = reverse("admin:surveys_importbatch_file")
    assert office.post(address, {"version": version.pk, "file": file}).status_code == 422
    bad = SimpleUploadedFile("old.csv", b"psu_id,age\nS1,1,2,3\n")
    sent = office.post(address, {"version": version.pk, "file": bad})
    assert (sent.status_code, "Row 2 has 4 cells" in sent.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_refused_in_words(
    office: Client, version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_BYTES", 10)
    file = SimpleUploadedFile("old.csv", ROWS.encode())
    address = reverse("admin:surveys_importbatch_file")
    sent = office.post(address, {"version": version.pk, "file": file})
    assert (sent.status_code, "The file is larger than" in sent.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_a_file_may_be_thrown_away(office: Client, version: QuestionnaireVersion) -> None:
    work(office, upload(office, version), "discard")
    assert not ImportBatch.objects.exists()


def test_large_ones_are_done_by_a_worker(
    office: Client, version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works, "LARGE_ROWS", 1)
    batch = upload(office, version)
    mapped(office, batch, **{"to-0-1": "g/age"})
    shown = chips(office, batch)
    assert "A worker is at it" in shown
    assert mapped(office, batch) == 302  # and changes nothing meanwhile
    jobs.run(Job.objects.get().pk)
    assert Job.objects.get().state == "done"
    assert "1 row ready" in chips(office, batch)


def test_a_page_takes_few_queries(
    office: Client,
    version: QuestionnaireVersion,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = upload(office, version)
    with django_assert_max_num_queries(20):
        office.get(page(batch))
    mapped(office, batch, **{"to-0-1": "g/age"})
    with django_assert_max_num_queries(20):
        office.get(page(batch))
