"""A device's log becomes columns when it arrives; whatever it holds, the interview is stored."""

import pytest
from django.core.files.base import ContentFile

from surveys import audits, secrecy, submissions
from surveys.keys import store
from surveys.models import Attachment, AuditLog, Interview, QuestionnaireVersion, Submission
from surveys.submissions import Receipt, Sender
from surveys.xforms.instance import read_instance, set_meta, write_instance
from tests.factories import instance_xml, make_site, make_survey, make_version

pytestmark = pytest.mark.django_db
T = 1_790_000_000_000
LOG = f"""event,node,start,end,old-value,new-value
form start,,{T},,,
question,/data/g/age,{T},{T + 4000},,30
question,/data/psu_id,{T + 4000},{T + 5000},A,B
""".encode()
AUDITED_FORM = """
| survey |             |        |       |                    |
|        | type        | name   | label | parameters         |
|        | text        | psu_id | Site  |                    |
|        | begin_group | g      | You   |                    |
|        | integer     | age    | Age   |                    |
|        | end_group   |        |       |                    |
|        | audit       | audit  |       | track-changes=true |
| settings |           |        |       |
|        | form_id     | version | form_title |
|        | audited     | 1      | Audited |
"""


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_site(make_survey()).survey, AUDITED_FORM)


def audited_xml(
    version: QuestionnaireVersion, instance_id: str = "uuid:1", corrects: str = ""
) -> bytes:
    root = read_instance(instance_xml(version, instance_id, corrects, age="30")).root
    set_meta(root, "audit", "audit.csv")
    return write_instance(root)


def send(version: QuestionnaireVersion, xml: bytes, *logs: bytes) -> Receipt:
    files = [ContentFile(log, "audit.csv") for log in logs]
    survey = version.questionnaire.survey
    return submissions.receive(read_instance(xml), survey, Sender(None), files=files)


def test_a_log_that_comes_along_is_put_into_columns(version: QuestionnaireVersion) -> None:
    submission = send(version, audited_xml(version), LOG).submission
    log = AuditLog.objects.get(attachment__submission=submission)
    assert log.seconds == {"g/age": 4.0, "psu_id": 1.0}
    assert log.section_seconds == {"g": 4.0, "": 1.0}
    assert log.active_seconds == 5.0
    assert log.events == {"form start": 1, "question": 2}
    assert (log.edits, log.positions, log.unread) == (1, 0, 0)
    assert log.first_at is not None
    assert log.last_at is not None
    assert (log.last_at - log.first_at).total_seconds() == 5
    with log.attachment.file.open() as kept:
        assert kept.read() == LOG


def test_a_log_may_come_later_and_again(version: QuestionnaireVersion) -> None:
    xml = audited_xml(version)
    assert send(version, xml).missing == 1
    assert not AuditLog.objects.exists()
    for _ in range(2):
        send(version, xml, LOG)
    assert AuditLog.objects.get().active_seconds == 5.0


def test_a_kept_log_is_not_read_again(version: QuestionnaireVersion) -> None:
    xml = audited_xml(version)
    send(version, xml, LOG)
    AuditLog.objects.update(active_seconds=99)
    send(version, xml, LOG)
    assert AuditLog.objects.get().active_seconds == 99


@pytest.mark.parametrize("log", [b"", b"\x00\xff\xfe", b"event\n\x00", b'"' * 200_000, b"a,b\n1,2"])
def test_no_log_fails_an_interview(version: QuestionnaireVersion, log: bytes) -> None:
    receipt = send(version, audited_xml(version), log)
    assert receipt.created
    assert receipt.added == 1
    assert AuditLog.objects.get().unread > 0


def test_an_interview_without_a_log_has_none(version: QuestionnaireVersion) -> None:
    send(version, instance_xml(version, age="30"))
    assert audits.log_of(Interview.objects.get()) is None


def test_a_correction_has_a_log_of_its_own(version: QuestionnaireVersion) -> None:
    send(version, audited_xml(version), LOG)
    longer = LOG + f"question,/data/g/age,{T + 9000},{T + 12000},30,31\n".encode()
    send(version, audited_xml(version, "uuid:2", corrects="uuid:1"), longer)
    interview = Interview.objects.get()
    log = audits.log_of(interview)
    assert log is not None
    assert log.active_seconds == 8.0
    assert AuditLog.objects.count() == Attachment.objects.count() == 2


def test_a_correction_is_stored_though_the_log_that_it_was_given_cannot_be_read(
    version: QuestionnaireVersion,
) -> None:
    send(version, audited_xml(version), LOG)
    store.destroy(secrecy.keys_of(Submission.objects.all()))
    edit = audited_xml(version, "uuid:2", corrects="uuid:1")
    assert send(version, edit).created  # its own log follows
    assert send(version, edit, LOG + b"\n").missing == 0
    log = audits.log_of(Interview.objects.get())
    assert log is not None
    assert log.active_seconds == 5.0
