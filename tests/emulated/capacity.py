"""A token with many accounts: times in emulated milliseconds and free heap, on real CircuitPython.

The store file is filled over the port. When no segment is free, the token merges two or rewrites all live
records. To cause this, one account is renamed (or the token, if account names are refused) until the next
full log needs it. The add that does it is timed, starting with the flash of that moment.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emulated.conftest import NOON
from emulated.enrolling import enrol, flash_with_store_file, usual
from emulated.port import EmulatedPort
from emulated.token import PRESS_MS, EmulatedToken
from ticktap.device.client import Client
from ticktap.errors import Refused

LONG = "a long name that fills the log soon, sixty-four bytes of it ...."
RENEWS = 4  # a checkpoint erases two or three sectors; more if no segment was free
ANSWER_S = 60
PRESSES = 5
PRESS_AT_MS = 1200


@dataclass(frozen=True)
class Capacity:
    """What was measured with `accounts` on the token. Times in emulated ms, heap in bytes."""

    accounts: int
    boot_ms: float  # power-on to the first answer, with the second CircuitPython waits for safe mode
    heap: int
    add_ms: float  # median of the ordinary ones among the last 50
    add_worst_ms: float  # adds that wrote only a record
    add_checkpoint_ms: float  # the last one that moved the full log into a segment
    add_renew_ms: float  # one that found no segment free
    list_ms: float
    status_ms: float
    remove_ms: float
    first_report_ms: float  # from the release of the button, median
    last_report_ms: float
    resets: int  # of the chip, by watchdog or crash
    faults: int

    @property
    def text(self) -> str:
        """Formats the figures for a table."""
        return (
            f"{self.heap:,} bytes of heap free; ready {self.boot_ms:.0f} ms after power-on; add"
            f" {self.add_ms:.0f} ms, {self.add_checkpoint_ms:.0f} when the log is full,"
            f" {self.add_renew_ms:.0f} when segments have run out; remove {self.remove_ms:.0f}; list"
            f" {self.list_ms:.0f}; status {self.status_ms:.0f}; release to first report"
            f" {self.first_report_ms:.0f}, to last {self.last_report_ms:.0f}"
        )


class Filled:
    """A token being filled; `flash` is its contents after power-off. It grows from one count to the next."""

    def __init__(self, folder: Path) -> None:
        self.flash = flash_with_store_file(folder)
        self.count = 0
        self.ordinary: list[float] = []
        self.checkpoints: list[float] = []
        self.renewals: list[float] = []
        self.resets = 0

    def grow(self, count: int) -> None:
        """Adds accounts until there are `count`; times each add."""
        with EmulatedToken(None, flash=self.flash, unix=NOON) as token:
            client = ready(token)
            while self.count < count:
                self._add(token, client)
            self.resets += token.resets
            self.flash = token.power_cut()

    def _add(self, token: EmulatedToken, client: Client) -> None:
        erases = token.erases
        ms = took(token, lambda: enrol(token, client, usual(self.count + 1)))
        self.count += 1
        erases = token.erases - erases
        kind = self.ordinary if not erases else self.checkpoints if erases < RENEWS else self.renewals
        kind.append(ms)

    def measure(self) -> Capacity:
        """Measures everything at the present count; does not change the token."""
        with EmulatedToken(None, flash=self.flash, unix=NOON, fast_boot=False) as token:
            port = answering(token)
            boot = token.ms
            port.close()
            client = ready(token)
            status = client.status()
            heap = status["free_heap"]
            listing = took(token, client.accounts)
            asking = took(token, client.status)
            firsts, lasts = press_to_typed(token)
            last_account = client.accounts()[-1]["id"]
            token.press_later(PRESS_AT_MS)
            removal = took(token, lambda: client.call("account.remove", {"id": last_account}, ANSWER_S))
            removal -= PRESS_AT_MS + PRESS_MS
            faults, resets = client.status()["faults"], token.resets
        renewal, again = self._renewing_add()
        return Capacity(
            accounts=self.count,
            boot_ms=boot,
            heap=heap,
            add_ms=statistics.median(self.ordinary[-50:]),
            add_worst_ms=max(self.ordinary[-50:]),
            add_checkpoint_ms=self.checkpoints[-1],
            add_renew_ms=renewal,
            list_ms=listing,
            status_ms=asking,
            remove_ms=removal,
            first_report_ms=statistics.median(firsts),
            last_report_ms=statistics.median(lasts),
            resets=self.resets + resets + again,
            faults=faults,
        )

    def _renewing_add(self) -> tuple[float, int]:
        """Returns the time of an add that finds no segment free, and the number of the chip's resets until
        then."""
        with EmulatedToken(None, flash=self.flash, unix=NOON) as token:
            client = ready(token)
            number, done = 0, 0
            while done < RENEWS:
                number += 1
                flash, erases = token.flash, token.erases
                write_something_long(client, number)
                done = token.erases - erases
            resets = token.resets
        with EmulatedToken(None, flash=flash, unix=NOON) as token:
            client = ready(token)
            while True:
                erases = token.erases
                ms = took(token, lambda: enrol(token, client, usual(9999)))
                if token.erases - erases >= RENEWS:
                    return ms, resets + token.resets


def answering(token: EmulatedToken) -> EmulatedPort:
    """Returns the token's port once it answers."""
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
    assert json.loads(port.read_line(ANSWER_S))["result"]["product"] == "ticktap"
    return port


def ready(token: EmulatedToken) -> Client:
    """Returns a client of a token that answers, with permission for changes."""
    client = Client(answering(token))
    changes = client.status()["access"]["changes"]
    if changes == "press" or (changes == "open" and client.session is None):
        token.press_later(1200)
        client.allow_changes()
    return client


def write_something_long(client: Client, number: int) -> None:
    """Uses up the log. Old names need space until all live records are rewritten, so new ones may be
    refused."""
    try:
        client.call("account.rename", {"id": 1, "issuer": LONG, "name": f"{number} {LONG}"[:64]}, ANSWER_S)
    except Refused:
        client.call("token.rename", {"name": f"{number:032}"}, ANSWER_S)


def took(token: EmulatedToken, action: Callable[[], object]) -> float:
    """Emulated ms that an action takes."""
    start = token.ms
    action()
    return token.ms - start


def press_to_typed(token: EmulatedToken) -> tuple[list[float], list[float]]:
    """From the release of the button to the first and to the last report, ms, of some presses."""
    firsts, lasts = [], []
    for number in range(PRESSES):
        token.rtc(unix=NOON + 300 * number + 3)
        token.advance(1200 + 7 * number)
        token.clear_typed()
        token.press(ms=80 + 3 * number)
        token.advance(400)
        edges = token.edge_times
        firsts.append((edges.reports_ns[0] - edges.release_ns) / 1e6)
        lasts.append((edges.reports_ns[-1] - edges.release_ns) / 1e6)
    return firsts, lasts
