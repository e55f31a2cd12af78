"""A virtual token with its data port open, for tests that press, send requests and check results."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

KEYPAD = {usage: "1234567890"[usage - 0x59] for usage in range(0x59, 0x63)}
ENTER, TAB, NUM_LOCK_KEY = 0x28, 0x2B, 0x53
SECRET = b"12345678901234567890"
STEAM_LETTERS = "23456789BCDFGHJKMNPQRTVWXY"


def truncated(secret: bytes, counter: int, algorithm: str = "SHA1") -> int:
    """RFC 4226, 5.3, by the standard library."""
    mac = hmac.new(secret, counter.to_bytes(8, "big"), getattr(hashlib, algorithm.lower())).digest()
    at = mac[-1] & 15
    return int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF


def hotp(secret: bytes, counter: int, algorithm: str = "SHA1", digits: int = 6) -> str:
    return str(truncated(secret, counter, algorithm) % 10**digits).zfill(digits)


def steam(secret: bytes, step: int) -> str:
    value, out = truncated(secret, step), ""
    for _ in range(5):
        value, place = divmod(value, len(STEAM_LETTERS))
        out += STEAM_LETTERS[place]
    return out


CHANGES = {
    *("account.add", "account.rename", "account.set", "account.move", "account.default", "account.remove"),
    *("settings.set", "token.rename", "clock.set", "clock.trim"),
}
KEYED = {"session.allow", "clock.allow"}  # their press allows a session
TWICE = {"token.claim", "store.reset", "pin.set", "pin.remove", "pin.keys"}  # need two presses
SHOWN_MS = 1100  # until the LED has shown a whole pattern, and presses count


class Pressed:
    """A session that a press allows: calls with a number and a MAC, under a key of our own."""

    def __init__(self) -> None:
        self._key = bytes(range(7, 39))
        self.key = base64.b64encode(self._key).decode()
        self.sequence = 0

    def seal(self, method: str, **params) -> dict:
        """The parameters of session.call."""
        text = json.dumps({"method": method, "params": params}, ensure_ascii=False)
        return self.seal_text(text.replace("\x7f", "\\u007f"))  # a call has no control characters

    def seal_text(self, text: str) -> dict:
        """The same for a call in JSON."""
        self.sequence += 1
        cmac = CMAC(AES(self._key))
        cmac.update(self.sequence.to_bytes(4, "big") + text.encode())
        return {"seq": self.sequence, "call": text, "mac": base64.b64encode(cmac.finalize()).decode()}


class RpcFailure(Exception):
    """An error reply."""

    def __init__(self, error: dict) -> None:
        super().__init__(error)
        self.code = error["code"]
        self.data = error.get("data")


class Desk:
    """A VirtualToken and its port. `call` passes simulated time until the answer is there."""

    def __init__(self, token) -> None:
        self.token = token
        self.port = None
        self.session: Pressed | None = None  # the one that a press has allowed
        self.replies: list[bytes] = []  # every line the token ever sent
        self._number = 0
        if token.plugged:
            self.connect()

    # --- the data port

    def connect(self) -> None:
        """Opens the port, and presses once so that changes are allowed on it."""
        self.open()
        if self.call("status")["access"]["changes"] != "owner":
            self.pressed("session.allow")
        self.replies.clear()

    def open(self) -> None:
        """Opens the port without any permission."""
        self.session = None
        self.port = self.token.open()

    def close(self) -> None:
        self.port.close()
        self.token.advance(20)

    def line(self, timeout: float = 3.0) -> bytes:
        """The next line, b"" when none comes."""
        try:
            line = self.port.read_line(timeout)
        except TimeoutError:
            return b""
        self.replies.append(line)
        return line

    def reply(self, timeout: float = 3.0) -> dict | None:
        """The next reply, or None when none comes."""
        line = self.line(timeout)
        return json.loads(line) if line else None

    def send(self, method: str, **params) -> int:
        """Sends a request without waiting; returns its id."""
        self._number += 1
        self.raw({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def raw(self, request: object) -> None:
        self.port.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")

    def call(self, method: str, **params) -> dict:
        """The result of a call; a change is sent in the session that a press has allowed, if there is one."""
        number = self.in_session(method, **params)
        return self.result(number)

    def in_session(self, method: str, **params) -> int:
        """Sends a change in the session, anything else plainly; returns its id."""
        if self.session is None or method not in CHANGES:
            return self.send(method, **params)
        return self.send("session.call", **self.session.seal(method, **params))

    def pressed(self, method: str, **params) -> dict:
        """The result of a call that waits for presses, which it gets. Its press may allow a session."""
        if (method in KEYED or params.get("prove")) and "key" not in params:
            self.session = Pressed()
            params["key"] = self.session.key
        number = self.send(method, **params)
        self.press(method)
        return self.result(number)

    def press(self, method: str = "") -> None:
        """Presses as often as the method needs, after the LED has shown what it is for."""
        for _ in range(2 if method in TWICE else 1):
            self.token.advance(SHOWN_MS)
            self.token.press()

    def press_later(self, method: str = "") -> None:
        """The same while a call waits."""
        for number in range(2 if method in TWICE else 1):
            self.token.press_later(SHOWN_MS + number * (SHOWN_MS + 60))

    def result(self, number: int, timeout: float = 3.0) -> dict:
        """The result of the request with this id; it must be the next reply. Raises RpcFailure."""
        reply = self.reply(timeout)
        assert reply is not None, "no reply"
        assert (reply["jsonrpc"], reply["id"]) == ("2.0", number)
        if "error" in reply:
            raise RpcFailure(reply["error"])
        return reply["result"]

    def add(self, name: str = "alice", secret: bytes = SECRET, **more) -> int:
        return self.call("account.add", name=name, secret=base64.b64encode(secret).decode(), **more)["id"]

    def status(self) -> dict:
        return self.call("status")

    # --- power and time

    def replug(self) -> None:
        self.token.unplug()
        self.plug()

    def plug(self, **how) -> None:
        self.token.plug(**how)
        self.token.advance(1000)
        self.connect()

    def to_second(self, second: int, period: int = 30) -> None:
        """Sets the clock chip forward, to just past `second` of a step of `period` seconds."""
        self.set_clock(self.clock + (second - self.clock) % period)

    @property
    def clock(self) -> float:
        """Unix seconds by the clock chip."""
        return self.token.rtc.unix

    def set_clock(self, unix: float) -> None:
        self.token.rtc.set(unix)
        self.token.advance(5)

    # --- the button and the keyboard

    def click(self, button: int = 1, wait: float = 400) -> str:
        """A click; what was typed until `wait` ms later."""
        self.token.clear_typed()
        self.token.press(button)
        self.token.advance(wait)
        return self.token.typed

    def hold(self, button: int = 1, ms: float = 900, wait: float = 400) -> str:
        self.token.clear_typed()
        self.token.press(button, ms)
        self.token.advance(wait)
        return self.token.typed

    @property
    def sent(self) -> list[bytes]:
        """The reports since the last click."""
        return [report.data for report in self.token.reports]

    def code(self, secret: bytes = SECRET, period: int = 30, ahead: int = 0, **how) -> str:
        """The code of the clock's time."""
        return hotp(secret, int(self.clock) // period + ahead, **how)

    # --- the LED

    def lit_spells(self, since_ms: float) -> list[tuple[int, int]]:
        """(on ms, off ms before it) of every time the LED was on since then, rounded to 10 ms."""
        spells, on_at, off_at = [], None, since_ms
        for at, value in self.token.led_history:
            lit = value is True or (isinstance(value, tuple) and any(value))
            if at < since_ms:
                continue
            if lit and on_at is None:
                on_at = at
            elif not lit and on_at is not None:
                spells.append((round(at - on_at, -1), round(on_at - off_at, -1)))
                on_at, off_at = None, at
        return spells


def keys_of(reports: list[bytes]) -> list[tuple[int, ...]]:
    """The keys down in each report; every report must be a boot report without modifiers."""
    for report in reports:
        assert len(report) == 8
        assert report[:2] == b"\0\0"
    return [tuple(usage for usage in report[2:] if usage) for report in reports]


def rolled(keys: list[int]) -> list[tuple[int, ...]]:
    """What a token should report for these keys: an empty report between equal keys and at the end."""
    out: list[tuple[int, ...]] = []
    for key in keys:
        if out and out[-1] == (key,):
            out.append(())
        out.append((key,))
    return [*out, ()]


def keypad(digits: str) -> list[int]:
    return [0x59 + (int(digit) - 1) % 10 for digit in digits]
