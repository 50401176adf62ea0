"""What comes encrypted is kept and does not count; with the private key it is an interview."""

import base64
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from surveys import decryption, questionnaires, readings, submissions
from surveys.models import (
    Finding,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    Site,
    Submission,
)
from surveys.submissions import Receipt, Sender, SubmissionConflict
from surveys.xforms.encryption import CannotDecrypt
from surveys.xforms.instance import read_instance, set_meta, write_instance
from tests.factories import (
    PASSWORD,
    instance_xml,
    make_enumerator,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys.xforms.sealing import Sealed, key_pair, pem, seal

pytestmark = pytest.mark.django_db
PHOTO_FORM = """
| survey |       |        |       |
|        | type  | name   | label |
|        | text  | psu_id | Site  |
|        | image | photo  | Photo |
| settings |     |        |       |
|        | form_id | version | form_title |
|        | small | 1      | Small |
"""


@pytest.fixture
def site() -> Site:
    return make_site(make_survey())


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, PHOTO_FORM)


def plain(version: QuestionnaireVersion, site: Site, instance_id: str = "uuid:1") -> bytes:
    return instance_xml(version, instance_id, psu_id=site.code, photo="a.jpg")


def send(sealed: Sealed, site: Site, sender: Sender, *names: str) -> Receipt:
    files = [ContentFile(sealed.files[name], name) for name in names or sealed.files]
    return submissions.receive(read_instance(sealed.xml), site.survey, sender, files=files)


def stored(submission: Submission) -> dict[str, bytes]:
    files = {}
    for attachment in submission.attachments.all():
        with attachment.file.open() as file:
            files[attachment.name] = file.read()
    return files


def kinds(submission: Submission) -> list[str]:
    return list(submission.findings.values_list("kind", flat=True))


def test_an_encrypted_interview_is_kept_verbatim_and_does_not_count(
    version: QuestionnaireVersion, site: Site
) -> None:
    sealed = seal(plain(version, site), "uuid:1", {"a.jpg": b"pixels"})
    receipt = send(sealed, site, Sender(make_enumerator(site)))
    submission = Submission.objects.get()
    assert (receipt.created, receipt.added, receipt.missing) == (True, 2, 0)
    assert bytes(submission.xml) == sealed.xml
    assert submission.is_encrypted
    assert kinds(submission) == [Finding.Kind.ENCRYPTED]
    interview = submission.interview
    assert interview.state == Interview.State.QUARANTINED
    assert interview.answers == {}
    assert not Interview.objects.counted().exists()
    assert stored(submission) == sealed.files


def test_its_files_are_expected_until_they_come(version: QuestionnaireVersion, site: Site) -> None:
    sealed = seal(plain(version, site), "uuid:1", {"a.jpg": b"pixels"})
    assert send(sealed, site, Sender(None), "submission.xml.enc").missing == 1
    later = send(sealed, site, Sender(None), "a.jpg.enc")
    assert (later.created, later.added, later.missing) == (False, 1, 0)


def test_decrypted_it_is_the_next_version_of_the_interview_and_counts(
    version: QuestionnaireVersion, site: Site
) -> None:
    enumerator = make_enumerator(site)
    xml = plain(version, site)
    sealed = seal(xml, "uuid:1", {"a.jpg": b"pixels"})
    envelope = send(sealed, site, Sender(enumerator, "phone")).submission

    receipt, is_signed = decryption.decrypt(envelope, key_pair())

    interview = Interview.objects.get()
    assert is_signed
    assert interview.current == receipt.submission
    assert interview.state == Interview.State.SUBMITTED
    assert interview.answers == {"psu_id": site.code, "photo": "a.jpg"}
    assert interview.site == site
    assert interview.enumerator == enumerator
    assert interview.case is not None
    assert bytes(receipt.submission.xml) == xml
    assert receipt.submission.device == "phone"
    assert receipt.submission.received_at == envelope.received_at
    assert stored(receipt.submission) == {"a.jpg": b"pixels"}
    assert interview.submissions.count() == 2
    assert list(Interview.objects.counted()) == [interview]


