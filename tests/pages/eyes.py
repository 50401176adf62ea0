"""Looks at a page in a browser for what keeps somebody from using it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.access.world import World
from tests.pages.visits import Visit

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
LOOKING = Path(__file__).with_name("page.js")
PHONE, DESK, SMALLEST = 390, 1280, 320  # px
HEIGHT = 844
DRAWN_MS = 500  # until charts are as wide as the screen has become
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ADVICE = ["best-practice"]
NAMES = Path(__file__).with_name("names.txt")


@dataclass(frozen=True)
class Manner:
    """How a page is opened."""

    language: str
    scheme: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


@dataclass
class Report:
    """What was found, with the pages where it was."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    advice: dict[str, list[str]] = field(default_factory=dict)
    visited: int = 0

    def __str__(self) -> str:
        return "\n".join(f"{what}\n    on {len(on)}: {on[0]}" for what, on in self.faults.items())


class Eyes:
    """A browser for each person, with what they are shown looked through."""

    def __init__(self, browser: Browser, address: str, world: World, manner: Manner) -> None:
        self.browser, self.address, self.world, self.manner = browser, address, world, manner
        self.pages = dict[str, Page]()
        self.report = Report()

    def look(self, visit: Visit, data: str) -> None:
        page = self.page(visit.who)
        self.open(page, visit)
        for fault in self.faults(page, data):
            self.report.faults.setdefault(fault, []).append(str(visit))
        self.report.visited += 1

    def faults(self, page: Page, data: str) -> Iterator[str]:
        for one in page.evaluate("([tags, best]) => looking.rules(tags, best)", [WCAG, ADVICE]):
            if one["isAdvice"]:
                self.report.advice.setdefault(one["text"], []).append(page.url)
            else:
                yield one["text"]
        yield from page.evaluate("looking.structure()")
        yield from page.evaluate("looking.controls()")
        yield from words(page.evaluate("looking.foreign()"), data)
        page.keyboard.press("Tab")
        yield from page.evaluate("looking.focus()")
        yield from self.narrow(page)

    def narrow(self, page: Page) -> Iterator[str]:
        """Whether it fits the screen, and one as wide as 1280 px at four times the size."""
        yield from page.evaluate("looking.overflow()")
        page.set_viewport_size({"width": SMALLEST, "height": HEIGHT})
        if page.evaluate("looking.overflow()"):
            page.wait_for_timeout(DRAWN_MS)
        yield from page.evaluate("looking.overflow()")
        page.set_viewport_size({"width": self.manner.width, "height": HEIGHT})

    def page(self, who: str) -> Page:
        if who not in self.pages:
            self.pages[who] = self.context(who).new_page()
        return self.pages[who]

    def context(self, who: str) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": self.manner.width, "height": HEIGHT},
            locale=self.manner.language,
            color_scheme=self.manner.scheme,  # type: ignore[arg-type]
            service_workers="block",
        )
        context.add_init_script(path=AXE)
        context.add_init_script(path=LOOKING)
        cookies = self.world.cookies[who].items()
        context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies]
        )
        return context

    def open(self, page: Page, visit: Visit) -> None:
        """Go to a page, or to an answer as if it had been given there; wait until its scripts are done."""
        if visit.text:
            page.route(f"{self.address}{visit.path}", lambda route: answer(route, visit), times=1)
        page.goto(visit.path)
        page.locator("[data-state=opening]").wait_for(state="hidden")

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def answer(route: Route, visit: Visit) -> None:
    route.fulfill(body=visit.text, content_type="text/html; charset=utf-8")


def words(runs: list[str], data: str) -> Iterator[str]:
    """Words of another language that are neither data nor names."""
    values = set(data.split("\n"))
    for run in runs:
        if run.lower() not in data and not all(
            word.lower() in values or is_name(word) for word in run.split()
        ):
            yield f"not of this page's language: {run}"


def is_name(word: str) -> bool:
    """Whether it is one of the names, or one of a file, a column, an address or a cell."""
    return word.strip(".") in names() or re.search(r"[\w-][_/@.:\d]", word) is not None


@cache
def names() -> set[str]:
    lines = NAMES.read_text("utf-8").splitlines()
    return {name for line in lines if not line.startswith("#") for name in line.split()}
