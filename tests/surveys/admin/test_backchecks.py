"""Back-checks on the coordinator's pages: set up, drawn, read; and on the back-checker's first page."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from surveys import checks
from surveys.backchecks import draw
from surveys.models import BackCheck, Draft, QuestionnaireVersion, Role
from surveys.questionnaires import form_of
from tests.factories import PASSWORD, make_member
from tests.surveys.admin.office import client_of
from tests.surveys.backchecks.season import (
    Team,
    drawn,
    interviews_of,
    make_backcheck,
    make_team,
    visit,
)

pytestmark = pytest.mark.django_db
NEW = "/admin/surveys/backcheck/new/"


@pytest.fixture
def team() -> Team:
    return make_team()


def chosen(team: Team, **more: str) -> dict[str, object]:
    return {
        "ask": ["g/age", "g/hours"],
        "type:g/age": "1",
        "within:g/age": "1",
        "type:g/hours": "3",
        "within:g/hours": "10",
        "part:g/hours": "on",
        "skip:g/hours": "999",
        "share": "50",
        "least": "2",
        "seed": "7",
        "checkers": [str(team.checker.pk)],
        **more,
    }


def test_it_is_looked_at_before_it_is_set_up(team: Team) -> None:
    page = client_of(team.coordinator)
    assert "2. Do you work?" in page.get(NEW).content.decode()
    looked = page.post(NEW, chosen(team)).content.decode()
    assert "2 questions are asked again" in looked
    assert "Rules that cannot be kept" in looked
    assert "hours (when it is asked)" in looked
    assert not BackCheck.objects.exists()


def test_it_is_set_up_as_it_was_asked_for(team: Team) -> None:
    answer = client_of(team.coordinator).post(NEW, chosen(team, keep="1"))
    kept = BackCheck.objects.get()
    assert answer["Location"] == reverse("admin:surveys_backcheck_change", args=(kept.pk,))
    assert (kept.share, kept.least, kept.seed) == (0.5, 2, 7)
    age, hours = kept.questions
    assert (age["place"], age["type"], age["tolerance"]) == ("g/age", 1, 1.0)
    assert (hours["tolerance"], hours["is_relative"], hours["skipped"]) == (0.1, True, ["999"])
    version = kept.short.current
    assert isinstance(version, QuestionnaireVersion)
    assert "hours" in {question.name for question in form_of(version).questions}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"within:g/age": "two"}, "Write a number"),
        ({"checkers": []}, "Choose at least one person."),
        ({"ask": []}, "Choose the questions that are asked again."),
        ({"share": "0"}, "marked below"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    team: Team, given: dict[str, str], said: str
) -> None:
    page = client_of(team.coordinator).post(NEW, chosen(team, keep="1", **given))
    assert said in page.content.decode()
    assert not BackCheck.objects.exists()


def test_the_page_says_what_differs_and_by_whom(team: Team) -> None:
    backcheck = make_backcheck(team)
    one = drawn(team, backcheck)
    visit(one, second_visit_seen="no", age="45", works="yes", hours="41")
    page = client_of(team.coordinator).get(f"/admin/surveys/backcheck/{backcheck.pk}/")
    text = page.content.decode()
    for words in ("1. Age", "30", "45", "nobody had come", team.enumerators[0].username):
        assert words in text
    (type_1, _meaning), *_others = page.context["rates"]
    assert (type_1.different, type_1.compared, type_1.share) == (2, 2, "")
    checks.run(team.survey)
    evidence = client_of(team.coordinator).get(
        f"/admin/surveys/inspection/evidence/{one.interview_id}/"
    )
    assert "Second visit disagrees" in evidence.content.decode()
    assert "Visited again" in evidence.content.decode()


def test_a_supervisor_reads_of_the_own_team_only(team: Team) -> None:
    north = make_member(team.survey, Role.SUPERVISOR, team="north")
    east = make_member(team.survey, Role.SUPERVISOR, team="east")
    backcheck = make_backcheck(team)
    visit(drawn(team, backcheck), age="45", works="yes", hours="41")
    address = f"/admin/surveys/backcheck/{backcheck.pk}/"
    own, others = (client_of(one).get(address) for one in (north, east))
    assert own.context["coverage"].met == 1
    assert others.context["coverage"].drawn == 0
    assert "Seed" not in own.content.decode()
    assert client_of(north).post(f"{address}draw/").status_code == 403
    assert client_of(north).get(NEW).status_code == 403


def test_the_file_has_the_columns_of_ipabcstats(team: Team) -> None:
    backcheck = make_backcheck(team)
    visit(drawn(team, backcheck), age="45", works="no")
    answer = client_of(team.coordinator).get(
        f"/admin/surveys/backcheck/{backcheck.pk}/comparisons.csv"
    )
    text = answer.getvalue().decode("utf-8-sig")
    seen, age, works = csv.DictReader(io.StringIO(text))
    assert (age["variable"], age["survey"], age["backcheck"], age["result"], age["type"]) == (
        "age", "30", "45", "different", "type 1",
    )  # fmt: skip
    assert (works["surveylabel"], works["backchecklabel"]) == ("Yes", "No")
    assert (seen["result"], seen["enumteam"], seen["bcteam"]) == ("not different", "north", "south")


def test_drawing_and_people_are_the_coordinators(team: Team) -> None:
    other = make_member(team.survey, Role.ENUMERATOR, team="south")
    backcheck = make_backcheck(team)
    interviews_of(team, team.enumerators[0], 2)
    page, address = client_of(team.coordinator), f"/admin/surveys/backcheck/{backcheck.pk}/"
    page.post(f"{address}draw/")
    assert backcheck.visits.filter(checker=team.checker).count() == 2
    page.post(f"{address}people/", {"checkers": [str(other.pk)]})
    assert backcheck.visits.filter(checker=other).count() == 2
    page.post(f"{address}people/", {"checkers": [str(team.coordinator.pk)]})
    assert set(backcheck.checkers.all()) == {other}
    page.post(f"{address}switch/")
    assert draw.waiting() == []


def test_the_pages_ask_few_questions_of_the_database(
    team: Team, django_assert_max_num_queries: object
) -> None:
    backcheck = make_backcheck(team)
    interviews_of(team, team.enumerators[0], 4)
    draw.draw(backcheck.pk)
    for one in backcheck.visits.all():
        visit(one, age="45", works="yes", hours="41")
    page = client_of(team.coordinator)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page.get(f"/admin/surveys/backcheck/{backcheck.pk}/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page.get("/admin/surveys/backcheck/")


def test_the_back_checker_begins_on_the_first_page(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    phone = Client()
    phone.post("/login/", {"username": team.checker.username, "password": PASSWORD})
    shown = phone.get("/").content.decode()
    assert "To visit again" in shown
    assert team.site.code in shown
    begun = phone.post(f"/again/{one.pk}/")
    draft = Draft.objects.get()
    assert begun["Location"] == f"/interview/{draft.pk}/1/"
    asked = phone.get(begun["Location"]).content.decode()
    assert "Have you met the person of the first interview?" in asked
    assert one.interview.root_uuid not in asked
    assert "To visit again" not in phone.get("/").content.decode()
    assert phone.post(f"/again/{one.pk}/")["Location"] == begun["Location"]


def test_nobody_else_learns_of_it(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    maker = client_of(team.enumerators[0])
    assert "To visit again" not in maker.get("/").content.decode()
    assert maker.post(f"/again/{one.pk}/").status_code == 404
    assert (
        maker.post(f"/fill/{one.backcheck.short_id}/", {"site": team.site.code}).status_code == 404
    )
    assert not Draft.objects.exists()