def test_decrypting_again_changes_nothing_but_adds_what_came_later(
    version: QuestionnaireVersion, site: Site
) -> None:
    sealed = seal(plain(version, site), "uuid:1", {"a.jpg": b"pixels"})
    envelope = send(sealed, site, Sender(None), "submission.xml.enc").submission
    first, is_signed = decryption.decrypt(envelope, key_pair())
    assert (first.created, first.missing, is_signed) == (True, 1, False)
    assert list(decryption.waiting_in(site.survey)) == [envelope]

    send(sealed, site, Sender(None), "a.jpg.enc")
    second, is_signed = decryption.decrypt(envelope, key_pair())
    assert (second.created, second.added, second.missing, is_signed) == (False, 1, 0, True)
    assert Submission.objects.count() == 2
    assert not decryption.waiting_in(site.survey).exists()


def test_the_envelope_sent_again_is_already_received(
    version: QuestionnaireVersion, site: Site
) -> None:
    sealed = seal(plain(version, site), "uuid:1")
    decryption.decrypt(send(sealed, site, Sender(None)).submission, key_pair())
    again = send(sealed, site, Sender(None))
    assert not again.created
    assert again.submission.is_encrypted
    assert Interview.objects.get().answers["psu_id"] == site.code


def test_nobody_takes_an_envelopes_place_without_the_key(
    version: QuestionnaireVersion, site: Site
) -> None:
    xml = plain(version, site)
    send(seal(xml, "uuid:1"), site, Sender(None))
    with pytest.raises(SubmissionConflict):
        submissions.receive(read_instance(xml), site.survey, Sender(None))


def test_two_different_interviews_are_not_opened_into_one(
    version: QuestionnaireVersion, site: Site
) -> None:
    send(seal(plain(version, site), "uuid:1"), site, Sender(None))
    with pytest.raises(SubmissionConflict):
        send(seal(plain(version, site), "uuid:1"), site, Sender(None))


@pytest.mark.parametrize("inside", ["uuid:2", None])
def test_what_is_inside_must_be_what_the_envelope_says(
    version: QuestionnaireVersion, site: Site, inside: str | None
) -> None:
    xml = plain(version, site, inside) if inside else b"no interview"
    envelope = send(seal(xml, "uuid:1"), site, Sender(None)).submission
    with pytest.raises(CannotDecrypt):
        decryption.decrypt(envelope, key_pair())
    assert Interview.objects.get().state == Interview.State.QUARANTINED


def test_a_form_closed_since_it_arrived_is_no_reason_to_doubt_it(
    version: QuestionnaireVersion, site: Site
) -> None:
    sender = Sender(make_enumerator(site))
    early = send(seal(plain(version, site), "uuid:1"), site, sender).submission
    questionnaires.set_state(version.questionnaire, Questionnaire.State.CLOSED)
    late = send(seal(plain(version, site, "uuid:2"), "uuid:2"), site, sender).submission
    for envelope in (early, late):
        decryption.decrypt(envelope, key_pair())
    early.interview.refresh_from_db()
    late.interview.refresh_from_db()
    assert early.interview.state == Interview.State.SUBMITTED
    assert late.interview.state == Interview.State.QUARANTINED
    assert late.interview.current is not None
    assert kinds(late.interview.current) == [Finding.Kind.CLOSED]


def test_an_encrypted_correction_waits_for_a_decision(
    version: QuestionnaireVersion, site: Site
) -> None:
    """Its envelope did not say what it corrects: both would count."""
    submissions.receive(
        read_instance(instance_xml(version, "uuid:0", psu_id=site.code)), site.survey, Sender(None)
    )
    root = read_instance(plain(version, site)).root
    set_meta(root, "deprecatedID", "uuid:0")
    envelope = send(seal(write_instance(root), "uuid:1"), site, Sender(None)).submission
    receipt, _ = decryption.decrypt(envelope, key_pair())
    assert receipt.submission.interview == envelope.interview
    assert kinds(receipt.submission) == [Finding.Kind.EDIT]
    assert [i.root_uuid for i in Interview.objects.counted()] == ["uuid:0"]


