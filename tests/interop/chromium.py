"""Headless Chromium, told what to do over the DevTools protocol: pages, key events, screenshots.

The protocol runs over a pair of pipes (file descriptors 3 and 4 of the browser), each message ended by a zero
byte: no port is open and nothing but Chromium is needed.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from interop.keys import KeyEvent
from interop.serving import ended, program

ANSWER_S = 60.0
READS, WRITES = 3, 4  # the browser's ends
OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--hide-scrollbars",
)
# A page puts the cursor where it wants it when it is drawn for the first time.
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


class Browser:
    """A running browser. Calls wait for their answers; events are kept until someone waits for them."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._events: list[dict[str, Any]] = []
        self._rest = b""

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Calls a method of the protocol; raises RuntimeError when it fails."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        self._writer.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
            self._events.append(answer)

    def forget(self, event: str, session: str) -> None:
        """Drops the events of this kind that came so far."""
        self._events = [each for each in self._events if not _is(each, event, session)]

    def wait(self, event: str, session: str) -> None:
        """Until there is such an event."""
        while not any(_is(each, event, session) for each in self._events):
            self._events.append(self._next())

    def page(self) -> Page:
        """A new page with cookies of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._reader], [], [], ANSWER_S)[0]:
                raise RuntimeError("Chromium does not answer")
            more = os.read(self._reader.fileno(), 1 << 16)
            if not more:
                raise RuntimeError("Chromium has ended")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


def _is(message: dict[str, Any], event: str, session: str) -> bool:
    return message.get("method") == event and message.get("sessionId") == session


class Page:
    """One page and what a person at it does and sees."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self._call("Page.enable")
        self._call("Emulation.setFocusEmulationEnabled", enabled=True)

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """What is done in the block leads to another page; waits until that is there."""
        self._browser.forget("Page.loadEventFired", self._session)
        yield
        self._browser.wait("Page.loadEventFired", self._session)
        self.evaluate(DRAWN)

    def go(self, url: str) -> None:
        """Opens an address."""
        with self.loading():
            self._call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.evaluate("document.body.innerText"))

    @property
    def address(self) -> str:
        """Where the page is."""
        return str(self.evaluate("location.href"))

    def focus(self, selector: str) -> None:
        """Puts the cursor into the first field that the CSS selector finds."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def fill(self, selector: str, text: str) -> None:
        """Writes into a field, as a person would paste."""
        self.focus(selector)
        self._call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Presses a button that leads to another page."""
        with self.loading():
            self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def press(self, events: Iterable[KeyEvent]) -> None:
        """Key events, which go to whatever has the focus."""
        for event in events:
            self._call("Input.dispatchKeyEvent", **event.params())

    def screenshot(self) -> bytes:
        """The whole page as a PNG."""
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser with an empty profile, for as long as the block lasts."""
    with contextlib.ExitStack() as kept:
        # Not a test's own folder: the path of a socket in it has to be short.
        folder = kept.enter_context(
            tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        )
        (takes, commands), (answers, gives) = _pipe(), _pipe()
        writer = kept.enter_context(os.fdopen(commands, "wb"))
        reader = kept.enter_context(os.fdopen(answers, "rb", buffering=0))
        options = [*OPTIONS, f"--user-data-dir={folder}/profile"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # it refuses to make one as root
        process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" {READS}<&{takes} {WRITES}>&{gives}', "bash"]
            + [program("chromium"), *options, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(takes, gives),
            env=os.environ | {"HOME": folder, "TMPDIR": folder},
        )
        os.close(takes)
        os.close(gives)
        try:
            running = Browser(reader, writer)
            yield running
            running.call("Browser.close")
        finally:
            ended(process)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends have numbers that are not the browser's."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, WRITES + 1) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
