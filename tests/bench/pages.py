"""How fast the live page is on a cheap phone; `python -m tests.bench.pages` prints it as JSON lines.

A Chromium at a sixth of this machine's speed opens real pages of a real server. Frames are not
waited for: what is measured is what the page itself takes until a change is painted.
"""

import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.house import installation, tell, write

ROOT = Path(__file__).parents[2]
SLOWER = 6
OPENINGS = 5
KB = 1000
PAUSE_MS = 1500
MOST_KB, MOST_OFFLINE_KB = 20, 35
BIND_S, LARGE_BIND_S, KEYSTROKE_S, SEARCH_S = 0.1, 0.2, 0.016, 0.05
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync")
BOUND = """() => new Promise((resolve) => {
  const isBound = ({ name }) => name === "bind";
  new PerformanceObserver((list) => {
    const measure = list.getEntries().find(isBound);
    if (measure) resolve(measure.duration);
  }).observe({ type: "measure", buffered: true });
})"""
# From the key's first listener until styles and places of all boxes are known again. The browser's own
# part, painting a letter, takes longer than that on an empty page.
WATCH = """() => {
  const isWatched = !!window.times;
  window.times = [];
  if (isWatched) return;
  let start;
  addEventListener("input", () => (start = performance.now()), true);
  addEventListener("input", () => {
    document.body.getBoundingClientRect();
    window.times.push(performance.now() - start);
  });
}"""


def main() -> None:
    print_size()
    with site() as (address, cookie, drafts), browser() as chromium:
        for name, measure in MEASURES.items():
            page = slow_page(chromium, address, cookie)
            measure(page, drafts[name])
            page.context.close()


def tell_of(page: Page, name: str, seconds: float, bar_s: float) -> None:
    used: float = page.evaluate("performance.memory.usedJSHeapSize")
    tell(name, seconds, bar_s, peak_mb=round(used / KB / KB, 1))


def print_size() -> None:
    """All scripts that the page loads before it can be used, and those by which it works without a
    network besides, minified and compressed.
    """
    _tell_size("scripts of the first load", MOST_KB)
    _tell_size("scripts of the form and of offline", MOST_OFFLINE_KB, "--offline")


def _tell_size(name: str, most_kb: float, *options: str) -> None:
    command = ["node", str(Path(__file__).with_name("size.mjs")), *options]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    kb = int(done.stdout) / KB
    write(name=name, ratio=round(kb / most_kb, 3), kb=kb, baseline_kb=most_kb)


@contextmanager
def site() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """A server with the forms: its address, a session, and the page of a draft by form."""
    with installation(debug=True):  # static files as they are
        from tests.bench import serving  # noqa: PLC0415  # settings come from the environment above

        with serving.server() as address:
            cookie, drafts = serving.begin(FORMS)
            yield address, cookie, drafts


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield chromium
        chromium.close()


def slow_page(chromium: Browser, address: str, cookie: str) -> Page:
    context = chromium.new_context(base_url=address, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def opened(page: Page, url: str) -> float:
    """Open the page; the seconds until form and answers were bound."""
    page.goto(url, wait_until="commit")
    milliseconds: float = page.evaluate(BOUND)
    page.wait_for_timeout(PAUSE_MS)  # what the page does when it has time
    return milliseconds / KB


def bind_time(page: Page, url: str) -> float:
    return statistics.median(opened(page, url) for _ in range(OPENINGS))


def keystroke_time(page: Page, place: str, keys: str) -> float:
    """The median over keys typed into a question."""
    show(page, place)
    field = page.locator(f'.q[data-path="{place}"] .form-control:visible')
    field.click()
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(100)
    times = page.evaluate("window.times")
    assert len(times) == len(keys), "every key was painted"
    return float(statistics.median(times)) / KB


def show(page: Page, place: str) -> None:
    """Go to a question by its address, as links do."""
    page.evaluate("place => { location.hash = `q${place}`; }", place)
    page.locator(f'.q[data-path="{place}"]').wait_for()


def rich(page: Page, url: str) -> None:
    tell_of(page, "rich form bound", bind_time(page, url), BIND_S)
    seconds = keystroke_time(page, "/data/head/head_age", "4142434445")
    tell_of(page, "rich form keystroke", seconds, KEYSTROKE_S)


def large(page: Page, url: str) -> None:
    tell_of(page, "475 rules, 20 repeats bound", bind_time(page, url), LARGE_BIND_S)
    seconds = keystroke_time(page, "/data/p3/a3_4", "1234567890")
    tell_of(page, "475 rules, 20 repeats keystroke", seconds, KEYSTROKE_S)
    seconds = keystroke_time(page, "/data/member[3]/age", "1234567890")
    tell_of(page, "475 rules, 20 repeats keystroke in a repeat", seconds, KEYSTROKE_S)


def towns(page: Page, url: str) -> None:
    opened(page, url)
    seconds = keystroke_time(page, "/data/any", "shan lu")
    tell_of(page, "50,000 choices searched", seconds, SEARCH_S)


MEASURES: Mapping[str, Callable[[Page, str], None]] = {"rich": rich, "large": large, "towns": towns}
FORMS = tuple(MEASURES)

if __name__ == "__main__":
    main()
