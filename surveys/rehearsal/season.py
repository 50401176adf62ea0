"""The season's survey: its people and sites, its interviews received, some of them returned."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from surveys import demo, questionnaires, review, submissions
from surveys.models import (
    Assignment,
    City,
    Interview,
    Membership,
    QuestionnaireVersion,
    Role,
    Site,
    Submission,
    Survey,
    User,
    Wave,
)
from surveys.models.decision import Verdict
from surveys.rehearsal.device import Device, Parcel
from surveys.rehearsal.makers import USUAL, Field
from surveys.rehearsal.people import People
from surveys.rehearsal.plan import (
    IN_A_TEAM,
    SITES,
    SITES_OF_A_CITY,
    TEAMS,
    Plan,
    planted,
    site_code,
    visits,
)
from surveys.rehearsal.questionnaire import workbook
from surveys.submissions import Sender
from surveys.xforms.auditfile import NAME
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import fill, find, read_instance, set_meta, write_instance
from surveys.xforms.parsing import tree_from_xml

CODE = "season"
SEED = 1
WEEKS = 6
PREPARED = timedelta(days=7)  # the form is out before the first interview
RETURNED, CORRECTED = 8, 5
CORRECTED_IN = timedelta(days=2)


@dataclass(frozen=True)
class Season:
    """A survey that can be loaded and judged."""

    plan: Plan
    survey: Survey
    wave: Wave
    version: QuestionnaireVersion
    form: FormDef
    people: Mapping[str, User]

    def enumerator(self, place: int) -> User:
        return self.people[demo.ENUMERATORS[place]]

    @property
    def makers(self) -> list[User]:
        """Who makes interviews up."""
        return [self.enumerator(place) for place in self.plan.makers]


def code_of(seed: int, kinds: Sequence[str]) -> str:
    """The survey's code: every seed and choice of makers is a survey of its own."""
    if (seed, tuple(kinds)) == (SEED, USUAL):
        return CODE
    return "-".join((CODE, str(seed), *kinds))


@transaction.atomic
def build(seed: int = SEED, kinds: Sequence[str] = USUAL) -> Season:
    """Survey, people, questionnaire and sites; building again changes nothing.

    `kinds` name ways to make interviews up, of `makers.MAKERS`: one enumerator each.
    """
    survey, wave = _survey(code_of(seed, kinds))
    plan = Plan(seed, _midnight(wave), planted(seed, kinds), weeks=WEEKS)
    people = demo.accounts()
    _memberships(survey, people)
    version = questionnaires.publish(workbook(), survey, by=people["coordinator"])
    published_at = plan.begins_at - PREPARED
    QuestionnaireVersion.objects.filter(pk=version.pk).update(published_at=published_at)
    season = Season(plan, survey, wave, version, questionnaires.form_of(version), people)
    demo.add_cities()
    _sites(season)
    _assign(season)
    return season


def _survey(code: str) -> tuple[Survey, Wave]:
    """The survey and its wave, which ended yesterday when it was made."""
    survey, _ = Survey.objects.get_or_create(
        code=code,
        defaults={"name": f"A season in the field ({code})", "name_zh": f"一季实地调查（{code}）"},
    )
    begins, ends = (timezone.localdate() - timedelta(days=days) for days in (WEEKS * 7, 1))
    wave, _ = Wave.objects.get_or_create(
        survey=survey, number=1, defaults={"starts_on": begins, "ends_on": ends}
    )
    return survey, wave


def _midnight(wave: Wave) -> datetime:
    """With which the wave's first day began."""
    first = wave.starts_on or timezone.localdate()
    return datetime.combine(first, time(), timezone.get_default_timezone())


