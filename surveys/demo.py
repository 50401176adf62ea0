"""The demo survey: 12 synthetic cities, people of every role, 1,200 interviews received as any."""

import csv
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys import fieldwork, questionnaires, submissions
from surveys.formlogic.evaluation import Environment
from surveys.formlogic.tree import Element
from surveys.models import (
    Assignment,
    City,
    Interview,
    Membership,
    QuestionnaireVersion,
    Region,
    Role,
    Site,
    Survey,
    Tombstone,
    User,
    Wave,
    Weight,
    WeightVersion,
)
from surveys.submissions import Sender
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import (
    blank_instance,
    fill,
    read_instance,
    set_meta,
    write_instance,
)
from surveys.xforms.respondent import answer_form

CODE = "demo"
DEVICE = "demo"
PASSWORD = "five-standards"  # noqa: S105 - printed for everybody to use, on a demo only
INSTRUMENTS = Path(__file__).parent / "instruments"
WORKBOOK = INSTRUMENTS / "five_standards.xlsx"
NAMESPACE = uuid.UUID("5f1ea5d5-0000-5000-8000-000000000005")
SITE_TARGET = 24
FIELD_DAYS = 20
DRAWN_BEFORE = timedelta(days=7)  # the fieldwork: also before whom `invent` asks the night before
INTERVIEWS_A_DAY = 7

ENUMERATORS = tuple(f"E{number:02}" for number in range(1, 10))
STAFF = {
    "coordinator": Role.COORDINATOR,
    "supervisor": Role.SUPERVISOR,
    "analyst": Role.ANALYST,
}
ACCOUNTS = ("admin", *STAFF, *ENUMERATORS)

REGIONS = {
    "east": ("East", "东部"),
    "central": ("Central", "中部"),
    "west": ("West", "西部"),
    "northeast": ("Northeast", "东北"),
}


@dataclass(frozen=True)
class Demo:
    """The parts of the demo survey that loading interviews needs."""

    survey: Survey
    version: QuestionnaireVersion
    form: FormDef
    people: Mapping[str, User]


def is_loaded() -> bool:
    """Whether all synthetic respondents were received, whatever became of them since; loading that was
    cut off goes on.
    """
    return _received().issuperset(_respondent_id(row) for row in respondents())


def _received() -> set[str]:
    """The interviews of the demo, also those that were erased."""
    of_demo = Q(questionnaire__survey__code=CODE)
    here = Interview.objects.filter(of_demo).values_list("root_uuid", flat=True)
    erased = Tombstone.objects.filter(of_demo).values_list("root_uuid", flat=True)
    return {*here, *erased}


def respondents() -> list[dict[str, str]]:
    """The synthetic respondents, one mapping of columns a person."""
    return _rows("respondents.csv")


