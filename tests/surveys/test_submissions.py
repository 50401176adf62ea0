"""The one way in: stored once, checked, quarantined rather than lost, or refused whole."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from surveys import submissions
from surveys.attachments import OtherFile
from surveys.models import Attachment, Finding, Interview, Questionnaire, Submission
from surveys.signals import submission_saved
from surveys.submissions import Sender, SubmissionConflict, UnknownForm, UnsatisfiedForm
from surveys.xforms.instance import read_instance
from tests.factories import (
    NOBODY,
    SMALL_FORM,
    content_of,
    instance_xml,
    make_enumerator,
    make_site,
    make_survey,
    make_user,
    make_version,
    receive,
)

pytestmark = pytest.mark.django_db
COMPLETE = {"age": "30", "works": "yes", "hours": "40.5"}


def test_an_interview_is_stored_with_its_answers() -> None:
    site = make_site(make_survey())
    enumerator = make_enumerator(site)
    version = make_version(site.survey)

    receipt = receive(version, Sender(enumerator), psu_id=site.code, **COMPLETE)

    interview = receipt.submission.interview
    assert receipt.created
    assert interview.site == site
    assert interview.case is not None
    assert interview.enumerator == enumerator
    assert interview.state == Interview.State.SUBMITTED
    assert interview.outcome == Interview.Outcome.COMPLETED
    assert interview.answers == {
        "psu_id": site.code,
        "g/age": "30",
        "g/works": "yes",
        "g/hours": "40.5",
    }


def test_the_xml_is_kept_to_the_byte() -> None:
    version = make_version(make_survey())
    xml = instance_xml(version, **COMPLETE).replace(b"><", b">\n  <")
    receipt = submissions.receive(read_instance(xml), version.questionnaire.survey, Sender(None))
    receipt.submission.refresh_from_db()
    assert bytes(receipt.submission.xml) == xml


def test_sending_twice_stores_once() -> None:
    version = make_version(make_survey())
    receipts = [receive(version, NOBODY, "uuid:1", **COMPLETE) for _ in range(2)]
    assert [receipt.created for receipt in receipts] == [True, False]
    assert receipts[0].sha256 == receipts[1].sha256
    assert Submission.objects.count() == 1


def test_another_interview_under_the_same_id_is_a_conflict() -> None:
    version = make_version(make_survey())
    receive(version, NOBODY, "uuid:1", **COMPLETE)
    with pytest.raises(SubmissionConflict):
        receive(version, NOBODY, "uuid:1", **{**COMPLETE, "age": "31"})
    assert Interview.objects.get().answers["g/age"] == "30"


def test_the_signal_is_sent_once_an_interview() -> None:
    heard: list[object] = []

    def listener(submission_id: int, **_: object) -> None:
        heard.append(submission_id)

    submission_saved.connect(listener)
    try:
        version = make_version(make_survey())
        receipts = [receive(version, NOBODY, "uuid:1", **COMPLETE) for _ in range(2)]
    finally:
        submission_saved.disconnect(listener)
    assert heard == [receipts[0].submission.pk]


def test_an_unknown_form_is_refused() -> None:
    version = make_version(make_survey())
    instance = read_instance(instance_xml(version))
    with pytest.raises(UnknownForm):
        submissions.receive(instance, make_survey(), Sender(None))


@pytest.mark.parametrize(
    ("answers", "kind", "path"),
    [
        ({"age": ""}, "required", "g/age"),
        ({"age": "15"}, "constraint", "g/age"),
        ({"age": "old"}, "type", "g/age"),
        ({"works": "maybe", "hours": ""}, "choice", "g/works"),
        ({"works": "no", "hours": "40"}, "irrelevant", "g/hours"),
    ],
)
def test_a_device_is_never_refused_for_its_answers(
    answers: dict[str, str], kind: str, path: str
) -> None:
    site = make_site(make_survey())
    version = make_version(site.survey)
    receipt = receive(version, psu_id=site.code, **{**COMPLETE, **answers})
    found = receipt.submission.findings.get()
    assert (found.kind, found.path) == (kind, path)


@pytest.mark.parametrize("answers", [{"age": ""}, {"age": "15"}, {"works": "maybe"}])
def test_our_own_doors_must_satisfy_the_form(answers: dict[str, str]) -> None:
    site = make_site(make_survey())
    version = make_version(site.survey)
    with pytest.raises(UnsatisfiedForm):
        receive(
            version, Sender(None, must_satisfy=True), psu_id=site.code, **{**COMPLETE, **answers}
        )
    assert not Interview.objects.exists()
    assert not Submission.objects.exists()
    assert not Finding.objects.exists()


def test_answers_that_do_not_apply_are_evidence_but_not_answers() -> None:
    version = make_version(make_survey())
    interview = receive(version, **{**COMPLETE, "works": "no"}).submission.interview
    assert "g/hours" not in interview.answers
    assert interview.skipped == ["g/hours"]
    assert b"<hours>40.5</hours>" in bytes(Submission.objects.get().xml)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"age": "30", "works": "no"}, "completed"),
        ({"age": "30", "works": "yes"}, "completed"),  # the hours may be left blank
        ({"age": "30", "works": "rf"}, "completed"),
        ({"works": "no"}, "completed"),  # a gap in the middle is no break-off
        ({"age": "30"}, "partial"),
        ({}, "partial"),
    ],
)
def test_an_interview_that_breaks_off_is_partial(answers: dict[str, str], outcome: str) -> None:
    version = make_version(make_survey())
    assert receive(version, **answers).submission.interview.outcome == outcome


def test_an_interview_that_ends_in_refusals_is_partial() -> None:
    table = SMALL_FORM.replace("integer      ", "select_one yn")
    interview = receive(make_version(make_survey(), table), age="rf", works="rf")
    assert interview.submission.interview.outcome == Interview.Outcome.PARTIAL


DAYS_FORM = """
| survey |
| | type | name | label | constraint | relevant |
| | start | start | | | |
| | end | end | | | |
| | date | met | Met | . <= today() | |
| | text | late | Why so late? | | decimal-time(format-date-time(now(), '%H:%M')) > 0.5 |
| settings |
| | form_id | version |
| | days | 1 |
"""
LATE = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # half past four on the 24th in Shanghai


@pytest.mark.parametrize(
    ("times", "met", "kinds"),
    [
        ({"end": "2026-11-24T04:30:00.000+08:00"}, "2026-11-24", []),
        ({"end": "2026-11-24T04:30:00.000+08:00"}, "2026-11-25", ["constraint"]),
        ({"start": "2026-11-24T04:00:00.000+08:00"}, "2026-11-24", []),
        ({"start": "2026-11-23T14:00:00.000-06:00"}, "2026-11-24", ["constraint"]),
        ({"start": "2026-11-23T14:00:00.000-06:00"}, "2026-11-23", []),
        ({}, "2026-11-23", []),
    ],
)
def test_an_interview_is_judged_by_the_clock_of_where_it_was(
    times: dict[str, str], met: str, kinds: list[str]
) -> None:
    version = make_version(make_survey(), DAYS_FORM)
    instance = read_instance(instance_xml(version, met=met, **times))
    receipt = submissions.receive(
        instance, version.questionnaire.survey, Sender(None), received_at=LATE
    )
    findings = receipt.submission.findings.exclude(kind=Finding.Kind.UNKNOWN_SITE)
    assert [finding.kind for finding in findings] == kinds
    local = {"+08:00": "skipped", "-06:00": "asked"}
    where = next((local[zone] for zone in local for time in times.values() if zone in time), "")
    skipped = receipt.submission.interview.skipped
    assert where == "" or (skipped == ["late"]) == (where == "skipped")


MEMBERS_FORM = """
| survey |
| | type | name | label | repeat_count | calculation | required |
| | integer | n | Number | | | |
| | begin_repeat | member | Member | ${n} | | |
| | text | name | Name | | | yes |
| | integer | age | Age | | | |
| | end_repeat | | | | | |
| | calculate | members | | | count(${member}) | |
| settings |
| | form_id | version |
| | members | 1 |
"""


def test_answers_in_repeats_are_kept_by_their_places() -> None:
    version = make_version(make_survey(), MEMBERS_FORM)
    xml = instance_xml(version).replace(
        b"<n/>",
        b"<n>1</n><member><name>Ann</name></member><member><name/><age>x</age></member>",
    )
    xml = xml.replace(b"<members/>", b"<members>2</members>")
    receipt = submissions.receive(read_instance(xml), version.questionnaire.survey, Sender(None))
    assert receipt.submission.interview.answers == {
        "n": "1",
        "member[1]/name": "Ann",
        "member[2]/age": "x",
        "members": "2",  # ODK Collect keeps what is beyond a count that was lowered
    }
    findings = receipt.submission.findings.exclude(kind=Finding.Kind.UNKNOWN_SITE)
    assert list(findings.values_list("kind", "path", "value")) == [("type", "member[2]/age", "x")]


def test_an_interview_of_an_unknown_version_is_quarantined() -> None:
    version = make_version(make_survey())
    xml = instance_xml(version, **COMPLETE).replace(b'version="1"', b'version="0"')
    receipt = submissions.receive(read_instance(xml), version.questionnaire.survey, Sender(None))
    interview = receipt.submission.interview
    assert interview.state == Interview.State.QUARANTINED
    assert interview.answers["g/age"] == "30"
    assert receipt.submission.claimed_version == "0"
    assert not Interview.objects.counted().exists()


def test_an_interview_of_a_closed_form_is_quarantined() -> None:
    site = make_site(make_survey())
    version = make_version(site.survey)
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    receipt = receive(version, psu_id=site.code, **COMPLETE)
    assert receipt.submission.findings.get().kind == Finding.Kind.CLOSED
    assert receipt.submission.interview.state == Interview.State.QUARANTINED


@pytest.mark.parametrize(("code", "kind"), [("S1", "unassigned_site"), ("S9", "unknown_site")])
def test_an_interview_at_a_strange_site_is_quarantined(code: str, kind: str) -> None:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey)
    receipt = receive(version, Sender(make_user()), psu_id=code, **COMPLETE)
    assert receipt.submission.findings.get().kind == kind
    assert receipt.submission.interview.state == Interview.State.QUARANTINED


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00.000+08:00", "9999-12-31T23:59:59.000-08:00", "soon"]
)
def test_a_clock_gone_mad_does_not_stop_an_interview(moment: str) -> None:
    version = make_version(make_survey())
    interview = receive(version, start=moment, end=moment, **COMPLETE).submission.interview
    interview.refresh_from_db()
    assert (interview.started_at, interview.ended_at) == (None, None)
    assert moment.encode() in bytes(Submission.objects.get().xml)


def test_files_come_along_or_later_and_once(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    version = make_version(make_survey())
    instance = read_instance(instance_xml(version, **COMPLETE))
    survey, photo, audio = version.questionnaire.survey, b"photo", b"audio"

    def send(*files: "File[bytes]") -> int:
        return submissions.receive(instance, survey, Sender(None), files=files).added

    assert send(ContentFile(photo, "../照片.jpg")) == 1
    assert send(ContentFile(photo, "照片.jpg"), ContentFile(audio, "a.m4a")) == 1
    assert send(ContentFile(audio, "a.m4a")) == 0
    kept = {a.name: content_of(a) for a in Attachment.objects.all()}
    assert kept == {"照片.jpg": photo, "a.m4a": audio}


def test_another_file_under_a_name_that_is_taken_is_a_conflict(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    version = make_version(make_survey())
    instance = read_instance(instance_xml(version, **COMPLETE))
    survey, mine = version.questionnaire.survey, ContentFile(b"mine", "a.jpg")
    submissions.receive(instance, survey, Sender(None), files=[mine])
    files = [ContentFile(b"new", "b.jpg"), ContentFile(b"other", "a.jpg")]
    with pytest.raises(OtherFile, match=r"a\.jpg"):
        submissions.receive(instance, survey, Sender(None), files=files)
    twice = [ContentFile(b"1", "c.jpg"), ContentFile(b"2", "c.jpg")]
    with pytest.raises(OtherFile, match=r"c\.jpg"):
        submissions.receive(instance, survey, Sender(None), files=twice)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert content_of(Attachment.objects.get(file__gt="")) == b"mine"


def test_receiving_reads_no_workbook() -> None:
    version = make_version(make_survey())
    with CaptureQueriesContext(connection) as queries:
        receive(version, **COMPLETE)
    assert not [query for query in queries if "workbook" in query["sql"]]
    assert len(queries) < 30


SEND = """
import sys, time, django
django.setup()
from pathlib import Path
from surveys import submissions
from surveys.attachments import OtherFile
from surveys.models import Survey
from surveys.xforms.instance import read_instance
instance = read_instance(Path(sys.argv[1]).read_bytes())
survey = Survey.objects.get()
time.sleep(max(0.0, float(sys.argv[2]) - time.time()))
print(submissions.receive(instance, survey, submissions.Sender(None)).created)
"""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_processes_at_once_store_an_interview_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    version = make_version(make_survey())
    path = tmp_path / "interview.xml"
    path.write_bytes(instance_xml(version, **COMPLETE))
    begin = str(time.time() + 12)  # when all of them have started up
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SEND, path, begin],
            env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    outcomes = [process.communicate()[0].strip() for process in processes]
    assert sorted(outcomes) == ["False"] * 7 + ["True"]
    assert Submission.objects.count() == 1
    assert Interview.objects.count() == 1
