"""What a phone keeps, asked of its own scripts in the page that is open there."""

import re
from typing import Any

from playwright.sync_api import Page

MODULES = {
    "database": "allOf, canKeep, Database",
    "checksum": "sha256",
    "outbox": "entering",
    "sending": "Sender",
    "export": "exported, imported",
    "kit": "kitsFor, takeAlong, tidy",
}


def without_storage(page: Page) -> Page:
    """A phone whose browser keeps nothing, as in some private windows: the server alone does."""
    page.context.add_init_script(
        "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"
    )
    return page


def account_of(page: Page) -> str:
    """The account that the phone is of; 7 while nobody signed in."""
    cookies = {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()}
    return cookies.get("account") or "7"


def run(page: Page, body: str, given: object = None, account: str = "") -> Any:
    """What a script gives that has the phone's `database` of an account, its modules and `given`."""
    imports = "".join(
        f'const {{ {names} }} = await import("/static/js/offline/{module}.js");'
        for module, names in MODULES.items()
        if re.search(rf"\b({names.replace(', ', '|')})\b", body + "Database")
    )
    return page.evaluate(
        f"""async ([given, account]) => {{
            {imports}
            globalThis.databases ??= {{}};
            const database = (databases[account] ??= new Database(account));
            {body}
        }}""",
        [given, account or account_of(page)],
    )


def reason(page: Page, body: str, given: object = None) -> str:
    """Why the phone does not keep what a script gives it; blank where it does."""
    caught = f"try {{ {body} }} catch (error) {{ return error.reason ?? String(error); }}"
    return str(run(page, f"{caught} return '';", given))


def finish(
    page: Page, xml: bytes, *, door: str, files: dict[str, int] | None = None, account: str = ""
) -> str:
    """Put an interview into the outbox, with files of so many bytes. Its instance id."""
    found = re.search(rb"uuid:([0-9a-f-]{36})", xml)
    assert found is not None
    given = {"id": found[1].decode(), "xml": xml.decode(), "door": door, "sizes": files or {}}
    run(page, _FINISH, given, account)
    return f"uuid:{given['id']}"


_FINISH = """
    const xml = new TextEncoder().encode(given.xml);
    const files = await Promise.all(Object.entries(given.sizes).map(async ([name, size]) => {
        const blob = new Blob([new Uint8Array(size).fill(name.charCodeAt(0))]);
        return { draft: given.id, name, blob, sha256: await sha256(blob) };
    }));
    const named = files.map(({ name, sha256, blob }) => ({ name, sha256, size: blob.size }));
    const facts = { ...given, xml, sha256: await sha256(xml), files: named, title: "Visit", site: "S1" };
    await database.keep([
        { store: "outbox", put: entering(facts, Date.now()) },
        ...files.map((put) => ({ store: "files", put })),
    ]);
"""
FLUSH = "await new Sender({ database }).flush({ isUrged: true });"


def flush(page: Page, account: str = "") -> None:
    """Send what waits, now."""
    run(page, FLUSH, account=account)


def outbox(page: Page, account: str = "") -> list[dict[str, Any]]:
    """What waits, was refused or was sent; whether the phone has the bytes still."""
    found = run(
        page,
        """
        const files = await database.all("files");
        return (await database.all("outbox")).map(({ xml, ...entry }) => ({
            ...entry, hasBytes: !!xml, kept: files.filter(({ draft }) => draft === entry.id).length,
        }));""",
        account=account,
    )
    return list(found)
