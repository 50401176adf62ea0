"""An enumerator's hands on the live page and on the plain pages: the same answers by either way."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

RICH: Sequence[Mapping[str, str]] = (
    {"consent": "yes", "informed": "OK"},
    {
        "name": "Bo",
        "remarks": "two\nlines",
        "phone": "123456",
        "age": "40",
        "income": "1234567",
        "weight": "70.5",
        "mood": "7",
        "rain": "1.5",
        "stars": "4",
        "code": "690123",
    },
    {"visited": "2026-11-20", "moved_in": "2020-05", "built": "1999", "got_up": "06:30"},
    {
        "works": "yes",
        "job": "shop",
        "fruit": "pear",
        "fruit_image": "plum",
        "assets": "bike phone",
        "fuels": "wood other",
        "fuels_other": "dung",
        "agree": "3",
        "needs": "road water school",
        "region": "north",
        "town": "ada",
        "district": "new",
        "pumps": "p1",
    },
    {"grid_water": "2", "grid_power": "4"},
    {},
    {"why": "sweet", "guess": "900"},
    {"photo": "welcome.png"},
    {
        "here": "31.2304 121.4737 4 3",
        "way": "31.2304 121.4737;31.2310 121.4740",
        "field": "31.2304 121.4737;31.2310 121.4740;31.2300 121.4750",
    },
    {},
)
OFFERED_BY_ANSWERS = {"town", "district", "head"}
SEARCHED = "input[role=combobox], input[list]:enabled"


def question(page: Page, name: str) -> Locator:
    """A question by its name, or by the end of its place, such as `member[2]/m_age`."""
    found = page.locator(f'.q[data-path$="/{name}"]')
    found.wait_for()
    return found


def answer(page: Page, name: str, text: str) -> None:
    """Answer a question in whatever way the page offers."""
    asked = question(page, name)
    kind = asked.get_attribute("data-kind") or ""
    way = WAYS.get(kind)
    if way is not None:
        way(asked, text)
    elif asked.locator(SEARCHED).count():
        search(asked, text)
    elif asked.locator("select").count():
        asked.locator("select").select_option(text)
    elif asked.locator(".option").count():
        for choice in text.split():
            asked.locator(f'label.option:has(input[value="{choice}"])').click()
    else:
        asked.locator(".form-control").fill(text)


def search(asked: Locator, name: str) -> None:
    """Type, and choose the first that is found; plain pages take the name itself."""
    field = asked.locator(SEARCHED)
    field.fill(name)
    if asked.locator("[role=listbox]").count():
        field.press("Enter")


def slide(asked: Locator, text: str) -> None:
    slider = asked.locator("input[type=range]")
    if slider.count():
        slider.fill(text)
    elif asked.locator(".option").count():
        asked.locator(f'label.option:has(input[value="{text}"])').click()
    else:
        asked.locator(".form-control").fill(text)


def rank(asked: Locator, text: str) -> None:
    """Put the names in order: with buttons one place at a time, or by numbers."""
    for number, name in enumerate(text.split(), start=1):
        row = asked.locator(f'li[data-name="{name}"]')
        if row.locator("select").count():
            row.locator("select").select_option(f"{number} {name}")
            continue
        while asked.locator("li").nth(number - 1).get_attribute("data-name") != name:
            row.locator(".move_up").click()


def locate(asked: Locator, text: str) -> None:
    typing = asked.locator(".typing")
    points = text.split(";")
    if not typing.count():
        asked.locator("input, textarea").fill("\n".join(points))
        return
    if typing.get_attribute("open") is None:
        typing.locator("summary").click()
    for point in points:
        typing.locator("input").fill(point)
        if len(points) > 1:
            typing.locator("input").press("Enter")


def attach(asked: Locator, text: str) -> None:
    path = Path(__file__).parent.parent / "data" / "rich-media" / text
    chosen = asked.locator("input[type=file]")
    expect(chosen).to_be_enabled()  # on the live page once its widget is there
    chosen.set_input_files(path)
    if asked.locator(".widget").count():
        expect(asked.locator(".preview > *")).to_be_visible()


WAYS = {
    "range": slide,
    "rank": rank,
    "geopoint": locate,
    "geotrace": locate,
    "geoshape": locate,
    "image": attach,
}


def press(page: Page, go: str) -> None:
    page.locator(f'.bar button[value="{go}"]').click()


def add(page: Page, repeat: str) -> None:
    """One more instance of a repeat by the end of its place, such as `member[1]/m_job`."""
    page.locator(f'button[name="add"][value$="/{repeat}"]').click()


def answer_household(page: Page) -> None:
    """Two members, of whom the first has a job; two plots."""
    answer(page, "member[1]/m_name", "Bo")
    answer(page, "member[1]/m_age", "40")
    reveal(page, "member[1]/m_works")
    answer(page, "member[1]/m_works", "yes")
    reveal(page, "member[1]/m_job")
    if not page.locator('.q[data-path$="/m_job[1]/m_job_kind"]').count():
        add(page, "member[1]/m_job")
    answer(page, "member[1]/m_job[1]/m_job_kind", "farm")
    answer(page, "member[1]/m_job[1]/m_job_hours", "38.5")
    add(page, "member")
    answer(page, "member[2]/m_age", "7")
    answer(page, "plots", "2")
    reveal(page, "plot[1]/area_ha")
    answer(page, "plot[1]/area_ha", "0.5")
    answer(page, "plot[2]/area_ha", "1.25")
    reveal(page, "head")
    answer(page, "head", "Bo")


def reveal(page: Page, name: str) -> None:
    """Plain pages show what applies, and what is offered, only after they were sent once more."""
    shown = page.locator(f'[data-path$="/{name}"]')
    is_there = shown.count() and shown.first.is_visible()
    if page.locator("#interview").count() == 0 and (name in OFFERED_BY_ANSWERS or not is_there):
        page.locator(".steps .step[aria-current]").click()
    expect(shown.first).to_be_visible()


def answer_rich(page: Page) -> None:
    """Everything the rich form asks, up to the last step."""
    for number, answers in enumerate(RICH, start=1):
        expect(page.locator(".steps .step[aria-current]")).to_have_attribute("value", str(number))
        for name, text in answers.items():
            reveal(page, name)
            answer(page, name, text)
        if number == 6:
            answer_household(page)
        press(page, "next")


def without_times_and_ids(xml: bytes) -> str:
    """The XML of an interview but for what differs between any two."""
    text = xml.decode()
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:[-+]\d\d:\d\d|Z)", "MOMENT", text)
    text = re.sub(r"uuid:[0-9a-f-]{36}", "ID", text)
    text = re.sub(r"-[0-9a-f]{8}(\.\w+<)", r"\1", text)  # of files that a phone named
    return re.sub(r"H-\d+(?:\.\d+)?", "RANDOM", text)
