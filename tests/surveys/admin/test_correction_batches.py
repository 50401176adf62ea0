"""Corrections of many on their pages: from a file, from the list, looked at, applied, undone; who may."""

import re
from collections.abc import Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys import correction_batches, jobs
from surveys.keys import store
from surveys.keys.models import Key
from surveys.models import (
    Change,
    CorrectionBatch,
    Interview,
    Job,
    QuestionnaireVersion,
    Role,
    Site,
    User,
)
from tests.factories import make_enumerator, make_member, make_survey, make_version, receive
from tests.surveys.admin.office import client_of
from tests.surveys.admin.test_ledger import REPEATED
from tests.surveys.test_ledger import now, send

pytestmark = pytest.mark.django_db
LIST = "/admin/surveys/interview/"
HEAD = "interview_id,question,before,after,reason"
NAMED = """
| survey |      |        |       |            |
|        | type | name   | label | identifier |
|        | text | psu_id | Site  |            |
|        | text | name   | Name  | direct     |
| settings |         |         |
|          | form_id | version |
|          | named   | 1       |
"""


@pytest.fixture
def people(site: Site, version: QuestionnaireVersion) -> list[Interview]:
    enumerator = make_enumerator(site)
    return [
        send(version, enumerator, f"uuid:{name}", hours=hours)
        for name, hours in (("a", "40"), ("b", "40"), ("c", "44"))
    ]


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def upload(client: Client, *lines: str, head: str = HEAD) -> str:
    """What the page says that follows a file with these lines."""
    file = SimpleUploadedFile("list.csv", "\n".join([head, *lines]).encode())
    survey = Interview.objects.earliest("pk").questionnaire.survey_id
    address = reverse("admin:surveys_correctionbatch_file")
    answer = client.post(address, {"survey": survey, "file": file}, follow=True)
    return answer.content.decode()


def work(client: Client, what: str, rows: Sequence[int] = ()) -> str:
    batch = CorrectionBatch.objects.get()
    address = reverse("admin:surveys_correctionbatch_work", args=(batch.pk,))
    return client.post(address, {"work": what, "row": rows}, follow=True).content.decode()


def hours(people: list[Interview]) -> list[str]:
    return [now(person).answers["g/hours"] for person in people]


def test_a_file_is_looked_at_applied_and_undone(client: Client, people: list[Interview]) -> None:
    shown = upload(client, "uuid:a,hours,40,48,phone", "b,hours,41,48,phone", "c,works,,no,phone")
    assert "1 line ready" in shown
    assert "2 lines with a fault" in shown
    assert "The answer is 40, not 41: somebody changed it." in shown
    assert not Change.objects.exists()
    assert "1 interview is corrected." in work(client, "apply", [2])
    assert hours(people) == ["48", "40", "44"]
    batch = CorrectionBatch.objects.get()
    listed = client.get(reverse("admin:surveys_correctionbatch_changelist")).content.decode()
    assert "list.csv" in listed
    assert "Applied" in listed
    page = client.get(f"{LIST}{people[0].pk}/change/").content.decode()
    assert str(batch) in page
    assert "Undone" in work(client, "undo")
    assert hours(people) == ["40", "40", "44"]


def test_lines_with_a_fault_come_back_as_a_file(client: Client, people: list[Interview]) -> None:
    upload(client, "uuid:a,hours,40,48,phone", "b,hours,40,many,phone")
    address = reverse(
        "admin:surveys_correctionbatch_faults", args=(CorrectionBatch.objects.get().pk,)
    )
    answer = client.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="list-faults.csv"'
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows == [f"{HEAD},errors", "b,hours,40,many,phone,many is not of the type of g/hours."]


def test_a_file_that_is_none_is_told(client: Client, people: list[Interview]) -> None:
    assert "These columns are missing: reason." in upload(
        client, head="interview_id,question,after"
    )
    assert not CorrectionBatch.objects.exists()


