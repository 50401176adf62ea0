"""Webhooks: other servers that are told what happened, and the messages to them as rows."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Role, Survey
from surveys.models.user import User


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User | AnonymousUser) -> "WebhookQuerySet":
        return self.filter(survey__in=Survey.objects.with_role(user, Role.COORDINATOR))


class Webhook(models.Model):
    """An address that hears of a survey. What happened until `seen_until` is in its deliveries."""

    class Event(models.TextChoices):
        RECEIVED = "interview.received", _("Interviews were received")
        CHANGED = "interview.changed", _("Interviews changed: answers, state or outcome")
        ERASED = "interview.erased", _("Interviews were erased")
        REFRESHED = "estimates.refreshed", _("Indicators were computed anew")

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="webhooks", verbose_name=_("survey")
    )
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("tells when"), default=list)
    secret = models.CharField(max_length=100)  # signs messages, so it cannot be kept as a hash
    is_active = models.BooleanField(_("switched on"), default=True)
    failed_at = models.DateTimeField(null=True)  # switched off since nobody answered for a day
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    seen_until = models.DateTimeField(default=timezone.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("survey", "pk")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one webhook; waiting until it is taken or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, unique=True)
    event = models.CharField(_("event"), max_length=30, choices=Webhook.Event)
    payload = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)  # of the last attempt
    answer_params = models.JSONField(default=dict)  # what fills its places

    class Meta:
        verbose_name = _("message to a webhook")
        verbose_name_plural = _("messages to webhooks")
        ordering = ("-pk",)
        indexes = (  # for `deliveries.due`
            models.Index(
                fields=("due_at",), condition=models.Q(state="waiting"), name="delivery_by_due"
            ),
        )

    def __str__(self) -> str:
        return self.message_id
