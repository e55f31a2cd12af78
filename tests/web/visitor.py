"""A browser without a script, for tests: it keeps cookies, and sends the forms of the last page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import httpx2
from starlette.testclient import TestClient


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.words: list[str] = []
        self.pictures: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf":
            self.token = given.get("value") or ""
        if tag == "img":
            self.pictures.append(given.get("src") or "")
        if given.get("id"):
            self.ids.append(str(given["id"]))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class Visitor:
    """One browser. `last` is the last response; `text` what its page says."""

    def __init__(self, client: TestClient, language: str = "en") -> None:
        self.client = client
        self.language = language
        self.last: httpx2.Response = httpx2.Response(200)
        self._page = _Reader()

    def get(self, path: str, **more: Any) -> Visitor:
        """Opens a page, and follows redirections."""
        return self._take(self.client.get(path, headers={"accept-language": self.language}, **more))

    def post(self, path: str, fields: Mapping[str, str] | None = None, **more: Any) -> Visitor:
        """Sends a form of the last page."""
        return self._take(self.send(path, fields, **more))

    def send(self, path: str, fields: Mapping[str, str] | None = None, **more: Any) -> httpx2.Response:
        """Sends a form of the last page, but stays on that page."""
        data = {"csrf": self._page.token, **(fields or {})}
        return self.client.post(path, data=data, headers={"accept-language": self.language}, **more)

    def _take(self, response: httpx2.Response) -> Visitor:
        self.last = response
        self._page = _Reader()
        self._page.feed(response.text)
        return self

    @property
    def text(self) -> str:
        """The words of the page, with single blanks."""
        return " ".join(" ".join(self._page.words).split())

    @property
    def path(self) -> str:
        """Where it is."""
        return self.last.url.path

    @property
    def status(self) -> int:
        """The status of the last response."""
        return self.last.status_code

    @property
    def pictures(self) -> list[str]:
        """The addresses of the page's pictures."""
        return self._page.pictures

    @property
    def ids(self) -> list[str]:
        """The ids of its elements."""
        return self._page.ids

    def found(self, pattern: str) -> str:
        """The first match of a pattern in the page's words."""
        match = re.search(pattern, self.text)
        assert match, (pattern, self.text)
        return match[0]

    # --- what people do

    def name_and_password(self, user: str, password: str, after: str = "") -> Visitor:
        """Fills in the first page."""
        self.get("/sign-in")
        return self.post("/sign-in", {"user": user, "password": password, "next": after})

    def code(self, code: str) -> Visitor:
        """Fills in the second page."""
        return self.post("/sign-in/code", {"code": code})
