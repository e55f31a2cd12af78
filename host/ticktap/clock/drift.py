"""The drift of a token's clock, from observations, and when the offset will exceed a bound.

A rate is in parts per million, positive when the clock gains. Uncertainties are three standard deviations of
the measurements; without measurements, the data sheet's accuracy. No I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

STEP = 0.1  # ppm that a count of the aging register slows the clock at 25 C (DS3231 data sheet, aging offset)
SPEC = 2.0  # ppm, the accuracy of a DS3231 from 0 to 40 C (data sheet, features)
WANDER = 0.1  # ppm by which the rate differs between intervals: seasons, ageing
SHORT = 3600  # seconds; a shorter interval does not determine the rate
DAY = 86400


@dataclass(frozen=True)
class Observation:
    """One observation of the clock. Offsets are token time minus host time, in seconds.

    kind: "sync" (set), "seen" (measured only), "trim" (aging offset written), or "verify" (a code showed its
    time step). before, after: the offset before (None if unreadable) and after.
    aging: the aging offset until then. trimmed: the value written then, or None.
    state: the clock's state before: "ok", or "stopped" after a battery failure.
    found, sets: the token's count of clock settings before and after; None if unknown.
    """

    unix: int
    kind: str
    before: float | None
    after: float
    doubt: float
    temperature: float | None = None
    aging: int | None = None
    trimmed: int | None = None
    state: str = "ok"
    source: str = ""
    found: int | None = None
    sets: int | None = None


@dataclass(frozen=True)
class Interval:
    """A time in which nothing set the clock: its rate and the uncertainty, both in ppm."""

    start: int
    end: int
    rate: float
    doubt: float
    aging: int | None
    temperature: float | None

    def base(self) -> float:
        """The rate that an aging offset of 0 would give."""
        return self.rate + STEP * (self.aging or 0)


@dataclass(frozen=True)
class Drift:
    """The present rate, its uncertainty, and the number of intervals it is computed from (0: from the data
    sheet).
    """

    rate: float
    doubt: float
    intervals: int


def intervals(seen: Sequence[Observation]) -> list[Interval]:
    """Makes the intervals between consecutive observations that determine a rate.

    A verified code ends an interval, with its large uncertainty, and starts none. There is no interval if the
    token counted a setting that is not recorded.
    """
    found = []
    last: Observation | None = None
    for each in seen:
        if last is not None and each.before is not None and uninterrupted(last, each):
            found.append(_interval(last, each, each.before))
        if each.kind != "verify":
            last = each
    return found


def uninterrupted(one: Observation, other: Observation) -> bool:
    """Whether the time between two observations is long enough, and as far as known nothing set the clock in
    it.
    """
    counted = one.sets is None or other.found is None or one.sets == other.found
    return counted and other.unix - one.unix >= SHORT


def _interval(one: Observation, other: Observation, before: float) -> Interval:
    seconds = other.unix - one.unix
    warmth = [each for each in (one.temperature, other.temperature) if each is not None]
    return Interval(
        start=one.unix,
        end=other.unix,
        rate=(before - one.after) / seconds * 1e6,
        doubt=sqrt(one.doubt**2 + other.doubt**2) / seconds * 1e6,
        aging=one.trimmed if one.trimmed is not None else other.aging,
        temperature=sum(warmth) / len(warmth) if warmth else None,
    )


def drift(found: Sequence[Interval], aging: int | None) -> Drift:
    """Computes the rate for an aging offset; without intervals, the data sheet's accuracy.

    If an interval with this aging offset is precise, only such intervals count: a step is only about 0.1 ppm,
    so the others are less exact.
    """
    same = [each for each in found if each.aging in (None, aging)]
    if any(each.doubt <= 3 * WANDER for each in same):
        found = same
    if not found:
        return Drift(0.0, SPEC, 0)
    weights = [1 / ((each.doubt / 3) ** 2 + WANDER**2) for each in found]
    base = sum(weight * each.base() for weight, each in zip(weights, found, strict=True)) / sum(weights)
    return Drift(base - STEP * (aging or 0), 3 / sqrt(sum(weights)), len(found))


def passes(offset: float, rate: Drift, bound: float) -> tuple[float | None, float | None]:
    """Returns in how many seconds the offset exceeds `bound` seconds: the earliest and the likely time (None:
    never).
    """
    return _reach(offset, rate.rate, rate.doubt, bound), _reach(offset, rate.rate, 0.0, bound)


def _reach(offset: float, rate: float, doubt: float, bound: float) -> float | None:
    if abs(offset) >= bound:
        return 0.0
    ways = [(bound - offset, rate + doubt), (bound + offset, doubt - rate)]  # ahead, and behind
    times = [room / speed * 1e6 for room, speed in ways if speed > 1e-6]
    return min(times) if times else None


def battery_failed(seen: Sequence[Observation], state: str = "ok") -> bool | None:
    """Whether a clock that had been set was later found stopped; None without observations."""
    if not seen:
        return None
    return any(each.state == "stopped" for each in seen[1:]) or state == "stopped"
