"""Surveys, their waves, and who does what in them."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from surveys.models.named import Named
from surveys.models.user import User


class Role(models.TextChoices):
    ENUMERATOR = "enumerator", _("Enumerator")
    SUPERVISOR = "supervisor", _("Supervisor")
    COORDINATOR = "coordinator", _("Coordinator")
    ANALYST = "analyst", _("Analyst")


STAFF_ROLES = (Role.SUPERVISOR, Role.COORDINATOR, Role.ANALYST)


def key_of(user: User | AnonymousUser) -> int:
    """The person's key, and for somebody who is not signed in one that nobody has."""
    return user.pk or 0


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User | AnonymousUser) -> "SurveyQuerySet":
        if user.is_superuser:
            return self
        return self.filter(memberships__user_id=key_of(user)).distinct()

    def with_role(self, user: User | AnonymousUser, *roles: Role) -> "SurveyQuerySet":
        """The surveys in which the person has one of the roles."""
        if user.is_superuser:
            return self
        return self.filter(
            memberships__user_id=key_of(user), memberships__role__in=roles
        ).distinct()


class Survey(Named):
    """One study: its sites, its people, its questionnaires and its indicators."""

    class Counts(models.TextChoices):
        """Which interviews enter the indicators; what waits in quarantine never does."""

        NOT_REJECTED = "not_rejected", _("All that are not rejected")
        NOT_HELD = "not_held", _("All that are neither rejected, held nor returned")
        APPROVED = "approved", _("Approved ones only")

    code = models.SlugField(_("code"), unique=True)
    is_probability_sample = models.BooleanField(
        _("probability sample"),
        default=True,
        help_text=_("Without known selection chances no interval is published."),
    )
    keeps_copies = models.BooleanField(
        _("copies of drafts from phones"),
        default=True,
        help_text=_(
            "While a phone has a network, its drafts are copied to this server, encrypted so that only "
            "their enumerator opens them. Without, a lost phone loses all that was not sent."
        ),
    )
    counts = models.CharField(
        _("what counts"),
        max_length=20,
        choices=Counts,
        default=Counts.NOT_REJECTED,
        help_text=_("Which interviews enter the indicators and fill the targets of sites."),
    )
    kept_days = models.PositiveIntegerField(
        _("days that interviews are kept"),
        null=True,
        blank=True,
        help_text=_(
            "After the last day of the last wave; then they are erased for good, with files and "
            "contacts. Coordinators are told two weeks before. Blank: they are kept."
        ),
    )
    kept_for = models.ForeignKey(
        "Audience",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what stays of them"),
        help_text=_(
            "Before they are erased, a package as this audience gets it is made and kept, without "
            "what people wrote in their own words and with pseudonyms of which nobody has the key. "
            "Blank: no answers stay."
        ),
    )
    # On which day coordinators were told of the erasure, and the end of these days that they were told.
    told_on = models.DateField(null=True, editable=False)
    told_of = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ("code",)


class WaveQuerySet(models.QuerySet["Wave"]):
    def begun(self) -> "WaveQuerySet":
        """Waves whose fieldwork has started, the latest first."""
        not_before = models.Q(starts_on__isnull=True) | models.Q(starts_on__lte=localdate())
        return self.filter(not_before).order_by("-number")


class Wave(models.Model):
    """One round of fieldwork. Every case belongs to one."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    name = models.CharField(_("name"), max_length=100, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ("survey", "number")
        constraints = (
            models.UniqueConstraint(fields=("survey", "number"), name="wave_number_once_a_survey"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="wave_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first."),
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{self.survey} {self.number}"


class Membership(models.Model):
    """A person's role in a survey; a supervisor's team are the enumerators of the same team name."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="memberships", verbose_name=_("survey")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    team = models.CharField(_("team"), max_length=50, blank=True)
    sees_identifiers = models.BooleanField(
        _("sees who people are"),
        default=False,
        help_text=_(
            "Whether an analyst gets names, telephone numbers and other answers that are tagged as "
            "direct identifiers, and pictures. Others of the office see them anyway."
        ),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "survey", "role"), name="membership_role_once_a_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


def is_staff(person: User | AnonymousUser) -> bool:
    """Whether the person works with a whole survey or a team, in any survey."""
    if person.is_superuser:
        return True
    return isinstance(person, User) and any(role in STAFF_ROLES for _, role in person.roles)


def enumerators_of(survey_id: int) -> models.QuerySet[Membership]:
    """The memberships of those who ask in a survey, which say their teams."""
    return Membership.objects.filter(survey=survey_id, role=Role.ENUMERATOR)


def led_by(person: User, survey_id: int) -> models.QuerySet[Membership]:
    """The enumerators of the teams that the person leads in the survey."""
    led = supervises(person, survey="survey", person="user")
    return enumerators_of(survey_id).filter(led)


def team_of(supervisor: User | AnonymousUser) -> models.QuerySet[User]:
    """The enumerators of the teams, survey by survey, that the person supervises."""
    return User.objects.filter(memberships__in=_led_by(supervisor))


def supervises(user: User | AnonymousUser, *, survey: str, person: str) -> models.Exists:
    """Whether a row's person is of the team that the user leads in the row's survey.

    `survey` and `person` are the row's paths to them; a team is led in its survey only.
    """
    return models.Exists(
        _led_by(user).filter(survey=models.OuterRef(survey), user=models.OuterRef(person))
    )


def _led_by(supervisor: User | AnonymousUser) -> models.QuerySet[Membership]:
    """Enumerators' memberships in the supervisor's surveys under the same team name."""
    return Membership.objects.filter(
        role=Role.ENUMERATOR,
        survey__memberships__user_id=key_of(supervisor),
        survey__memberships__role=Role.SUPERVISOR,
        survey__memberships__team=models.F("team"),
    )
