"""Asking a token for its time when the answer says most: around the moments at which its second changes.

A token that says how far into the second it is (`"ms"` in CLOCK) is simply asked a few times; one that does
not is asked around its seconds, a little earlier or later each time, and offset_estimator.py makes an offset
of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from ticktap.clock.offset_estimator import Estimate, Offset, Poll, next_second
from ticktap.clock.system_time import HostTime, sleep_until
from ticktap.device import jsonrpc
from ticktap.device.client import Client, Data
from ticktap.errors import ClockUntrusted

ASKED = 5  # questions at first: the fastest shows the round trip with the least waiting in it
WANTED = 0.003  # seconds of uncertainty that are worth waiting for
MOST_EDGES = 12  # seconds watched at most, where the line is so uneven that it is never reached
FINE = 8  # questions to a token that tells its milliseconds, where another is watched for an edge
COARSE = 0.008  # seconds; a token that knows its second no better is watched for its edges
BESIDE = 0.01  # seconds before and after a second at which it must not, and must, have begun
STILL = 2.5  # seconds without a new second: the clock stands
_GOLDEN = 0.618034  # turns of it never come near each other, so the moments asked at spread evenly


def offset(
    client: Client,
    host: HostTime,
    edges: int = MOST_EDGES,
    wanted: float = WANTED,
    estimate: Estimate | None = None,
) -> Offset:
    """How far the token's clock is from the host's; takes about a second for each of at most `edges`.

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
    """Adds polls around the token's next `edges` seconds to `estimate`; yields their number after each."""
    watched = False
    for seen in range(1, edges + 1):
        if _fine(client, host, estimate):
            pass  # a token that is asked around its edges knows them better soon, and is asked anew each time
        elif watched:
            _edge(client, host, estimate, seen)
        else:
            _first_edge(client, host, estimate)
            watched = True
        yield seen


def around_second(client: Client, host: HostTime, estimate: Estimate) -> None:
    """Asks a little before and a little after the token's next second.

    A token that tells its milliseconds counts them by its own timer from the chip's second. So a clock chip
    that runs wrong shows only where its seconds change.
    """
    at = estimate.offset()
    half, reach = estimate.typical / 2, at.uncertainty + estimate.typical / 2 + BESIDE
    edge = next_second(host.time() + at.seconds + half + reach) - at.seconds
    for moment in (edge - reach, edge + reach):
        sleep_until(host, moment - half)
        estimate.add(poll(client, host))


def coarse_offset(client: Client, host: HostTime) -> Offset:
    """The offset by the beginning of one second of the clock chip, whatever the token says of milliseconds.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    second, low, high = second_begins(client, host)
    return Offset(second - (low + high) / 2, (high - low) / 2)


def second_begins(client: Client, host: HostTime) -> tuple[int, float, float]:
    """The token's next second, and two host times between which it began; asks without a pause until then.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    began, _, first = _ask(client, host)
    low = began
    while True:
        sent, received, clock = _ask(client, host)
        if clock["unix"] != first["unix"]:
            return int(clock["unix"]), low, received
        if sent - began > STILL:
            raise _stands_still()
        low = sent


def poll(client: Client, host: HostTime) -> Poll:
    """One question.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    sent, received, clock = _ask(client, host)
    low, high = _second(clock)
    return Poll(sent, received, low, high)


def _ask(client: Client, host: HostTime) -> tuple[float, float, Data]:
    """When it was asked and answered, and CLOCK."""
    sent = host.time()
    clock = client.clock()
    received = host.time()
    if clock["state"] != "ok" or clock["unix"] is None:
        raise ClockUntrusted(
            f"the token's clock cannot be trusted (state: {clock['state']})",
            jsonrpc.clock_remedy(clock["state"]),
        )
    return sent, received, clock


def _second(clock: Data) -> tuple[float, float]:
    """Between which two times the token's clock was: its whole second, or less when it tells more."""
    unix, within = int(clock["unix"]), clock.get("ms")
    least, most = within if isinstance(within, list) and len(within) == 2 else (0, 1000)
    return unix + least / 1000, unix + most / 1000


def _fine(client: Client, host: HostTime, estimate: Estimate) -> bool:
    """Asks a token that tells its milliseconds as often as is worth one edge; False when it does not."""
    for _ in range(FINE):
        one = poll(client, host)
        estimate.add(one)
        if one.high - one.low > COARSE:
            return False
    return True


def _first_edge(client: Client, host: HostTime, estimate: Estimate) -> None:
    """Asks without a pause until the second has changed."""
    first = poll(client, host)
    estimate.add(first)
    while (one := poll(client, host)).low == first.low:
        if one.sent - first.sent > STILL:
            raise _stands_still()
        estimate.add(one)
    estimate.add(one)


def _stands_still() -> ClockUntrusted:
    return ClockUntrusted(
        "the token's clock stands still", "Check its DS3231 and battery, then set it again."
    )


def _edge(client: Client, host: HostTime, estimate: Estimate, number: int) -> None:
    """Asks around the token's next second, early enough for one answer before it and one after."""
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
