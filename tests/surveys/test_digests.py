"""The daily summary: once a day, in the reader's language, of what the reader may see."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from surveys import checks, digests, doubts, letters
from surveys.models import Digest, Doubt, QuestionnaireVersion, Role, Site, User
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_version
from tests.surveys.field import FORM, MORNING, point, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(name="Field"), "S1", latitude=0, longitude=110)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, FORM)


@pytest.fixture
def checked(version: QuestionnaireVersion, site: Site) -> list[User]:
    """Two enumerators, of a team each, and a doubt about each of them."""
    people = [make_enumerator(site, name) for name in ("E01", "E02")]
    for at, (person, team) in enumerate(zip(people, ("north", "south"), strict=True)):
        person.memberships.update(team=team)
        began = MORNING + timedelta(hours=3 * at)
        send(version, person, site, began=began, spot=point(site, 5_000), phone="138 0000")
    checks.run(site.survey)
    return people


def reader(site: Site, role: Role, language: str = "", team: str = "") -> User:
    person = make_member(site.survey, role, team=team)
    person.email, person.language = f"{person.username}@example.org", language
    person.save()
    return person


def at_eight() -> datetime:
    return timezone.localtime().replace(hour=8)


def test_everybody_is_told_once_a_day_in_their_language(checked: list[User], site: Site) -> None:
    coordinator = reader(site, Role.COORDINATOR)
    reader(site, Role.ANALYST)
    make_member(site.survey, Role.COORDINATOR)  # without an address
    assert [digests.send_due(at_eight()) for _ in range(2)] == [1, 0]
    (sent,) = mail.outbox
    assert sent.to == [coordinator.email]
    assert sent.subject == "Field: 4 new doubts"
    assert "- Watch: Far from the site: 2 new, 2 in all" in sent.body
    assert "138 0000" not in sent.body
    assert Digest.objects.get().sent_to == 1


def test_nobody_is_told_at_night_or_where_it_is_switched_off(
    checked: list[User], site: Site
) -> None:
    coordinator = reader(site, Role.COORDINATOR)
    assert digests.send_due(timezone.localtime().replace(hour=6)) == 0
    checks.set_limits(site.survey, {}, by=coordinator, sends_digest=False)
    assert digests.send_due(at_eight()) == 0
    assert not Digest.objects.exists()


def test_supervisors_are_told_of_their_team_alone(checked: list[User], site: Site) -> None:
    reader(site, Role.SUPERVISOR, team="north")
    digests.send_due(at_eight())
    (sent,) = mail.outbox
    assert "Far from the site: 1 new, 1 in all" in sent.body


def test_what_is_old_or_dismissed_is_no_news(checked: list[User], site: Site) -> None:
    coordinator = reader(site, Role.COORDINATOR)
    first, *others = Doubt.objects.filter(severity__gt=1)
    doubts.dismiss(first.pk, by=coordinator, reason="Seen")
    old = timezone.now() - timedelta(days=3)
    Doubt.objects.filter(pk__in=[one.pk for one in others]).update(first_seen=old)
    assert digests.send_due(at_eight()) == 0
    assert Digest.objects.get().sent_to == 0


def test_what_was_found_since_the_last_summary_is_news_and_no_other(
    checked: list[User], site: Site
) -> None:
    reader(site, Role.COORDINATOR)
    now = at_eight()
    told, untold = now - timedelta(hours=60), now - timedelta(hours=40)
    Digest.objects.create(survey=site.survey, day=told.date(), sent_at=told)
    Digest.objects.create(survey=site.survey, day=untold.date())  # broke in the middle
    Doubt.objects.update(first_seen=told - timedelta(hours=1))
    Doubt.objects.filter(enumerator=checked[0], check_name="far_from_site").update(
        first_seen=told + timedelta(hours=1)
    )
    assert digests.send_due(now) == 1
    assert "Far from the site: 1 new, 2 in all" in mail.outbox[0].body


def test_a_server_that_is_down_stops_nobody_else(
    checked: list[User], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (reader(site, Role.COORDINATOR) for _ in range(2))

    def down_for_the_first(subject: str, text: str, sender: None, to: list[str]) -> int:
        if to == [first.email]:
            raise ConnectionRefusedError
        return mail.send_mail(subject, text, sender, to)

    monkeypatch.setattr(letters, "send_mail", down_for_the_first)
    assert digests.send_due(at_eight()) == 1
    assert mail.outbox[0].to == [second.email]
