"""Many requests at once about one interview: it is stored once, with all of its files."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from surveys import copies, submissions
from surveys.copies import Beginning
from surveys.models import Attachment, Draft, Interview, QuestionnaireVersion, Site, Submission
from surveys.questionnaires import form_of
from surveys.submissions import Receipt
from surveys.xforms.instance import Instance, blank_instance, read_instance
from surveys.xforms.parsing import tree_to_json
from tests.factories import (
    NOBODY,
    content_of,
    instance_xml,
    make_enumerator,
    make_site,
    make_survey,
    make_version,
)
from tests.scoring.test_concurrency import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 8


@pytest.fixture
def version(settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path
    return make_version(make_site(make_survey(), "S1").survey)


def interview(
    version: QuestionnaireVersion, name: str, corrects: str = "", age: str = "30"
) -> Instance:
    xml = instance_xml(version, name, psu_id="S1", age=age, works="no")
    edit = f"<deprecatedID>{corrects}</deprecatedID>" if corrects else ""
    return read_instance(xml.replace(b"</orx:meta>", f"{edit}</orx:meta>".encode()))


def send_together(
    version: QuestionnaireVersion, *sent: tuple[Instance, tuple[str, ...]]
) -> list[Receipt]:
    """Interviews at once, each with files that hold their names."""
    receipts: list[Receipt] = []

    def send(instance: Instance, names: tuple[str, ...]) -> None:
        files = [ContentFile(name.encode(), name) for name in names]
        survey = version.questionnaire.survey
        receipts.append(submissions.receive(instance, survey, NOBODY, files=files))

    together(*((lambda one=one: send(*one)) for one in sent))
    return receipts


def test_first_posts_at_once_store_one_interview(version: QuestionnaireVersion) -> None:
    one = interview(version, "v1")
    receipts = send_together(version, *[(one, ("a.jpg",))] * AT_ONCE)
    assert sum(receipt.created for receipt in receipts) == 1
    assert sum(receipt.added for receipt in receipts) == 1
    assert Submission.objects.count() == Interview.objects.count() == 1
    assert Attachment.objects.count() == 1


def test_batches_of_one_interview_at_once_keep_every_file(version: QuestionnaireVersion) -> None:
    one = interview(version, "v1")
    batches = [tuple(f"{n}.jpg" for n in range(at, at + 20)) for at in range(0, AT_ONCE * 10, 10)]
    receipts = send_together(version, *[(one, names) for names in batches])
    wanted = {name for names in batches for name in names}
    kept = {row.name: content_of(row).decode() for row in Attachment.objects.all()}
    assert kept == {name: name for name in wanted}
    assert sum(receipt.added for receipt in receipts) == len(wanted)


def test_corrections_of_one_version_at_once_leave_one_that_counts(
    version: QuestionnaireVersion,
) -> None:
    send_together(version, (interview(version, "v1"), ()))
    edits = [interview(version, f"v2-{n}", "v1", age=str(20 + n)) for n in range(AT_ONCE)]
    send_together(version, *[(edit, ()) for edit in edits])
    counted = Interview.objects.counted().get()
    assert counted.submissions.count() == 2
    waiting = Interview.objects.filter(state=Interview.State.QUARANTINED)
    assert waiting.count() == AT_ONCE - 1


def test_a_first_version_and_its_correction_at_once_are_one_interview(
    version: QuestionnaireVersion,
) -> None:
    for n in range(AT_ONCE):
        first, edit = interview(version, f"v1-{n}"), interview(version, f"v2-{n}", f"v1-{n}", "31")
        send_together(version, (first, ()), (edit, ()))
    assert Interview.objects.counted().filter(answers__contains={"g/age": "31"}).count() == AT_ONCE
    assert Interview.objects.count() == AT_ONCE


def test_a_correction_sent_several_times_at_once_is_one(version: QuestionnaireVersion) -> None:
    send_together(version, (interview(version, "v1"), ()))
    edit = interview(version, "v2", "v1")
    receipts = send_together(version, *[(edit, ("a.jpg",))] * AT_ONCE)
    assert sum(receipt.created for receipt in receipts) == 1
    assert Interview.objects.get().state == Interview.State.SUBMITTED
    assert Submission.objects.count() == 2


def test_a_copy_that_a_phone_puts_several_times_at_once_is_one(
    version: QuestionnaireVersion,
) -> None:
    person = make_enumerator(Site.objects.get(), "E01")
    beginning = Beginning(version.pk, "S1", timezone.now())
    number, tree = uuid4(), tree_to_json(blank_instance(form_of(version)))
    kept: list[Draft] = []

    def put() -> None:
        kept.append(copies.adopt(person, number, beginning, tree))

    together(*[put] * AT_ONCE)
    assert Draft.objects.get().pk == number
    assert [draft.revision for draft in kept] == [1] * AT_ONCE
