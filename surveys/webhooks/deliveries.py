"""Messages as rows: made from what happened, sent in order, tried again for a day, then given up."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import letters
from surveys.errors import SurveyError, gettext_noop
from surveys.horizon import horizon
from surveys.letters import Letter
from surveys.models import Role, User, Webhook, WebhookDelivery
from surveys.moments import in_utc
from surveys.webhooks.events import SOURCES, Data
from surveys.webhooks.signatures import headers_for
from surveys.webhooks.targets import post

State = WebhookDelivery.State

PAUSES = (  # before the second attempt, the third, ...: a day in all
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=15),
)
LEASE = timedelta(minutes=2)  # whoever sends is alone with the message, and may die
ROUND = 100  # messages
KEPT_FOR = timedelta(days=30)
GONE = 410


class Refused(SurveyError):
    """An answer that does not take the message."""


class Gone(Refused):
    """An answer that wants to hear no more."""


def announce() -> None:
    """Make the messages of all that happened up to the horizon and is not told yet."""
    until = horizon()
    behind = Webhook.objects.filter(is_active=True, seen_until__lt=until)
    for key in behind.values_list("pk", flat=True):
        _announce(key, until)


@transaction.atomic
def _announce(key: int, until: datetime) -> None:
    hook = Webhook.objects.select_for_update(of=("self",)).select_related("survey").get(pk=key)
    if not hook.is_active or hook.seen_until >= until:
        return
    messages = [
        _message(hook, event, data)
        for event in hook.events
        if event in SOURCES
        for data in SOURCES[event](hook.survey, hook.seen_until, until)
    ]
    WebhookDelivery.objects.bulk_create(messages, batch_size=500)
    Webhook.objects.filter(pk=key).update(seen_until=until)


def _message(hook: Webhook, event: str, data: Data) -> WebhookDelivery:
    return WebhookDelivery(
        webhook=hook,
        message_id=f"msg_{uuid.uuid4().hex}",
        event=event,
        payload={"type": event, "timestamp": in_utc(timezone.now()), "data": data},
    )


def due() -> Sequence[WebhookDelivery]:
    """The first message of each webhook that is to be sent now: one that has to wait holds back
    those behind it, so that a server that is down is not asked for each.
    """
    now = timezone.now()
    waiting = WebhookDelivery.objects.filter(state=State.WAITING, webhook__is_active=True)
    held = waiting.filter(due_at__gt=now).values("webhook")
    ready = waiting.filter(due_at__lte=now).exclude(webhook__in=held)
    return list(ready.select_related("webhook__survey").order_by("pk")[:ROUND])


def send_due() -> int:
    """Send what is due, no further message to who does not take one; how many were taken."""
    sent, refusing = 0, set()
    for delivery in due():
        if delivery.webhook_id not in refusing:
            if send(delivery):
                sent += 1
            else:
                refusing.add(delivery.webhook_id)
    return sent


def send(delivery: WebhookDelivery) -> bool:
    """Whether a message was taken now. One that somebody else is sending is left alone."""
    now = timezone.now()
    ours = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING, due_at__lte=now)
    if not ours.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    delivery.refresh_from_db(fields=["attempts"])
    try:
        status = _post(delivery)
    except SurveyError as error:
        _try_again(delivery, error)
        return False
    _keep(
        delivery,
        SurveyError(gettext_noop("Taken: %(status)s"), status=status),
        state=State.DELIVERED,
        delivered_at=timezone.now(),
    )
    return True


def _post(delivery: WebhookDelivery) -> int:
    """The status of an answer that takes the message. Raises Refused, UnfitTarget, Unreachable."""
    body = json.dumps(delivery.payload, ensure_ascii=False).encode()
    sent_at = int(timezone.now().timestamp())
    hook = delivery.webhook
    headers = headers_for(hook.secret, delivery.message_id, sent_at, body)
    status = post(hook.url, body, headers)
    if not 200 <= status < 300:
        refusal = Gone if status == GONE else Refused
        raise refusal(gettext_noop("Answered with %(status)s"), status=status)
    return status


def _try_again(delivery: WebhookDelivery, error: SurveyError) -> None:
    if delivery.attempts <= len(PAUSES) and not isinstance(error, Gone):
        _keep(delivery, error, due_at=timezone.now() + PAUSES[delivery.attempts - 1])
        return
    _keep(delivery, error, state=State.FAILED)
    off = Webhook.objects.filter(pk=delivery.webhook_id, is_active=True)
    if off.update(is_active=False, failed_at=timezone.now()):
        _tell(delivery.webhook)


def _keep(delivery: WebhookDelivery, answer: SurveyError, **fields: object) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        answer=answer.message, answer_params=dict(answer.params), **fields
    )


def _tell(hook: Webhook) -> None:
    """Those who can switch it on again, where they have an e-mail address."""
    member = Q(memberships__survey=hook.survey_id, memberships__role=Role.COORDINATOR)
    people = User.objects.filter(member, is_active=True).exclude(email="").distinct()
    for person in people.order_by("pk"):
        letters.send(person, lambda: _letter(hook))


def _letter(hook: Webhook) -> Letter:
    subject = _("%(survey)s: a webhook was switched off") % {"survey": hook.survey}
    why = _("Nobody took messages there for a day, or the server said that it wants no more.")
    then = _(
        "No more are sent. When the server works again, switch the webhook on: messages that wait are "
        "sent; what happened meanwhile is not told, so ask the API for changes since then."
    )
    return subject, "\n\n".join((hook.url, why, then))


def again(delivery: WebhookDelivery) -> None:
    """Send a message once more, whatever became of it; receivers know it by its id."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=State.WAITING, attempts=0, due_at=timezone.now()
    )


def forget_old() -> None:
    """Messages that are sent or given up are kept for a month."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    old.exclude(state=State.WAITING).delete()
