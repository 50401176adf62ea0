"""A draft as scripts fetch and save it: whole, by its owner, never behind, never another form."""

import json

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client

from surveys import drafts
from surveys.models import Draft, DraftFile, Interview
from surveys.xforms.parsing import Tree
from tests.factories import make_enumerator, with_key
from tests.surveys.webform.conftest import COMPLETE, stored


def fetched(phone: Client, draft: Draft) -> dict[str, object]:
    response = phone.get(f"/interview/{draft.pk}/instance")
    assert response.status_code == 200
    document: dict[str, object] = response.json()
    return document


def put(phone: Client, draft: Draft, document: object) -> HttpResponse:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    address = f"/interview/{draft.pk}/instance"
    return phone.put(address, body, content_type="application/json")  # type: ignore[return-value]


def answered(tree: Tree, answers: dict[str, str]) -> Tree:
    """The tree with answers by path below its root."""
    name, content = tree
    if isinstance(content, str):
        return [name, answers.get("", content)]
    inner = []
    for child in content:
        below = {
            path.partition("/")[2]: text
            for path, text in answers.items()
            if path.partition("/")[0] == child[0]
        }
        inner.append(answered(child, below))
    return [name, inner]


def test_a_draft_is_fetched_with_what_is_known(phone: Client, draft: Draft) -> None:
    document = fetched(phone, draft)
    assert document["revision"] == 1
    assert document["known"] == ["/data/psu_id", "/data/enumerator_id", "/data/a1"]
    assert document["site"] == "S1"
    assert document["files"] == {}
    tree = document["tree"]
    assert isinstance(tree, list)
    assert tree[0] == "data"
    assert ["psu_id", "S1"] in tree[1]


def test_a_tree_is_saved_and_the_revision_grows(phone: Client, draft: Draft) -> None:
    tree = answered(fetched(phone, draft)["tree"], {"consent": "yes", "g_b/age": "30"})  # type: ignore[arg-type]
    response = put(phone, draft, {"tree": tree, "revision": 1})
    assert response.status_code == 200
    assert json.loads(response.content)["revision"] == 2
    assert stored(draft)["g_b/age"] == "30"


def test_what_the_server_knows_stays_as_it_is(phone: Client, draft: Draft) -> None:
    before = stored(draft)
    tree = answered(
        fetched(phone, draft)["tree"],  # type: ignore[arg-type]
        {
            "psu_id": "S9",
            "enumerator_id": "E09",
            "start": "1999-01-01",
            "meta/instanceID": "uuid:1",
        },
    )
    put(phone, draft, {"tree": tree, "revision": 1})
    assert stored(draft) == before
    drafts.save(with_key(Draft.objects.get()), COMPLETE)
    receipt = drafts.finish(with_key(Draft.objects.get()))
    assert receipt.submission.instance_id == f"uuid:{draft.pk}"


def test_what_a_tree_leaves_out_is_blank_and_can_be_answered(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    assert put(phone, draft, {"tree": ["data", []], "revision": 2}).status_code == 200
    assert "g_b/age" not in stored(draft)
    assert stored(draft)["psu_id"] == "S1"
    drafts.save(with_key(Draft.objects.get()), {"/data/g_b/age": "30"})
    assert stored(draft)["g_b/age"] == "30"


def test_a_page_that_is_behind_saves_nothing_and_learns_the_revision(
    phone: Client, draft: Draft
) -> None:
    tree = fetched(phone, draft)["tree"]
    drafts.save(draft, COMPLETE)
    response = put(phone, draft, {"tree": tree, "revision": 1})
    assert response.status_code == 409
    document = json.loads(response.content)
    assert document["revision"] == 2
    assert "changed on another page" in document["message"]
    assert stored(draft)["g_b/age"] == "30"
    assert put(phone, draft, {"tree": tree, "revision": 2}).status_code == 200


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"tree": ' + b"[" * 100_000,
        [],
        {},
        {"revision": 1},
        {"tree": ["data", []]},
        {"tree": ["data", []], "revision": "1"},
        {"tree": ["data", []], "revision": True},
        {"tree": ["data", []], "revision": 10**30},
        {"tree": ["other", []], "revision": 1},
        {"tree": "data", "revision": 1},
        {"tree": ["data"], "revision": 1},
        {"tree": ["data", 7], "revision": 1},
        {"tree": ["data", [["script", "x"]]], "revision": 1},
        {"tree": ["data", [["g_b", [["age", [["deep", ""]]]]]]], "revision": 1},
        {"tree": ["data", [["consent", "yes"], ["consent", "no"]]], "revision": 1},
        {"tree": ["data", [["g_b", [["age", "1"]] * 2]]], "revision": 1},
        {"tree": ["data", [["consent", None]]], "revision": 1},
        {"tree": ["data", [["consent", "x"]] * 30_000], "revision": 1},
    ],
)
def test_what_is_no_interview_of_this_form_is_refused_in_words(
    phone: Client, draft: Draft, document: object
) -> None:
    before = stored(draft)
    response = put(phone, draft, document)
    assert response.status_code == 422
    assert json.loads(response.content)["message"]
    assert b"Traceback" not in response.content
    assert stored(draft) == before


