"""Edge sampling: reads a token's time around the moments at which its second changes.

A token that reports its subsecond (`"ms"` in CLOCK) is read a few times. Another one is read around its
edges, a little earlier or later each time; offset_estimator.py computes the offset.
"""

from __future__ import annotations

from collections.abc import Iterator

from ticktap.clock.offset_estimator import Estimate, Offset, Poll, next_second
from ticktap.clock.system_time import HostTime, sleep_until
from ticktap.device import jsonrpc, results
from ticktap.device.client import Client
from ticktap.errors import ClockUntrusted

ASKED = 5  # first readings; the fastest shows the round trip with the least delay
WANTED = 0.003  # seconds; the uncertainty to reach
MOST_EDGES = 12  # edges sampled at most, on a line with much jitter
FINE = 8  # readings of a token that reports its subsecond, in place of one edge
COARSE = 0.008  # seconds; a token with a coarser subsecond is sampled at its edges
BESIDE = 0.01  # seconds before and after an edge at which readings are taken
STILL = 2.5  # seconds without an edge after which the clock counts as stopped
_GOLDEN = 0.618034  # multiples of it modulo 1 spread evenly


def offset(
    client: Client,
    host: HostTime,
    edges: int = MOST_EDGES,
    wanted: float = WANTED,
    estimate: Estimate | None = None,
) -> Offset:
    """Measures the offset of the token's clock; takes about a second for each of at most `edges` edges.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    estimate = estimate or Estimate()
    for seen in watch(client, host, estimate, edges):
        found = estimate.offset()
        if found.uncertainty <= wanted and seen >= min(edges, 2):
            return found
    return estimate.offset()


def watch(client: Client, host: HostTime, estimate: Estimate, edges: int) -> Iterator[int]:
    """Adds polls around the token's next `edges` seconds to `estimate`; yields the count after each."""
    watched = False
    for seen in range(1, edges + 1):
        if _fine(client, host, estimate):
            pass  # sampling improves the token's own subsecond, so each time tries that first
        elif watched:
            _edge(client, host, estimate, seen)
        else:
            _first_edge(client, host, estimate)
            watched = True
        yield seen


def around_second(client: Client, host: HostTime, estimate: Estimate) -> None:
    """Reads shortly before and shortly after the token's next edge.

    A token counts its subsecond with its own timer from the chip's edge. So a wrong rate of the chip shows
    only at its edges.
    """
    at = estimate.offset()
    half, reach = estimate.typical / 2, at.uncertainty + estimate.typical / 2 + BESIDE
    edge = next_second(host.time() + at.seconds + half + reach) - at.seconds
    for moment in (edge - reach, edge + reach):
        sleep_until(host, moment - half)
        estimate.add(poll(client, host))


def coarse_offset(client: Client, host: HostTime) -> Offset:
    """Measures the offset from one edge of the clock chip and ignores the token's subsecond.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    second, low, high = second_begins(client, host)
    return Offset(second - (low + high) / 2, (high - low) / 2)


def second_begins(client: Client, host: HostTime) -> tuple[int, float, float]:
    """Reads without pause until the next edge; returns the new second and two host times that enclose the
    edge.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    began, _, first, _ = _ask(client, host)
    low = began
    while True:
        sent, received, unix, _ = _ask(client, host)
        if unix != first:
            return unix, low, received
        if sent - began > STILL:
            raise _has_stopped()
        low = sent


def poll(client: Client, host: HostTime) -> Poll:
    """Reads the token's time once.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    sent, received, unix, clock = _ask(client, host)
    low, high = _second(unix, clock)
    return Poll(sent, received, low, high)


def _ask(client: Client, host: HostTime) -> tuple[float, float, int, results.Clock]:
    """Returns the host times of request and response, the token's time, and CLOCK."""
    sent = host.time()
    clock = client.clock()
    received = host.time()
    if clock["state"] != "ok" or clock["unix"] is None:
        raise ClockUntrusted(
            f"the token's clock cannot be trusted (state: {clock['state']})",
            jsonrpc.clock_remedy(clock["state"]),
        )
    return sent, received, int(clock["unix"]), clock


def _second(unix: int, clock: results.Clock) -> tuple[float, float]:
    """Returns the bounds of the token's time: its whole second, or closer ones if it reports its
    subsecond.
    """
    within = clock.get("ms")
    least, most = within if isinstance(within, list) and len(within) == 2 else (0, 1000)
    return unix + least / 1000, unix + most / 1000


def _fine(client: Client, host: HostTime, estimate: Estimate) -> bool:
    """Reads a token that reports its subsecond FINE times; False if it does not report it."""
    for _ in range(FINE):
        one = poll(client, host)
        estimate.add(one)
        if one.high - one.low > COARSE:
            return False
    return True


def _first_edge(client: Client, host: HostTime, estimate: Estimate) -> None:
    """Reads without pause until the second changes."""
    first = poll(client, host)
    estimate.add(first)
    while (one := poll(client, host)).low == first.low:
        if one.sent - first.sent > STILL:
            raise _has_stopped()
        estimate.add(one)
    estimate.add(one)


def _has_stopped() -> ClockUntrusted:
    return ClockUntrusted("the token's clock has stopped", "Check its DS3231 and battery, then set it again.")


def _edge(client: Client, host: HostTime, estimate: Estimate, number: int) -> None:
    """Reads around the token's next edge, early enough for one response before it and one after."""
    at = estimate.offset()
    half, spread = estimate.typical / 2, min(at.uncertainty, estimate.typical)
    edge = next_second(host.time() + at.seconds + half + spread) - at.seconds
    early = half + spread * (1 - 2 * (number * _GOLDEN % 1))
    sleep_until(host, edge - early)
    while True:
        one = poll(client, host)
        estimate.add(one)
        if one.received - half > edge + spread or one.sent > edge:
            return
