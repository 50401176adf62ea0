"""Deciding on interviews that wait: on their page, and for several of the list; who may, and what is said."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys import batches
from surveys.models import Decision, Interview, QuestionnaireVersion, Role, Site, Submission, User
from surveys.submissions import Sender
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.admin.office import client_in, client_of
from tests.surveys.test_review import NO_SITE_FORM

pytestmark = pytest.mark.django_db
LIST = "/admin/surveys/interview/"
State = Interview.State


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "S1")
    make_site(site.survey, "S2")
    return site


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def send(
    version: QuestionnaireVersion, by: User, name: str, corrects: str = "", psu_id: str = "S2"
) -> Interview:
    """By default at a site that is not the sender's, so that it waits."""
    complete = {"psu_id": psu_id, "age": "30", "works": "no"}
    return receive(version, Sender(by), name, corrects, **complete).submission.interview


@pytest.fixture
def waits(version: QuestionnaireVersion, enumerator: User) -> Interview:
    return send(version, enumerator, "uuid:waits")


def page(client: Client, interview: Interview) -> str:
    return client.get(f"{LIST}{interview.pk}/change/").content.decode()


def decide(
    client: Client, interview: Interview, verdict: str, reason: str = "", **more: object
) -> str:
    """What the page that follows says."""
    given = {"verdict": verdict, "reason": reason, "seen": interview.current_id, **more}
    answer = client.post(f"{LIST}{interview.pk}/decide/", given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def state_of(interview: Interview) -> str:
    return str(Interview.objects.get(pk=interview.pk).state)


def test_the_page_of_what_waits_asks(client: Client, waits: Interview) -> None:
    shown = page(client, waits)
    assert "It waits for a decision" in shown
    for button in ("Let it count", "Reject"):
        assert f">{button}</button>" in shown
    assert "in place of the original" not in shown


def test_a_decision_is_told_and_kept(client: Client, waits: Interview) -> None:
    shown = decide(client, waits, "count", "He <b>stood in</b>.\nI asked.")
    assert "The interview counts from now on." in shown
    assert "It waits for a decision" not in shown
    assert "He &lt;b&gt;stood in&lt;/b&gt;.<br>I asked." in shown
    assert Decision.objects.get().by is not None
    assert state_of(waits) == State.SUBMITTED


def test_a_rejection_can_be_taken_back(client: Client, waits: Interview) -> None:
    shown = decide(client, waits, "reject")
    assert "It was rejected" in shown
    assert ">Reject</button>" not in shown
    assert "counts from now on" in decide(client, waits, "count")


def test_a_correction_leads_to_its_original_and_takes_its_place(
    client: Client, version: QuestionnaireVersion, enumerator: User
) -> None:
    original = send(version, enumerator, "uuid:1", psu_id="S1")
    send(version, enumerator, "uuid:2", "uuid:1", psu_id="S1")
    correction = send(version, enumerator, "uuid:3", "uuid:1", psu_id="S1")
    shown = page(client, correction)
    for button in ("Put it in place of the original", "Count it as an interview of its own"):
        assert f">{button}</button>" in shown
    shown = decide(client, correction, "replace")
    assert "The original has these answers now" in shown
    assert "<code>uuid:1</code>" in shown
    assert Interview.objects.get() == original


def test_what_cannot_count_yet_says_what_to_do(
    client: Client, version: QuestionnaireVersion, enumerator: User
) -> None:
    waits = send(version, enumerator, "uuid:1", psu_id="S9")
    assert "Add that site, then let the interview count." in decide(client, waits, "count")
    assert state_of(waits) == State.QUARANTINED


def test_what_the_form_does_not_ask_is_asked_here(
    client: Client, site: Site, enumerator: User
) -> None:
    short = make_version(site.survey, NO_SITE_FORM)
    waits = receive(short, Sender(enumerator), job="cook").submission.interview
    other = make_site(make_survey(), "S3")
    shown = page(client, waits)
    assert 'name="site"' in shown
    assert f'value="{site.pk}"' in shown
    assert f'value="{other.pk}"' not in shown
    assert "Choose the site on its page" in decide(client, waits, "count")
    assert "valid choice" in decide(client, waits, "count", site=other.pk)
    assert "counts from now on" in decide(client, waits, "count", site=site.pk)
    assert Interview.objects.counted().get().site == site


def test_a_version_that_came_while_the_page_was_open_does_not_count(
    client: Client, version: QuestionnaireVersion, enumerator: User, waits: Interview
) -> None:
    assert f'name="seen" value="{waits.current_id}"' in page(client, waits)
    send(version, enumerator, "uuid:new", "uuid:waits")
    assert "It was changed since you opened it. Look again." in decide(client, waits, "count")
    told = confirm(client, "count", waits)
    assert "uuid:waits: It was changed since you opened it." in told
    assert state_of(waits) == State.QUARANTINED


@pytest.mark.parametrize(
    ("verdict", "reason", "said"),
    [("", "", "required"), ("burn", "", "burn"), ("count", "x" * 1001, "1000")],
)
def test_nonsense_decides_nothing(
    client: Client, waits: Interview, verdict: str, reason: str, said: str
) -> None:
    assert said in decide(client, waits, verdict, reason)
    assert state_of(waits) == State.QUARANTINED


def test_a_second_click_is_told(client: Client, waits: Interview) -> None:
    decide(client, waits, "reject")
    assert "Somebody has decided on this interview already" in decide(client, waits, "reject")


def test_an_address_decides_nothing(client: Client, waits: Interview) -> None:
    answer = client.get(f"{LIST}{waits.pk}/decide/", {"verdict": "count"})
    assert answer.status_code == 405
    assert state_of(waits) == State.QUARANTINED


@pytest.mark.parametrize(
    ("role", "team", "status"),
    [
        (Role.ENUMERATOR, "", 302),  # to the sign-in page
        (Role.ANALYST, "", 404),
        (Role.SUPERVISOR, "other", 404),
        (Role.SUPERVISOR, "", 302),
    ],
)
def test_who_may_not_decide_sees_no_button(
    site: Site, waits: Interview, role: Role, team: str, status: int
) -> None:
    client = client_in(site.survey, role, team)
    may = (role, team) == (Role.SUPERVISOR, "")
    assert ("Let it count" in page(client, waits)) is may
    given = {"verdict": "count", "seen": waits.current_id}
    answer = client.post(f"{LIST}{waits.pk}/decide/", given)
    assert answer.status_code == status
    assert state_of(waits) == (State.SUBMITTED if may else State.QUARANTINED)


def test_reasons_name_people_so_analysts_do_not_read_them(
    client: Client, site: Site, waits: Interview
) -> None:
    decide(client, waits, "count", "Ann said so")
    shown = page(client_in(site.survey, Role.ANALYST), waits)
    assert "<b>Counts</b>" in shown
    assert "Ann said so" not in shown


def act(client: Client, action: str, *interviews: Interview, **more: str) -> str:
    given: dict[str, Any] = {
        "action": action,
        "_selected_action": [one.pk for one in interviews],
        "seen": [one.current_id for one in interviews],
        **more,
    }
    return client.post(LIST, given, follow=True).content.decode()


def confirm(client: Client, verdict: str, *interviews: Interview, reason: str = "") -> str:
    """What is said once what was asked about is confirmed, as it was shown."""
    given: dict[str, Any] = {
        "verdict": verdict,
        "confirmed": "yes",
        "seen": [f"{one.pk}:{one.current_id}" for one in interviews],
        "reason": reason,
    }
    return client.post(f"{LIST}together/", given, follow=True).content.decode()


def test_several_are_asked_about_and_then_decided(
    client: Client, version: QuestionnaireVersion, enumerator: User
) -> None:
    chosen = [send(version, enumerator, f"uuid:{n}") for n in range(3)]
    asked = act(client, "let_count", *chosen)
    assert "3 interviews" in asked
    assert {state_of(one) for one in chosen} == {State.QUARANTINED}
    told = confirm(client, "count", *chosen, reason="Stood in")
    assert "3 interviews count now." in told
    assert {state_of(one) for one in chosen} == {State.SUBMITTED}
    assert {one.reason for one in Decision.objects.all()} == {"Stood in"}


def test_the_question_about_several_costs_the_same_for_any_number(
    client: Client, version: QuestionnaireVersion, enumerator: User
) -> None:
    chosen = [send(version, enumerator, f"uuid:{n}") for n in range(4)]

    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert f"{count} interviews" in act(client, "let_count", *chosen[:count])
        return len(queries)

    assert asked(2) == asked(4)


def test_more_than_are_decided_in_time_are_refused(
    client: Client, version: QuestionnaireVersion, enumerator: User, waits: Interview
) -> None:
    numbers = range(batches.MOST)
    Interview.objects.bulk_create(
        Interview(
            questionnaire=version.questionnaire,
            root_uuid=f"uuid:{n}",
            state=State.QUARANTINED,
            received_at=waits.received_at,
        )
        for n in numbers
    )
    told = act(client, "reject", *Interview.objects.all())
    assert "Choose at most 50 interviews at once." in told
    assert state_of(waits) == State.QUARANTINED


def test_what_needs_a_closer_look_is_left(
    client: Client, version: QuestionnaireVersion, enumerator: User
) -> None:
    counts = send(version, enumerator, "uuid:1", psu_id="S1")
    send(version, enumerator, "uuid:2", "uuid:1", psu_id="S1")
    correction = send(version, enumerator, "uuid:3", "uuid:1", psu_id="S1")
    sealed = send(version, enumerator, "uuid:4")
    Submission.objects.filter(current_of=sealed).update(is_encrypted=True)
    chosen = (counts, correction, sealed)
    asked = act(client, "let_count", *chosen)
    for why in ("does not wait", "say which of the two counts", "Decrypt it first"):
        assert why in asked
    assert "There is nothing to decide" in asked
    confirm(client, "count", *chosen)
    assert not Decision.objects.exists()
    told = confirm(client, "reject", *chosen)
    assert "2 interviews rejected." in told
    assert "uuid:1: It was changed since you opened it." in told  # corrected by the second
    assert "is rejected already" in act(client, "reject", correction)


def test_one_that_cannot_count_keeps_nobody_from_counting(
    client: Client, version: QuestionnaireVersion, enumerator: User, waits: Interview
) -> None:
    nowhere = send(version, enumerator, "uuid:nowhere", psu_id="S9")
    told = confirm(client, "count", waits, nowhere)
    assert "1 interview counts now." in told
    assert "uuid:nowhere: The interview says that it was at site" in told
    assert state_of(nowhere) == State.QUARANTINED


def test_analysts_are_offered_no_decision(
    site: Site, version: QuestionnaireVersion, waits: Interview
) -> None:
    make_interview(site, version)
    listed = client_in(site.survey, Role.ANALYST).get(LIST).content.decode()
    assert "let_count" not in listed
    act(client_in(site.survey, Role.ANALYST), "let_count", waits)
    confirm(client_in(site.survey, Role.ANALYST), "count", waits)
    assert state_of(waits) == State.QUARANTINED


def test_a_strangers_interview_is_not_there(waits: Interview) -> None:
    client = client_in(make_survey())
    address = reverse("admin:surveys_interview_decide", args=(waits.pk,))
    assert client.post(address, {"verdict": "count"}).status_code == 404
    confirm(client, "count", waits)
    assert state_of(waits) == State.QUARANTINED


def test_a_word_that_came_meanwhile_is_not_overruled_unread(
    client: Client, site: Site, version: QuestionnaireVersion
) -> None:
    one = make_interview(site, version, works="yes", age="40")
    assert f'name="state" value="{State.SUBMITTED}"' in page(client, one)
    decide(client, one, "hold", "Who was it?")
    told = decide(client, one, "approve", "I know them", state=State.SUBMITTED)
    assert "Somebody has decided on this interview already." in told
    assert "I know them</textarea>" in told
    assert "I know them" not in page(client, one)
    assert state_of(one) == State.FLAGGED


def test_a_decision_after_the_session_has_ended_is_kept_until_its_person_is_back(
    site: Site, waits: Interview
) -> None:
    client = Client()
    person = make_member(site.survey, Role.COORDINATOR)
    person.set_password("five-standards")
    person.save()
    address = f"{LIST}{waits.pk}/decide/"
    asked = client.post(
        address, {"verdict": "reject", "reason": "x" * 99, "seen": waits.current_id}
    )
    signs_in = {"username": person.username, "password": "five-standards"}
    back = client.post("/login/", {**signs_in, "kept": asked.context["kept"]})
    post = back.context["post"]
    assert post.path == address
    client.post(post.path, dict(post.fields))
    assert state_of(waits) == State.REJECTED
