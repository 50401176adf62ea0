"""The page of webhooks: set up, looked at, switched, sent again."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from surveys.models import Role, Survey, Webhook, WebhookDelivery
from surveys.webhooks import hooks
from tests.factories import make_member, make_survey
from tests.surveys.admin.office import client_in, text

pytestmark = pytest.mark.django_db
NEW = "/admin/surveys/webhook/new/"
URL = "https://example.org/hook"


@pytest.fixture
def survey() -> Survey:
    return make_survey("river")


@pytest.fixture
def coordinator(survey: Survey) -> Client:
    return client_in(survey)


@pytest.fixture
def hook(survey: Survey) -> Webhook:
    by = make_member(survey, Role.COORDINATOR)
    return hooks.add(survey, URL, [Webhook.Event.RECEIVED], by)


def page_of(hook: Webhook) -> str:
    return f"/admin/surveys/webhook/{hook.pk}/messages/"


def test_one_is_set_up(coordinator: Client, survey: Survey) -> None:
    assert "Set up" in text(coordinator, NEW)
    asked = {"url": URL, "events": ["interview.received", "estimates.refreshed"]}
    answer = coordinator.post(f"{NEW}?{urlencode({'survey': survey.pk})}", asked, follow=True)
    hook = Webhook.objects.get()
    assert (hook.url, hook.survey, hook.is_active) == (URL, survey, True)
    assert hook.secret in answer.text


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://example.org/", "must begin with https"), ("https://10.0.0.1/", "public network")],
)
def test_what_leads_nowhere_public_is_refused(coordinator: Client, url: str, said: str) -> None:
    answer = coordinator.post(NEW, {"url": url, "events": ["interview.received"]})
    assert answer.status_code == 422
    assert said in answer.text
    assert not Webhook.objects.exists()


def test_it_is_switched_off_and_on(coordinator: Client, hook: Webhook) -> None:
    for is_active in (False, True):
        coordinator.post(f"/admin/surveys/webhook/{hook.pk}/switch/")
        hook.refresh_from_db()
        assert hook.is_active == is_active


def test_messages_are_listed_and_sent_again(coordinator: Client, hook: Webhook) -> None:
    message = WebhookDelivery.objects.create(
        webhook=hook,
        message_id="msg_1",
        event="interview.received",
        payload={},
        state=WebhookDelivery.State.FAILED,
        attempts=7,
        answer="Answered with %(status)s",
        answer_params={"status": 503},
    )
    page = text(coordinator, page_of(hook))
    assert "Answered with 503" in page
    assert "Given up" in page
    coordinator.post(f"/admin/surveys/webhook/{hook.pk}/again/{message.pk}/")
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("waiting", 0)


def test_only_coordinators_of_the_survey_see_it(survey: Survey, hook: Webhook) -> None:
    for client in (client_in(survey, Role.ANALYST), client_in(make_survey())):
        assert client.get(page_of(hook)).status_code in (403, 404)
        assert URL not in client.get("/admin/surveys/webhook/", follow=True).text
