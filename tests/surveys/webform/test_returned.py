"""A returned interview on its enumerator's pages: what is asked, correcting it, answering alone."""

import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from surveys import comments, review, submissions
from surveys.models import Comment, Draft, Interview, QuestionnaireVersion, Role, Site, User
from surveys.models.decision import Verdict
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import (
    SMALL_FORM,
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
)

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def enumerator(site: Site) -> User:
    return make_enumerator(site)


@pytest.fixture
def client(enumerator: User) -> Client:
    client = Client()
    client.force_login(enumerator)
    return client


@pytest.fixture
def coordinator(site: Site) -> User:
    return make_member(site.survey, Role.COORDINATOR)


@pytest.fixture
def interview(version: QuestionnaireVersion, enumerator: User, coordinator: User) -> Interview:
    xml = instance_xml(version, "uuid:1", psu_id="S1", age="30", works="yes", hours="126")
    receipt = submissions.receive(
        read_instance(xml), version.questionnaire.survey, Sender(enumerator)
    )
    pk = receipt.submission.interview_id
    comments.say(pk, "126? <b>Ask</b> again.", by=coordinator, path="g/hours")
    return review.decide(pk, Verdict.RETURN, by=coordinator, reason="The visit took 9 minutes.")


def act(client: Client, interview: Interview, go: str, **more: str) -> str:
    """The address at which it ends."""
    answer = client.post(f"/returned/{interview.pk}/", {"go": go, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_the_first_page_says_what_is_asked(client: Client, interview: Interview) -> None:
    shown = client.get("/").content.decode()
    assert "Returned to you" in shown
    assert "126? &lt;b&gt;Ask&lt;/b&gt; again." in shown
    assert "3. Hours" in shown
    assert "The visit took 9 minutes." in shown


def test_it_is_corrected_on_the_plain_pages(client: Client, interview: Interview) -> None:
    address = act(client, interview, "correct", said="She meant both jobs.")
    draft = Draft.objects.get()
    assert address == f"/interview/{draft.pk}/2/#q/data/g/hours"
    section = client.get(address).content.decode()
    assert section.count('<blockquote class="remark"') == 2
    assert section.count('<blockquote class="remark reply"') == 1
    assert 'value="126"' in section
    assert "Go on correcting" in client.get("/").content.decode()
    assert act(client, interview, "correct") == address  # it goes on where it was begun
    hours = {"/data/g/age": "30", "/data/g/works": "yes", "/data/g/hours": "60"}
    client.post(f"/interview/{draft.pk}/2/", {"revision": draft.revision, "go": "next", **hours})
    finish = {"revision": Draft.objects.get().revision}
    assert client.post(f"/interview/{draft.pk}/finish/", finish).status_code == 302
    back = Interview.objects.get()
    assert (back.state, back.answers["g/hours"]) == (State.SUBMITTED, "60")
    assert "Returned to you" not in client.get("/").content.decode()


def test_the_live_page_gets_what_is_asked(client: Client, interview: Interview) -> None:
    address = act(client, interview, "correct", live="1")
    draft = Draft.objects.get()
    assert address.endswith(f"?draft={draft.pk}#q/data/g/hours")
    document = json.loads(client.get(f"/interview/{draft.pk}/instance").content)
    assert document["corrects"] == "uuid:1"
    assert [(one["place"], one["text"]) for one in document["remarks"]] == [
        ("/data/g/hours", "126? <b>Ask</b> again."),
        ("", "The visit took 9 minutes."),
    ]


def test_an_answer_alone_goes_back(client: Client, interview: Interview) -> None:
    assert act(client, interview, "answer", said="It was 126.") == "/"
    assert Interview.objects.get().state == State.SUBMITTED
    assert Comment.objects.filter(is_reply=True).get().text == "It was 126."
    told = client.post(f"/returned/{interview.pk}/", {"go": "correct"})
    assert told.status_code == 409
    assert "not returned to you any more" in told.content.decode()


def test_nothing_to_say_is_told(client: Client, interview: Interview) -> None:
    told = client.post(f"/returned/{interview.pk}/", {"go": "answer", "said": " "})
    assert told.status_code == 422
    assert "Write the comment first." in told.content.decode()


def test_its_pictures_are_shown(
    client: Client,
    enumerator: User,
    coordinator: User,
    site: Site,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    table = SMALL_FORM.replace("| start  ", "| image | photo | Photo | | | | | |\n|  | start  ", 1)
    version = make_version(site.survey, table)
    xml = instance_xml(version, "uuid:1", psu_id="S1", age="30", works="no", photo="a.jpg")
    sent = submissions.receive(
        read_instance(xml), site.survey, Sender(enumerator), files=[ContentFile(b"jpg", "a.jpg")]
    )
    pk = sent.submission.interview_id
    interview = review.decide(pk, Verdict.RETURN, by=coordinator, reason="Ask again.")
    act(client, interview, "correct")
    draft = Draft.objects.get()
    shown = client.get(f"/interview/{draft.pk}/files/a.jpg")
    assert (shown.status_code, shown.content, shown["Content-Type"]) == (200, b"jpg", "image/jpeg")
    document = json.loads(client.get(f"/interview/{draft.pk}/instance").content)
    assert document["files"] == {"a.jpg": {"size": 3}}


def test_an_ordinary_draft_is_remarked_on_by_nobody(
    client: Client, version: QuestionnaireVersion, interview: Interview
) -> None:
    client.post(f"/fill/{version.questionnaire_id}/", {"site": "S1"})
    draft = Draft.objects.get()
    document = json.loads(client.get(f"/interview/{draft.pk}/instance").content)
    assert (document["corrects"], document["remarks"]) == ("", None)
