"""The publishing pages: everything about an upload at once, and nothing stored by halves."""

import csv
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys import archives, revalidation, uploads
from surveys.models import (
    Job,
    Membership,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Survey,
    Upload,
    User,
)
from surveys.xforms.workbook import MAX_BYTES
from tests.factories import SMALL_FORM, make_survey, make_version, workbook
from tests.surveys.admin.office import client_in
from tests.surveys.test_archives import zipped

PUBLISH = "admin:surveys_questionnaire_publish"
SECOND = SMALL_FORM.replace("| 1              |", "| 2              |")
BROKEN = SMALL_FORM.replace(". <= 126", "foo(.)").replace("${works} = 'yes'", "${wrks} = 'yes'")
WITH_FILES = SMALL_FORM.replace("select_one yn ", "select_one_from_file towns.csv ")
TOWNS = b"name,label\nyes,Yes\nno,No\n"


@pytest.fixture
def survey(db: None) -> Survey:
    return make_survey()


@pytest.fixture
def coordinator(survey: Survey) -> Client:
    return client_in(survey)


def upload(
    client: Client,
    survey: Survey,
    content: bytes,
    name: str = "form.xlsx",
    files: Mapping[str, bytes] | None = None,
    **more: object,
) -> Any:
    data = {
        "survey": survey.pk,
        "workbook": SimpleUploadedFile(name, content),
        "attached": [SimpleUploadedFile(*file) for file in (files or {}).items()],
        **more,
    }
    return client.post(reverse(PUBLISH), data, follow=True)


def uploaded(client: Client, survey: Survey, table: str = SMALL_FORM) -> Upload:
    assert upload(client, survey, workbook(table)).status_code == 200
    return Upload.objects.first() or pytest.fail("nothing was kept")


def page_of(upload: Upload) -> str:
    return reverse("admin:surveys_upload", args=(upload.pk,))


def publish(client: Client, upload: Upload, over: object = "") -> Any:
    return client.post(page_of(upload), {"over": over})


def text_of(response: Any) -> str:
    """What a person reads on the page, without the marks around it."""
    html = response.content.decode().partition('<div class="desk">')[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def test_a_good_form_is_shown_before_it_is_published(coordinator: Client, survey: Survey) -> None:
    text = text_of(upload(coordinator, survey, workbook(SMALL_FORM)))
    for shown in ("Small (small)", "Publish 1", "en (en), zh (zh)", "Ready"):
        assert shown in text
    assert not Questionnaire.objects.exists()


def test_it_is_published_when_its_coordinator_says_so(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey)
    response = publish(coordinator, kept)
    assert response.status_code == 302
    version = QuestionnaireVersion.objects.get()
    assert version.questionnaire.current == version
    assert version.published_by == kept.by
    assert "Version 1 is published" in text_of(coordinator.get(page_of(kept)))


def test_a_second_click_publishes_nothing_more(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey)
    statuses = [publish(coordinator, kept).status_code for _ in range(2)]
    assert statuses == [302, 302]
    assert QuestionnaireVersion.objects.count() == 1


def test_everything_wrong_is_shown_at_once_with_its_cell(
    coordinator: Client, survey: Survey
) -> None:
    text = text_of(upload(coordinator, survey, workbook(BROKEN)))
    assert "2 must be fixed" in text
    assert re.search(r"F8 relevant ?hours There is no question wrks.*G8 .*foo\(\)", text)
    kept = Upload.objects.get()
    assert publish(coordinator, kept).status_code == 422
    assert not Questionnaire.objects.exists()


def test_findings_are_filtered_by_severity(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey, BROKEN)
    everything = text_of(coordinator.get(page_of(kept)))
    warnings = text_of(coordinator.get(page_of(kept) + "?only=warning"))
    assert ("foo()" in everything, "add a constraint_message" in everything) == (True, True)
    assert ("foo()" in warnings, "add a constraint_message" in warnings) == (False, True)


def test_findings_are_taken_away_as_a_table(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey, BROKEN)
    response = coordinator.get(reverse("admin:surveys_upload_findings", args=(kept.pk,)))
    rows = list(csv.reader(response.content.decode("utf-8-sig").splitlines()))
    assert rows[0][:4] == ["Severity", "Sheet", "Cell", "Row"]
    assert rows[2][:6] == ["Must fix", "survey", "F8", "8", "relevant", "hours"]
    assert len(rows) == 1 + len(kept.findings)
    assert 'filename="form findings.csv"' in response["Content-Disposition"]


def test_findings_speak_the_coordinators_language(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey, BROKEN)
    response = coordinator.get(page_of(kept), headers={"Accept-Language": "zh-hans"})
    assert 'lang="zh-hans"' in response.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"a,b\n", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "old .xls workbook"),
        (b"PK\x03\x04 cut off", "damaged"),
        (workbook("| data |\n| | a |"), "no sheet survey"),
    ],
)
def test_what_is_no_form_is_told_in_words(
    coordinator: Client, survey: Survey, content: bytes, sentence: str
) -> None:
    assert sentence in text_of(upload(coordinator, survey, content))
    assert publish(coordinator, Upload.objects.get()).status_code == 422
    assert not Questionnaire.objects.exists()


