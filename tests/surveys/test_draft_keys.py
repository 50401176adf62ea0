"""Who opens a draft: its enumerator, with the password as it is or was when they changed it themselves."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from surveys import draft_files, draft_keys, draft_logs, drafts
from surveys.draft_keys import FormerKey, KeyClosed
from surveys.models import Draft, DraftFile, DraftKey, DraftLogPart, User
from tests.factories import (
    PASSWORD,
    SMALL_FORM,
    make_enumerator,
    make_site,
    make_survey,
    make_version,
    with_key,
)

pytestmark = pytest.mark.django_db
FORM = SMALL_FORM.replace(
    "|        | end_group ",
    "| | image | photo | 4. Picture | 4. 照片 |\n| | text | said | 5. Said | 5. 话 |\n"
    "| | audit | audit | | |\n|        | end_group ",
)
SECRETS = (b"left his wife", b"garden-with-gate", b"picture of a face", b"constraint error")


@pytest.fixture
def draft(settings: Settings, tmp_path: Path) -> Draft:
    """A draft with everything that a person could have said in it."""
    settings.MEDIA_ROOT = tmp_path
    site = make_site(make_survey(), "S1")
    draft = drafts.start(
        make_enumerator(site, "E01"), site, make_version(site.survey, FORM).questionnaire
    )
    kept = draft_files.add(
        draft, ContentFile(b"picture of a face", "garden-with-gate.jpg"), "image"
    )
    draft_logs.note(draft, {}, {"event": "constraint error", "start": 1})
    return drafts.save(draft, {"/data/g/said": "left his wife", "/data/g/photo": kept.name})


def everything_here(folder: Path) -> bytes:
    """All rows of all tables, all files and their names: what a thief of the server has."""
    found = [str(path).encode() for path in folder.rglob("*")]
    found += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for value in (one for row in cursor.fetchall() for one in row):
                is_bytes = isinstance(value, bytes | memoryview)
                found.append(bytes(value) if is_bytes else str(value).encode())
    return b"\n".join(found)


@pytest.mark.every_stack
def test_the_server_holds_no_answer_in_clear(draft: Draft, tmp_path: Path) -> None:
    here = everything_here(tmp_path)
    assert b"E01" in here
    assert [secret for secret in SECRETS if secret in here] == []
    assert b"left his wife" in drafts.xml_of(draft)
    (kept,) = draft_files.kept(draft)
    assert (kept.name, kept.content()) == ("garden-with-gate.jpg", b"picture of a face")


def test_only_its_enumerator_opens_it(draft: Draft) -> None:
    stored = Draft.objects.get()
    with pytest.raises(KeyClosed):
        drafts.xml_of(stored)
    stored.enumerator = make_enumerator(draft.site)
    with pytest.raises(FormerKey):
        drafts.xml_of(stored)


@pytest.mark.every_stack
def test_the_same_password_opens_the_same_key(draft: Draft) -> None:
    assert draft_keys.opened(draft.enumerator, PASSWORD) == draft.enumerator.draft_key
    assert DraftKey.objects.filter(user=draft.enumerator).count() == 1


def test_a_password_that_its_owner_changed_opens_it_too(draft: Draft) -> None:
    person = User.objects.get(username="E01")
    draft_keys.wrap_anew(draft_keys.opened(person, PASSWORD), "another word")
    assert draft_keys.opened(person, "another word") == draft.enumerator.draft_key


def test_a_password_that_somebody_else_set_opens_nothing_of_before(draft: Draft) -> None:
    person = User.objects.get(username="E01")
    person.draft_key = draft_keys.opened(person, "set by the office")
    stored = Draft.objects.get()
    stored.enumerator = person
    for read in (drafts.tree_of, draft_files.kept, drafts.finish):
        with pytest.raises(FormerKey, match="set anew"):
            read(stored)
    drafts.discard(stored)
    assert not DraftFile.objects.exists()


def in_clear(draft: Draft) -> None:
    """The draft as it was stored before there were keys, and migrated."""
    (kept,) = draft_files.kept(draft)
    DraftFile.objects.update(mark=kept.name, facts=b"", file="drafts/garden-with-gate.jpg")
    kept.row.file.storage.save("drafts/garden-with-gate.jpg", ContentFile(kept.content()))
    kept.row.file.delete(save=False)
    DraftLogPart.objects.update(sealed=b"constraint error,,1,,\n")
    Draft.objects.update(key=None, sealed=drafts.xml_of(draft))


def test_what_was_in_clear_is_sealed_when_its_enumerator_signs_in(
    draft: Draft, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    in_clear(draft)
    before = everything_here(tmp_path)
    assert [secret for secret in SECRETS if secret not in before] == []
    with django_capture_on_commit_callbacks(execute=True):
        drafts.open_all(User.objects.get(username="E01"), PASSWORD)
    after = everything_here(tmp_path)
    assert [secret for secret in SECRETS if secret in after] == []
    stored = with_key(Draft.objects.get())
    assert drafts.xml_of(stored) == drafts.xml_of(draft)
    assert [one.content() for one in draft_files.kept(stored)] == [b"picture of a face"]
    log = draft_logs.file_of(stored, {})
    assert log
    assert b"constraint error" in log.read()


def test_a_file_that_is_lost_keeps_nobody_from_signing_in(draft: Draft) -> None:
    in_clear(draft)
    DraftFile.objects.update(file="drafts/lost.jpg")
    drafts.open_all(User.objects.get(username="E01"), PASSWORD)
    stored = with_key(Draft.objects.get())
    assert drafts.xml_of(stored) == drafts.xml_of(draft)
    assert draft_files.kept(stored) == []