def test_trees_have_a_largest_size(phone: Client, draft: Draft) -> None:
    tree = ["data", [["consent", "x" * 5_000_000]]]
    assert put(phone, draft, {"tree": tree, "revision": 1}).status_code == 413


@pytest.mark.every_stack
def test_characters_that_no_xml_can_hold_are_left_out(phone: Client, draft: Draft) -> None:
    tree = answered(fetched(phone, draft)["tree"], {"g_d/words": "a\x00\x0bb\ud800\ufffe"})  # type: ignore[arg-type]
    assert put(phone, draft, {"tree": tree, "revision": 1}).status_code == 200
    assert stored(draft)["g_d/words"] == "ab"


@pytest.mark.parametrize("method", ["get", "put"])
def test_a_draft_is_its_enumerators_alone(client: Client, draft: Draft, method: str) -> None:
    address = f"/interview/{draft.pk}/instance"
    response = getattr(client, method)(address)
    assert response.status_code == 401
    assert response.json()["message"]
    client.force_login(make_enumerator(draft.site, "E02"))
    body = b'{"tree": ["data", []], "revision": 1}'
    assert client.generic(method.upper(), address, body).status_code == 404


def test_a_put_without_its_token_is_refused(draft: Draft) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(draft.enumerator)
    document = fetched(strict, draft)
    body = {"tree": document["tree"], "revision": 1}
    assert put(strict, draft, body).status_code == 403
    token = strict.cookies["csrftoken"].value
    response = strict.put(
        f"/interview/{draft.pk}/instance",
        json.dumps(body),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 200


def test_an_interview_that_was_sent_points_to_its_receipt(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    receipt = drafts.finish(with_key(Draft.objects.get()))
    response = phone.get(f"/interview/{draft.pk}/instance")
    assert response.status_code == 410
    assert response.json()["url"] == f"/receipts/{receipt.submission.pk}/"


def send(phone: Client, draft: Draft, **fields: object) -> HttpResponse:
    data = {"revision": Draft.objects.get().revision, **fields}
    return phone.post(  # type: ignore[return-value]
        f"/interview/{draft.pk}/finish/", data, headers={"Accept": "application/json"}
    )


def test_scripts_finish_and_are_told_where_the_receipt_is(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    response = send(phone, draft)
    assert response.status_code == 200
    interview = Interview.objects.get()
    assert json.loads(response.content) == {"url": f"/receipts/{interview.current_id}/"}


def test_scripts_are_told_what_must_be_corrected(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {**COMPLETE, "/data/g_b/age": "7"})
    response = send(phone, draft)
    assert response.status_code == 422
    problems = json.loads(response.content)["problems"]
    assert problems == [{"path": "/data/g_b/age", "sentence": "Between 16 and 90"}]
    assert send(phone, draft, revision="1").status_code == 409
    assert send(phone, draft, break_off="1").status_code == 200


def test_a_phone_discards_what_it_knew(phone: Client, draft: Draft) -> None:
    address = f"/interview/{draft.pk}/instance"
    drafts.save(draft, COMPLETE)
    response = phone.delete(f"{address}?revision=1")
    assert response.status_code == 409
    assert response.json()["revision"] == 2
    assert phone.delete(f"{address}?revision=%C2%B2").status_code == 409
    assert phone.delete(f"{address}?revision=2").status_code == 204
    assert not Draft.objects.exists()
    assert phone.delete(f"{address}?revision=2").status_code == 204


def test_a_survey_that_keeps_no_copies_takes_none_from_phones(phone: Client, draft: Draft) -> None:
    tree = fetched(phone, draft)["tree"]
    draft.site.survey.keeps_copies = False
    draft.site.survey.save()
    address = f"/interview/{draft.pk}/instance"
    document = {"tree": tree, "revision": 1}
    account = {"X-Account": str(draft.enumerator.pk)}
    refused = phone.put(address, document, content_type="application/json", headers=account)
    assert refused.status_code == 422
    assert "keeps no copies" in refused.json()["message"]
    picture = {"file": ContentFile(b"picture", "a.jpg")}
    sent = phone.post(f"/interview/{draft.pk}/files/", picture, headers=account)
    assert (sent.status_code, DraftFile.objects.count()) == (422, 0)
    assert put(phone, draft, document).status_code == 200  # a page that keeps nothing itself
