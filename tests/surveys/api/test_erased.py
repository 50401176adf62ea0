"""Erased interviews through the API: what a copy has to erase, for whom, and nothing lost in between."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys import erasure, horizon
from surveys.api_tokens import Scope
from surveys.models import (
    Interview,
    Membership,
    QuestionnaireVersion,
    Role,
    Site,
    Tombstone,
)
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.api.caller import Caller, caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> QuestionnaireVersion:
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    return make_version(make_survey())


@pytest.fixture
def site(version: QuestionnaireVersion) -> Site:
    return make_site(version.questionnaire.survey, "S1")


def erase(interview: Interview) -> str:
    erasure.erase(interview.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    return interview.root_uuid


def erased(asker: Caller, version: QuestionnaireVersion, **asked: Any) -> list[str]:
    pages = asker.pages(f"questionnaires/{version.questionnaire_id}/erased", **asked)
    return [one["interview_id"] for page in pages for one in page["erased"]]


def test_a_copy_learns_once_what_to_erase(version: QuestionnaireVersion, site: Site) -> None:
    """Several of one moment are told once each, over pages of one."""
    asker = caller(make_member(site.survey, Role.COORDINATOR))
    gone = [erase(make_interview(site, version)) for _ in range(3)]
    moment = timezone.now() - timedelta(minutes=1)
    Tombstone.objects.update(erased_at=moment)
    assert erased(asker, version, limit=1) == gone
    assert erased(asker, version, changed_since=moment.isoformat(), limit=2) == gone
    until = asker.get(f"questionnaires/{version.questionnaire_id}/erased")["changed_until"]
    assert erased(asker, version, changed_since=until) == []
    later = erase(make_interview(site, version))
    assert erased(asker, version, changed_since=until) == [later]


def test_what_is_being_erased_waits_for_the_next_look(
    version: QuestionnaireVersion, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = caller(make_member(site.survey, Role.COORDINATOR))
    gone = erase(make_interview(site, version))
    monkeypatch.setattr(horizon, "MARGIN", timedelta(minutes=1))
    page = asker.get(f"questionnaires/{version.questionnaire_id}/erased")
    assert page["erased"] == []
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    assert erased(asker, version, changed_since=page["changed_until"]) == [gone]


def test_analysts_are_told_the_pseudonyms_that_they_know(
    version: QuestionnaireVersion, site: Site
) -> None:
    analyst = caller(make_member(site.survey, Role.ANALYST))
    interview = make_interview(site, version)
    (known,) = analyst.interviews(version.questionnaire_id)
    erase(interview)
    page = analyst.get(f"questionnaires/{version.questionnaire_id}/erased")
    day = timezone.localdate().isoformat()
    assert page["erased"] == [{"interview_id": known["interview_id"], "erased": day}]
    assert day not in page["changed_until"]
    path = f"questionnaires/{version.questionnaire_id}/erased"
    analyst.get(path, 403, changed_since="2026-01-01T12:00:00Z")
    assert erased(analyst, version, changed_since=page["changed_until"]) == []


def test_supervisors_are_told_of_their_teams(version: QuestionnaireVersion, site: Site) -> None:
    ours, theirs = make_enumerator(site, "E1"), make_enumerator(make_site(site.survey, "S2"), "E2")
    Membership.objects.filter(user=ours).update(team="north")
    gone = [
        erase(receive(version, Sender(who), psu_id=code).submission.interview)
        for who, code in ((ours, "S1"), (theirs, "S2"))
    ]
    supervisor = caller(make_member(site.survey, Role.SUPERVISOR, team="north"))
    assert erased(supervisor, version) == gone[:1]


def test_it_needs_its_scope_and_the_survey(version: QuestionnaireVersion, site: Site) -> None:
    path = f"questionnaires/{version.questionnaire_id}/erased"
    coordinator = make_member(site.survey, Role.COORDINATOR)
    caller(coordinator, (Scope.READ_ESTIMATES,)).get(path, 403)
    caller(make_member(make_survey(), Role.COORDINATOR)).get(path, 404)
    asker = caller(coordinator)
    assert asker.get(path, 400, after="x")["code"] == "unknown_place"
    assert "tomorrow" in asker.get(path, 400, changed_since="tomorrow")["detail"]
