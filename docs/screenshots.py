"""Takes the pictures of the docs from a running demo.

The README's: `make run`, then `make screenshots`. Those of docs/coordinator.md: a server over
`manage.py demo --season` and `manage.py rescore --survey season`, then `python docs/screenshots.py ADDRESS coordinator`;
it imports a frame, of which nothing is drawn.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "five-standards"  # noqa: S105  # of the demo
WIDTH, HEIGHT = 1100, 760  # of a picture of the office
PAGES = {  # of the week in the field
    "progress": "/admin/surveys/siteprogress/",
    "review": "/admin/surveys/interview/review/",
    "quality": "/admin/surveys/inspection/?check=short_interview",
    "dashboard": "/admin/",
}
FRAME = "code,stratum,city,size,name\n" + "".join(
    f"U{n:02},{'old' if n % 3 else 'new'} town,c{n % 12 + 1:02},{100 + 37 * n % 400},Block {n}\n"
    for n in range(60)
)
TO_WEBP = """async png => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""


def sign_in(
    browser: Browser, address: str, name: str, width: int, height: int, locale: str
) -> Page:
    page = browser.new_page(
        base_url=address, viewport={"width": width, "height": height}, locale=locale
    )
    page.goto("/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click(".button.primary")
    return page


def interview(browser: Browser, address: str) -> None:
    page = sign_in(browser, address, "E01", 390, 844, "zh-CN")
    page.click(".card.go button")
    page.click('label:has(input[value="yes"])')
    page.click('.bar button[value="next"]')
    page.fill('[name="/data/g_a/a2"]', "34")
    page.click('label:has(input[value="f"])')
    page.screenshot(path=IMAGES / "interview-zh.png")


def dashboard(browser: Browser, address: str) -> None:
    page = sign_in(browser, address, "coordinator", 1280, 1040, "en")
    page.goto("/admin/")
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / "dashboard.png")


def week(browser: Browser, address: str) -> None:
    """The pages of docs/coordinator.md, and in Chinese those of its translation."""
    for locale, ending in (("en", ""), ("zh-CN", "-zh")):
        page = sign_in(browser, address, "coordinator", WIDTH, HEIGHT, locale)
        page.wait_for_url("**/admin/")
        blank = browser.new_page()
        for name, at in PAGES.items():
            page.goto(at)
            page.wait_for_timeout(1500)
            keep(page, blank, f"coordinator-{name}{ending}")
        look_at_sample(page)
        keep(page, blank, f"coordinator-sample{ending}")


def look_at_sample(page: Page) -> None:
    """A frame, and what would be drawn of it."""
    page.goto("/admin/surveys/frameunit/import/")
    frame = {"name": "frame.csv", "mimeType": "text/csv", "buffer": FRAME.encode()}
    page.set_input_files("[name=import_file]", frame)  # type: ignore[arg-type]
    page.click("#content [type=submit]")
    page.click("#content [type=submit]")
    page.goto("/admin/surveys/draw/new/")
    page.fill("[name=units]", "8")
    page.fill("[name=seed]", "20261128")
    page.click("form.stack .button")
    page.locator("#sample").scroll_into_view_if_needed()
    page.locator("#sample").evaluate("element => element.scrollIntoView()")


def keep(page: Page, blank: Page, name: str) -> None:
    """What the page shows, as a small WebP that a blank page makes of it."""
    png = base64.b64encode(page.screenshot()).decode()
    (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(blank.evaluate(TO_WEBP, png)))


if __name__ == "__main__":
    address, what = sys.argv[1], sys.argv[2:]
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if what == ["coordinator"]:
            week(browser, address)
        else:
            interview(browser, address)
            dashboard(browser, address)
        browser.close()
