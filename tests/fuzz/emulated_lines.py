"""The protocol campaign on real CircuitPython: fewer of the same lines, and a heap that may not grow."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from emulated.port import EmulatedPort
from emulated.token import EmulatedToken, first_boot
from fuzz.actions import POOL
from fuzz.expected_answers import ExpectedAnswers, Finding
from fuzz.grammar import PRESS_KEY, Grammar
from support.canaries import Canary, found
from ticktap.device.client import Client
from ticktap.drive.build import find_drive

NOON = 1_795_348_800
STORED = Canary("emulated bystander")
BATCH = 8  # lines between two looks
READY_S = 8.0
PRESS_AFTER_MS = 1_200
GROWTH = 2048  # bytes that a heap may differ by without a trend: what was interned, a list that doubled


@dataclass(frozen=True)
class Heaps:
    """What a campaign on the emulated chip saw: lines tried, and free heap after each quarter, bytes."""

    lines: int
    free: tuple[int, ...]
    emulated_s: float

    @property
    def grew(self) -> int:
        """Bytes lost from the first quarter, when everything had been used once, to the last."""
        return self.free[0] - self.free[-1]


class Chip:
    """A booted chip with one account that nobody touches. Raises Finding."""

    def __init__(self, token: EmulatedToken) -> None:
        self.token = token
        self.expected = ExpectedAnswers(lenient=True)
        self.port: EmulatedPort = token.open()
        self.port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
        self.port.read_line(READY_S)
        self._allow()
        Client(self.port).add({"name": "bystander", "secret": STORED.base64})
        self.resets = token.resets

    def attack(self, seed: int, lines: int) -> list[int]:
        """Free heap after each quarter of the lines."""
        grammar = Grammar(Random(seed), POOL)
        free = []
        for quarter in range(1, 5):
            while self.expected.lines < lines * quarter // 4:
                self._batch(grammar)
            free.append(self._status()["free_heap"])
        return free

    def _allow(self) -> None:
        """A press, and changes are allowed until the port is closed."""
        self.token.press_later(PRESS_AFTER_MS)
        Client(self.port).allow_changes()

    def _batch(self, grammar: Grammar) -> None:
        data = b"".join(grammar.line() for _ in range(BATCH))
        if grammar.chance.random() < 0.3:
            self._piecewise(data, grammar.chance)
        else:
            self._write(data)
        if grammar.chance.random() < 0.3:
            self.token.press(ms=grammar.chance.choice((10, 60, 250)))
        if grammar.chance.random() < 0.1:
            self._reopen()
        self._status()
        self.expected.barrier()

    def _piecewise(self, data: bytes, chance: Random) -> None:
        while data:
            size = chance.randrange(1, 200)
            self._write(data[:size])
            self.token.advance(3)
            data = data[size:]

    def _write(self, data: bytes) -> None:
        self.expected.sent(data)
        self.port.write(data)

    def _reopen(self) -> None:
        self.port.close()
        self.expected.closed()
        self.port = self.token.open()
        key = base64.b64encode(PRESS_KEY)
        self._write(
            b'\n{"jsonrpc":"2.0","id":"allow","method":"session.allow","params":{"timeout":9,"key":"%s"}}\n'
            % key
        )
        self.token.advance(PRESS_AFTER_MS)
        self.token.press(ms=250)

    def _status(self) -> dict[str, Any]:
        """Everything sent has been carried out; the health of the token."""
        self._write(b'\n{"jsonrpc":"2.0","id":"status","method":"status"}\n')
        while True:
            line = self.port.read_line(READY_S)
            if leaks := found([STORED, *POOL], line):
                raise Finding("secret in a reply", ", ".join(leaks))
            reply = self.expected.answered(line) if line else None
            if reply and reply["id"] == "status":
                break
        status: dict[str, Any] = reply["result"]
        if status["faults"] or self.token.resets != self.resets:
            raise Finding("fault or restart", f"{status['faults']} x {status['fault']}")
        return status


def attack(seed: int, lines: int, drive: Path | None = None) -> Heaps:
    """A campaign of so many lines on a chip that was just plugged in."""
    flash = first_boot(drive or find_drive())
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        chip = Chip(token)
        free = chip.attack(seed, lines)
        named = {account["id"]: account["name"] for account in Client(chip.port).accounts()}
        if 1 not in chip.expected.touched and named.get(1) != "bystander":
            raise Finding("a bystander changed", str(named))
        heaps = Heaps(chip.expected.lines, tuple(free), token.ms / 1000)
    if heaps.grew > GROWTH:
        raise Finding("the heap shrinks", str(heaps.free))
    return heaps
