"""The phone: a real Chromium with a profile that outlives it, and what it holds, read past our scripts."""

import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, BrowserType, Error, Page
from playwright.sync_api import TimeoutError as Late

from tests.conftest import BROWSER_SWITCHES

PATIENCE_MS = 10_000
BURIAL_S = 5.0
LIVE = re.compile(r"/fill/\d+/[^/]+/\?draft=")
SAFE = (
    "saved",
    "kept",
    "kept_signed_out",
    "only_phone",
    "only_server",
)  # states that call it saved
LOOK = """() => ({
    draft: new URLSearchParams(location.search).get("draft") ?? "",
    opening: String(performance.timeOrigin),
    state: document.querySelector(".saved")?.dataset.state ?? "",
    isReady: document.getElementById("interview")?.dataset.state === "ready"
        && !document.querySelector("form.body").inert, // it is being finished
    isAsked: !!document.querySelector("dialog[open]"),
})"""
SAVED = f"() => {list(SAFE)}.includes(document.querySelector('.saved')?.dataset.state)"
HOLDINGS = """async (account) => {
    const name = `five-standards-${account}`;
    if (!(await indexedDB.databases()).some((one) => one.name === name)) return {};
    const asked = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await asked(indexedDB.open(name));
    const sha256 = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
        .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const all = (store) => asked(database.transaction(store).objectStore(store).getAll());
    const held = { drafts: await all("drafts"), outbox: [], files: [] };
    for (const { xml, ...entry } of await all("outbox")) {
        held.outbox.push({ ...entry, hasXml: !!xml, xmlHash: xml ? await sha256(xml) : "",
            text: xml ? new TextDecoder().decode(xml) : "" });
    }
    for (const { blob, ...file } of await all("files")) {
        held.files.push({ ...file, hash: await sha256(await blob.arrayBuffer()) });
    }
    database.close();
    return held;
}"""
COPY = """async (draft) => {
    const response = await fetch(`/interview/${draft}/instance`, { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).tree : null;
}"""
FILE = """async ([draft, name]) => {
    const response = await fetch(`/interview/${draft}/files/${encodeURIComponent(name)}`);
    if (!response.ok) return "";
    const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


@dataclass(frozen=True)
class Look:
    """What a person sees of the interview on the page in front."""

    draft: str
    opening: str  # of the page: another one after every reload
    state: str
    is_ready: bool = False
    is_asked: bool = False  # whose answers count

    @property
    def is_saved(self) -> bool:
        return self.is_ready and self.state in SAFE


@dataclass(frozen=True)
class Holdings:
    """What the phone holds of an account."""

    drafts: Sequence[Mapping[str, Any]] = ()
    outbox: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()

    def files_of(self, draft: str) -> dict[str, str]:
        """The SHA-256 of its files' bytes, by name."""
        return {one["name"]: one["hash"] for one in self.files if one["draft"] == draft}


class Phone:
    """One at a time is its `page` in front. Between runs it is given to a colleague."""

    context: BrowserContext
    page: Page

    def __init__(
        self, chromium: BrowserType, program: str, profile: Path, address: tuple[str, int]
    ) -> None:
        self.chromium, self.program, self.profile = chromium, program, profile
        self.address = "http://{}:{}".format(*address)
        self.is_in_flight_mode = False
        self.is_forgetful = False  # whether it loses with the power what pages had written

    def start(self) -> None:
        self.context = self.chromium.launch_persistent_context(
            self.profile,
            executable_path=self.program,
            args=list(BROWSER_SWITCHES),
            base_url=self.address,
            viewport={"width": 390, "height": 844},
            locale="en",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.set_offline(self.is_in_flight_mode)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def switch_off(self) -> None:
        self.context.close()

    def kill(self, *, is_long_on: bool = True) -> None:
        """All processes of the browser end at once, as when the battery is pulled out.

        It writes cookies every half minute, longer than a run: those of a phone that was on for
        long are there when it starts again.
        """
        cookies = self.context.cookies() if is_long_on else []
        family = self.processes()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=BURIAL_S)
        if self.is_forgetful:
            shutil.rmtree(self.profile / "Default" / "IndexedDB", ignore_errors=True)
        with suppress(Error):
            self.context.close()
        self.start()
        self.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were read

    def processes(self) -> list[psutil.Process]:
        """The browser first, then what it has started."""
        mark = f"--user-data-dir={self.profile}"
        children = psutil.Process().children(recursive=True)
        (browser,) = (one for one in children if _is_browser(one, mark))
        return [browser, *browser.children(recursive=True)]

    def fly(self, is_on: bool) -> None:
        """Flight mode: pages are told that there is no network."""
        self.is_in_flight_mode = is_on
        self.context.set_offline(is_on)

    def open_tab(self) -> None:
        self.page = self.context.new_page()

    def close_tab(self) -> None:
        self.page.close()
        self.page = self.context.pages[-1] if self.context.pages else self.context.new_page()

    def close_all(self) -> None:
        """One empty tab is left."""
        before = self.context.pages
        self.open_tab()
        for page in before:
            page.close()

    def visit(self, address: str) -> bool:
        """Whether a page of ours came, from the server or from the phone."""
        try:
            self.page.goto(address, wait_until="commit")
        except Error:  # the person gives up; where it still loads, the driver would wait on and on
            self.context.new_cdp_session(self.page).send("Page.stopLoading")
        return self.page.url.startswith(self.address)

    def is_signed_in(self) -> bool:
        """As the server sees it."""
        return self.context.request.get("/offline/kits.json").ok

    def look(self) -> Look:
        try:
            seen = self.page.evaluate(LOOK)
        except Error:  # it goes to another page at this moment
            return Look("", "", "")
        return Look(*(seen[key] for key in ("draft", "opening", "state", "isReady", "isAsked")))

    def wait_until_saved(self) -> Look:
        with suppress(Late):
            self.page.wait_for_function(SAVED)
        return self.look()

    def holdings(self, account: int) -> Holdings:
        """On a page of ours that goes to no other, but for a moment after it was opened."""
        with suppress(Error):
            return Holdings(**self.page.evaluate(HOLDINGS, str(account)))
        self.page.wait_for_load_state()
        return Holdings(**self.page.evaluate(HOLDINGS, str(account)))

    def copy_of(self, draft: str) -> Any:
        """The tree of a draft on the server, which opens it for nobody else; None where there is none."""
        return self.page.evaluate(COPY, draft)

    def hash_of(self, draft: str, name: str) -> str:
        """The SHA-256 of a draft's file on the server, blank where there is none."""
        return str(self.page.evaluate(FILE, [draft, name]))

    def wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Whether it became so; the page goes on meanwhile."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                return False
            self.page.wait_for_timeout(50)
        return True


def _is_browser(process: psutil.Process, mark: str) -> bool:
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return mark in words and not any(word.startswith("--type=") for word in words)
