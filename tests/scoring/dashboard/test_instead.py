"""A choice in an address that is not there: what is shown instead is said, on every page alike."""

import pytest
from django.utils.translation import override

from scoring.dashboard.instead import Shown, instead
from surveys.models import Role, Survey
from tests.factories import make_member, make_survey
from tests.scoring.admin.people import signed_in
from tests.scoring.dashboard.rows import make_golden, make_set
from tests.scoring.test_waves import asked_twice

pytestmark = pytest.mark.django_db

DASHBOARD = "/admin/"
FIGURES = "/admin/dashboard/figures"
EXPLAIN = "/admin/dashboard/explain"
COMPARE = "/admin/scoring/scheme/compare/"
WAVES = "/admin/scoring/groupcomparison/waves/"
NO_SCHEME = "This survey has no scheme “nope”: equal-v1 is shown instead."
NO_GROUP = "There are no numbers of the group “zz”: Everyone is shown instead."
NO_WAY = "Nothing divides people by “nope”: "
ROLE = Role.ANALYST


def test_what_was_asked_for_needs_no_word() -> None:
    shown = {"scheme": Shown("a", "A"), "people": Shown("", "Everyone"), "by": None}
    assert instead({"scheme": "a", "by": "nope", "other": "x"}, shown) == []
    assert instead({"scheme": "", "people": ""}, shown) == []


def test_each_choice_that_is_not_there_has_its_sentence() -> None:
    shown = {"scheme": Shown("a", "A"), "then": Shown("b", "B")}
    with override("en"):
        assert instead({"scheme": "x", "then": "y"}, shown) == [
            "This survey has no scheme “x”: A is shown instead.",
            "This survey has no scheme “y”: B is shown instead.",
        ]


@pytest.mark.parametrize(
    ("address", "params", "sentence"),
    [
        (DASHBOARD, {"scheme": "nope"}, NO_SCHEME),
        (DASHBOARD, {"people": "zz"}, NO_GROUP),
        (EXPLAIN, {"scheme": "nope"}, NO_SCHEME),
        (EXPLAIN, {"people": "zz"}, NO_GROUP),
        (COMPARE, {"by": "nope"}, NO_WAY),
    ],
)
def test_every_page_says_what_is_shown_instead(
    address: str, params: dict[str, str], sentence: str
) -> None:
    survey = make_survey("five")
    make_golden(survey)
    make_set(survey, "drc-roc-v1")
    client = signed_in(make_member(survey, ROLE))
    assert sentence in client.get(address, params).content.decode()
    assert "shown instead" not in client.get(address).content.decode()


def test_an_open_page_goes_on_saying_so() -> None:
    survey = make_survey("five")
    make_golden(survey)
    html = signed_in(make_member(survey, ROLE)).get(FIGURES, {"people": "zz"}).json()["html"]
    assert NO_GROUP in html


def test_waves_say_so_too() -> None:
    asked_twice()
    client = signed_in(make_member(Survey.objects.get(), ROLE))
    html = client.get(WAVES, {"by": "nope", "scheme": "nope"}).content.decode()
    assert "Nothing divides people by “nope”: Stratum is shown instead." in html
    assert "This survey has no scheme “nope”" in html
    assert "shown instead" not in client.get(WAVES, {"by": "age"}).content.decode()
