"""Lists that devices carry, such as cases to visit again: their entities, and who changed them how."""

from secrets import token_hex

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Site
from surveys.models.interview import Submission
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.survey import Role, Survey, key_of
from surveys.models.user import User
from surveys.xforms.declarations import LONGEST_NAME


def new_secret() -> str:
    return token_hex(32)


class EntityListQuerySet(models.QuerySet["EntityList"]):
    def visible_to(self, user: User | AnonymousUser) -> "EntityListQuerySet":
        return self.filter(survey__in=Survey.objects.visible_to(user))


class EntityList(models.Model):
    """A list of a survey, under the name by which forms call it.

    `properties` are its columns beside id and label; forms add to them when they are published.
    `readers` are the versions that get the list from the server instead of a file. Of lists that the
    survey itself keeps, the ids are made with `secret`, so that who knows a code knows no id, and
    `seen` tells by site in which state of the survey its entries were written.
    """

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="entity_lists", verbose_name=_("survey")
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    properties = models.JSONField(_("properties"), default=list)
    readers = models.ManyToManyField(QuestionnaireVersion, related_name="entity_lists")
    secret = models.CharField(max_length=64, default=new_secret, editable=False)
    seen = models.JSONField(default=dict, editable=False)

    objects = EntityListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list for devices")
        verbose_name_plural = _("lists for devices")
        ordering = ("survey", "name")
        constraints = (
            models.UniqueConstraint(fields=("survey", "name"), name="list_name_once_a_survey"),
        )

    def __str__(self) -> str:
        return self.name


class EntityQuerySet(models.QuerySet["Entity"]):
    def visible_to(self, user: User | AnonymousUser) -> "EntityQuerySet":
        """Whole surveys for coordinators and supervisors, for others those of the sites they work at.

        Analysts see none: entries are people, by name and telephone.
        """
        whole = Survey.objects.with_role(user, Role.COORDINATOR, Role.SUPERVISOR)
        own = Site.objects.filter(
            assignments__enumerator_id=key_of(user), assignments__is_active=True
        )
        return self.filter(
            models.Q(list__survey__in=whole.values("pk")) | models.Q(site__in=own.values("pk"))
        )

    def listed(self) -> "EntityQuerySet":
        """Those that a device gets: created, and not taken from their list."""
        return self.filter(version__gt=0, is_gone=False)


class Entity(models.Model):
    """Something that forms look up and change, as it is now.

    Its `version` grows with every change. At 0 it is only known from changes that wait for what
    comes before them. `site` says whose devices get it; without one, only those of staff.
    """

    class Conflict(models.TextChoices):
        NONE = "", _("none")
        SOFT = "soft", _("changed by two, in different properties")
        HARD = "hard", _("changed by two, in the same property")

    list = models.ForeignKey(
        EntityList, models.CASCADE, related_name="entities", verbose_name=_("list")
    )
    uuid = models.CharField(max_length=100)
    site = models.ForeignKey(
        Site,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="entities",
        verbose_name=_("site"),
    )
    label = models.TextField(_("label"), blank=True)
    data = models.JSONField(_("values"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    conflict = models.CharField(
        _("conflict"), max_length=10, choices=Conflict, default=Conflict.NONE, blank=True
    )
    is_gone = models.BooleanField(_("taken from the list"), default=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a list")
        verbose_name_plural = _("entries of lists")
        ordering = ("list", "label", "pk")
        constraints = (models.UniqueConstraint(fields=("list", "uuid"), name="entity_once_a_list"),)
        indexes = (
            models.Index(fields=("list", "site"), name="entities_of_a_site"),  # a device's list
        )

    def __str__(self) -> str:
        return self.label or self.uuid


class EntityChange(models.Model):
    """What somebody said of an entity, and what the entity was after it.

    `received` holds the values that came, with the label under `label`; `label` and `data` are the
    entity's whole state as `version`. Without a version the change waits for one that it builds on.
    `conflicts` are the values that somebody else had changed to other ones since `based_on`.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("entered")
        UPDATE = "update", _("updated")
        SURVEY = "survey", _("kept in step with the survey")
        DECISION = "decision", _("decided")
        WITHDRAWAL = "withdrawal", _("taken back by a correction")
        ERASURE = "erasure", _("erased")

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="changes")
    action = models.CharField(max_length=10, choices=Action)
    submission = models.ForeignKey(
        Submission, models.CASCADE, null=True, related_name="entity_changes"
    )
    place = models.CharField(max_length=64, blank=True)  # a hash of where the interview says it
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    received = models.JSONField(default=dict)
    base_version = models.PositiveIntegerField(null=True)  # as the device counts
    trunk_version = models.PositiveIntegerField(null=True)
    branch_id = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(null=True)
    based_on = models.PositiveIntegerField(null=True)  # as the server counts
    label = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    conflict = models.CharField(max_length=10, choices=Entity.Conflict, blank=True)
    conflicts = models.JSONField(default=list)

    class Meta:
        verbose_name = _("change of an entry")
        verbose_name_plural = _("changes of entries")
        ordering = ("entity", "version", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "place"), name="entity_changed_once_a_place"
            ),
            models.UniqueConstraint(fields=("entity", "version"), name="version_once_an_entity"),
        )

    def __str__(self) -> str:
        return f"{self.entity} {self.version or '…'}"
