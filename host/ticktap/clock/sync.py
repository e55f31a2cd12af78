"""Setting a token's clock to the host's second, and saying how well that went.

The protocol carries whole seconds and writing one starts the chip's second, so the moment of sending is what
sets the fraction: the request leaves half a round trip before the second begins. What came of it is measured
from the chip's own seconds. On an uneven line that takes several tries: a try that is likely wrong is given
up early, and one is accepted when it is within GOAL with a likelihood of SURE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from ticktap.clock import edge_sampling, relative_rate
from ticktap.clock.edge_sampling import offset
from ticktap.clock.offset_estimator import Estimate, Offset, Poll
from ticktap.clock.system_time import LAST, RELEASED, HostTime, SystemTime, checked_host_time, sleep_until
from ticktap.device import jsonrpc
from ticktap.device.client import Client
from ticktap.errors import ClockGuarded, ClockNotSettled, ClockUntrusted

__all__ = [
    "LAST", "RELEASED", "HostTime", "Offset", "Sync", "SystemTime", "checked_host_time", "offset", "sync",
]  # fmt: skip

GOAL = 0.005  # seconds
FINE = 0.001  # seconds; what is surely further off than this can be improved on, now that the delay is known
ENOUGH = 3  # tries after which GOAL is good enough
SURE = 0.995
HOPELESS = 0.3  # below this likelihood another try is quicker than another look
PATIENCE = 60.0  # seconds; past this a likelihood of 0.9 is enough, past twice this no more is hoped for
HANDFUL = 5  # settings after which the rates of the two clocks are compared
MOST_SETTINGS = 30  # on a line that is as uneven as lines get; 16 were seen on one of 1 to 20 ms each way
WATCHED = 1.0  # seconds after a setting before the clock is called right: a wrong rate shows by then
MOST_EDGES = 16  # seconds watched after one try
LEAD = 0.05  # seconds between deciding on a second and its beginning, at least
BAD = 0.5  # seconds; past this, and past what the way there took, the token did not take the time at all


@dataclass(frozen=True)
class Sync:
    """What a sync found and left: the offset before (None when the clock could not be read) and after.

    `kept`: it was right already, and was left alone. `likelihood`: that the offset is within GOAL now.
    """

    before: Offset | None
    state_before: str
    after: Offset
    unix: int
    round_trip: float
    kept: bool = False
    tries: int = 0
    likelihood: float = 1.0


def sync(client: Client, host: HostTime, allow: Callable[[], None] | None = None) -> Sync:
    """Sets the token's clock to the host's, if that makes it better, and measures what came of it.

    `allow` is called when the token wants a press for so large a move, and gets it (Client.allow_clock).
    Takes three to eleven seconds on an even line, some twenty on one whose way takes 1 to 20 ms.

    Raises:
        ClockUntrusted: the host's clock is impossible, or the token's did not take the time.
        ClockNotSettled: it was set several times, and was not right afterwards; says what was measured.
        ClockGuarded: the move needs a press, and there is no `allow`.
    """
    checked_host_time(host)
    seen = Estimate()
    state = _probe(client, host, seen)
    before = None
    if state == "ok":
        began = host.time()
        before = offset(client, host, estimate=seen)
        if seen.within(GOAL) >= SURE and host.time() - began < WATCHED:
            edge_sampling.around_second(client, host, seen)
        if seen.contradicted:
            before = edge_sampling.coarse_offset(client, host)
        if (likely := seen.within(GOAL)) >= SURE:
            return Sync(before, state, before, round(host.time()), seen.shortest, True, 0, likely)
    return _set(client, host, seen, before, state, allow)


def _set(
    client: Client,
    host: HostTime,
    line: Estimate,
    before: Offset | None,
    state: str,
    allow: Callable[[], None] | None,
) -> Sync:
    """Tries until it is right; a clock that was nearly right is never left worse."""
    late: list[float] = []  # by how much the tries so far missed their second
    offsets: list[float] = []  # after each
    lead = line.typical / 2
    best, began = float("inf"), host.time()
    for tries in range(1, MOST_SETTINGS + 1):
        after = Estimate(line.shortest)
        try:
            unix = _set_on_the_second(client, host, lead, after)
        except ClockGuarded:
            if allow is None:
                raise
            allow()
            unix = _set_on_the_second(client, host, lead, after)
        set_at = host.time()
        likely = _judge(client, host, after)
        right = _is_right(likely, after, tries)
        if right and host.time() - set_at < WATCHED:
            sleep_until(host, set_at + WATCHED)
            edge_sampling.around_second(client, host, after)
            likely = after.within(GOAL)
            right = _is_right(likely, after, tries)
        found = edge_sampling.coarse_offset(client, host) if after.contradicted else after.offset()
        offsets.append(found.seconds)
        if right:
            break
        if tries % HANDFUL == 0 or (after.contradicted and tries > 1):
            rate = relative_rate.measured(client, host)
            if rate.apart or (after.contradicted and abs(found.seconds) > BAD):
                raise _not_settled(offsets, rate)
        best, gone = min(best, abs(found.seconds)), host.time() - began
        if (gone > PATIENCE and likely > 0.9) or (gone > 2 * PATIENCE and _good_enough(found, best, before)):
            break
        if abs(found.seconds) < LEAD:  # a longer delay was an accident, and teaches nothing
            late.append(-found.seconds)
        lead = line.typical / 2 + sum(late) / (len(late) + 2)
    else:
        if not _good_enough(found, best, before):
            raise _not_settled(offsets, relative_rate.measured(client, host))
    return Sync(before, state, found, unix, line.shortest, False, tries, likely)


def _is_right(likely: float, after: Estimate, tries: int) -> bool:
    """Whether a setting is accepted: surely within GOAL and, while few were tried, not surely past FINE."""
    found = after.offset()
    return likely >= SURE and (tries >= ENOUGH or abs(found.seconds) <= max(FINE, found.uncertainty))


def _good_enough(found: Offset, best: float, before: Offset | None) -> bool:
    """After many tries on a hard line: no worse than it was, and about as good as it gets."""
    was = float("inf") if before is None else abs(before.seconds)
    return abs(found.seconds) <= min(was, 1.5 * best)


def _not_settled(offsets: list[float], rate: relative_rate.Rate) -> ClockNotSettled:
    """Why setting was given up, with what was measured."""
    data = {
        "settings": len(offsets),
        "offsets_ms": [round(1000 * each, 1) for each in offsets],
        "rate_ppm": round(rate.ppm),
        "rate_uncertainty_ppm": round(rate.doubt_ppm),
    }
    if rate.apart:
        way = "faster" if rate.ppm > 0 else "slower"
        return ClockNotSettled(
            f"the token's clock runs {abs(rate.ppm) / 1e4:.2g} % {way} than this computer's, so it was set "
            f"{len(offsets)} times and was not right afterwards",
            "If this computer's clock is being adjusted, wait until that has ended and repeat the command. "
            "If another computer finds the same, the token's clock chip is faulty.",
            data,
        )
    return ClockNotSettled(
        f"the token's clock is {offsets[-1]:+.3f} s off right after it was set",
        "Repeat the command; if it stays so, run 'ticktap doctor'.",
        data,
    )


def _judge(client: Client, host: HostTime, after: Estimate) -> float:
    """How likely the clock is within GOAL, watched until that is clear."""
    likely = 0.0
    for seen in edge_sampling.watch(client, host, after, MOST_EDGES):
        likely = after.within(GOAL)
        if likely < HOPELESS or (likely >= SURE and seen >= 2):
            break
    return likely


def _probe(client: Client, host: HostTime, seen: Estimate) -> str:
    """The clock's state; the round trips of a few questions go into `seen`."""
    state = ""
    for _ in range(edge_sampling.ASKED):
        sent = host.time()
        state = str(client.clock()["state"])
        seen.round_trips.append(max(0.0, host.time() - sent))
    return state


def _set_on_the_second(client: Client, host: HostTime, lead: float, after: Estimate) -> int:
    """Sends the next second `lead` seconds before it begins; returns it."""
    unix = floor(host.time() + lead + LEAD) + 1
    sleep_until(host, unix - lead)
    sent = host.time()
    state = client.set_clock(unix)["state"]
    received = host.time()
    if state != "ok":
        raise ClockUntrusted(
            f"the token's clock did not take the time (state: {state})", jsonrpc.clock_remedy(state)
        )
    after.add(Poll(sent, received, float(unix), float(unix)))
    return unix
