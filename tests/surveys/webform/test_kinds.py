"""Every kind of question, as its page shows it and as its answer is stored, without scripts."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from surveys import drafts
from surveys.models import Draft, Site, User
from surveys.xforms.definition import FormDef
from surveys.xforms.kinds import KINDS
from tests.factories import enumerator_at, make_version
from tests.surveys.webform.conftest import page_of, post_to, stored

KINDS_FORM = """
| survey |                       |          |                     |                |                |                        |                                      |
|        | type                  | name     | label::en (en)      | label::zh (zh) | appearance     | parameters             | hint::en (en)                        |
|        | begin_group           | g        | Everything          | 全部           |                |                        |                                      |
|        | note                  | hello    | **Hello**           | **您好**       |                |                        |                                      |
|        | text                  | line     | Line                | 一行           |                |                        | A *short* one                        |
|        | text                  | lines    | Lines               | 多行           | multiline      | rows=6                 |                                      |
|        | text                  | web      | Web address         | 网址           | url            |                        |                                      |
|        | text                  | digits   | Digits              | 数字           | numbers        |                        |                                      |
|        | text                  | secret   | Secret              | 秘密           | masked         |                        |                                      |
|        | integer               | whole    | Whole               | 整数           |                |                        |                                      |
|        | integer               | grouped  | Grouped             | 千位           | thousands-sep  |                        |                                      |
|        | decimal               | part     | Part                | 小数           |                |                        |                                      |
|        | range                 | slid     | Slid                | 滑动           |                | start=0 end=10 step=2  |                                      |
|        | range                 | down     | Down                | 竖直           | vertical no-ticks | start=1 end=5 step=0.5 |                                   |
|        | range                 | stars    | Stars               | 星级           | rating         | start=1 end=5 step=1   |                                      |
|        | range                 | picked   | Picked              | 挑选           | picker         | start=10 end=30 step=10 |                                     |
|        | date                  | day      | Day                 | 日期           | no-calendar    |                        |                                      |
|        | date                  | month    | Month               | 月份           | month-year     |                        |                                      |
|        | date                  | year     | Year                | 年份           | year           |                        |                                      |
|        | time                  | clock    | Clock               | 时间           |                |                        |                                      |
|        | dateTime              | moment   | Moment              | 时刻           |                |                        |                                      |
|        | select_one col        | one      | One                 | 一个           |                |                        |                                      |
|        | select_one col        | native   | Native              | 原生           | minimal        |                        |                                      |
|        | select_one col        | sought   | Sought              | 查找           | autocomplete   |                        |                                      |
|        | select_one col        | quick    | Quick               | 快速           | quick          |                        |                                      |
|        | select_one col        | scale    | Scale               | 量表           | likert         |                        |                                      |
|        | select_one col        | bare     | Bare                | 无钮           | no-buttons     |                        |                                      |
|        | select_one col        | mapped   | Mapped              | 地图           | map            |                        |                                      |
|        | select_one own or_other | other  | Other               | 其他           |                |                        |                                      |
|        | select_multiple col   | many     | Many                | 多个           | columns-2      |                        |                                      |
|        | select_multiple col   | folded   | Folded              | 折叠           | minimal        |                        |                                      |
|        | rank col              | order    | Order               | 排序           |                |                        |                                      |
|        | acknowledge           | ok       | Ok                  | 好             |                |                        |                                      |
|        | geopoint              | point    | Point               | 点             |                |                        |                                      |
|        | geotrace              | way      | Way                 | 线             |                |                        |                                      |
|        | geoshape              | area     | Area                | 面             |                |                        |                                      |
|        | barcode               | bars     | Bars                | 条码           |                |                        |                                      |
|        | image                 | photo    | Photo               | 照片           | new            | max-pixels=800         |                                      |
|        | image                 | signed   | Signed              | 签名           | signature      |                        |                                      |
|        | audio                 | sound    | Sound               | 声音           |                |                        |                                      |
|        | video                 | film     | Film                | 影片           |                |                        |                                      |
|        | file                  | paper    | Paper               | 文件           |                |                        |                                      |
|        | end_group             |          |                     |                |                |                        |                                      |
|        | begin_group           | grid     | Satisfied with      | 满意           | field-list     |                        |                                      |
|        | select_one col        | head     | How                 | 如何           | label          |                        |                                      |
|        | select_one col        | water    | Water               | 水             | list-nolabel   |                        |                                      |
|        | select_one col        | power    | Power               | 电             | list-nolabel   |                        |                                      |
|        | end_group             |          |                     |                |                |                        |                                      |
| choices |                      |          |                     |                |
|        | list_name             | name     | label::en (en)      | label::zh (zh) |
|        | col                   | r        | Red                 | 红             |
|        | col                   | g        | Green               | 绿             |
|        | col                   | b        | Blue                | 蓝             |
|        | own                   | r        | Red                 | 红             |
| settings |                     |          |                     |                |
|        | form_title            | form_id  | version             | default_language |
|        | Kinds                 | kinds    | 1                   | en (en)        |
"""
G = "/data/g"


@pytest.fixture
def draft(site: Site, enumerator: User) -> Draft:
    version = make_version(site.survey, KINDS_FORM)
    return drafts.start(enumerator, site, version.questionnaire)


def question(html: str, place: str) -> str:
    """The HTML from one question's wrapper to the next."""
    start = html.index(f'data-path="{place}"')
    following = html.find("data-path=", start + 10)
    return html[html.rindex("<", 0, start) : following if following > 0 else None]


