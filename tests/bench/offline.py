"""`make bench-offline`: how soon our page can be used on a bad network, and on a slow phone with none.

The web server is that of production, with files collected and compressed. A first visit has nothing in its
caches and a network of 400 ms and 50 kB a second. A launch has no network, a Chromium at a sixth of this
machine's speed and a service worker that does not run yet; beside each stands that of a bare page, which the
worker has too, as the machine is never quiet.
"""

import os
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.bench.house import installation, tell
from tests.bench.pages import SLOWER, browser, print_size
from tests.collect.web import gunicorn

SLOW_3G = {
    "offline": False,
    "latency": 400,  # ms
    "downloadThroughput": 50_000,  # bytes a second
    "uploadThroughput": 50_000,
}
FIRST_BAR_S, LAUNCH_BAR_S = 5.0, 1.0
VISITS, LAUNCHES = 3, 7
PAUSE_MS = 1500  # what a page does when it has time
BARE = "/static/bare.html"
FORM = "document.getElementById('interview')?.dataset.state === 'ready'"
PHONE = "document.querySelector('#phone h1')"
ANYTHING = "document.readyState === 'complete'"
# When what is to be seen is there and was painted, in ms after the person asked for it.
USABLE = """() => new Promise((resolve) => {{
  const asked = Number(sessionStorage.clicked ?? performance.timeOrigin);
  const done = () => resolve(performance.timeOrigin + performance.now() - asked);
  const look = () => ({is_there} ? requestAnimationFrame(() => setTimeout(done)) : setTimeout(look, 4));
  look();
}})"""
START = """() => {
  sessionStorage.clicked = performance.timeOrigin + performance.now();
  [...document.querySelectorAll('#phone button')].find((one) => one.textContent.startsWith('Start')).click();
}"""
KEEP_BARE = """(address) => caches.open('bare').then((cache) => cache.put(address, new Response(
  '<!doctype html><title>Bare</title><p>Bare', { headers: { 'Content-Type': 'text/html' } })))"""


def main() -> None:
    print_size()
    with site() as address, browser() as chromium:
        measure_first(chromium, address)
        measure_launches(chromium, address)


@contextmanager
def site() -> Iterator[str]:
    """The demo survey without its interviews, as production serves it."""
    with installation():
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connections  # noqa: PLC0415

        from surveys import demo  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        demo.build()
        connections.close_all()
        with gunicorn({}, Path(os.environ["VAR_DIR"]) / "gunicorn.log") as web:
            yield web.url


def measure_first(chromium: Browser, address: str) -> None:
    """The live page of a draft, by somebody who is signed in and was never here."""
    page = signed_in(chromium, address)
    page.click(".card.go button")
    page.wait_for_url("**/fill/**")
    draft, cookies = page.url, page.context.cookies()
    page.context.close()
    times = []
    for _ in range(VISITS):
        page = phone(chromium, address)
        page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were given
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_3G)
        page.goto(draft, wait_until="commit")
        times.append(usable(page, FORM))
        assert_alive(page)
        page.context.close()
    tell("first visit on slow 3G", statistics.median(times), FIRST_BAR_S)


def assert_alive(page: Page) -> None:
    """The first question can be answered, and the answer counts."""
    progress = page.locator("section:not([hidden]) [data-progress]")
    before = progress.inner_text()
    page.locator("section:not([hidden]) .q:visible input[type=radio]").first.check()
    expect(progress).not_to_have_text(before)


def measure_launches(chromium: Browser, address: str) -> None:
    page = signed_in(chromium, address)
    resume = take_along(page)
    page.context.set_offline(True)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("ServiceWorker.enable")
    launches: Mapping[str, Callable[[], float]] = {
        "bare": lambda: opened(page, session, BARE, ANYTHING),
        "On this phone": lambda: opened(page, session, "/offline/", PHONE),
        "an interview resumed": lambda: opened(page, session, resume, FORM),
        "an interview begun": lambda: begun(page, session),
    }
    times = [{name: launch() for name, launch in launches.items()} for _ in range(LAUNCHES)]
    medians = {name: statistics.median(one[name] for one in times) for name in launches}
    bare = medians.pop("bare")
    for name, seconds in medians.items():
        tell(f"{name}, no network", seconds, LAUNCH_BAR_S, bare_seconds=round(bare, 3))


def take_along(page: Page) -> str:
    """The questionnaire comes along, and an interview is begun: the address at which it goes on."""
    page.goto("/offline/")
    page.get_by_role("button", name="Make available offline").first.click()
    page.get_by_text("Works without a network").first.wait_for()
    page.evaluate(KEEP_BARE, BARE)
    page.evaluate(START)
    page.wait_for_url("**/fill/**")
    usable(page, FORM)
    page.wait_for_timeout(PAUSE_MS)
    page.evaluate("() => sessionStorage.clear()")
    return page.url


def opened(page: Page, session: CDPSession, address: str, is_there: str) -> float:
    """Seconds from nothing until it can be used."""
    page.goto("about:blank")
    session.send("ServiceWorker.stopAllWorkers")
    page.goto(address, wait_until="commit")
    seconds = usable(page, is_there)
    page.wait_for_timeout(PAUSE_MS)
    return seconds


def begun(page: Page, session: CDPSession) -> float:
    """Seconds from the press of "Start" until the first question can be answered."""
    opened(page, session, "/offline/", PHONE)
    page.evaluate(START)
    page.wait_for_url("**/fill/**", wait_until="commit")
    seconds = usable(page, FORM)
    page.evaluate("() => sessionStorage.clear()")
    page.wait_for_timeout(PAUSE_MS)
    return seconds


def usable(page: Page, is_there: str) -> float:
    """Waits for it; the seconds since the person asked."""
    milliseconds: float = page.evaluate(USABLE.format(is_there=is_there))
    return milliseconds / 1000


def signed_in(chromium: Browser, address: str) -> Page:
    from surveys import demo  # noqa: PLC0415  # settings are there by now

    page = phone(chromium, address)
    page.goto("/login/")
    page.fill("[name=username]", demo.ENUMERATORS[0])
    page.fill("[name=password]", demo.PASSWORD)
    page.click(".button.primary")
    page.locator(".card.go").first.wait_for()
    return page


def phone(chromium: Browser, address: str) -> Page:
    size: Any = {"width": 390, "height": 844}
    return chromium.new_context(base_url=address, viewport=size, locale="en").new_page()


if __name__ == "__main__":
    main()
