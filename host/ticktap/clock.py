"""Setting a token's clock to the host's second, and saying how well that went.

The protocol carries whole seconds and the token writes one on receipt, so the moment of sending is what sets
the fraction: the request leaves half a round trip before the second begins. The result is then measured from
the token's own second edges and not assumed. Who keeps the host's clock is
a question for hostclock.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from typing import Protocol

from ticktap import wire
from ticktap.client import Client
from ticktap.errors import ClockGuarded, ClockUntrusted

RELEASED = 1795305600  # 2026-11-22 UTC: a host clock before this release is wrong
LAST = 4102444799  # 2099-12-31 23:59:59 UTC, the last second a DS3231 and docs/protocol.md know
PROBES = 5  # clock.get calls; the fastest shows the round trip with the least waiting in it
LEAD = 0.05  # seconds before an expected edge from which the token is polled
GOOD = 0.1  # seconds; a worse result is tried once more
SOON = 0.0005  # seconds; less is not worth a sleep
BAD = 0.5  # seconds; past this the clock is a second off and the person must know


class HostTime(Protocol):
    """The host's clock, or a simulated one."""

    def time(self) -> float:
        """Unix seconds, UTC."""

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass."""


class SystemTime:
    """The clock of this computer."""

    def time(self) -> float:
        """Unix seconds, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        time.sleep(max(0.0, seconds))


@dataclass(frozen=True)
class Offset:
    """Token time minus host time in seconds; the true value is within `uncertainty` of `seconds`."""

    seconds: float
    uncertainty: float


@dataclass(frozen=True)
class Sync:
    """What a sync found and left: the offset before (None when the clock could not be read) and after."""

    before: Offset | None
    state_before: str
    after: Offset
    unix: int
    round_trip: float


def checked_host_time(host: HostTime) -> float:
    """The host's time.

    Raises:
        ClockUntrusted: it is before this release or after 2099.
    """
    now = host.time()
    if RELEASED <= now <= LAST:
        return now
    raise ClockUntrusted(
        f"this computer's clock cannot be right (unix time {now:.0f})",
        "Set the computer's clock first, then repeat the command.",
    )


def sync(client: Client, host: HostTime, allow: Callable[[], None] | None = None) -> Sync:
    """Sets the token's clock to the host's and measures what came of it; takes two to four seconds.

    Args:
        allow: has the move allowed (`clock.allow`) when it is further than the token permits without a press.

    Raises:
        ClockUntrusted: the host's clock is impossible, or the token's did not take the time.
        ClockGuarded: the move needs a press, and there is no `allow`.
    """
    checked_host_time(host)
    state, round_trip = _probe(client, host)
    before = offset(client, host, edges=1) if state == "ok" else None
    for _ in range(2):
        try:
            unix = _set_on_the_second(client, host, round_trip)
        except ClockGuarded:
            if allow is None:
                raise
            allow()
            unix = _set_on_the_second(client, host, round_trip)
        after = offset(client, host)
        if abs(after.seconds) <= GOOD + after.uncertainty:
            break
    if abs(after.seconds) > BAD:
        raise ClockUntrusted(
            f"the token's clock is {after.seconds:+.3f} s off right after it was set",
            "Repeat the command; if it stays so, run 'ticktap doctor'.",
        )
    return Sync(before, state, after, unix, round_trip)


def offset(client: Client, host: HostTime, edges: int = 2) -> Offset:
    """How far the token's clock is from the host's, from `edges` of its seconds; each takes up to a second.

    An edge lies between the sending of the last request answered with the old second and the arrival of the
    first answer with the new one. Several edges narrow that down to what they have in common.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    low, high = _edge(client, host)
    for _ in range(edges - 1):
        host.sleep(max(0.0, _until_next(host.time() + (low + high) / 2) - LEAD))
        again_low, again_high = _edge(client, host)
        if max(low, again_low) <= min(high, again_high):
            low, high = max(low, again_low), min(high, again_high)
    return Offset((low + high) / 2, (high - low) / 2)


def _edge(client: Client, host: HostTime) -> tuple[float, float]:
    """Bounds of token time minus host time, from one change of the token's second."""
    first = asked = host.time()
    old = _second(client)
    while host.time() - first < 2.5:
        sent = host.time()
        new = _second(client)
        if new != old:
            return new - host.time(), new - asked
        asked = sent
    raise ClockUntrusted("the token's clock stands still", "Check its DS3231 and battery, then set it again.")


def _second(client: Client) -> int:
    clock = client.clock()
    if clock["state"] != "ok" or clock["unix"] is None:
        raise ClockUntrusted(
            f"the token's clock cannot be trusted (state: {clock['state']})",
            wire.clock_remedy(clock["state"]),
        )
    return int(clock["unix"])


def _probe(client: Client, host: HostTime) -> tuple[str, float]:
    """The clock's state, and the shortest round trip in seconds."""
    state, shortest = "", float("inf")
    for _ in range(PROBES):
        sent = host.time()
        state = str(client.clock()["state"])
        shortest = min(shortest, host.time() - sent)
    return state, max(0.0, shortest)


def _set_on_the_second(client: Client, host: HostTime, round_trip: float) -> int:
    """Sends the next second so that it arrives as it begins; returns it."""
    one_way = round_trip / 2
    unix = floor(host.time() + one_way + LEAD) + 1
    # A long sleep may end late, so it stops short of the moment and a short one follows.
    while (left := unix - one_way - host.time()) > SOON:
        host.sleep(left - 0.002 if left > 0.004 else left)
    state = client.set_clock(unix)["state"]
    if state != "ok":
        raise ClockUntrusted(
            f"the token's clock did not take the time (state: {state})", wire.clock_remedy(state)
        )
    return unix


def _until_next(token_time: float) -> float:
    return floor(token_time) + 1 - token_time
