"""A scheme copied on its page: what is typed, what is refused, and who may."""

import re

import pytest
from django.urls import reverse

from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.models import Nudge, QuestionnaireVersion, Role, Site
from tests.factories import make_site, make_survey, make_version
from tests.scoring.admin.people import LOOKERS, make_scheme, member, stranger
from tests.scoring.test_rankings import ODD, RANK_FORM, USUAL, answered

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "experts",
    "weight_S1": "30.01",
    "weight_S2": "29.99",
    "weight_S3": "20",
    "weight_S4": "10",
    "weight_S5": "10.00",
    "weight_P": "",
}


@pytest.fixture
def scheme() -> Scheme:
    return make_scheme(make_survey("five", name="Five"))


@pytest.fixture
def site(scheme: Scheme) -> Site:
    return make_site(scheme.survey, "S1")


@pytest.fixture
def version(scheme: Scheme) -> QuestionnaireVersion:
    return make_version(scheme.survey, RANK_FORM)


def address(scheme: Scheme) -> str:
    return reverse("admin:scoring_scheme_copy", args=(scheme.pk,))


def values(html: str) -> dict[str, str]:
    """What the form's fields hold, by name; blank ones left out."""
    fields = (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", html))
    held = {field.get("name", ""): field.get("value", "") for field in fields}
    return {name: held[name] for name in TYPED if held.get(name)}


def posted(scheme: Scheme, status: int, **changed: str) -> str:
    response = member(scheme.survey).post(address(scheme), {**TYPED, **changed})
    assert response.status_code == status
    return response.content.decode()


def test_the_form_starts_with_the_weights_of_what_is_copied(scheme: Scheme) -> None:
    html = member(scheme.survey).get(address(scheme)).content.decode()
    assert values(html) == {f"weight_S{number}": "20.00" for number in range(1, 6)}


@pytest.mark.django_db(transaction=True)
def test_the_copy_is_added_and_everybody_is_scored_by_it(scheme: Scheme) -> None:
    posted(scheme, 302)
    copied = Scheme.objects.get(name="experts")
    weights = [standard.weight for standard in spec_of(copied).weighted]
    assert weights == [3001, 2999, 2000, 1000, 1000]
    assert Nudge.objects.filter(key="score").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "equal-v1"}, "There is a scheme “equal-v1” already."),
        ({"name": "two words"}, "Use 1 to 50 letters a to z, digits, - and _."),
        ({"weight_S1": "30"}, "The weights add up to 99.99 %. Make it 100.00 %."),
        ({"weight_S1": "-30.01"}, "greater than or equal to 0"),
        ({"weight_S1": "30.011"}, "no more than 2 decimal places"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    scheme: Scheme, changed: dict[str, str], sentence: str
) -> None:
    html = posted(scheme, 422, **changed)
    assert sentence in html
    assert values(html) == {k: v for k, v in {**TYPED, **changed}.items() if v}
    assert Scheme.objects.count() == 1


def test_an_index_of_too_few_standards_is_refused(scheme: Scheme) -> None:
    html = posted(scheme, 422, weight_S4="", weight_S5="", weight_S1="50.01")
    assert "Give at least 4 standards a weight" in html


def test_name_and_weights_are_refused_together(scheme: Scheme) -> None:
    html = posted(scheme, 422, name="equal-v1", weight_S1="30")
    assert "already" in html
    assert "99.99 %" in html


def test_a_questionnaire_that_has_moved_on_is_said_on_the_form(
    scheme: Scheme, version: QuestionnaireVersion
) -> None:
    html = posted(scheme, 422)
    assert "does not ask these questions exactly once" in html
    assert values(html)["name"] == "experts"


@pytest.mark.parametrize(
    ("start", "weights"),
    [
        ("equal", "20.00 20.00 20.00 20.00 20.00"),
        ("rank_sum", "33.33 26.67 20.00 13.33 6.67"),
        ("centroid", "45.67 25.67 15.66 9.00 4.00"),
    ],
)
def test_a_button_fills_the_usual_weights_in(scheme: Scheme, start: str, weights: str) -> None:
    html = posted(scheme, 200, start=start)
    filled = {f"weight_S{number}": text for number, text in enumerate(weights.split(), 1)}
    assert values(html) == {"name": "experts", **filled}
    assert Scheme.objects.count() == 1


def test_weights_come_from_a_ranking(
    scheme: Scheme, version: QuestionnaireVersion, site: Site
) -> None:
    for answer in [USUAL] * 9 + [ODD]:
        answered(version, site, answer)
    html = member(scheme.survey).get(address(scheme)).content.decode()
    assert "From the ranking in question matters (10 people; W = 0.98, strong agreement" in html
    filled = values(posted(scheme, 200, start="matters:each_rank_sum"))
    assert filled["weight_S1"] == "32.67"


def test_a_ranking_that_gives_no_weights_says_why(
    scheme: Scheme, version: QuestionnaireVersion, site: Site
) -> None:
    answered(version, site, USUAL)
    html = member(scheme.survey).get(address(scheme)).content.decode()
    assert "Too few people ranked the standards" in html
    assert "luck → ?" in html
    assert "each_rank_sum" not in html


def test_before_the_fieldwork_nobody_ranked(scheme: Scheme, version: QuestionnaireVersion) -> None:
    html = member(scheme.survey).get(address(scheme)).content.decode()
    assert "No fieldwork has begun." in html


@pytest.mark.parametrize("role", LOOKERS)
def test_who_may_only_look_does_not_copy(scheme: Scheme, role: Role) -> None:
    client = member(scheme.survey, role)
    assert client.get(address(scheme)).status_code == 403
    assert client.post(address(scheme), TYPED).status_code == 403
    assert Scheme.objects.count() == 1


def test_a_stranger_does_not_find_it(scheme: Scheme) -> None:
    assert stranger().post(address(scheme), TYPED).status_code == 404
    assert Scheme.objects.count() == 1
