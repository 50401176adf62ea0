"""What stays when interviews are erased: a package of nobody, made before the first of them goes."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias
from zipfile import ZipFile

import pytest
from django.core import mail
from django.db.models import RestrictedError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from scoring import pipeline
from surveys import audiences, jobs, remains, retention
from surveys.exports import package
from surveys.exports.catalogue import ShortFile
from surveys.exports.manifest import faults_in
from surveys.models import (
    Audience,
    Deposit,
    Interview,
    Job,
    Membership,
    Role,
    Survey,
    Tombstone,
    Wave,
)
from tests.factories import make_member, make_survey
from tests.surveys import erased
from tests.surveys.erased import WORD, Scene, places_of

pytestmark = pytest.mark.django_db
Committed: TypeAlias = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Scene:
    """Two interviews whose time is over, of which a package for a university is to stay."""
    settings.MEDIA_ROOT = tmp_path
    scene = erased.begin()
    survey = scene.site.survey
    Wave.objects.filter(survey=survey).update(ends_on=timezone.localdate() - timedelta(days=90))
    audience = Audience.objects.create(survey=survey, name="university", dates="month")
    Survey.objects.filter(pk=survey.pk).update(kept_days=1, kept_for=audience)
    return scene


def run() -> Job:
    """The job that is due, of people who were told."""
    today = timezone.localdate()
    retention.keep_up(today - retention.NOTICE)
    (key,) = retention.keep_up(today)
    jobs.run(key)
    return Job.objects.get(pk=key)


def table_in(deposit: Deposit) -> str:
    return read(deposit, "interviews.csv").decode("utf-8-sig")


def read(deposit: Deposit, name: str) -> bytes:
    with deposit.file.open("rb") as file, ZipFile(file) as archive:
        return archive.read(name)


def test_answers_stay_and_nobody_does(
    scene: Scene, tmp_path: Path, django_capture_on_commit_callbacks: Committed
) -> None:
    erased.follow(scene)
    with django_capture_on_commit_callbacks(execute=True):
        job = run()
    assert job.state == Job.State.DONE, job.error
    assert not Interview.objects.exists()
    deposit = Deposit.objects.get(questionnaire=scene.version.questionnaire)
    assert (deposit.audience, deposit.interviews) == ("university", 3)
    assert deposit.report["k"] >= 1
    assert not list(faults_in(Path(deposit.file.path)))
    table = table_in(deposit)
    header, *rows = table.splitlines()
    assert "age" in header.split(",")
    assert not {"phone", "note", "photo"} & set(header.split(","))
    assert len(rows) == 3
    assert places_of(WORD, tmp_path) == []
    pipeline.sweep()  # as a worker does within seconds
    assert remains.verify(list(Tombstone.objects.all())) == []


def test_nobody_has_the_key_of_its_pseudonyms(scene: Scene) -> None:
    terms = audiences.terms_of(Audience.objects.get(name="university"))
    known = {terms.pseudonym(one.root_uuid) for one in Interview.objects.all()}
    run()
    kept = {line.split(",")[0] for line in table_in(Deposit.objects.get()).splitlines()[1:]}
    assert len(kept) == 2
    assert not kept & known


def test_without_what_stays_nothing_is_erased(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next job makes it."""

    def fail(*_: object) -> None:
        raise ShortFile("Rows are missing.")

    monkeypatch.setattr(package, "write", fail)
    assert run().state == Job.State.FAILED
    assert Interview.objects.count() == 2
    assert not Deposit.objects.exists()
    monkeypatch.undo()
    (key,) = retention.keep_up()
    jobs.run(key)
    assert Deposit.objects.get().interviews == 2
    assert not Interview.objects.exists()


def test_it_is_made_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the erasure takes several jobs, of which later ones find fewer interviews."""
    monkeypatch.setattr(retention, "LONGEST", timedelta(seconds=-1))
    run()
    assert Interview.objects.count() == 2
    first = Deposit.objects.get().sha256
    monkeypatch.undo()
    (key,) = retention.keep_up()
    jobs.run(key)
    assert not Interview.objects.exists()
    assert Deposit.objects.get().sha256 == first


def test_an_audience_that_is_to_get_it_is_not_deleted(scene: Scene) -> None:
    with pytest.raises(RestrictedError):
        Audience.objects.get(name="university").delete()
    run()
    Survey.objects.filter(pk=scene.site.survey_id).update(kept_for=None)
    Audience.objects.get(name="university").delete()
    assert Deposit.objects.get().audience == "university"


def test_coordinators_choose_it_and_take_it_away(client: Client, scene: Scene) -> None:
    run()
    survey = scene.site.survey
    coordinator = make_member(survey, Role.COORDINATOR)
    client.force_login(coordinator)
    other = make_survey("other", name="Other")
    Membership.objects.create(survey=other, user=coordinator, role=Role.COORDINATOR)
    Audience.objects.create(survey=other, name="stranger")
    form = client.get(f"/admin/surveys/survey/{survey.pk}/change/").content.decode()
    assert "What stays of them" in form
    assert "university" in form
    assert "stranger" not in form
    page = client.get("/admin/surveys/deposit/").content.decode()
    assert Deposit.objects.get().sha256 in page
    address = f"/admin/surveys/deposit/{Deposit.objects.get().pk}/file/"
    response = client.get(address)
    with Deposit.objects.get().file.open("rb") as file:
        assert b"".join(response) == file.read()
    client.force_login(make_member(survey, Role.ANALYST))
    assert client.get(address).status_code in (403, 404)


def test_the_letter_says_what_stays(scene: Scene) -> None:
    scene.coordinator.email = "c@example.org"
    scene.coordinator.save()
    retention.keep_up(timezone.localdate())
    assert "as “university” would get it" in mail.outbox[0].body


def test_the_manifest_says_for_whom(scene: Scene) -> None:
    run()
    told = json.loads(read(Deposit.objects.get(), "manifest.json"))
    assert told["audience"]["name"] == "university"
    assert told["data"]["interviews"] == 2
