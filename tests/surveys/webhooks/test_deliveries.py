"""Messages: made of what happened, signed, sent in order, tried again, given up loudly."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from surveys import erasure, horizon
from surveys.models import (
    Interview,
    QuestionnaireVersion,
    Role,
    Site,
    Tombstone,
    Webhook,
    WebhookDelivery,
)
from surveys.webhooks import deliveries, events, hooks
from surveys.webhooks.deliveries import PAUSES, State
from tests.factories import make_interview, make_member, make_site, make_survey, make_version
from tests.surveys.webhooks.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    with receiver() as found:
        yield found


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey("ours"))


@pytest.fixture
def site(version: QuestionnaireVersion) -> Site:
    return make_site(version.questionnaire.survey)


@pytest.fixture
def hook(site: Site, server: Receiver) -> Webhook:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    coordinator.email = "c@example.org"
    coordinator.save()
    return hooks.add(site.survey, server.url, list(Webhook.Event), coordinator)


def work() -> None:
    deliveries.announce()
    deliveries.send_due()


def bodies(server: Receiver) -> list[Any]:
    return [json.loads(message.body) for message in server.messages]


def later() -> None:
    """The waiting messages' time has come."""
    waiting = WebhookDelivery.objects.filter(state=State.WAITING)
    waiting.update(due_at=timezone.now() - timedelta(seconds=1))


def test_what_was_erased_is_told_so_that_copies_are_erased_too(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    interview = make_interview(site, version)
    Webhook.objects.update(seen_until=timezone.now())
    erasure.erase(interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    for _ in range(2):
        work()
    (told,) = bodies(server)
    assert told["type"] == "interview.erased"
    assert told["data"]["interviews"] == [interview.root_uuid]


def test_what_was_received_and_what_changed_is_told_once(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    interview = make_interview(site, version)
    make_interview(make_site(make_survey()), make_version(make_survey()))
    for _ in range(2):
        work()
    (told,) = bodies(server)
    assert told["type"] == "interview.received"
    assert told["data"] == {
        "survey": "ours",
        "questionnaire": version.questionnaire_id,
        "interviews": [interview.root_uuid],
    }
    interview.state = Interview.State.APPROVED
    interview.save()
    work()
    assert [one["type"] for one in bodies(server)] == ["interview.received", "interview.changed"]


def test_many_are_told_together(
    hook: Webhook,
    server: Receiver,
    site: Site,
    version: QuestionnaireVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "MOST", 2)
    made = [make_interview(site, version).root_uuid for _ in range(3)]
    work()
    told = [one["data"]["interviews"] for one in bodies(server)]
    assert told == [made[:2], made[2:]]


def test_only_what_was_asked_for_is_told(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    Webhook.objects.update(events=["estimates.refreshed"])
    make_interview(site, version)
    work()
    assert not server.messages


def test_a_receiver_can_check_who_sent_it(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    """As Standard Webhooks says, computed here from its text and nothing of ours."""
    make_interview(site, version)
    work()
    (message,) = server.messages
    headers = message.headers
    assert message.path == "/hook?from=field"
    assert headers["webhook-id"].startswith("msg_")
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + message.body
    expected = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_message_that_is_not_taken_waits_and_holds_back_the_next(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    server.status = 500
    for _ in range(2):
        make_interview(site, version)
        work()
    first = WebhookDelivery.objects.earliest("pk")
    assert (len(server.messages), first.attempts, first.state) == (1, 1, "waiting")
    assert first.answer % first.answer_params == "Answered with 500"
    assert timedelta(seconds=50) < first.due_at - timezone.now() <= PAUSES[0]
    server.status = 200
    later()
    work()
    assert [one["timestamp"] for one in bodies(server)[1:]] == sorted(
        one["timestamp"] for one in bodies(server)[1:]
    )
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    ids = [message.headers["webhook-id"] for message in server.messages]
    assert ids[0] == ids[1] != ids[2]  # the same message again


def test_after_a_day_it_is_switched_off_and_its_coordinators_are_told(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    server.status = 503
    make_interview(site, version)
    for _ in range(len(PAUSES) + 3):
        work()
        later()
    assert len(server.messages) == len(PAUSES) + 1
    assert sum(PAUSES, timedelta()) < timedelta(days=1)
    hook.refresh_from_db()
    assert not hook.is_active
    (sent,) = mail.outbox
    assert sent.to == ["c@example.org"]
    assert hook.url in sent.body


def test_switched_on_again_it_tells_what_waits_and_what_comes(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    server.status = 500
    waiting = make_interview(site, version)
    work()
    server.status = 204
    hooks.switch_off(hook)
    make_interview(site, version)
    work()
    assert len(server.messages) == 1
    hooks.switch_on(hook)
    work()
    coming = make_interview(site, version)
    work()
    told = [one["data"]["interviews"] for one in bodies(server)[1:]]
    assert told == [[waiting.root_uuid], [coming.root_uuid]]


def test_who_is_gone_is_asked_no_more(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    server.status = 410
    make_interview(site, version)
    work()
    hook.refresh_from_db()
    assert (hook.is_active, hook.failed_at is None) == (False, False)
    assert "wants no more" in mail.outbox[0].body


def test_a_message_is_sent_again_on_request(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    make_interview(site, version)
    work()
    deliveries.again(WebhookDelivery.objects.get())
    work()
    assert server.messages[0].headers["webhook-id"] == server.messages[1].headers["webhook-id"]


def test_two_workers_send_a_message_once(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    make_interview(site, version)
    deliveries.announce()
    (seen,) = deliveries.due()
    assert deliveries.send(seen)
    assert not deliveries.send(seen)
    assert len(server.messages) == 1


def test_a_name_that_leads_inside_is_not_asked_and_it_is_said(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion, settings: Settings
) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = False
    make_interview(site, version)
    work()
    assert not server.messages
    assert WebhookDelivery.objects.get().attempts == 1


def test_old_messages_are_forgotten_but_not_those_that_wait(
    hook: Webhook, server: Receiver, site: Site, version: QuestionnaireVersion
) -> None:
    make_interview(site, version)
    work()
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=31))
    deliveries.again(WebhookDelivery.objects.get())
    deliveries.forget_old()
    assert WebhookDelivery.objects.exists()
    work()
    deliveries.forget_old()
    assert not WebhookDelivery.objects.exists()
