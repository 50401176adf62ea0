"""The interviews export: as a job, as a page, as a command; the same rows for the same rights."""

import csv
import re
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from surveys import audiences, jobs, tallies
from surveys.errors import gettext_noop
from surveys.exports import catalogue, rows
from surveys.exports.catalogue import EXPORTS, Order, ShortFile, Tick, UnknownLanguage
from surveys.exports.interviews import describe, interviews_of, layouts_for
from surveys.exports.rows import rows_of
from surveys.layers import Layer
from surveys.models import Audience, Interview, Job, Questionnaire, Role, Site, Survey, User
from tests.factories import (
    make_city,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)

CSV = "submissions_csv"


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> Site:
    settings.MEDIA_ROOT = tmp_path / "media"
    site = make_site(make_survey("ours"), "S1", city=make_city("c01"), psu="P1")
    version = make_version(site.survey)
    make_interview(site, version, age="30", works="yes", hours="40")
    make_interview(site, version, age="41", works="no")
    return site


def questionnaire_of(survey: Survey) -> Questionnaire:
    return survey.questionnaires.get()


def exported(site: Site, person: User, language: str = "") -> list[dict[str, str]]:
    """The rows of the file that a person gets."""
    order = Order(questionnaire_of(site.survey), person, language)
    job = catalogue.request(EXPORTS[CSV], order)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    with job.result.open("rb") as file:
        return list(csv.DictReader(StringIO(file.read().decode("utf-8-sig"))))


def test_a_row_says_where_when_and_what(site: Site) -> None:
    first, second = exported(site, make_member(site.survey, Role.COORDINATOR))
    facts = {name: first[name] for name in ("state", "outcome", "site", "city", "stratum", "psu")}
    assert facts == {
        "state": "submitted",
        "outcome": "completed",
        "site": "S1",
        "city": "c01",
        "stratum": "a",
        "psu": "P1",
    }
    assert (first["age"], first["works"], first["hours"]) == ("30", "yes", "40")
    assert (second["works"], second["hours"]) == ("no", "")
    assert first["form_version"] == "1"
    assert first["received"].endswith("+08:00")


@pytest.mark.parametrize(("language", "works"), [("", "yes"), ("en", "Yes"), ("zh", "是")])
def test_cells_hold_values_or_labels(site: Site, language: str, works: str) -> None:
    rows = exported(site, make_member(site.survey, Role.COORDINATOR), language)
    assert rows[0]["works"] == works


@pytest.mark.parametrize(
    ("role", "named"), [(Role.COORDINATOR, True), (Role.SUPERVISOR, True), (Role.ANALYST, False)]
)
def test_analysts_get_nobodys_name(site: Site, role: Role, named: bool) -> None:
    order = Order(questionnaire_of(site.survey), make_member(site.survey, role))
    assert ("enumerator" in layouts_for(order)[""].header) is named


def test_a_stranger_gets_no_rows(site: Site) -> None:
    stranger = make_member(make_survey(), Role.COORDINATOR)
    assert not interviews_of(Order(questionnaire_of(site.survey), stranger)).exists()


def test_rights_are_read_when_the_file_is_made(site: Site) -> None:
    person = make_member(site.survey, Role.COORDINATOR)
    job = catalogue.request(EXPORTS[CSV], Order(questionnaire_of(site.survey), person))
    person.memberships.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 0)


