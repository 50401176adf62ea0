"""A few of the season's interviews visited again: who makes interviews up had not been there."""

from surveys import questionnaires, submissions
from surveys.backchecks import draw, setup
from surveys.backchecks.questions import Again
from surveys.models import SecondVisit
from surveys.quality.backchecks import Type
from surveys.rehearsal.plan import ENUMERATORS
from surveys.rehearsal.season import Season, instance_id
from surveys.submissions import Sender
from surveys.xforms.instance import (
    blank_instance,
    fill,
    read_instance,
    relative,
    set_meta,
    write_instance,
)
from surveys.xforms.shortening import MET, OUTCOME, SEEN

QUESTIONS = (
    Again("g_a/a2", Type.FIXED, tolerance=1),
    Again("g_a/a3", Type.FIXED),
    Again("g_s2/s2_6", Type.UNSTABLE, tolerance=0.1, is_relative=True),
    Again("g_s4/s4_4a", Type.SKILL, tolerance=0.1, is_relative=True),
)
OF_EACH = 2
SHARE = 0.01


def visit_again(season: Season) -> int:
    """Draw of everybody's interviews and visit them again, once; returns how many were."""
    questionnaire = season.version.questionnaire
    if questionnaire.backchecks.exists():
        return 0
    design = setup.Design(QUESTIONS, SHARE, OF_EACH, season.plan.seed)
    checkers = [season.enumerator(place) for place in range(ENUMERATORS)]
    backcheck = setup.begin(questionnaire, design, checkers, by=season.people["coordinator"])
    draw.draw(backcheck.pk, fills=True)
    drawn = backcheck.visits.select_related(
        "interview__site", "interview__enumerator", "checker", "backcheck__short__current"
    )
    visits = list(drawn.order_by("pk"))
    for visit in visits:
        _send(season, visit)
    return len(visits)


def _send(season: Season, visit: SecondVisit) -> None:
    """The same answers again; where the enumerator makes interviews up, nobody had come."""
    version = visit.backcheck.short.current
    if version is None:
        return
    form, given = questionnaires.form_of(version), visit.interview.answers
    root = blank_instance(form)
    is_made_up = visit.interview.enumerator in season.makers
    answers = {OUTCOME: MET, SEEN: "no" if is_made_up else "yes"}
    answers |= {one.place: given.get(one.place, "") for one in QUESTIONS}
    places = {relative(one.path): one.path for one in form.questions}
    fill(root, {places[place]: text for place, text in answers.items()})
    fill(root, {form.roles["first"]: visit.interview.root_uuid})
    set_meta(root, "instanceID", instance_id(season, f"again-{visit.interview.root_uuid}"))
    submissions.receive(
        read_instance(write_instance(root)),
        season.survey,
        Sender(visit.checker, "web", site=visit.interview.site),
        received_at=season.plan.ends_at,
    )