def test_every_kind_is_in_this_form(draft: Draft) -> None:
    form = FormDef.from_json(draft.version.definition)
    assert {question.kind for question in form.questions} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "typed", "kept", "shown"),
    [
        ("line", "  two words ", "two words", 'value="two words"'),
        ("lines", "a\r\nb", "a\nb", ">\na\nb</textarea>"),
        ("web", "https://a.org/?b=1", "https://a.org/?b=1", 'type="url"'),
        ("digits", "00123", "00123", 'inputmode="decimal"'),
        ("secret", "hush", "hush", 'type="password"'),
        ("whole", "１２", "12", 'value="12"'),
        ("grouped", "1,234,567", "1234567", 'value="1,234,567"'),
        ("part", "12.50", "12.50", 'value="12.50"'),
        ("slid", "4", "4", "From 0 to 10, in steps of 2."),
        ("down", "2.5", "2.5", 'value="2.5"'),
        ("stars", "4", "4", 'value="4" checked'),
        ("picked", "20", "20", '<option value="20" selected>'),
        ("day", "2026-02-28", "2026-02-28", 'type="date"'),
        ("month", "2026-02", "2026-02-01", 'value="2026-02"'),
        ("year", "1998", "1998-01-01", 'value="1998"'),
        ("clock", "06:30", "06:30:00.000", 'value="06:30"'),
        ("moment", "2026-11-23T14:05", "2026-11-23T14:05:00.000+08:00", "2026-11-23T14:05"),
        ("one", "g", "g", 'value="g" checked'),
        ("native", "g", "g", '<option value="g" selected>Green'),
        ("sought", "green", "g", 'value="Green"'),
        ("sought", "g", "g", 'value="Green"'),
        ("quick", "r", "r", 'value="r" checked'),
        ("scale", "b", "b", 'class="options likert"'),
        ("bare", "b", "b", 'class="options bare"'),
        ("mapped", "b", "b", 'value="b" checked'),
        ("other", "r", "r", 'value="other"'),
        ("many", ["r", "b"], "r b", 'class="options columns-2"'),
        ("folded", ["g"], "g", '<details class="folded">'),
        ("order", ["2 r", "1 g", "3 b"], "g r b", 'value="1 g" selected'),
        ("ok", ["OK"], "OK", 'value="OK" checked'),
        ("point", "31.2304, 121.4737", "31.2304 121.4737", 'value="31.2304 121.4737"'),
        ("point", "１ 2 3 4", "1 2 3 4", 'value="1 2 3 4"'),
        ("way", "1 2\r\n3 4\n", "1 2;3 4", "1 2\n3 4</textarea>"),
        ("area", "1 2\n3 4\n5 6", "1 2;3 4;5 6;1 2", "5 6\n1 2</textarea>"),
        ("bars", "978020137962", "978020137962", 'value="978020137962"'),
    ],
)
def test_an_answer_is_stored_as_instances_have_it_and_shown_as_it_was_typed(
    phone: Client, draft: Draft, name: str, typed: str | list[str], kept: str, shown: str
) -> None:
    response = post_to(phone, draft, 1, {f"{G}/{name}": typed})
    assert response.status_code in (200, 302), response.content.decode()
    assert stored(draft)[f"g/{name}"] == kept
    assert shown in unescape(question(page_of(phone, draft, 1), f"{G}/{name}"))


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("whole", "1.5", "Type a whole number in digits"),
        ("part", "much", "Type a number in digits"),
        ("slid", "11", "From 0 to 10, in steps of 2."),
        ("slid", "3", "From 0 to 10, in steps of 2."),
        ("picked", "11", "outside what the form allows"),
        ("day", "2026-02-31", "Type a date"),
        ("year", "98", "Type a date"),
        ("clock", "25:00", "Type a time"),
        ("moment", "yesterday", "Type a date and a time"),
        ("one", "x", "Choose from the answers listed."),
        ("sought", "gr", "Choose from the answers listed."),
        ("many", ["r", "x"], "Choose from the answers listed."),
        ("order", ["1 r", "1 g", "2 b"], "Give each answer a number of its own"),
        ("order", ["1 r"], "Give each answer a number of its own, from 1 to 3."),
        ("point", "here", "Type latitude and longitude"),
        ("point", "91 0", "Type latitude and longitude"),
        ("way", "1 2", "Type at least two points"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_question(
    phone: Client, draft: Draft, name: str, typed: str | list[str], sentence: str
) -> None:
    response = post_to(phone, draft, 1, {f"{G}/{name}": typed})
    assert response.status_code == 422
    asked = question(response.content.decode(), f"{G}/{name}")
    assert sentence in unescape(asked)
    assert 'aria-invalid="true"' in asked


def test_everything_typed_is_named_and_described(phone: Client, draft: Draft) -> None:
    """Every control has a label of its own or stands in a fieldset with one."""
    html = page_of(phone, draft, 1)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    assert len(ids) == len(re.findall(r'\bid="([^"]+)"', html))
    for control in re.findall(r"<(?:input|select|textarea) [^>]*>", html):
        if 'type="hidden"' in control or 'type="radio"' in control or "checkbox" in control:
            continue
        own = re.search(r'\bid="([^"]+)"', control)
        assert (own and f'for="{own[1]}"' in html) or f"<label>{control}" in html, control
    for target in re.findall(r'for="([^"]+)"', html):
        assert target in ids
    errors = {one for one in ids if one.endswith("-error")}
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert described.split()[-1] in errors


def test_labels_and_hints_say_what_their_author_meant(phone: Client, draft: Draft) -> None:
    html = page_of(phone, draft, 1)
    assert "<strong>Hello</strong>" in question(html, f"{G}/hello")
    assert "A <em>short</em> one" in question(html, f"{G}/line")
    phone.cookies["django_language"] = "zh-hans"
    assert "<strong>您好</strong>" in page_of(phone, draft, 1)


def test_a_table_of_selects_has_columns_and_named_rows(phone: Client, draft: Draft) -> None:
    html = page_of(phone, draft, 2)
    head = question(html, "/data/grid/head")
    assert "How" in head
    assert "Green" in head
    assert "<input" not in head
    row = question(html, "/data/grid/water")
    assert "grid-row" in row
    assert row.count('type="radio"') == 4  # three colours, and to leave it blank
    assert '<span class="label">Green</span>' in row
    post_to(phone, draft, 2, {"/data/grid/water": "g", "/data/grid/power": "r"})
    assert stored(draft).items() >= {"grid/water": "g", "grid/power": "r"}.items()


def test_the_head_of_a_table_is_no_question(phone: Client, draft: Draft) -> None:
    assert "0 of 2 answered" in page_of(phone, draft, 2)


def test_long_lists_are_looked_for_by_typing(phone: Client, site: Site) -> None:
    rows = "\n".join(f"| | v | v{n} | Village {n} |" for n in range(300))
    table = f"""
    | survey   |              |         |               |
    |          | type         | name    | label::en (en) |
    |          | select_one v | village | Village       |
    | choices  |              |         |               |
    |          | list_name    | name    | label::en (en) |
    {rows}
    | settings |              |         |               |
    |          | form_title   | form_id | version       |
    |          | Long         | long    | 1             |
    """
    questionnaire = make_version(site.survey, table).questionnaire
    draft = drafts.start(enumerator_at(site), site, questionnaire)
    html = page_of(phone, draft, 1)
    assert html.count("<option") == 200
    html = post_to(phone, draft, 1, {"/data/village": "AGE 29"}).content.decode()
    assert html.count("<option") == 11  # 29 and 290 to 299: what has in it what was typed
    post_to(phone, draft, 1, {"/data/village": "Village 299"})
    assert stored(draft)["village"] == "v299"


def test_uploads_ask_for_their_kind(phone: Client, draft: Draft) -> None:
    html = page_of(phone, draft, 1)
    assert 'enctype="multipart/form-data"' in html
    photo = question(html, f"{G}/photo")
    assert 'accept="image/*"' in photo
    assert 'capture="environment"' in photo
    assert 'accept="audio/*"' in question(html, f"{G}/sound")
    assert "accept=" not in question(html, f"{G}/paper")


@pytest.mark.parametrize(
    ("name", "file", "tag"),
    [
        ("photo", "a.jpg", "<img"),
        ("signed", "b.png", "<img"),
        ("sound", "c.mp3", "<audio"),
        ("film", "d.mp4", "<video"),
        ("paper", "e.pdf", "<a"),
    ],
)
def test_a_file_is_kept_and_shown(
    phone: Client, draft: Draft, name: str, file: str, tag: str
) -> None:
    post_to(phone, draft, 1, {f"{G}/{name}": SimpleUploadedFile(file, b"content")})
    assert stored(draft)[f"g/{name}"] == file
    asked = question(page_of(phone, draft, 1), f"{G}/{name}")
    assert f'href="/interview/{draft.pk}/files/{file}"' in asked
    assert tag in asked
