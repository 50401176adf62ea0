"""Interviews found by what people know of them."""

import pytest
from django.test import Client

from surveys.models import Interview, QuestionnaireVersion, Role, Site
from surveys.submissions import Sender
from tests.factories import make_enumerator, make_site, make_survey, make_version, receive
from tests.surveys.admin.office import client_in

pytestmark = pytest.mark.django_db
LIST = "/admin/surveys/interview/"


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey())


@pytest.fixture
def sites(version: QuestionnaireVersion) -> list[Site]:
    """At each one interview by a person of its own, E1 and E2."""
    survey = version.questionnaire.survey
    sites = [make_site(survey, "S1"), make_site(survey, "S2")]
    for number, site in enumerate(sites, start=1):
        person = make_enumerator(site, f"E{number}")
        receive(
            version, Sender(person), f"uuid:abc{number}", psu_id=site.code, age="30", works="no"
        )
    return sites


def found(client: Client, words: str) -> list[str]:
    rows: list[Interview] = list(client.get(LIST, {"q": words}).context["cl"].result_list)
    return sorted(row.root_uuid for row in rows)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("S1", ["uuid:abc1"]),
        ("s2", ["uuid:abc2"]),
        ("E2", ["uuid:abc2"]),
        ("S1 E1", ["uuid:abc1"]),
        ("S1 E2", []),
        ("abc", ["uuid:abc1", "uuid:abc2"]),
        ("uuid:abc2", ["uuid:abc2"]),
        ("nowhere", []),
    ],
)
def test_a_search_knows_sites_enumerators_and_ids(
    sites: list[Site], words: str, ids: list[str]
) -> None:
    assert found(client_in(sites[0].survey), words) == ids


def test_who_may_not_know_enumerators_finds_nothing_by_them(sites: list[Site]) -> None:
    analyst = client_in(sites[0].survey, Role.ANALYST)
    assert found(analyst, "E1") == []
    assert found(analyst, "S1") == ["uuid:abc1"]
