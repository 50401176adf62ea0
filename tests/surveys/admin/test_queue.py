"""The queue of what waits, several decided on together and taken back, and comments on the page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys import batches, comments, pending, returns, review
from surveys.models import (
    Comment,
    DecisionBatch,
    Interview,
    QuestionnaireVersion,
    ReviewRule,
    Role,
    Site,
    User,
)
from surveys.models.decision import Verdict
from surveys.submissions import Sender
from tests.factories import make_member, receive
from tests.surveys.admin.office import client_of, text

pytestmark = pytest.mark.django_db
LIST = "/admin/surveys/interview/"
State = Interview.State


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def make(version: QuestionnaireVersion, by: User, **answers: str) -> Interview:
    complete = {"psu_id": "S1", "age": "30", "works": "no", **answers}
    return receive(version, Sender(by), **complete).submission.interview


def one_of_each(
    version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> dict[str, Interview]:
    """What waits for each reason, and what does not wait, in the order in which it came."""
    doubtful = make(version, enumerator, psu_id="S9")
    rule = ReviewRule.objects.create(
        survey=version.questionnaire.survey, picks=ReviewRule.Picks.SHARE, share=100
    )
    held = make(version, enumerator)
    rule.delete()
    back, counts = make(version, enumerator), make(version, enumerator)
    review.decide(back.pk, Verdict.RETURN, by=coordinator, reason="Ask <i>again</i>.")
    returns.answer(enumerator, back.pk, "As it was.")
    return {"quarantined": doubtful, "held": held, "back": back, "counts": counts}


def test_the_queue_has_what_waits_and_says_why(
    client: Client, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = one_of_each(version, enumerator, coordinator)
    waiting = [made["quarantined"], made["held"], made["back"]]
    assert list(pending.pending_for(coordinator)) == waiting
    shown = text(client, f"{LIST}review/")
    for interview in waiting:
        assert f"{LIST}{interview.pk}/change/?queue=" in shown
    assert f"{LIST}{made['counts'].pk}/change/" not in shown
    for why in ("Site not known here", "By a rule that is not there", "Ask &lt;i&gt;again"):
        assert why in shown
    for why in pending.Why:
        assert list(pending.pending_for(coordinator, why)) == [made[why]]


def test_a_page_goes_on_where_the_last_one_ended(
    client: Client, version: QuestionnaireVersion, enumerator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make(version, enumerator, psu_id="S9") for _ in range(5)]
    for days, one in enumerate(made):
        moment = one.received_at + timedelta(days=days % 2)
        Interview.objects.filter(pk=one.pk).update(received_at=moment)
    ordered = [made[at] for at in (0, 2, 4, 1, 3)]
    monkeypatch.setattr(batches, "MOST", 2)
    first = text(client, f"{LIST}review/")
    assert f"after={ordered[1].pk}" in first
    Interview.objects.filter(pk=ordered[1].pk).update(state=State.REJECTED)  # it has left
    second = text(client, f"{LIST}review/?after={ordered[1].pk}")
    assert [f"{LIST}{one.pk}/change/" in second for one in ordered] == [
        *(False, False, True, True, False)
    ]


def test_the_queue_asks_the_database_as_often_for_many(
    client: Client, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    one_of_each(version, enumerator, coordinator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(client, f"{LIST}review/")
        return len(queries)

    few = asked()
    one_of_each(version, enumerator, coordinator)
    assert asked() == few <= 20


def test_in_the_queue_one_goes_on_to_the_next(
    client: Client, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = one_of_each(version, enumerator, coordinator)
    held, back = made["held"], made["back"]
    with CaptureQueriesContext(connection) as queries:
        shown = text(client, f"{LIST}{held.pk}/change/?queue=")
    assert "2 of 3" in shown
    assert len(queries) <= 45
    given = {"verdict": "approve", "seen": held.current_id, "queue": ""}
    answer = client.post(f"{LIST}{held.pk}/decide/", given)
    assert answer["Location"] == f"{LIST}{back.pk}/change/?queue="
    last = {"verdict": "approve", "seen": back.current_id, "queue": "held"}
    assert client.post(f"{LIST}{back.pk}/decide/", last)["Location"] == f"{LIST}review/"


def test_the_chosen_are_decided_on_together_and_taken_back(
    client: Client, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = one_of_each(version, enumerator, coordinator)
    doubtful, held, back = made["quarantined"], made["held"], made["back"]
    chosen = [one.pk for one in (doubtful, held, back)]
    asked = client.post(f"{LIST}together/", {"verdict": "approve", "chosen": chosen})
    shown = asked.content.decode()
    assert "2 interviews" in shown
    assert "It waits in quarantine. Let it count or reject it first." in shown
    seen = [f"{one.pk}:{one.current_id}" for one in (held, back)]
    given = {"verdict": "approve", "confirmed": "yes", "seen": seen, "reason": ""}
    told = client.post(f"{LIST}together/", given, follow=True).content.decode()
    assert "2 interviews approved." in told
    assert "2 decisions can be taken back" in told
    batch = DecisionBatch.objects.get()
    undone = client.post(f"{LIST}batch/{batch.pk}/", follow=True).content.decode()
    assert "2 decisions are taken back." in undone
    assert "The interviews are as they were before." in undone
    again = client.post(f"{LIST}batch/{batch.pk}/", follow=True).content.decode()
    assert "This was taken back already" in again
    states = Interview.objects.filter(pk__in=[held.pk, back.pk]).order_by("pk")
    assert [one.state for one in states] == [State.FLAGGED, State.SUBMITTED]


def test_nothing_chosen_is_told(client: Client) -> None:
    told = client.post(f"{LIST}together/", {"verdict": "approve"}, follow=True).content.decode()
    assert "Choose the interviews first." in told
    assert client.post(f"{LIST}together/", {"verdict": "burn"}).status_code == 302


@pytest.mark.parametrize(
    ("role", "team", "status"),
    [
        (Role.COORDINATOR, "", 200),
        (Role.SUPERVISOR, "", 200),
        (Role.ANALYST, "", 403),
        (Role.ENUMERATOR, "", 302),
    ],
)
def test_analysts_never_see_the_queue(
    site: Site, version: QuestionnaireVersion, enumerator: User, role: Role, team: str, status: int
) -> None:
    made = make(version, enumerator, psu_id="S9")
    batch = DecisionBatch.objects.create(verdict=Verdict.HOLD)
    client = Client()
    client.force_login(make_member(site.survey, role, team=team))
    assert client.get(f"{LIST}review/").status_code == status
    together = client.post(f"{LIST}together/", {"verdict": "reject", "chosen": made.pk})
    assert together.status_code == status
    assert client.get(f"{LIST}batch/{batch.pk}/").status_code in (302, 404)
    shown = client.get(LIST).content.decode()
    assert (f"{LIST}review/" in shown) is (status == 200)


def test_another_team_is_not_in_the_queue(
    site: Site, version: QuestionnaireVersion, enumerator: User
) -> None:
    made = make(version, enumerator, psu_id="S9")
    assert not pending.pending_for(make_member(site.survey, Role.SUPERVISOR, team="south"))
    assert list(pending.pending_for(make_member(site.survey, Role.SUPERVISOR))) == [made]


def test_an_answer_is_commented_on_beside_it(
    client: Client, version: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    made = make(version, enumerator, age="12")
    given = {"place": "g/age", "text:g/age": "12? <b>Ask</b>.", "text:g/works": "not this"}
    answer = client.post(f"{LIST}{made.pk}/comment/", given)
    assert answer["Location"] == f"{LIST}{made.pk}/change/#a-g/age"
    assert Comment.objects.get().text == "12? <b>Ask</b>."
    shown = text(client, f"{LIST}{made.pk}/change/")
    assert "12? &lt;b&gt;Ask&lt;/b&gt;." in shown
    assert "Flagged 1" in shown
    flagged = text(client, f"{LIST}{made.pk}/change/?show=flagged")
    assert 'id="a-g/age"' in flagged
    assert 'id="a-g/works"' not in flagged
    nothing = client.post(f"{LIST}{made.pk}/comment/", {"place": "g/age"}, follow=True)
    assert "Write the comment first." in nothing.content.decode()
    analyst = Client()
    analyst.force_login(make_member(site.survey, Role.ANALYST))
    assert "12? &lt;b&gt;" not in text(analyst, f"{LIST}{made.pk}/change/")
    assert analyst.post(f"{LIST}{made.pk}/comment/", given).status_code == 404
    assert Comment.objects.count() == 1


def test_the_history_tells_who_said_what_when(
    client: Client, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = make(version, enumerator)
    comments.say(made.pk, "Who is this?", by=coordinator)
    review.decide(made.pk, Verdict.RETURN, by=coordinator)
    returns.answer(enumerator, made.pk, "His sister.")
    shown = text(client, f"{LIST}{made.pk}/change/")
    assert "returned once, sent again" in shown
    history = shown[shown.index('id="history"') :]
    said = [history.index(one) for one in ("His sister.", "Returned to the enum", "Who is this?")]
    assert said == sorted(said)


def test_rules_are_made_on_the_surveys_page(client: Client, site: Site) -> None:
    address = f"/admin/surveys/survey/{site.survey_id}/change/"
    assert "Held for review as they arrive" in text(client, address)
    totals = (("waves", 0), ("memberships", 0), ("review_rules", 1))
    given: dict[str, object] = {f"{name}-TOTAL_FORMS": count for name, count in totals}
    given |= {f"{name}-INITIAL_FORMS": 0 for name, _count in totals}
    given |= {"name": "One", "code": site.survey.code, "counts": "approved"}
    share = {"review_rules-0-picks": "share", "review_rules-0-is_active": "on"}
    refused = client.post(address, {**given, **share})
    assert "Say how many percent are drawn" in refused.content.decode()
    kept = client.post(address, {**given, **share, "review_rules-0-share": "10"})
    assert kept.status_code == 302
    rule = ReviewRule.objects.get()
    assert (rule.survey_id, rule.share, len(rule.seed)) == (site.survey_id, 10, 32)
    site.survey.refresh_from_db()
    assert site.survey.counts == "approved"
