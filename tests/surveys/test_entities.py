"""Entries of lists are created and changed by interviews, in whatever order these arrive."""

from itertools import permutations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from surveys import entities, entity_lists, questionnaires, review, submissions
from surveys.models import (
    Case,
    Decision,
    Entity,
    EntityChange,
    EntityList,
    Interview,
    Role,
    Site,
    Submission,
    User,
    Wave,
)
from surveys.submissions import Sender
from surveys.xforms.declarations import KEPT
from surveys.xforms.instance import read_instance
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
    workbook,
)
from tests.losses import Lose, in_every_way
from tests.surveys import panel
from tests.surveys.panel import entering, send, visiting

pytestmark = pytest.mark.django_db
LI = "3b241101-e2bb-4255-8caf-4136c566a962"
SOFT, HARD = Entity.Conflict.SOFT, Entity.Conflict.HARD


@pytest.fixture
def field() -> tuple[Site, User]:
    return panel.begin()


def test_an_interview_creates_an_entry_at_its_site_once(field: tuple[Site, User]) -> None:
    site, person = field
    xml = entering(LI, phone="1", job="cook")
    assert [send(xml, site, person).created for _ in range(2)] == [True, False]
    entry = panel.entity(site, LI)
    assert (entry.label, entry.data, entry.version) == ("1", {"phone": "1", "job": "cook"}, 1)
    assert entry.site == site
    (change,) = entry.changes.all()
    assert change.submission is not None
    assert change.submission.sender == person


