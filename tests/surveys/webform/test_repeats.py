"""What depends on other answers, without scripts: repeats, cascades, triggers, calculations."""

import pytest
from django.test import Client

from surveys import drafts
from surveys.models import Draft, Interview, Site, User
from tests.factories import make_version, with_key
from tests.surveys.webform.conftest import page_of, post_to, stored

HOUSEHOLD = """
| survey |                   |          |                     |                |          |                       |                    |                |                |              |           |         |
|        | type              | name     | label::en (en)      | label::zh (zh) | required | relevant              | constraint         | constraint_message::en (en) | choice_filter | calculation | repeat_count | trigger | read_only |
|        | text              | psu_id   | Site                | 地点           |          |                       |                    |                |                |              |           |         |     |
|        | begin_repeat      | member   | Member              | 成员           |          |                       |                    |                |                |              |           |         |     |
|        | text              | name     | Name                | 名字           | yes      |                       |                    |                |                |              |           |         |     |
|        | integer           | age      | Age of **${name}**  | ${name}的年龄  |          |                       | . < 120            | Too old, ${name} |              |              |           |         |     |
|        | begin_repeat      | job      | Job                 | 工作           |          | ${age} > 15           |                    |                |                |              |           |         |     |
|        | text              | title    | Title               | 职务           |          |                       |                    |                |                |              |           |         |     |
|        | end_repeat        |          |                     |                |          |                       |                    |                |                |              |           |         |     |
|        | end_repeat        |          |                     |                |          |                       |                    |                |                |              |           |         |     |
|        | begin_group       | g        | About               | 概况           |          |                       |                    |                |                |              |           |         |     |
|        | calculate         | members  |                     |                |          |                       |                    |                |                | count(${member}) |       |         |     |
|        | note              | sum      | ${members} members  | ${members}人   |          |                       |                    |                |                |              |           |         |     |
|        | text              | shown    | Double              | 两倍           |          |                       |                    |                |                | ${members} * 2 |         |         | yes |
|        | select_one region | region   | Region              | 地区           |          |                       |                    |                |                |              |           |         |     |
|        | select_one town   | town     | Town                | 城镇           |          |                       |                    |                | region = ${region} |          |           |         |     |
|        | text              | why      | Why ${town}?        | 为什么         |          |                       |                    |                |                |              |           |         |     |
|        | calculate         | asked    |                     |                |          |                       |                    |                |                | concat('asked ', ${region}) | | ${region} | |
|        | integer           | plots    | Plots               | 地块           |          |                       |                    |                |                |              |           |         |     |
|        | begin_repeat      | plot     | Plot                | 地块           |          |                       |                    |                |                |              | ${plots}  |         |     |
|        | decimal           | size     | Size                | 面积           |          |                       |                    |                |                |              |           |         |     |
|        | end_repeat        |          |                     |                |          |                       |                    |                |                |              |           |         |     |
|        | end_group         |          |                     |                |          |                       |                    |                |                |              |           |         |     |
| choices |                  |          |                     |                |                    |
|        | list_name         | name     | label::en (en)      | label::zh (zh) | region             |
|        | region            | n        | North               | 北             |                    |
|        | region            | s        | South               | 南             |                    |
|        | town              | a        | Adaville            | 阿达           | n                  |
|        | town              | b        | Bernton             | 伯恩           | n                  |
|        | town              | c        | Corola              | 科罗           | s                  |
| settings |                 |          |                     |                |
|        | form_title        | form_id  | version             | default_language |
|        | Household         | household | 1                  | en (en)        |
"""
MEMBER = "/data/member"
FIRST = {f"{MEMBER}[1]/name": "Ann", f"{MEMBER}[1]/age": "40"}


@pytest.fixture
def draft(site: Site, enumerator: User) -> Draft:
    questionnaire = make_version(site.survey, HOUSEHOLD).questionnaire
    return drafts.start(enumerator, site, questionnaire)


def test_a_repeat_begins_with_one_instance_whose_places_are_numbered(
    phone: Client, draft: Draft
) -> None:
    html = page_of(phone, draft, 2)
    assert html.count('class="instance"') == 1
    assert f'name="{MEMBER}[1]/name"' in html
    assert f'name="add" value="{MEMBER}"' in html
    assert f'name="remove" value="{MEMBER}[1]"' in html


def test_adding_saves_what_was_typed_and_leads_to_the_new_one(phone: Client, draft: Draft) -> None:
    response = post_to(phone, draft, 2, FIRST, add=MEMBER)
    assert response["Location"] == f"/interview/{draft.pk}/2/#i{MEMBER}[2]"
    html = page_of(phone, draft, 2)
    assert 'value="Ann"' in html
    assert f'id="i{MEMBER}[2]"' in html
    assert "Age of <strong>" in html
    assert '<span class="out">Ann</span>' in html


def test_removing_one_moves_the_others_up(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, FIRST, add=MEMBER)
    response = post_to(
        phone, draft, 2, {**FIRST, f"{MEMBER}[2]/name": "Bea"}, remove=f"{MEMBER}[1]"
    )
    assert response["Location"].endswith(f"/2/#r{MEMBER}")
    assert stored(draft)["member[1]/name"] == "Bea"
    assert "member[2]/name" not in stored(draft)


def test_the_last_instance_can_go_and_one_be_added_again(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, {}, remove=f"{MEMBER}[1]")
    html = page_of(phone, draft, 2)
    assert 'class="instance"' not in html
    assert f'name="add" value="{MEMBER}"' in html
    post_to(phone, draft, 2, {}, add=MEMBER)
    assert 'class="instance"' in page_of(phone, draft, 2)


