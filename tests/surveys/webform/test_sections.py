"""A section is shown as it applies, saved whatever was typed, and judged by its form."""

import re

import pytest
from django.test import Client

from surveys import drafts
from surveys.models import Draft, Site, User
from tests.factories import enumerator_at, make_enumerator, make_site, make_version
from tests.surveys.webform.conftest import AGREED, AT_WORK, COMPLETE, Post, page_of, stored


def test_what_is_known_beforehand_is_shown_and_not_asked(phone: Client, draft: Draft) -> None:
    html = page_of(phone, draft, 1)
    assert 'data-path="/data/psu_id"' in html
    assert 'name="/data/psu_id"' not in html
    assert 'name="/data/a1"' not in html
    assert 'name="/data/consent"' in html


def test_fields_are_named_by_their_path_in_the_instance(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    html = page_of(phone, draft, 2)
    assert 'data-path="/data/g_b/age"' in html
    assert 'name="/data/g_b/age"' in html
    assert 'inputmode="numeric"' in html


def test_a_code_at_the_start_of_a_label_is_set_apart(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    assert '<span class="code">B1</span> Age' in page_of(phone, draft, 2)


def test_what_does_not_apply_is_not_shown(phone: Client, draft: Draft, post: Post) -> None:
    post(1, AGREED)
    assert "/data/g_b/hours" not in page_of(phone, draft, 2)


def test_the_next_section_that_applies_follows(draft: Draft, post: Post) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "30", "/data/g_b/works": "no"})
    assert response["Location"] == f"/interview/{draft.pk}/4/"


def test_a_section_that_does_not_apply_leads_on(phone: Client, draft: Draft) -> None:
    response = phone.get(f"/interview/{draft.pk}/2/")
    assert response["Location"] == f"/interview/{draft.pk}/finish/"


@pytest.mark.parametrize(
    ("section", "answers", "sentence"),
    [
        (2, {"/data/g_b/age": "12", "/data/g_b/works": "no"}, "Between 16 and 90"),
        (2, {"/data/g_b/age": "many", "/data/g_b/works": "no"}, "Type a whole number in digits"),
        (2, {"/data/g_b/age": "30"}, "Please answer this question."),
        (2, {"/data/g_b/age": "30", "/data/g_b/works": "maybe"}, "Choose from the answers listed."),
        (3, {"/data/g_c/kinds": ["day", "none"]}, "None stands alone"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_question_and_saved(
    draft: Draft, post: Post, section: int, answers: dict[str, object], sentence: str
) -> None:
    drafts.save(draft, AT_WORK if section == 3 else AGREED)
    response = post(section, answers)
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count(sentence) == 2  # in the summary and beside the question
    typed = {path: v if isinstance(v, str) else " ".join(v) for path, v in answers.items()}  # type: ignore[arg-type]
    assert stored(draft).items() >= {p.removeprefix("/data/"): t for p, t in typed.items()}.items()


def test_constraint_messages_are_in_the_language_chosen(
    phone: Client, draft: Draft, post: Post
) -> None:
    phone.cookies["django_language"] = "zh-hans"
    post(1, AGREED)
    html = post(2, {"/data/g_b/age": "12", "/data/g_b/works": "no"}).content.decode()
    assert "须在16至90岁之间" in html
    assert "年龄" in html


def test_questions_that_newly_apply_are_shown_and_are_no_errors(draft: Draft, post: Post) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "30", "/data/g_b/works": "yes"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "1 more question applies" in html
    assert 'name="/data/g_b/hours"' in html
    assert "error-text" not in html
    again = post(2, {"/data/g_b/age": "30", "/data/g_b/works": "yes", "/data/g_b/hours": ""})
    assert again["Location"] == f"/interview/{draft.pk}/3/"


def test_a_slip_of_the_thumb_costs_no_answers(draft: Draft, post: Post) -> None:
    drafts.save(draft, COMPLETE)
    post(2, {"/data/g_b/age": "30", "/data/g_b/works": "no", "/data/g_b/hours": "40"})
    post(2, {"/data/g_b/age": "30", "/data/g_b/works": "yes"})
    assert stored(draft)["g_c/kinds"] == "day month"
    assert stored(draft)["g_b/hours"] == "40"


def test_back_saves_and_does_not_judge(draft: Draft, post: Post) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "12"}, go="back")
    assert response["Location"] == f"/interview/{draft.pk}/1/"
    assert stored(draft)["g_b/age"] == "12"


def test_a_step_saves_and_goes_there(draft: Draft, post: Post) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "44"}, go="4")
    assert response["Location"] == f"/interview/{draft.pk}/4/"
    assert stored(draft)["g_b/age"] == "44"