def test_another_interview_changes_what_it_says_and_nothing_else(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(entering(LI, phone="1", job="cook"), site, person)
    send(visiting(LI, base=1, job="mason"), site, person)
    entry = panel.entity(site, LI)
    assert (entry.data, entry.version, entry.conflict) == ({"phone": "1", "job": "mason"}, 2, "")
    assert [change.data["job"] for change in entry.changes.all()] == ["cook", "mason"]


def test_two_who_change_one_property_are_a_hard_conflict_and_both_are_kept(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(entering(LI, phone="1"), site, person)
    send(visiting(LI, base=1, phone="2"), site, person)
    send(visiting(LI, base=1, phone="3"), site, person)
    entry = panel.entity(site, LI)
    assert (entry.data["phone"], entry.conflict, entry.version) == ("3", HARD, 3)
    assert entry.changes.get(version=3).conflicts == ["phone"]
    assert entry.changes.get(version=3).based_on == 1


def test_two_who_change_different_properties_are_a_soft_one(field: tuple[Site, User]) -> None:
    site, person = field
    send(entering(LI, phone="1"), site, person)
    send(visiting(LI, base=1, phone="2"), site, person)
    send(visiting(LI, base=1, job="mason"), site, person)
    entry = panel.entity(site, LI)
    assert (entry.data, entry.conflict) == ({"phone": "2", "job": "mason"}, SOFT)


def test_what_was_done_offline_comes_to_the_same_in_every_order(field: tuple[Site, User]) -> None:
    site, person = field
    for number, order in enumerate(permutations(range(3))):
        uuid = f"person-{number}"
        sent = [entering(uuid, phone="1", job="cook")] + [
            visiting(uuid, base=base, branch="b", phone=str(base + 1)) for base in (1, 2)
        ]
        for at in order:
            send(sent[at], site, person)
        entry = panel.entity(site, uuid)
        assert (entry.data, entry.conflict) == ({"phone": "3", "job": "cook"}, ""), order
        assert [change.data["phone"] for change in entry.changes.all()] == ["1", "2", "3"]


def test_a_branch_waits_for_what_comes_before_it_and_is_not_listed_meanwhile(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(visiting(LI, base=1, branch="b", phone="2"), site, person)
    entry = panel.entity(site, LI)
    assert entry.version == 0
    assert not Entity.objects.listed().exists()
    send(entering(LI, phone="1"), site, person)
    assert panel.entity(site, LI).version == 2


def test_a_branch_goes_on_from_the_version_that_it_began_at(field: tuple[Site, User]) -> None:
    site, person = field
    send(entering(LI, phone="1"), site, person)
    send(visiting(LI, base=1, phone="2"), site, person)
    send(visiting(LI, base=3, trunk=2, branch="b", job="mason"), site, person)
    assert panel.entity(site, LI).version == 2
    send(visiting(LI, base=2, trunk=2, branch="b", phone="3"), site, person)
    entry = panel.entity(site, LI)
    assert (entry.data, entry.version, entry.conflict) == ({"phone": "3", "job": "mason"}, 4, "")


def test_somebody_may_let_a_change_in_without_what_it_waits_for(field: tuple[Site, User]) -> None:
    site, person = field
    send(entering(LI, phone="1"), site, person)
    send(visiting(LI, base=3, branch="b", phone="4"), site, person)
    waiting = EntityChange.objects.get(version=None)
    entities.release(waiting, by=person)
    assert panel.entity(site, LI).data["phone"] == "4"


def test_an_interview_in_quarantine_changes_nothing_until_it_is_released(
    field: tuple[Site, User],
) -> None:
    site, _ = field
    stranger = make_enumerator(make_site(site.survey, "S2"))
    interview = send(entering(LI, phone="1"), site, stranger).submission.interview
    assert interview.state == Interview.State.QUARANTINED
    assert not Entity.objects.exists()
    coordinator = make_member(site.survey, Role.COORDINATOR)
    review.decide(interview.pk, Decision.Verdict.COUNT, by=coordinator)
    with transaction.atomic():
        entities.follow(Interview.objects.get(pk=interview.pk))
    assert panel.entity(site, LI).version == 1


def test_a_correction_that_came_first_and_waited_is_taken_over_with_its_original(
    field: tuple[Site, User],
) -> None:
    site, person = field
    first = entering(LI, phone="1", instance_id="uuid:1")
    second = entering(LI, phone="2", instance_id="uuid:2", deprecated_id="uuid:1")
    send(second, site, person)
    assert not Entity.objects.exists()
    send(first, site, person)
    assert panel.entity(site, LI).data["phone"] == "2"


@in_every_way
def test_an_original_is_stored_though_the_correction_that_came_first_cannot_be_read(
    lose: Lose, field: tuple[Site, User]
) -> None:
    site, person = field
    second = entering(LI, phone="2", instance_id="uuid:2", deprecated_id="uuid:1")
    send(second, site, person)
    lose(Submission.objects.all())
    send(entering(LI, phone="1", instance_id="uuid:1"), site, person)
    assert Submission.objects.count() == 2
    assert not Entity.objects.exists()


def test_a_correction_put_in_the_place_of_its_original_corrects_what_that_made(
    field: tuple[Site, User],
) -> None:
    site, person = field
    stranger = make_enumerator(make_site(site.survey, "S2"))
    send(entering(LI, phone="1", instance_id="uuid:1"), site, person)
    edit = entering(LI, phone="2", instance_id="uuid:2", deprecated_id="uuid:1")
    waiting = send(edit, site, stranger).submission.interview
    assert panel.entity(site, LI).data["phone"] == "1"
    coordinator = make_member(site.survey, Role.COORDINATOR)
    review.decide(waiting.pk, Decision.Verdict.REPLACE, by=coordinator)
    entry = panel.entity(site, LI)
    assert (entry.data["phone"], entry.version, entry.conflict) == ("2", 2, "")


def test_a_corrected_interview_corrects_what_it_made(field: tuple[Site, User]) -> None:
    site, person = field
    send(entering(LI, phone="1", instance_id="uuid:1"), site, person)
    send(entering(LI, phone="2", instance_id="uuid:2", deprecated_id="uuid:1"), site, person)
    send(entering(LI, phone="2", instance_id="uuid:3", deprecated_id="uuid:2"), site, person)
    entry = panel.entity(site, LI)
    assert (entry.data["phone"], entry.version, entry.conflict) == ("2", 2, "")


def test_created_by_two_is_a_conflict(field: tuple[Site, User]) -> None:
    site, person = field
    send(entering(LI, phone="1"), site, person)
    send(entering(LI, phone="2"), site, person)
    assert panel.entity(site, LI).conflict == HARD


def test_a_person_decides_which_version_stays(field: tuple[Site, User]) -> None:
    site, person = field
    decider = make_member(site.survey, Role.COORDINATOR)
    send(entering(LI, phone="1"), site, person)
    send(visiting(LI, base=1, phone="2"), site, person)
    send(visiting(LI, base=1, phone="3"), site, person)
    entry = entities.keep(panel.entity(site, LI), 2, seen=3, by=decider)
    assert (entry.data["phone"], entry.version, entry.conflict) == ("2", 4, "")
    assert entry.changes.get(version=4).by == decider
    entry = entities.keep(entry, 4, seen=4, by=decider)
    assert entry.version == 4
    with pytest.raises(entities.UnknownVersion), transaction.atomic():
        entities.keep(entry, 9, seen=4, by=decider)
    send(visiting(LI, base=4, phone="5"), site, person)
    with pytest.raises(entities.ChangedMeanwhile), transaction.atomic():
        entities.keep(entry, 3, seen=4, by=decider)
    assert panel.entity(site, LI).data["phone"] == "5"


def test_a_decision_brings_the_entry_back_to_the_site_of_that_version(
    field: tuple[Site, User],
) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    make_site(site.survey, "S3")
    send(entering(LI, phone="1"), site, person)
    for number, code in enumerate(("S2", "S3"), start=1):
        row = EntityChange(
            entity=panel.entity(site, LI),
            action="update",
            base_version=number,
            received={"site": code},
        )
        entities.release(_saved(row), by=person)
    assert entities.keep(panel.entity(site, LI), 2, seen=3, by=person).site == other
    assert entities.keep(panel.entity(site, LI), 1, seen=4, by=person).site == site


def test_an_entry_is_where_the_property_site_says(field: tuple[Site, User]) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    send(entering(LI, phone="1"), site, person)
    entry = panel.entity(site, LI)
    change = EntityChange(entity=entry, action="update", base_version=1, received={"site": "S2"})
    entities.release(_saved(change), by=person)
    assert panel.entity(site, LI).site == other


def _saved(change: EntityChange) -> EntityChange:
    change.save()
    return change


def test_practice_and_what_is_no_list_of_the_survey_leave_no_trace(
    field: tuple[Site, User],
) -> None:
    site, person = field
    practice = Sender(person, "phone", is_practice=True)
    submissions.receive(read_instance(entering(LI, phone="1")), site.survey, practice)
    panel.people(site).delete()
    send(entering(LI, phone="1"), site, person)
    assert not Entity.objects.exists()


def test_a_visit_belongs_to_the_case_that_it_names_in_every_wave(
    field: tuple[Site, User],
) -> None:
    site, person = field
    questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    first, second = (Wave.objects.create(survey=site.survey, number=n) for n in (1, 2))
    Case.objects.create(wave=first, site=site, code="A1")
    cases = EntityList.objects.get(survey=site.survey, name="cases")
    ((uuid, *_),) = entity_lists.table_for(cases, person).rows
    for text, code in ((uuid, "A1"), ("somebody else", None)):
        sent = receive(panel.version(site, "follow"), psu_id="S1", person=text, phone="1")
        interview = sent.submission.interview
        assert interview.case is not None
        assert interview.case.wave == second
        assert interview.case.code == (code or interview.root_uuid)


def test_a_form_keeps_more_in_a_case_than_the_survey_does(field: tuple[Site, User]) -> None:
    site, person = field
    questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    wave = Wave.objects.create(survey=site.survey, number=1)
    Case.objects.create(wave=wave, site=site, code="A1")
    cases = EntityList.objects.get(survey=site.survey, name="cases")
    assert cases.properties == [*KEPT["cases"], "phone"]
    ((uuid, *_),) = entity_lists.table_for(cases, person).rows
    xml = panel.following(uuid, base=1, phone="139")
    send(xml, site, person)
    ((_, label, version, *values),) = entity_lists.table_for(cases, person).rows
    said = dict(zip(cases.properties, values, strict=True))
    assert (label, version, said["phone"], said["outcome"]) == ("A1", "3", "139", "completed")
    assert panel.entity(site, uuid).conflict == ""


def test_forms_that_change_no_list_ask_the_database_for_none() -> None:
    version = make_version(make_site(make_survey(), "S1").survey)
    with CaptureQueriesContext(connection) as queries:
        receive(version, psu_id="S1", age="30", works="no")
    assert [query["sql"] for query in queries if "entity" in query["sql"]] == []
