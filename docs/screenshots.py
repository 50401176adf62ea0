"""Takes the README's pictures from a running demo: `make run`, then `make screenshots`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "five-standards"  # noqa: S105  # of the demo


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


if __name__ == "__main__":
    address = sys.argv[1]
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        interview(browser, address)
        dashboard(browser, address)
        browser.close()