def _rows(name: str) -> list[dict[str, str]]:
    with (INSTRUMENTS / "demo" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def build() -> Demo:
    """Survey, people, questionnaire, cities, sites and weights; building again changes nothing."""
    survey, _ = Survey.objects.get_or_create(
        code=CODE,
        defaults={
            "name": "Integration of rural migrant workers (demo)",
            "name_zh": "进城务工人员社会融合调查（演示）",
        },
    )
    people = _people(survey)
    version = questionnaires.publish(WORKBOOK.read_bytes(), survey, by=people["coordinator"])
    add_cities()
    _sites(survey)
    _assign(survey, people)
    _weights(fieldwork.current_wave(survey))
    return Demo(survey, version, questionnaires.form_of(version), people)


def accounts() -> dict[str, User]:
    """The people of all demonstrations, by the name with which they sign in."""
    password = make_password(PASSWORD)
    people = {}
    for name in ACCOUNTS:
        people[name], _ = User.objects.get_or_create(
            username=name,
            defaults={
                "password": password,
                "is_superuser": name == "admin",
                "is_staff": name == "admin" or name in STAFF,
            },
        )
    return people


def _people(survey: Survey) -> dict[str, User]:
    people = accounts()
    for name in (*STAFF, *ENUMERATORS):
        role = STAFF.get(name, Role.ENUMERATOR)
        team = "" if name in ("coordinator", "analyst") else "field"
        Membership.objects.get_or_create(
            user=people[name], survey=survey, role=role, defaults={"team": team}
        )
    return people


def add_cities() -> None:
    """The synthetic cities and their regions, where they are not here yet."""
    for code, (name, name_zh) in REGIONS.items():
        Region.objects.get_or_create(code=code, defaults={"name": name, "name_zh": name_zh})
    for row in _rows("cities.csv"):
        number = row["city"].removeprefix("c")
        City.objects.get_or_create(
            code=row["city"],
            defaults={
                "name": f"City {number}",
                "name_zh": f"城市{number}",
                "region": Region.objects.get(code=row["region"]),
                "average_wage": row["avg_wage"],
                "minimum_wage": row["min_wage"],
                "migrant_population": row["population_migrant_workers"],
            },
        )


def _sites(survey: Survey) -> None:
    """One site a PSU; an interview beyond the listed cases stands for the site's median weight."""
    cities = {city.code: city for city in City.objects.all()}
    people_of = defaultdict(list)
    for row in respondents():
        people_of[row["psu_id"]].append(row)
    for code, people in people_of.items():
        Site.objects.get_or_create(
            survey=survey,
            code=code,
            defaults={
                "city": cities[people[0]["a1"]],
                "stratum": people[0]["stratum"],
                "psu": code,
                "target": SITE_TARGET,
                "design_weight": median(float(row["w"]) for row in people),
            },
        )


def _assign(survey: Survey, people: Mapping[str, User]) -> None:
    """Everybody worked everywhere; what is left to do is shared out, neighbouring sites together."""
    sites = survey.sites.order_by("code")
    assignments = [
        Assignment(
            site=site,
            enumerator=people[name],
            is_active=number * len(ENUMERATORS) // len(sites) == turn,
        )
        for number, site in enumerate(sites)
        for turn, name in enumerate(ENUMERATORS)
    ]
    Assignment.objects.bulk_create(assignments, ignore_conflicts=True)


def _weights(wave: Wave) -> None:
    """The cases as they were drawn, each with its weight: known before anybody was asked."""
    version, created = WeightVersion.objects.get_or_create(
        wave=wave, name="golden", defaults={"is_current": True}
    )
    if not created:
        return
    drawn_at = _first_day() - DRAWN_BEFORE
    WeightVersion.objects.filter(pk=version.pk).update(created_at=drawn_at)
    sites = {site.code: site for site in Site.objects.filter(survey=wave.survey)}
    weights = [
        Weight(
            version=version,
            case=fieldwork.case_for(sites[row["psu_id"]], wave, case_code(row)),
            value=float(row["w"]),
        )
        for row in respondents()
    ]
    Weight.objects.bulk_create(weights)


def case_code(row: Mapping[str, str]) -> str:
    return f"R{int(row['id']):04}"


def _first_day() -> datetime:
    """The morning on which the fieldwork began."""
    today = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    return today - timedelta(days=FIELD_DAYS)


def load(demo: Demo) -> Iterator[int]:
    """Receive the synthetic respondents' interviews; yields how many so far."""
    first_day = _first_day()
    turns: Counter[str] = Counter()
    here = _received()
    for number, row in enumerate(respondents(), start=1):
        name = row["enumerator_id"]
        day = first_day + timedelta(days=turns[name] // INTERVIEWS_A_DAY)
        started_at = day + timedelta(minutes=65 * (turns[name] % INTERVIEWS_A_DAY))
        turns[name] += 1
        instance_id = _respondent_id(row)
        if instance_id not in here:  # a second run would send other times under the same id
            root = blank_instance(demo.form)
            fill(root, _answers(demo.form, row))
            sender = Sender(demo.people[name], DEVICE, case_code=case_code(row))
            _receive(demo, root, instance_id, sender, started_at)
        yield number


def _answers(form: FormDef, row: Mapping[str, str]) -> dict[str, str]:
    """A row's answers by path. `rf` in a number question means asked and left blank."""
    answers = {form.roles["consent"]: "yes"}
    for question in form.questions:
        text = row.get(question.name, "")
        if text and (question.is_select or text != "rf"):
            answers[question.path] = text
    return answers


def _respondent_id(row: Mapping[str, str]) -> str:
    return _instance_id(f"respondent-{row['id']}")


def _instance_id(name: str) -> str:
    return f"uuid:{uuid.uuid5(NAMESPACE, name)}"


def _receive(
    demo: Demo, root: Element, instance_id: str, sender: Sender, started_at: datetime
) -> None:
    """Send an instance as its enumerator's device would have."""
    lasted = timedelta(minutes=Random(instance_id).randint(14, 31))  # noqa: S311
    for path, preload in demo.form.preloads.items():
        moments = {"timestamp start": started_at, "timestamp end": started_at + lasted}
        if preload in moments:
            fill(root, {path: moments[preload].isoformat(timespec="milliseconds")})
    set_meta(root, "instanceID", instance_id)
    instance = read_instance(write_instance(root))
    submissions.receive(instance, demo.survey, sender, received_at=started_at + lasted)


def invent(demo: Demo, responses: int, seed: int) -> Iterator[int]:
    """Receive interviews of invented respondents who follow the form; yields how many so far."""
    random = Random(seed)  # noqa: S311
    sites = list(demo.survey.sites.select_related("city").order_by("code"))
    yesterday = timezone.localtime().replace(microsecond=0) - timedelta(days=1)
    for number in range(1, responses + 1):
        site, name = random.choice(sites), random.choice(ENUMERATORS)
        started_at = yesterday - timedelta(minutes=random.randint(0, FIELD_DAYS * 24 * 60))
        known = {
            demo.form.roles["site"]: site.code,
            demo.form.roles["enumerator"]: name,
            demo.form.roles["city"]: site.city.code if site.city else "",
            demo.form.roles["consent"]: "yes",
        }
        root = answer_form(demo.form, known, Environment(now=started_at), random)
        sender = Sender(demo.people[name], "invented", must_satisfy=True)
        _receive(demo, root, _instance_id(f"invented-{seed}-{number}"), sender, started_at)
        yield number
