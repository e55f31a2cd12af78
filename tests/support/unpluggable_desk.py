"""The real command line in this process, on a virtual token that can be unplugged at any byte.

The port replaces pyserial's, and fails in the same way: with OSError.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import sys
import tempfile
import unittest.mock
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ticktap.cli.main import run
from ticktap.device import pin, token_choice
from ticktap.device.client import Client
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.owner_key import KeyLocation
from ticktap.errors import TokenError
from ticktap.simulator import VirtualToken
from ticktap.simulator.parts.flash import SECTOR
from ticktap.simulator.port import TokenPort

ADDRESS = "virtual:/desk"
PIN = "unplugged horse"
ARRIVES_MS = 4.0  # until bytes written have been read by the firmware
PRESS_AFTER_MS = 1_100.0  # the token shows for a second what the press is for
AFTER_A_PRESS = 4  # longer steps after a press, because its effects take longer
NEVER = 1 << 30
PRESSED_MS = PRESS_AFTER_MS + 60 - ARRIVES_MS  # until the button is up, about
TWICE = re.compile(rb'"(store\.reset|token\.claim|pin\.set|pin\.remove|pin\.keys)\\?"')  # need two presses
PRESSES = re.compile(
    rb'"(code\.get|code\.type|store\.compact|store\.reset|session\.allow|clock\.allow|account\.remove|'
    rb'token\.claim|token\.release|pin\.set|pin\.remove|pin\.keys)\\?"|"prove\\?":true'
)


@dataclass(frozen=True)
class Cut:
    """When the token is unplugged: after some bytes of requests or replies, or some time after a request."""

    sent: int = NEVER
    heard: int = NEVER
    request: int = NEVER  # the number of the request, from 0
    later_ms: float = 0.0


class CuttingPort:
    """A port to `token` until the cut; counts the bytes. The button is pressed for requests that wait for
    it."""

    name = ADDRESS

    def __init__(self, token: VirtualToken, cut: Cut) -> None:
        self._token = token
        self._cut = cut
        self._port: TokenPort = token.open()
        self.sent = self.heard = self.requests = 0
        self.reply_ends: list[int] = []

    def write(self, data: bytes) -> None:
        passing = min(len(data), self._cut.sent - self.sent)
        self.sent += passing
        waits = PRESSES.search(data) is not None and passing == len(data)
        if waits:
            self._token.press_later(PRESS_AFTER_MS)
            if TWICE.search(data):
                self._token.press_later(2 * PRESS_AFTER_MS + 60)
        try:
            self._port.write(data[:passing])
        except TokenError:
            raise gone() from None
        self.requests += 1
        if passing < len(data):
            self._token.advance(ARRIVES_MS)
            self._pull()
        if self.requests > self._cut.request:
            self._token.advance(
                self._cut.later_ms * AFTER_A_PRESS + PRESSED_MS if waits else self._cut.later_ms
            )
            self._pull()

    def read_line(self, timeout: float) -> bytes:
        try:
            line = self._port.read_line(timeout)
        except TokenError:
            raise gone() from None
        if self.heard + len(line) + 1 > self._cut.heard:
            self._pull()
        self.heard += len(line) + 1
        self.reply_ends.append(self.heard)
        return line

    def close(self) -> None:
        self._port.close()

    def _pull(self) -> None:
        self._token.unplug()
        raise gone()


def gone() -> OSError:
    return OSError(errno.EIO, "device disconnected")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what passed over its port."""

    code: int
    out: str
    err: str
    sent: int
    requests: int
    reply_ends: tuple[int, ...]  # bytes heard up to and with each newline

    @property
    def is_clean(self) -> bool:
        """A success, or an error of ours: known exit code, one message, one remedy, nothing unexpected."""
        if self.code == 0:
            return True
        message, _, remedy = self.err.rstrip("\n").rpartition("\n")
        return self.code in range(1, 10) and bool(message and remedy) and "nexpected" not in self.err


class Desk:
    """One virtual token whose memory is restored before each command."""

    def __init__(self) -> None:
        self.token = VirtualToken()
        self.token.plug()
        self.memory = self.token.flash.data
        self._home = tempfile.TemporaryDirectory()
        self.place = KeyLocation(env={"TICKTAP_HOME": self._home.name})
        self.place.create()
        with self.client() as client:
            self._serial = client.hello()["serial"]

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.token.close()
        self._home.cleanup()

    def keep(self) -> None:
        """Saves the present memory, which is restored before each command."""
        self.memory = self.token.flash.data

    def replug(self, memory: bytes | None = None) -> None:
        self.token.unplug()
        if memory is not None:
            for number in range(len(memory) // SECTOR):
                there = self.token.flash.sector(number)
                if there != (before := memory[number * SECTOR : (number + 1) * SECTOR]):
                    there[:] = before
        self.token.plug()

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """A client over a port that is not cut."""
        with Client(CuttingPort(self.token, Cut())) as client:
            yield client

    def state(self) -> dict[str, Any]:
        """Returns the lasting state that a host can read, after a replug. AssertionError: it is damaged."""
        self.replug()
        with self.client() as client:
            status = client.status()
            assert (status["faults"], status["store"]["state"]) in ((0, "ok"), (0, "blank")), status
            assert status["store"]["damaged"] in (0, 1), status  # a record that the cut left torn
            hello = client.hello()
            if hello["locked"]:
                client.unlock(self._key(client))
            if hello["claimed"]:
                client.prove_owner(self.place.require(), hello["serial"])
            guarded = {"claimed": hello["claimed"], "pin": client.pin()["set"]}
            return {
                "name": hello["name"],
                "accounts": client.accounts(),
                "settings": client.settings(),
                **guarded,
            }

    def _key(self, client: Client) -> bytes:
        """Returns the key of the PIN that the commands set."""
        return pin.key(PIN, pin.KdfParams.from_reply(client.pin()))

    def command(self, words: list[str], stdin: str = "", cut: Cut | None = None) -> Ended:
        """Runs one command line on the token with its saved memory. The user accepts that it has no owner."""
        self.replug(self.memory)
        KnownTokens({"TICKTAP_HOME": self._home.name}).note_free(self._serial)
        return self.again(words, stdin, cut)

    def again(self, words: list[str], stdin: str = "", cut: Cut | None = None) -> Ended:
        """Runs one on the token with its present memory."""
        ports: list[CuttingPort] = []

        def connect(_: str) -> CuttingPort:
            ports.append(CuttingPort(self.token, cut or Cut()))
            return ports[-1]

        before, token_choice.connect = token_choice.connect, connect
        stdin_before, sys.stdin = sys.stdin, io.StringIO(stdin)
        out, err = io.StringIO(), io.StringIO()
        home = unittest.mock.patch.dict(os.environ, {"TICKTAP_HOME": self._home.name})
        try:
            with home, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(["--device", ADDRESS, *words])
        finally:
            token_choice.connect, sys.stdin = before, stdin_before
        port = ports[-1]
        return Ended(code, out.getvalue(), err.getvalue(), port.sent, port.requests, tuple(port.reply_ends))
