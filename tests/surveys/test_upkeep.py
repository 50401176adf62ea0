"""Lists that the survey itself keeps: in step with it, compared only where it changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from surveys import (
    comments,
    entities,
    entity_lists,
    questionnaires,
    returns,
    review,
    upkeep,
)
from surveys.models import Case, Entity, EntityList, Interview, Role, Site, User, Wave
from surveys.models.decision import Verdict
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
    workbook,
)
from tests.surveys import panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> tuple[Site, User, EntityList]:
    """A site with the case C1, who works there, and the list of cases."""
    site = make_site(make_survey("panel"), "S1")
    questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    wave = Wave.objects.create(survey=site.survey, number=1)
    Case.objects.create(wave=wave, code="C1", site=site)
    cases = EntityList.objects.get(survey=site.survey, name="cases")
    return site, make_enumerator(site, "E01"), cases


def labels(cases: EntityList, person: User) -> list[str]:
    return [row[1] for row in entity_lists.table_for(cases, person).rows]


def test_whom_the_field_met_is_listed_from_an_interview_on_that_stands(
    field: tuple[Site, User, EntityList],
) -> None:
    site, person, cases = field
    version = make_version(site.survey)
    answers = {"psu_id": "S1", "age": "30", "works": "no"}
    receive(version, Sender(person, is_practice=True), **answers)
    stranger = make_enumerator(make_site(site.survey, "S2"), "E02")
    waiting = receive(version, Sender(stranger), **answers).submission.interview
    assert labels(cases, person) == ["C1"]
    waiting.state = Interview.State.SUBMITTED
    waiting.save()
    listed = labels(cases, person)
    assert listed[0] == "C1"
    assert [label[:5] for label in listed[1:]] == ["S1 · "]


def test_what_was_returned_is_listed_until_it_comes_back(
    field: tuple[Site, User, EntityList],
) -> None:
    site, person, _ = field
    boss = make_member(site.survey, Role.COORDINATOR)
    returned = entity_lists.of_survey(site.survey, "returned")
    answers = {"psu_id": "S1", "age": "30", "works": "no"}
    pk = receive(make_version(site.survey), Sender(person), **answers).submission.interview_id
    assert labels(returned, person) == []
    comments.say(pk, "30?", by=boss, path="g/age")
    review.decide(pk, Verdict.RETURN, by=boss, reason="Ask again.")
    (label,) = labels(returned, person)
    assert label.startswith("S1 · ")
    assert label.endswith(" · age: 30? · Ask again.")
    comments.say(pk, "And the hours.", by=boss)
    assert labels(returned, person)[0].endswith(" · And the hours.")
    assert labels(returned, make_enumerator(make_site(site.survey, "S2"))) == []
    returns.answer(person, pk, "It is 30.")
    assert labels(returned, person) == []


def test_who_moves_goes_from_one_phone_to_the_other_and_back(
    field: tuple[Site, User, EntityList],
) -> None:
    site, person, cases = field
    other = make_site(site.survey, "S2")
    there = make_enumerator(other, "E02")
    later = Wave.objects.create(survey=site.survey, number=2)
    assert labels(cases, person) == ["C1"]
    moved = Case.objects.create(wave=later, code="C1", site=other)
    assert (labels(cases, there), labels(cases, person)) == (["C1"], [])
    moved.delete()
    assert (labels(cases, there), labels(cases, person)) == ([], ["C1"])


def test_a_survey_in_which_nothing_changed_is_not_compared_again(
    field: tuple[Site, User, EntityList],
) -> None:
    site, _, cases = field
    staff = make_member(site.survey, Role.COORDINATOR)
    entity_lists.table_for(cases, staff)
    before = EntityList.objects.get(pk=cases.pk)
    with CaptureQueriesContext(connection) as queries:
        entity_lists.table_for(before, staff)
    asked = [query["sql"] for query in queries]
    assert len(asked) == 6  # the survey and its waves, sites, cases, interviews and entries in sums
    assert not [sql for sql in asked if "UPDATE" in sql or '"surveys_entity"."data"' in sql]


def test_ids_are_nobodys_to_compute(field: tuple[Site, User, EntityList]) -> None:
    site, _, cases = field
    other = entity_lists.of_survey(make_survey("other"), "cases")
    assert upkeep.id_of(cases, "C1") == upkeep.id_of(cases, "C1")
    assert upkeep.id_of(cases, "C1") != upkeep.id_of(other, "C1")
    assert (
        len({cases.secret, other.secret, entity_lists.of_survey(site.survey, "sites").secret}) == 3
    )


def test_what_the_survey_keeps_is_not_for_interviews_or_decisions(
    field: tuple[Site, User, EntityList],
) -> None:
    site, person, cases = field
    ((uuid, *_),) = entity_lists.table_for(cases, person).rows
    panel.send(panel.following(uuid, base=1, phone="1"), site, person)
    entity_lists.table_for(cases, person)
    entry = panel.entity(site, uuid)
    assert (entry.data["outcome"], entry.data["phone"]) == ("completed", "1")
    entry = entities.keep(entry, 1, seen=entry.version, by=person)
    assert entry.data["outcome"] == "completed"
    with pytest.raises(entities.KeptBySurvey), transaction.atomic():
        entities.set_gone(entry, is_gone=True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_waited_for_the_list_writes_nothing_older(field: tuple[Site, User, EntityList]) -> None:
    site, person, cases = field
    ((uuid, *_),) = entity_lists.table_for(cases, person).rows
    Site.objects.filter(pk=site.pk).update(name="Hillside")  # so that the list is behind

    def fetch() -> None:
        entity_lists.table_for(EntityList.objects.get(pk=cases.pk), person)

    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            EntityList.objects.select_for_update().get(pk=cases.pk)
            slow = others.submit(closing, fetch)
            wait_until_somebody_waits()
            receive(panel.version(site, "follow"), psu_id="S1", person=uuid, phone="1")
            fetch()
        slow.result()
    assert Entity.objects.get(uuid=uuid).data["outcome"] == "completed"


def closing(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def wait_until_somebody_waits() -> None:
    """Until another connection waits for a lock."""
    until = monotonic() + 10
    while monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot()"
            )  # else a transaction sees one for ever
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone():
                return
        sleep(0.02)
    raise AssertionError("nobody waits")
