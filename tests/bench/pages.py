"""How fast the live page is on a cheap phone; `python -m tests.bench.pages` prints it as JSON lines.

A Chromium at a sixth of this machine's speed opens real pages of a real server. Frames are not
waited for: what is measured is what the page itself takes until a change is painted.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SLOWER = 6
OPENINGS = 5
MEMBERS = 20
KB = 1000
MOST_KB = 20
BIND_S, LARGE_BIND_S, KEYSTROKE_S, SEARCH_S = 0.1, 0.2, 0.016, 0.05
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync")
# From the key to the moment after the next frame, for each key.
WATCH = """() => {
  const isWatched = !!window.times;
  window.times = [];
  if (isWatched) return;
  addEventListener("keydown", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.times.push(performance.now() - start);
      port2.postMessage(null);
    });
  }, true);
}"""


def main() -> None:
    print_sizes()
    with site() as (address, cookie, drafts), browser() as chromium:
        for name, measure in MEASURES.items():
            page = slow_page(chromium, address, cookie)
            measure(page, drafts[name])
            page.context.close()


def tell(name: str, seconds: float, bar_s: float, page: Page | None = None) -> None:
    line: dict[str, Any] = {"name": name, "ratio": round(seconds / bar_s, 3)}
    line |= {"seconds": round(seconds, 4), "baseline_seconds": bar_s}
    used = page.evaluate("performance.memory.usedJSHeapSize") if page else 0
    print(json.dumps(line | {"peak_mb": round(used / KB / KB, 1)}))


def print_sizes() -> None:
    """All scripts that the page loads before it can be used, minified and compressed."""
    with tempfile.TemporaryDirectory() as folder:
        built = bundle(Path(folder))
        size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in built) / KB
    line = {"name": "scripts of the first load, kB", "ratio": round(size / MOST_KB, 3)}
    print(json.dumps(line | {"kb": round(size, 2), "baseline_kb": MOST_KB}))


def bundle(folder: Path) -> list[Path]:
    """The first load, built by esbuild: the entry and what it imports at once."""
    program = ROOT / "node_modules" / ".bin" / "esbuild"
    told = folder / "told.json"
    command = [program, ROOT / "static/js/webform/main.js", "--bundle", "--minify", "--splitting"]
    options = ["--format=esm", "--log-level=error", f"--outdir={folder}", f"--metafile={told}"]
    subprocess.run([*command, *options], check=True, cwd=ROOT)
    outputs = {Path(ROOT, name).resolve(): out for name, out in read(told)["outputs"].items()}
    wanted, seen = [(folder / "main.js").resolve()], set[Path]()
    while wanted:
        path = wanted.pop()
        seen.add(path)
        imports = [one for one in outputs[path]["imports"] if one["kind"] == "import-statement"]
        wanted += [new for one in imports if (new := Path(ROOT, one["path"]).resolve()) not in seen]
    return sorted(seen)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@contextmanager
def site() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """A server with the forms: its address, a session, and the page of a draft by form."""
    with tempfile.TemporaryDirectory(prefix="five-standards-bench-") as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "SECRET_KEY": "used for measuring only",
            "DEBUG": "true",
            "HTTPS": "false",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "REDIS_URL": "",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright has a loop in this thread
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
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
    page.goto(url)
    page.wait_for_selector("#interview[data-state=ready]")
    milliseconds: float = page.evaluate("performance.getEntriesByName('bind').at(-1).duration")
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
    tell("rich form bound", bind_time(page, url), BIND_S, page)
    seconds = keystroke_time(page, "/data/head/head_age", "4142434445")
    tell("rich form keystroke", seconds, KEYSTROKE_S, page)


def large(page: Page, url: str) -> None:
    tell("475 rules, 20 repeats bound", bind_time(page, url), LARGE_BIND_S, page)
    seconds = keystroke_time(page, "/data/p3/a3_4", "1234567890")
    tell("475 rules, 20 repeats keystroke", seconds, KEYSTROKE_S, page)
    seconds = keystroke_time(page, "/data/member[3]/age", "1234567890")
    tell("475 rules, 20 repeats keystroke in a repeat", seconds, KEYSTROKE_S, page)


def towns(page: Page, url: str) -> None:
    opened(page, url)
    seconds = keystroke_time(page, "/data/any", "shan lu")
    tell("50,000 choices searched", seconds, SEARCH_S, page)


MEASURES: Mapping[str, Callable[[Page, str], None]] = {"rich": rich, "large": large, "towns": towns}
FORMS = tuple(MEASURES)

if __name__ == "__main__":
    sys.exit(main())
