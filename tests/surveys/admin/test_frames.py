"""A frame from a file and a sample drawn on its page: faults at once, seen first, read by whom."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys.models import Draw, FrameUnit, Role, Survey, User
from tests.factories import make_city, make_member, make_survey
from tests.surveys.admin.office import client_of
from tests.surveys.test_frames import drawn, make_units

pytestmark = pytest.mark.django_db
CSV = "0"
TABLE = "编码,分层,城市,人数\nA1,east,c01,120\nA2,east,c01,80\nB1,west,,\n"
NEW = reverse("admin:surveys_draw_new")
ASKED = {
    "method": "simple",
    "units": "5",
    "allocation": "proportional",
    "fewest": "2",
    "replacements": "1",
    "order": "listed",
    "target": "8",
    "seed": "7",
}


@pytest.fixture
def survey() -> Survey:
    make_city("c01")
    return make_survey("ours")


@pytest.fixture
def coordinator(survey: Survey) -> User:
    return make_member(survey, Role.COORDINATOR)


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def preview(client: Client, survey: Survey, table: str) -> Any:
    file = SimpleUploadedFile("frame.csv", table.encode())
    data = {"import_file": file, "format": CSV, "resource": "", "survey": survey.pk}
    return client.post(reverse("admin:surveys_frameunit_import"), data)


def confirm(client: Client, previewed: Any) -> Any:
    fields = previewed.context["confirm_form"].initial
    address = reverse("admin:surveys_frameunit_process_import")
    return client.post(address, fields, follow=True)


def bring(client: Client, survey: Survey, table: str) -> None:
    confirm(client, preview(client, survey, table))


def test_a_frame_comes_in_after_a_preview(client: Client, survey: Survey) -> None:
    previewed = preview(client, survey, TABLE)
    assert not FrameUnit.objects.exists()
    confirm(client, previewed)
    rows = survey.frame_units.values_list("code", "stratum", "psu", "city__code", "size")
    assert list(rows) == [
        ("A1", "east", "A1", "c01", 120.0),
        ("A2", "east", "A2", "c01", 80.0),
        ("B1", "west", "B1", None, None),
    ]


def test_a_second_file_changes_and_adds(client: Client, survey: Survey) -> None:
    bring(client, survey, TABLE)
    bring(client, survey, "code,stratum,city,size\nA1,east,c01,120\nA2,east,c01,90\nC1,west,,5\n\n")
    assert dict(survey.frame_units.values_list("code", "size")) == {
        "A1": 120.0,
        "A2": 90.0,
        "B1": None,
        "C1": 5.0,
    }


def test_the_same_codes_in_another_survey_are_other_units(client: Client, survey: Survey) -> None:
    make_units(make_survey("theirs"), None, "east", 3)
    bring(client, survey, "code\nE00\n")
    assert FrameUnit.objects.filter(code="E00").count() == 2


def test_all_faults_are_said_at_once(client: Client, survey: Survey) -> None:
    table = "code,stratum,city,size,lat,lon\nA1,east,c99,many,95,\n,east,,-1,,\nA1,,,,,\n"
    said = preview(client, survey, table).content.decode()
    for sentence in (
        "Row 2",
        "city: there is no c99 here",
        "size: “many” is no number",
        "longitude is blank",
        "Row 3",
        "code is blank",
        "size: -1 is not above 0",
        "Row 4",
        "The code is that of row 2",
        "stratum is blank",
    ):
        assert sentence in said
    assert not FrameUnit.objects.exists()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("name\nsomewhere\n", "The column code is missing"),
        ("code,strat\nA1,east\n", "strat (strata?)"),
        ("code,编码\nA1,A1\n", "means code once more"),
    ],
)
def test_a_table_that_is_no_frame_is_refused(
    client: Client, survey: Survey, table: str, sentence: str
) -> None:
    assert sentence in preview(client, survey, table).content.decode()


def test_nobody_imports_into_the_frame_of_others(client: Client) -> None:
    assert "confirm_form" not in (preview(client, make_survey("theirs"), TABLE).context or {})


def look(client: Client, survey: Survey, **changes: str) -> Any:
    return client.post(f"{NEW}?survey={survey.pk}", {**ASKED, **changes})


def test_a_sample_is_looked_at_and_then_drawn(client: Client, survey: Survey) -> None:
    make_units(survey, None, "east", 12)
    make_units(survey, None, "west", 8)
    seen = look(client, survey)
    assert "5 sites would be drawn with seed 7" in seen.content.decode()
    assert not Draw.objects.exists()
    page = client.post(
        f"{NEW}?survey={survey.pk}", {**ASKED, "keep": seen.context["proposal"].digest}, follow=True
    )
    assert "The sample is drawn, and 5 sites are there." in page.content.decode()
    kept = Draw.objects.get()
    assert (kept.seed, kept.is_seed_given, survey.sites.count()) == (7, True, 5)


def test_a_seed_is_made_where_none_is_given(client: Client, survey: Survey) -> None:
    make_units(survey, None, "east", 12)
    form = look(client, survey, seed="").context["form"]
    seed = form.cleaned_data["seed"]
    given = {"seed": str(seed), "made_seed": str(seed)}
    digest = look(client, survey, **given).context["proposal"].digest
    look(client, survey, keep=digest, **given)
    kept = Draw.objects.get()
    assert (kept.seed, kept.is_seed_given) == (seed, False)


def test_other_numbers_than_those_seen_are_not_drawn(client: Client, survey: Survey) -> None:
    make_units(survey, None, "east", 12)
    seen = look(client, survey).context["proposal"].digest
    page = look(client, survey, units="6", keep=seen).content.decode()
    assert "Something changed since you looked" in page
    assert "6 sites would be drawn" in page
    assert not Draw.objects.exists()


def test_numbers_and_spreads_by_stratum(client: Client, survey: Survey) -> None:
    make_units(survey, None, "east", 12)
    make_units(survey, None, "west", 8)
    fixed = look(client, survey, allocation="fixed", units="", fixed_0="3", fixed_1="4")
    assert [part.drawn for part in fixed.context["parts"]] == [3, 4]
    spread = look(client, survey, allocation="neyman", units="8", spread_0="1", spread_1="3")
    assert [part.drawn for part in spread.context["parts"]] == [3, 5]  # as 12 x 1 to 8 x 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"units": ""}, "Say how many sites to draw."),
        ({"units": "99"}, "In all: there are only 13 to draw from."),
        ({"method": "pps"}, "1 units have no size: N00."),
        ({"takes_people": "on", "target": "0"}, "Interviews at each site: give 1 or more"),
        ({"target": "9999999999"}, "less than or equal to 100000"),
        ({"allocation": "fixed", "fixed_0": "2"}, "Stratum north: give its number below."),
    ],
)
def test_what_cannot_be_drawn_is_said(
    client: Client, survey: Survey, changes: dict[str, str], sentence: str
) -> None:
    make_units(survey, None, "east", 12)
    make_units(survey, None, "north", 1, size=None)
    assert sentence in look(client, survey, **changes).content.decode()


def test_a_survey_without_a_frame_leads_to_its_import(client: Client, survey: Survey) -> None:
    assert reverse("admin:surveys_frameunit_import") in client.get(NEW).content.decode()


def test_a_sites_replacement_is_named_before_it_comes_in(
    client: Client, survey: Survey, coordinator: User
) -> None:
    make_units(survey, None, "east", 12)
    kept = drawn(survey, coordinator)
    gone, came = kept.units.get(number=1), kept.units.filter(is_reserve=True)[0]
    address = reverse("admin:surveys_draw_replace", args=(kept.pk, 1))
    assert f"Let {came.code} come in" in client.get(address).content.decode()
    assert "required" in client.post(address, {"reason": ""}).content.decode()
    assert client.get(address).context["interviews"] == 0
    page = client.post(address, {"reason": "flooded"}, follow=True).content.decode()
    assert f"{came.code} comes in for {gone.code}." in page
    assert "flooded" in page
    again = client.post(address, {"reason": "flooded"}, follow=True).content.decode()
    assert f"{gone.code} was replaced already." in again
    file = client.get(reverse("admin:surveys_draw_units", args=(kept.pk,)))
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = {row["code"]: row for row in csv.DictReader(StringIO(text))}
    assert rows[gone.code]["replaced_by"] == came.code
    assert float(rows[came.code]["probability"]) == came.probability
    assert len(rows) == kept.units.count()


def test_sites_are_shared_out_among_those_ticked(
    client: Client, survey: Survey, coordinator: User
) -> None:
    make_units(survey, None, "east", 12)
    kept = drawn(survey, coordinator)
    person = make_member(survey, Role.ENUMERATOR, "E1")
    make_member(survey, Role.ENUMERATOR, "E2")
    address = reverse("admin:surveys_draw_spread", args=(kept.pk,))
    assert "Choose the people first." in client.post(address, follow=True).content.decode()
    page = client.post(address, {"person": [person.pk]}, follow=True).content.decode()
    assert "6 sites are assigned." in page
    assert person.assignments.count() == 6
    assert "Spread evenly" not in page
    assert page.count('data-head="Enumerator">E1</td>') == 6


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST])
def test_others_of_the_staff_read_a_sample_and_change_nothing(
    survey: Survey,
    coordinator: User,
    role: Role,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_units(survey, None, "east", 12)
    kept = drawn(survey, coordinator)
    person = make_member(survey, Role.ENUMERATOR, "Kublai")
    kept.survey.sites.earliest("pk").assignments.create(enumerator=person)
    reader = Client()
    reader.force_login(make_member(survey, role))
    with django_assert_max_num_queries(20):
        page = reader.get(reverse("admin:surveys_draw_change", args=(kept.pk,))).content.decode()
    assert kept.units.get(number=1).code in page
    assert "Cannot be done" not in page
    assert "Kublai" not in page
    assert reader.get(NEW).status_code == 403
    for name, more in (("replace", (1,)), ("spread", ())):
        address = reverse(f"admin:surveys_draw_{name}", args=(kept.pk, *more))
        assert reader.post(address, {"reason": "no"}).status_code == 403
