"""The pages of quality: checks and their doubts, evidence, limits, and who sees which of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import checks
from surveys.models import (
    Doubt,
    Inspection,
    Interview,
    QualityRules,
    QuestionnaireVersion,
    Role,
    Site,
    User,
)
from surveys.quality.finding import Check
from tests.factories import make_enumerator, make_site, make_survey, make_version
from tests.surveys.admin.office import client_in, text
from tests.surveys.field import FORM, MORNING, log, point, season, send

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/inspection/"


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1", latitude=0, longitude=110)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, FORM)


@pytest.fixture
def people(site: Site) -> list[User]:
    return [make_enumerator(site, f"E0{number}") for number in range(1, 5)]


@pytest.fixture
def copied(version: QuestionnaireVersion, people: list[User], site: Site) -> list[Interview]:
    """Interviews of E04, quick, far away and all alike, beside those of three honest people."""
    season(version, people[:3], site)
    made = [
        send(
            version,
            people[3],
            site,
            began=MORNING + timedelta(days=at // 5, hours=2 * (at % 5)),
            minutes=5,
            spot=point(site, 4_000),
        )
        for at in range(12)
    ]
    log(made[-1], g_a=30, g_b=200)
    checks.run(site.survey)
    return made


def doubts_of(check: Check) -> list[Doubt]:
    return list(Doubt.objects.filter(check_name=check).order_by("pk"))


def test_the_page_names_the_checks_and_who_made_most_of_what_they_found(
    copied: list[Interview], site: Site
) -> None:
    page = text(client_in(site.survey), PAGE)
    assert "Short interviews" in page
    assert "E04: 12" in page
    assert "48 interviews, checked" in page
    assert "To ask about" in page
    assert "It is no proof" in page
    assert page.index("Nearly identical interviews</b>") < page.index(
        "Far from the site</b>"
    )  # alerts come first


def test_a_check_opens_to_its_doubts_and_a_doubt_to_its_interviews(
    copied: list[Interview], site: Site
) -> None:
    client = client_in(site.survey)
    page = text(client, f"{PAGE}?check=far_from_site")
    assert all(one.root_uuid[5:13] in page for one in copied)
    assert "found <b>4.0 km</b>" in page
    assert "also:" in page
    place = doubts_of(Check.SAME_PLACE)[0]
    assert place.size == 12
    page = text(client, f"{PAGE}?check=same_place&doubt={place.pk}")
    assert page.count('name="chosen"') == 12


def test_doubts_are_filtered_and_paged(
    copied: list[Interview], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_in(site.survey)
    assert "Far from the site</b>" not in text(client, f"{PAGE}?enumerator=E01")
    assert "Far from the site</b>" not in text(client, f"{PAGE}?site=S2")
    assert "Far from the site</b>" not in text(client, f"{PAGE}?since=2100-01-01")
    assert "Far from the site</b>" in text(
        client, f"{PAGE}?enumerator=E04%00&site=S1%00&check=%00&since=2020-01-01"
    )
    monkeypatch.setattr("surveys.admin.quality.doubts.PAGE", 5)
    first, second, third = doubts_of(Check.FAR_FROM_SITE)[4:7]
    page = text(client, f"{PAGE}?check=far_from_site&after={first.severity}-{first.pk}")
    shown = [
        one.interview.root_uuid[5:13] in page for one in (first, second, third) if one.interview
    ]
    assert shown == [False, True, True]
    assert "Further doubts" in page


def test_chosen_interviews_are_held_through_the_preview(
    copied: list[Interview], site: Site
) -> None:
    client = client_in(site.survey)
    given = {"verdict": "hold", "chosen": [one.pk for one in copied[:2]]}
    answer = client.post("/admin/surveys/interview/together/", given)
    assert answer.status_code == 200
    assert all(one.root_uuid[5:13] in answer.content.decode() for one in copied[:2])


def test_a_doubt_is_dismissed_with_a_reason_and_opened_again(
    copied: list[Interview], site: Site
) -> None:
    client, doubt = client_in(site.survey), doubts_of(Check.FAR_FROM_SITE)[0]
    address, back = f"{PAGE}doubt/{doubt.pk}/", f"{PAGE}?check=far_from_site"
    assert client.post(address, {"reason": "Se\x00en", "back": back}).headers["Location"] == back
    assert doubt.dismissals.get().reason == "Seen"
    assert doubt.interview
    assert doubt.interview.root_uuid[5:13] not in text(client, back)
    assert doubt.interview.root_uuid[5:13] in text(client, f"{back}&state=dismissed")
    away = client.post(address, {"reopen": "1", "back": "https://elsewhere.example/"})
    assert away.headers["Location"] == PAGE
    doubt.refresh_from_db()
    assert doubt.state == Doubt.State.OPEN


def test_evidence_says_everything_that_is_doubted_of_an_interview(
    copied: list[Interview], site: Site
) -> None:
    page = text(client_in(site.survey), f"{PAGE}evidence/{copied[-1].pk}/")
    for words in ("Nearly identical", "Short interviews", "Far from the site"):
        assert words in page
    assert "Time by section" in page
    assert "3 min 20 s" in page  # 200 seconds in the views
    assert "4.0 km" in page  # to the site
    assert "answers are the same" in page
    assert copied[-2].root_uuid[5:13] in page  # the one before
    assert "First found" in page


def test_evidence_is_linked_from_the_page_of_the_interview(
    copied: list[Interview], site: Site
) -> None:
    page = text(client_in(site.survey), f"/admin/surveys/interview/{copied[0].pk}/change/")
    assert f"{PAGE}evidence/{copied[0].pk}/" in page


def test_supervisors_see_their_team_alone(
    version: QuestionnaireVersion, people: list[User], copied: list[Interview], site: Site
) -> None:
    people[0].memberships.update(team="north")
    client = client_in(site.survey, Role.SUPERVISOR, team="north")
    page = text(client, f"{PAGE}?check=far_from_site")
    assert "E01" in page
    assert "E04" not in page
    assert "ICC" not in page
    assert client.get(f"{PAGE}evidence/{copied[0].pk}/").status_code == 404
    assert client.get(f"{PAGE}limits/{site.survey_id}/").status_code == 403
    doubt = doubts_of(Check.FAR_FROM_SITE)[0]
    client.post(f"{PAGE}doubt/{doubt.pk}/", {"reason": "Mine"})
    assert not doubt.dismissals.exists()


def test_analysts_see_no_quality(copied: list[Interview], site: Site) -> None:
    client = client_in(site.survey, Role.ANALYST)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}evidence/{copied[0].pk}/").status_code == 404
    assert client.get(f"{PAGE}limits/{site.survey_id}/").status_code == 403
    page = text(client, f"/admin/surveys/interview/{copied[0].pk}/change/")
    assert "inspection/evidence" not in page


def test_limits_are_set_and_faults_are_said_at_their_fields(site: Site) -> None:
    client, address = client_in(site.survey), f"{PAGE}limits/{site.survey_id}/"
    page = client.post(address, {"far_m": "0", "short_part": "many"}).content.decode()
    assert "Write a number from 1 to 1e+06" in page or "from 1 to 1,000,000" in page
    assert "Write digits only" in page
    assert 'value="many"' in page
    assert client.post(address, {"far_m": "2 000"}).status_code == 200
    assert client.post(address, {"far_m": "2000"}).status_code == 302
    rules = QualityRules.objects.get()
    assert (rules.limits, rules.sends_digest) == ({"far_m": 2_000}, False)
    assert 'value="2000"' in text(client, address)


def test_pages_take_few_queries(copied: list[Interview], site: Site) -> None:
    client = client_in(site.survey)
    key, place = Inspection.objects.get().pk, doubts_of(Check.SAME_PLACE)[0].pk
    addresses = (
        f"{PAGE}?inspection={key}&check=short_interview&enumerator=E04",
        f"{PAGE}?inspection={key}&check=same_place&doubt={place}",
        f"{PAGE}evidence/{copied[-1].pk}/",
        f"{PAGE}limits/{site.survey_id}/",
    )
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        assert len(queries) <= 20, address
