"""The ten most frequent tasks of a coordinator, each in at most the clicks that docs/coordinator.md promises."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from scoring.models import PublicPage
from surveys import checks, frames, review, tallies
from surveys.frames import Design
from surveys.models import (
    Assignment,
    Doubt,
    Draw,
    FrameUnit,
    Interview,
    Role,
    SecondVisit,
    Site,
    Survey,
    User,
)
from surveys.models.decision import Verdict
from surveys.sampling.plan import Method, Plan
from tests.conftest import PATIENCE_MS, OpenPage
from tests.e2e.test_interview import sign_in
from tests.e2e.test_live_access import FOCUS, violations
from tests.factories import (
    make_city,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.scoring.dashboard.rows import make_golden
from tests.surveys.backchecks.season import Team, interviews_of, make_backcheck, make_team
from tests.surveys.field import FORM, MORNING, season, send

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PROMISES = Path(settings.BASE_DIR) / "docs" / "coordinator.md"
PROMISE = re.compile(r"^\| (\d+) \|[^|]+\|[^|]+\| (\d+) \|", re.MULTILINE)
SAME_NAMES = "landmark-unique"  # of the two boxes that scroll in Unfold's lists
State = Interview.State
SHORT = 3  # interviews
MOST_STEPS = 200
HAS_FOCUS = """one => (one.closest("a, button, summary") ?? one) === document.activeElement"""
IS_BOX = """one => one.matches("[type=checkbox], [type=radio]")"""


class Hand:
    """A coordinator's hand at the mouse: it counts clicks and Enter; typing is free."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def go(self, target: Locator) -> None:
        """Click on what leads to another page, and be there."""
        with self.page.expect_navigation():
            self.click(target)

    def enter(self, target: Locator, text: str) -> None:
        self.write(target, text)
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, name: str) -> None:
        """A link by its words, beside which the side bar has a picture."""
        words = self.page.get_by_text(name, exact=True)
        self.go(self.page.locator("a").and_(words).or_(self.page.locator("a", has=words)).first)

    def press(self, name: str) -> None:
        """A button, by what it says."""
        self.go(self.page.get_by_role("button", name=name, exact=True))

    def look(self) -> None:
        """The page is in nobody's way; each is looked at by one of the tests."""
        assert [one for one in violations(self.page) if not one.startswith(SAME_NAMES)] == []


class Keys(Hand):
    """A coordinator who has a keyboard only."""

    def click(self, target: Locator) -> None:
        self.clicks += 1
        self.reach(target)
        self.page.keyboard.press("Space" if target.evaluate(IS_BOX) else "Enter")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def reach(self, target: Locator) -> None:
        """Go on with Tab until the target has the focus, and can be seen."""
        target.wait_for()
        for _ in range(MOST_STEPS):
            if target.evaluate(HAS_FOCUS):
                assert self.page.evaluate(FOCUS)["isSeen"]
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not come to {target}")


Desk: TypeAlias = Callable[[User], Hand]


def promises(page: Path = PROMISES) -> dict[int, int]:
    """The clicks that the table of docs/coordinator.md promises, by the number of the task."""
    rows = PROMISE.findall(page.read_text("utf-8"))
    return {int(number): int(clicks) for number, clicks in rows}


def promised(task: int) -> int:
    return promises()[task]


def test_both_languages_promise_the_same_ten() -> None:
    assert promises(PROMISES.with_suffix(".zh.md")) == promises()
    assert list(promises()) == list(range(1, 11))


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture(params=[Hand, Keys])
def desk(request: pytest.FixtureRequest, open_page: OpenPage) -> Desk:
    """The dashboard of somebody who has just signed in, at a mouse or at a keyboard."""

    def signed_in(person: User) -> Hand:
        page = open_page()
        page.set_default_timeout(PATIENCE_MS)
        sign_in(page, person.username)
        page.wait_for_url("**/admin/")
        hand: Hand = request.param(page)
        return hand

    return signed_in


@pytest.fixture
def hand(desk: Desk, team: Team) -> Hand:
    return desk(team.coordinator)


def make_frame(survey: Survey) -> None:
    city = make_city("c01")
    FrameUnit.objects.bulk_create(
        FrameUnit(survey=survey, code=f"U{n:02}", stratum="east", city=city, size=100 + n)
        for n in range(12)
    )


def make_draw(survey: Survey, by: User) -> Draw:
    make_frame(survey)
    design = Design(Plan(Method.SIMPLE, units=4, replacements=1), target=10)
    return frames.keep(survey, design, 7, seen=frames.propose(survey, design, 7).digest, by=by)


def held(team: Team, many: int = 1) -> list[Interview]:
    made = interviews_of(team, team.enumerators[0], many)
    for one in made:
        review.decide(one.pk, Verdict.HOLD, by=team.coordinator, reason="Nine minutes")
    return made


def test_1_a_sample_is_drawn_and_its_sites_are_made(hand: Hand, team: Team) -> None:
    make_frame(team.survey)
    hand.follow("Samples")
    hand.look()
    hand.follow("Draw a sample")
    hand.write(hand.page.get_by_label("Sites to draw, in all"), "4")
    hand.press("Look at the sample")
    hand.look()
    hand.press("Draw this sample and make its sites")
    expect(hand.page.get_by_text("The sample is drawn")).to_be_visible()
    hand.look()
    assert team.survey.sites.filter(code__startswith="U").count() == 4
    assert hand.clicks <= promised(1)