def test_a_large_batch_is_for_a_worker(
    client: Client, people: list[Interview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correction_batches, "LARGE", 1)
    shown = upload(client, "uuid:a,hours,40,48,phone", "b,hours,40,48,phone")
    assert "A worker is at it" in shown
    assert "Wait for that" in work(client, "apply")
    for what, found in (("", ["40", "40"]), ("apply", ["48", "48"])):
        if what:
            work(client, what)
        jobs.run(Job.objects.latest("pk").pk)
        assert hours(people[:2]) == found


def choose(client: Client, people: Sequence[Interview], **more: str) -> str:
    """What follows on the list's action about these interviews."""
    chosen = {"action": "correct_answers", "_selected_action": [one.pk for one in people], **more}
    return client.post(LIST, chosen, follow=True).content.decode()


def test_the_same_answer_is_corrected_in_those_of_a_list(
    client: Client, people: list[Interview]
) -> None:
    assert '<option value="g/hours">' in choose(client, people)
    asking = choose(client, people, question="g/hours")
    assert re.search(r'<option value="40">40 \(2\)</option>', asking)
    assert 'name="/data/g/hours" ' in asking
    given = {"question": "g/hours", "after": "yes", "before": "40", "reason": "typing slip"}
    shown = choose(client, people, **given, **{"/data/g/hours": "48"})
    assert "2 lines ready" in shown
    work(client, "apply")
    assert hours(people) == ["48", "48", "44"]


def test_any_answer_can_be_set(client: Client, people: list[Interview]) -> None:
    given = {"question": "g/works", "after": "yes", "before": "", "reason": "typing slip"}
    assert "3 lines ready" in choose(client, people, **given, **{"/data/g/works": "rf"})
    without = choose(client, people, **{**given, "reason": ""}, **{"/data/g/works": "rf"})
    assert "Say why the answer is corrected." in without


def test_sealed_answers_of_a_list_are_found_with_one_query_for_their_keys(
    client: Client, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    form = make_version(site.survey, NAMED)
    named = [
        receive(form, psu_id=site.code, name=name).submission.interview
        for name in ("Ann", "Ann", "Bo")
    ]
    store._memory.forget(Key.objects.values_list("pk", flat=True))  # as in another process
    with django_assert_num_queries(2, using="keys"):  # of the sample, and of them all
        asking = choose(client, named, question="name")
    assert re.search(r'<option value="Ann">Ann \(2\)</option>', asking)


def test_a_list_of_two_questionnaires_is_none(
    client: Client, people: list[Interview], site: Site
) -> None:
    form = make_version(site.survey, REPEATED)
    other = receive(form, psu_id="S1").submission.interview
    assert "Choose interviews of one questionnaire" in choose(client, [*people, other])


def test_only_coordinators_correct_many(
    people: list[Interview], site: Site, coordinator: User
) -> None:
    line = correction_batches.Line(1, "a", "hours", None, "48", "phone")
    batch = correction_batches.begin(site.survey, "x", [line], coordinator)
    pages = [
        reverse("admin:surveys_correctionbatch_changelist"),
        reverse("admin:surveys_correctionbatch_file"),
        reverse("admin:surveys_correctionbatch_change", args=(batch.pk,)),
        reverse("admin:surveys_correctionbatch_faults", args=(batch.pk,)),
    ]
    strangers = [make_member(site.survey, role) for role in (Role.SUPERVISOR, Role.ANALYST)]
    for person in (*strangers, make_member(make_survey(), Role.COORDINATOR)):
        client = Client()
        client.force_login(person)
        for address in pages[2:] if person not in strangers else pages:
            assert client.get(address).status_code in (302, 403, 404)
        work(client, "apply")
        choose(
            client, people, question="g/hours", after="yes", reason="x", **{"/data/g/hours": "1"}
        )
    assert CorrectionBatch.objects.count() == 1
    assert not Change.objects.exists()


def test_a_page_of_lines_costs_no_query_a_line(
    client: Client,
    people: list[Interview],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    upload(client, *(f"{name},hours,40,4{n},phone" for name in "abc" for n in range(20)))
    address = reverse(
        "admin:surveys_correctionbatch_change", args=(CorrectionBatch.objects.get().pk,)
    )
    with django_assert_max_num_queries(20):
        assert client.get(address).status_code == 200
