"""Files in a bucket: backed up from one, put back into another, and beside what survived."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.core.management import call_command
from pytest_django import Settings

from config.files import storage_for
from tests.buckets import bucket, bucket_service, files_in_bucket
from tests.surveys import erased
from tests.surveys.backups.conftest import Elsewhere

OURS, THEIRS, FOLDER = "ours", "theirs", "files"


@pytest.fixture
def buckets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two, of which one is our store of files."""
    with bucket_service() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        store = storage_for(f"s3://{OURS}/{FOLDER}")
        settings.STORAGES = {**settings.STORAGES, "default": store}
        with bucket(OURS), bucket(THEIRS):
            yield


@pytest.fixture
def backup(buckets: None, transactional_db: None, tmp_path: Path) -> str:
    erased.follow(erased.begin())
    call_command("backup", str(tmp_path / "backups"))
    (path,) = (tmp_path / "backups").glob("*.backup")
    return str(path)


def kept_in(name: str, elsewhere: Elsewhere) -> Elsewhere:
    return Elsewhere({**elsewhere.environment, "FILES_URL": f"s3://{name}/{FOLDER}"})


def test_files_come_back_into_another_bucket(backup: str, elsewhere: Elsewhere) -> None:
    said = kept_in(THEIRS, elsewhere).manage("restore", backup)
    assert said.returncode == 0, said.stderr
    wanted = files_in_bucket(OURS, FOLDER)
    assert len(wanted) > 3
    assert files_in_bucket(THEIRS, FOLDER) == wanted
    assert elsewhere.files == {}


def test_a_database_comes_back_beside_the_bucket_that_survived(
    backup: str, elsewhere: Elsewhere
) -> None:
    """What is there is left; what is gone comes back; what is another file is refused by name."""
    wanted = files_in_bucket(OURS, FOLDER)
    gone, other, *_ = sorted(wanted)
    client = boto3.client("s3")
    client.delete_object(Bucket=OURS, Key=f"{FOLDER}/{gone}")
    kept = client.get_object(Bucket=OURS, Key=f"{FOLDER}/{other}")["Body"].read()
    client.put_object(Bucket=OURS, Key=f"{FOLDER}/{other}", Body=b"another")
    said = kept_in(OURS, elsewhere).manage("restore", backup)
    assert f"another file {other}" in said.stderr
    client.put_object(Bucket=OURS, Key=f"{FOLDER}/{other}", Body=kept)
    said = kept_in(OURS, elsewhere).manage("restore", backup)
    assert said.returncode == 0, said.stderr
    assert files_in_bucket(OURS, FOLDER) == wanted
