"""What came from whom on which day, by the server's clock and zone, and what is still to come."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile

from surveys import arrivals, submissions
from surveys.arrivals import Arrived
from surveys.models import Interview, QuestionnaireVersion, Site, User
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import instance_xml, make_enumerator, make_version
from tests.surveys.offline.conftest import COMPLETE, FORM

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = arrivals.days_until(date(2026, 11, 27), 7)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, FORM)


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


def send(version: QuestionnaireVersion, person: User | None, at: datetime, *photos: str) -> None:
    """An interview that names a picture, `photos` of which have come."""
    instance = read_instance(instance_xml(version, **COMPLETE, photo="a.jpg"))
    files = [ContentFile(b"picture", name) for name in photos]
    survey = version.questionnaire.survey
    submissions.receive(instance, survey, Sender(person), files=files, received_at=at)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def within() -> dict[tuple[int | None, date], Arrived]:
    return arrivals.by_person_and_day(arrivals.within(Interview.objects.all(), DAYS))


def test_days_are_those_before_and_the_last_one() -> None:
    assert DAYS[0] == date(2026, 11, 21)
    assert len(DAYS) == 7


def test_interviews_are_counted_by_person_and_day_with_the_files_to_come(
    version: QuestionnaireVersion, person: User, settings: object
) -> None:
    send(version, person, at(26, 23, 59), "a.jpg")
    send(version, person, at(27, 0))
    send(version, person, at(27, 23, 59), "a.jpg")
    send(version, None, at(27, 12))
    assert within() == {
        (person.pk, date(2026, 11, 26)): Arrived(1, 0),
        (person.pk, date(2026, 11, 27)): Arrived(2, 1),
        (None, date(2026, 11, 27)): Arrived(1, 1),
    }


def test_other_days_do_not_count(version: QuestionnaireVersion, person: User) -> None:
    send(version, person, at(20, 23, 59))
    send(version, person, at(28, 0))
    assert within() == {}


def test_the_incomplete_are_named_until_their_files_are_here(
    version: QuestionnaireVersion, person: User
) -> None:
    send(version, person, at(27, 10))
    send(version, person, at(27, 11), "a.jpg")
    (lacking,) = arrivals.incomplete(Interview.objects.all())
    assert lacking.received_at == at(27, 10)
    assert lacking.files == 1  # type: ignore[attr-defined]
    submission = lacking.current
    assert submission is not None
    instance = read_instance(bytes(submission.xml))
    survey = version.questionnaire.survey
    submissions.receive(instance, survey, Sender(person), files=[ContentFile(b"picture", "a.jpg")])
    assert not arrivals.incomplete(Interview.objects.all()).exists()
    assert within()[person.pk, date(2026, 11, 27)] == Arrived(2, 0)


def test_sums_add_both() -> None:
    assert Arrived(1, 2) + Arrived(3, 4) == Arrived(4, 6)
    assert timedelta(days=6) == DAYS[-1] - DAYS[0]