def test_a_published_version_stays_as_it_is(coordinator: Client, survey: Survey) -> None:
    before = make_version(survey)
    kept = uploaded(coordinator, survey, SMALL_FORM.replace("1. Age", "1. Your age"))
    assert "is published and cannot change" in text_of(coordinator.get(page_of(kept)))
    assert publish(coordinator, kept, before.pk).status_code == 422
    assert b"1. Your age" not in bytes(QuestionnaireVersion.objects.get().xml)


def test_a_taken_version_is_the_same_in_the_list_and_on_its_page(
    coordinator: Client, survey: Survey
) -> None:
    make_version(survey)
    kept = uploaded(coordinator, survey, SMALL_FORM.replace("1. Age", "1. Your age"))
    page = text_of(coordinator.get(page_of(kept)))
    assert "C2 version" in page
    assert "takes the place of" not in page
    listed = text_of(coordinator.get(reverse(PUBLISH)))
    assert "1 must be fixed" in listed
    assert "Ready" not in listed


def test_a_new_version_says_whose_place_it_takes(coordinator: Client, survey: Survey) -> None:
    make_version(survey)
    kept = uploaded(coordinator, survey, SECOND)
    assert "2 · takes the place of 1" in text_of(coordinator.get(page_of(kept)))


def test_among_several_surveys_none_is_chosen_beforehand(survey: Survey) -> None:
    client, other = client_in(survey), make_survey()

    def chosen(query: str = "") -> list[str]:
        html = client.get(reverse(PUBLISH) + query).content.decode()
        return re.findall(r'<option value="(\d*)" selected', html)

    assert str(survey.pk) in client.get(reverse(PUBLISH)).content.decode()
    assert "Choose a survey" not in client.get(reverse(PUBLISH)).content.decode()
    Membership.objects.create(user=person_of(client), survey=other, role=Role.COORDINATOR)
    assert chosen() in ([], [""])
    assert chosen(f"?survey={other.pk}") == [str(other.pk)]


def person_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_the_current_version_again_is_nothing_to_publish(
    coordinator: Client, survey: Survey
) -> None:
    current = make_version(survey)
    kept = uploaded(coordinator, survey)
    assert "There is nothing to publish." in text_of(coordinator.get(page_of(kept)))
    assert publish(coordinator, kept, current.pk).status_code == 422


def test_an_earlier_version_becomes_the_current_one_again(
    coordinator: Client, survey: Survey
) -> None:
    first, second = make_version(survey), make_version(survey, SECOND)
    kept = uploaded(coordinator, survey)
    assert "in the place of 2" in text_of(coordinator.get(page_of(kept)))
    assert publish(coordinator, kept, second.pk).status_code == 302
    assert Questionnaire.objects.get().current == first


def test_who_is_overtaken_looks_again_before_publishing(
    coordinator: Client, survey: Survey
) -> None:
    kept = uploaded(coordinator, survey, SECOND)
    other = make_version(survey)
    response = publish(coordinator, kept)
    assert response.status_code == 409
    assert "Version 1 was published meanwhile" in text_of(response)
    assert f'name="over" value="{other.pk}"' in response.content.decode()
    assert QuestionnaireVersion.objects.count() == 1
    assert publish(coordinator, kept, other.pk).status_code == 302