def test_repeats_within_repeats_appear_where_they_apply(phone: Client, draft: Draft) -> None:
    drafts.save(draft, FIRST, add=MEMBER)
    html = page_of(phone, draft, 2)
    assert f'name="add" value="{MEMBER}[1]/job"' in html
    assert f'value="{MEMBER}[2]/job"' not in html
    post_to(phone, draft, 2, {f"{MEMBER}[1]/job[1]/title": "Baker"}, add=f"{MEMBER}[1]/job")
    post_to(phone, draft, 2, {f"{MEMBER}[1]/job[2]/title": "Cook"})
    assert (
        stored(draft).items()
        >= {
            "member[1]/job[1]/title": "Baker",
            "member[1]/job[2]/title": "Cook",
        }.items()
    )


@pytest.mark.parametrize(
    ("button", "place"),
    [
        ("add", "/data/nothing"),
        ("add", "/data/g/plot"),
        ("remove", "/data/g"),
        ("remove", "/data/member[9]"),
        ("remove", "/data/g/plot[1]"),
        ("add", "/data/member[" + "9" * 50),
        ("remove", "/data/member[x]"),
        ("drop", "/data/member[1]/name[2]"),
    ],
)
def test_buttons_that_no_page_has_are_refused_or_do_nothing(
    phone: Client, draft: Draft, button: str, place: str
) -> None:
    response = post_to(phone, draft, 2, FIRST, **{button: place})
    assert response.status_code in (302, 400)
    assert "member[2]/name" not in stored(draft)


def test_problems_name_the_instance_and_the_answers_in_their_words(
    phone: Client, draft: Draft
) -> None:
    drafts.save(draft, FIRST, add=MEMBER)
    typed = {**FIRST, f"{MEMBER}[2]/name": "Bea", f"{MEMBER}[2]/age": "200"}
    html = post_to(phone, draft, 2, typed).content.decode()
    assert "Member 2 · Age of Bea: Too old, Bea" in html
    finish = phone.get(f"/interview/{draft.pk}/finish/").content.decode()
    assert f'/interview/{draft.pk}/2/?check#q{MEMBER}[2]/age"' in finish
    assert '<span class="small muted">Member 2</span>' in finish


def test_calculated_values_are_in_texts_and_cannot_be_typed(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 2, FIRST, add=MEMBER)
    html = page_of(phone, draft, 3)
    assert '<span class="out">2</span> members' in html
    assert 'name="/data/g/shown"' not in html
    assert ">4</output>" in html
    post_to(phone, draft, 3, {"/data/g/shown": "99"})
    assert stored(draft)["g/shown"] == "4"


def test_choices_follow_the_answers_before_them(phone: Client, draft: Draft) -> None:
    html = page_of(phone, draft, 3)
    assert "Adaville" not in html
    response = post_to(phone, draft, 3, {"/data/g/region": "n"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "1 more question applies" in html
    assert "Adaville" in html
    assert "Corola" not in html
    again = post_to(phone, draft, 3, {"/data/g/region": "n", "/data/g/town": ""})
    assert again.status_code == 302  # asked once, and left blank


def test_a_choice_that_is_no_longer_offered_is_asked_again(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {"/data/g/region": "n"})
    drafts.save(with_key(Draft.objects.get()), {"/data/g/town": "b"})
    html = post_to(phone, draft, 3, {"/data/g/region": "s", "/data/g/town": "b"}).content.decode()
    assert "1 more question applies" in html
    assert "Corola" in html
    assert "g/town" not in stored(draft)


def test_a_trigger_sets_its_value_when_its_question_changes(phone: Client, draft: Draft) -> None:
    post_to(phone, draft, 3, {"/data/g/region": "n"})
    assert stored(draft)["g/asked"] == "asked n"


def test_a_count_makes_instances_that_nobody_removes(phone: Client, draft: Draft) -> None:
    html = post_to(phone, draft, 3, {"/data/g/plots": "3"}).content.decode()
    assert html.count('class="instance"') == 3
    assert "3 more questions apply" in html
    assert 'name="remove"' not in html
    assert 'name="add"' not in html
    post_to(phone, draft, 3, {"/data/g/plots": "3", "/data/g/plot[3]/size": "1.5"})
    assert stored(draft)["g/plot[3]/size"] == "1.5"
    html = post_to(phone, draft, 3, {"/data/g/plots": "1"}).content.decode()
    assert 'class="instance"' in page_of(phone, draft, 3)
    assert "g/plot[2]/size" not in page_of(phone, draft, 3)


def test_the_interview_is_stored_with_all_its_instances(phone: Client, draft: Draft) -> None:
    drafts.save(draft, FIRST, add=MEMBER)
    current = with_key(Draft.objects.get())
    drafts.save(current, {f"{MEMBER}[2]/name": "Bea", "/data/g/plots": "1"})
    receipt = drafts.finish(with_key(Draft.objects.get()))
    answers = Interview.objects.get().answers
    assert answers["member[2]/name"] == "Bea"
    xml = bytes(receipt.submission.xml)
    assert xml.count(b"<member>") == 2
    assert xml.count(b"<plot>") == 1


def test_a_progress_counts_the_questions_of_each_instance(phone: Client, draft: Draft) -> None:
    drafts.save(draft, FIRST, add=MEMBER)
    assert "2 of 5 answered" in page_of(phone, draft, 2)
