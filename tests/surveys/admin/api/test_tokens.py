"""The page of API tokens: made once, shown once, switched off by whom it concerns."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys import api_tokens
from surveys.models import ApiToken, Role, Survey
from tests.factories import make_member, make_survey
from tests.surveys.admin.office import client_in, client_of, text

pytestmark = pytest.mark.django_db
NEW = "/admin/surveys/apitoken/new/"
LIST = "/admin/surveys/apitoken/"


@pytest.fixture
def survey() -> Survey:
    return make_survey("river")


@pytest.fixture
def analyst(survey: Survey) -> Client:
    return client_in(survey, Role.ANALYST)


def test_a_token_is_made_and_shown_once(analyst: Client, survey: Survey) -> None:
    asked = {"name": "nightly", "scopes": ["read:estimates"], "lasts": "30", "surveys": [survey.pk]}
    page = analyst.post(NEW, asked)
    assert page["Cache-Control"].startswith("max-age=0")
    clear = re.findall(r'value="(fst_[\w-]+)"', page.text)
    assert len(clear) == 1
    holder = api_tokens.holder_of(clear[0])
    assert holder is not None
    assert holder.token.scopes == ["read:estimates"]
    assert not holder.token.is_of_all
    assert timedelta(days=29) < holder.token.expires_at - timezone.now() <= timedelta(days=30)
    assert "nightly" in text(analyst, LIST)
    assert clear[0] not in text(analyst, LIST)


def test_without_a_survey_it_is_for_all(analyst: Client) -> None:
    analyst.post(NEW, {"name": "n", "scopes": ["read:estimates"], "lasts": "365"})
    assert ApiToken.objects.get().is_of_all


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"lasts": "400"}, {"surveys": ["0"]}],
)
def test_what_is_left_out_or_too_much_is_asked_again(
    analyst: Client, wrong: dict[str, object]
) -> None:
    asked = {"name": "n", "scopes": ["read:estimates"], "lasts": "30", **wrong}
    assert analyst.post(NEW, asked).status_code == 422
    assert not ApiToken.objects.exists()


def test_coordinators_switch_off_those_of_members_and_nobody_elses(survey: Survey) -> None:
    owner = make_member(survey, Role.ANALYST)
    token = api_tokens.issue(owner, "s", [], timedelta(days=1), None).token
    address = reverse("admin:surveys_apitoken_revoke", args=(token.pk,))
    assert client_in(survey, Role.ANALYST).post(address).status_code == 404
    assert client_in(make_survey()).post(address).status_code == 404
    coordinator = client_in(survey)
    assert "From now on" in text(coordinator, address)
    coordinator.post(address)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "switched off already" in text(client_of(owner), address)
