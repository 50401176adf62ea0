"""From stored interviews to doubts: what is read, what is found, when it runs, what stays quiet."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys import checks, doubts, ledger, seasons, verdicts
from surveys.doubts import NoReason, NotYours
from surveys.models import (
    Doubt,
    Finding,
    Inspection,
    Interview,
    QualityRules,
    QuestionnaireVersion,
    Role,
    Site,
    User,
)
from surveys.quality.assessment import Assessment, assess
from surveys.quality.finding import Check
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)
from tests.surveys.field import FORM, MORNING, log, point, season, send

pytestmark = pytest.mark.django_db
State = Doubt.State


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1", latitude=0, longitude=110)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, FORM)


def run(site: Site) -> Inspection:
    return checks.run(site.survey)[0]


def found(check: Check, **only: object) -> Doubt:
    return Doubt.objects.get(check_name=check, **only)


def far_away(version: QuestionnaireVersion, by: User, site: Site, km: float = 3) -> Interview:
    return send(version, by, site, spot=point(site, km * 1_000))


def test_interviews_are_read_into_columns(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    one = send(version, enumerator, site, works="yes", hours="40", spot=point(site, 100))
    two = send(version, enumerator, site, began=MORNING + timedelta(hours=2), v1="rf")
    log(one, g_a=60, g_b=30)
    inspection = run(site)
    fieldwork = seasons.read(inspection).fieldwork
    order = [fieldwork.ids.index(str(interview.pk)) for interview in (one, two)]
    columns = {question.name: question for question in fieldwork.questions}
    assert columns["g_a/hours"].values[order[0]] == 40
    assert columns["g_a/hours"].states[order].tolist() == [0, 1]  # answered, not asked
    assert columns["g_b/had"].states[order].tolist() == [2, 2]  # blank
    assert columns["g_b/v1"].states[order].tolist() == [0, 4]  # answered, refused
    assert fieldwork.section_s["g_a"][order[0]] == 60
    assert fieldwork.start[order].tolist() == [MORNING.timestamp(), MORNING.timestamp() + 7_200]
    assert fieldwork.enumerator.names == (enumerator.username,)
    assert fieldwork.psu.names == ("S1",)
    assert fieldwork.whereabouts.latitude[order[0]] == 0
    assert fieldwork.whereabouts.accuracy_m[order[0]] == 5


def test_practice_rejected_and_later_interviews_are_not_looked_at(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    kept, rejected, practice, later = (
        send(version, enumerator, site, began=MORNING + timedelta(hours=2 * at)) for at in range(4)
    )
    Interview.objects.filter(pk=rejected.pk).update(state=Interview.State.REJECTED)
    Interview.objects.filter(pk=practice.pk).update(is_practice=True)
    until = later.received_at - timedelta(hours=1)
    inspection = checks.run(site.survey, until)[0]
    assert seasons.read(inspection, until).fieldwork.ids == (str(kept.pk),)
    assert inspection.checked_at == until
    assert inspection.interviews == 1


def test_the_newest_are_compared_where_there_are_too_many(
    version: QuestionnaireVersion, enumerator: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [
        send(version, enumerator, site, began=MORNING + timedelta(hours=2 * at)) for at in range(3)
    ]
    monkeypatch.setattr(seasons, "MOST_INTERVIEWS", 2)
    inspection = run(site)
    assert (inspection.interviews, inspection.left_out) == (2, 1)
    assert str(sent[0].pk) not in seasons.read(inspection).fieldwork.ids


def test_a_doubt_says_whom_and_where_it_is_about_and_stays_the_same_row(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    interview = far_away(version, enumerator, site)
    run(site)
    first = found(Check.FAR_FROM_SITE)
    assert (first.interview, first.enumerator, first.site) == (interview, enumerator, site)
    assert first.numbers["value"] == pytest.approx(3_000, rel=0.01)
    assert list(first.interviews.all()) == [interview]
    run(site)
    again = found(Check.FAR_FROM_SITE)
    assert again.pk == first.pk
    assert again.first_seen == first.first_seen < again.last_seen


def test_the_same_telephone_in_two_interviews_is_found_and_not_told(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    for at in range(2):
        send(version, enumerator, site, began=MORNING + timedelta(hours=at), phone="138-000 1")
    run(site)
    doubt = found(Check.SAME_PERSON)
    assert doubt.interviews.count() == 2
    assert "138" not in doubt.name


def test_a_quick_enumerator_is_compared_with_the_others(
    version: QuestionnaireVersion, site: Site
) -> None:
    people = [make_enumerator(site) for _ in range(4)]
    season(version, people[:3], site)
    for at in range(12):
        began = MORNING + timedelta(days=at // 5, hours=2 * (at % 5))
        send(version, people[3], site, began=began, minutes=5, age=str(20 + at))
    inspection = run(site)
    pace = {one["enumerator"]: one["pace"] for one in inspection.results["profiles"]}
    assert pace[people[3].username] < 0.5 < min(pace[one.username] for one in people[:3])
    assert {one["enumerator"]: one["verdict"] for one in inspection.results["suspicions"]}[
        people[3].username
    ] in ("look", "suspect")
    assert (
        Doubt.objects.filter(check_name=Check.SHORT_INTERVIEW, enumerator=people[3]).count() == 12
    )


def test_a_dismissed_doubt_stays_quiet_while_its_evidence_is_the_same(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    far_away(version, enumerator, site)
    run(site)
    doubts.dismiss(found(Check.FAR_FROM_SITE).pk, by=coordinator, reason="The hostel is there")
    run(site)
    doubt = found(Check.FAR_FROM_SITE)
    assert doubt.state == State.DISMISSED
    assert doubt.dismissals.get().reason == "The hostel is there"


def test_a_dismissed_doubt_comes_back_when_it_grows(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    far_away(version, enumerator, site)
    run(site)
    doubt = found(Check.FAR_FROM_SITE)
    doubts.dismiss(doubt.pk, by=coordinator, reason="The hostel is there")
    Site.objects.filter(pk=site.pk).update(longitude=110.1)
    run(site)
    doubt.refresh_from_db()
    assert doubt.state == State.OPEN
    assert doubt.dismissals.get().ended_at is not None


def test_a_doubt_that_is_gone_is_kept_and_comes_back_as_it_was(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    interview = far_away(version, enumerator, site)
    run(site)
    doubt = found(Check.FAR_FROM_SITE)
    doubts.dismiss(doubt.pk, by=coordinator, reason="The hostel is there")
    Interview.objects.filter(pk=interview.pk).update(state=Interview.State.REJECTED)
    run(site)
    doubt.refresh_from_db()
    assert doubt.state == State.GONE
    Interview.objects.filter(pk=interview.pk).update(state=Interview.State.SUBMITTED)
    run(site)
    doubt.refresh_from_db()
    assert doubt.state == State.DISMISSED


def test_a_dismissal_needs_a_reason_and_somebody_whose_it_is(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    far_away(version, enumerator, site)
    run(site)
    doubt = found(Check.FAR_FROM_SITE)
    with pytest.raises(NoReason):
        doubts.dismiss(doubt.pk, by=coordinator, reason=" ")
    for stranger in (make_user(), make_member(site.survey, Role.ANALYST)):
        with pytest.raises(NotYours):
            doubts.dismiss(doubt.pk, by=stranger, reason="Because")
    doubts.dismiss(doubt.pk, by=coordinator, reason="Because")
    assert doubts.reopen(doubt.pk, by=coordinator).state == State.OPEN
    assert doubt.dismissals.get().ended_at is not None


def test_checks_wait_for_changes_and_run_at_most_every_quarter_of_an_hour(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    assert checks.waiting() == []
    send(version, enumerator, site)
    (key,) = checks.waiting()
    assert checks.check(key)
    assert not checks.check(key)  # another worker, at the same moment
    assert checks.waiting() == []
    late = timezone.now() - checks.EVERY
    Inspection.objects.update(claimed_at=late, seen_until=late)
    assert checks.waiting() == [key]
    Inspection.objects.update(seen_until=timezone.now())
    assert checks.waiting() == []
    far_away(version, enumerator, site)
    assert checks.waiting() == [key]


def test_limits_that_change_while_the_checks_run_are_not_forgotten(
    version: QuestionnaireVersion,
    enumerator: User,
    site: Site,
    coordinator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far_away(version, enumerator, site)

    def and_limits_change(*given: Any) -> Assessment:
        checks.set_limits(site.survey, {"far_m": "5000"}, by=coordinator, sends_digest=True)
        return assess(*given)

    with monkeypatch.context() as patched:
        patched.setattr(checks, "assess", and_limits_change)
        inspection = run(site)
    assert checks.waiting() == [inspection.pk]
    run(site)
    assert checks.waiting() == []
    assert found(Check.FAR_FROM_SITE).state == State.GONE


def test_what_was_left_blank_by_breaking_off_breaks_no_rule(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    whole = send(version, enumerator, site, v2="")
    send(version, enumerator, site, began=MORNING + timedelta(hours=2), v2="", v3="")
    broken = seasons.read(run(site)).fieldwork.broken
    assert [(one.interview, one.question) for one in broken] == [(str(whole.pk), "g_b/v2")]


def test_what_waits_is_looked_at_also_after_a_correction_but_not_an_edit_beside_its_original(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    waiting = send(version, enumerator, site, psu_id="nowhere")
    ledger.correct(waiting.pk, {"g_a/age": "31"}, by=coordinator, reason="Phone", seen=None)
    waiting.refresh_from_db()
    assert waiting.state == Interview.State.QUARANTINED
    inspection = run(site)
    assert list(seasons.looked_at(inspection)) == [waiting]
    assert waiting.current
    waiting.current.findings.create(kind=Finding.Kind.EDIT)
    assert not seasons.looked_at(inspection).exists()


def test_a_survey_has_limits_of_its_own(
    version: QuestionnaireVersion, enumerator: User, site: Site, coordinator: User
) -> None:
    far_away(version, enumerator, site)
    inspection = run(site)
    faults = checks.set_limits(site.survey, {"far_m": "-1"}, by=coordinator, sends_digest=True)
    assert [fault.problem for fault in faults] == ["too_small"]
    assert not QualityRules.objects.exists()
    given = {"far_m": "5000", "short_part": "0.5", "night": ""}
    assert (
        checks.set_limits(site.survey, {**given, "night": ""}, by=coordinator, sends_digest=False)
        == ()
    )
    assert QualityRules.objects.get().limits == {"far_m": 5_000}  # 0.5 is the usual one
    assert checks.waiting() == [inspection.pk]
    run(site)
    assert found(Check.FAR_FROM_SITE).state == State.GONE


def test_supervisors_see_doubts_about_their_team_alone(
    version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    member = make_member(site.survey, Role.ENUMERATOR, team="north")
    make_member(site.survey, Role.SUPERVISOR, "elsewhere", team="south")
    supervisor = make_member(site.survey, Role.SUPERVISOR, team="north")
    theirs = far_away(version, member, site)
    far_away(version, enumerator, site)
    run(site)
    rows = Doubt.objects.filter(check_name=Check.FAR_FROM_SITE)
    assert [one.interview for one in rows.visible_to(supervisor)] == [theirs]
    assert not rows.visible_to(User.objects.get(username="elsewhere"))
    assert list(verdicts.decidable_by(supervisor)) == [theirs]
