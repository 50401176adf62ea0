"""Corrections of interviews that changed lists, and changes by people who have nothing to do with them."""

import pytest

from surveys import entities, questionnaires, review
from surveys.models import Assignment, Decision, Entity, EntityChange, EntityList, Role, Site, User
from surveys.xforms.xlsform import FormError
from tests.factories import make_enumerator, make_member, make_site, workbook
from tests.surveys import panel
from tests.surveys.panel import entering, send, visiting

pytestmark = pytest.mark.django_db
HARD = Entity.Conflict.HARD


@pytest.fixture
def field() -> tuple[Site, User]:
    """Two people in the list, p-1 and p-2."""
    site, person = panel.begin()
    for number in "12":
        send(entering(f"p-{number}", phone=number, instance_id=f"uuid:{number}"), site, person)
    return site, person


def edit(old: str, new: str) -> dict[str, str]:
    return {"instance_id": f"uuid:{new}", "deprecated_id": f"uuid:{old}"}


def test_who_was_named_by_mistake_is_as_before(field: tuple[Site, User]) -> None:
    site, person = field
    send(visiting("p-1", base=1, phone="99", job="cook", instance_id="uuid:a"), site, person)
    send(visiting("p-2", base=1, phone="99", **edit("a", "b")), site, person)
    wrong, right = (panel.entity(site, f"p-{number}") for number in "12")
    assert (wrong.data, wrong.version, wrong.conflict) == ({"phone": "1", "job": ""}, 3, "")
    assert right.data["phone"] == "99"
    send(visiting("p-1", base=1, phone="98", **edit("b", "c")), site, person)
    wrong, right = (panel.entity(site, f"p-{number}") for number in "12")
    assert (wrong.data["phone"], wrong.version, wrong.conflict) == ("98", 4, "")
    assert right.data["phone"] == "2"


