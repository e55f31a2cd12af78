"""A harness with one virtual token: performs actions, and checks the invariants after each barrier.

Three accounts, the bystanders, are there from the beginning; whoever is not asked to change them must leave
them as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyotp

from fuzz.actions import POOL, TWICE, Action
from fuzz.expected_answers import ExpectedAnswers, Finding
from fuzz.grammar import OWNER, PIN_KEYS, WRONG_KEY
from support.canaries import Canary, found
from ticktap.device.account_methods import complete
from ticktap.device.owner_session import Session, open_session, pressed_session
from ticktap.device.protocol import SESSION_METHODS
from ticktap.simulator import VirtualToken

BYSTANDERS: list[dict[str, Any]] = [
    {"name": "time", "issuer": "Bystander"},
    {"name": "count", "type": "hotp", "counter": 5, "suffix": "enter"},
    {"name": "long", "type": "totp", "algorithm": "SHA256", "digits": 8, "period": 60},
]
STORED = [Canary(f"bystander {account['name']}") for account in BYSTANDERS]
CANARIES = [*STORED, *POOL, OWNER, *PIN_KEYS, WRONG_KEY]
KEYS_A_PRESS = 14  # ten digits, a suffix, Num Lock on and off, one to spare
STEP_MS, PATIENCE_MS = 10.0, 60_000.0  # many removals one after the other: each wipes sectors
LAST_WAIT_MS = 45_000.0  # a code may wait for its next step (30 s), then for its delay and its pace
NOTICED_MS = 20.0  # a firmware that is not busy sees a port closed for so long
SURE_PRESS_MS = 250.0  # a click with any settings
USUAL = {
    "debounce_ms": 30,
    "min_remaining_s": 2,
    "start_delay_ms": 0,
    "inter_key_ms": 0,
    "long_press_ms": 800,
    "menu": "hold",
}


class Harness:
    """Use as a context manager; `run` raises Finding."""

    def __init__(self, drive: Path | None = None) -> None:
        self.token = VirtualToken(drive=drive, store_file=True)
        self.expected = ExpectedAnswers()
        self.presses = 0
        self._number = 0
        self._heard = bytearray()  # since the last barrier
        self._pending = b""
        self._counters: set[int] = set()
        self._session: Session | None = None

    def __enter__(self) -> Harness:
        self.token.plug()
        self.token.advance(1000)
        self.channel = self.token.chip.usb.data
        self.channel.open()
        self.started = self.token.chip.started
        self.printed = self.token.console
        self._with_press("session.allow")
        for account, canary in zip(BYSTANDERS, STORED, strict=True):
            self.call("account.add", secret=canary.base64, **account)
        self._close()
        self._wait(NOTICED_MS)
        self._sync()
        self._first = self._lasting()
        self.presses = 0
        return self

    def __exit__(self, *_: object) -> None:
        self.token.close()

    # --- actions

    def run(self, actions: Sequence[Action]) -> None:
        """Performs them, then looks whether the token is what it was."""
        self.perform(actions)
        self._finish()

    def perform(self, actions: Sequence[Action]) -> None:
        """Only performs them."""
        for name, *arguments in actions:
            getattr(self, "_" + name)(*arguments)
            self._listen()

    def _send(self, data: bytes) -> None:
        if self.channel.dtr:
            self.expected.sent(data)
            self.channel.host_write(data)

    def _wait(self, ms: float) -> None:
        self.token.advance(ms)

    def _press(self, ms: float) -> None:
        self.presses += 1
        self.token.press(ms=ms)

    def _open(self) -> None:
        if not self.channel.dtr:
            self.channel.open()

    def _close(self) -> None:
        self._session = None
        self._listen()
        self._pending = b""
        self.channel.close()
        self.expected.closed()

    def _deaf(self, on: bool) -> None:
        self.channel.reading = not on
        if on:
            self.expected.garbled += 1
            self.expected.closed()

    def _locks(self, on: bool) -> None:
        self.token.set_locks(num_lock=on)

    def _sync(self) -> None:
        """A barrier: everything sent before it has been carried out when `status` is answered."""
        self._open()
        self._deaf_no_more()
        self._send(b"\n")
        self._check(self.call("status"))
        self.expected.barrier()

    def _deaf_no_more(self) -> None:
        self.channel.reading = True

    # --- asking

    def call(self, method: str, timeout_ms: float = PATIENCE_MS, **params: Any) -> dict[str, Any]:
        """The result of a request that must succeed."""
        reply = self.ask(method, timeout_ms, **params)
        if "result" not in reply:
            raise Finding(f"{method} failed", str(reply["error"]))
        return reply["result"]  # type: ignore[no-any-return]

    def ask(self, method: str, timeout_ms: float = PATIENCE_MS, **params: Any) -> dict[str, Any]:
        self._number += 1
        id = f"harness {self._number}"
        if self._session and method in SESSION_METHODS:
            method, params = "session.call", self._session.wrap(method, params)
        request = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        self._send(json.dumps(request).encode() + b"\n")
        end = self.token.ms + timeout_ms
        while self.token.ms < end:
            self.token.advance(STEP_MS)
            for reply in self._listen():
                if reply["id"] == id:
                    return reply
            self._alive()
        raise Finding("no answer", method)

    def _listen(self) -> list[dict[str, Any]]:
        """Takes in what the token has said and checks each line of it."""
        data = bytes(self.channel.received)
        self.channel.received.clear()
        if not data:
            return []
        self._heard += data
        *lines, self._pending = (self._pending + data).split(b"\n")
        replies = [self.expected.answered(line) for line in lines if line]
        for reply in replies:
            self._note_counter(reply)
        return [reply for reply in replies if reply is not None]

    def _note_counter(self, reply: dict[str, Any] | None) -> None:
        """A code of the counting bystander: each counter once only."""
        result = (reply or {}).get("result")
        if isinstance(result, dict) and set(result) == {"code", "counter"}:
            counter = result["counter"]
            if result["code"] == hotp(STORED[1], counter):
                if counter in self._counters:
                    raise Finding("a counter used twice", str(counter))
                self._counters.add(counter)

    # --- what must hold

    def _alive(self) -> None:
        chip = self.token.chip
        if chip.error is not None:
            raise Finding("code.py ended", type(chip.error).__name__)
        if chip.started != self.started or chip.phase != "code":
            raise Finding("restarted", chip.reset_reason)
        if self.token.console != self.printed:
            raise Finding("printed something", self.token.console[len(self.printed) :][-300:])

    def _check(self, status: dict[str, Any]) -> None:
        self._alive()
        if leaks := found(CANARIES, self._heard):
            raise Finding("secret in a reply", ", ".join(leaks))
        self._heard.clear()
        if status["faults"]:
            raise Finding("fault", f"{status['faults']} x {status['fault']}")
        if status["store"]["damaged"]:
            raise Finding("store damaged", str(status["store"]))
        keys = sum(1 for report in self.token.reports if any(report.data[2:]))
        if keys > KEYS_A_PRESS * self.presses:
            raise Finding("typed without a press", f"{keys} keys, {self.presses} presses")
        if self.expected.codes > self.presses:
            raise Finding("code without a press", f"{self.expected.codes} codes, {self.presses} presses")

    def _finish(self) -> None:
        """Nothing is owed at the end; accounts outlive a replug and a compaction; bystanders are right."""
        self._sync()
        self.ask("press.cancel")
        self.token.advance(LAST_WAIT_MS)
        self._sync()
        if self.expected.owed.total():
            raise Finding("never answered", str(list(self.expected.owed.elements())))
        if not self.presses and self._lasting() != self._first:
            raise Finding("changed without a press")
        self._take_back()
        accounts = self._accounts()
        self._replug()
        self._same(accounts, "replug")
        self._with_press("store.compact")
        self._same(accounts, "compaction")
        self._check_bystanders(accounts)

    def _lasting(self) -> tuple[Any, ...]:
        """What only somebody who presses may change."""
        status = self.call("status")
        return (
            self._accounts(),
            self.call("settings.get"),
            self.call("hello")["name"],
            status["access"],
            status["pin"],
        )

    def _take_back(self) -> None:
        """No PIN and no owner any more, whatever the session has made of them."""
        if self.call("status")["pin"]["replug"]:
            self._replug()
        if self.call("hello")["claimed"]:
            serial = self.call("hello")["serial"]
            self._session = open_session(
                lambda method, given: self.call(method, **given), OWNER.secret, serial
            )
        if self.call("pin.info")["set"]:
            right = [key for key in PIN_KEYS if "result" in self.ask("pin.unlock", key=key.base64)]
            if not right:
                raise Finding("locked out", str(self.call("pin.info")))
            self._with_press("pin.remove", old=right[0].base64)
        if self._session and self._session.is_owner:
            self._with_press("token.release")
            self._session = None

    def _replug(self) -> None:
        self._session = None
        self.token.unplug()
        self.expected.closed()
        self._pending = b""
        self.token.plug()
        self.token.advance(1000)
        self.started = self.token.chip.started
        self._sync()

    def _with_press(self, method: str, **params: Any) -> dict[str, Any]:
        """Presses as often as the method needs; the press may allow a session."""
        session = None
        if method in ("session.allow", "clock.allow"):
            session, params["key"] = pressed_session()
        for number in range(2 if method in TWICE else 1):
            self.presses += 1
            self.token.press_later(1_200 + number * 1_600, SURE_PRESS_MS)
        result = self.call(method, timeout=30, **params)
        self._session = session or self._session
        return result

    def _same(self, accounts: list[dict[str, Any]], after: str) -> None:
        if self._accounts() != accounts:
            raise Finding(f"accounts differ after a {after}")

    def _accounts(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        start: int | None = 0
        while start is not None:
            page = self.call("account.list", start=start)
            out += [complete(account) for account in page["accounts"]]
            start = page["next"]
        return out

    def _check_bystanders(self, listed: list[dict[str, Any]]) -> None:
        if self.expected.reset_asked and self.presses > 1:
            return
        others = [account["id"] for account in listed if account["id"] > len(BYSTANDERS)]
        for id in others[:8]:  # room for what follows
            self._with_press("account.remove", id=id)
        self._with_press("store.compact")
        self._with_press("clock.allow")
        self.call("clock.set", unix=1_900_000_000)
        self._with_press("session.allow")
        self.call("settings.set", **USUAL)
        by_id = {account["id"]: account for account in listed}
        for id, (wanted, canary) in enumerate(zip(BYSTANDERS, STORED, strict=True), 1):
            if id in self.expected.touched:
                continue
            have = by_id.get(id)
            if have is None or any(have[name] != wanted[name] for name in wanted if name != "counter"):
                raise Finding("a bystander changed", f"{id}: {have}")
            self._check_code(id, have, canary)

    def _check_code(self, id: int, account: dict[str, Any], canary: Canary) -> None:
        result = self._with_press("code.get", id=id)
        counter = result["counter"] if "counter" in result else result["unix"] // account["period"]
        if result["code"] != hotp(canary, counter, account["digits"], account["algorithm"]):
            raise Finding("a bystander's code is wrong", str(id))
        if account["type"] == "hotp" and counter != account["counter"]:
            raise Finding("not the counter that was listed", f"{counter}, {account['counter']}")


def hotp(canary: Canary, counter: int, digits: int = 6, algorithm: str = "SHA1") -> str:
    """RFC 4226 by pyotp."""
    digest = getattr(hashlib, algorithm.lower())
    return str(pyotp.HOTP(canary.base32, digits=digits, digest=digest).at(counter))
