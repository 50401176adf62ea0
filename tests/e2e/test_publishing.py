"""A coordinator's browser: a survey from nothing, a form with mistakes, and one that is published."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import FilePayload, Page, expect

from surveys import uploads
from surveys.demo import WORKBOOK
from surveys.downloads import XLSX
from surveys.models import Draft, Questionnaire, Role, Survey
from tests.conftest import OpenPage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in
from tests.factories import make_member, make_survey

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def instrument(change: Callable[[Worksheet], None] = lambda _: None, version: str = "") -> bytes:
    """The shipped workbook, with its sheet `survey` changed."""
    book = load_workbook(WORKBOOK)
    change(book["survey"])
    if version:
        book["settings"]["C2"] = version
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bomb() -> bytes:
    """The shipped workbook with a first sheet that unpacks to 200 MB."""
    buffer = BytesIO()
    with ZipFile(WORKBOOK) as shipped, ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for name in shipped.namelist():
            with packed.open(name, "w") as part:
                part.write(shipped.read(name))
                if name.endswith("sheet1.xml"):
                    part.writelines(b" " * 10_000_000 for _ in range(20))
    return buffer.getvalue()


def row_of(sheet: Worksheet, name: str) -> int:
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 2).value == name)


def ten_mistakes(sheet: Worksheet) -> None:
    heads = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
    for name, column, text in (
        ("a2", "constraint", ". >= 16 and and . <= 90"),
        ("s1_7", "relevant", "${a9_children} > 0"),
        ("s2_3", "relevant", "${s2_2} = ‘nothing’"),
        ("s2_4", "constraint", "selected(.)"),
        ("s2_6", "type", "interger"),
        ("s3_2", "relevant", "${s3_1} = 'nope'"),
        ("s4_4a", "constraint", "squareroot(.) > 2"),
        ("s5_2", "type", "select_one union_member"),
        ("p3", "name", "p2"),
        ("p1", "name", "p 1"),
    ):
        sheet.cell(row_of(sheet, name), heads[column]).value = text


def reworded(sheet: Worksheet) -> None:
    sheet.cell(row_of(sheet, "s5_7"), 3).value = "F7. Would you know where to get help?"
    sheet.delete_rows(row_of(sheet, "s3_6"))


def as_file(content: bytes, name: str = "form.xlsx") -> FilePayload:
    return FilePayload(name=name, mimeType=XLSX, buffer=content)


def check(page: Page, content: bytes) -> None:
    page.goto("/admin/surveys/questionnaire/publish/")
    page.set_input_files("[name=workbook]", as_file(content))
    page.get_by_role("button", name="Check").click()
    page.wait_for_url(re.compile(r"/publish/[0-9a-f-]{36}/"))


@pytest.fixture
def survey() -> Survey:
    return make_survey("ours")


@pytest.fixture
def coordinator(open_page: OpenPage, survey: Survey) -> Page:
    page = open_page()
    sign_in(page, make_member(survey, Role.COORDINATOR).username)
    return page


def test_a_survey_is_set_up_from_nothing_and_started(
    coordinator: Page, open_page: OpenPage
) -> None:
    page = coordinator
    page.goto("/admin/surveys/survey/add/")
    page.fill("[name=name]", "Village study")
    page.fill("[name=code]", "village")
    page.locator("[name=_continue]").click()
    tasks = page.locator(".tasks")
    expect(tasks).to_contain_text("None yet")

    tasks.get_by_role("link", name="questionnaires").click()
    expect(page.locator("[name=survey] option:checked")).to_have_text("Village study")
    page.set_input_files("[name=workbook]", as_file(WORKBOOK.read_bytes()))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Publish 1.0.0").click()
    published = page.get_by_role("status").filter(has_text="Version 1.0.0 is published")
    expect(published).to_be_visible()

    page.locator(".tasks").get_by_role("link", name="Sites").click()
    expect(page.locator("[name=survey] option:checked")).to_have_text("Village study")
    for name in ("code", "stratum", "psu"):
        page.fill(f"[name={name}]", "V1")
    page.fill("[name=target]", "10")
    page.locator("[name=_save]").click()
    page.goto("/admin/surveys/user/add/")
    page.fill("[name=username]", "E77")
    for name in ("password1", "password2"):
        page.fill(f"[name={name}]", "long enough 1")
    page.select_option("[name=memberships-0-survey]", label="Village study")
    page.select_option("[name=memberships-0-role]", "enumerator")
    page.locator("[name=_save]").click()
    page.goto("/admin/surveys/assignment/add/")
    look_up(page, "site", "V1")
    look_up(page, "enumerator", "E77")
    page.locator("[name=_save]").click()

    page.goto("/admin/surveys/survey/")
    page.get_by_role("link", name="Village study").click()
    expect(page.locator(".tasks")).not_to_contain_text("None yet")
    phone = open_page(width=PHONE_WIDTH)
    sign_in(phone, "E77", "long enough 1")
    phone.click(".card.go button")
    expect(phone.locator("main")).to_contain_text("Do you agree to take part?")


def look_up(page: Page, name: str, text: str) -> None:
    """Choose a row that is found by a word."""
    page.locator(f".field-{name} .select2-selection").click()
    page.locator(".select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).click()


def test_ten_mistakes_are_shown_at_once_and_the_corrected_workbook_is_published(
    coordinator: Page,
) -> None:
    page = coordinator
    check(page, instrument(ten_mistakes))
    rows = page.locator(".findings-table tr:has(.chip)")
    expect(page.locator("#standing")).to_contain_text("14 must be fixed")
    for text in ("I10 constraint", "H28 relevant", "A36 type", "B70 name", "B38 question"):
        cell, _, column = text.partition(" ")
        expect(rows.filter(has_text=cell).filter(has_text=column)).not_to_have_count(0)
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    page.get_by_role("link", name="Must fix").click()
    expect(rows).to_have_count(10 + 4)  # four indicators judge what is no question now

    page.set_input_files("#corrected", as_file(instrument()))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Publish 1.0.0").click()
    expect(page.locator(".panel.good")).to_contain_text("Version 1.0.0 is published")
    assert Questionnaire.objects.get().versions.count() == 1


def test_a_new_version_is_tried_out_before_it_is_published(
    coordinator: Page, survey: Survey
) -> None:
    page = coordinator
    check(page, instrument())
    page.get_by_role("button", name="Publish 1.0.0").click()
    page.locator(".panel.good").wait_for()
    check(page, instrument(reworded, "1.1.0"))
    changes = page.locator("#changes")
    expect(changes).to_contain_text("What changes from 1.0.0")
    expect(changes.locator(".chip.error", has_text="Answers at risk 1")).to_be_visible()
    expect(changes.locator("ins")).to_contain_text(["F7. Would you know where to get help?"])

    preview = page.frame_locator("iframe.phone")
    preview.locator("#interview[data-state=ready]").wait_for()
    preview.get_by_text("City 01").click()
    preview.get_by_role("button", name="Next").click()
    expect(preview.locator("[role=status].saved")).to_contain_text("nothing is saved")
    assert not Draft.objects.exists()
    page.get_by_role("button", name="Publish 1.1.0").click()
    page.get_by_role("link", name="See the questionnaire").click()
    expect(page.locator("#versions-group")).to_contain_text("1.1.0")
    page.get_by_role("link", name="Difference").first.click()
    expect(page.locator("#changes")).to_contain_text("s3_6")


def test_a_hostile_file_is_refused_in_words(coordinator: Page) -> None:
    check(coordinator, bomb())
    expect(coordinator.locator("#standing")).to_contain_text("1 must be fixed")
    expect(coordinator.locator(".findings-table")).to_contain_text("too large to be a form")
    assert not Questionnaire.objects.exists()


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(1280, "en", "light"), (390, "zh-CN", "dark")]
)
def test_the_pages_are_for_everybody(
    open_page: OpenPage, survey: Survey, width: int, locale: str, scheme: str
) -> None:
    page = open_page(width=width, locale=locale)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    person = make_member(survey, Role.COORDINATOR)
    sign_in(page, person.username)
    kept = [
        uploads.keep(survey, "form.xlsx", content, {}, by=person)
        for content in (instrument(ten_mistakes), instrument(), instrument(reworded, "1.1.0"))
    ]
    uploads.publish(kept[1], over=None, by=person)
    pages = ["", *(f"{upload.pk}/" for upload in kept)]
    for address in pages:
        page.goto(f"/admin/surveys/questionnaire/publish/{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    page.goto(f"/preview/{kept[2].pk}/in/zh/")
    page.locator("#interview[data-state=ready]").wait_for()
    assert violations(page, "body") == []


def violations(page: Page, within: str = ".desk") -> list[str]:
    """What axe-core finds wrong for people who do not see, or not well."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("within => axe.run(within, {iframes: false})", within)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]
