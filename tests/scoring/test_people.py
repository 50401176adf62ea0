"""A wave's people in columns: read in few queries, some of them, others joined, under other weights."""

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from scoring.maths.cells import ALL
from scoring.models import Scheme
from scoring.people import People, Person, judged
from surveys.models import Case, Interview, Site, Wave, Weight, WeightVersion
from tests.scoring.divided import PEOPLE, make_divided

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return make_divided()


@pytest.fixture
def people(scheme: Scheme) -> People:
    return judged(scheme, Wave.objects.get())


def test_they_are_read_in_as_many_queries_however_many_sites(
    scheme: Scheme, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wave = Wave.objects.get()
    judged(scheme, wave)  # the scheme is parsed once a process
    with django_assert_num_queries(2):
        found = judged(scheme, wave)
    assert len(found.sites) == 8
    assert len(found) == 8 * PEOPLE


def test_they_stand_in_the_order_of_their_interviews(people: People) -> None:
    rows = Interview.objects.order_by("pk").values_list("pk", "site__stratum", "site__psu")
    assert people.interviews.tolist() == [pk for pk, _, _ in rows]
    assert people.levels("stratum").tolist() == [stratum for _, stratum, _ in rows]
    assert len(set(people.psus.tolist())) == len({row[1:] for row in rows})
    assert people.members(ALL, ALL).all()
    assert people.members("stratum", "a").sum() == 4 * PEOPLE


def test_some_of_them(people: People) -> None:
    wanted = people.interviews[[5, 1]].tolist()
    assert people.only(wanted).interviews.tolist() == sorted(wanted)
    assert len(people.only([])) == 0
    assert people.only([]).columns(np.zeros(0)) == {}


def test_others_are_joined_where_somebody_was_judged(people: People) -> None:
    [first, *rest] = people.interviews.tolist()
    site = people.sites[0].site
    back = Person(first, bytes(people.items[0]), {"age": None}, None, site)
    elsewhere = Person(0, bytes(people.items[0]), {}, None, Site.objects.latest("pk").pk + 1)
    found = people.only(rest).joined([back, elsewhere])
    assert found.interviews.tolist() == people.interviews.tolist()
    assert found.scores.index.tolist() == people.scores.index.tolist()
    assert found.levels("age")[0] == ""


def test_a_case_has_its_weight_and_who_has_none_the_sites(scheme: Scheme) -> None:
    wave, interview = Wave.objects.get(), Interview.objects.earliest("pk")
    assert interview.site is not None
    interview.case = Case.objects.create(wave=wave, site=interview.site, code="C1")
    interview.save()
    version = WeightVersion.objects.create(wave=wave, name="w")
    Weight.objects.create(version=version, case=interview.case, value=5.0)
    scheme.sites.filter(site=interview.site).update(weights=version, design_weight=2.0)
    found = judged(scheme, wave)
    assert found.weights[:2].tolist() == [5.0, 2.0]
    assert found.weights_under({interview.case.pk: 7.0})[:2].tolist() == [7.0, 2.0]
