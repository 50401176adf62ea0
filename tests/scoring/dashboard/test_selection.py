"""What is read for the first page: everything of the chosen group, little of the others."""

from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.utils import timezone

from scoring.dashboard.page import Look, Page
from scoring.dashboard.selection import recipe_of, select, shown
from scoring.models import EstimateSet, GroupComparison
from surveys.models import Role, Survey, User, Wave
from tests.factories import make_member, make_survey, make_version
from tests.scoring.dashboard.rows import CITY_FORM, make_golden, spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> EstimateSet:
    made = make_golden(make_survey("five"))
    for by, level in (("all", "all"), ("a3", "f"), ("a3", "m")):
        made.estimates.create(variable="X_s1_1", by=by, level=level, n=50, estimate=0.1)
    return made


@pytest.mark.parametrize(
    ("people", "levels"), [("", {"all"}), ("a3=f", {"all", "f"}), ("nonsense", {"all"})]
)
def test_details_are_read_of_the_chosen_group_alone(
    made: EstimateSet, people: str, levels: set[str]
) -> None:
    found = shown(made, spec(), Look(people))
    assert {row.level for row in found if row.variable == "X_s1_1"} == levels
    assert found.filter(variable="index").count() == made.estimates.filter(variable="index").count()


def test_nothing_that_is_shown_is_missing(made: EstimateSet) -> None:
    user = make_member(Survey.objects.get(), Role.ANALYST)
    recipe = recipe_of(select(user, {"people": "a3=f"}))
    assert recipe is not None
    page = recipe.page()
    assert page.composition is not None
    assert all(threshold.headcount.value is not None for threshold in page.thresholds)
    item = page.composition.first[0]
    assert (item.name, item.share.text) == ("s1_1", "10.0%")
    assert page.trend == []


def test_the_panel_is_plain_html(made: EstimateSet) -> None:
    """Ten questions, the others folded away, and hidden numbers with their reason."""
    client = Client()
    client.force_login(make_member(Survey.objects.get(), Role.ANALYST))
    assert "Show 25 more questions" not in client.get("/admin/").content.decode()
    for name, share, suppressed in (("XS_S1", 0.333, ""), ("XS_S2", 0.777, "poor<10")):
        made.estimates.create(
            variable=name, by="all", level="all", n=50, estimate=share, suppressed=suppressed
        )
    EstimateSet.objects.update(computed_at=timezone.now())
    html = client.get("/admin/").content.decode()
    panel = html[html.index("What lack of integration is made of") :]
    assert "33.3%" in panel
    assert "77.7" not in html
    assert "Those not integrated are fewer than 10 people" in panel
    assert "Show 25 more questions" in panel


def second_wave(made: EstimateSet, interviews: int = 10) -> EstimateSet:
    """A later wave in which women's index is another."""
    wave = Wave.objects.create(survey=made.scheme.survey, number=2, name="Again")
    again = EstimateSet.objects.create(
        scheme=made.scheme, wave=wave, interviews=interviews, computed_at=timezone.now()
    )
    for by, level, share in (("all", "all", 0.6), ("a3", "f", 0.7)):
        again.estimates.create(variable="index", by=by, level=level, n=50, estimate=share)
    return again


def look(**params: str) -> Page:
    """The page as an analyst asks for it."""
    user = User.objects.filter(memberships__role=Role.ANALYST).first()
    selection = select(user or make_member(Survey.objects.get(), Role.ANALYST), params)
    recipe = recipe_of(selection)
    assert recipe is not None
    return recipe.page()


def test_waves_stand_beside_each_other_once_there_are_two(made: EstimateSet) -> None:
    again = second_wave(made)
    page = look(people="a3=f")
    assert [(each.title, each.index.text, each.is_chosen) for each in page.trend] == [
        ("Wave 1", "53.0", False),
        ("Again", "70.0", True),
    ]
    EstimateSet.objects.filter(pk=again.pk).update(interviews=0)
    assert look().trend == []