def test_a_file_that_nobody_waits_for_is_not_made(site: Site) -> None:
    person = make_member(site.survey, Role.COORDINATOR)
    job = catalogue.request(EXPORTS[CSV], Order(questionnaire_of(site.survey), person))
    person.delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The person who asked for this file is gone.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There are no labels in fr. Choose one of: en."),
        ("zh-hans", "没有 fr 的选项文字，可选：en。"),
    ],
)
def test_why_a_file_failed_is_said_in_the_readers_language(
    page: Client, site: Site, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    error = UnknownLanguage(
        gettext_noop("There are no labels in %(language)s. Choose one of: %(languages)s."),
        language="fr",
        languages="en",
    )

    def refuse(job: Job, folder: Path, progress: jobs.Progress) -> None:
        raise error

    person = User.objects.get(pk=page.session["_auth_user_id"])
    job = jobs.request(CSV, site.survey, {}, person)
    monkeypatch.setitem(jobs.RUNNERS, CSV, refuse)
    jobs.run(job.pk)
    page.cookies["django_language"] = language
    with translation.override(language):  # undone afterwards, which a request's language is not
        shown = page.get(reverse("admin:surveys_job_progress")).json()
    assert sentence in shown["html"]


def test_a_file_that_falls_short_is_never_offered() -> None:
    catalogue.require_rows(written=3, expected=3)
    catalogue.require_rows(written=4, expected=3)
    with pytest.raises(ShortFile):
        catalogue.require_rows(written=2, expected=3)


def test_a_language_that_the_form_does_not_speak_is_refused(site: Site) -> None:
    with pytest.raises(UnknownLanguage, match="en, zh"):
        catalogue.request(EXPORTS[CSV], Order(questionnaire_of(site.survey), None, "fr"))


def write_elsewhere() -> None:
    """Somebody else commits a row, on a connection of their own."""

    def write() -> None:
        make_user()
        connections.close_all()

    writer = Thread(target=write)
    writer.start()
    writer.join()


def interrupt(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Somebody writes after every row of the export, and the job says so often that it lives."""
    export = EXPORTS[kind]

    def write(order: Order, path: Path, tick: Tick) -> None:
        def interrupted() -> None:
            write_elsewhere()
            tick()

        export.write(order, path, interrupted)

    monkeypatch.setitem(EXPORTS, kind, replace(export, write=write))
    monkeypatch.setattr(jobs, "BEAT_EVERY", timedelta(0))


@pytest.mark.django_db(transaction=True)
def test_others_may_write_while_the_file_is_made(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 1)
    interrupt(monkeypatch, CSV)
    assert len(exported(site, make_user(is_superuser=True))) == 2


def test_memory_does_not_grow_with_the_rows(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 100)
    order = Order(questionnaire_of(site.survey))
    layout = layouts_for(order)[""]
    stored = interviews_of(order).first()
    assert stored is not None

    def peak(copies: int) -> int:
        for number in range(copies):
            stored.pk, stored.root_uuid, stored.current = None, f"{copies}-{number}", None
            stored.save(force_insert=True)
        tracemalloc.start()
        read = sum(1 for _ in rows_of(interviews_of(order), layout))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read > copies
        return most

    few = peak(300)
    assert peak(1200) < few * 1.5


def test_the_command_writes_what_the_job_writes(site: Site, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    call_command("export", survey="ours", format="csv", out=out, labels="en", stdout=StringIO())
    with out.open(encoding="utf-8-sig", newline="") as file:
        by_command = list(csv.DictReader(file))
    assert by_command == exported(site, make_user(is_superuser=True), "en")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"format": "por"},
            "The format por cannot be written yet. Choose one of: csv, dta, sav, parquet, xlsx, geojson.",
        ),
        ({"labels": "fr"}, "There are no labels in fr. Choose one of: en, zh."),
        ({"survey": "nope"}, "There is no survey nope. There are: ours."),
        ({"questionnaire": "other"}, "Name one questionnaire with --questionnaire"),
        ({"out": Path("/nowhere/at/all.csv")}, "cannot be written"),
    ],
)
def test_the_command_refuses_in_words(
    site: Site, tmp_path: Path, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("export", **{"survey": "ours", "out": tmp_path / "out.csv", **options})
    assert sentence in str(refused.value)
    assert list(tmp_path.glob("*.csv")) == []


@pytest.fixture
def page(site: Site) -> Client:
    client = Client()
    client.force_login(make_member(site.survey, Role.ANALYST))
    return client


def test_the_page_says_how_many_rows_there_are(page: Client) -> None:
    shown = page.get(reverse("admin:surveys_job_exports")).content.decode()
    assert "2 interviews; last one received:" in shown
    assert "A file is kept for 7 days." in shown
    assert "submissions_geojson" not in shown  # nothing here is a place


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("exact", "last one received: Feb. 28, 2026, 5:04 p.m."),
        ("day", "last one received: Feb. 28, 2026"),
        ("week", "last one received: in the week from Feb. 23, 2026"),
        ("month", "last one received: February 2026"),
        ("none", "2 interviews"),
    ],
)
def test_the_page_tells_of_days_what_the_file_tells(
    page: Client, site: Site, dates: str, told: str
) -> None:
    Interview.objects.update(received_at="2026-02-28T17:04:00+08:00")
    analysts = audiences.default_of(site.survey)
    Audience.objects.filter(pk=analysts.pk).update(dates=dates)
    shown = page.get(reverse("admin:surveys_job_exports")).content.decode()
    assert f"{told}</dd>" in shown


def test_a_file_says_how_it_was_asked_for(page: Client) -> None:
    address = reverse("admin:surveys_job_exports")
    for wish in (
        {"kind": CSV},
        {"kind": CSV, "language": "zh", "layer": "raw", "derived": "yes"},
    ):
        page.post(address, wish)
    asked = page.post(address, {"kind": "submissions_dta", "several": "split", "derived": "no"})
    again = page.get(asked.headers["Location"]).content.decode()
    assert re.search(r'value="submissions_dta"[^>]* checked', again)
    assert re.search(r'value="split"[^>]* checked', again)
    shown = page.get(address).content.decode()
    for said in (
        "as corrected · for Analysts",
        "labels, zh · with scores and weights · as devices sent them · for Analysts",
        "several answers: 0 or 1 a choice · no scores · as corrected · for Analysts",
    ):
        assert f'<div class="detail">{said}</div>' in shown
    made = page.get(reverse("admin:surveys_job_change", args=[Job.objects.latest("pk").pk]))
    assert "several answers: 0 or 1 a choice" in made.content.decode()
    assert "(&#x27;queued" not in made.content.decode()


def test_a_file_is_asked_for_made_watched_and_taken(
    page: Client,
    nudged_jobs: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page.post(reverse("admin:surveys_job_exports"), {"kind": CSV, "language": "zh"})
    job = Job.objects.get()
    assert nudged_jobs == [job.pk]
    waiting = page.get(reverse("admin:surveys_job_progress")).json()
    assert waiting["isMoving"]
    assert "Waiting for a worker" in waiting["html"]
    assert str(job.survey) in waiting["html"]
    address = reverse("admin:surveys_job_download", args=(job.pk,))
    assert page.get(address).status_code == 404
    jobs.run(job.pk)
    done = page.get(reverse("admin:surveys_job_progress")).json()
    assert not done["isMoving"]
    assert address in done["html"]
    taken = page.get(address)
    assert "attachment" in taken.headers["Content-Disposition"]
    assert "是" in b"".join(taken.streaming_content).decode()  # type: ignore[attr-defined]


@pytest.fixture
def nudged_jobs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that workers were nudged about, instead of a queue."""
    nudged: list[int] = []
    monkeypatch.setattr(
        "surveys.tasks.run_job.apply_async", lambda args, queue: nudged.append(*args)
    )
    return nudged


def test_what_the_page_does_not_offer_is_refused(page: Client) -> None:
    address = reverse("admin:surveys_job_exports")
    assert page.post(address, {"kind": "nonsense"}).status_code == 200
    assert page.get(address, {"questionnaire": "999"}).status_code == 404
    for nonsense in ("x", "²", "9" * 5000):
        assert page.get(address, {"questionnaire": nonsense}).status_code == 404
    assert not Job.objects.exists()


def test_of_many_rows_the_page_says_how_many_were_counted_last(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("surveys.tallies", "surveys.exports.interviews"):
        monkeypatch.setattr(f"{module}.FEW", 1)
    order = Order(questionnaire_of(site.survey), make_member(site.survey, Role.ANALYST))
    assert describe(order).startswith("at least 1 interview;")
    tallies.refresh(site.survey)
    assert describe(order).startswith("2 interviews;")
    led = replace(order, person=make_member(site.survey, Role.SUPERVISOR, team="north"))
    assert describe(led) == "No interviews yet."
    assert describe(replace(order, layer=Layer.PUBLISHED)).startswith("at least 1 interview;")
