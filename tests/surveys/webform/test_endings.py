"""An interview ends in one receipt: sent, refused, broken off, or discarded on purpose."""

import pytest
from django.test import Client

from surveys import drafts, questionnaires
from surveys.drafts import DraftMoved
from surveys.models import Draft, Interview, Questionnaire, Submission
from tests.factories import make_enumerator, with_key
from tests.surveys.webform.conftest import AGREED, AT_WORK, COMPLETE, Post


def finish(phone: Client, draft: Draft, **fields: object) -> str:
    response = phone.post(f"/interview/{draft.pk}/finish/", {"revision": draft.revision, **fields})
    assert response.status_code == 302
    return response["Location"]


def test_the_summary_counts_and_lists_what_is_blank(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    html = phone.get(f"/interview/{draft.pk}/finish/").content.decode()
    assert "9 of 14 answered" in html
    assert "form 1" in html
    assert f'href="/interview/{draft.pk}/4/#q/data/g_d/since"' in html
    assert "To correct before sending" not in html


def test_a_complete_interview_is_sent_and_has_a_receipt(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    html = phone.get(finish(phone, draft)).content.decode()
    submission = Submission.objects.get()
    assert not Draft.objects.exists()
    assert submission.instance_id == f"uuid:{draft.pk}"
    assert submission.interview.outcome == Interview.Outcome.COMPLETED
    for start in range(0, 64, 4):
        assert f"<span>{submission.xml_sha256[start : start + 4]}</span>" in html
    assert "<b>1</b> of 24" in html


def test_finishing_twice_leads_to_the_same_receipt(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    assert finish(phone, draft) == finish(phone, draft)
    assert Submission.objects.count() == 1


def test_two_who_finish_at_once_get_one_interview(draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    one, other = (with_key(Draft.objects.get()) for _ in range(2))
    first, second = drafts.finish(one), drafts.finish(other)
    assert first.submission == second.submission
    assert (first.created, second.created) == (True, False)


def test_a_draft_that_was_discarded_cannot_be_finished(draft: Draft) -> None:
    behind = with_key(Draft.objects.get())
    drafts.discard(draft)
    with pytest.raises(DraftMoved):
        drafts.finish(behind)


def test_a_page_of_an_interview_that_was_sent_leads_to_the_receipt(
    phone: Client, draft: Draft
) -> None:
    drafts.save(draft, COMPLETE)
    receipt = finish(phone, draft)
    assert phone.get(f"/interview/{draft.pk}/2/")["Location"] == receipt


def test_what_must_be_corrected_is_listed_with_links(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {**AT_WORK, "/data/g_b/age": "12"})
    response = phone.post(f"/interview/{draft.pk}/finish/", {"revision": draft.revision})
    html = response.content.decode()
    assert response.status_code == 422
    assert f'href="/interview/{draft.pk}/2/?check#q/data/g_b/age"' in html
    assert "Between 16 and 90" in html
    assert f'href="/interview/{draft.pk}/3/?check#q/data/g_c/kinds"' in html
    assert Draft.objects.exists()
    assert not Submission.objects.exists()


def test_the_link_leads_to_the_question_with_its_sentence(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {**AT_WORK, "/data/g_b/age": "12"})
    html = phone.get(f"/interview/{draft.pk}/2/?check").content.decode()
    assert 'id="q/data/g_b/age"' in html
    assert html.count("Between 16 and 90") == 2


def test_a_refusal_is_recorded(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {"/data/consent": "no"})
    assert "Send the refusal" in phone.get(f"/interview/{draft.pk}/finish/").content.decode()
    finish(phone, draft)
    assert Interview.objects.get().outcome == Interview.Outcome.REFUSED


def test_an_interview_can_stop_before_it_is_complete(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {**AGREED, "/data/g_b/age": "30"})
    assert "Stop the interview here" in phone.get(f"/interview/{draft.pk}/finish/").content.decode()
    finish(phone, draft, break_off="1")
    interview = Interview.objects.get()
    assert interview.outcome == Interview.Outcome.PARTIAL
    assert interview.answers["g_b/age"] == "30"


def test_nothing_is_broken_off_before_consent(phone: Client, draft: Draft) -> None:
    response = phone.post(
        f"/interview/{draft.pk}/finish/", {"revision": draft.revision, "break_off": "1"}
    )
    assert response.status_code == 422
    assert "Stop the interview here" not in response.content.decode()
    assert not Interview.objects.exists()


def test_what_changed_since_the_summary_is_looked_at_first(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    response = phone.post(f"/interview/{draft.pk}/finish/", {"revision": draft.revision - 1})
    assert response.status_code == 409
    assert not Interview.objects.exists()


def test_a_form_closed_meanwhile_still_takes_what_was_started(phone: Client, draft: Draft) -> None:
    questionnaires.set_state(draft.version.questionnaire, Questionnaire.State.CLOSED)
    drafts.save(draft, COMPLETE)
    finish(phone, draft)
    assert Interview.objects.get().state == Interview.State.QUARANTINED


def test_a_draft_is_discarded_only_after_asking(phone: Client, draft: Draft) -> None:
    assert "Discard this draft?" in phone.get(f"/interview/{draft.pk}/discard/").content.decode()
    assert Draft.objects.exists()
    stale = phone.post(f"/interview/{draft.pk}/discard/", {"revision": draft.revision - 1})
    assert stale.status_code == 409
    assert Draft.objects.exists()
    response = phone.post(f"/interview/{draft.pk}/discard/", {"revision": draft.revision})
    assert response["Location"] == "/"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("ending", ["finish", "discard"])
def test_somebody_elses_interview_cannot_be_ended(
    client: Client, draft: Draft, ending: str
) -> None:
    client.force_login(make_enumerator(draft.site, "E02"))
    assert client.post(f"/interview/{draft.pk}/{ending}/").status_code == 404
    assert Draft.objects.exists()


def test_somebody_elses_receipt_is_not_found(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    receipt = finish(phone, draft)
    other = Client()
    other.force_login(make_enumerator(draft.site, "E02"))
    assert other.get(receipt).status_code == 404


def test_the_way_to_stop_is_on_every_section(phone: Client, draft: Draft, post: Post) -> None:
    post(1, AGREED)
    html = phone.get(f"/interview/{draft.pk}/2/").content.decode()
    assert 'name="go" value="stop"' in html
    response = post(2, {"/data/g_b/age": "30"}, go="stop")
    assert response["Location"] == f"/interview/{draft.pk}/finish/#stop"
    assert "Stop the interview here" in phone.get(response["Location"]).content.decode()
    assert Draft.objects.get().revision > draft.revision


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", "x"])
def test_a_strange_number_in_a_post_is_no_error(draft: Draft, post: Post, number: str) -> None:
    assert post(1, AGREED, go=number).status_code in (302, 404, 422)
