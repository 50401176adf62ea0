"""What names somebody is nowhere in the database or its files in clear, and who has the right reads it."""

import csv
import json
from base64 import b64encode
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NoReturn
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from scoring import pipeline, schemes, scores, verification
from scoring.models import Scheme
from surveys import (
    differences,
    erasure,
    ledger,
    readings,
    reconciliation,
    remains,
    resealing,
    seasons,
    secrecy,
    submissions,
)
from surveys.exports import corrections, package
from surveys.exports.catalogue import Order
from surveys.jobs import run
from surveys.keys import store
from surveys.keys.fields import LOST, SealedTextField
from surveys.keys.files import HEAD
from surveys.keys.files import MARK as FILE_MARK
from surveys.keys.models import Key
from surveys.keys.sealed import (
    MARK,
    SEALED,
    TEXT_MARK,
    Answers,
    SealedBytes,
    sealed_places,
    unseal_text,
)
from surveys.keys.store import Damaged, KeyGone
from surveys.models import (
    Attachment,
    Change,
    Finding,
    Inspection,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Submission,
    Tombstone,
    Wave,
)
from surveys.xforms.instance import read_instance
from tests.factories import NOBODY, content_of, make_member, make_survey, make_version
from tests.losses import Lose, damage, damage_answers, destroy_keys, in_every_way
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys.exports.analysed import exported

pytestmark = pytest.mark.django_db

