"""Files that no row names go after a day; files that any row names, and young ones, stay."""

import logging
import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.storage.memory import InMemoryStorage
from pytest_django import Settings

from surveys import orphans, submissions
from surveys.models import Attachment, Draft, DraftFile, FormFile, Job
from surveys.submissions import Sender
from surveys.tasks import remove_orphans
from surveys.xforms.instance import read_instance
from tests.factories import (
    instance_xml,
    make_enumerator,
    make_rich_version,
    make_site,
    make_survey,
    make_version,
)

pytestmark = pytest.mark.django_db
DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def age(folder: Path, days: float) -> None:
    """Let every file be so old."""
    moment = time.time() - days * DAY_S
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def keep_some() -> set[str]:
    """A file of each kind that rows name; their names."""
    site = make_site(make_survey(), "S1")
    person, version = make_enumerator(site), make_version(site.survey)
    xml = instance_xml(version, "uuid:1", psu_id="S1", age="30", works="no")
    file = ContentFile(b"picture", "a.jpg")
    submissions.receive(read_instance(xml), site.survey, Sender(person), files=[file])
    draft = Draft.objects.create(enumerator=person, version=version, site=site, sealed=xml)
    drawn = DraftFile.objects.create(
        draft=draft, mark="b.jpg", file=ContentFile(b"b", "b.jpg"), size=1
    )
    job = Job.objects.create(kind="export", survey=site.survey)
    job.result.save("answers.csv", ContentFile(b"1"))
    return {str(file) for file in (Attachment.objects.get().file, drawn.file, job.result)}


def test_what_no_row_names_goes_after_a_day(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = keep_some()
    assert names(folder) == kept
    lost = [
        default_storage.save(name, ContentFile(b"lost"))
        for name in ("attachments/2026/11/a.jpg", "drafts/2026/10/b.jpg", "jobs/2026/11/c.csv")
    ]
    age(folder, days=0.9)
    assert orphans.remove() == 0
    assert names(folder) == kept | set(lost)
    age(folder, days=1.1)
    with caplog.at_level(logging.WARNING):
        assert orphans.remove() == len(lost)
    assert "Removed 3 files that no row names." in caplog.messages
    assert names(folder) == kept
    assert orphans.remove() == 0


def test_a_file_that_several_versions_share_stays_while_one_names_it(folder: Path) -> None:
    keep_some()
    first = Attachment.objects.get()
    second = first.submission.attachments.create(name="again.jpg", file=first.file.name)
    age(folder, days=2)
    first.delete()
    assert orphans.remove() == 0
    second.delete()
    assert orphans.remove() == 1


def test_files_of_forms_are_left_as_the_next_attempt_to_publish_takes_them(folder: Path) -> None:
    survey = make_survey()
    make_rich_version(survey)
    before = names(folder)
    FormFile.objects.all().delete()
    age(folder, days=2)
    assert orphans.remove() == 0
    assert names(folder) == before
    assert len(before) > 5


def test_nothing_was_ever_kept(folder: Path) -> None:
    assert orphans.remove() == 0
    remove_orphans()  # the clock's way in


def test_a_file_that_goes_meanwhile_ends_nothing(folder: Path) -> None:
    """Its draft is discarded between the listing and the look."""
    for name in ("a.jpg", "b.jpg"):
        default_storage.save(f"drafts/2026/11/{name}", ContentFile(b"lost"))
    age(folder, days=2)

    class Racing(FileSystemStorage):
        def get_modified_time(self, name: str) -> datetime:
            (folder / "drafts/2026/11/a.jpg").unlink(missing_ok=True)
            return super().get_modified_time(name)

    assert orphans.remove(Racing(location=folder)) == 1
    assert names(folder) == set()


def test_any_storage_will_do() -> None:
    storage = InMemoryStorage()
    storage.save("attachments/2026/11/a.jpg", ContentFile(b"lost"))
    assert orphans.remove(storage) == 0
    assert storage.exists("attachments/2026/11/a.jpg")
