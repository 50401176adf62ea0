"""A returned interview on its enumerator's pages: what is asked, correcting it, answering alone."""

import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from surveys import comments, review
from surveys.models import Comment, Draft, Interview, QuestionnaireVersion, Site, User
from surveys.models.decision import Verdict
from surveys.submissions import Sender
from tests.factories import SMALL_FORM, make_version, receive

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def interview(version: QuestionnaireVersion, enumerator: User, coordinator: User) -> Interview:
    complete = {"psu_id": "S1", "age": "30", "works": "yes", "hours": "126"}
    receipt = receive(version, Sender(enumerator), "uuid:1", **complete)
    pk = receipt.submission.interview_id
    comments.say(pk, "126? <b>Ask</b> again.", by=coordinator, path="g/hours")
    return review.decide(pk, Verdict.RETURN, by=coordinator, reason="The visit took 9 minutes.")


def act(phone: Client, interview: Interview, go: str, **more: str) -> str:
    """The address at which it ends."""
    answer = phone.post(f"/returned/{interview.pk}/", {"go": go, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_the_first_page_says_what_is_asked(phone: Client, interview: Interview) -> None:
    shown = phone.get("/").content.decode()
    assert "Returned to you" in shown
    assert "126? &lt;b&gt;Ask&lt;/b&gt; again." in shown
    assert "3. Hours" in shown
    assert "The visit took 9 minutes." in shown


def test_it_is_corrected_on_the_plain_pages(phone: Client, interview: Interview) -> None:
    address = act(phone, interview, "correct", said="She meant both jobs.")
    draft = Draft.objects.get()
    assert address == f"/interview/{draft.pk}/2/#q/data/g/hours"
    section = phone.get(address).content.decode()
    assert section.count('<blockquote class="remark"') == 2
    assert section.count('<blockquote class="remark reply"') == 1
    assert 'value="126"' in section
    assert "Go on correcting" in phone.get("/").content.decode()
    assert act(phone, interview, "correct") == address  # it goes on where it was begun
    hours = {"/data/g/age": "30", "/data/g/works": "yes", "/data/g/hours": "60"}
    phone.post(f"/interview/{draft.pk}/2/", {"revision": draft.revision, "go": "next", **hours})
    finish = {"revision": Draft.objects.get().revision}
    assert phone.post(f"/interview/{draft.pk}/finish/", finish).status_code == 302
    back = Interview.objects.get()
    assert (back.state, back.answers["g/hours"]) == (State.SUBMITTED, "60")
    assert "Returned to you" not in phone.get("/").content.decode()


def test_the_live_page_gets_what_is_asked(phone: Client, interview: Interview) -> None:
    address = act(phone, interview, "correct", live="1")
    draft = Draft.objects.get()
    assert address.endswith(f"?draft={draft.pk}#q/data/g/hours")
    document = json.loads(phone.get(f"/interview/{draft.pk}/instance").content)
    assert document["corrects"] == "uuid:1"
    assert [(one["place"], one["text"]) for one in document["remarks"]] == [
        ("/data/g/hours", "126? <b>Ask</b> again."),
        ("", "The visit took 9 minutes."),
    ]


def test_an_answer_alone_goes_back(phone: Client, interview: Interview) -> None:
    assert act(phone, interview, "answer", said="It was 126.") == "/"
    assert Interview.objects.get().state == State.SUBMITTED
    assert Comment.objects.filter(is_reply=True).get().text == "It was 126."
    told = phone.post(f"/returned/{interview.pk}/", {"go": "correct"})
    assert told.status_code == 409
    assert "not returned to you any more" in told.content.decode()


def test_nothing_to_say_is_told(phone: Client, interview: Interview) -> None:
    told = phone.post(f"/returned/{interview.pk}/", {"go": "answer", "said": " "})
    assert told.status_code == 422
    assert "Write the comment first." in told.content.decode()


def test_its_pictures_are_shown(
    phone: Client,
    enumerator: User,
    coordinator: User,
    site: Site,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    table = SMALL_FORM.replace("| start  ", "| image | photo | Photo | | | | | |\n|  | start  ", 1)
    version = make_version(site.survey, table)
    complete = {"psu_id": "S1", "age": "30", "works": "no", "photo": "a.jpg"}
    picture = ContentFile(b"jpg", "a.jpg")
    sent = receive(version, Sender(enumerator), "uuid:1", "", [picture], **complete)
    pk = sent.submission.interview_id
    interview = review.decide(pk, Verdict.RETURN, by=coordinator, reason="Ask again.")
    act(phone, interview, "correct")
    draft = Draft.objects.get()
    shown = phone.get(f"/interview/{draft.pk}/files/a.jpg")
    assert (shown.status_code, shown.content, shown["Content-Type"]) == (200, b"jpg", "image/jpeg")
    document = json.loads(phone.get(f"/interview/{draft.pk}/instance").content)
    assert document["files"] == {"a.jpg": {"size": 3}}


def test_an_ordinary_draft_is_remarked_on_by_nobody(
    phone: Client, version: QuestionnaireVersion, interview: Interview
) -> None:
    phone.post(f"/fill/{version.questionnaire_id}/", {"site": "S1"})
    draft = Draft.objects.get()
    document = json.loads(phone.get(f"/interview/{draft.pk}/instance").content)
    assert (document["corrects"], document["remarks"]) == ("", None)