def test_what_is_inside_is_judged_by_its_form(version: QuestionnaireVersion, site: Site) -> None:
    xml = instance_xml(version, "uuid:1", psu_id="nowhere")
    envelope = send(seal(xml, "uuid:1"), site, Sender(None)).submission
    receipt, _ = decryption.decrypt(envelope, key_pair())
    assert kinds(receipt.submission) == [Finding.Kind.UNKNOWN_SITE]
    assert receipt.submission.interview.state == Interview.State.QUARANTINED


def test_an_envelope_of_an_unknown_version_is_kept_with_its_files(
    version: QuestionnaireVersion, site: Site
) -> None:
    sealed = seal(plain(version, site), "uuid:1", {"a.jpg": b"pixels"}, form=("small", "9"))
    submission = send(sealed, site, Sender(None)).submission
    assert set(kinds(submission)) == {Finding.Kind.UNKNOWN_VERSION, Finding.Kind.ENCRYPTED}
    assert submission.attachments.count() == 2


def test_an_envelope_reads_the_same_when_all_are_judged_again(
    version: QuestionnaireVersion, site: Site
) -> None:
    submission = send(seal(plain(version, site), "uuid:1"), site, Sender(None)).submission
    reread = readings.reread(submission)
    assert reread.fields["answers"] == {}
    assert reread.findings == frozenset()


def run(site: Site, key: str) -> str:
    out = StringIO()
    call_command("decrypt", "--survey", site.survey.code, "--key", key, stdout=out)
    return out.getvalue()


def test_the_command_decrypts_what_waits(
    version: QuestionnaireVersion, site: Site, tmp_path: Path
) -> None:
    key = tmp_path / "private.pem"
    key.write_bytes(pem(key_pair()))
    send(seal(plain(version, site), "uuid:1"), site, Sender(None))
    unsigned = seal(plain(version, site, "uuid:2"), "uuid:2", is_signed=False)
    send(unsigned, site, Sender(None))
    said = run(site, str(key))
    assert "2 of 2 encrypted interviews decrypted" in said
    assert "uuid:1: 1 of its files has not arrived" in said
    assert Interview.objects.counted().count() == 2
    assert "PRIVATE" not in said


def test_the_command_reads_the_key_from_its_input(
    version: QuestionnaireVersion, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(seal(plain(version, site), "uuid:1"), site, Sender(None))
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(pem(key_pair()))))
    assert "1 of 1 encrypted interviews decrypted" in run(site, "-")


def test_a_device_is_told_that_its_encrypted_interview_was_received(
    version: QuestionnaireVersion, site: Site
) -> None:
    sealed = seal(plain(version, site), "uuid:1", {"a.jpg": b"pixels"})
    parts = {name: ContentFile(content, name) for name, content in sealed.files.items()}
    parts["xml_submission_file"] = ContentFile(sealed.xml, "submission.xml")
    enumerator = make_enumerator(site)
    token = base64.b64encode(f"{enumerator.username}:{PASSWORD}".encode()).decode()
    address = reverse("submission", args=(site.survey.code,))
    headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Basic {token}"}
    assert Client().post(address, parts, headers=headers).status_code == 201
    assert stored(Submission.objects.get()) == sealed.files


def test_the_command_says_what_stays_encrypted_and_why(
    version: QuestionnaireVersion, site: Site, tmp_path: Path
) -> None:
    key = tmp_path / "other.pem"
    key.write_bytes(pem(key_pair("theirs")))
    send(seal(plain(version, site), "uuid:1"), site, Sender(None))
    out = StringIO()
    with pytest.raises(CommandError, match="1 stays encrypted"):
        call_command("decrypt", "--survey", site.survey.code, "--key", str(key), stdout=out)
    assert "uuid:1: The key does not fit" in out.getvalue()
    assert Finding.objects.filter(kind=Finding.Kind.ENCRYPTED).exists()


def test_a_key_that_is_none_is_said_to_be(site: Site, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    with pytest.raises(CommandError, match="cannot be read"):
        run(site, str(key))
    key.write_bytes(b"secret words")
    with pytest.raises(CommandError, match="no private key") as refused:
        run(site, str(key))
    assert "secret" not in str(refused.value)