def test_2_sites_are_shared_out(hand: Hand, team: Team) -> None:
    make_draw(team.survey, team.coordinator)
    hand.follow("Samples")
    hand.follow("Sample 1")
    hand.press("Spread evenly")
    expect(hand.page.get_by_text("4 sites are assigned.")).to_be_visible()
    assert Assignment.objects.filter(site__code__startswith="U").count() == 4
    assert hand.clicks <= promised(2)


def test_3_the_interviews_of_the_site_that_is_furthest_behind(hand: Hand, team: Team) -> None:
    interviews_of(team, team.enumerators[0], 2)
    tallies.refresh(team.survey)
    hand.follow("Progress")
    hand.look()
    hand.go(hand.page.locator("#table tbody tr").first.get_by_role("link", name="2", exact=True))
    expect(hand.page.locator("#result_list tbody tr")).to_have_count(2)
    hand.look()
    assert hand.clicks <= promised(3)


def test_4_what_waited_longest_is_approved_and_the_next_one_comes(hand: Hand, team: Team) -> None:
    first, second = held(team, 2)
    hand.follow("To review")
    hand.go(hand.page.get_by_role("link", name=first.root_uuid[5:13]))
    hand.look()
    hand.press("Approve")
    hand.page.wait_for_url(f"**/{second.pk}/change/**")
    first.refresh_from_db()
    assert first.state == State.APPROVED
    assert hand.clicks <= promised(4)


def test_5_an_interview_is_returned_with_a_question(hand: Hand, team: Team) -> None:
    (interview,) = held(team)
    hand.follow("To review")
    hand.go(hand.page.get_by_role("link", name=interview.root_uuid[5:13]))
    hand.write(hand.page.locator("#decision textarea"), "Forty hours? Ask again.")
    hand.press("Return")
    hand.page.wait_for_url("**/review/**")
    interview.refresh_from_db()
    assert interview.state == State.RETURNED
    assert hand.clicks <= promised(5)


def test_6_a_page_of_interviews_is_approved_at_once(hand: Hand, team: Team) -> None:
    held(team, 3)
    hand.follow("To review")
    hand.look()
    hand.click(hand.page.get_by_label("Choose all on this page"))
    hand.press("Approve")
    hand.look()
    hand.press("Approve them")
    expect(hand.page.get_by_role("button", name="Take them back")).to_be_visible()
    hand.look()
    assert Interview.objects.filter(state=State.APPROVED).count() == 3
    assert hand.clicks <= promised(6)


def test_7_a_doubt_is_dismissed_with_a_reason(desk: Desk) -> None:
    site = make_site(make_survey(), "S1", latitude=0, longitude=110)
    make_short_interviews(site)
    hand = desk(make_member(site.survey, Role.COORDINATOR, "boss"))
    hand.follow("Quality")
    hand.go(hand.page.get_by_role("link", name="Short interviews"))
    hand.look()
    doubt = hand.page.locator("#doubts .doubts > li").first
    hand.click(doubt.get_by_text("Dismiss with a reason"))
    hand.write(doubt.get_by_label("Reason"), "She knows the family")
    hand.click(doubt.get_by_role("button", name="Dismiss"))
    expect(hand.page.locator("#doubts .doubts > li")).to_have_count(SHORT - 1)
    assert Doubt.objects.filter(state=Doubt.State.DISMISSED).count() == 1
    assert hand.clicks <= promised(7)


def make_short_interviews(site: Site) -> None:
    """Of two enumerators, one of whom made some in five minutes instead of twenty."""
    version = make_version(site.survey, FORM)
    people = [make_enumerator(site), make_enumerator(site)]
    season(version, people, site)
    for hours in range(SHORT):
        send(version, people[0], site, began=MORNING + timedelta(days=9, hours=hours), minutes=5)
    checks.run(site.survey)


def test_8_an_answer_is_corrected(hand: Hand, team: Team) -> None:
    (interview,) = interviews_of(team, team.enumerators[0], 1)
    hand.follow("Interviews")
    hand.enter(hand.page.locator("#searchbar"), interview.root_uuid[5:13])
    hand.go(hand.page.locator("#result_list tbody a").first)
    hand.go(hand.page.get_by_role("link", name="age", exact=True))
    asked = hand.page.locator(".asked input[type=text], .asked input[inputmode]").first
    hand.write(asked, "31")
    hand.write(hand.page.get_by_label("Reason"), "Called again")
    hand.press("See what follows")
    hand.look()
    hand.press("Save the correction")
    hand.page.wait_for_url("**/change/**")
    interview.refresh_from_db()
    assert interview.answers["g/age"] == "31"
    assert hand.clicks <= promised(8)


def test_9_second_visits_are_drawn(hand: Hand, team: Team) -> None:
    make_backcheck(team)
    interviews_of(team, team.enumerators[0], 2)
    hand.follow("Back-checks")
    hand.look()
    hand.go(hand.page.locator("table.cards th a").first)
    hand.press("Draw now")
    assert SecondVisit.objects.count() == 2
    hand.look()
    assert hand.clicks <= promised(9)


def test_10_the_public_page_shows_the_numbers_of_now(desk: Desk) -> None:
    survey = make_survey("five")
    make_golden(survey)
    hand = desk(make_member(survey, Role.COORDINATOR, "boss"))
    hand.look()
    hand.follow("Public page")
    hand.press("Switch on, with the numbers of now")
    hand.page.get_by_role("button", name="Switch off").wait_for()
    hand.look()
    assert PublicPage.objects.get().is_on
    hand.page.goto("/results/five/")
    hand.look()
    assert hand.clicks <= promised(10)
