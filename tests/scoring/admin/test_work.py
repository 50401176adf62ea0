"""Long work asked for on a scheme's page and in the list: who may ask, and what is then waiting."""

import pytest
from django.test import Client

from scoring.models import Scheme
from surveys.models import Job, Membership, Role
from tests.factories import make_member, make_survey
from tests.scoring.admin.people import make_scheme, member, signed_in, stranger

pytestmark = pytest.mark.django_db

LIST = "/admin/scoring/scheme/"
JOBS = "/admin/surveys/job/"
WORDS = {"rescore": "Judge all interviews again", "groups": "Compare the groups"}
ACTIONS = {"rescore": "rescore", "groups": "compare_groups"}
KINDS = {"rescore": "rescore", "groups": "compare"}
ALLOWED = [
    ("rescore", Role.COORDINATOR),
    ("groups", Role.COORDINATOR),
    ("groups", Role.ANALYST),
]
REFUSED = [
    ("rescore", Role.ANALYST),
    ("rescore", Role.SUPERVISOR),
    ("groups", Role.SUPERVISOR),
]


@pytest.fixture
def scheme() -> Scheme:
    return make_scheme(make_survey("five", name="Five"))


def page(scheme: Scheme) -> str:
    return f"{LIST}{scheme.pk}/change/"


def address(scheme: Scheme, work: str) -> str:
    return f"{LIST}{scheme.pk}/{work}/"


def by_action(client: Client, work: str, *chosen: Scheme) -> str:
    data = {"action": ACTIONS[work], "_selected_action": [scheme.pk for scheme in chosen]}
    return client.post(LIST, data, follow=True).content.decode()


def asked() -> list[tuple[str, int]]:
    """What waits for a worker, and for which scheme."""
    return [(job.kind, job.params["scheme"]) for job in Job.objects.order_by("pk")]


@pytest.mark.parametrize(("work", "role"), ALLOWED)
def test_it_is_asked_for_on_the_page(scheme: Scheme, work: str, role: Role) -> None:
    client = member(scheme.survey, role)
    assert f"{address(scheme, work)}" in client.get(page(scheme)).content.decode()
    html = client.post(address(scheme, work), follow=True).content.decode()
    assert f'<a class="underline" href="{JOBS}">' in html
    assert asked() == [(KINDS[work], scheme.pk)]
    assert Job.objects.get().requested_by is not None


@pytest.mark.parametrize(("work", "role"), ALLOWED)
def test_it_is_asked_for_in_the_list(scheme: Scheme, work: str, role: Role) -> None:
    client = member(scheme.survey, role)
    assert WORDS[work] in client.get(LIST).content.decode()
    assert JOBS in by_action(client, work, scheme)
    assert asked() == [(KINDS[work], scheme.pk)]


@pytest.mark.parametrize(("work", "role"), REFUSED)
def test_who_may_not_ask_is_not_offered_it(scheme: Scheme, work: str, role: Role) -> None:
    client = member(scheme.survey, role)
    assert address(scheme, work) not in client.get(page(scheme)).content.decode()
    assert WORDS[work] not in client.get(LIST).content.decode()
    assert client.post(address(scheme, work)).status_code == 403
    by_action(client, work, scheme)
    assert asked() == []


@pytest.mark.parametrize("work", WORDS)
def test_who_may_ask_in_another_survey_may_not_here(scheme: Scheme, work: str) -> None:
    """Who coordinates one survey and supervises another sees the schemes of both."""
    user = make_member(scheme.survey, Role.COORDINATOR)
    other = make_survey("other")
    Membership.objects.create(user=user, survey=other, role=Role.SUPERVISOR)
    theirs = make_scheme(other)
    html = by_action(signed_in(user), work, scheme, theirs)
    assert "only coordinators" in html
    assert asked() == [(KINDS[work], scheme.pk)]


@pytest.mark.parametrize("work", WORDS)
def test_a_stranger_does_not_even_find_it(scheme: Scheme, work: str) -> None:
    assert stranger().post(address(scheme, work)).status_code == 404
    assert Client().post(address(scheme, work)).status_code == 403  # asked to sign in first
    assert member(scheme.survey).get(address(scheme, work)).status_code == 405
    assert asked() == []


def test_one_rescore_at_a_time(scheme: Scheme) -> None:
    client = member(scheme.survey)
    client.post(address(scheme, "rescore"))
    revision = Scheme.objects.get().revision
    html = client.post(address(scheme, "rescore"), follow=True).content.decode()
    assert "already" in html
    assert (len(asked()), Scheme.objects.get().revision) == (1, revision)
    Job.objects.update(state=Job.State.CANCELLED)
    client.post(address(scheme, "rescore"))
    assert len(asked()) == 2


def test_names_are_shown_as_they_are(scheme: Scheme) -> None:
    scheme.survey.name = "A <b>bold</b> survey"
    scheme.survey.save()
    client = member(scheme.survey)
    html = client.post(address(scheme, "rescore"), follow=True).content.decode()
    assert "A &lt;b&gt;bold&lt;/b&gt; survey again" in html
    assert "<b>bold</b>" not in html