WORD = "zqx7731"
FORM = """
| survey |  |  |  |  |  |
|  | type | name | label | constraint | identifier |
|  | text | psu_id | Site |  |  |
|  | text | name | Name |  | direct |
|  | text | phone | Phone | string-length(.) < 3 | direct |
|  | begin_group | g | You |  |  |
|  | integer | age | Age |  | indirect |
|  | select_one yn | works | Work |  |  |
|  | decimal | hours | Hours |  |  |
|  | end_group |  |  |  |  |
|  | image | photo | Photo |  | direct |
|  | begin_repeat | member | Member |  |  |
|  | text | who | Who |  | direct |
|  | integer | old | Age |  |  |
|  | end_repeat |  |  |  |  |
| choices |  |  |  |
|  | list_name | name | label |
|  | yn | yes | Yes |
|  | yn | no | No |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Small | small | 1 |
"""
UNTAGGED = FORM.replace("direct", "").replace("in |", "|").replace("| Name |", "| Your name |")
SENT = f"""<data id="small" version="1"><psu_id>S1</psu_id><name>Ann {WORD}</name>
<phone>{WORD}</phone><g><age>30</age><works>yes</works><hours>40</hours></g><photo>1.jpg</photo>
<member><who>Bo {WORD}</who><old>7</old></member>
<meta><instanceID>uuid:1</instanceID></meta></data>""".encode()
PICTURE = f"picture {WORD}".encode() * 10_000  # of several pieces
NAMED = {"name", "phone", "photo", "member[1]/who"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def sent(form: str = FORM) -> QuestionnaireVersion:
    version = make_version(make_survey("river"), form)
    files = [ContentFile(PICTURE, "1.jpg")]
    submissions.receive(read_instance(SENT), version.questionnaire.survey, NOBODY, files=files)
    return version


def key_ids() -> set[UUID]:
    return secrecy.keys_of(Submission.objects.all())


def dumped() -> Iterator[str]:
    """Every value of every table as a dump has it, read past Django's models."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    plain = bytes(value) if isinstance(value, memoryview) else value
                    yield f"{table}: {plain!r}"


def said_of(word: str, folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    in_files = [str(path) for path in files if word.encode() in path.read_bytes()]
    return [line[:100] for line in dumped() if word in line] + in_files


def test_no_dump_holds_what_names_somebody(folder: Path) -> None:
    version = sent()
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    interview = Interview.objects.get()
    answers = {"name": f"{WORD}!", "g/age": "31", "phone": "12"}
    ledger.correct(interview.pk, answers, by=coordinator, reason="typo", seen=None)
    assert said_of(WORD, folder) == []
    assert any("uuid:1" in line for line in dumped())  # so that the search cannot be blind
    assert not any("keys_key" in line for line in dumped())


def test_a_dump_of_what_is_not_tagged_holds_it(folder: Path) -> None:
    """So that the test above can fail; the XML and files are sealed all the same."""
    sent(UNTAGGED)
    found = {line.partition(":")[0] for line in said_of(WORD, folder)}
    assert found == {"surveys_interview", "surveys_finding"}


def test_who_reads_finds_everything_as_it_was_said() -> None:
    sent()
    interview, current = Interview.objects.get(), Submission.objects.get()
    assert (interview.answers["name"], interview.answers["g/age"]) == (f"Ann {WORD}", "30")
    assert interview.answers["member[1]/who"] == f"Bo {WORD}"
    assert sealed_places(interview.answers) == NAMED
    assert bytes(current.xml) == SENT
    assert content_of(Attachment.objects.get()) == PICTURE
    with Attachment.objects.get().file as unopened:
        assert unopened.read() == PICTURE
    reread = readings.reread(current)
    assert reread.answers == interview.answers
    assert Finding.objects.get(path="phone").value == ""
    assert ("constraint", "phone", "") in reread.findings


def test_corrections_are_read_with_what_they_changed() -> None:
    version = sent()
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    interview = Interview.objects.get()
    kept = ledger.correct(
        interview.pk, {"name": "Bea", "phone": "12"}, by=coordinator, reason="typo", seen=None
    )
    assert {kept.key} == key_ids()  # one key for all versions
    change = Change.objects.get(place="name")
    assert (change.before, change.after) == (f"Ann {WORD}", "Bea")
    ledger.undo(kept.pk, by=coordinator, seen=None)
    interview.refresh_from_db()
    assert interview.answers["name"] == f"Ann {WORD}"
    assert Key.objects.count() == 1


def test_an_answer_that_begins_as_what_is_sealed_is_quoted_as_it_is() -> None:
    """Whoever sends one would else keep everybody from the page of its corrections."""
    typed = f"{TEXT_MARK}no key"
    version = make_version(make_survey("river"), UNTAGGED)
    survey = version.questionnaire.survey
    xml = SENT.replace(f"Ann {WORD}".encode(), typed.encode())
    submissions.receive(read_instance(xml), survey, NOBODY)
    answers = {"name": "Bea", "phone": "12"}
    coordinator = make_member(survey, Role.COORDINATOR)
    interview = Interview.objects.get()
    ledger.correct(interview.pk, answers, by=coordinator, reason="typo", seen=None)
    assert Change.objects.get(place="name").before == typed


def test_scores_and_exports_without_names_open_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = sent()
    survey = version.questionnaire.survey
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    analyst = make_member(survey, Role.ANALYST)
    exported(Order(version.questionnaire, analyst), "csv", folder)  # makes its audience

    def closed(_ids: object) -> NoReturn:
        raise AssertionError("a key was asked for")

    monkeypatch.setattr(store, "fetch", closed)
    store._memory.forget(key_ids())
    pipeline.sweep()
    people = scores.answers_of(Interview.objects.all())
    assert len(scores.judged(Scheme.objects.get(), people)) == 1
    interview = Interview.objects.get()
    assert len(interview.answers) == 9
    assert "name" in interview.answers
    assert interview.answers.get("nothing", "") == ""
    assert interview.answers["g/works"] == "yes"


def test_an_export_with_names_asks_for_keys_once_a_page(
    folder: Path, django_assert_num_queries: object
) -> None:
    version = sent()
    for number in range(2, 5):
        again = SENT.replace(b"uuid:1", f"uuid:{number}".encode())
        submissions.receive(read_instance(again), version.questionnaire.survey, NOBODY)
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    store._memory.forget(Key.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]
        files = exported(Order(version.questionnaire, coordinator), "csv", folder)
    assert sum(path.read_text().count(f"Ann {WORD}") for path in files.values()) == 4
    assert sum(path.read_text().count(f"Bo {WORD}") for path in files.values()) == 4


def test_without_its_key_a_copy_cannot_be_read() -> None:
    sent()
    interview, copied = Interview.objects.get(), Attachment.objects.get()
    store.destroy(key_ids())
    with pytest.raises(KeyGone):
        bytes(Submission.objects.get().xml)
    with pytest.raises(KeyGone):
        interview.answers["name"]
    with pytest.raises(KeyGone):
        content_of(copied)
    assert interview.answers["g/age"] == "30"


def one_lost(lose: Lose, form: str = FORM) -> QuestionnaireVersion:
    """Two interviews, of which the first cannot be read any more."""
    version = sent(form)
    again = SENT.replace(b"uuid:1", b"uuid:2").replace(b"Ann", b"Eve")
    submissions.receive(read_instance(again), version.questionnaire.survey, NOBODY)
    lose(first())
    return version


def first() -> QuerySet[Submission]:
    return Submission.objects.filter(interview__root_uuid="uuid:1")


@in_every_way
def test_one_that_cannot_be_read_keeps_no_export_from_the_others(lose: Lose, folder: Path) -> None:
    beside = one_lost(lose)
    coordinator = make_member(beside.questionnaire.survey, Role.COORDINATOR)
    files = exported(Order(beside.questionnaire, coordinator), "csv", folder)
    text = "".join(path.read_text() for path in files.values())
    assert text.count(f"Eve {WORD}") == 1
    assert text.count(f"Bo {WORD}") == 1  # its repeats are in the XML
    assert text.count(f"Ann {WORD}") == 0
    assert text.count("uuid:1") == 1  # with what is in clear
    assert text.count(",30,") == 2


def test_a_package_tells_which_files_nobody_can_open(folder: Path) -> None:
    beside = one_lost(destroy_keys)
    picture = [ContentFile(PICTURE, "1.jpg")]
    again = read_instance(SENT.replace(b"uuid:1", b"uuid:2").replace(b"Ann", b"Eve"))
    submissions.receive(again, beside.questionnaire.survey, NOBODY, files=picture)
    coordinator = make_member(beside.questionnaire.survey, Role.COORDINATOR)
    order = Order(beside.questionnaire, coordinator, files=True, formats=("csv",))
    package.write(order, folder / "package.zip", lambda *_: None)
    with ZipFile(folder / "package.zip") as archive:
        assert archive.read("media/2/1.jpg") == PICTURE
        [left_out] = json.loads(archive.read("manifest.json"))["left_out"]
    assert left_out["name"] == "media/1/1.jpg"
    assert "its key was destroyed" in left_out["because"]


def damage_file(attachment: Attachment, at: int) -> None:
    """As a failing disk does it."""
    path = Path(attachment.file.path)
    stored = bytearray(path.read_bytes())
    stored[at] ^= 1
    path.write_bytes(stored)


def test_a_package_goes_on_without_a_damaged_file(folder: Path) -> None:
    """Its beginning is as it was: nothing of it may be in the archive as if it was all."""
    version = make_version(make_survey("river"), FORM)
    picture = [ContentFile(PICTURE, "1.jpg")]
    submissions.receive(read_instance(SENT), version.questionnaire.survey, NOBODY, files=picture)
    damage_file(Attachment.objects.get(), -1)
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    order = Order(version.questionnaire, coordinator, files=True, formats=("csv",))
    package.write(order, folder / "package.zip", lambda *_: None)
    with ZipFile(folder / "package.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("media/")]
        [left_out] = json.loads(archive.read("manifest.json"))["left_out"]
    assert left_out["name"] == "media/1/1.jpg"
    assert "damaged" in left_out["because"]


def test_who_asks_for_a_damaged_file_is_told(client: Client) -> None:
    version = sent()
    client.force_login(make_member(version.questionnaire.survey, Role.COORDINATOR))
    attachment = Attachment.objects.get()
    damage_file(attachment, HEAD)
    client.raise_request_exception = False  # as a server answers
    response = client.get(reverse("admin:surveys_interview_file", args=[attachment.pk]))
    assert response.status_code == 500
    assert "restore it from a backup" in response.content.decode()


def test_a_file_that_comes_while_its_key_is_gone_waits_on_the_device_until_it_is_back() -> None:
    """Under another key it would be, and no row would name the one that opens the rest."""
    version = make_version(make_survey("river"), FORM)
    survey = version.questionnaire.survey
    submissions.receive(read_instance(SENT), survey, NOBODY)
    kept = list(Key.objects.all())
    store.destroy(key_ids())
    picture = [ContentFile(PICTURE, "1.jpg")]
    with pytest.raises(KeyGone):
        submissions.receive(read_instance(SENT), survey, NOBODY, files=picture)
    Key.objects.bulk_create(kept)
    store.look_again()
    receipt = submissions.receive(read_instance(SENT), survey, NOBODY, files=picture)
    assert receipt.missing == 0
    assert content_of(Attachment.objects.get()) == PICTURE


@in_every_way
def test_one_that_cannot_be_read_keeps_nobody_from_judging_the_others_again(lose: Lose) -> None:
    beside = one_lost(lose)
    unread, read = Interview.objects.order_by("pk")
    Interview.objects.update(outcome=Interview.Outcome.REFUSED)
    call_command("revalidate", survey=beside.questionnaire.survey.code, stdout=StringIO())
    unread.refresh_from_db()
    read.refresh_from_db()
    assert unread.outcome == Interview.Outcome.REFUSED  # it stays as it is
    assert read.outcome == Interview.Outcome.COMPLETED
    differing = [one.what for one in verification.differences(beside.questionnaire.survey)]
    assert differing == [f"interview {unread.pk} XML", f"interview {unread.pk} answers"]


@in_every_way
def test_for_a_scheme_what_cannot_be_read_was_not_answered(lose: Lose) -> None:
    beside = one_lost(lose, FORM.replace("| works | Work |  |  |", "| works | Job |  | direct |"))
    scheme = schemes.add(beside.questionnaire.survey, SMALL_SCHEME, "equal", is_default=True)
    people = scores.answers_of(Interview.objects.order_by("pk"))
    unread, read = scores.judged(scheme, people)
    assert unread.items != read.items


@in_every_way
def test_checks_of_a_season_look_at_what_is_in_clear_of_one_that_cannot_be_read(lose: Lose) -> None:
    beside = one_lost(lose)
    inspection = Inspection(questionnaire=beside.questionnaire, wave=Wave.objects.get())
    assert len(seasons.read(inspection).fieldwork.ids) == 2


def test_corrections_of_what_cannot_be_read_are_listed_without_what_they_quote(
    folder: Path, django_assert_num_queries: object
) -> None:
    version = sent()
    survey = version.questionnaire.survey
    coordinator = make_member(survey, Role.COORDINATOR)
    for number in range(2, 5):
        again = SENT.replace(b"uuid:1", f"uuid:{number}".encode())
        submissions.receive(read_instance(again), survey, NOBODY)
    for interview in Interview.objects.all():
        answers = {"name": "Bea", "g/age": "31", "phone": "12"}
        ledger.correct(interview.pk, answers, by=coordinator, reason="typo", seen=None)
    store._memory.forget(key_ids())
    order, path = Order(version.questionnaire, coordinator), folder / "corrections.csv"
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]
        corrections.write_csv(order, path, lambda *_: None)
    store.destroy(secrecy.keys_of(Submission.objects.filter(interview__root_uuid="uuid:1")))
    corrections.write_csv(order, path, lambda *_: None)
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    names = [(one["before"], one["after"]) for one in rows if one["question"] == "name"]
    assert sorted(names) == [(f"Ann {WORD}", "Bea")] * 3 + [(LOST, LOST)]
    assert [one["after"] for one in rows if one["question"] == "g/age"] == ["31"] * 4


def edited(version: QuestionnaireVersion) -> Interview:
    """An edit that came after what it corrects could not be read any more."""
    edit = SENT.replace(b"<instanceID>uuid:1<", b"<instanceID>uuid:2<").replace(b"30", b"31")
    edit = edit.replace(b"</meta>", b"<deprecatedID>uuid:1</deprecatedID></meta>")
    receipt = submissions.receive(read_instance(edit), version.questionnaire.survey, NOBODY)
    return Interview.objects.get(current=receipt.submission)


@in_every_way
def test_the_page_of_an_edit_is_there_though_nobody_can_read_what_it_corrects(
    lose: Lose, client: Client
) -> None:
    version = sent()
    lose(Submission.objects.all())
    interview = edited(version)
    client.force_login(make_member(version.questionnaire.survey, Role.COORDINATOR))
    page = client.get(f"/admin/surveys/interview/{interview.pk}/change/")
    assert page.status_code == 200
    assert f"Ann {WORD}" in page.content.decode()


@in_every_way
def test_what_the_office_corrected_is_told_though_nobody_can_read_what_it_was(lose: Lose) -> None:
    version = sent()
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    pk = Interview.objects.get().pk
    answers = {"g/age": "33", "phone": "12"}
    ledger.correct(pk, answers, by=coordinator, reason="typo", seen=None)
    lose(Submission.objects.all())
    found = reconciliation.contradictions(edited(version))
    assert [(one.place, one.office, one.device) for one in found] == [("g/age", "33", "31")]


def test_a_quote_that_cannot_be_read_is_left_as_it_is_by_sealing() -> None:
    version = sent()
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    pk = Interview.objects.get().pk
    answers = {"name": "Bea", "g/age": "31", "phone": "12"}
    ledger.correct(pk, answers, by=coordinator, reason="typo", seen=None)
    kept = list(Key.objects.all())
    store.destroy(key_ids())
    first = Submission.objects.order_by("pk")[0]
    Submission.objects.filter(pk=first.pk).update(xml=SENT, key=None)
    seal()
    Key.objects.bulk_create(kept)
    store.look_again()
    change = Change.objects.get(place="name")
    assert (change.before, change.after) == (f"Ann {WORD}", "Bea")


@in_every_way
def test_a_comparison_of_versions_counts_what_can_be_read(lose: Lose) -> None:
    beside = one_lost(lose, FORM.replace("| works | Work |  |  |", "| works | Job |  | direct |"))
    found = Interview.objects.all()
    assert differences._count_read(found, "g/works", "yes") == 1
    assert differences._count_read(found, "g/works", None) == 1
    assert beside.questionnaire.interviews.count() == 2


def test_what_cannot_be_read_is_erased_all_the_same() -> None:
    """As after an older backup was put back beside keys that are in use."""
    sent()
    ids = key_ids()
    store.destroy(ids)
    interview = Interview.objects.get()
    tombstone = erasure.erase(interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    assert Interview.objects.count() == 0
    assert (tombstone.keys, tombstone.counts["answers"]) == ([str(*ids)], 9)


def test_an_erasure_destroys_the_key_and_is_not_proven_before() -> None:
    sent()
    interview, ids = Interview.objects.get(), key_ids()
    tombstone = erasure.erase(interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    assert "keys_key" in {one.table for one in remains.verify([tombstone])}
    erasure.sweep()  # who erased it died before that
    assert store.here(ids) == set()
    assert "keys_key" not in {one.table for one in remains.verify([tombstone])}


def test_a_correction_of_what_cannot_be_read_is_taken_in_all_the_same() -> None:
    """What a device sends is never refused."""
    version = sent()
    store.destroy(key_ids())
    edit = SENT.replace(b"<instanceID>uuid:1<", b"<instanceID>uuid:2<")
    edit = edit.replace(b"</meta>", b"<deprecatedID>uuid:1</deprecatedID></meta>")
    receipt = submissions.receive(read_instance(edit), version.questionnaire.survey, NOBODY)
    assert receipt.created
    assert bytes(Submission.objects.get(pk=receipt.submission.pk).xml) == edit


def in_clear(version: QuestionnaireVersion) -> None:
    """As an earlier release left it."""
    interview, submission = Interview.objects.get(), Submission.objects.get()
    answers, picture = dict(interview.answers), Attachment.objects.get()
    Interview.objects.update(answers=answers)
    Submission.objects.update(xml=SENT, key=None)
    name = str(picture.file)
    picture.file.storage.delete(name)
    picture.file.storage.save(name, ContentFile(PICTURE))
    submission.findings.filter(path="phone").update(value=WORD)
    Questionnaire.objects.update(identifiers=None, sealed_as=None)


def seal() -> None:
    for job_id in resealing.keep_up():
        run(job_id)


def test_what_an_earlier_release_stored_is_read_and_then_sealed(
    folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    in_clear(sent())
    assert len(said_of(WORD, folder)) >= 4
    interview = Interview.objects.get()
    assert isinstance(interview.answers, dict)
    assert bytes(Submission.objects.get().xml) == SENT
    assert content_of(Attachment.objects.get()) == PICTURE
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        seal()
    assert said_of(WORD, folder) == []
    interview.refresh_from_db()
    assert interview.answers["name"] == f"Ann {WORD}"
    assert bytes(Submission.objects.get().xml) == SENT
    assert content_of(Attachment.objects.get()) == PICTURE
    sealed, before = Submission.objects.get().xml, key_ids()
    assert list(resealing.keep_up()) == []
    resealing.seal_interview(interview.pk)
    assert type(sealed) is SealedBytes
    assert key_ids() == before
    assert len(list(folder.rglob("*.jpg"))) == 1


def test_what_a_server_of_an_earlier_release_takes_in_during_an_update_is_sealed(
    folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    version = sent()
    in_clear(version)
    identifiers = sorted(version.questionnaire.identifiers or ())
    Questionnaire.objects.update(identifiers=identifiers, sealed_as=identifiers)
    assert list(resealing.waiting()) == [version.questionnaire]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        seal()
    assert said_of(WORD, folder) == []
    assert list(resealing.waiting()) == []


@pytest.mark.parametrize("stored", [FILE_MARK, FILE_MARK + bytes(40)], ids=["head", "body"])
def test_what_is_in_clear_is_sealed_beside_a_damaged_file(stored: bytes) -> None:
    in_clear(sent())
    Path(Attachment.objects.get().file.path).write_bytes(stored)
    seal()
    assert isinstance(Submission.objects.get().xml, SealedBytes)
    assert sealed_places(Interview.objects.get().answers) == NAMED
    assert list(resealing.waiting()) == []


def test_what_is_in_clear_is_sealed_beside_damaged_answers() -> None:
    sent()
    answers = Interview.objects.get().answers.stored
    answers[SEALED]["content"] = answers[SEALED]["content"][:60]
    Submission.objects.update(xml=SENT, key=None)
    Interview.objects.update(answers=answers)
    seal()
    submission = Submission.objects.get()
    assert bytes(submission.xml) == SENT
    assert submission.key is not None
    assert list(resealing.waiting()) == []
    with pytest.raises(Damaged):
        Interview.objects.get().answers["name"]


@pytest.mark.parametrize(
    "stored",
    [TEXT_MARK, f"{TEXT_MARK}AAA", f"{TEXT_MARK}人", TEXT_MARK + b64encode(MARK).decode()],
    ids=["nothing", "no base64", "no ASCII", "too short"],
)
def test_a_text_that_is_damaged_is_shown_as_one_that_nobody_can_open(stored: str) -> None:
    sent()
    with pytest.raises(Damaged):
        unseal_text(stored)
    assert SealedTextField().from_db_value(stored) == LOST


def test_a_comparison_tells_what_is_damaged_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    survey = sent().questionnaire.survey
    damage(Submission.objects.all())
    found = verification.differences(survey)
    assert [one.stored for one in found] == ["it is damaged"] * 2
    assert "manage.py verify says where" in caplog.text


def test_answers_that_are_damaged_are_made_again_from_the_xml() -> None:
    survey = sent().questionnaire.survey
    damage_answers(Interview.objects.get())
    [one] = verification.differences(survey)
    assert one.what.endswith("answers")
    call_command("revalidate", survey=survey.code, stdout=StringIO())
    assert list(verification.differences(survey)) == []
    assert Interview.objects.get().answers["name"] == f"Ann {WORD}"


def test_what_is_in_clear_beside_what_cannot_be_read_is_sealed_with_a_key_of_its_own() -> None:
    version = sent()
    edit = SENT.replace(b"<instanceID>uuid:1<", b"<instanceID>uuid:2<")
    edit = edit.replace(b"</meta>", b"<deprecatedID>uuid:1</deprecatedID></meta>")
    submissions.receive(read_instance(edit), version.questionnaire.survey, NOBODY)
    store.destroy(key_ids())
    first = Submission.objects.get(instance_id="uuid:1")
    Submission.objects.filter(pk=first.pk).update(xml=SENT, key=None)
    seal()
    first.refresh_from_db()
    assert isinstance(first.xml, SealedBytes)
    assert bytes(first.xml) == SENT
    answers = Interview.objects.get().answers  # as they were, should their key come back
    assert sealed_places(answers) == NAMED
    assert list(resealing.waiting()) == []


def test_a_migration_leaves_questionnaires_of_an_earlier_release_to_be_sealed() -> None:
    """A default would be written into their rows, and say that nothing of theirs names anybody."""
    migrated = MigrationLoader(None).project_state([("surveys", "0038_sealed")])
    added = migrated.models["surveys", "questionnaire"].fields
    in_rows = {name: added[name].get_default() for name in ("identifiers", "sealed_as")}
    version = sent()
    Questionnaire.objects.update(**in_rows)
    assert list(resealing.waiting()) == [version.questionnaire]


def test_sealing_goes_on_where_it_was_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    version = sent()
    in_clear(version)
    again = SENT.replace(b"uuid:1", b"uuid:2")
    submissions.receive(read_instance(again), version.questionnaire.survey, NOBODY)
    first, second = Interview.objects.order_by("pk")
    job = resealing.request(version.questionnaire)
    job.params["after"] = first.pk
    job.save()
    run(job.pk)
    assert isinstance(Interview.objects.get(pk=first.pk).answers, dict)
    assert isinstance(Interview.objects.get(pk=second.pk).answers, Answers)


def test_a_tag_that_is_given_later_seals_and_one_taken_back_opens(folder: Path) -> None:
    version = sent(UNTAGGED)
    survey = version.questionnaire.survey
    assert said_of(WORD, folder)
    make_version(survey, FORM.replace("| 1 |", "| 2 |").replace("Small", "Tagged"))
    assert list(resealing.waiting()) == [version.questionnaire]
    seal()
    assert said_of(WORD, folder) == []
    assert sealed_places(Interview.objects.get().answers) == NAMED
    make_version(survey, UNTAGGED.replace("| 1 |", "| 3 |").replace("Small", "Untagged"))
    seal()
    assert not sealed_places(Interview.objects.get().answers)
    assert Interview.objects.get().answers["name"] == f"Ann {WORD}"
    assert list(resealing.waiting()) == []


def test_what_cannot_be_read_is_sealed_with_no_key_that_nothing_names() -> None:
    """An erasure would not find that key, and the clock would destroy it: its answers stay in clear."""
    version = sent(UNTAGGED)
    store.destroy(key_ids())
    make_version(
        version.questionnaire.survey, FORM.replace("| 1 |", "| 2 |").replace("Small", "Tagged")
    )
    seal()
    interview = Interview.objects.get()
    assert not sealed_places(interview.answers)
    assert interview.answers["name"] == f"Ann {WORD}"
    assert Key.objects.count() == 0


def test_named_places_are_those_of_every_instance() -> None:
    version = sent()
    questionnaire = Questionnaire.objects.get()
    places = ["member[2]/who", "member[2]/old", "name", "g/age"]
    assert list(secrecy.named_in(places, questionnaire)) == ["member[2]/who", "name"]
    assert version.questionnaire.pk == questionnaire.pk
