"""The drill: everything that a survey makes of answers is backed up, put back elsewhere, and compared."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.conf import settings
from django.core.management import CommandError, call_command

from scoring import pipeline
from surveys import erasure
from surveys.models import Interview, Tombstone
from tests.surveys.backups.conftest import Elsewhere, files_in, here, rows_at
from tests.surveys.erased import Scene


def backed_up(folder: Path, *words: str) -> Path:
    call_command("backup", str(folder), *words)
    (path,) = folder.glob("*.backup")
    return path


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A public key, which is on the server, and its private one, which is not."""
    key = rsa.generate_private_key(65537, 2048)
    public, private = tmp_path / "public.pem", tmp_path / "private.pem"
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    private.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return public, private


def test_everything_is_back(
    scene: Scene, tmp_path: Path, elsewhere: Elsewhere, keys: tuple[Path, Path]
) -> None:
    """Every row of every table, every file that a row names, and the numbers that follow from them."""
    pipeline.sweep()
    public, private = keys
    before = rows_at(here())
    path = backed_up(tmp_path / "backups", "--seal-for", str(public))
    said = elsewhere.manage("restore", str(path), "--key", str(private))
    assert said.returncode == 0, said.stderr
    assert "Everything of" in said.stdout
    after = elsewhere.rows()
    (noted,) = set(after["surveys_trailentry"]) - set(before["surveys_trailentry"])
    assert "restore" in noted
    after["surveys_trailentry"].remove(noted)
    assert after == before
    assert elsewhere.files == files_in(Path(settings.MEDIA_ROOT))
    assert len(elsewhere.files) > 3
    said = elsewhere.manage("verify", "--survey", "river")
    assert "Stored and recomputed are the same." in said.stdout, said.stdout + said.stderr


def test_what_was_erased_since_is_erased_again(
    scene: Scene, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    path = backed_up(tmp_path / "backups")
    root = scene.interview.root_uuid
    erasure.erase(scene.interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    call_command("erasures", str(tmp_path / "list"))
    said = elsewhere.manage("restore", str(path), "--erasures", str(tmp_path / "list"))
    assert "1 interviews erased again" in said.stdout, said.stderr
    rows = elsewhere.rows()
    assert not any(root in row for row in rows["surveys_submission"])
    assert any(root in row for row in rows["surveys_tombstone"])
    elsewhere.manage("shell", "-c", "from scoring import pipeline; pipeline.sweep()")  # a worker's
    assert "nothing of them is left" in elsewhere.manage("verify_erasure").stdout


def test_a_database_in_use_is_left_alone(scene: Scene, tmp_path: Path) -> None:
    path = backed_up(tmp_path / "backups")
    count = Interview.objects.count()
    with pytest.raises(CommandError, match="This database is in use"):
        call_command("restore", str(path))
    assert Interview.objects.count() == count > 0


def test_nobody_forgets_what_was_erased(scene: Scene, tmp_path: Path) -> None:
    path = backed_up(tmp_path / "backups")
    (path.parent / "erasures.jsonl").unlink()
    with pytest.raises(CommandError, match="must be erased again"):
        call_command("restore", str(path))


def test_a_restore_that_was_interrupted_begins_again(
    scene: Scene, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    """Some files are back, the database is not."""
    path = backed_up(tmp_path / "backups")
    name, *_ = sorted(files_in(Path(settings.MEDIA_ROOT)))
    back = Path(elsewhere.environment["VAR_DIR"]) / "media" / name
    back.parent.mkdir(parents=True)
    back.write_bytes((Path(settings.MEDIA_ROOT) / name).read_bytes())
    said = elsewhere.manage("restore", str(path))
    assert said.returncode == 0, said.stderr
    assert elsewhere.files == files_in(Path(settings.MEDIA_ROOT))


def test_an_older_copy_cannot_be_read_for_who_was_erased_since(
    scene: Scene, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    """Whoever puts a backup back and does not care for erasures has rows that say nothing."""
    path = backed_up(tmp_path / "backups")
    root = scene.interview.root_uuid
    erasure.erase(scene.interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    said = elsewhere.manage("restore", str(path), "--without-erasures")
    assert "3 interviews cannot be read" in said.stdout, said.stdout + said.stderr
    assert any(root in row for row in elsewhere.rows()["surveys_submission"])
    read = f"bytes(Submission.objects.get(instance_id='{root}').xml)"
    said = elsewhere.manage("shell", "-c", f"from surveys.models import Submission; {read}")
    assert "KeyGone" in said.stderr
    other = "bytes(Submission.objects.filter(interview__answers__phone='1').first().xml)[:5]"
    said = elsewhere.manage("shell", "-c", f"from surveys.models import Submission; print({other})")
    assert "<data" in said.stdout, said.stderr


def test_keys_are_put_back_from_their_own_file(
    scene: Scene, tmp_path: Path, elsewhere: Elsewhere, keys: tuple[Path, Path]
) -> None:
    pipeline.sweep()
    public, private = keys
    words = ("--seal-for", str(public), "--keys", str(tmp_path / "apart"))
    path = backed_up(tmp_path / "backups", *words)
    (kept,) = (tmp_path / "apart").glob("*.keys")
    url = f"sqlite:///{tmp_path / 'keys-elsewhere.sqlite3'}"
    empty = Elsewhere({**elsewhere.environment, "KEYS_URL": url})
    said = empty.manage("restore", str(path), "--key", str(private), "--keys", str(kept))
    assert "keys are back" in said.stdout, said.stderr
    assert "cannot be read" not in said.stdout
    said = empty.manage("verify", "--survey", "river")
    assert "Stored and recomputed are the same." in said.stdout, said.stdout + said.stderr
