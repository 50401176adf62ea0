"""Only some of the interviews in a file: by wave, site, state and day, on the page, by command and API."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from surveys import jobs
from surveys.disclosure.coarseness import Dates, Place
from surveys.exports import catalogue
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.interviews import interviews_of
from surveys.exports.selection import NotSelectable, Selection
from surveys.models import Audience, Interview, Job, Questionnaire, Role, Wave
from tests.factories import make_interview, make_member, make_site, make_survey, make_version
from tests.surveys.api.caller import caller

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/job/exports/"
CAME = {  # site, day and hour of November by Shanghai's clock, wave
    "S1": ((1, 23, 1), (2, 0, 1)),
    "S2": ((2, 23, 1), (3, 0, 2)),
}


@pytest.fixture
def form(settings: Settings, tmp_path: Path) -> Questionnaire:
    """Two interviews at each of two sites; the last is of the second wave, and approved."""
    settings.MEDIA_ROOT, settings.TIME_ZONE = tmp_path / "media", "UTC"
    survey = make_survey("ours")
    version = make_version(survey)
    waves = {n: Wave.objects.get_or_create(survey=survey, number=n)[0] for n in (1, 2)}
    for code, came in CAME.items():
        site = make_site(survey, code)
        for day, hour, wave in came:
            moment = datetime(2026, 11, day, hour, tzinfo=UTC)
            states = {1: Interview.State.SUBMITTED, 2: Interview.State.APPROVED}
            Interview.objects.filter(pk=make_interview(site, version).pk).update(
                received_at=moment, wave=waves[wave], state=states[wave]
            )
    return version.questionnaire


def selected(form: Questionnaire, selection: Selection) -> list[str]:
    found = interviews_of(Order(form, selection=selection)).order_by("received_at")
    return [f"{moment:%d-%H}" for moment in found.values_list("received_at", flat=True)]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(), ["01-23", "02-00", "02-23", "03-00"]),
        (Selection(waves=(2,)), ["03-00"]),
        (Selection(sites=("S1",)), ["01-23", "02-00"]),
        (Selection(states=("approved",)), ["03-00"]),
        (Selection(since=date(2026, 11, 2), until=date(2026, 11, 2)), ["02-00", "02-23"]),
        (Selection(sites=("S2",), until=date(2026, 11, 2)), ["02-23"]),
    ],
)
def test_each_limit_holds(form: Questionnaire, selection: Selection, found: list[str]) -> None:
    assert selected(form, selection) == found
    assert Selection.read(selection.written()) == selection


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(sites=("S1", "S9")), "no site S9"),
        (Selection(waves=(3,)), "no wave 3"),
        (Selection(since=date(2026, 11, 2), until=date(2026, 11, 1)), "before the first"),
    ],
)
def test_what_is_not_there_is_not_selected(
    form: Questionnaire, selection: Selection, said: str
) -> None:
    with pytest.raises(NotSelectable, match=said):
        catalogue.request(EXPORTS["submissions_csv"], Order(form, selection=selection))


@pytest.mark.parametrize(
    ("selection", "limits"),
    [
        (Selection(sites=("S1",)), {"place": Place.CITY}),
        (Selection(since=date(2026, 11, 2)), {"dates": Dates.WEEK}),
    ],
)
def test_nobody_selects_by_what_an_audience_is_not_told(
    form: Questionnaire, selection: Selection, limits: dict[str, str]
) -> None:
    audience = Audience.objects.create(survey=form.survey, name="university", **limits)
    order = Order(form, audience=audience, selection=selection)
    with pytest.raises(NotSelectable, match="not told"):
        catalogue.request(EXPORTS["submissions_csv"], order)


def test_the_page_makes_such_a_file_and_tells_what_it_is_of(form: Questionnaire) -> None:
    client = Client()
    client.force_login(make_member(form.survey, Role.COORDINATOR))
    chosen = {"kind": "submissions_csv", "waves": ["1"], "sites": "S1， S2", "until": "2026-11-02"}
    client.post(PAGE, chosen)
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert "-submissions-part-" in str(job.result)
    with job.result.open("rt") as file:
        assert [row["site"] for row in csv.DictReader(file)] == ["S1", "S1", "S2"]
    page = client.get(PAGE).content.decode()
    assert "waves: 1 · sites: S1, S2 · received until Nov. 2, 2026" in page
    page = client.post(PAGE, {"kind": "submissions_csv", "sites": "S9"}).content.decode()
    assert "There is no site S9." in page
    client.post(PAGE, {"kind": "estimates_csv", "sites": "S1"})
    assert Job.objects.count() == 1  # indicators are of everybody


def test_the_command_selects_too(form: Questionnaire, tmp_path: Path) -> None:
    out = tmp_path / "some.csv"
    call_command("export", survey="ours", out=out, wave=[2], site=["S2"])
    with out.open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 1
    with pytest.raises(CommandError, match="no site S9"):
        call_command("export", survey="ours", out=out, site=["S9"])


def test_the_api_selects_too(form: Questionnaire) -> None:
    asker = caller(make_member(form.survey, Role.COORDINATOR))
    wanted: dict[str, Any] = {"kind": "package_zip", "questionnaire": form.pk}
    chosen: dict[str, Any] = {"formats": ["csv"], "files": True, "waves": [1]}
    asker.post("exports", **wanted, **chosen, since="2026-11-02")
    params = Job.objects.get().params
    assert params["selection"] == {"waves": [1], "since": "2026-11-02"}
    assert (params["formats"], params["files"]) == (["csv"], True)
    refused = asker.post("exports", 400, **wanted, sites=["S9"])
    assert "S9" in refused["detail"]
    asker.post("exports", 400, **wanted, formats=["pdf"])
