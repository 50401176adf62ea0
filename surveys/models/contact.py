"""How people who were selected can be reached."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Case
from surveys.models.user import User


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User | AnonymousUser) -> "ContactQuerySet":
        """Only who works at the site now, and coordinators of the survey."""
        return self.filter(case__in=Case.objects.reachable_by(user).values("pk"))


class Contact(models.Model):
    """How somebody can be found again. Kept apart from all answers, and in no export."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        WECHAT = "wechat", _("WeChat")
        ADDRESS = "address", _("Address")
        RELATIVE = "relative", _("Relative or friend")
        OTHER = "other", _("Other way")

    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PHONE)
    value = models.CharField(_("number, name or address"), max_length=200)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("case", "kind", "value"), name="contact_once_a_case"),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())
