"""Files of an interview: kept with the draft, its owner's alone, handed on when it is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from surveys import draft_files, drafts
from surveys.models import Attachment, Draft, DraftFile, Interview, Site, User
from tests.factories import make_enumerator, make_version, with_key
from tests.surveys.webform.conftest import page_of, post_to, stored

FORM = """
| survey   |             |         |                |          |
|          | type        | name    | label::en (en) | required |
|          | text        | psu_id  | Site           |          |
|          | begin_group | g       | Files          |          |
|          | image       | photo   | Photo          | yes      |
|          | image       | other   | Other photo    |          |
|          | file        | paper   | Paper          |          |
|          | text        | why     | Why            |          |
|          | end_group   |         |                |          |
| settings |             |         |                |
|          | form_title  | form_id | version        |
|          | Files       | files   | 1              |
"""
PHOTO, OTHER, PAPER = "/data/g/photo", "/data/g/other", "/data/g/paper"
OnCommit = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def draft(site: Site, enumerator: User) -> Draft:
    return drafts.start(enumerator, site, make_version(site.survey, FORM).questionnaire)


def jpeg(name: str = "house.jpg", content: bytes = b"jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def sent(phone: Client, draft: Draft, file: object, place: str = "") -> HttpResponse:
    data = {"file": file, "place": place}
    return phone.post(f"/interview/{draft.pk}/files/", data)  # type: ignore[return-value]


def stored_paths() -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_a_file_goes_with_the_interview(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg()})
    phone.post(f"/interview/{draft.pk}/finish/", {"revision": Draft.objects.get().revision})
    attachment = Attachment.objects.get()
    assert attachment.name == "house.jpg"
    assert Path(attachment.file.path).exists()
    assert Interview.objects.get().answers["g/photo"] == "house.jpg"
    assert not DraftFile.objects.exists()


def test_two_files_of_one_name_stay_two(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg(), OTHER: jpeg(content=b"another")})
    assert stored(draft)["g/photo"] == "house.jpg"
    assert stored(draft)["g/other"] == "house-2.jpg"


def test_another_file_takes_the_place_of_the_first(
    phone: Client, draft: Draft, django_capture_on_commit_callbacks: OnCommit
) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg("a.jpg")})
    before = stored_paths()
    with django_capture_on_commit_callbacks(execute=True):
        post_to(phone, draft, 2, {PHOTO: jpeg("b.jpg")})
    assert stored(draft)["g/photo"] == "b.jpg"
    assert draft_files.names_of(draft) == {"b.jpg"}
    assert len(stored_paths()) == len(before)


def test_a_file_is_removed_by_its_button(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg()})
    assert f'name="drop" value="{PHOTO}"' in page_of(phone, draft, 2)
    response = post_to(phone, draft, 2, {}, drop=PHOTO)
    assert response["Location"].endswith(f"/2/#q{PHOTO}")
    assert "g/photo" not in stored(draft)
    assert not DraftFile.objects.exists()


def test_a_section_sent_without_its_file_keeps_it(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg()})
    post_to(phone, draft, 2, {"/data/g/why": "because"})
    assert stored(draft)["g/photo"] == "house.jpg"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.pdf", b"pdf", "application/pdf"), "a.pdf is no picture."),
        (SimpleUploadedFile("a.svg", b"<svg/>", "image/svg+xml"), "a.svg is no picture."),
        (SimpleUploadedFile("a.jpg", b"", "image/jpeg"), "a.jpg is empty."),
        (jpeg("a.jpg", b"x" * 101), "a.jpg is larger than 50 MB."),
    ],
)
def test_a_file_that_is_refused_is_told_beside_its_question(
    phone: Client,
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
    file: SimpleUploadedFile,
    sentence: str,
) -> None:
    monkeypatch.setattr(draft_files, "MAX_BYTES", 100)
    sentence = sentence.replace("50 MB", "0 MB")
    response = post_to(phone, draft, 2, {PHOTO: file, "/data/g/why": "because"})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert stored(draft)["g/why"] == "because"
    assert not DraftFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\photos\\my house.JPG", "my_house.jpg"),
        ("院子.png", "院子.png"),
        (".jpg", "jpg.jpg"),
        ("a" * 300 + ".jpg", "a" * 80 + ".jpg"),
        ("<b>.jpg", "b.jpg"),
        ("image", "image.jpg"),
    ],
)
def test_names_are_such_as_every_system_can_hold(
    phone: Client, draft: Draft, name: str, kept: str
) -> None:
    assert sent(phone, draft, jpeg(name), PHOTO).json()["name"] == kept  # type: ignore[attr-defined]


def test_scripts_send_files_before_the_answer_names_them(phone: Client, draft: Draft) -> None:
    response = sent(phone, draft, jpeg(), PHOTO)
    assert response.status_code == 201
    assert response.json() == {"name": "house.jpg", "size": 4}  # type: ignore[attr-defined]
    drafts.save(draft, {PHOTO: "house.jpg"})
    drafts.finish(with_key(Draft.objects.get()))
    assert Attachment.objects.get().name == "house.jpg"


def test_a_file_that_is_sent_twice_is_kept_once(phone: Client, draft: Draft) -> None:
    """A phone sends again what was not answered; another picture of the same name is another file."""
    names = [sent(phone, draft, jpeg()).json()["name"] for _ in range(2)]  # type: ignore[attr-defined]
    assert names == ["house.jpg", "house.jpg"]
    assert DraftFile.objects.count() == 1
    other = sent(phone, draft, jpeg(content=b"another"))
    assert other.json()["name"] == "house-2.jpg"  # type: ignore[attr-defined]


def test_files_that_no_answer_names_are_not_handed_on(phone: Client, draft: Draft) -> None:
    for name in ("a.jpg", "b.jpg"):
        sent(phone, draft, jpeg(name), PHOTO)
    drafts.save(draft, {PHOTO: "b.jpg"})
    drafts.finish(with_key(Draft.objects.get()))
    assert [attachment.name for attachment in Attachment.objects.all()] == ["b.jpg"]


def test_a_file_that_is_not_there_is_told_and_stops_the_interview(
    phone: Client, draft: Draft
) -> None:
    drafts.save(draft, {PHOTO: "gone.jpg"})
    address = f"/interview/{draft.pk}/finish/"
    response = phone.post(address, {"revision": Draft.objects.get().revision})
    assert response.status_code == 422
    assert "The file is not here." in response.content.decode()
    assert "The file is not here." in page_of(phone, draft, 2, "?check")
    assert not Interview.objects.exists()


def test_a_file_is_shown_to_its_owner_alone(phone: Client, draft: Draft) -> None:
    sent(phone, draft, jpeg(), PHOTO)
    address = f"/interview/{draft.pk}/files/house.jpg"
    response = phone.get(address)
    assert (response.status_code, response.content) == (200, b"jpeg")
    assert response["Content-Type"] == "image/jpeg"
    assert "sandbox" in response["Content-Security-Policy"]
    assert phone.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    other = Client()
    assert other.get(address).status_code == 401
    other.force_login(make_enumerator(draft.site, "E02"))
    assert other.get(address).status_code == 404
    assert sent(other, draft, jpeg()).status_code == 404


def test_a_file_that_could_run_is_only_saved(phone: Client, draft: Draft) -> None:
    page = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html")
    sent(phone, draft, page, PAPER)
    response = phone.get(f"/interview/{draft.pk}/files/page.html")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="page.html"'


def test_a_post_without_a_file_or_of_the_wrong_kind_says_so(phone: Client, draft: Draft) -> None:
    assert phone.post(f"/interview/{draft.pk}/files/").status_code == 422
    text = SimpleUploadedFile("a.txt", b"text", "text/plain")
    assert "is no picture" in sent(phone, draft, text, PHOTO).json()["message"]  # type: ignore[attr-defined]
    assert sent(phone, draft, SimpleUploadedFile("a.txt", b"text")).status_code == 201


def test_an_interview_has_only_so_many_files(
    phone: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_files, "MOST_FILES", 1)
    assert sent(phone, draft, jpeg()).status_code == 201
    assert sent(phone, draft, jpeg()).status_code == 422


def test_what_is_thrown_away_leaves_nothing_behind(
    phone: Client, draft: Draft, django_capture_on_commit_callbacks: OnCommit
) -> None:
    before = stored_paths()
    post_to(phone, draft, 2, {PHOTO: jpeg()})
    assert len(stored_paths()) == len(before) + 1
    with django_capture_on_commit_callbacks(execute=True):
        drafts.discard(Draft.objects.get())
    assert stored_paths() == before


@pytest.mark.parametrize("end", [drafts.discard, drafts.finish])
def test_a_page_that_is_behind_throws_no_file_away(
    phone: Client,
    draft: Draft,
    end: Callable[[Draft], object],
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    post_to(phone, draft, 2, {PHOTO: jpeg()})
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(drafts.DraftMoved):
        end(draft)
    assert Path(DraftFile.objects.get().file.path).exists()


def test_a_file_sent_from_a_page_that_is_behind_is_kept_for_its_answer(
    phone: Client, draft: Draft
) -> None:
    drafts.save(draft, {"/data/g/why": "first"})
    response = post_to(phone, draft, 2, {PHOTO: jpeg()}, revision="1")
    assert response.status_code == 409
    html = response.content.decode()
    assert f'<input type="hidden" name="{PHOTO}" value="house.jpg">' in html
    post_to(phone, draft, 2, {PHOTO: "house.jpg"})  # its button
    assert stored(draft)["g/photo"] == "house.jpg"
