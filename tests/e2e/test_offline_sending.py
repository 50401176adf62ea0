"""What waits on a phone reaches the server whole and once, whatever happens on the way."""

from hashlib import sha256
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route
from pytest_django.fixtures import Settings

from surveys.models import Attachment, QuestionnaireVersion, Session, Submission
from tests.conftest import OpenPage
from tests.e2e.phone import FLUSH, finish, flush, outbox, run
from tests.e2e.test_interview import sign_in
from tests.factories import instance_xml, make_enumerator, make_site, make_survey, make_version

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey   |            |         |         |
|          | type       | name    | label   |
|          | text       | remarks | Remarks |
|          | image      | a       | A       |
|          | image      | b       | B       |
|          | image      | c       | C       |
| settings |            |         |         |
|          | form_title | form_id | version |
|          | Visit      | visit   | 1       |
"""
DOOR = "/s/river/submission"
PHOTO_BYTES = 3_000_000
PHOTOS = {"a.jpg": PHOTO_BYTES, "b.jpg": PHOTO_BYTES, "c.jpg": PHOTO_BYTES}


@pytest.fixture
def version() -> QuestionnaireVersion:
    site = make_site(make_survey("river"), "S1")
    make_enumerator(site, "E01")
    make_enumerator(site, "E02")
    return make_version(site.survey, FORM)


@pytest.fixture
def phone(open_page: OpenPage, version: QuestionnaireVersion) -> Page:
    """A phone of E01, on a page that sends nothing by itself."""
    page = open_page(width=390)
    sign_in(page, "E01")
    page.goto("/manifest.webmanifest")
    return page


def interview(version: QuestionnaireVersion, **files: str) -> bytes:
    return instance_xml(version, f"uuid:{uuid4()}", remarks="访谈 & more", **files)


def states(page: Page) -> list[tuple[str, str]]:
    return [(entry["state"], entry["trouble"]) for entry in outbox(page)]


def test_an_interview_with_photos_is_sent_in_parts_and_let_go(
    phone: Page, version: QuestionnaireVersion, settings: Settings
) -> None:
    settings.OPENROSA_MAX_BYTES = 7_000_000
    xml = interview(version, a="a.jpg", b="b.jpg", c="c.jpg")
    posts: list[Request] = []
    phone.on("request", lambda request: posts.append(request) if DOOR in request.url else None)
    instance_id = finish(phone, xml, door=DOOR, files=PHOTOS)
    run(
        phone,
        "const sender = new Sender({ database }); sender.accepted = 7_000_000; await sender.flush();",
    )
    stored = Submission.objects.get(instance_id=instance_id)
    assert bytes(stored.xml) == xml
    wanted = {name: sha256(name[:1].encode() * size).hexdigest() for name, size in PHOTOS.items()}
    assert dict(Attachment.objects.values_list("name", "sha256")) == wanted
    (entry,) = outbox(phone)
    assert (entry["state"], entry["hasBytes"], entry["kept"]) == ("sent", False, 0)
    assert entry["receipt"]["sha256"] == sha256(xml).hexdigest() == stored.xml_sha256
    assert len(posts) == 2


def test_a_lost_answer_costs_another_request_and_nothing_else(
    phone: Page, version: QuestionnaireVersion
) -> None:
    finish(phone, interview(version, a="a.jpg"), door=DOOR, files={"a.jpg": PHOTO_BYTES})

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.route(f"**{DOOR}*", lose, times=1)
    flush(phone)
    assert Submission.objects.count() == 1
    (waiting,) = outbox(phone)
    assert (waiting["state"], waiting["trouble"], waiting["kept"]) == ("waiting", "no_answer", 1)
    with phone.expect_response(f"**{DOOR}*") as answered:
        flush(phone)
    assert answered.value.status == 202
    length = int(answered.value.request.all_headers()["content-length"])
    assert length < PHOTO_BYTES  # which is not carried a second time
    assert states(phone) == [("sent", "")]
    assert Submission.objects.count() == 1


def test_who_was_signed_out_in_the_field_loses_nothing(
    phone: Page, version: QuestionnaireVersion
) -> None:
    finish(phone, interview(version), door=DOOR)
    Session.objects.all().delete()
    flush(phone)
    assert states(phone) == [("waiting", "signed_out")]
    sign_in(phone, "E01")
    flush(phone)
    assert states(phone) == [("sent", "")]


def test_a_colleague_on_the_same_phone_neither_sees_nor_sends_it(
    phone: Page, version: QuestionnaireVersion
) -> None:
    mine = phone.context.cookies()
    finish(phone, interview(version), door=DOOR)
    account = next(str(cookie["value"]) for cookie in mine if cookie["name"] == "account")
    phone.context.clear_cookies()
    sign_in(phone, "E02")
    assert outbox(phone) == []
    flush(phone, account)  # in a tab of the first, left open
    assert [entry["trouble"] for entry in outbox(phone, account)] == ["signed_out"]
    phone.evaluate("account => { document.cookie = `account=${account}; path=/`; }", account)
    flush(phone, account)  # or where their cookie is not yet replaced
    assert [entry["trouble"] for entry in outbox(phone, account)] == ["signed_out"]
    assert Submission.objects.count() == 0


def test_what_the_server_refuses_stays_with_its_sentence(
    phone: Page, version: QuestionnaireVersion
) -> None:
    refused = finish(phone, interview(version).replace(b'id="visit"', b'id="other"'), door=DOOR)
    finish(phone, interview(version), door=DOOR)
    flush(phone)
    entries = {entry["instanceID"]: entry for entry in outbox(phone)}
    kept = entries.pop(refused)
    assert (kept["state"], kept["hasBytes"]) == ("refused", True)
    assert "other" in kept["said"]
    assert [entry["state"] for entry in entries.values()] == ["sent"]
    flush(phone)
    assert [entry["state"] for entry in outbox(phone)].count("refused") == 1


def test_what_is_no_answer_of_ours_is_not_believed(
    phone: Page, version: QuestionnaireVersion
) -> None:
    finish(phone, interview(version), door=DOOR)
    hotel = "<html><h1>Welcome to our network</h1></html>"

    def lead_astray(route: Route) -> None:
        route.fulfill(status=302, headers={"Location": "/"})

    for answer in (lambda route: route.fulfill(status=200, body=hotel), lead_astray):
        phone.route("**/offline/received", answer, times=1)
        flush(phone)
        assert states(phone) == [("waiting", "no_answer")]
    phone.route(f"**{DOOR}*", lambda route: route.fulfill(status=201, body=hotel), times=1)
    flush(phone)
    assert states(phone) == [("waiting", "differs")]
    phone.route(f"**{DOOR}*", lambda route: route.fulfill(status=503), times=1)
    flush(phone)
    assert states(phone) == [("waiting", "busy")]
    flush(phone)
    assert states(phone) == [("sent", "")]


def test_two_tabs_do_not_send_the_same(phone: Page, version: QuestionnaireVersion) -> None:
    finish(phone, interview(version, a="a.jpg"), door=DOOR, files={"a.jpg": PHOTO_BYTES})
    other = phone.context.new_page()
    other.goto("/manifest.webmanifest")
    posts: list[str] = []
    phone.context.on(
        "request", lambda request: posts.append(request.url) if DOOR in request.url else None
    )
    run(other, f"globalThis.flushing = (async () => {{ {FLUSH} }})();")
    flush(phone)
    other.evaluate("flushing")
    assert states(phone) == [("sent", "")]
    assert len(posts) == 1


def test_everything_goes_into_a_file_and_comes_back_once(
    phone: Page, version: QuestionnaireVersion, open_page: OpenPage
) -> None:
    xml = interview(version, a="a.jpg")
    finish(phone, xml, door=DOOR, files={"a.jpg": 1000})
    run(phone, "await database.keep([{ store: 'drafts', put: { id: 'd1', tree: ['data', ''] } }]);")
    archive = run(
        phone, "return [...new Uint8Array(await (await exported(database)).arrayBuffer())];"
    )
    other = open_page()
    sign_in(other, "E01")
    other.goto("/manifest.webmanifest")
    bring = "return await imported(database, new Blob([new Uint8Array(given)]));"
    assert run(other, bring, archive) == {"added": 2, "known": 0}
    assert run(other, bring, archive) == {"added": 0, "known": 2}
    flush(other)
    assert [entry["state"] for entry in outbox(other)] == ["sent"]
    assert bytes(Submission.objects.get().xml) == xml
    assert Attachment.objects.get().size == 1000
    foreign = f"try {{ {bring} }} catch (error) {{ return error.constructor.name; }}"
    assert run(other, foreign, archive, account="999") == "OtherAccount"
