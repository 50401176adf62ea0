"""Where interviews are that name their site by whom, or what, they choose from a list."""

import pytest

from surveys import drafts, entity_lists, fieldwork, questionnaires, submissions
from surveys.models import EntityList, Interview, QuestionnaireVersion, Site, User
from surveys.questionnaires import form_of
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import make_site, workbook
from tests.surveys import panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> tuple[Site, User]:
    return panel.begin()


def publish(form: str, site: Site) -> QuestionnaireVersion:
    return questionnaires.publish(workbook(form), site.survey)


def entry(name: str, site: Site, person: User, label: str) -> str:
    entries = EntityList.objects.get(survey=site.survey, name=name)
    rows = entity_lists.table_for(entries, person).rows
    return next(uuid for uuid, said, *_ in rows if label in said)


def sent(form_id: str, site: Site, person: User, answers: str) -> Interview:
    meta = f"<meta><instanceID>uuid:{form_id}</instanceID></meta>"
    xml = f'<data id="{form_id}" version="1">{answers}{meta}</data>'.encode()
    receipt = submissions.receive(read_instance(xml), site.survey, Sender(person))
    return receipt.submission.interview


def test_an_interview_without_a_site_is_where_the_case_is(field: tuple[Site, User]) -> None:
    site, person = field
    fieldwork.case_for(site, fieldwork.current_wave(site.survey), "R1")
    make_site(site.survey, "S2")
    publish(panel.WHO_ONLY, site)
    chosen = entry("cases", site, person, "R1")
    answers = f"<person>{chosen}</person><moved_to/>"
    interview = sent("who", site, person, answers)
    assert (interview.state, interview.site) == (Interview.State.SUBMITTED, site)
    assert interview.case is not None
    assert interview.case.code == "R1"


def test_an_interview_without_a_site_is_where_the_entry_is_that_it_changes(
    field: tuple[Site, User],
) -> None:
    site, person = field
    panel.send(panel.entering("e-1", phone="1"), site, person)
    chosen = read_instance(panel.visiting("e-1", base=1, site="", phone="2"))
    receipt = submissions.receive(chosen, site.survey, Sender(person))
    assert receipt.submission.interview.site == site


def test_a_site_may_be_chosen_from_the_list_of_sites(field: tuple[Site, User]) -> None:
    site, person = field
    version = publish(panel.AT_A_SITE, site)
    chosen = entry("sites", site, person, "Riverside")
    interview = sent("at", site, person, f"<site>{chosen}</site><weather>fair</weather>")
    assert (interview.state, interview.site) == (Interview.State.SUBMITTED, site)
    assert drafts.known_answers(form_of(version), person, site)["/data/site"] == chosen


def test_where_somebody_moved_to_is_not_where_the_interview_is(field: tuple[Site, User]) -> None:
    site, person = field
    publish(panel.WHO_ONLY, site)
    elsewhere = entry("sites", site, person, "Riverside")
    answers = f"<person/><moved_to>{elsewhere}</moved_to>"
    assert sent("who", site, person, answers).state == Interview.State.QUARANTINED


def test_a_site_that_nobody_knows_is_not_taken_from_somebody_else(field: tuple[Site, User]) -> None:
    site, person = field
    panel.send(panel.entering("e-1", phone="1"), site, person)
    elsewhere = read_instance(panel.visiting("e-1", base=1, site="S99", phone="2"))
    interview = submissions.receive(elsewhere, site.survey, Sender(person)).submission.interview
    assert (interview.state, interview.site) == (Interview.State.QUARANTINED, None)
