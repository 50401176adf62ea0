"""The page of what changed between two waves, from a survey asked twice."""

import pytest

from scoring.dashboard.waves import WavesPage, waves_page
from scoring.models import Scheme
from surveys.models import Survey
from tests.scoring.divided import PEOPLE, ask_again, make_divided
from tests.scoring.test_waves import UNLIKE, asked_twice

pytestmark = pytest.mark.django_db


def page_of(scheme: Scheme, **chosen: str) -> WavesPage:
    found = waves_page(scheme, chosen)
    assert found is not None
    return found


def test_everyone_and_the_levels_of_the_first_way() -> None:
    page = page_of(asked_twice(UNLIKE))
    assert page.headings == ["Index", "W", "H", "M0"]
    index = page.everybody[0]
    assert index.change is not None
    assert index.change.text == f"+{100 * 1.5 / PEOPLE:.1f}"
    assert index.title == "Integration index"
    assert [row.title for row in page.levels] == ["a", "b"]
    changes = [row.changes[0].change for row in page.levels]
    assert [change.text for change in changes if change] == ["+25.0", "0.0"]
    assert page.way is not None
    assert (page.way.title, page.shared, page.has_interval) == ("Stratum", 8, True)


def test_the_waves_and_the_way_that_were_chosen() -> None:
    scheme = asked_twice()
    page = page_of(scheme, before="2", after="1", by="age")
    assert [(option.key, option.title) for option in (*page.before, *page.after)] == [
        ("1", "Wave 1"),
        ("2", "Again"),
    ]
    assert page.way is not None
    assert page.way.title == "Age"
    assert [row.title for row in page.levels] == ["young", "old"]
    same = page_of(scheme, before="1", after="1", by="nonsense")
    assert (same.before, same.after) == (page.before, page.after)
    assert same.way is not None
    assert same.way.title == "Stratum"


def test_of_three_waves_the_last_two_unless_others_are_chosen() -> None:
    scheme = asked_twice()
    site = scheme.sites.first()
    assert site is not None
    ask_again({site.site: 6})
    page = page_of(scheme)
    assert [option.key for option in page.before if option.is_chosen] == ["2"]
    assert [option.key for option in page.after if option.is_chosen] == ["3"]
    other = page_of(scheme, before="1", after="3")
    assert [option.key for option in other.before if option.is_chosen] == ["1"]


def test_a_sure_change_is_marked() -> None:
    scheme = make_divided(UNLIKE)
    sites = [row.site for row in scheme.sites.order_by("pk")]
    ask_again({site: 11 - number % 2 for number, site in enumerate(sites)})
    index = page_of(scheme).everybody[0]
    assert index.is_sure
    assert index.p.startswith(("0.0", "<0.001"))
    assert " … " in index.margin


def test_a_hidden_number_says_why_and_has_no_change() -> None:
    scheme = asked_twice()
    made = scheme.estimate_sets.get(wave__number=2)
    made.estimates.filter(by="stratum", level="a", variable="index").update(
        suppressed="n<10", estimate=None, n=None
    )
    change = page_of(scheme).levels[0].changes[0]
    assert (change.change, change.margin, change.is_sure) == (None, "", False)
    assert change.reason.startswith("Fewer than 10 people")


def test_one_wave_has_no_page() -> None:
    assert waves_page(make_divided(), {}) is None


def test_people_asked_without_chances_have_changes_without_intervals() -> None:
    scheme = asked_twice(UNLIKE)
    Survey.objects.update(is_probability_sample=False)
    scheme.estimate_sets.update(is_probability_sample=False)
    page = page_of(scheme)
    assert not page.has_interval
    assert page.everybody[0].change is not None
    assert (page.everybody[0].margin, page.everybody[0].p) == ("", "")
