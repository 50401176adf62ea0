"""Where files are kept: a folder, or a bucket by a setting; with a real service of S3's kind."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.files import storage_for
from surveys import draft_files, drafts, orphans, questionnaires
from surveys.models import Attachment, Role, Site
from tests import buckets
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    rich_files,
    rich_form,
    workbook,
)

BUCKET, FOLDER = "survey", "files"
URL = f"s3://{BUCKET}/{FOLDER}"
PHOTO_FORM = """
| survey |       |        |       |
|        | type  | name   | label |
|        | text  | psu_id | Site  |
|        | image | photo  | Photo |
| settings |     |        |       |
|        | form_id | version | form_title |
|        | photos | 1      | Photos |
"""


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    with buckets.bucket_service() as environment:
        yield environment


@pytest.fixture
def bucket(
    service: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A bucket as the store of files."""
    for name, value in service.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": storage_for(URL)}
    with buckets.bucket(BUCKET):
        yield


def test_files_are_kept_in_a_folder_by_default() -> None:
    assert storage_for("") == {"BACKEND": "django.core.files.storage.FileSystemStorage"}


@pytest.mark.parametrize("url", ["s3://", "s3:///folder", "bucket", "https://s3.example.org/b"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        storage_for(url)


def test_an_address_names_bucket_and_folder() -> None:
    for url, bucket, folder in (
        (URL, BUCKET, FOLDER),
        ("s3://b/a/c/", "b", "a/c"),
        ("s3://b", "b", ""),
    ):
        kept = storage_for(url)["OPTIONS"]
        assert (kept["bucket_name"], kept["location"]) == (bucket, folder)


@pytest.fixture
def site(db: None, bucket: None) -> Site:
    return make_site(make_survey(), "S1")


def test_an_interview_with_a_picture_goes_through_the_bucket(site: Site) -> None:
    """Taken by the page, kept with the draft, then with the interview, shown in the admin."""
    person, version = make_enumerator(site), make_version(site.survey, PHOTO_FORM)
    draft = drafts.start(person, site, version.questionnaire)
    kept = draft_files.add(draft, ContentFile(b"picture", "a.jpg"), "image")
    draft = drafts.save(draft, {"/data/psu_id": "S1", "/data/photo": kept.name})
    assert len(buckets.keys_in(BUCKET)) == 1
    receipt = drafts.finish(draft)
    assert (receipt.created, receipt.missing) == (True, 0)
    attachment = Attachment.objects.get()
    client = Client()
    client.force_login(make_member(site.survey, Role.COORDINATOR))
    answer = client.get(reverse("admin:surveys_interview_file", args=(attachment.pk,)))
    assert b"".join(answer.streaming_content) == b"picture"  # type: ignore[attr-defined]
    assert f"{FOLDER}/{attachment.file.name}" in buckets.keys_in(BUCKET)


def test_files_of_forms_are_kept_once_and_served(site: Site) -> None:
    book = workbook(rich_form())
    questionnaires.publish(book, site.survey, files=rich_files())
    count = len(buckets.keys_in(BUCKET))
    assert count == len(rich_files())
    other = questionnaires.publish(book, make_survey(), files=rich_files())
    assert len(buckets.keys_in(BUCKET)) == count
    file = other.files.get(name="prices.csv")
    with file.file.open("rb") as opened:
        assert opened.read() == rich_files()["prices.csv"]


def test_equal_names_are_two_files(bucket: None) -> None:
    names = [default_storage.save("attachments/a.txt", ContentFile(b"a")) for _ in range(2)]
    assert len(set(names)) == len(buckets.keys_in(BUCKET)) == 2


def test_orphans_are_found_in_a_bucket(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    default_storage.save("attachments/2026/11/a.txt", ContentFile(b"lost"))
    assert orphans.remove() == 0
    monkeypatch.setattr(orphans, "KEPT_FOR", -orphans.KEPT_FOR)  # as if it were old
    assert orphans.remove() == 1
    assert buckets.keys_in(BUCKET) == []