def test_what_somebody_else_has_changed_since_stays_and_is_a_conflict(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(visiting("p-1", base=1, phone="99", job="cook", instance_id="uuid:a"), site, person)
    send(visiting("p-1", base=2, phone="5"), site, person)
    send(visiting("p-2", base=1, phone="99", **edit("a", "b")), site, person)
    wrong = panel.entity(site, "p-1")
    assert (wrong.data, wrong.conflict) == ({"phone": "5", "job": ""}, HARD)
    assert wrong.changes.get(version=4).conflicts == ["phone"]


def test_who_was_entered_by_mistake_leaves_the_list_and_comes_back_when_entered_again(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(entering("p-3", phone="2", **edit("2", "b")), site, person)
    assert panel.entity(site, "p-2").is_gone
    send(entering("p-2", phone="7", **edit("b", "c")), site, person)
    again = panel.entity(site, "p-2")
    assert (again.is_gone, again.data["phone"], again.conflict) == (False, "7", "")
    assert panel.entity(site, "p-3").is_gone


def test_who_was_entered_by_mistake_and_visited_since_stays(field: tuple[Site, User]) -> None:
    site, person = field
    send(visiting("p-2", base=1, phone="5"), site, person)
    send(entering("p-3", phone="2", **edit("2", "b")), site, person)
    entry = panel.entity(site, "p-2")
    assert (entry.is_gone, entry.conflict, entry.data["phone"]) == (False, HARD, "5")


def test_a_change_that_waits_is_replaced_by_its_correction(field: tuple[Site, User]) -> None:
    site, person = field
    send(
        visiting("p-1", base=2, trunk=1, branch="b", phone="WRONG", instance_id="uuid:a"),
        site,
        person,
    )
    send(
        visiting("p-1", base=2, trunk=1, branch="b", phone="RIGHT", **edit("a", "b")), site, person
    )
    assert EntityChange.objects.filter(version=None).count() == 1
    send(visiting("p-1", base=1, trunk=1, branch="b", job="cook"), site, person)
    entry = panel.entity(site, "p-1")
    assert (entry.data, entry.conflict) == ({"phone": "RIGHT", "job": "cook"}, "")


def test_a_change_that_waits_for_an_entry_named_by_mistake_is_dropped(
    field: tuple[Site, User],
) -> None:
    site, person = field
    send(visiting("p-9", base=1, phone="9", instance_id="uuid:a"), site, person)
    send(visiting("p-2", base=1, phone="9", **edit("a", "b")), site, person)
    assert not Entity.objects.filter(uuid="p-9").exists()


def test_a_correction_says_only_what_it_corrects(field: tuple[Site, User]) -> None:
    site, person = field
    send(visiting("p-1", base=1, phone="5"), site, person)
    send(entering("p-1", phone="1", job="cook", **edit("1", "b")), site, person)
    entry = panel.entity(site, "p-1")
    assert (entry.data["phone"], entry.data["job"], entry.conflict) == ("5", "cook", "soft")


def test_an_entry_moves_with_the_interview_that_made_it(field: tuple[Site, User]) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    Assignment.objects.create(site=other, enumerator=person)
    send(entering("p-1", phone="1", site="S2", **edit("1", "b")), site, person)
    entry = panel.entity(site, "p-1")
    assert (entry.site, entry.version, entry.conflict) == (other, 2, "")
    send(visiting("p-1", base=2, phone="3"), site, person)
    assert panel.entity(site, "p-1").site == other


def test_and_when_a_coordinator_puts_a_correction_in_its_place(field: tuple[Site, User]) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    waiting = send(entering("p-1", phone="3", site="S2", **edit("1", "b")), site, person)
    coordinator = make_member(site.survey, Role.COORDINATOR)
    interview = waiting.submission.interview
    review.decide(interview.pk, Decision.Verdict.REPLACE, by=coordinator)
    entry = panel.entity(site, "p-1")
    assert (entry.site, entry.data["phone"]) == (other, "3")


@pytest.mark.parametrize(
    "xml",
    [visiting("p-1", base=1, phone="666", site="S2"), entering("p-1", phone="666", site="S2")],
)
def test_what_a_stranger_says_of_an_entry_waits_for_a_person(
    field: tuple[Site, User], xml: bytes
) -> None:
    site, person = field
    stranger = make_enumerator(make_site(site.survey, "S2"), "E77")
    send(xml, site, stranger)
    send(visiting("p-1", base=1, job="cook"), site, person)
    entry = panel.entity(site, "p-1")
    assert (entry.data["phone"], entry.version, entry.conflict) == ("1", 2, "")
    entities.release(EntityChange.objects.get(version=None), by=person)
    assert panel.entity(site, "p-1").data["phone"] == "666"


def test_who_worked_there_once_may_still_change_what_the_phone_has(
    field: tuple[Site, User],
) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    Assignment.objects.filter(enumerator=person).update(is_active=False)
    Assignment.objects.create(site=other, enumerator=person)
    send(visiting("p-1", base=1, phone="5", site="S2"), site, person)
    assert panel.entity(site, "p-1").data["phone"] == "5"


def test_an_interview_that_a_coordinator_lets_count_changes_its_own_site(
    field: tuple[Site, User],
) -> None:
    site, _ = field
    stranger = make_enumerator(make_site(site.survey, "S2"), "E77")
    waiting = send(visiting("p-1", base=1, phone="5"), site, stranger).submission.interview
    coordinator = make_member(site.survey, Role.COORDINATOR)
    review.decide(waiting.pk, Decision.Verdict.COUNT, by=coordinator)
    assert panel.entity(site, "p-1").data["phone"] == "5"


@pytest.mark.postgres
def test_an_entry_may_stand_deep_in_a_form(field: tuple[Site, User]) -> None:
    site, person = field
    groups = [f"g{number}{'x' * 60}" for number in range(9)]
    begun = "".join(f"|  | begin_group | {name} | G |  |\n" for name in groups)
    ended = "".join("|  | end_group |  |  |  |\n" for _ in groups)
    phone = "|  | text | phone | Phone | phone |\n"
    form = panel.ENTER.replace(
        phone,
        f"{begun}|  | begin_repeat | r | R |  |\n{phone}|  | end_repeat |  |  |  |\n{ended}",
    ).replace("|  | text | job | Job | job |\n", "")
    questionnaires.publish(workbook(form.replace("| enter |", "| deep |")), site.survey)
    opened, closed = (
        "".join(f"<{slash}{name}>" for name in names)
        for slash, names in (("", groups), ("/", groups[::-1]))
    )
    entity = '<entity dataset="people" id="p-8" create="1"><label>8</label></entity>'
    member = f"<r><phone>8</phone><meta>{entity}</meta></r>"
    xml = (
        f'<data id="deep" version="1"><psu_id>S1</psu_id>{opened}{member}{closed}'
        "<meta><instanceID>uuid:deep</instanceID></meta></data>"
    )
    send(xml.encode(), site, person)
    assert panel.entity(site, "p-8").data == {"phone": "8"}


def test_a_list_with_too_long_a_name_is_refused(field: tuple[Site, User]) -> None:
    site, _ = field
    form = panel.ENTER.replace("people", "l" * 101).replace("| enter |", "| long |")
    with pytest.raises(FormError, match="100 characters"):
        questionnaires.publish(workbook(form), site.survey)
    assert not EntityList.objects.filter(name__startswith="l").exists()