def test_missing_files_are_named_and_may_come_later(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey, WITH_FILES)
    assert "The form needs the file towns.csv" in text_of(coordinator.get(page_of(kept)))
    assert publish(coordinator, kept).status_code == 422
    address = reverse("admin:surveys_upload_files", args=(kept.pk,))
    archive = SimpleUploadedFile("all.zip", zipped({"towns.csv": TOWNS, "extra.png": b"1"}))
    text = text_of(coordinator.post(address, {"attached": [archive]}, follow=True))
    assert "towns.csvGiven" in text
    assert "The form does not use the file extra.png." in text
    assert publish(coordinator, kept).status_code == 302
    version = QuestionnaireVersion.objects.get()
    assert [file.name for file in version.files.all()] == ["towns.csv"]


def test_a_corrected_workbook_keeps_the_files_of_the_first(
    coordinator: Client, survey: Survey
) -> None:
    bad = WITH_FILES.replace(". <= 126", "foo(.)")
    upload(coordinator, survey, workbook(bad), files={"towns.csv": TOWNS})
    first = Upload.objects.get()
    for _ in range(2):  # a double click must not lose them either
        upload(coordinator, survey, workbook(WITH_FILES), replaces=first.pk)
    assert not Upload.objects.filter(pk=first.pk).exists()
    second = Upload.objects.order_by("uploaded_at").first()
    assert second is not None
    assert publish(coordinator, second).status_code == 302


def test_files_that_are_too_much_are_refused_in_words(coordinator: Client, survey: Survey) -> None:
    bomb = zipped({f"{number}.csv": bytes(10_000_000) for number in range(6)})
    response = upload(coordinator, survey, workbook(SMALL_FORM), files={"bomb.zip": bomb})
    assert response.status_code == 422
    assert "too many or too large" in text_of(response)
    assert not Upload.objects.exists()


def test_files_that_are_too_much_together_are_refused_in_words(
    coordinator: Client, survey: Survey
) -> None:
    """However they came: at once, one after the other, or from the upload before."""
    half = bytes(archives.MAX_BYTES // 2)
    upload(coordinator, survey, workbook(SMALL_FORM), files={"a.mp4": half, "b.mp4": half})
    kept = Upload.objects.get()
    more = {"attached": SimpleUploadedFile("c.mp4", b"1")}
    answers = [
        coordinator.post(reverse("admin:surveys_upload_files", args=(kept.pk,)), more),
        upload(coordinator, survey, workbook(SMALL_FORM), files={"c.mp4": b"1"}, replaces=kept.pk),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("too many or too large" in text_of(answer) for answer in answers)
    assert [file.name for file in Upload.objects.get().files.order_by("name")] == ["a.mp4", "b.mp4"]


def test_a_file_makes_room_for_one_of_its_name(coordinator: Client, survey: Survey) -> None:
    upload(coordinator, survey, workbook(SMALL_FORM), files={"a.mp4": bytes(archives.MAX_BYTES)})
    kept = Upload.objects.get()
    uploads.add_files(kept, {"a.mp4": bytes(archives.MAX_BYTES)})
    assert kept.files.get().size == archives.MAX_BYTES


def test_a_workbook_that_is_too_large_is_not_even_kept(coordinator: Client, survey: Survey) -> None:
    response = upload(coordinator, survey, bytes(MAX_BYTES + 1))
    assert response.status_code == 422
    assert "too large to be a form" in text_of(response)
    assert not Upload.objects.exists()


def test_an_upload_is_discarded(coordinator: Client, survey: Survey) -> None:
    kept = uploaded(coordinator, survey)
    address = reverse("admin:surveys_upload_discard", args=(kept.pk,))
    coordinator.get(address)
    assert Upload.objects.exists()
    coordinator.post(address)
    assert not Upload.objects.exists()


def test_colleagues_find_what_waits(survey: Survey, coordinator: Client) -> None:
    kept = uploaded(coordinator, survey)
    page = client_in(survey).get(reverse(PUBLISH)).content.decode()
    assert page_of(kept) in page
    assert page_of(kept) not in client_in(make_survey()).get(reverse(PUBLISH)).content.decode()


PAGES = ("upload", "upload_findings")
ACTIONS = ("upload", "upload_files", "upload_discard")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 302), ("analyst", 404), ("stranger", 404), ("colleague", 200)],
)
def test_an_upload_is_for_coordinators_of_its_survey(
    survey: Survey, coordinator: Client, name: str, who: str, status: int
) -> None:
    address = reverse(f"admin:surveys_{name}", args=(uploaded(coordinator, survey).pk,))
    assert knock(survey, who).get(address).status_code == status


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("who", ["anonymous", "analyst", "stranger"])
def test_nobody_else_publishes_or_discards(
    survey: Survey, coordinator: Client, name: str, who: str
) -> None:
    kept = uploaded(coordinator, survey)
    address = reverse(f"admin:surveys_{name}", args=(kept.pk,))
    assert knock(survey, who).post(address, {"over": ""}).status_code in (403, 404)
    assert Upload.objects.filter(pk=kept.pk, version=None).exists()