def _memberships(survey: Survey, people: Mapping[str, User]) -> None:
    """Three teams; the supervisor leads the first."""
    roles = [
        (name, role, "1" if role == Role.SUPERVISOR else "") for name, role in demo.STAFF.items()
    ]
    roles += [
        (name, Role.ENUMERATOR, str(place // IN_A_TEAM + 1))
        for place, name in enumerate(demo.ENUMERATORS)
    ]
    for name, role, team in roles:
        Membership.objects.get_or_create(
            user=people[name], survey=survey, role=role, defaults={"team": team}
        )


def _sites(season: Season) -> None:
    cities = {city.code: city for city in City.objects.select_related("region")}
    for place in range(SITES):
        city = cities[f"c{place // SITES_OF_A_CITY + 1:02}"]
        latitude, longitude = season.plan.site_degrees[place].round(6).tolist()
        Site.objects.get_or_create(
            survey=season.survey,
            code=site_code(place),
            defaults={
                "city": city,
                "stratum": city.region.code,
                "psu": site_code(place),
                "target": season.plan.target,
                "latitude": latitude,
                "longitude": longitude,
            },
        )


def _assign(season: Season) -> None:
    """A third of the sites to each team."""
    sites = {site.code: site for site in season.survey.sites.all()}
    assignments = [
        Assignment(site=sites[site_code(place)], enumerator=season.enumerator(first + one))
        for place in range(SITES)
        for first in [place * TEAMS // SITES * IN_A_TEAM]
        for one in range(IN_A_TEAM)
    ]
    Assignment.objects.bulk_create(assignments, ignore_conflicts=True)


def load(season: Season, until: datetime | None = None) -> Iterator[int]:
    """Receive the season's interviews, or those that were made before `until`, the earliest first;
    yields how many so far.

    Loading that was cut off goes on.
    """
    plan = season.plan
    here = set(season.version.submissions.values_list("instance_id", flat=True))
    environment = questionnaires.environment_of(season.version, plan.begins_at)
    device = Device(season.form, plan, environment)
    field = Field(plan, People(season.form, plan.random(5)), plan.random(7))
    for count, visit in enumerate(visits(plan, until), start=1):
        name = instance_id(season, f"visit-{visit.number}")
        parcel = device.send(field.meet(visit), name)
        if name not in here:
            _receive(season, parcel)
        yield count
    if instance_id(season, "corrected-0") not in here:
        _return_some(season)


def instance_id(season: Season, name: str) -> str:
    return f"uuid:{uuid.uuid5(demo.NAMESPACE, f'{season.survey.code}-{name}')}"


def _receive(season: Season, parcel: Parcel) -> None:
    visit = parcel.visit
    sender = Sender(
        season.enumerator(visit.enumerator),
        parcel.device,
        case_code=visit.case,
        clock_off_s=visit.clock_s,
    )
    submissions.receive(
        read_instance(parcel.xml),
        season.survey,
        sender,
        files=[ContentFile(parcel.log, NAME)],
        received_at=parcel.received_at,
    )


def _return_some(season: Season) -> None:
    """The coordinator sends some interviews back, and most of them come again, corrected."""
    random = season.plan.random(8)
    whole = Interview.objects.filter(
        questionnaire=season.version.questionnaire_id,
        state=Interview.State.SUBMITTED,
        outcome=Interview.Outcome.COMPLETED,
    )
    keys = list(whole.order_by("pk").values_list("pk", flat=True))
    chosen = random.choice(keys, min(RETURNED, len(keys)), replace=False).tolist()
    for number, key in enumerate(chosen):
        interview = review.decide(
            key,
            Verdict.RETURN,
            by=season.people["coordinator"],
            reason="Please ask again how many people live in that space.",
        )
        if number < CORRECTED:
            _correct(season, interview.current, instance_id(season, f"corrected-{number}"))


def _correct(season: Season, sent: Submission | None, name: str) -> None:
    """Send a later version with one more person in the house."""
    if sent is None:
        return
    root = tree_from_xml(bytes(sent.xml))
    path = next(one.path for one in season.form.questions if one.name == "s4_4")
    element = find(root, path)
    many = int(element.text) if element and element.text else 0
    fill(root, {path: str(many + 1)})
    set_meta(root, "deprecatedID", sent.instance_id)
    set_meta(root, "instanceID", name)
    submissions.receive(
        read_instance(write_instance(root)),
        season.survey,
        Sender(sent.sender, sent.device),
        received_at=min(sent.received_at + CORRECTED_IN, season.plan.ends_at),
    )
