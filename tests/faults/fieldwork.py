"""The survey that is judged again and again: the demo's interviews, copied into sites of their own; and a
smaller one, whose interviews come in meanwhile.
"""

import hashlib
from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from random import Random
from typing import Any

from django.core.management import call_command

from scoring import pipeline, schemes
from scoring.models import Scheme
from surveys import demo, questionnaires, tasks
from surveys.demo import Demo
from surveys.exports import catalogue
from surveys.models import City, Interview, Role, Site, Submission, Survey, User
from tests.collect import fieldwork
from tests.factories import make_enumerator, make_member, make_site, make_survey, workbook

COPIES = 1  # of the demo's 1,200 interviews and 60 sites
BATCH = 500
LEAST_WAGE, MOST_WAGE = 3000, 9000


def build() -> tuple[Demo, Scheme]:
    """Sites, interviews and the five standards' scheme, under which everybody is judged once."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)  # else no page can be shown
    built = demo.build()
    for _ in demo.load(built):
        pass
    survey = built.survey
    originals = list(Submission.objects.select_related("interview__site"))
    for number in range(1, COPIES + 1):
        copy_all(originals, number)
    built = demo.build()  # people are assigned to the new sites too
    document = schemes.five_standards()
    scheme = schemes.add(survey, document, document["default_weights"], is_default=True)
    survey.schemes.exclude(pk=scheme.pk).delete()  # came with the questionnaire, never rescored
    pipeline.catch_up()
    return built, scheme


def copy_all(originals: list[Submission], number: int) -> None:
    sites = copied_sites(number)
    submissions = [copied(one, sites, number) for one in originals]
    interviews = [one.interview for one in submissions]
    Interview.objects.bulk_create(interviews, BATCH)
    Submission.objects.bulk_create(submissions, BATCH)
    for interview, submission in zip(interviews, submissions, strict=True):
        interview.current = submission
    Interview.objects.bulk_update(interviews, ["current"], BATCH)


def copied_sites(number: int) -> dict[str, Site]:
    """New sites by the code of the site that each is like."""
    found = {}
    for site in Site.objects.exclude(code__contains="-"):
        found[site.code] = copy(site)
        found[site.code].pk = None
        found[site.code].code = found[site.code].psu = f"{site.code}-{number}"
    Site.objects.bulk_create(found.values())
    return found


def copied(submission: Submission, sites: Mapping[str, Site], number: int) -> Submission:
    """An interview like it, as it would have been sent from another site."""
    interview, again = copy(submission.interview), copy(submission)
    assert interview.site
    code = interview.site.code
    interview.pk = again.pk = interview.current = interview.case = None
    again.instance_id = interview.root_uuid = f"{submission.instance_id}-{number}"
    again.xml = (
        bytes(submission.xml)
        .replace(submission.instance_id.encode(), again.instance_id.encode())
        .replace(f">{code}<".encode(), f">{code}-{number}<".encode())
    )
    again.xml_sha256 = hashlib.sha256(again.xml).hexdigest()
    interview.site = sites[code]
    interview.answers = {
        place: f"{code}-{number}" if text == code else text
        for place, text in interview.answers.items()
    }
    again.interview = interview
    return again


def change_wages(random: Random) -> None:
    """Give every city another average wage: all who say what they earn are judged otherwise."""
    for city in City.objects.all():
        city.average_wage = Decimal(random.randint(LEAST_WAGE, MOST_WAGE))
        city.save(update_fields=["average_wage"])


def receive(built: Demo, seed: int) -> None:
    """One more interview comes in."""
    for _ in demo.invent(built, 1, seed):
        pass


def ask() -> tuple[Survey, dict[str, Any]]:
    """The other survey, and what its people know of it."""
    site = make_site(make_survey("visits"), fieldwork.SITE)
    person = make_enumerator(site, "V01")
    version = questionnaires.publish(workbook(fieldwork.FORM), site.survey)
    coordinator = make_member(site.survey, Role.COORDINATOR, "V00")
    return site.survey, {
        "path": fieldwork.path_for(person, site, coordinator),
        "user": person.username,
        "version": version.pk,
        "site": site.code,
    }


def export(built: Demo, other: Survey) -> None:
    """A file of either survey is asked for."""
    for survey in (built.survey, other):
        order = catalogue.Order(survey.questionnaires.all()[0], coordinator_of(survey))
        tasks.nudge_job(catalogue.request(catalogue.find("submissions", "csv"), order).pk)


def coordinator_of(survey: Survey) -> User:
    return User.objects.filter(
        memberships__survey=survey, memberships__role=Role.COORDINATOR
    ).order_by("pk")[0]
