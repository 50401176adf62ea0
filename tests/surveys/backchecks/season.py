"""A small survey with a back-check: two teams, interviews, and second visits as they are sent."""

from dataclasses import dataclass

from surveys import drafts, second_visits
from surveys.backchecks import draw, setup
from surveys.backchecks.questions import Again
from surveys.models import (
    BackCheck,
    Interview,
    Membership,
    QuestionnaireVersion,
    Role,
    SecondVisit,
    Site,
    Survey,
    User,
)
from surveys.quality.backchecks import Type
from surveys.questionnaires import form_of
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
    signed_in,
)

QUESTIONS = (
    Again("g/age", Type.FIXED, tolerance=1),
    Again("g/works", Type.SKILL),
    Again("g/hours", Type.UNSTABLE, tolerance=0.1, is_relative=True),
)


@dataclass(frozen=True)
class Team:
    """Two enumerators of the north, a back-checker of the south, and who runs the survey."""

    survey: Survey
    site: Site
    version: QuestionnaireVersion
    enumerators: tuple[User, User]
    checker: User
    coordinator: User


def make_team() -> Team:
    survey = make_survey()
    site = make_site(survey)
    people = (make_enumerator(site), make_enumerator(site))
    Membership.objects.filter(user__in=people).update(team="north")
    return Team(
        survey,
        site,
        make_version(survey),
        people,
        make_member(survey, Role.ENUMERATOR, team="south"),
        make_member(survey, Role.COORDINATOR),
    )


def interviews_of(team: Team, enumerator: User, many: int, **answers: str) -> list[Interview]:
    given = {"psu_id": team.site.code, "age": "30", "works": "yes", "hours": "40", **answers}
    return [
        receive(team.version, Sender(enumerator), **given).submission.interview for _ in range(many)
    ]


def make_backcheck(
    team: Team,
    share: float = 1.0,
    *,
    least: int = 0,
    seed: int = 7,
    checkers: tuple[User, ...] = (),
) -> BackCheck:
    return setup.begin(
        team.version.questionnaire,
        setup.Design(QUESTIONS, share, least, seed),
        checkers or (team.checker,),
        by=team.coordinator,
    )


def drawn(team: Team, backcheck: BackCheck) -> SecondVisit:
    """The one second visit to an interview of the first enumerator."""
    interviews_of(team, team.enumerators[0], 1)
    draw.draw(backcheck.pk)
    return backcheck.visits.get()


def visit(one: SecondVisit, **answers: str) -> Interview:
    """What becomes of a second visit as its back-checker makes it, answered by name."""
    checker = signed_in(one.checker or User())
    draft = second_visits.begin(checker, one.pk)
    given = {"second_visit_outcome": "met", "second_visit_seen": "yes", **answers}
    places = {question.name: question.path for question in form_of(draft.version).questions}
    drafts.save(draft, {places[name]: text for name, text in given.items()})
    return drafts.finish(draft).submission.interview
