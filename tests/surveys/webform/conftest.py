"""An enumerator at a site with a form of every kind of question, and a browser without scripts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import format_html

from surveys import drafts
from surveys.formlogic.tree import Element
from surveys.models import Draft, QuestionnaireVersion, Site, User
from surveys.questionnaires import form_of
from surveys.webform.prompts import Speech
from surveys.webform.values import Values
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.instance import answers_of
from tests.factories import (
    make_city,
    make_enumerator,
    make_site,
    make_survey,
    make_version,
    with_key,
)

VISIT_FORM = """
| survey |                    |          |                    |                |          |                        |                     |                             |                             |            |
|        | type               | name     | label::en (en)     | label::zh (zh) | required | relevant               | constraint          | constraint_message::en (en) | constraint_message::zh (zh) | appearance |
|        | start              | start    |                    |                |          |                        |                     |                             |                             |            |
|        | end                | end      |                    |                |          |                        |                     |                             |                             |            |
|        | text               | enumerator_id | Interviewer   | 调查员         | yes      |                        |                     |                             |                             |            |
|        | text               | psu_id   | Site               | 地点           | yes      |                        |                     |                             |                             |            |
|        | select_one city    | a1       | A1. City           | A1. 城市       | yes      |                        |                     |                             |                             |            |
|        | select_one yn      | consent  | Do you agree?      | 您同意吗？     | yes      |                        |                     |                             |                             |            |
|        | begin_group        | g_b      | B. About you       | B. 基本情况    |          | ${consent} = 'yes'     |                     |                             |                             |            |
|        | note               | hello    | Thank you.         | 谢谢。         |          |                        |                     |                             |                             |            |
|        | integer            | age      | B1. Age            | B1. 年龄       | yes      |                        | . >= 16 and . <= 90 | Between 16 and 90           | 须在16至90岁之间            |            |
|        | select_one yn      | works    | B2. Do you work?   | B2. 您工作吗？ | yes      |                        |                     |                             |                             |            |
|        | decimal            | hours    | B3. Hours          | B3. 工时       |          | ${works} = 'yes'       | . <= 126            |                             |                             |            |
|        | end_group          |          |                    |                |          |                        |                     |                             |                             |            |
|        | begin_group        | g_c      | C. Work            | C. 就业        |          | ${works} = 'yes'       |                     |                             |                             |            |
|        | select_multiple kinds | kinds | C1. Kinds         | C1. 种类       | yes      |                        | not(selected(., 'none') and count-selected(.) > 1) | None stands alone | 不能同选 |            |
|        | end_group          |          |                    |                |          |                        |                     |                             |                             |            |
|        | begin_group        | g_d      | D. Days            | D. 日期        |          | ${consent} = 'yes'     |                     |                             |                             |            |
|        | date               | since    | D1. Since          | D1. 何时起     |          |                        |                     |                             |                             |            |
|        | time               | rises    | D2. Rises          | D2. 起床       |          |                        |                     |                             |                             |            |
|        | dateTime           | met      | D3. Met            | D3. 见面       |          |                        |                     |                             |                             |            |
|        | text               | words    | D4. In your words  | D4. 您的话     |          |                        |                     |                             |                             | multiline  |
|        | select_one kinds   | best     | D5. Best           | D5. 最好       |          |                        |                     |                             |                             | minimal    |
|        | acknowledge        | read     | D6. Read aloud     | D6. 已宣读     |          |                        |                     |                             |                             |            |
|        | end_group          |          |                    |                |          |                        |                     |                             |                             |            |
| choices |                   |          |                    |                |
|        | list_name          | name     | label::en (en)     | label::zh (zh) |
|        | yn                 | yes      | Yes                | 是             |
|        | yn                 | no       | No                 | 否             |
|        | yn                 | rf       | Prefer not to answer | 不愿回答     |
|        | city               | c1       | First city         | 第一城         |
|        | kinds              | day      | By the day         | 日结           |
|        | kinds              | month    | By the month       | 月结           |
|        | kinds              | none     | None               | 都没有         |
| settings |                  |          |                    |                |
|        | form_title         | form_id  | version            | default_language |
|        | Visit              | visit    | 1                  | en (en)        |
"""
AGREED = {"/data/consent": "yes"}
AT_WORK = {**AGREED, "/data/g_b/age": "30", "/data/g_b/works": "yes", "/data/g_b/hours": "40"}
COMPLETE = {**AT_WORK, "/data/g_c/kinds": "day month", "/data/g_d/words": "fine"}

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Post: TypeAlias = Callable[..., HttpResponse]


@pytest.fixture
def site(db: None) -> Site:
    return make_site(make_survey(), "S1", target=24, city=make_city("c1", name_zh="第一城"))


@pytest.fixture
def enumerator(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, VISIT_FORM)


@pytest.fixture
def draft(site: Site, enumerator: User, version: QuestionnaireVersion) -> Draft:
    return drafts.start(enumerator, site, version.questionnaire)


@pytest.fixture
def phone(client: Client, enumerator: User) -> Client:
    """The enumerator's browser, signed in."""
    client.force_login(enumerator)
    return client


@pytest.fixture
def post(phone: Client, draft: Draft) -> Post:
    """Posts a section of the draft as its page does: answers by path, the revision of now."""

    def post_(number: int, answers: dict[str, object], **fields: object) -> HttpResponse:
        return post_to(phone, draft, number, answers, **fields)

    return post_


def post_to(
    phone: Client, draft: Draft, number: int, answers: Mapping[str, object], **fields: object
) -> HttpResponse:
    revision = Draft.objects.get(pk=draft.pk).revision
    data = {"revision": revision, "go": "next", **fields, **answers}
    return phone.post(f"/interview/{draft.pk}/{number}/", data)  # type: ignore[return-value]


def page_of(phone: Client, draft: Draft, number: int, query: str = "") -> str:
    """The HTML of a section."""
    response = phone.get(f"/interview/{draft.pk}/{number}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def stored(draft: Draft) -> dict[str, str]:
    """The answers that the draft has, by place below the root."""
    current = with_key(Draft.objects.get(pk=draft.pk))
    form, root = form_of(current.version), drafts.tree_of(current)
    return values_of(form, root).reading.answers() | answers_of(root)


def values_of(form: FormDef, root: Element) -> Values:
    return Values(form, root, environment_for(form, NOW))


def speech_of(form: FormDef, root: Element | None = None, language: str = "en") -> Speech:
    """What a form says of one interview."""
    values = values_of(form, root or form.blank.copy())
    return Speech(
        form=form,
        language=language,
        out=lambda node, at: format_html('<span class="out">{}</span>', values.text(node, at)),
        say=values.text,
        offered=values.offered,
        file_url="/files/{}".format,
    )
