"""Webhooks set up, switched off and on again."""

from collections.abc import Collection

from django.utils import timezone

from surveys.models import Survey, User, Webhook, WebhookDelivery
from surveys.webhooks.signatures import new_secret
from surveys.webhooks.targets import target_of


def add(survey: Survey, url: str, events: Collection[Webhook.Event], by: User) -> Webhook:
    """What happens from now on is told there. Raises UnfitTarget."""
    target_of(url)
    return Webhook.objects.create(
        survey=survey, url=url.strip(), events=sorted(events), secret=new_secret(), created_by=by
    )


def switch_off(hook: Webhook) -> None:
    Webhook.objects.filter(pk=hook.pk).update(is_active=False)


def switch_on(hook: Webhook) -> None:
    """Messages that wait are tried at once; what happened meanwhile is not told."""
    now = timezone.now()
    on = Webhook.objects.filter(pk=hook.pk, is_active=False)
    if on.update(is_active=True, failed_at=None, seen_until=now):
        waiting = WebhookDelivery.objects.filter(webhook=hook, state=WebhookDelivery.State.WAITING)
        waiting.update(due_at=now, attempts=0)
