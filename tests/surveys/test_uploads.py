"""Workbooks between upload and publication: kept, shared, limited, and published once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from surveys import uploads
from surveys.models import QuestionnaireVersion, Survey, Upload, User
from surveys.uploads import Overtaken, Standing
from surveys.wording import in_words
from tests.factories import SMALL_FORM, make_survey, make_user, make_version, workbook

SECOND = SMALL_FORM.replace("| 1              |", "| 2              |")


def keep(survey: Survey, table: str = SMALL_FORM, by: User | None = None) -> Upload:
    return uploads.keep(survey, "form.xlsx", workbook(table), {}, by=by)


@pytest.mark.django_db
def test_a_workbook_with_mistakes_is_not_kept_itself_but_what_was_found_is() -> None:
    upload = keep(make_survey(), SMALL_FORM.replace(". <= 126", "foo(.)"))
    upload.refresh_from_db()
    assert (bytes(upload.workbook), bytes(upload.xml)) == (b"", b"")
    assert "unknown-function" in {finding.code for finding in uploads.findings_of(upload)}
    assert uploads.form_of(upload) is None


@pytest.mark.django_db
def test_findings_say_the_same_after_they_were_kept() -> None:
    upload = keep(make_survey(), SMALL_FORM.replace(". <= 126", ". > and 3"))
    before = [in_words(finding) for finding in uploads.findings_of(upload)]
    upload.refresh_from_db()
    assert [in_words(finding) for finding in uploads.findings_of(upload)] == before
    assert any("not expected" in sentence for sentence in before)


@pytest.mark.django_db
def test_what_is_published_decides_what_publishing_would_mean() -> None:
    survey = make_survey()
    first, second = keep(survey), keep(survey, SECOND)
    assert uploads.assess(first).standing is Standing.NEW
    version = uploads.publish(first, over=None, by=None)
    assert uploads.assess(keep(survey)).standing is Standing.CURRENT
    uploads.publish(second, over=version.pk, by=None)
    assert uploads.assess(keep(survey)).standing is Standing.AGAIN
    other = keep(survey, SMALL_FORM.replace("1. Age", "1. Your age"))
    assert uploads.assess(other).standing is Standing.TAKEN


@pytest.mark.django_db
def test_surveys_know_nothing_of_each_other() -> None:
    make_version(make_survey())
    upload = keep(make_survey())
    assert uploads.assess(upload).current is None
    assert uploads.publish(upload, over=None, by=None).version == "1"


@pytest.mark.django_db
def test_old_uploads_of_a_person_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 2)
    survey, person = make_survey(), make_user()
    others = keep(survey, by=make_user())
    kept = [keep(survey, by=person) for _ in range(4)]
    assert set(Upload.objects.all()) == {others, *kept[2:]}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_looks_again() -> None:
    survey = make_survey()
    waiting = [keep(survey), keep(survey, SECOND)]

    def publish(upload: Upload) -> bool:
        try:
            uploads.publish(upload, over=None, by=None)
        except Overtaken:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(publish, waiting)) == [False, True]
    assert QuestionnaireVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_publishes_once() -> None:
    upload = keep(make_survey())

    def publish(_: int) -> int:
        try:
            return uploads.publish(upload, over=None, by=None).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as clicks:
        first, second = clicks.map(publish, range(2))
    assert first == second