def knock(survey: Survey, who: str) -> Client:
    if who == "anonymous":
        return Client()
    role = Role.ANALYST if who == "analyst" else Role.COORDINATOR
    return client_in(make_survey() if who == "stranger" else survey, role)


def test_forms_of_others_are_not_taken(survey: Survey) -> None:
    stranger = client_in(make_survey())
    assert upload(stranger, survey, workbook(SMALL_FORM)).status_code == 422
    assert not Upload.objects.exists()


def test_a_forged_request_publishes_nothing(survey: Survey, coordinator: Client) -> None:
    kept = uploaded(coordinator, survey)
    careful = Client(enforce_csrf_checks=True)
    assert kept.by is not None
    careful.force_login(kept.by)
    assert publish(careful, kept).status_code == 403
    assert not Questionnaire.objects.exists()


def test_the_setup_that_is_left_is_told_after_publishing(
    survey: Survey, coordinator: Client
) -> None:
    kept = uploaded(coordinator, survey)
    publish(coordinator, kept)
    page = coordinator.get(page_of(kept)).content.decode()
    assert reverse("admin:surveys_site_add") in page
    assert reverse("admin:surveys_questionnaire_publish") in page


def test_old_uploads_are_forgotten(survey: Survey, coordinator: Client, settings: Any) -> None:
    kept = uploaded(coordinator, survey)
    Upload.objects.update(uploaded_at=kept.uploaded_at - 2 * (kept.kept_until - kept.uploaded_at))
    assert coordinator.get(page_of(kept)).status_code == 404
    uploads.forget_old()
    assert not Upload.objects.exists()


def test_a_questionnaire_is_closed_and_opened_from_the_list(survey: Survey) -> None:
    questionnaire = make_version(survey).questionnaire
    client = client_in(survey)
    for action, state in (("close_forms", "closed"), ("open_forms", "open")):
        data = {"action": action, "_selected_action": questionnaire.pk}
        client.post(reverse("admin:surveys_questionnaire_changelist"), data)
        questionnaire.refresh_from_db()
        assert questionnaire.state == state


def test_interviews_are_checked_again_from_the_list(survey: Survey) -> None:
    questionnaire = make_version(survey).questionnaire
    data = {"action": "check_interviews", "_selected_action": questionnaire.pk}
    client = client_in(survey)
    client.post(reverse("admin:surveys_questionnaire_changelist"), data)
    job = Job.objects.get(kind=revalidation.KIND)
    assert (job.survey, job.params["questionnaire"]) == (survey, questionnaire.pk)
    page = client.get(reverse("admin:surveys_job_changelist"))
    assert "Interviews checked again" in page.content.decode()


def test_the_state_is_changed_on_the_questionnaires_page(survey: Survey) -> None:
    questionnaire = make_version(survey).questionnaire
    none = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    address = reverse("admin:surveys_questionnaire_change", args=(questionnaire.pk,))
    assert client_in(survey).post(address, {"state": "closed", **none}).status_code == 302
    questionnaire.refresh_from_db()
    assert questionnaire.state == Questionnaire.State.CLOSED
