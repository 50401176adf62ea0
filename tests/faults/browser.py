"""An enumerator's page as far as a server can tell: signs in, copies what is typed, finishes, and believes
only what it was told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from http.cookiejar import CookieJar
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import UUID

from tests.factories import PASSWORD

PATIENCE_S = 30.0
GONE = 410


@dataclass
class Draft:
    """An interview on the page. `saved` is the last age that the server said it has, `unsure` are those
    that were sent since and not answered; it is `finished` when the server said so.
    """

    id: str
    revision: int = 0
    saved: str = ""
    unsure: list[str] = field(default_factory=list)
    finished: bool = False


@dataclass
class Browser:
    """A page of somebody's. What goes wrong on the way is as if there had been no answer."""

    url: str
    user: str
    version: int
    site: str
    random: Random
    drafts: list[Draft] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))

    def work(self) -> None:
        """The next thing that a person does: begin, type, or finish."""
        unfinished = [draft for draft in self.drafts if not draft.finished]
        if not unfinished or self.random.random() < 0.3:
            unfinished.append(Draft(str(UUID(int=self.random.getrandbits(128), version=4))))
            self.drafts.append(unfinished[-1])
        draft = self.random.choice(unfinished)
        if draft.revision and self.random.random() < 0.5:
            self.finish(draft)
        else:
            self.save(draft, str(self.random.randint(16, 89)))

    def save(self, draft: Draft, age: str) -> None:
        """Copy what is typed. Where the server has a later revision than we know of, it is ours: its
        answer was lost.
        """
        address = f"/interview/{draft.id}/instance"
        draft.unsure.append(age)
        status, said = self._ask("PUT", address, json.dumps(self._document(draft, age)).encode())
        if status == 409:
            draft.revision = said["revision"]
            document = json.dumps(self._document(draft, age)).encode()
            status, said = self._ask("PUT", address, document)
        if status == 200:
            draft.revision, draft.saved, draft.unsure = said["revision"], age, []
        draft.finished |= status == GONE

    def _document(self, draft: Draft, age: str) -> dict[str, Any]:
        document = {"tree": ["data", [["age", age]]], "revision": draft.revision}
        begun = datetime.now(UTC).isoformat()
        begin = {"version": self.version, "site": self.site, "started": begun, "device": "page"}
        return document | ({} if draft.revision else {"begin": begin})

    def finish(self, draft: Draft) -> None:
        body = urlencode({"revision": draft.revision}).encode()
        status, said = self._ask("POST", f"/interview/{draft.id}/finish/", body)
        draft.finished |= status in (200, GONE)
        if status == 409:
            draft.revision = said["revision"]

    def end(self) -> int:
        """Finish every other one, the rest stay drafts; how many of them are left then."""
        for draft in self.drafts[::2]:
            if draft.finished:
                continue
            if draft.revision and draft.saved:
                self.finish(draft)
            else:
                self.save(draft, "50")
        return sum(not draft.finished for draft in self.drafts[::2])

    def _ask(self, method: str, address: str, body: bytes | None) -> tuple[int, Mapping[str, Any]]:
        """The answer, after signing in where the server asks for it; status 0 without an answer."""
        try:
            status, said = self._request(method, address, body)
            if status in (401, 403):
                self._sign_in()
                status, said = self._request(method, address, body)
        except (OSError, HTTPException, ValueError):
            return 0, {}
        return status, said

    def _sign_in(self) -> None:
        fields = {"username": self.user, "password": PASSWORD}
        self._request("POST", "/login/", urlencode(fields).encode())

    def _request(
        self, method: str, address: str, body: bytes | None
    ) -> tuple[int, Mapping[str, Any]]:
        if not self._token:
            self._open("GET", f"/interview/{UUID(int=0)}/instance", None, {})
        headers = {"Accept": "application/json", "X-CSRFToken": self._token}
        return self._open(method, address, body, headers)

    @property
    def _token(self) -> str:
        return next((one.value or "" for one in self._cookies if one.name == "csrftoken"), "")

    def _open(
        self, method: str, address: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, Any]]:
        request = Request(self.url + address, body, headers, method=method)  # noqa: S310  # our own
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                status, content = answer.status, answer.read()
        except HTTPError as error:
            status, content = error.code, error.read()
        is_json = content.startswith(b"{")
        return status, json.loads(content) if is_json else {}

    def age_of(self, draft: Draft) -> str:
        """What a draft that is not finished holds on the server, or what is answered instead."""
        if draft.finished or not draft.saved:
            return ""
        status, said = self._ask("GET", f"/interview/{draft.id}/instance", None)
        if "tree" not in said:
            return f"{status} {said.get('message', '')}"
        return next((text for name, text in said["tree"][1] if name == "age"), "")
