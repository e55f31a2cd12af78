"""A token with its port open: the part that the simulator, real CircuitPython, and real CircuitPython with a
Linux kernel as its host have in common.

What a scenario wants compared between the places it notes: `note` for what must be equal, `timed` for what is
only reported.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance import enrol
from ticktap.device import owner_session
from ticktap.device.client import Client

NOON = 1_795_348_800  # 2026-11-22 12:00:00 UTC
SECRET = b"12345678901234567890"
READY_S = 10
KEYED = ("session.allow", "clock.allow")  # their press allows a session
CHANGES = (
    *("account.add", "account.rename", "account.set", "account.move", "account.default", "account.remove"),
    *("settings.set", "token.rename", "clock.set", "clock.trim"),
)
OF_THE_PLACE = ("board", "circuitpython", "serial", "free_heap", "reset", "form")
OF_THE_MOMENT = ("uptime", "unix", "remaining", "ms", "moved_ms", "adjustment_left_ms")
BY_CHANCE = ("nonce", "mac")
ANY = "..."  # that there is a value is compared, not which


@dataclass
class Transcript:
    """What one run of a scenario noted: values to compare, times (ms) to show."""

    notes: list[tuple[str, Any]] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)


class Desk(ABC):
    """`token` is a VirtualToken, an EmulatedToken or a KernelToken; subclasses know which."""

    place: str

    def __init__(self, token: Any) -> None:
        self.token = token
        self.transcript = Transcript()
        self.spent = (
            False  # a scenario sets it when the token has learned something that lasts until a restart
        )
        self._number = 0
        self.connect()

    # -- notes

    def note(self, what: str, value: Any) -> Any:
        """Notes a value that must be the same in both places, and returns it."""
        self.transcript.notes.append((what, value))
        return value

    def timed(self, what: str, ms: float) -> None:
        """Notes a time, to be shown beside the other place's."""
        self.transcript.times[what] = ms

    # -- the port

    def connect(self, changes: bool = True) -> None:
        """Opens the port of a token that is there, waits until it answers, and may then change its accounts
        unless told otherwise."""
        self.port = self.token.open()
        self.client = Client(self.port)
        self.client.call("hello", timeout=READY_S)
        if changes:
            enrol.allow_changes(self.token, self.client)

    def reopen(self) -> None:
        """A new connection, which may not change anything."""
        self.port.close()
        self.token.advance(100)
        self.connect(changes=False)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The reply without its frame, and without what may differ: {"result"} or {"error": code, "data"}.

        A change is sent in the session that a press has allowed, if there is one.
        """
        session = self.client.session
        if session is not None and not session.is_owner and method in CHANGES:
            return self.reply(self.send("session.call", **session.wrap(method, params)))
        return self.reply(self.send(method, **params))

    def send(self, method: str, **params: Any) -> int:
        """Sends a request, whose id it returns, and does not wait."""
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self.port.write(json.dumps(request).encode() + b"\n")
        return self._number

    def reply(self, id: int, timeout: float = 5.0) -> dict[str, Any]:
        """The next reply, which must be to this request."""
        reply = json.loads(self.port.read_line(timeout))
        assert (reply["jsonrpc"], reply["id"]) == ("2.0", id)
        return plain(reply)

    def line(self, line: bytes, timeout: float = 1.0) -> Any:
        """What a raw line is answered with: id and reply, or None when nothing came."""
        self.port.write(line + b"\n")
        try:
            reply = json.loads(self.port.read_line(timeout))
        except TimeoutError:
            return None
        return reply["id"], plain(reply)

    def add(self, name: str = "alice", secret: bytes = SECRET, **more: Any) -> int:
        """Adds an account; its id."""
        return self.client.add({"name": name, "secret": base64.b64encode(secret).decode(), **more})

    def remove(self, id: int) -> None:
        """Removes an account."""
        enrol.remove(self.token, self.client, id)

    def waiting(
        self, method: str, press_ms: float = 60, answer_s: float = 5, **params: Any
    ) -> dict[str, Any]:
        """The reply to a request that waits for a press, which comes, and may allow a session."""
        session = None
        if method in KEYED:
            session, params["key"] = owner_session.pressed_session()
        id = self.send(method, **params)
        for _ in range(2 if method in enrol.TWICE and press_ms < enrol.HOLD_MS else 1):
            self.token.advance(enrol.SHOWN_MS)
            self.token.press(ms=press_ms)
        reply = self.reply(id, answer_s)
        if session is not None and "result" in reply:
            self.client.session = session
        return reply

    def start_again(self) -> None:
        """As when it was new, but for the time since it started: nothing stored, the host a usual one."""
        self.token.host.become("linux")
        self.token.host.resume_ms = None
        self.break_clock("ok")
        self.connect()
        self.waiting("store.reset", press_ms=enrol.PRESS_MS)
        self.token.advance(500)
        self.set_clock(NOON)
        self.set_drift(0)
        self.connect()
        self.begin()

    def begin(self) -> None:
        """The clock has been looked at; the last press was one without an account, whatever was before."""
        self.token.press()
        self.token.advance(1200)
        self.token.clear_typed()
        self.transcript = Transcript()

    # -- button and keyboard

    def click(self, ms: float = 60, wait: float = 400, button: int = 1) -> list[str]:
        """A press; the reports until `wait` ms later, in hex."""
        self.token.clear_typed()
        self.token.press(button, ms)
        released = self.token.ms
        self.token.advance(wait)
        if self.reports:
            self.first_ms, self.last_ms = (at - released for at in (self.reports[0][0], self.reports[-1][0]))
        return self.keys

    @property
    def reports(self) -> list[tuple[float, bytes]]:
        """(ms, 8 bytes) of each report since the last click."""
        return [(report[0], bytes(report[1])) for report in self.token.reports]

    @property
    def keys(self) -> list[str]:
        """Modifier and key of each report, in hex."""
        return [
            f"{report[0]:02x}+{report[2]:02x}" if report[0] else f"{report[2]:02x}"
            for _, report in self.reports
        ]

    # -- what the two places do differently

    @abstractmethod
    def set_clock(self, unix: float) -> None:
        """Sets the clock chip from outside."""

    @abstractmethod
    def set_drift(self, ppm: float) -> None:
        """From now on the clock chip runs fast by so many parts per million."""

    @property
    @abstractmethod
    def clock(self) -> float:
        """The time of the clock chip, unix seconds."""

    @property
    def world(self) -> float:
        """The true time."""
        return NOON + float(self.token.ms) / 1000

    def to_second(self, second: float) -> None:
        """Sets the clock chip to a second of a fixed 30-second step, and lets the token notice."""
        self.set_clock(NOON + 600 + second)
        self.token.advance(1200)

    @abstractmethod
    def break_clock(self, how: str) -> None:
        """ "absent", "stopped", "unpulled", or "ok" again."""

    def replug(self, away_ms: float = 1000, maintenance: bool = False) -> None:
        """Pulls the token out, plugs it in and opens its port again."""
        self.token.unplug()
        self.token.advance(away_ms)
        self.token.plug(maintenance)
        self.connect()


class SimulatedDesk(Desk):
    """On ticktap.simulator."""

    place = "simulator"

    def set_clock(self, unix: float) -> None:
        self.token.rtc.set(unix)

    def set_drift(self, ppm: float) -> None:
        self.token.rtc.ppm = ppm

    @property
    def clock(self) -> float:
        return float(self.token.rtc.unix)

    def break_clock(self, how: str) -> None:
        self.token.rtc.present = how != "absent"
        self.token.bus.pull_ups = how != "unpulled"
        if how == "stopped":
            self.token.rtc.osf = True


class EmulatedDesk(Desk):
    """On real CircuitPython."""

    place = "CircuitPython"

    def set_clock(self, unix: float) -> None:
        self.token.rtc(unix=unix, stopped=False)

    def set_drift(self, ppm: float) -> None:
        self.token.rtc(ppm=ppm)

    @property
    def clock(self) -> float:
        return self.token.unix

    def break_clock(self, how: str) -> None:
        self.token.rtc(present=how != "absent", bus="unpulled" if how == "unpulled" else "ok")
        if how == "stopped":
            self.token.rtc(stopped=True)


class KernelDesk(EmulatedDesk):
    """On real CircuitPython, plugged into a real Linux kernel."""

    place = "Linux"

    def connect(self, changes: bool = True) -> None:
        """As elsewhere, but a port that is still open would take its share of the replies here."""
        if hasattr(self, "port"):
            self.port.close()
        super().connect(changes)

    def click(self, ms: float = 60, wait: float = 400, button: int = 1) -> list[str]:
        """As elsewhere; the computer may be slow to fetch reports, so the last one is waited for."""
        super().click(ms, wait, button)
        while self.reports and self.token.ms - self.reports[-1][0] < wait:
            self.token.advance(wait / 4)
        return self.keys


def plain(reply: Mapping[str, Any]) -> dict[str, Any]:
    """A reply without its frame, an error without its words, a result without what differs by right."""
    if "error" in reply:
        return {"error": reply["error"]["code"], "data": reply["error"].get("data")}
    return {"result": same_everywhere(reply["result"])}


def same_everywhere(result: Any) -> Any:
    """A result without the values that belong to the place, to how long things take there, or to chance."""
    if not isinstance(result, dict):
        return result
    return {
        name: ANY if name in OF_THE_MOMENT + BY_CHANCE and value is not None else same_everywhere(value)
        for name, value in result.items()
        if name not in OF_THE_PLACE
    }


@contextmanager
def simulated(drive: Path) -> Iterator[Desk]:
    """A desk with a simulated token that has just been plugged in."""
    from ticktap.simulator import VirtualToken

    with VirtualToken(drive, unix=NOON) as token:
        token.advance(1000)
        yield SimulatedDesk(token)


@contextmanager
def emulated(flash: bytes) -> Iterator[Desk]:
    """A desk with an emulated one."""
    from emulated.token import EmulatedToken

    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        token.plug()
        desk = EmulatedDesk(token)
        token.advance(1000)
        yield desk


@contextmanager
def on_linux(token: Any) -> Iterator[Desk]:
    """A desk with a KernelToken that has nothing stored and is not plugged in yet."""
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug()
    token.rtc(unix=NOON, stopped=False)
    desk = KernelDesk(token)
    token.advance(1000)
    yield desk
    desk.port.close()
    token.unplug()
    token.close()