def test_keeping_as_draft_saves_and_goes_home(phone: Client, draft: Draft, post: Post) -> None:
    post(1, AGREED)
    assert post(2, {"/data/g_b/age": "12"}, go="keep")["Location"] == "/"
    assert "The interview at S1 is kept as a draft." in phone.get("/").content.decode()
    assert stored(draft)["g_b/age"] == "12"


def test_switching_the_language_keeps_what_was_typed(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "33"}, language="zh-hans")
    assert response["Location"] == f"/interview/{draft.pk}/2/"
    html = page_of(phone, draft, 2)
    assert 'lang="zh-hans"' in html
    assert 'value="33"' in html
    assert "年龄" in html


def test_errors_are_still_told_after_switching_the_language(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "12"}, language="zh-hans", checked="1")
    assert response["Location"].endswith("/2/?check")
    assert "须在16至90岁之间" in phone.get(response["Location"]).content.decode()


def test_site_and_enumerator_cannot_be_posted(draft: Draft, post: Post) -> None:
    post(1, {**AGREED, "/data/psu_id": "S9", "/data/enumerator_id": "E09"})
    assert stored(draft)["psu_id"] == "S1"
    assert stored(draft)["enumerator_id"] == "E01"


def test_a_page_that_is_behind_shows_what_was_typed_and_saves_nothing(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    response = post(2, {"/data/g_b/age": "77", "/data/g_b/works": "yes"}, revision="1")
    html = response.content.decode()
    assert response.status_code == 409
    assert "Changed on another page" in html
    assert "<b>77</b>" in html
    assert "<b>Yes</b>" in html
    assert "g_b/age" not in stored(draft)
    response = post(2, {"/data/g_b/age": "77", "/data/g_b/works": "no"})  # its button
    assert response.status_code == 302
    assert stored(draft)["g_b/age"] == "77"


@pytest.mark.parametrize("revision", ["", "first", "-1", "٣"])
def test_a_revision_that_is_none_changes_nothing(draft: Draft, post: Post, revision: str) -> None:
    assert post(1, AGREED, revision=revision).status_code == 409
    assert "consent" not in stored(draft)


@pytest.mark.every_stack
def test_characters_that_no_xml_can_hold_are_left_out(draft: Draft, post: Post) -> None:
    post(1, {"/data/consent": "yes\x0b\x00"})
    post(4, {"/data/g_d/words": "one\x00\x0btwo\r\nthree < 4 & 'five' 中文 😀"})
    assert stored(draft)["g_d/words"] == "onetwo\nthree < 4 & 'five' 中文 😀"


def test_every_kind_of_answer_comes_back_as_it_was_given(
    phone: Client, draft: Draft, post: Post
) -> None:
    drafts.save(draft, {**AGREED, "/data/g_b/age": "30", "/data/g_b/works": "no"})
    response = post(
        4,
        {
            "/data/g_d/since": "2020-02-29",
            "/data/g_d/rises": "06:30",
            "/data/g_d/met": "2026-11-23T14:05",
            "/data/g_d/words": "Two\nlines",
            "/data/g_d/best": "month",
            "/data/g_d/read": "OK",
        },
    )
    assert response["Location"] == f"/interview/{draft.pk}/finish/"
    answers = stored(draft)
    assert answers["g_d/rises"] == "06:30:00.000"
    assert answers["g_d/met"] == "2026-11-23T14:05:00.000+08:00"
    assert answers["g_d/read"] == "OK"
    html = page_of(phone, draft, 4)
    for shown in ('value="2020-02-29"', 'value="06:30"', 'value="2026-11-23T14:05"'):
        assert shown in html
    assert '<option value="month" selected>' in html


def test_wide_digits_are_digits(draft: Draft, post: Post) -> None:
    post(1, AGREED)
    post(2, {"/data/g_b/age": "３２", "/data/g_b/works": "no"})
    assert stored(draft)["g_b/age"] == "32"


def test_somebody_elses_draft_is_not_found(client: Client, draft: Draft) -> None:
    client.force_login(make_enumerator(draft.site, "E02"))
    assert client.get(f"/interview/{draft.pk}/1/").status_code == 404
    assert client.post(f"/interview/{draft.pk}/1/", AGREED).status_code == 404


@pytest.mark.parametrize("number", [0, 5, 99])
def test_a_section_that_the_form_has_not_is_not_found(
    phone: Client, draft: Draft, number: int
) -> None:
    assert phone.get(f"/interview/{draft.pk}/{number}/").status_code == 404


def test_a_city_that_the_form_does_not_offer_is_asked(
    phone: Client, draft: Draft, enumerator: User
) -> None:
    elsewhere = make_site(draft.site.survey, "S2", city=None)
    elsewhere.assignments.create(enumerator=enumerator)
    other = drafts.start(enumerator, elsewhere, draft.version.questionnaire)
    assert 'name="/data/a1"' in page_of(phone, other, 1)


def test_no_page_has_inline_scripts_or_styles(phone: Client, draft: Draft, post: Post) -> None:
    post(1, AGREED)
    html = page_of(phone, draft, 2)
    assert re.findall(r"<script(?![^>]* src=)", html) == []
    assert " style=" not in html


def test_groups_inside_a_section_keep_their_title(phone: Client, site: Site) -> None:
    nested = """
    | survey |             |         |                |          |
    |        | type        | name    | label::en (en) | relevant |
    |        | text        | psu_id  | Site           |          |
    |        | text        | job     | Job            |          |
    |        | begin_group | g       | G. Home        |          |
    |        | begin_group | inner   | Your room      |          |
    |        | text        | size    | G1. Size       |          |
    |        | end_group   |         |                |          |
    |        | begin_group | other   | Your farm      | ${job} = 'farmer' |
    |        | text        | land    | G2. Land       |          |
    |        | end_group   |         |                |          |
    |        | end_group   |         |                |          |
    | settings |           |         |                |
    |        | form_title  | form_id | version        |
    |        | Nested      | nested  | 1              |
    """
    questionnaire = make_version(site.survey, nested).questionnaire
    draft = drafts.start(enumerator_at(site), site, questionnaire)
    html = page_of(phone, draft, 2)
    assert "Your room" in html
    assert "Your farm" not in html


def test_a_known_answer_that_the_form_refuses_is_told_and_stays(phone: Client, site: Site) -> None:
    strict = """
    | survey |      |               |                |                       |
    |        | type | name          | label::en (en) | constraint            |
    |        | text | enumerator_id | Interviewer    | regex(., '^[0-9]+$')  |
    |        | text | psu_id        | Site           |                       |
    |        | text | job           | Job            |                       |
    | settings |    |               |                |
    |        | form_title | form_id | version        |
    |        | Strict     | strict  | 1              |
    """
    questionnaire = make_version(site.survey, strict).questionnaire
    draft = drafts.start(enumerator_at(site), site, questionnaire)
    html = page_of(phone, draft, 1, "?check")
    assert "Only your coordinator can change this." in html
    assert 'name="/data/enumerator_id"' not in html
