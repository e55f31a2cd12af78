"""Sets a token's clock to the host's, to a fraction of a second, and measures the result.

The protocol carries whole seconds, and writing one restarts the chip's second. So the time of sending sets
the fraction: the request is sent half a round trip before the second begins. The result is measured at the
chip's edges. On a line with jitter this takes several settings: an unlikely one is abandoned early, and one
is accepted when it is within GOAL with probability SURE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from statistics import median

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
FINE = 0.001  # seconds; a setting that is certainly further off is repeated, because the delay is known then
ENOUGH = 3  # settings after which GOAL suffices
SURE = 0.995
HOPELESS = 0.3  # below this probability another setting is quicker than another measurement
PATIENCE = 60.0  # seconds; after this a probability of 0.9 suffices, after twice this the best result does
HANDFUL = 5  # settings after which the rates of the two clocks are compared
MOST_SETTINGS = 60  # at most; PATIENCE ends sooner
WATCHED = 1.0  # seconds between a setting and its acceptance, in which a wrong rate shows
MOST_EDGES = 16  # edges sampled after one setting
LEAD = 0.05  # seconds, at least, between choosing a second and its beginning
BAD = 0.5  # seconds; beyond this the token did not set its clock at all


@dataclass(frozen=True)
class Sync:
    """The result of a sync: the offset before (None if the clock could not be read) and after.

    `kept`: the clock was right and was not set. `likelihood`: the probability that the offset is within GOAL.
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
    """Sets the token's clock to the host's if that improves it, and measures the result.

    `allow` is called if the token requires a press for a large adjustment; it gets the press
    (Client.allow_clock). It takes three to eleven seconds on a line without jitter, about twenty with 1 to 20
    ms in each direction.

    Raises:
        ClockUntrusted: the host's clock is impossible, or the token's clock was not set.
        ClockNotSettled: it was set several times and was not right afterwards; has the measurements.
        ClockGuarded: the adjustment needs a press, and there is no `allow`.
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
    """Sets the clock until it is right; never leaves a nearly right clock worse."""
    delays: list[float] = []  # from sending to setting, in the settings so far
    offsets: list[float] = []  # after each setting
    lead = line.typical / 2
    best, began = float("inf"), host.time()
    for tries in range(1, MOST_SETTINGS + 1):
        after = Estimate(line.shortest)
        try:
            unix, took = _set_on_the_second(client, host, lead, after)
        except ClockGuarded:
            if allow is None:
                raise
            allow()
            unix, took = _set_on_the_second(client, host, lead, after)
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
        delay = lead - found.seconds
        if abs(found.seconds) < LEAD and 0 <= delay <= took:  # else an exception, or a wrong rate
            delays.append(delay)
            lead = median(delays)
    else:
        if not _good_enough(found, best, before):
            raise _not_settled(offsets, relative_rate.measured(client, host))
    return Sync(before, state, found, unix, line.shortest, False, tries, likely)


def _is_right(likely: float, after: Estimate, tries: int) -> bool:
    """Whether a setting is accepted: within GOAL with probability SURE and, for the first few, not certainly
    beyond FINE.
    """
    found = after.offset()
    return likely >= SURE and (tries >= ENOUGH or abs(found.seconds) <= max(FINE, found.uncertainty))


def _good_enough(found: Offset, best: float, before: Offset | None) -> bool:
    """After many settings: not worse than before the sync, and close to the best setting."""
    was = float("inf") if before is None else abs(before.seconds)
    return abs(found.seconds) <= min(was, 1.5 * best)


def _not_settled(offsets: list[float], rate: relative_rate.Rate) -> ClockNotSettled:
    """Makes the error after which setting stops, with the measurements."""
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
        "Repeat the command; if this recurs, run 'ticktap doctor'.",
        data,
    )


def _judge(client: Client, host: HostTime, after: Estimate) -> float:
    """Measures until it is clear whether the offset is within GOAL; returns the probability."""
    likely = 0.0
    for seen in edge_sampling.watch(client, host, after, MOST_EDGES):
        likely = after.within(GOAL)
        if likely < HOPELESS or (likely >= SURE and seen >= 2):
            break
    return likely


def _probe(client: Client, host: HostTime, seen: Estimate) -> str:
    """Returns the clock's state, and adds the round trips of a few readings to `seen`."""
    state = ""
    for _ in range(edge_sampling.ASKED):
        sent = host.time()
        state = str(client.clock()["state"])
        seen.round_trips.append(max(0.0, host.time() - sent))
    return state


def _set_on_the_second(client: Client, host: HostTime, lead: float, after: Estimate) -> tuple[int, float]:
    """Sends the next second `lead` seconds before it begins. Returns it, and the seconds that it took."""
    unix = floor(host.time() + lead + LEAD) + 1
    sleep_until(host, unix - lead)
    sent = host.time()
    state = client.set_clock(unix)["state"]
    received = host.time()
    if state != "ok":
        raise ClockUntrusted(f"the token's clock was not set (state: {state})", jsonrpc.clock_remedy(state))
    after.add(Poll(sent, received, float(unix), float(unix)))
    return unix, received - sent
