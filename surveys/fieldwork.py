"""Sites, the people who work at them, and the cases that they meet there."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from surveys.errors import SurveyError, gettext_noop
from surveys.models import (
    Case,
    Interview,
    Questionnaire,
    Role,
    SecondVisit,
    Site,
    Survey,
    User,
    Wave,
)
from surveys.models.fieldwork import SiteQuerySet

Judge: TypeAlias = Callable[[QuerySet[Survey]], Mapping[int, Collection[int]]]

# Says of which questionnaires the indicators of surveys are made, as keys by key, where there are any.
JUDGES: list[Judge] = []


class SiteNotYours(SurveyError):
    """A site that somebody else works at."""

    status = 403


def current_wave(survey: Survey) -> Wave:
    """The survey's latest wave that has begun; a survey without any gets its first."""
    wave = survey.waves.begun().first() or survey.waves.first()
    return wave or Wave.objects.get_or_create(survey=survey, number=1)[0]


def sites_for(enumerator: User) -> SiteQuerySet:
    """The enumerator's own sites, each with how many interviews towards its target it `received` in
    this wave.
    """
    wave = Wave.objects.begun().filter(survey=OuterRef(OuterRef("survey"))).values("pk")[:1]
    surveys = Survey.objects.filter(
        sites__assignments__enumerator=enumerator, sites__assignments__is_active=True
    )
    interviews = Interview.objects.counted().filter(
        towards_targets(surveys), site=OuterRef("pk"), wave=Subquery(wave)
    )
    received = interviews.order_by().values("site").annotate(n=Count("pk")).values("n")
    return (
        Site.objects.filter(assignments__enumerator=enumerator, assignments__is_active=True)
        .select_related("survey", "city")
        .annotate(received=Coalesce(Subquery(received), 0))
        .order_by("survey", "code")
    )


def towards_targets(surveys: QuerySet[Survey]) -> Q:
    """Which interviews of these surveys count towards the targets of sites: those that indicators
    are made of, so that people who are entered in a list or visited in between add nothing. All,
    in a survey that has no indicators yet.
    """
    judged = judged_in(surveys)
    counted = [key for keys in judged.values() for key in keys]
    return ~Q(questionnaire__survey__in=list(judged)) | Q(questionnaire__in=counted)


def judged_in(surveys: QuerySet[Survey]) -> dict[int, set[int]]:
    """The questionnaires that indicators are made of, by the key of the survey, where there are any."""
    judged: defaultdict[int, set[int]] = defaultdict(set)
    for judge in JUDGES:
        for survey, keys in judge(surveys).items():
            judged[survey].update(keys)
    return {survey: keys for survey, keys in judged.items() if keys}


def site_named(survey: Survey, code: str, person: User | None) -> tuple[Site | None, bool]:
    """The survey's site of that code, and whether it is for the person, who may be nobody.

    Takes one query where the site is assigned to the person.
    """
    sites = Site.objects.filter(survey=survey, code=code).order_by()
    own = sites.filter(assignments__enumerator=person).first() if person else None
    if own is not None:
        return own, True
    site = sites.first()
    return site, person is None or (site is not None and _runs(person, site))


def is_assigned(person: User, site: Site) -> bool:
    """Whether the person works or worked at the site, visits somebody there again, or runs the
    survey.
    """
    works = site.assignments.filter(enumerator=person).exists()
    return works or _visits_again(person, site) or _runs(person, site)


def _visits_again(person: User, site: Site) -> bool:
    return SecondVisit.objects.filter(checker=person, interview__site=site).exists()


def _runs(person: User, site: Site) -> bool:
    runs = Survey.objects.with_role(person, Role.COORDINATOR, Role.SUPERVISOR)
    return runs.filter(pk=site.survey_id).exists()


def require_active_assignment(person: User, site: Site) -> None:
    """Raises SiteNotYours where the person does not work at the site now."""
    active = site.assignments.filter(enumerator=person, is_active=True)
    if not (active.exists() or _runs(person, site)):
        raise not_yours(site)


def not_yours(site: Site) -> SiteNotYours:
    return SiteNotYours(
        gettext_noop("Site %(site)s is not assigned to you. Ask your supervisor."), site=site.code
    )


def case_for(site: Site, wave: Wave, code: str) -> Case:
    """The selected case of that code, listed now if the field met somebody new."""
    case, _ = Case.objects.get_or_create(wave=wave, code=code, defaults={"site": site})
    return case


def case_met(site: Site, wave: Wave, code: str) -> Case:
    """The case of somebody whom the field met unlisted; it is at the site where it was met last."""
    case = Case(wave=wave, code=code, site=site)
    Case.objects.bulk_create(
        [case], update_conflicts=True, unique_fields=("wave", "code"), update_fields=("site",)
    )
    return case


def place(interview: Interview, site: Site | None, named: str) -> None:
    """Put an interview, which is not saved yet, where it says it was, with the case whose code it
    names, or that it had, or that was met there.

    A case that nobody had listed before is where its interview says. Second visits are no work at a
    case.
    """
    interview.site = site
    is_again = interview.questionnaire.kind == Questionnaire.Kind.BACK_CHECK
    if site is None or interview.wave is None or is_again:
        return
    met = interview.met_code
    code = named or (interview.case.code if interview.case else met)
    if code == met:
        interview.case = case_met(site, interview.wave, met)
    elif interview.case is None or interview.case.code != code:
        interview.case = case_for(site, interview.wave, code)


def forget(case: Case | None, interview: Interview) -> None:
    """Drop a case that was made up for an interview, once no interview has it any more: it was nobody."""
    if case is None or case.is_listed or case.code != interview.met_code:
        return
    if not (case.interviews.exists() or case.weights.exists()):
        case.delete()


def target_of(survey: Survey) -> int:
    """Interviews planned over all sites."""
    return survey.sites.aggregate(total=Sum("target"))["total"] or 0
