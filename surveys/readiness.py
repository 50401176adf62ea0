"""What a survey still needs before its fieldwork can start."""

from dataclasses import dataclass

from surveys.errors import gettext_noop
from surveys.models import Assignment, Membership, Questionnaire, Role, Survey


@dataclass(frozen=True)
class Step:
    """One thing to set up: a template of words with `%(count)s`, and the rows that do it."""

    title: str
    model: str
    count: int

    @property
    def is_done(self) -> bool:
        return self.count > 0


def steps_of(survey: Survey) -> tuple[Step, ...]:
    """In the order in which a coordinator does them; each later one needs those before it."""
    forms = (
        Questionnaire.objects.main()
        .filter(survey=survey, state=Questionnaire.State.OPEN, current__isnull=False)
        .count()
    )
    people = Membership.objects.filter(survey=survey, role=Role.ENUMERATOR, user__is_active=True)
    work = Assignment.objects.filter(
        site__survey=survey, is_active=True, enumerator__in=people.values("user")
    )
    return (
        Step(gettext_noop("Open questionnaires"), "questionnaire", forms),
        Step(gettext_noop("Sites"), "site", survey.sites.count()),
        Step(gettext_noop("Enumerators"), "user", people.values("user").distinct().count()),
        Step(gettext_noop("Assignments"), "assignment", work.count()),
    )