def test_an_earlier_wave_can_be_chosen(made: EstimateSet) -> None:
    second_wave(made)
    assert look().index.text == "60.0"
    assert look(wave="1").index.text == "53.8"
    assert look(wave="nonsense").index.text == "60.0"


@pytest.mark.parametrize(("k", "chosen"), [("", "1/3"), ("1/2", "1/2"), ("9", "1/3")])
def test_a_cutoff_can_be_chosen(made: EstimateSet, k: str, chosen: str) -> None:
    assert look(k=k).threshold.title == chosen
    assert look(k=k).headline.title == "1/3"


def test_another_group_stands_beside_the_chosen_one(made: EstimateSet) -> None:
    page = look(people="a3=f", beside="a3=m")
    assert page.beside is not None
    assert page.beside.level == "m"
    alone = look(people="a3=m")
    assert [each.beside for each in page.standards] == [each.score for each in alone.standards]
    all_of_them = look(people="a3=f", beside="all=all")
    assert all_of_them.standards[0].beside == look().standards[0].score
    assert all_of_them.beside is not None
    assert all_of_them.beside.title == "Everyone"  # charts name it


@pytest.mark.parametrize("beside", ["", "a3=f", "nonsense"])
def test_nobody_stands_beside_without_another_group(made: EstimateSet, beside: str) -> None:
    page = look(people="a3=f", beside=beside)
    assert page.beside is None
    assert {each.beside for each in page.standards} == {None}


LAYERS = {
    "groups": ["c01", "c02"],
    "layers": {
        "sampling": {"low": [1.0, 2.0], "high": [2.0, 4.0]},
        "both": {"low": [1.0, 1.0], "high": [5.0, 7.0]},
    },
}


def compared(made: EstimateSet, revision: int) -> None:
    GroupComparison.objects.create(
        scheme=made.scheme,
        wave=made.wave,
        by="a1",
        findings=LAYERS,
        seed=1,
        draws=1,
        interviews=1,
        built_revision=revision,
        computed_at=timezone.now(),
    )


def ranks(page: Page) -> dict[str, str]:
    return {city.code: city.ranks for city in page.cities}


def test_ranks_are_open_by_the_layer_that_is_chosen(made: EstimateSet) -> None:
    make_version(made.scheme.survey, CITY_FORM)
    assert look(ranks="both").layers == []
    compared(made, made.built_revision)
    usual = look()
    assert [(each.key, each.is_chosen) for each in usual.layers] == [
        ("", True),
        ("sampling", False),
        ("both", False),
    ]
    by_both = look(ranks="both")
    assert [each.key for each in by_both.layers if each.is_chosen] == ["both"]
    assert (ranks(by_both)["c01"], ranks(by_both)["c02"], ranks(by_both)["c03"]) == (
        "1–5",
        "1–7",
        "",
    )
    assert ranks(look(ranks="nonsense")) == ranks(usual)


def test_layers_of_older_numbers_are_not_shown(made: EstimateSet) -> None:
    make_version(made.scheme.survey, CITY_FORM)
    compared(made, made.built_revision + 1)
    assert look(ranks="both").layers == []


def test_the_address_names_all_that_is_chosen_and_nothing_else(made: EstimateSet) -> None:
    second_wave(made)
    user = make_member(Survey.objects.get(), Role.ANALYST)
    asked = {
        "survey": "five",
        "scheme": "equal-v1",
        "wave": "1",
        "people": "a3=f",
        "beside": "a3=m",
        "k": "1/2",
        "ranks": "both",
    }
    chosen = select(user, asked)
    assert dict(parse_qsl(chosen.address)) == asked
    assert select(user, dict(parse_qsl(chosen.address))) == chosen
    assert dict(parse_qsl(select(user, {}).address)) == {"survey": "five", "scheme": "equal-v1"}
