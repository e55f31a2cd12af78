"""Tokens on the emulated board, and the time that actions take."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from conformance.enrol import allow_changes
from emulated.token import EmulatedToken
from ticktap.device.client import Client
from ticktap.otp.account import Account

NOON = 1_795_348_800  # 2026-11-22 12:00:00 UTC
READY_S = 20
FIRST_ID = 1000  # so that requests have the same length in every run


def powered(flash: bytes, *, fast_boot: bool = True, screen: bool = False) -> EmulatedToken:
    """A token that is powered during its `with` block; `fast_boot` skips the safe-mode wait of one second.

    `screen`: an SSD1306 is on the clock's bus.
    """
    return EmulatedToken(None, flash=flash, unix=NOON, fast_boot=fast_boot, screen=screen)


def connect(token: EmulatedToken, *, changes: bool = True) -> Client:
    """Returns a client of a token that is ready; with `changes`, changes are allowed."""
    client = Client(token.open())
    client._number = FIRST_ID
    client.call("hello", timeout=READY_S)
    if changes:
        allow_changes(token, client)
    return client


def ready_ms(token: EmulatedToken) -> float:
    """Emulated ms from power-on to the first answer. Earlier requests wait in the token."""
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
    port.read_line(READY_S)
    return token.ms


def answer(token: EmulatedToken, question: str) -> Any:
    """Returns the answer of a program of `drives/` to a line; the answer is JSON."""
    port = token.open()
    port.write(question.encode() + b"\n")
    reply = json.loads(port.read_line(READY_S))
    port.close()
    return reply


def took(token: EmulatedToken, action: Callable[[], object]) -> float:
    """Emulated ms that an action takes."""
    start = token.ms
    action()
    return token.ms - start


def account(number: int, algorithm: str = "SHA1") -> Account:
    """A typical account: names of 7 and 15 to 18 bytes, a secret as long as its hash."""
    size = {"SHA1": 20, "SHA256": 32, "SHA512": 64}[algorithm]
    secret = bytes((number + place) & 0xFF for place in range(size))
    return Account("Example", f"user{number}@mail.test", secret, "totp", algorithm, 6, 30, 0, "none")


def enrol(client: Client, number: int, algorithm: str = "SHA1") -> int:
    """Adds account(number); its id on the token."""
    return client.add(account(number, algorithm).to_params())
